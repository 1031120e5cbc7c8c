//! The lookup table of a deployment, made and extended by transactions.

use anchor_lang::prelude::Pubkey;
use solana_address_lookup_table_interface::{
    instruction::{create_lookup_table, extend_lookup_table},
    state::LOOKUP_TABLE_MAX_ADDRESSES,
};
use solana_instruction::Instruction;
use solana_message::AddressLookupTableAccount;
use solana_signer::Signer;

use super::Actors;
use crate::chain::{ChainError, Sandbox};
use crate::instructions::vault::VaultContext;
use crate::pda::{event_authorities, router_seeds::keeper_address, VaultAddresses};

/// Addresses that a table holds.
pub const MOST_ADDRESSES: usize = LOOKUP_TABLE_MAX_ADDRESSES;

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
    let (create, key) = creation(&actors.owner.pubkey(), &actors.payer.pubkey(), recent_slot);
    chain.execute(&actors.payer, &[create], &[&actors.owner], &[])?;
    let mut table = AddressLookupTableAccount { key, addresses: Vec::new() };
    extend(chain, actors, &mut table, addresses.iter().copied())?;
    Ok(table)
}

/// The instruction that makes a table which `owner` may extend, and its address; `owner` and `payer` sign. The program
/// derives it from a slot that the SlotHashes sysvar still holds: one of the last 512, and not the running one.
pub fn creation(owner: &Pubkey, payer: &Pubkey, recent_slot: u64) -> (Instruction, Pubkey) {
    create_lookup_table(*owner, *payer, recent_slot)
}

/// The instructions that add `addresses` to a table, one for each transaction; `owner` and `payer` sign.
pub fn extensions(table: &Pubkey, owner: &Pubkey, payer: &Pubkey, addresses: &[Pubkey]) -> Vec<Instruction> {
    let chunks = addresses.chunks(ADDRESSES_PER_EXTENSION);
    chunks.map(|chunk| extend_lookup_table(*table, *owner, Some(*payer), chunk.to_vec())).collect()
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
    for extend in extensions(&table.key, &owner, &payer, &table.addresses[known..]) {
        chain.execute(&actors.payer, &[extend], &[&actors.owner], &[])?;
    }
    // What a transaction adds is visible from the next slot on.
    chain.advance_slots(1)
}

/// Every account that several transactions of a vault name, those of its lines apart: the vault's own, programs, feeds
/// with the accounts that their prices are posted in, keepers' registrations.
pub fn common_addresses(
    vault: &VaultContext,
    venue_programs: &[Pubkey],
    feeds: impl IntoIterator<Item = (Pubkey, Pubkey)>,
    keepers: impl IntoIterator<Item = Pubkey>,
) -> Vec<Pubkey> {
    let VaultAddresses { vault: key, share_mint, escrow, claims, ledger, cash, book } = vault.addresses;
    let events = event_authorities();
    let mut addresses = vec![key, share_mint, escrow, claims, ledger, cash, book, vault.base_mint];
    addresses.extend([::vault::ID, strategy_router::ID, risk_oracle::ID]);
    addresses.extend(venue_programs);
    addresses.extend([anchor_spl::token::ID, anchor_spl::associated_token::ID, anchor_lang::system_program::ID]);
    addresses.push(vault.base_token_program);
    addresses.extend([events.vault, events.router, events.oracle]);
    addresses.extend(feeds.into_iter().flat_map(|(feed, price_account)| [feed, price_account]));
    addresses.extend(keepers.into_iter().map(|key| keeper_address(&ledger, &key).0));
    addresses
}
