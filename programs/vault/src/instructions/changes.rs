use anchor_lang::prelude::*;
use gimbal_control::{queue, Creator};

use crate::change;
use crate::error::VaultError;
use crate::events::{ChangeProposed, ChangeVetoed};
use crate::state::{Change, Vault};

/// Accounts of `propose_change`.
#[event_cpi]
#[derive(Accounts)]
pub struct ProposeChange<'info> {
    /// The vault's owner.
    pub owner: Signer<'info>,
    /// Pays the rent, and gets it back when the change is over.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The vault.
    #[account(mut)]
    pub vault: AccountLoader<'info, Vault>,
    /// The new change.
    /// CHECK: made here, at the address derived from the vault and its next number.
    #[account(mut)]
    pub change: UncheckedAccount<'info>,
    /// Creates the account.
    pub system_program: Program<'info, System>,
}

impl<'info> ProposeChange<'info> {
    fn validate(&self) -> Result<()> {
        Ok(self.vault.load()?.roles.require_owner(self.owner.key).map_err(VaultError::from)?)
    }

    /// - The owner signs; only an instruction that may wait, with arguments in their ranges.
    /// - The change is bound to what it replaces as that is now.
    #[access_control(ctx.accounts.validate())]
    pub fn handler(ctx: Context<'info, Self>, data: Vec<u8>) -> Result<()> {
        let accounts = &ctx.accounts;
        let clock = Clock::get()?;
        let key = accounts.vault.key();
        let (nonce, terms) = {
            let mut vault = accounts.vault.load_mut()?;
            let terms = change::terms_of(&data, &vault)?;
            let nonce = vault.change_nonce;
            vault.change_nonce = nonce.checked_add(1).ok_or(VaultError::AmountOverflow)?;
            (nonce, terms)
        };
        let funds = Creator { payer: accounts.payer.as_ref(), system_program: accounts.system_program.as_ref() };
        let proposed =
            queue::propose::<Change>(&funds, &accounts.change, (key, nonce), &data, &terms, clock.unix_timestamp)?;
        emit_cpi!(ChangeProposed {
            vault: key,
            slot: clock.slot,
            time: clock.unix_timestamp,
            change: accounts.change.key(),
            nonce,
            ready_at: proposed.ready_at,
            expires_at: proposed.expires_at,
            data,
        });
        Ok(accounts.vault.load()?.invariant()?)
    }
}

/// Accounts of `veto_change`.
#[event_cpi]
#[derive(Accounts)]
pub struct VetoChange<'info> {
    /// The vault's guardian or owner.
    pub authority: Signer<'info>,
    /// The vault.
    pub vault: AccountLoader<'info, Vault>,
    /// The change.
    #[account(mut)]
    pub change: AccountLoader<'info, Change>,
}

impl<'info> VetoChange<'info> {
    /// - The guardian stops whatever waits but its own removal; the owner withdraws anything.
    pub fn handler(ctx: Context<'info, Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let clock = Clock::get()?;
        let (key, by) = (accounts.vault.key(), accounts.authority.key());
        queue::veto(&accounts.change, &key, &accounts.vault.load()?.roles, &by, clock.unix_timestamp)?;
        emit_cpi!(ChangeVetoed {
            vault: key,
            slot: clock.slot,
            time: clock.unix_timestamp,
            change: accounts.change.key(),
            by,
        });
        Ok(())
    }
}

/// Accounts of `close_change`.
#[derive(Accounts)]
pub struct CloseChange<'info> {
    /// The change.
    #[account(mut, close = payer)]
    pub change: AccountLoader<'info, Change>,
    /// Who paid the change's rent.
    /// CHECK: must be the recorded one.
    #[account(mut)]
    pub payer: UncheckedAccount<'info>,
}

impl<'info> CloseChange<'info> {
    /// - Anybody closes a change of which nothing can come any more; its rent goes back to who paid it.
    pub fn handler(ctx: Context<'info, Self>) -> Result<()> {
        let Self { change, payer } = ctx.accounts;
        queue::require_closable(change, payer.key, Clock::get()?.unix_timestamp)?;
        Ok(())
    }
}
