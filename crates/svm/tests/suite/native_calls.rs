//! Cross-program calls of native programs.

use {
    crate::{probe::*, support::*},
    anchor_lang::prelude::Pubkey,
    gimbal_svm::FailureReason,
    solana_instruction::{error::InstructionError, AccountMeta},
    solana_signer::Signer,
};

#[test]
fn a_call_passes_rights_on() {
    let mut bench = Bench::new();
    bench.probe(&[FORWARD, WRITE, 8], vec![r(OTHER), w(FOREIGN)]).unwrap();
    assert_eq!(bench.data(&FOREIGN)[0], 8);
}

#[test]
fn a_signature_cannot_be_made_up() {
    let mut bench = Bench::new();
    let failure = bench.probe(&[FORWARD_AS_SIGNER, WRITE, 8], vec![r(OTHER), w(FOREIGN)]).unwrap_err();
    assert_eq!(failure.instruction_error(), Some(&InstructionError::PrivilegeEscalation));
    assert_eq!(bench.data(&FOREIGN), DATA);
}

#[test]
fn write_access_cannot_be_made_up() {
    let mut bench = Bench::new();
    let failure = bench.probe(&[FORWARD_AS_WRITABLE, WRITE, 8], vec![r(OTHER), r(FOREIGN)]).unwrap_err();
    assert_eq!(failure.instruction_error(), Some(&InstructionError::PrivilegeEscalation));
    assert_eq!(bench.data(&FOREIGN), DATA);
}

#[test]
fn a_failed_call_ends_the_caller_with_the_callees_error() {
    for deed in [FORWARD, FORWARD_AND_IGNORE, FORWARD_AND_CATCH] {
        let mut bench = Bench::new();
        let mut data = vec![deed, FAIL];
        data.extend_from_slice(&4_321u32.to_le_bytes());
        let failure = bench.probe(&data, vec![r(OTHER), w(OWN)]).unwrap_err();
        assert_eq!(failure.custom_code(), Some(4_321), "deed {deed}");
        assert_eq!(failure.instruction_index(), Some(0));
        assert_eq!(failure.receipt.return_data, None);
    }
}

#[test]
fn a_refused_call_cannot_be_swallowed_either() {
    let mut bench = Bench::new();
    // The callee writes to an account that is not its own.
    let failure = bench.probe(&[FORWARD_AND_IGNORE, WRITE, 8], vec![r(OTHER), w(OWN)]).unwrap_err();
    assert_eq!(failure.instruction_error(), Some(&InstructionError::ExternalAccountDataModified));
    assert_eq!(bench.data(&OWN), DATA);
}

#[test]
fn a_callees_panic_is_the_callers_end() {
    let mut bench = Bench::new();
    let failure = bench.probe(&[FORWARD_AND_CATCH, PANIC], vec![r(OTHER), w(OWN)]).unwrap_err();
    assert_eq!(failure.instruction_error(), Some(&InstructionError::ProgramFailedToComplete));
}

#[test]
fn a_made_up_account_view_is_refused() {
    let mut bench = Bench::new();
    let failure = bench.probe(&[FORGE_VIEW, WRITE, 8], vec![r(OTHER), w(FOREIGN)]).unwrap_err();
    assert_eq!(failure.instruction_error(), Some(&InstructionError::ProgramFailedToComplete));
    assert!(failure.logs().iter().any(|line| line.contains("Invalid pointer")));
    assert_eq!(bench.chain.balance(&FOREIGN), LAMPORTS);
}

#[test]
fn an_account_missing_from_the_transaction_cannot_be_called() {
    let mut bench = Bench::new();
    // The callee's program account is account 0; here it is a program the machine lacks.
    let failure = bench.probe(&[FORWARD, WRITE, 8], vec![r(FOREIGN), w(OWN)]).unwrap_err();
    assert_eq!(failure.instruction_error(), Some(&InstructionError::UnsupportedProgramId));
}

#[test]
fn re_entry_through_another_program_is_refused() {
    let mut bench = Bench::new();
    let failure = bench.probe(&[FORWARD, FORWARD, WRITE, 8], vec![r(OTHER), r(PROBE), w(OWN)]).unwrap_err();
    assert_eq!(failure.instruction_error(), Some(&InstructionError::ReentrancyNotAllowed));
}

#[test]
fn a_program_may_call_itself() {
    let mut bench = Bench::new();
    bench.probe(&[FORWARD, WRITE, 8], vec![r(PROBE), w(OWN)]).unwrap();
    assert_eq!(bench.data(&OWN)[0], 8);
}

