//! New accounts of the vault.
//!
//! Anchor's `init` is not used. Faced with an address that somebody has sent lamports to, it calls a system instruction
//! that not every cluster has; since a ticket's address is known beforehand, one lamport could then keep anybody from
//! queueing. Funding, allocating and assigning in three steps works everywhere.

use anchor_lang::prelude::*;
use anchor_lang::system_program::{self, Allocate, Assign, CreateAccount, Transfer};
use anchor_lang::{Owner, ZeroCopy};
use anchor_spl::token_2022::spl_token_2022::instruction as base_instruction;
use core::cell::RefMut;
use solana_program::program::invoke;

use crate::error::VaultError;

/// Bytes of a token account without extensions: neither a vault's shares nor a supported base mint asks for any.
const TOKEN_ACCOUNT_SPACE: usize = 165;
/// Bytes of a mint without extensions.
const MINT_SPACE: usize = 82;

/// Who pays for a new account.
pub struct Creator<'a, 'info> {
    /// Signs, and pays the rent.
    pub payer: &'a AccountInfo<'info>,
    /// The system program.
    pub system_program: &'a AccountInfo<'info>,
}

impl<'info> Creator<'_, 'info> {
    /// Makes `account`, at the derived address that `seeds` sign for, `space` zero bytes long and owned by `owner`.
    ///
    /// # Errors
    /// The system program's, when the account exists already or the payer cannot pay.
    #[inline(never)]
    fn create(&self, account: &AccountInfo<'info>, seeds: &[&[u8]], space: usize, owner: &Pubkey) -> Result<()> {
        let system = *self.system_program.key;
        let signer = &[seeds];
        let rent = Rent::get()?.minimum_balance(space);
        let length = u64::try_from(space).map_err(|_| VaultError::AmountOverflow)?;
        let held = account.lamports();
        if held == 0 {
            let accounts = CreateAccount { from: self.payer.clone(), to: account.clone() };
            let context = CpiContext::new_with_signer(system, accounts, signer);
            return system_program::create_account(context, rent, length, owner);
        }
        let missing = rent.saturating_sub(held);
        if missing > 0 {
            let accounts = Transfer { from: self.payer.clone(), to: account.clone() };
            system_program::transfer(CpiContext::new(system, accounts), missing)?;
        }
        let accounts = Allocate { account_to_allocate: account.clone() };
        system_program::allocate(CpiContext::new_with_signer(system, accounts, signer), length)?;
        let accounts = Assign { account_to_assign: account.clone() };
        system_program::assign(CpiContext::new_with_signer(system, accounts, signer), owner)
    }

    /// Makes an account of this program and returns its zeroed content.
    ///
    /// # Errors
    /// As [`Self::create`].
    pub fn state<'a, T: ZeroCopy + Owner>(
        &self,
        account: &'a AccountInfo<'info>,
        seeds: &[&[u8]],
    ) -> Result<RefMut<'a, T>> {
        let start = T::DISCRIMINATOR.len();
        let space = start.checked_add(core::mem::size_of::<T>()).ok_or(VaultError::AmountOverflow)?;
        self.create(account, seeds, space, &crate::ID)?;
        let content = RefMut::filter_map(account.try_borrow_mut_data()?, |data| {
            let (discriminator, content) = data.split_at_mut_checked(start)?;
            discriminator.copy_from_slice(T::DISCRIMINATOR);
            bytemuck::try_from_bytes_mut(content).ok()
        });
        content.map_err(|_| error!(ErrorCode::AccountDidNotDeserialize))
    }

    /// Makes a token account of `mint` that `authority` holds.
    ///
    /// # Errors
    /// As [`Self::create`].
    #[inline(never)]
    pub fn token_account(
        &self,
        account: &AccountInfo<'info>,
        seeds: &[&[u8]],
        mint: &AccountInfo<'info>,
        authority: &Pubkey,
    ) -> Result<()> {
        let program = *mint.owner;
        self.create(account, seeds, TOKEN_ACCOUNT_SPACE, &program)?;
        let instruction = base_instruction::initialize_account3(&program, account.key, mint.key, authority)?;
        invoke(&instruction, &[account.clone(), mint.clone()])?;
        Ok(())
    }

    /// Makes a mint of the SPL Token program that `authority` mints, without a freeze authority.
    ///
    /// # Errors
    /// As [`Self::create`].
    #[inline(never)]
    pub fn mint(&self, account: &AccountInfo<'info>, seeds: &[&[u8]], authority: &Pubkey, decimals: u8) -> Result<()> {
        let program = anchor_spl::token::ID;
        self.create(account, seeds, MINT_SPACE, &program)?;
        let instruction = base_instruction::initialize_mint2(&program, account.key, authority, None, decimals)?;
        invoke(&instruction, std::slice::from_ref(account))?;
        Ok(())
    }
}
