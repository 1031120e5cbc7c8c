//! `propose_owner`, `accept_owner`, `set_curator` and `set_guardian` on the ledger. With money in it a new curator and
//! another guardian wait.

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

#[test]
fn with_money_in_the_ledger_a_new_curator_has_waited_and_an_old_one_is_gone_at_once() {
    let (mut fx, _) = invested();
    let cast = Cast::of(&fx);
    fx.assert_refused("ChangeRequired", |fx| fx.router().set_curator(&cast.owner, &cast.stranger.pubkey()));
    // The same again changes nothing.
    fx.router().set_curator(&cast.owner, &cast.curator.pubkey()).unwrap();
    fx.router().set_curator(&cast.owner, &Pubkey::default()).unwrap();
    fx.assert_refused("NotCurator", |fx| fx.router().set_policy(&cast.curator, 1));
    // Also where the post is empty, and also for who had it before.
    fx.assert_refused("ChangeRequired", |fx| fx.router().set_curator(&cast.owner, &cast.curator.pubkey()));
    fx.router().queued().set_curator(&cast.owner, &cast.stranger.pubkey()).unwrap();
    fx.router().set_policy(&cast.stranger, 1).unwrap();
}

#[test]
fn with_money_in_the_ledger_the_guardian_stays_until_its_removal_has_waited() {
    let (mut fx, _) = invested();
    let cast = Cast::of(&fx);
    for next in [cast.stranger.pubkey(), Pubkey::default()] {
        fx.assert_refused("ChangeRequired", |fx| fx.router().set_guardian(&cast.owner, &next));
        let mut fx = fx.clone();
        fx.router().queued().set_guardian(&cast.owner, &next).unwrap();
        fx.assert_refused("NotGuardian", |fx| fx.router().set_status(&cast.guardian, 0, FROZEN));
    }
    fx.router().set_guardian(&cast.owner, &cast.guardian.pubkey()).unwrap();
    // Where nobody watches, somebody may at once.
    fx.router().queued().set_guardian(&cast.owner, &Pubkey::default()).unwrap();
    fx.router().set_guardian(&cast.owner, &cast.stranger.pubkey()).unwrap();
    fx.router().set_status(&cast.stranger, 0, FROZEN).unwrap();
}

#[test]
fn a_new_owner_waits_as_the_old_one_did() {
    let (mut fx, _) = invested();
    let cast = Cast::of(&fx);
    fx.router().propose_owner(&cast.owner, &cast.stranger.pubkey()).unwrap();
    fx.router().accept_owner(&cast.stranger).unwrap();
    fx.assert_refused("ChangeRequired", |fx| fx.router().set_curator(&cast.stranger, &cast.owner.pubkey()));
    fx.assert_refused("ChangeRequired", |fx| fx.router().set_guardian(&cast.stranger, &Pubkey::default()));
    fx.assert_refused("NotOwner", |fx| fx.router().queued().set_curator(&cast.owner, &cast.owner.pubkey()));
    fx.router().queued().set_curator(&cast.stranger, &cast.owner.pubkey()).unwrap();
}
