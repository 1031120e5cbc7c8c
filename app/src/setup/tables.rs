//! The lookup table of a deployment, made by transactions.

use anchor_lang::prelude::Pubkey;
use solana_address_lookup_table_interface::instruction::{create_lookup_table, extend_lookup_table};
use solana_message::AddressLookupTableAccount;
use solana_signer::Signer;

use super::Actors;
use crate::chain::{ChainError, Sandbox};

/// Addresses that one transaction adds: more do not fit its packet.
const ADDRESSES_PER_EXTENSION: usize = 28;

/// Creates a table of `addresses`, each once, and waits until it can be used.
///
/// # Errors
///
/// The chain's.
pub fn create(
    chain: &mut impl Sandbox,
    actors: &Actors,
    addresses: &[Pubkey],
) -> Result<AddressLookupTableAccount, ChainError> {
    let mut unique: Vec<Pubkey> = Vec::with_capacity(addresses.len());
    for address in addresses {
        if !unique.contains(address) {
            unique.push(*address);
        }
    }
    let (payer, owner) = (actors.payer.pubkey(), actors.owner.pubkey());
    // The program derives a table from a slot that the SlotHashes sysvar still holds.
    let recent_slot = chain.clock()?.slot.saturating_sub(1);
    let (create, key) = create_lookup_table(owner, payer, recent_slot);
    chain.execute(&actors.payer, &[create], &[&actors.owner], &[])?;
    for chunk in unique.chunks(ADDRESSES_PER_EXTENSION) {
        let extend = extend_lookup_table(key, owner, Some(payer), chunk.to_vec());
        chain.execute(&actors.payer, &[extend], &[&actors.owner], &[])?;
    }
    // What a transaction adds is visible from the next slot on.
    chain.advance_slots(1)?;
    Ok(AddressLookupTableAccount { key, addresses: unique })
}
