//! What a native program may not do to accounts.

use {
    crate::{probe::*, support::*},
    solana_instruction::error::InstructionError,
    solana_signer::Signer,
};

#[test]
fn an_own_writable_account_can_be_written() {
    let mut bench = Bench::new();
    bench.probe(&[WRITE, 9], vec![w(OWN)]).unwrap();
    assert_eq!(bench.data(&OWN)[..2], [9, 5]);
}

#[test]
fn a_write_to_a_read_only_account_is_refused() {
    let mut bench = Bench::new();
    let failure = bench.probe(&[WRITE, 9], vec![r(OWN)]).unwrap_err();
    assert_eq!(failure.instruction_error(), Some(&InstructionError::ReadonlyDataModified));
    assert_eq!(bench.data(&OWN), DATA);
}

#[test]
fn a_write_to_a_foreign_account_is_refused() {
    let mut bench = Bench::new();
    let failure = bench.probe(&[WRITE, 9], vec![w(FOREIGN)]).unwrap_err();
    assert_eq!(failure.instruction_error(), Some(&InstructionError::ExternalAccountDataModified));
    assert_eq!(bench.data(&FOREIGN), DATA);
}

#[test]
fn rewriting_a_foreign_account_with_its_own_bytes_is_no_change() {
    let mut bench = Bench::new();
    bench.probe(&[REWRITE_SAME], vec![w(FOREIGN)]).unwrap();
    assert_eq!(bench.data(&FOREIGN), DATA);
}

#[test]
fn spending_a_foreign_account_is_refused() {
    let mut bench = Bench::new();
    let failure = bench.probe(&[MOVE_LAMPORT], vec![w(FOREIGN), w(OWN)]).unwrap_err();
    assert_eq!(failure.instruction_error(), Some(&InstructionError::ExternalAccountLamportSpend));
    assert_eq!(bench.chain.balance(&FOREIGN), LAMPORTS);
}

#[test]
fn a_foreign_account_can_be_paid() {
    let mut bench = Bench::new();
    bench.probe(&[MOVE_LAMPORT], vec![w(OWN), w(FOREIGN)]).unwrap();
    assert_eq!(bench.chain.balance(&OWN), LAMPORTS - 1);
    assert_eq!(bench.chain.balance(&FOREIGN), LAMPORTS + 1);
}

#[test]
fn lamports_out_of_nothing_are_refused() {
    let mut bench = Bench::new();
    let failure = bench.probe(&[MAKE_LAMPORT], vec![w(OWN)]).unwrap_err();
    assert_eq!(failure.instruction_error(), Some(&InstructionError::UnbalancedInstruction));
    assert_eq!(bench.chain.balance(&OWN), LAMPORTS);
}

#[test]
fn an_account_grows_by_at_most_10_kib_per_instruction() {
    let mut bench = Bench::new();
    bench.chain.airdrop(&OWN, 1_000_000_000).unwrap();
    let grow = |bytes: u32| [&[RESIZE][..], &bytes.to_le_bytes()].concat();
    bench.probe(&grow(64 + 10_240), vec![w(OWN)]).unwrap();
    assert_eq!(bench.data(&OWN).len(), 10_304);
    assert_eq!(bench.data(&OWN)[63..66], [5, 0, 0]);
    let failure = bench.probe(&grow(10_304 + 10_241), vec![w(OWN)]).unwrap_err();
    assert_eq!(failure.instruction_error(), Some(&InstructionError::InvalidRealloc));
    bench.probe(&grow(3), vec![w(OWN)]).unwrap();
    assert_eq!(bench.data(&OWN), [5, 5, 5]);
}

#[test]
fn resizing_a_foreign_account_is_refused() {
    let mut bench = Bench::new();
    let data = [&[RESIZE][..], &3u32.to_le_bytes()].concat();
    let failure = bench.probe(&data, vec![w(FOREIGN)]).unwrap_err();
    assert_eq!(failure.instruction_error(), Some(&InstructionError::ExternalAccountDataModified));
    assert_eq!(bench.data(&FOREIGN), DATA);
}

#[test]
fn a_panic_fails_the_program_and_changes_nothing_but_the_fee() {
    let mut bench = Bench::new();
    let before = bench.chain.balance(&bench.payer.pubkey());
    let failure = bench.probe(&[PANIC], vec![w(OWN)]).unwrap_err();
    assert_eq!(failure.instruction_error(), Some(&InstructionError::ProgramFailedToComplete));
    assert!(failure.logs().iter().any(|line| line.contains("panicked: told to")));
    assert_eq!(failure.receipt.fee, 5_000);
    assert_eq!(bench.chain.balance(&bench.payer.pubkey()), before - 5_000);
}

#[test]
fn a_duplicate_account_is_one_account() {
    let mut bench = Bench::new();
    bench.probe(&[MOVE_LAMPORT], vec![w(OWN), w(OWN)]).unwrap();
    assert_eq!(bench.chain.balance(&OWN), LAMPORTS);
}
