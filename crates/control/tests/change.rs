//! The queue's record: when a change may be applied, and every reason why not.

use anchor_lang::prelude::Pubkey;
use bytemuck::Zeroable;
use gimbal_control::{
    hash_fields, ChangeRecord, ChangeState, NewChange, Refusal, Roles, Terms, CHANGE_DATA, CHANGE_DELAY, CHANGE_WINDOW,
};

const NOW: i64 = 1_700_000_000;
const DAY: i64 = 86_400;
const DATA: &[u8] = &[1, 2, 3, 4, 5, 6, 7, 8, 200, 0];

fn key(n: u8) -> Pubkey {
    Pubkey::new_from_array([n; 32])
}

/// Owner 1, curator 2, guardian 3.
fn roles() -> Roles {
    Roles::new(key(1), key(2), key(3)).unwrap()
}

fn fields() -> [u8; 32] {
    hash_fields(&[b"limit", &100u64.to_le_bytes()])
}

fn new(data: &[u8]) -> NewChange<'_> {
    let terms = Terms { wait: CHANGE_DELAY, fields_hash: fields(), guardian_may_veto: true };
    NewChange { bump: 254, target: key(9), payer: key(8), nonce: 5, data, terms }
}

fn proposed() -> Box<ChangeRecord> {
    let mut record = Box::new(ChangeRecord::zeroed());
    record.propose(&new(DATA), NOW).unwrap();
    record
}

#[test]
fn a_proposal_is_written_as_it_is_meant() {
    let record = proposed();
    assert_eq!((record.version, record.bump, record.state, record.guardian_may_veto), (1, 254, 1, 1));
    assert_eq!((record.target, record.payer, record.nonce), (key(9), key(8), 5));
    assert_eq!((record.proposed_at, record.ready_at, record.expires_at), (NOW, NOW + 2 * DAY, NOW + 9 * DAY));
    assert_eq!(record.data(), DATA);
    assert_eq!(record.fields_hash, fields());
}

#[test]
fn no_kind_waits_less_than_two_days() {
    for (wait, waited) in [(0, 2 * DAY), (-5 * DAY, 2 * DAY), (2 * DAY + 1, 2 * DAY + 1), (15 * DAY, 15 * DAY)] {
        let mut record = Box::new(ChangeRecord::zeroed());
        let terms = Terms { wait, ..new(DATA).terms };
        record.propose(&NewChange { terms, ..new(DATA) }, NOW).unwrap();
        assert_eq!(record.ready_at, NOW + waited);
        assert_eq!(record.expires_at, NOW + waited + 7 * DAY);
    }
}

#[test]
fn data_fit_or_are_refused() {
    let mut record = Box::new(ChangeRecord::zeroed());
    record.propose(&new(&[7; CHANGE_DATA]), NOW).unwrap();
    assert_eq!(record.data(), &[7; CHANGE_DATA]);
    let untouched = *record;
    assert_eq!(record.propose(&new(&[8; CHANGE_DATA + 1]), NOW), Err(Refusal::ChangeTooLong));
    assert_eq!(record.propose(&new(&[8; 70_000]), NOW), Err(Refusal::ChangeTooLong));
    assert_eq!(*record, untouched);
}

#[test]
fn a_change_is_applied_once_within_its_window() {
    for (at, result) in [
        (NOW, Err(Refusal::ChangeTooEarly)),
        (NOW + 2 * DAY - 1, Err(Refusal::ChangeTooEarly)),
        (NOW + 2 * DAY, Ok(())),
        (NOW + 9 * DAY - 1, Ok(())),
        (NOW + 9 * DAY, Err(Refusal::ChangeExpired)),
        (i64::MAX, Err(Refusal::ChangeExpired)),
    ] {
        let mut record = proposed();
        assert_eq!(record.apply(&key(9), DATA, &fields(), at), result, "{at}");
        let after = if result.is_ok() { ChangeState::Applied } else { ChangeState::Waiting };
        assert_eq!(record.state, after as u8);
    }
    let mut record = proposed();
    record.apply(&key(9), DATA, &fields(), NOW + 3 * DAY).unwrap();
    assert_eq!(record.apply(&key(9), DATA, &fields(), NOW + 3 * DAY), Err(Refusal::ChangeApplied));
}

#[test]
fn another_target_or_other_arguments_do_not_pass() {
    let ready = NOW + 3 * DAY;
    let mut record = proposed();
    assert_eq!(record.apply(&key(10), DATA, &fields(), ready), Err(Refusal::ChangeMismatch));
    // One argument more, one less, another, another instruction, and the same bytes with a zero behind.
    let others: [&[u8]; 5] = [
        &[1, 2, 3, 4, 5, 6, 7, 8, 200, 0, 1],
        &DATA[..9],
        &[1, 2, 3, 4, 5, 6, 7, 8, 201, 0],
        &[1, 2, 3, 4, 5, 6, 7, 9, 200, 0],
        &[1, 2, 3, 4, 5, 6, 7, 8, 200, 0, 0],
    ];
    for other in others {
        assert_eq!(record.apply(&key(9), other, &fields(), ready), Err(Refusal::ChangeMismatch));
    }
    record.apply(&key(9), DATA, &fields(), ready).unwrap();
}

#[test]
fn a_change_is_void_when_what_it_replaces_has_moved() {
    let mut record = proposed();
    let moved = hash_fields(&[b"limit", &101u64.to_le_bytes()]);
    assert_eq!(record.apply(&key(9), DATA, &moved, NOW + 3 * DAY), Err(Refusal::ChangeStale));
    // It comes back to life with the old values: they are what its readers saw.
    record.apply(&key(9), DATA, &fields(), NOW + 3 * DAY).unwrap();
}

