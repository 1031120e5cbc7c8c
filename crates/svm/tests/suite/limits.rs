//! What the chain refuses before it executes anything.

use {
    crate::{probe::*, support::*},
    anchor_lang::prelude::Pubkey,
    gimbal_svm::{limits::serialized_bytes, Failure, FailureReason, MAX_ACCOUNT_LOCKS, PACKET_BYTES},
    solana_instruction::{AccountMeta, Instruction},
    solana_message::{v0, VersionedMessage},
    solana_signer::Signer,
    solana_transaction::versioned::VersionedTransaction,
    solana_transaction_error::TransactionError,
};

fn assert_free(failure: &Failure) {
    assert_eq!(failure.receipt.fee, 0);
    assert!(failure.logs().is_empty());
}

/// An instruction whose transaction, with one signature and two accounts, is this long:
/// 1 + 64 for the signature, 3 header bytes, 1 + 2·32 for the keys, 32 for the blockhash, 1 for
/// the instruction count, then program index, account count, 2 length bytes and the data.
fn of_length(bytes: usize) -> Instruction {
    let mut data = vec![RETURN; bytes - (1 + 64 + 3 + 1 + 64 + 32 + 1 + 1 + 1 + 2)];
    data[0] = WRITE;
    Instruction::new_with_bytes(PROBE, &data, vec![])
}

#[test]
fn a_packet_holds_1232_bytes() {
    let mut bench = Bench::new();
    assert_eq!(PACKET_BYTES, 1_232);
    let fits = bench.sign(&[of_length(1_232)], &[]);
    assert_eq!(serialized_bytes(&fits), 1_232);
    // It reaches the program, which has no account to write to.
    let failure = bench.chain.send(fits).unwrap_err();
    assert_eq!(failure.receipt.fee, 5_000);

    let failure = bench.send(&[of_length(1_233)]).unwrap_err();
    assert_eq!(failure.reason, FailureReason::PacketTooLarge { bytes: 1_233 });
    assert_eq!(
        failure.to_string(),
        "The transaction is 1233 bytes long, over the 1232 that a packet holds. Use a lookup \
         table or split it."
    );
    assert_free(&failure);
    let simulated = bench.chain.simulate(bench.sign(&[of_length(1_233)], &[]));
    assert_eq!(simulated.unwrap_err().reason, failure.reason);
}

#[test]
fn a_transaction_locks_64_accounts_with_those_of_tables() {
    assert_eq!(MAX_ACCOUNT_LOCKS, 64);
    let mut bench = Bench::new();
    let addresses: Vec<Pubkey> = (0..63u8).map(|seed| Pubkey::new_from_array([seed + 100; 32])).collect();
    let table = bench.chain.create_lookup_table(&addresses).unwrap();
    let payer = bench.payer.pubkey();
    let mut send = |count: usize| {
        let accounts: Vec<AccountMeta> = addresses[..count].iter().map(|key| r(*key)).collect();
        let call = Instruction::new_with_bytes(PROBE, &[RETURN, 1], accounts);
        let message =
            v0::Message::try_compile(&payer, &[call], std::slice::from_ref(&table), bench.chain.latest_blockhash())
                .unwrap();
        let transaction = VersionedTransaction::try_new(VersionedMessage::V0(message), &[&bench.payer]).unwrap();
        bench.chain.send(transaction)
    };
    // Payer, program and 62 more make 64.
    send(62).unwrap();
    let failure = send(63).unwrap_err();
    assert_eq!(failure.reason, FailureReason::TooManyAccountLocks { locks: 65 });
    assert_free(&failure);
}

#[test]
fn a_wrong_signature_is_refused() {
    let mut bench = Bench::new();
    let mut transaction = bench.sign(&[transfer(bench.payer.pubkey(), OWN, 1)], &[]);
    transaction.signatures[0] = key(7).sign_message(b"something else");
    let failure = bench.chain.send(transaction.clone()).unwrap_err();
    assert_eq!(failure.transaction_error(), Some(&TransactionError::SignatureFailure));
    assert_free(&failure);
    assert!(bench.chain.simulate(transaction.clone()).is_ok());

    bench.chain.set_signature_verification(false);
    bench.chain.send(transaction).unwrap();
    assert_eq!(bench.chain.balance(&OWN), LAMPORTS + 1);
}

#[test]
fn a_transaction_counts_once() {
    let mut bench = Bench::new();
    let transaction = bench.sign(&[transfer(bench.payer.pubkey(), OWN, 1)], &[]);
    bench.chain.send(transaction.clone()).unwrap();
    let failure = bench.chain.send(transaction).unwrap_err();
    assert_eq!(failure.transaction_error(), Some(&TransactionError::AlreadyProcessed));
    assert_free(&failure);
    // Equal content with the next blockhash is another transaction.
    bench.send(&[transfer(bench.payer.pubkey(), OWN, 1)]).unwrap();
    assert_eq!(bench.chain.balance(&OWN), LAMPORTS + 2);
}

