//! Blockhashes as a node hands them out, and what it asks of a transaction before it runs it.

use {
    crate::{probe::*, support::*},
    gimbal_svm::FailureReason,
    solana_message::Hash,
    solana_signer::Signer,
    solana_transaction_error::TransactionError,
};

fn refused(error: TransactionError) -> Result<(), FailureReason> {
    Err(error.into())
}

#[test]
fn a_blockhash_may_be_named_for_150_slots() {
    let mut bench = Bench::new();
    let (hash, slot) = (bench.chain.latest_blockhash(), bench.chain.slot());
    assert_eq!(bench.chain.last_valid_slot(&hash), Some(slot + 150));
    assert_eq!(bench.chain.last_valid_slot(&Hash::default()), None);
    let transaction = bench.sign(&[call(&[RETURN, 1])], &[]);
    bench.chain.advance_slots(150).unwrap();
    assert_eq!(bench.chain.check_age(&transaction), Ok(()));
    bench.chain.advance_slots(1).unwrap();
    assert_eq!(bench.chain.last_valid_slot(&hash), None);
    assert_eq!(bench.chain.check_age(&transaction), refused(TransactionError::BlockhashNotFound));
}

#[test]
fn a_node_has_one_blockhash_a_slot() {
    let mut bench = Bench::new();
    bench.chain.set_blockhash_per_transaction(false);
    let first = bench.chain.latest_blockhash();
    let transaction = bench.sign(&[call(&[RETURN, 1])], &[]);
    bench.chain.send(transaction.clone()).unwrap();
    assert_eq!(bench.chain.latest_blockhash(), first);
    assert_eq!(bench.chain.check_age(&transaction), refused(TransactionError::AlreadyProcessed));
    assert_eq!(bench.chain.send(transaction).unwrap_err().reason, TransactionError::AlreadyProcessed.into());
    let second = bench.chain.make_blockhash();
    assert_ne!(second, first);
    assert_eq!(bench.chain.latest_blockhash(), second);
    bench.chain.advance_slots(1).unwrap();
    assert_ne!(bench.chain.latest_blockhash(), second);
}

#[test]
fn signatures_are_verified_where_that_is_asked_for() {
    let bench = Bench::new();
    let mut transaction = bench.sign(&[call(&[RETURN, 1])], &[]);
    assert_eq!(bench.chain.verify(&transaction), Ok(()));
    transaction.signatures[0] = key(9).sign_message(b"another");
    assert_eq!(bench.chain.verify(&transaction), refused(TransactionError::SignatureFailure));
    transaction.signatures.clear();
    assert_eq!(bench.chain.verify(&transaction), refused(TransactionError::SanitizeFailure));
}

#[test]
fn a_simulation_shows_the_accounts_that_it_would_leave() {
    let bench = Bench::new();
    let write = solana_instruction::Instruction::new_with_bytes(PROBE, &[WRITE, 77], vec![w(OWN)]);
    let simulation = bench.chain.simulate_accounts(bench.sign(&[write], &[]));
    assert!(simulation.result.is_ok());
    let left = simulation.accounts.iter().find(|(address, _)| *address == OWN).map(|(_, account)| account.data[0]);
    assert_eq!(left, Some(77));
    assert_eq!(bench.chain.account_data(&OWN).unwrap()[0], 5);
    let fails = bench.chain.simulate_accounts(bench.sign(&[call(&[PANIC])], &[]));
    assert!(fails.result.is_err() && fails.accounts.is_empty());
}

#[test]
fn the_fee_is_known_whether_or_not_it_can_be_paid() {
    let mut bench = Bench::new();
    let transaction = bench.sign(&[call(&[RETURN, 1])], &[]);
    assert_eq!(bench.chain.fee(transaction.clone()), 5_000);
    let payer = bench.payer.pubkey();
    let poor = gimbal_svm::Account { lamports: 0, ..bench.chain.account(&payer).unwrap() };
    bench.chain.set_account(payer, poor).unwrap();
    assert!(bench.chain.simulate(transaction.clone()).is_err());
    assert_eq!(bench.chain.fee(transaction), 5_000);
}

fn call(data: &[u8]) -> solana_instruction::Instruction {
    solana_instruction::Instruction::new_with_bytes(PROBE, data, vec![])
}
