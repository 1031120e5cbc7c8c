//! `propose_owner`, `accept_owner`, `set_curator` and `set_guardian` on the ledger.

use super::*;

use anchor_lang::prelude::Pubkey;

/// The roles that an event tells: owner, proposed owner, curator, guardian.
#[track_caller]
fn told(receipt: &Receipt) -> [Pubkey; 4] {
    let RouterEvent::RoleChanged(event) = event(receipt) else { panic!("a role was changed") };
    [event.owner, event.pending_owner, event.curator, event.guardian]
}

#[test]
fn only_the_owner_names_others() {
    let mut fx = Fixture::from_plan(quiet(1));
    let cast = Cast::of(&fx);
    let next = cast.stranger.pubkey();
    for key in [&cast.curator, &cast.guardian, &cast.stranger] {
        fx.assert_refused("NotOwner", |fx| fx.router().propose_owner(key, &next));
        fx.assert_refused("NotOwner", |fx| fx.router().set_curator(key, &next));
        fx.assert_refused("NotOwner", |fx| fx.router().set_guardian(key, &next));
    }
    let ledger = fx.deployment.vault.addresses.ledger;
    let propose = gimbal::instructions::router::propose_owner(&cast.owner.pubkey(), &ledger, &next);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned(propose, 0)], &[]));
}

#[test]
fn ownership_moves_in_two_steps() {
    let mut fx = Fixture::from_plan(quiet(1));
    let cast = Cast::of(&fx);
    let (old, new) = (cast.owner.pubkey(), cast.stranger.pubkey());
    let (curator, guardian) = (cast.curator.pubkey(), cast.guardian.pubkey());
    fx.assert_refused("NotPendingOwner", |fx| fx.router().accept_owner(&cast.stranger));

    let receipt = fx.router().propose_owner(&cast.owner, &new).unwrap();
    assert_eq!(told(&receipt), [old, new, curator, guardian]);
    // Nothing has changed yet.
    fx.assert_refused("NotOwner", |fx| fx.router().set_curator(&cast.stranger, &new));
    for key in [&cast.owner, &cast.curator, &cast.guardian] {
        fx.assert_refused("NotPendingOwner", |fx| fx.router().accept_owner(key));
    }
    let receipt = fx.router().accept_owner(&cast.stranger).unwrap();
    assert_eq!(told(&receipt), [new, Pubkey::default(), curator, guardian]);
    assert_eq!(fx.ledger().roles.owner, new);
    fx.assert_refused("NotOwner", |fx| fx.router().set_guardian(&cast.owner, &old));
    fx.assert_refused("NotPendingOwner", |fx| fx.router().accept_owner(&cast.stranger));
    fx.router().set_curator(&cast.stranger, &old).unwrap();
}

#[test]
fn a_proposal_can_be_replaced_and_withdrawn() {
    let mut fx = Fixture::from_plan(quiet(1));
    let cast = Cast::of(&fx);
    fx.router().propose_owner(&cast.owner, &cast.stranger.pubkey()).unwrap();
    fx.router().propose_owner(&cast.owner, &cast.curator.pubkey()).unwrap();
    fx.assert_refused("NotPendingOwner", |fx| fx.router().accept_owner(&cast.stranger));
    fx.router().propose_owner(&cast.owner, &Pubkey::default()).unwrap();
    fx.assert_refused("NotPendingOwner", |fx| fx.router().accept_owner(&cast.curator));
    assert_eq!(fx.ledger().roles.owner, cast.owner.pubkey());
}

#[test]
fn a_new_curator_and_guardian_take_over_at_once() {
    let mut fx = Fixture::from_plan(quiet(1));
    let cast = Cast::of(&fx);
    let new = cast.stranger.pubkey();
    let receipt = fx.router().set_curator(&cast.owner, &new).unwrap();
    assert_eq!(told(&receipt), [cast.owner.pubkey(), Pubkey::default(), new, cast.guardian.pubkey()]);
    fx.assert_refused("NotCurator", |fx| fx.router().set_policy(&cast.curator, 1));
    fx.router().set_policy(&cast.stranger, 1).unwrap();

    let receipt = fx.router().set_guardian(&cast.owner, &cast.curator.pubkey()).unwrap();
    assert_eq!(told(&receipt), [cast.owner.pubkey(), Pubkey::default(), new, cast.curator.pubkey()]);
    fx.assert_refused("NotGuardian", |fx| fx.router().set_status(&cast.guardian, 0, FROZEN));
    fx.router().set_status(&cast.curator, 0, FROZEN).unwrap();
}

#[test]
fn a_post_may_stay_empty() {
    let mut fx = Fixture::from_plan(quiet(1));
    let cast = Cast::of(&fx);
    fx.router().set_curator(&cast.owner, &Pubkey::default()).unwrap();
    fx.router().set_guardian(&cast.owner, &Pubkey::default()).unwrap();
    fx.assert_refused("NotCurator", |fx| fx.router().set_policy(&cast.curator, 1));
    fx.assert_refused("NotGuardian", |fx| fx.router().set_status(&cast.guardian, 0, FROZEN));
    fx.router().set_status(&cast.owner, 0, FROZEN).unwrap();
}