#[test]
fn two_proposals_side_by_side_do_not_add_up() {
    // From 100: one to 110, another also to 110 that was meant for later, 120.
    let (mut first, mut second) = (proposed(), proposed());
    first.apply(&key(9), DATA, &fields(), NOW + 3 * DAY).unwrap();
    let after = hash_fields(&[b"limit", &110u64.to_le_bytes()]);
    assert_eq!(second.apply(&key(9), DATA, &after, NOW + 3 * DAY), Err(Refusal::ChangeStale));
}

#[test]
fn mismatch_comes_before_state_state_before_time_time_before_values() {
    let moved = [0; 32];
    let mut record = proposed();
    assert_eq!(record.apply(&key(9), &[], &moved, NOW), Err(Refusal::ChangeMismatch));
    assert_eq!(record.apply(&key(9), DATA, &moved, NOW), Err(Refusal::ChangeTooEarly));
    assert_eq!(record.apply(&key(9), DATA, &moved, NOW + 9 * DAY), Err(Refusal::ChangeExpired));
    record.veto(&roles(), &key(3), NOW).unwrap();
    assert_eq!(record.apply(&key(9), DATA, &moved, NOW), Err(Refusal::ChangeVetoed));
    assert_eq!(record.apply(&key(9), &[], &moved, NOW), Err(Refusal::ChangeMismatch));
}

#[test]
fn guardian_and_owner_veto_until_it_expires() {
    for (signer, result) in [
        (1, Ok(())),
        (3, Ok(())),
        (2, Err(Refusal::NotVetoer)),
        (4, Err(Refusal::NotVetoer)),
        (0, Err(Refusal::NotVetoer)),
    ] {
        let mut record = proposed();
        assert_eq!(record.veto(&roles(), &key(signer), NOW + 3 * DAY), result, "{signer}");
        assert_eq!(record.is_over(NOW + 3 * DAY), result.is_ok());
    }
    let mut record = proposed();
    assert_eq!(record.veto(&roles(), &key(3), NOW + 9 * DAY), Err(Refusal::ChangeExpired));
    record.veto(&roles(), &key(3), NOW + 9 * DAY - 1).unwrap();
    assert_eq!(record.veto(&roles(), &key(3), NOW + 3 * DAY), Err(Refusal::ChangeVetoed));
    assert_eq!(record.apply(&key(9), DATA, &fields(), NOW + 3 * DAY), Err(Refusal::ChangeVetoed));
    let mut record = proposed();
    record.apply(&key(9), DATA, &fields(), NOW + 3 * DAY).unwrap();
    assert_eq!(record.veto(&roles(), &key(3), NOW + 3 * DAY), Err(Refusal::ChangeApplied));
}

#[test]
fn the_guardian_may_not_keep_its_own_post() {
    let mut record = Box::new(ChangeRecord::zeroed());
    record.propose(&NewChange { terms: Terms::of_guardian(&roles()), ..new(DATA) }, NOW).unwrap();
    assert_eq!(record.veto(&roles(), &key(3), NOW + DAY), Err(Refusal::NotVetoable));
    assert_eq!(record.state, ChangeState::Waiting as u8);
    record.veto(&roles(), &key(1), NOW + DAY).unwrap();
    // All else it may.
    assert!(Terms::of_curator(&roles()).guardian_may_veto);
    assert!(Terms::usual(&[]).guardian_may_veto);
}

#[test]
fn a_guardian_that_renounced_vetoes_nothing() {
    let mut after = roles();
    after.renounce(&key(3), gimbal_control::Role::Guardian).unwrap();
    assert_eq!(proposed().veto(&after, &key(3), NOW), Err(Refusal::NotVetoer));
}

#[test]
fn a_change_is_over_when_nothing_can_come_of_it() {
    let mut record = proposed();
    assert!(!record.is_over(NOW) && !record.is_over(NOW + 9 * DAY - 1));
    assert!(record.is_over(NOW + 9 * DAY));
    record.apply(&key(9), DATA, &fields(), NOW + 3 * DAY).unwrap();
    assert!(record.is_over(NOW + 3 * DAY));
}

#[test]
fn times_at_the_end_of_time_do_not_wrap() {
    let mut record = Box::new(ChangeRecord::zeroed());
    record.propose(&new(DATA), i64::MAX - 1).unwrap();
    assert_eq!((record.ready_at, record.expires_at), (i64::MAX, i64::MAX));
    assert_eq!(record.apply(&key(9), DATA, &fields(), i64::MAX), Err(Refusal::ChangeExpired));
    assert_eq!(CHANGE_WINDOW, 7 * DAY);
}

#[test]
fn bound_values_are_not_confused() {
    // sha256 over u64 LE lengths and bytes, from Python's hashlib.
    assert_eq!(
        hash_fields(&[b"limit", &100u64.to_le_bytes()]),
        [
            0x5a, 0x31, 0xe4, 0x67, 0x34, 0x99, 0x83, 0xe5, 0x48, 0x75, 0xcf, 0xe4, 0xf2, 0xf3, 0x15, 0x91, 0x43, 0x3e,
            0x1f, 0xd4, 0x28, 0x78, 0x62, 0x8f, 0x5b, 0x9c, 0xe3, 0x2b, 0x9c, 0x20, 0x19, 0x82
        ]
    );
    assert_ne!(hash_fields(&[b"ab", b"c"]), hash_fields(&[b"a", b"bc"]));
    assert_ne!(hash_fields(&[b"a", b""]), hash_fields(&[b"a"]));
}
