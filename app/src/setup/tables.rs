//! The lookup table of a deployment, made and extended by transactions.

use anchor_lang::prelude::Pubkey;
use solana_address_lookup_table_interface::instruction::{create_lookup_table, extend_lookup_table};
use solana_message::AddressLookupTableAccount;
use solana_signer::Signer;

use super::Actors;
use crate::chain::{ChainError, Sandbox};

/// Addresses that one transaction adds: more do not fit its packet.
const ADDRESSES_PER_EXTENSION: usize = 26;

/// Creates a table of `addresses`, each once, that the owner may extend, and waits until it can be used.
///
/// # Errors
///
/// The chain's; a table holds 256 addresses.
pub fn create(
    chain: &mut impl Sandbox,
    actors: &Actors,
    addresses: &[Pubkey],
) -> Result<AddressLookupTableAccount, ChainError> {
    // The program derives a table from a slot that the SlotHashes sysvar still holds.
    let recent_slot = chain.clock()?.slot.saturating_sub(1);
    let (create, key) = create_lookup_table(actors.owner.pubkey(), actors.payer.pubkey(), recent_slot);
    chain.execute(&actors.payer, &[create], &[&actors.owner], &[])?;
    let mut table = AddressLookupTableAccount { key, addresses: Vec::new() };
    extend(chain, actors, &mut table, addresses.iter().copied())?;
    Ok(table)
}

/// Adds those of `addresses` that the table does not hold, and waits until they can be looked up.
///
/// # Errors
///
/// The chain's; a table holds 256 addresses.
pub fn extend(
    chain: &mut impl Sandbox,
    actors: &Actors,
    table: &mut AddressLookupTableAccount,
    addresses: impl IntoIterator<Item = Pubkey>,
) -> Result<(), ChainError> {
    let known = table.addresses.len();
    for address in addresses {
        if !table.addresses.contains(&address) {
            table.addresses.push(address);
        }
    }
    let (payer, owner) = (actors.payer.pubkey(), actors.owner.pubkey());
    for chunk in table.addresses[known..].chunks(ADDRESSES_PER_EXTENSION) {
        let extend = extend_lookup_table(table.key, owner, Some(payer), chunk.to_vec());
        chain.execute(&actors.payer, &[extend], &[&actors.owner], &[])?;
    }
    // What a transaction adds is visible from the next slot on.
    chain.advance_slots(1)
}
