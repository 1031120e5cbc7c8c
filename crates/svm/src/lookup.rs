//! Address lookup tables, written directly instead of by transactions.

use {
    crate::{chain::EmbeddedChain, ids::ADDRESS_LOOKUP_TABLE_PROGRAM, ChainError},
    anchor_lang::prelude::Pubkey,
    solana_account::ReadableAccount,
    solana_address_lookup_table_interface::state::{LOOKUP_TABLE_MAX_ADDRESSES, LOOKUP_TABLE_META_SIZE},
    solana_message::{AddressLookupTableAccount, VersionedMessage},
};

/// The authority of tables made by [`EmbeddedChain::create_lookup_table`]. Nobody holds its key.
pub const LOOKUP_TABLE_AUTHORITY: Pubkey = Pubkey::new_from_array(*b"gimbal-embedded-lookup-authority");

/// The program's tag of a table in use.
const TABLE_TAG: u32 = 1;

/// A table's address, as the lookup table program derives it.
pub fn lookup_table_address(authority: &Pubkey, recent_slot: u64) -> Pubkey {
    Pubkey::find_program_address(&[authority.as_ref(), &recent_slot.to_le_bytes()], &ADDRESS_LOOKUP_TABLE_PROGRAM).0
}

/// A table account's data: tag, deactivation slot (none), slot of the last extension, its start
/// index, the authority, padding to 56 bytes, then the addresses.
fn table_data(authority: &Pubkey, last_extended_slot: u64, addresses: &[Pubkey]) -> Vec<u8> {
    let mut data = Vec::with_capacity(LOOKUP_TABLE_META_SIZE + 32 * addresses.len());
    data.extend_from_slice(&TABLE_TAG.to_le_bytes());
    data.extend_from_slice(&u64::MAX.to_le_bytes());
    data.extend_from_slice(&last_extended_slot.to_le_bytes());
    data.push(0);
    data.push(1);
    data.extend_from_slice(authority.as_ref());
    data.resize(LOOKUP_TABLE_META_SIZE, 0);
    for address in addresses {
        data.extend_from_slice(address.as_ref());
    }
    data
}

/// The addresses that a message loads through tables: all writable ones, then all read-only ones,
/// each in the order of the tables. Unknown entries are left out; executing the transaction
/// reports them.
pub(crate) fn loaded_addresses(chain: &EmbeddedChain, message: &VersionedMessage) -> Vec<Pubkey> {
    let lookups = message.address_table_lookups().unwrap_or_default();
    let entry = |table: &Pubkey, index: u8| {
        let data = chain.svm.accounts_db().get_account_ref(table)?.data();
        let start = LOOKUP_TABLE_META_SIZE + 32 * usize::from(index);
        let bytes: &[u8; 32] = data.get(start..)?.first_chunk()?;
        Some(Pubkey::new_from_array(*bytes))
    };
    let writable = lookups.iter().flat_map(|lookup| lookup.writable_indexes.iter().map(move |index| (lookup, *index)));
    let readonly = lookups.iter().flat_map(|lookup| lookup.readonly_indexes.iter().map(move |index| (lookup, *index)));
    writable.chain(readonly).filter_map(|(lookup, index)| entry(&lookup.account_key, index)).collect()
}

impl EmbeddedChain {
    /// Makes an active lookup table of `addresses`, usable from this slot on. Its authority is
    /// [`LOOKUP_TABLE_AUTHORITY`].
    ///
    /// # Errors
    /// `TooManyAddresses` beyond 256.
    pub fn create_lookup_table(&mut self, addresses: &[Pubkey]) -> Result<AddressLookupTableAccount, ChainError> {
        self.create_lookup_table_with_authority(&LOOKUP_TABLE_AUTHORITY, addresses)
    }

    /// As [`create_lookup_table`](Self::create_lookup_table), with an authority that can extend
    /// the table by transactions.
    ///
    /// # Errors
    /// `TooManyAddresses` beyond 256.
    pub fn create_lookup_table_with_authority(
        &mut self,
        authority: &Pubkey,
        addresses: &[Pubkey],
    ) -> Result<AddressLookupTableAccount, ChainError> {
        if addresses.len() > LOOKUP_TABLE_MAX_ADDRESSES {
            return Err(ChainError::TooManyAddresses(addresses.len()));
        }
        // The program derives a table from a recent slot; several of one slot take older ones.
        let recent = self.recent_slot();
        let key = (0..=recent)
            .rev()
            .map(|slot| lookup_table_address(authority, slot))
            .find(|key| self.account_data(key).is_none())
            .ok_or(ChainError::TimeOutOfRange)?;
        self.set_data(key, ADDRESS_LOOKUP_TABLE_PROGRAM, table_data(authority, recent, addresses))?;
        Ok(AddressLookupTableAccount { key, addresses: addresses.to_vec() })
    }
}
