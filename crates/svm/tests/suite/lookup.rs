//! Lookup tables and versioned transactions.

use {
    crate::{probe::*, support::*},
    anchor_lang::prelude::Pubkey,
    gimbal_svm::{
        ids::ADDRESS_LOOKUP_TABLE_PROGRAM,
        lookup::{lookup_table_address, LOOKUP_TABLE_AUTHORITY},
        AddressLookupTableAccount, ChainError,
    },
    solana_instruction::{AccountMeta, Instruction},
    solana_message::{v0, VersionedMessage},
    solana_signer::Signer,
    solana_transaction::versioned::VersionedTransaction,
    solana_transaction_error::TransactionError,
};

fn versioned(bench: &Bench, call: Instruction, table: &AddressLookupTableAccount) -> VersionedTransaction {
    let message = v0::Message::try_compile(
        &bench.payer.pubkey(),
        &[call],
        std::slice::from_ref(table),
        bench.chain.latest_blockhash(),
    )
    .unwrap();
    assert_eq!(message.address_table_lookups.len(), 1);
    VersionedTransaction::try_new(VersionedMessage::V0(message), &[&bench.payer]).unwrap()
}

#[test]
fn a_versioned_transaction_loads_accounts_from_a_table() {
    let mut bench = Bench::new();
    let table = bench.chain.create_lookup_table(&[SYSTEM, FOREIGN, OTHER, OWN]).unwrap();
    let call = Instruction::new_with_bytes(PROBE, &[FORWARD, WRITE, 6], vec![r(OTHER), w(FOREIGN)]);
    let receipt = bench.chain.send(versioned(&bench, call, &table)).unwrap();
    assert_eq!(bench.data(&FOREIGN)[0], 6);
    let inner = &receipt.inner_instructions[0];
    assert_eq!((inner.program_id, &inner.accounts), (OTHER, &vec![FOREIGN]));
    assert_eq!((inner.top_level_index, inner.stack_height), (0, 2));
}

#[test]
fn tables_of_one_slot_have_different_addresses() {
    let mut bench = Bench::new();
    let first = bench.chain.create_lookup_table(&[OWN]).unwrap();
    let second = bench.chain.create_lookup_table(&[FOREIGN]).unwrap();
    let slot = bench.chain.recent_slot();
    assert_eq!(first.key, lookup_table_address(&LOOKUP_TABLE_AUTHORITY, slot));
    assert_eq!(second.key, lookup_table_address(&LOOKUP_TABLE_AUTHORITY, slot - 1));
}

#[test]
fn a_table_holds_256_addresses() {
    let mut bench = Bench::new();
    bench.chain.create_lookup_table(&[OWN; 256]).unwrap();
    let error = bench.chain.create_lookup_table(&[OWN; 257]).unwrap_err();
    assert!(matches!(error, ChainError::TooManyAddresses(257)));
}

#[test]
fn a_missing_table_is_reported() {
    let mut bench = Bench::new();
    let table = AddressLookupTableAccount { key: Pubkey::new_from_array([9; 32]), addresses: vec![FOREIGN] };
    let call = Instruction::new_with_bytes(PROBE, &[WRITE, 6], vec![w(FOREIGN)]);
    let failure = bench.chain.send(versioned(&bench, call, &table)).unwrap_err();
    assert_eq!(failure.transaction_error(), Some(&TransactionError::AddressLookupTableNotFound));
}

/// The real program makes a table (create 0, extend 2) with the bytes that the chain writes.
#[test]
fn a_written_table_equals_one_made_by_transactions() {
    let mut bench = Bench::new();
    bench.chain.warp(100).unwrap();
    let authority = bench.payer.pubkey();
    let slot = bench.chain.recent_slot();
    let (table, bump) =
        Pubkey::find_program_address(&[authority.as_ref(), &slot.to_le_bytes()], &ADDRESS_LOOKUP_TABLE_PROGRAM);
    let payer = AccountMeta::new(authority, true);
    let signer = AccountMeta::new_readonly(authority, true);
    let create = Instruction::new_with_bytes(
        ADDRESS_LOOKUP_TABLE_PROGRAM,
        &[&0u32.to_le_bytes()[..], &slot.to_le_bytes(), &[bump]].concat(),
        vec![w(table), signer.clone(), payer.clone(), r(SYSTEM)],
    );
    let extend = Instruction::new_with_bytes(
        ADDRESS_LOOKUP_TABLE_PROGRAM,
        &[&2u32.to_le_bytes()[..], &2u64.to_le_bytes(), OWN.as_ref(), FOREIGN.as_ref()].concat(),
        vec![w(table), signer, payer, r(SYSTEM)],
    );
    bench.send(&[create, extend]).unwrap();
    bench.chain.advance_slots(1).unwrap();

    let made = bench.chain.account(&table).unwrap();
    let written = bench.chain.create_lookup_table_with_authority(&authority, &[OWN, FOREIGN]).unwrap();
    assert_ne!(written.key, table);
    let written = bench.chain.account(&written.key).unwrap();
    // Both were last extended in the slot before this one.
    assert_eq!(written.data, made.data);
    assert_eq!(written.owner, made.owner);
    assert_eq!(written.lamports, made.lamports);

    let table = AddressLookupTableAccount { key: table, addresses: vec![OWN, FOREIGN] };
    let call = Instruction::new_with_bytes(PROBE, &[WRITE, 6], vec![w(OWN)]);
    bench.chain.send(versioned(&bench, call, &table)).unwrap();
    assert_eq!(bench.data(&OWN)[0], 6);
}
