//! New accounts of a program at derived addresses.
//!
//! Anchor's `init` is not used. Faced with an address that somebody has sent lamports to, it calls a system instruction
//! that not every cluster has; since such addresses are known beforehand, one lamport could then keep anybody from making
//! the account. Funding, allocating and assigning in three steps works everywhere.

use anchor_lang::prelude::*;
use anchor_lang::system_program::{self, Allocate, Assign, CreateAccount, Transfer};
use anchor_lang::{Owner, ZeroCopy};
use core::cell::RefMut;
use solana_program::{
    instruction::{AccountMeta, Instruction},
    program::invoke,
};

/// The SPL Token program.
const TOKEN_PROGRAM: Pubkey = pubkey!("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
/// Bytes of a token account without extensions, of either token program.
const TOKEN_ACCOUNT_SPACE: usize = 165;
/// Bytes of a mint without extensions.
const MINT_SPACE: usize = 82;
/// `InitializeAccount3` of both token programs: its tag, then the holder.
const INITIALIZE_ACCOUNT: u8 = 18;
/// `InitializeMint2` of both token programs: its tag, decimals, mint authority, 0 for no freeze authority.
const INITIALIZE_MINT: u8 = 20;

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
    pub fn account(&self, account: &AccountInfo<'info>, seeds: &[&[u8]], space: usize, owner: &Pubkey) -> Result<()> {
        let system = *self.system_program.key;
        let signer = &[seeds];
        let rent = Rent::get()?.minimum_balance(space);
        let length = u64::try_from(space).map_err(|_| ErrorCode::AccountDidNotSerialize)?;
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

    /// Makes an account of the program that declares `T`, and returns its zeroed content.
    ///
    /// # Errors
    /// As [`Self::account`].
    pub fn state<'a, T: ZeroCopy + Owner>(
        &self,
        account: &'a AccountInfo<'info>,
        seeds: &[&[u8]],
    ) -> Result<RefMut<'a, T>> {
        let start = T::DISCRIMINATOR.len();
        let space = start.saturating_add(core::mem::size_of::<T>());
        self.account(account, seeds, space, &T::owner())?;
        let content = RefMut::filter_map(account.try_borrow_mut_data()?, |data| {
            let (discriminator, content) = data.split_at_mut_checked(start)?;
            discriminator.copy_from_slice(T::DISCRIMINATOR);
            bytemuck::try_from_bytes_mut(content).ok()
        });
        content.map_err(|_| error!(ErrorCode::AccountDidNotDeserialize))
    }

    /// Makes a token account of `mint`, without extensions, that `authority` holds.
    ///
    /// # Errors
    /// As [`Self::account`]; the token program's, when `mint` is no mint or asks for extensions.
    #[inline(never)]
    pub fn token_account(
        &self,
        account: &AccountInfo<'info>,
        seeds: &[&[u8]],
        mint: &AccountInfo<'info>,
        authority: &Pubkey,
    ) -> Result<()> {
        let program = *mint.owner;
        self.account(account, seeds, TOKEN_ACCOUNT_SPACE, &program)?;
        let accounts = vec![AccountMeta::new(*account.key, false), AccountMeta::new_readonly(*mint.key, false)];
        let data = [&[INITIALIZE_ACCOUNT], authority.as_ref()].concat();
        invoke(&Instruction { program_id: program, accounts, data }, &[account.clone(), mint.clone()])?;
        Ok(())
    }

    /// Makes a mint of the SPL Token program that `authority` mints, without a freeze authority.
    ///
    /// # Errors
    /// As [`Self::account`].
    #[inline(never)]
    pub fn mint(&self, account: &AccountInfo<'info>, seeds: &[&[u8]], authority: &Pubkey, decimals: u8) -> Result<()> {
        self.account(account, seeds, MINT_SPACE, &TOKEN_PROGRAM)?;
        let accounts = vec![AccountMeta::new(*account.key, false)];
        let data = [&[INITIALIZE_MINT, decimals], authority.as_ref(), &[0]].concat();
        invoke(&Instruction { program_id: TOKEN_PROGRAM, accounts, data }, std::slice::from_ref(account))?;
        Ok(())
    }
}
