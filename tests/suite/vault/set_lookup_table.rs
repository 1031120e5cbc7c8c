//! `set_lookup_table`: who may name one, and that it is no more than a name.

use super::*;
use gimbal::readers;
use gimbal::setup::tables::{creation, extensions};
use solana_instruction::AccountMeta;

const NONE: Pubkey = Pubkey::new_from_array([0; 32]);

/// The keys of owner, curator and guardian.
fn roles(fx: &Fixture) -> [Keypair; 3] {
    let actors = &fx.deployment.actors;
    [&actors.owner, &actors.curator, &actors.guardian].map(Keypair::insecure_clone)
}

#[test]
fn owner_and_curator_may_and_nobody_else() {
    let mut fx = Fixture::new();
    let [owner, curator, guardian] = roles(&fx);
    let table = fx.deployment.table.key;
    let [keeper, stranger] =
        [fx.deployment.actors.keepers[0].insecure_clone(), fx.deployment.actors.payer.insecure_clone()];
    for other in [&guardian, &keeper, &stranger] {
        fx.assert_refused("NotCurator", |fx| fx.vault().set_lookup_table(other, &table));
    }
    let unsigned = unsigned(fx.deployment.vault.set_lookup_table(&owner.pubkey(), &table), 0);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned], &[]));
    let other_vault = another_vault(&mut fx);
    // The other vault has no curator.
    let of_other = other_vault.set_lookup_table(&curator.pubkey(), &table);
    fx.assert_refused("NotCurator", |fx| fx.send(&[of_other], &[&curator]));

    assert_eq!(fx.vault_state().lookup_table, NONE);
    fx.vault().set_lookup_table(&owner, &table).unwrap();
    assert_eq!(fx.vault_state().lookup_table, table);
    fx.vault().set_lookup_table(&curator, &NONE).unwrap();
    assert_eq!(fx.vault_state().lookup_table, NONE);
}

#[test]
fn it_is_at_once_in_a_live_vault_and_said() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 500 * USDC, 0).unwrap();
    let [_, curator, _] = roles(&fx);
    let before = fx.vault_state();
    let table = fx.deployment.table.key;
    let receipt = fx.vault().set_lookup_table(&curator, &table).unwrap();
    let events = vault_events(&receipt);
    let [VaultEvent::LookupTableSet(event)] = events.as_slice() else { panic!("the table, not {events:?}") };
    assert_eq!((event.vault, event.slot), (fx.deployment.vault.addresses.vault, receipt.slot));
    assert_eq!((event.authority, event.table), (curator.pubkey(), table));
    let after = ::vault::Vault { lookup_table: NONE, ..fx.vault_state() };
    assert_eq!(bytemuck::bytes_of(&after), bytemuck::bytes_of(&before), "nothing else");
}

#[test]
fn the_client_reads_the_table_that_is_named() {
    let mut fx = Fixture::new();
    let [owner, ..] = roles(&fx);
    let vault = fx.deployment.vault;
    assert_eq!(vault.lookup_table(&fx.chain).unwrap(), None);
    let table = fx.deployment.table.clone();
    fx.vault().set_lookup_table(&owner, &table.key).unwrap();
    assert_eq!(vault.lookup_table(&fx.chain).unwrap(), Some(table));
}

#[test]
fn what_is_no_table_in_use_is_as_none() {
    let mut fx = Fixture::new();
    let [owner, ..] = roles(&fx);
    let (vault, payer) = (fx.deployment.vault, fx.deployment.actors.payer.pubkey());
    for no_table in [Pubkey::new_unique(), vault.addresses.ledger, owner.pubkey()] {
        fx.vault().set_lookup_table(&owner, &no_table).unwrap();
        assert_eq!(vault.lookup_table(&fx.chain).unwrap(), None);
    }
    let slot = fx.chain.clock().unwrap().slot - 1;
    let (create, key) = creation(&owner.pubkey(), &payer, slot);
    fx.send(&[create], &[&owner]).unwrap();
    fx.vault().set_lookup_table(&owner, &key).unwrap();
    assert_eq!(vault.lookup_table(&fx.chain).unwrap().unwrap().addresses, []);
    let deactivate = Instruction {
        program_id: fx.chain.require_account(&key).unwrap().owner,
        accounts: vec![AccountMeta::new(key, false), AccountMeta::new_readonly(owner.pubkey(), true)],
        // `DeactivateLookupTable` is the fourth of the program's instructions, numbered in 32 bits.
        data: vec![3, 0, 0, 0],
    };
    fx.send(&[deactivate], &[&owner]).unwrap();
    assert_eq!(vault.lookup_table(&fx.chain).unwrap(), None);
}

#[test]
fn what_was_added_in_this_slot_is_left_out() {
    let mut fx = Fixture::new();
    let mut table = fx.deployment.table.clone();
    let known = table.addresses.len();
    let actors = fx.deployment.actors.clone();
    let more = [Pubkey::new_unique()];
    let extend = extensions(&table.key, &actors.owner.pubkey(), &actors.payer.pubkey(), &more);
    fx.send(&extend, &[&actors.owner]).unwrap();
    assert_eq!(readers::lookup_table(&fx.chain, &table.key).unwrap().unwrap().addresses, table.addresses);
    fx.chain.advance_slots(1).unwrap();
    table = readers::lookup_table(&fx.chain, &table.key).unwrap().unwrap();
    assert_eq!(table.addresses.len(), known + 1);
}
