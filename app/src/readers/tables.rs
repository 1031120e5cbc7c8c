//! Address lookup tables, as far as messages may use them.

use anchor_lang::prelude::Pubkey;
use solana_account::Account;
use solana_address_lookup_table_interface::{program::ID as LOOKUP_TABLE_PROGRAM, state::AddressLookupTable};
use solana_message::AddressLookupTableAccount;

use crate::chain::{Chain, ChainError};

/// A lookup table in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookupTable {
    /// Who may extend it; nobody once it is frozen.
    pub authority: Option<Pubkey>,
    /// What it holds.
    pub addresses: Vec<Pubkey>,
    /// How many of them, from the first, a message may use now: what was added in a slot can be looked up from the next on.
    pub usable: usize,
}

impl LookupTable {
    /// What `account` says of a table at `slot`; none where it is no table, or one that was deactivated.
    pub fn parse(account: &Account, slot: u64) -> Option<Self> {
        if account.owner != LOOKUP_TABLE_PROGRAM {
            return None;
        }
        let table = AddressLookupTable::deserialize(&account.data).ok()?;
        if table.meta.deactivation_slot != u64::MAX {
            return None;
        }
        let usable = match table.meta.last_extended_slot < slot {
            true => table.addresses.len(),
            false => usize::from(table.meta.last_extended_slot_start_index),
        };
        Some(Self { authority: table.meta.authority, addresses: table.addresses.to_vec(), usable })
    }

    /// Reads the table at `key`; none where there is no table in use.
    ///
    /// # Errors
    ///
    /// The chain's.
    pub fn read(chain: &(impl Chain + ?Sized), key: &Pubkey) -> Result<Option<Self>, ChainError> {
        match chain.get_account(key)? {
            Some(account) => Ok(Self::parse(&account, chain.clock()?.slot)),
            None => Ok(None),
        }
    }
}

/// The addresses of the lookup table `account` at `key` that a message may use at `slot`; none where it is no table in use.
pub fn parse_lookup_table(key: &Pubkey, account: &Account, slot: u64) -> Option<AddressLookupTableAccount> {
    let LookupTable { mut addresses, usable, .. } = LookupTable::parse(account, slot)?;
    addresses.truncate(usable);
    Some(AddressLookupTableAccount { key: *key, addresses })
}

/// The addresses of a lookup table that a message may use now; none where there is no table in use at `key`.
///
/// # Errors
///
/// The chain's.
pub fn lookup_table(
    chain: &(impl Chain + ?Sized),
    key: &Pubkey,
) -> Result<Option<AddressLookupTableAccount>, ChainError> {
    match chain.get_account(key)? {
        Some(account) => Ok(parse_lookup_table(key, &account, chain.clock()?.slot)),
        None => Ok(None),
    }
}
