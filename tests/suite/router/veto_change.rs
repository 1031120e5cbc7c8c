//! `veto_change`: the guardian stops what waits, but not its own removal; the owner withdraws anything.

use super::*;

use anchor_lang::prelude::Pubkey;
use gimbal::instructions::router;
use gimbal_control::{ChangeState, CHANGE_DELAY, CHANGE_WINDOW};
use strategy_router::{Change, LimitsArgs};

/// A live ledger, looser limits of its owner's, and their change, which waits.
fn waiting() -> (Fixture, Cast, Instruction, Pubkey) {
    let (mut fx, _) = invested();
    let cast = Cast::of(&fx);
    let limits = LimitsArgs { loss_budget_bps: 60, ..fx.deployment.plan.limits };
    let looser = router::set_limits(&cast.owner.pubkey(), &fx.deployment.vault.addresses.ledger, limits);
    let change = fx.router().next_change();
    fx.router().propose_change(&cast.owner, &looser).unwrap();
    (fx, cast, looser, change)
}

/// The removal of the guardian, and its change, which waits.
fn removal(fx: &mut Fixture, cast: &Cast) -> (Instruction, Pubkey) {
    let ledger = fx.deployment.vault.addresses.ledger;
    let remove = router::set_guardian(&cast.owner.pubkey(), &ledger, &Pubkey::default());
    let change = fx.router().next_change();
    fx.router().propose_change(&cast.owner, &remove).unwrap();
    (remove, change)
}

#[test]
fn guardian_and_owner_veto_and_nobody_else() {
    let (fx, cast, looser, change) = waiting();
    for key in [&cast.curator, &cast.stranger] {
        fx.clone().assert_refused("NotVetoer", |fx| fx.router().veto_change(key, 0));
    }
    let veto = fx.ledger_queue().veto(&cast.guardian.pubkey(), 0);
    fx.clone().assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned(veto, 0)], &[]));
    for key in [&cast.guardian, &cast.owner] {
        let mut fx = fx.clone();
        let receipt = fx.router().veto_change(key, 0).unwrap();
        assert_eq!(fx.read::<Change>(&change).record.state, ChangeState::Vetoed as u8);
        let RouterEvent::ChangeVetoed(event) = event(&receipt) else { panic!("a change was vetoed") };
        assert_eq!((event.change, event.by, event.time), (change, key.pubkey(), now(&fx)));
        // It is nothing any more, now or later.
        fx.assert_refused("ChangeVetoed", |fx| fx.router().apply(&cast.owner, looser.clone(), &change));
        fx.warp(CHANGE_DELAY as u64);
        fx.assert_refused("ChangeVetoed", |fx| fx.router().apply(&cast.owner, looser.clone(), &change));
        fx.assert_refused("ChangeVetoed", |fx| fx.router().veto_change(key, 0));
        assert_eq!(fx.ledger().limits.loss_budget_bps, 50);
    }
}

#[test]
fn a_veto_comes_in_time_until_the_change_is_applied_or_over() {
    let (mut fx, cast, looser, change) = waiting();
    fx.warp((CHANGE_DELAY + CHANGE_WINDOW - 1) as u64);
    let mut vetoed = fx.clone();
    vetoed.router().veto_change(&cast.guardian, 0).unwrap();
    let mut applied = fx.clone();
    applied.router().apply(&cast.owner, looser, &change).unwrap();
    applied.assert_refused("ChangeApplied", |fx| fx.router().veto_change(&cast.guardian, 0));
    fx.warp(1);
    fx.assert_refused("ChangeExpired", |fx| fx.router().veto_change(&cast.guardian, 0));
}

#[test]
fn the_guardian_does_not_keep_its_post_by_vetoes() {
    let (mut fx, cast, _, _) = waiting();
    let (remove, change) = removal(&mut fx, &cast);
    assert_eq!(fx.read::<Change>(&change).record.guardian_may_veto, 0);
    fx.assert_refused("NotVetoable", |fx| fx.router().veto_change(&cast.guardian, 1));
    // The owner may think better of it.
    let mut withdrawn = fx.clone();
    withdrawn.router().veto_change(&cast.owner, 1).unwrap();
    fx.warp(CHANGE_DELAY as u64);
    fx.assert_refused("NotVetoable", |fx| fx.router().veto_change(&cast.guardian, 1));
    withdrawn.warp(CHANGE_DELAY as u64);
    withdrawn.assert_refused("ChangeVetoed", |fx| fx.router().apply(&cast.owner, remove.clone(), &change));
    fx.router().apply(&cast.owner, remove, &change).unwrap();
    assert_eq!(fx.ledger().roles.guardian, Pubkey::default());
}

#[test]
fn who_is_guardian_now_vetoes() {
    let (mut fx, cast, _, _) = waiting();
    let ledger = fx.deployment.vault.addresses.ledger;
    let replace = router::set_guardian(&cast.owner.pubkey(), &ledger, &cast.stranger.pubkey());
    let replacement = fx.router().next_change();
    fx.router().propose_change(&cast.owner, &replace).unwrap();
    fx.warp(CHANGE_DELAY as u64);
    fx.router().apply(&cast.owner, replace, &replacement).unwrap();
    fx.assert_refused("NotVetoer", |fx| fx.router().veto_change(&cast.guardian, 0));
    fx.router().veto_change(&cast.stranger, 0).unwrap();
}

#[test]
fn another_ledgers_guardian_has_no_say() {
    let (mut fx, cast, _, change) = waiting();
    own::open(&mut fx);
    for key in [&cast.guardian, &cast.owner] {
        let mut veto = fx.ledger_queue().veto(&key.pubkey(), 0);
        veto.accounts[2].pubkey = change;
        fx.assert_refused("ChangeMismatch", |fx| fx.send(&[veto], &[key]));
    }
}
