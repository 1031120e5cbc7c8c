use anchor_lang::prelude::*;
use gimbal_control::Creator;

use crate::error::VaultError;
use crate::events::Admitted;
use crate::math;
use crate::seeds;
use crate::state::{Member, Vault, LAYOUT_VERSION};

/// Accounts of `admit`.
#[event_cpi]
#[derive(Accounts)]
pub struct Admit<'info> {
    /// Pays the rent of a new member account.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The vault.
    pub vault: AccountLoader<'info, Vault>,
    /// The wallet to be admitted.
    /// CHECK: only its key is used; the proof speaks for it.
    pub wallet: UncheckedAccount<'info>,
    /// The wallet's member account, made here or renewed.
    /// CHECK: at its derived address.
    #[account(mut, seeds = [seeds::MEMBER, vault.key().as_ref(), wallet.key().as_ref()], bump)]
    pub member: UncheckedAccount<'info>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl<'info> Admit<'info> {
    /// - Anybody may, for any wallet that the proof shows on the vault's list.
    /// - It holds for as long as that list is in force.
    pub fn handler(ctx: Context<'info, Self>, proof: Vec<[u8; 32]>) -> Result<()> {
        let accounts = &ctx.accounts;
        let clock = Clock::get()?;
        let (vault, wallet) = (accounts.vault.key(), accounts.wallet.key());
        let root = accounts.vault.load()?.gate_root;
        require!(root != [0; 32], VaultError::GateIsOpen);
        math::require_on_list(&vault, &wallet, &proof, &root)?;
        accounts.write(ctx.bumps.member, vault, wallet, root)?;
        emit_cpi!(Admitted { vault, slot: clock.slot, time: clock.unix_timestamp, wallet, root });
        Ok(())
    }

    #[inline(never)]
    fn write(&self, bump: u8, vault: Pubkey, wallet: Pubkey, root: [u8; 32]) -> Result<()> {
        if *self.member.owner == crate::ID {
            // Made here before: the address is this wallet's alone.
            let mut data = self.member.try_borrow_mut_data()?;
            let member = data.get_mut(8..Member::SPACE).and_then(|bytes| bytemuck::try_from_bytes_mut(bytes).ok());
            let member: &mut Member = member.ok_or(ErrorCode::AccountDidNotDeserialize)?;
            member.root = root;
            return Ok(());
        }
        let funds = Creator { payer: self.payer.as_ref(), system_program: self.system_program.as_ref() };
        let address = [seeds::MEMBER, vault.as_ref(), wallet.as_ref(), &[bump]];
        let mut member = funds.state::<Member>(&self.member, &address)?;
        member.version = LAYOUT_VERSION;
        member.bump = bump;
        member.vault = vault;
        member.wallet = wallet;
        member.root = root;
        Ok(())
    }
}