#[test]
fn changes_before_and_after_a_call_are_seen_on_both_sides() {
    let mut bench = Bench::new();
    // The caller writes 7, calls itself to write 8, and must then see 8.
    bench.probe(&[WRITE_THEN_CALL, 7, 8, WRITE, 8], vec![r(PROBE), w(OWN)]).unwrap();
    assert_eq!(bench.data(&OWN)[0], 8);
}

#[test]
fn a_bad_change_before_a_call_is_refused_at_the_call() {
    let mut bench = Bench::new();
    let failure = bench.probe(&[WRITE_THEN_CALL, 7, 8, WRITE, 8], vec![r(OTHER), w(FOREIGN)]).unwrap_err();
    assert_eq!(failure.instruction_error(), Some(&InstructionError::ExternalAccountDataModified));
    assert_eq!(bench.data(&FOREIGN), DATA);
}

#[test]
fn return_data_names_the_program_that_set_it() {
    let mut bench = Bench::new();
    let receipt = bench.probe(&[CALL_AND_KEEP, RETURN, 1, 2, 3], vec![r(OTHER), w(OWN)]).unwrap();
    assert_eq!(bench.data(&OWN)[..32], OTHER.to_bytes());
    assert_eq!(bench.data(&OWN)[32..36], [1, 2, 3, 5]);
    assert_eq!(receipt.return_data, Some((OTHER, vec![1, 2, 3])));
}

#[test]
fn absent_return_data_is_none() {
    let mut bench = Bench::new();
    bench.probe(&[CALL_AND_KEEP, RETURN], vec![r(OTHER), w(OWN)]).unwrap();
    assert_eq!(bench.data(&OWN)[..32], [0; 32]);
}

#[test]
fn return_data_beyond_1024_bytes_ends_the_program() {
    let mut bench = Bench::new();
    let mut data = vec![RETURN];
    data.resize(1 + 1024, 3);
    let receipt = bench.probe(&data, vec![]).unwrap();
    assert_eq!(receipt.return_data.unwrap().1.len(), 1024);
    data.push(3);
    let failure = bench.probe(&data, vec![]).unwrap_err();
    assert_eq!(failure.instruction_error(), Some(&InstructionError::ProgramFailedToComplete));
}

#[test]
fn an_account_allocated_by_the_system_program_is_resized_in_the_caller() {
    let mut bench = Bench::new();
    let (room, _) = Pubkey::find_program_address(&[b"room"], &PROBE);
    bench.chain.airdrop(&room, 100_000_000).unwrap();
    let data = [&[ALLOCATE][..], &10_240u32.to_le_bytes()].concat();
    bench.probe(&data, vec![r(SYSTEM), w(room)]).unwrap();
    let account = bench.chain.account(&room).unwrap();
    assert_eq!(account.owner, PROBE);
    assert_eq!(account.data.len(), 10_240);
    assert_eq!((account.data[0], account.data[1], account.data[10_239]), (1, 0, 2));
}

#[test]
fn an_allocation_beyond_10_kib_in_a_call_is_refused() {
    let mut bench = Bench::new();
    let (room, _) = Pubkey::find_program_address(&[b"room"], &PROBE);
    bench.chain.airdrop(&room, 100_000_000).unwrap();
    let data = [&[ALLOCATE][..], &10_241u32.to_le_bytes()].concat();
    let failure = bench.probe(&data, vec![r(SYSTEM), w(room)]).unwrap_err();
    assert_eq!(failure.instruction_error(), Some(&InstructionError::InvalidRealloc));
    assert!(bench.data(&room).is_empty());
}

#[test]
fn a_loader_cannot_be_called() {
    let mut bench = Bench::new();
    let loader = anchor_lang::prelude::pubkey!("BPFLoader2111111111111111111111111111111111");
    let failure = bench.probe(&[FORWARD, 0], vec![r(loader), w(OWN)]).unwrap_err();
    assert_eq!(failure.instruction_error(), Some(&InstructionError::ProgramFailedToComplete));
    assert!(failure.logs().iter().any(|line| line.contains("not supported by inner instructions")));
}

#[test]
fn a_call_keeps_the_users_signature_and_the_systems_rules() {
    let mut bench = Bench::new();
    let payer = bench.payer.pubkey();
    let to = key(9).pubkey();
    let call = transfer(payer, to, 1_000_000);
    let data = [&[FORWARD][..], &call.data].concat();
    let accounts = vec![r(SYSTEM), AccountMeta::new(payer, true), w(to)];
    bench.probe(&data, accounts).unwrap();
    assert_eq!(bench.chain.balance(&to), 1_000_000);
    // Without the signature on the account, the system program refuses.
    let failure = bench.probe(&data, vec![r(SYSTEM), w(OWN), w(to)]).unwrap_err();
    assert_eq!(failure.instruction_error(), Some(&InstructionError::MissingRequiredSignature));
    assert!(matches!(failure.reason, FailureReason::Transaction(_)));
}