#[test]
fn a_failed_transaction_counts_too() {
    let mut bench = Bench::new();
    let fail = Instruction::new_with_bytes(PROBE, &[FAIL], vec![]);
    let transaction = bench.sign(&[fail], &[]);
    assert_eq!(bench.chain.send(transaction.clone()).unwrap_err().custom_code(), Some(0));
    let failure = bench.chain.send(transaction).unwrap_err();
    assert_eq!(failure.transaction_error(), Some(&TransactionError::AlreadyProcessed));
}

#[test]
fn a_blockhash_lives_150_slots() {
    let mut bench = Bench::new();
    let pay = transfer(bench.payer.pubkey(), OWN, 1);
    let young = bench.sign(std::slice::from_ref(&pay), &[]);
    bench.chain.advance_slots(150).unwrap();
    bench.chain.send(young).unwrap();
    let old = bench.sign(&[pay], &[]);
    bench.chain.advance_slots(151).unwrap();
    let failure = bench.chain.send(old).unwrap_err();
    assert_eq!(failure.transaction_error(), Some(&TransactionError::BlockhashNotFound));
    assert_free(&failure);
}

#[test]
fn a_payer_without_lamports_is_refused_for_free() {
    let mut bench = Bench::new();
    bench.payer = key(44);
    let failure = bench.send(&[Instruction::new_with_bytes(PROBE, &[RETURN], vec![])]).unwrap_err();
    assert_eq!(failure.transaction_error(), Some(&TransactionError::AccountNotFound));
    assert_free(&failure);
}

#[test]
fn a_blockhash_survives_many_transactions_of_its_slot() {
    let mut bench = Bench::new();
    let early = bench.sign(&[transfer(bench.payer.pubkey(), OWN, 2)], &[]);
    for _ in 0..300 {
        bench.send(&[transfer(bench.payer.pubkey(), OWN, 1)]).unwrap();
    }
    bench.chain.send(early).unwrap();
    assert_eq!(bench.chain.balance(&OWN), LAMPORTS + 300 + 2);
}

/// The system program's nonce instructions, by hand: create (0), initialise (6), advance (4).
#[test]
fn a_durable_nonce_stands_in_for_a_blockhash_once() {
    let mut bench = Bench::new();
    let (payer, nonce) = (bench.payer.pubkey(), key(3));
    let blockhashes = anchor_lang::prelude::pubkey!("SysvarRecentB1ockHashes11111111111111111111");
    let rent = anchor_lang::prelude::pubkey!("SysvarRent111111111111111111111111111111111");
    let create = create_account(payer, nonce.pubkey(), 10_000_000, 80, SYSTEM);
    let initialize = Instruction::new_with_bytes(
        SYSTEM,
        &[&6u32.to_le_bytes()[..], payer.as_ref()].concat(),
        vec![w(nonce.pubkey()), r(blockhashes), r(rent)],
    );
    let transaction = bench.sign(&[create, initialize], &[&nonce]);
    bench.chain.send(transaction).unwrap();
    let stored: [u8; 32] = bench.data(&nonce.pubkey())[40..72].try_into().unwrap();

    let advance = Instruction::new_with_bytes(
        SYSTEM,
        &4u32.to_le_bytes(),
        vec![w(nonce.pubkey()), r(blockhashes), AccountMeta::new_readonly(payer, true)],
    );
    let durable = |calls: &[Instruction]| {
        let message =
            solana_message::Message::new_with_blockhash(calls, Some(&payer), &gimbal_svm::Hash::new_from_array(stored));
        VersionedTransaction::try_new(VersionedMessage::Legacy(message), &[&key(1)]).unwrap()
    };
    let pay = transfer(payer, OWN, 1);
    // The nonce counts only with its advance in front.
    let failure = bench.chain.send(durable(&[pay.clone(), advance.clone()])).unwrap_err();
    assert_eq!(failure.transaction_error(), Some(&TransactionError::BlockhashNotFound));

    bench.chain.advance_slots(1_000).unwrap();
    bench.chain.send(durable(&[advance.clone(), pay.clone()])).unwrap();
    assert_eq!(bench.chain.balance(&OWN), LAMPORTS + 1);
    let failure = bench.chain.send(durable(&[advance, pay])).unwrap_err();
    assert_eq!(failure.transaction_error(), Some(&TransactionError::BlockhashNotFound));
}
