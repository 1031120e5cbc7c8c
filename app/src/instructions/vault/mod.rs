//! Instructions of the vault.
//!
//! [`VaultContext`] knows a vault's own accounts; each flow adds the user's. By default these are the user's associated
//! token accounts. The `*_accounts` functions give a flow's accounts to change one before building, as in
//! `VaultContext::instruction`.

mod admin;
mod allocate;
mod flows;
mod terms;
mod tickets;

use anchor_lang::{prelude::Pubkey, InstructionData, ToAccountMetas};
use anchor_spl::token;
use solana_instruction::Instruction;
use solana_message::AddressLookupTableAccount;
use vault::{state::Vault, ID};

use super::token::associated;
use crate::chain::{Chain, ChainError};
use crate::pda::VaultAddresses;
use crate::readers;

pub use admin::initialize;

/// What every instruction of one vault needs to know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VaultContext {
    /// The vault's own accounts.
    pub addresses: VaultAddresses,
    /// The asset it takes and pays.
    pub base_mint: Pubkey,
    /// The token program of that mint.
    pub base_token_program: Pubkey,
    /// The feed that gates deposits.
    pub base_feed: Pubkey,
}

impl VaultContext {
    /// Reads the vault at `key`.
    ///
    /// # Errors
    ///
    /// [`ChainError::AccountNotFound`] or [`ChainError::WrongAccount`] if it is no vault.
    pub fn read(chain: &(impl Chain + ?Sized), key: &Pubkey) -> Result<Self, ChainError> {
        Ok(Self::of(key, &readers::read(chain, key)?))
    }

    /// The vault at `key`, which was read before.
    pub fn of(key: &Pubkey, vault: &Vault) -> Self {
        Self {
            addresses: VaultAddresses::of(key),
            base_mint: vault.base_mint,
            base_token_program: vault.base_token_program,
            base_feed: vault.base_feed,
        }
    }

    /// The lookup table that the vault names, as far as a message may use it now; none where the vault names none, or names
    /// what is no table in use. Messages are then longer, and the largest of them do not fit.
    ///
    /// # Errors
    ///
    /// As [`VaultContext::read`].
    pub fn lookup_table(&self, chain: &(impl Chain + ?Sized)) -> Result<Option<AddressLookupTableAccount>, ChainError> {
        let vault: Vault = readers::read(chain, &self.addresses.vault)?;
        match vault.lookup_table == Pubkey::default() {
            true => Ok(None),
            false => readers::lookup_table(chain, &vault.lookup_table),
        }
    }

    /// The user's associated account of the base asset.
    pub fn base_account(&self, user: &Pubkey) -> Pubkey {
        associated(user, &self.base_mint, &self.base_token_program)
    }

    /// The user's associated account of shares.
    pub fn share_account(&self, user: &Pubkey) -> Pubkey {
        associated(user, &self.addresses.share_mint, &token::ID)
    }

    /// Creates the user's associated account of shares unless it exists.
    pub fn create_share_account(&self, payer: &Pubkey, user: &Pubkey) -> Instruction {
        super::token::create_associated(payer, user, &self.addresses.share_mint, &token::ID)
    }

    /// An instruction of the vault program.
    pub fn instruction(&self, accounts: impl ToAccountMetas, arguments: impl InstructionData) -> Instruction {
        super::build(ID, accounts, arguments)
    }
}
