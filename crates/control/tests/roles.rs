//! Roles: who may do what, and how ownership moves.

use anchor_lang::prelude::Pubkey;
use gimbal_control::{Refusal, Roles};

fn key(n: u8) -> Pubkey {
    Pubkey::new_from_array([n; 32])
}

fn roles() -> Roles {
    Roles::new(key(1), key(2), key(3)).unwrap()
}

#[test]
fn the_zero_key_cannot_own() {
    assert_eq!(Roles::new(Pubkey::default(), key(2), key(3)), Err(Refusal::ZeroKey));
}

#[test]
fn powers_are_nested() {
    let r = roles();
    for (signer, owner, curator, guardian) in [
        (key(1), true, true, true),
        (key(2), false, true, true),
        (key(3), false, false, true),
        (key(4), false, false, false),
    ] {
        assert_eq!(r.require_owner(&signer).is_ok(), owner);
        assert_eq!(r.require_curator(&signer).is_ok(), curator);
        assert_eq!(r.require_guardian(&signer).is_ok(), guardian);
    }
}

#[test]
fn an_empty_post_gives_the_zero_key_no_power() {
    let r = Roles::new(key(1), Pubkey::default(), Pubkey::default()).unwrap();
    assert_eq!(r.require_curator(&Pubkey::default()), Err(Refusal::NotCurator));
    assert_eq!(r.require_guardian(&Pubkey::default()), Err(Refusal::NotGuardian));
}

#[test]
fn ownership_moves_in_two_steps() {
    let mut r = roles();
    assert_eq!(r.propose_owner(&key(2), key(5)), Err(Refusal::NotOwner));
    r.propose_owner(&key(1), key(5)).unwrap();
    assert_eq!(r.owner, key(1));
    assert_eq!(r.accept_owner(&key(6)), Err(Refusal::NotPendingOwner));
    r.accept_owner(&key(5)).unwrap();
    assert_eq!((r.owner, r.pending_owner), (key(5), Pubkey::default()));
    assert_eq!(r.require_owner(&key(1)), Err(Refusal::NotOwner));
}

#[test]
fn nobody_accepts_what_was_not_proposed() {
    assert_eq!(roles().accept_owner(&Pubkey::default()), Err(Refusal::NotPendingOwner));
}

#[test]
fn only_the_owner_fills_posts() {
    let mut r = roles();
    assert_eq!(r.set_curator(&key(2), key(9)), Err(Refusal::NotOwner));
    assert_eq!(r.set_guardian(&key(3), key(9)), Err(Refusal::NotOwner));
    r.set_curator(&key(1), key(9)).unwrap();
    r.set_guardian(&key(1), key(8)).unwrap();
    assert_eq!((r.curator, r.guardian), (key(9), key(8)));
}

#[test]
fn a_renounced_role_stays_empty() {
    let mut r = roles();
    r.renounced = 7;
    assert_eq!(r.require_owner(&key(1)), Err(Refusal::NotOwner));
    assert_eq!(r.require_guardian(&key(3)), Err(Refusal::NotGuardian));
    r.pending_owner = key(5);
    assert_eq!(r.accept_owner(&key(5)), Err(Refusal::RoleRenounced));
}
