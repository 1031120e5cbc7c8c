//! Roles: who may do what, and how ownership moves.

use anchor_lang::prelude::Pubkey;
use gimbal_control::{Refusal, Role, Roles};

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

#[test]
fn each_role_is_renounced_by_who_may_and_for_ever() {
    // Role, who may not, who may.
    for (role, others, may) in [
        (Role::Owner, vec![2, 3, 4], vec![1]),
        (Role::Curator, vec![3, 4], vec![1, 2]),
        (Role::Guardian, vec![1, 2, 4], vec![3]),
    ] {
        for other in others {
            let mut r = roles();
            assert!(r.renounce(&key(other), role).is_err(), "{role:?} by {other}");
            assert_eq!(r, roles(), "nothing changed");
        }
        for holder in may {
            let mut r = roles();
            r.renounce(&key(holder), role).unwrap();
            assert!(r.is_renounced(role));
            assert_eq!(r.renounce(&key(holder), role), Err(Refusal::RoleRenounced));
        }
    }
}

#[test]
fn renounced_owners_leave_nobody_who_may_change_anything() {
    let mut r = roles();
    r.propose_owner(&key(1), key(9)).unwrap();
    r.renounce(&key(1), Role::Owner).unwrap();
    assert_eq!(r.require_owner(&key(1)), Err(Refusal::NotOwner));
    assert_eq!(r.accept_owner(&key(9)), Err(Refusal::RoleRenounced), "the proposed key comes too late");
    assert_eq!(r.set_guardian(&key(1), key(5)), Err(Refusal::NotOwner));
    r.require_curator(&key(2)).unwrap();
    r.require_guardian(&key(3)).unwrap();
}

#[test]
fn a_renounced_post_is_never_filled_again() {
    let mut r = roles();
    r.renounce(&key(2), Role::Curator).unwrap();
    assert_eq!(r.set_curator(&key(1), key(2)), Err(Refusal::RoleRenounced));
    assert_eq!(r.require_curator(&key(2)), Err(Refusal::NotCurator));
    r.require_curator(&key(1)).unwrap();
    assert!(r.has_guardian());
    r.renounce(&key(3), Role::Guardian).unwrap();
    assert!(!r.has_guardian());
    assert_eq!(r.set_guardian(&key(1), key(3)), Err(Refusal::RoleRenounced));
    assert_eq!(r.require_vetoer(&key(3)), Err(Refusal::NotVetoer));
}

#[test]
fn naming_somebody_new_waits_and_leaving_a_post_empty_does_not() {
    let zero = Pubkey::default();
    let r = roles();
    assert!(r.curator_waits(&key(9)) && !r.curator_waits(&key(2)) && !r.curator_waits(&zero));
    // Whoever watches is not removed at once, also by nobody; the first is named at once.
    assert!(r.guardian_waits(&key(9)) && r.guardian_waits(&zero) && !r.guardian_waits(&key(3)));
    let unwatched = Roles::new(key(1), zero, zero).unwrap();
    assert!(!unwatched.guardian_waits(&key(9)));
    assert!(unwatched.curator_waits(&key(9)));
}

#[test]
fn roles_have_numbers() {
    assert_eq!([0, 1, 2].map(Role::from_number), [Ok(Role::Owner), Ok(Role::Curator), Ok(Role::Guardian)]);
    assert_eq!(Role::from_number(3), Err(Refusal::UnknownRole));
}
