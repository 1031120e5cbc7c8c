//! The durable-nonce check on instruction lists as the runtime writes them.

use anchor_lang::prelude::{AccountInfo, Pubkey};
use gimbal_control::{require_no_durable_nonce, Refusal};
use solana_program::sysvar::instructions::{construct_instructions_data, BorrowedInstruction, ID};

/// What the check says of a transaction of these programs and data.
fn check(key: &Pubkey, calls: &[(Pubkey, &[u8])]) -> Result<(), Refusal> {
    let calls: Vec<BorrowedInstruction> =
        calls.iter().map(|(program_id, data)| BorrowedInstruction { program_id, accounts: Vec::new(), data }).collect();
    let mut data = construct_instructions_data(&calls);
    let (mut lamports, owner) = (1, Pubkey::default());
    let account = AccountInfo::new(key, false, false, &mut lamports, &mut data, &owner, false);
    require_no_durable_nonce(&account)
}

const SYSTEM: Pubkey = Pubkey::new_from_array([0; 32]);
const OTHER: Pubkey = Pubkey::new_from_array([5; 32]);
const ADVANCE: &[u8] = &[4, 0, 0, 0];

#[test]
fn a_transaction_that_begins_with_an_advance_is_refused() {
    assert_eq!(check(&ID, &[(SYSTEM, ADVANCE)]), Err(Refusal::DurableNonce));
    assert_eq!(check(&ID, &[(SYSTEM, ADVANCE), (OTHER, &[1, 2])]), Err(Refusal::DurableNonce));
    // The runtime reads the tag and lets what follows be.
    assert_eq!(check(&ID, &[(SYSTEM, &[4, 0, 0, 0, 9, 9])]), Err(Refusal::DurableNonce));
}

#[test]
fn any_other_beginning_passes() {
    assert_eq!(check(&ID, &[(OTHER, ADVANCE)]), Ok(()), "another program's instruction");
    assert_eq!(check(&ID, &[(OTHER, &[]), (SYSTEM, ADVANCE)]), Ok(()), "behind the first it keeps nothing valid");
    for data in [&[][..], &[4], &[4, 0, 0], &[5, 0, 0, 0], &[4, 0, 0, 1], &[2, 0, 0, 0, 4, 0, 0, 0]] {
        assert_eq!(check(&ID, &[(SYSTEM, data)]), Ok(()), "{data:?}");
    }
}

#[test]
fn only_the_sysvar_speaks_for_the_transaction() {
    assert_eq!(check(&OTHER, &[(OTHER, &[])]), Err(Refusal::NotInstructionsSysvar));
    assert_eq!(check(&SYSTEM, &[(SYSTEM, ADVANCE)]), Err(Refusal::NotInstructionsSysvar));
}
