//! What a change is good for: exactly the instruction that was proposed, on the ledger as it was then, from two days to
//! nine days later, once.

use super::propose_change::{limits, live, propose, WAIT, WINDOW};
use super::*;

use anchor_lang::prelude::Pubkey;
use gimbal::bundle::with_budget;
use gimbal::instructions::{changes::presenting, router};
use gimbal_control::ChangeState;
use strategy_router::{Change, LimitsArgs, LineParams};

/// One instruction of every kind that raises risk on the live ledger, whose line is frozen and whose venue has new code.
fn every_kind() -> (Fixture, Keypair, Vec<(&'static str, Instruction)>) {
    let (mut fx, owner, looser) = live();
    let cast = Cast::of(&fx);
    fx.router().set_status(&cast.guardian, 0, FROZEN).unwrap();
    fx.chain.svm_mut().upgrade_program(&lending_venue::ID, 7, None).unwrap();
    let (key, ledger) = (owner.pubkey(), fx.deployment.vault.addresses.ledger);
    let payer = fx.deployment.actors.payer.pubkey();
    let params = LineParams { cap: u64::MAX, ..LineParams::of(&fx.line(0)) };
    let base = fx.deployment.base;
    let mut line = add_strategy::proposal_over(&mut fx, base);
    (line.args.params.min_bps, line.args.params.target_bps) = (0, 0);
    let venue = fx.deployment.lines[0].context.clone();
    let slots = router::CodeSlots { program: 7, swap: 0 };
    let kinds = vec![
        ("LimitsSet", looser),
        ("StrategyAdded", router::add_strategy(&key, &payer, &ledger, &line.sealed())),
        ("VenueApproved", router::approve_venue(&key, &ledger, &venue, slots)),
        ("BoundsSet", router::set_bounds(&key, &ledger, 1, params)),
        ("StatusSet", router::set_status(&key, &ledger, 1, ACTIVE)),
        ("RoleChanged", router::set_curator(&key, &ledger, &cast.stranger.pubkey())),
        ("RoleChanged", router::set_guardian(&key, &ledger, &Pubkey::default())),
    ];
    (fx, owner, kinds)
}

#[test]
fn every_kind_waits_two_days_and_is_applied_once() {
    let (fx, owner, kinds) = every_kind();
    for (name, waiting) in kinds {
        let mut fx = fx.clone();
        fx.assert_refused("ChangeRequired", |fx| fx.send(&with_budget(std::slice::from_ref(&waiting)), &[&owner]));
        let change = propose(&mut fx, &owner, &waiting);
        fx.assert_refused("ChangeRequired", |fx| fx.send(&with_budget(std::slice::from_ref(&waiting)), &[&owner]));
        fx.warp(WAIT - 1);
        fx.assert_refused("ChangeTooEarly", |fx| fx.router().apply(&owner, waiting.clone(), &change));
        fx.warp(1);
        let receipt = fx.router().apply(&owner, waiting.clone(), &change).unwrap();
        let told = events(&receipt);
        assert_eq!(told.iter().map(RouterEvent::name).collect::<Vec<_>>(), ["ChangeApplied", name]);
        let RouterEvent::ChangeApplied(applied) = &told[0] else { panic!("a change was applied") };
        let ledger = fx.deployment.vault.addresses.ledger;
        assert_eq!((applied.ledger, applied.change, applied.time), (ledger, change, now(&fx)));
        assert_eq!(fx.read::<Change>(&change).record.state, ChangeState::Applied as u8);
        let again = fx.assert_unchanged(|fx| fx.router().apply(&owner, waiting, &change));
        // What has been done needs no change any more, or may not be done again.
        match again {
            Ok(receipt) => assert_eq!(events(&receipt).len(), 1, "{name}"),
            Err(error) => assert!(["ChangeApplied", "UnknownLine"].contains(&error.name().as_str()), "{error}"),
        }
    }
}

#[test]
fn a_change_expires_after_a_week() {
    let (fx, owner, kinds) = every_kind();
    for (_, waiting) in kinds {
        let mut fx = fx.clone();
        let change = propose(&mut fx, &owner, &waiting);
        fx.warp(WAIT + WINDOW - 1);
        fx.clone().router().apply(&owner, waiting.clone(), &change).unwrap();
        fx.warp(1);
        fx.assert_refused("ChangeExpired", |fx| fx.router().apply(&owner, waiting, &change));
    }
}

#[test]
fn a_change_is_good_for_what_it_says_alone() {
    let (mut fx, owner, looser) = live();
    // Of another ledger, word for word the same.
    let saved = fx.deployment.clone();
    own::open(&mut fx);
    let of_other = propose(&mut fx, &owner, &looser);
    fx.deployment = saved;
    let change = propose(&mut fx, &owner, &looser);
    fx.warp(WAIT);
    let other = limits(&fx, 61);
    fx.assert_refused("ChangeMismatch", |fx| fx.router().apply(&owner, other, &change));
    let (key, ledger) = (owner.pubkey(), fx.deployment.vault.addresses.ledger);
    let another_kind = router::set_curator(&key, &ledger, &key);
    fx.assert_refused("ChangeMismatch", |fx| fx.router().apply(&owner, another_kind, &change));
    fx.assert_refused("ChangeMismatch", |fx| fx.router().apply(&owner, looser.clone(), &of_other));
    // Nor does it make a curator of somebody: the owner signs.
    let cast = Cast::of(&fx);
    for key in [&cast.curator, &cast.guardian, &cast.stranger] {
        let mut theirs = looser.clone();
        theirs.accounts[0].pubkey = key.pubkey();
        fx.assert_refused("NotOwner", |fx| fx.router().apply(key, theirs, &change));
    }
    // Another account is no change, and another one no sysvar.
    let venue = fx.deployment.lines[0].addresses.venue;
    fx.assert_refused("AccountDiscriminatorMismatch", |fx| fx.router().apply(&owner, looser.clone(), &venue));
    for witness in [ledger, strategy_router::ID] {
        let mut blind = presenting(looser.clone(), &change);
        blind.accounts[3].pubkey = witness;
        fx.assert_refused("NotInstructionsSysvar", |fx| fx.send(&[blind], &[&owner]));
    }
    fx.router().apply(&owner, looser, &change).unwrap();
    assert_eq!(fx.ledger().limits.loss_budget_bps, 60);
}

#[test]
fn a_change_is_void_when_what_it_replaces_has_moved() {
    let (fx, owner, kinds) = every_kind();
    let cast = Cast::of(&fx);
    let (key, ledger) = (owner.pubkey(), fx.deployment.vault.addresses.ledger);
    let of = |name: &str| kinds.iter().find(|(kind, _)| *kind == name).map(|(_, waiting)| waiting.clone()).unwrap();
    let stale = |waiting: Instruction, moved: &dyn Fn(&mut Fixture)| {
        let mut fx = fx.clone();
        let change = propose(&mut fx, &owner, &waiting);
        fx.warp(WAIT);
        moved(&mut fx);
        fx.assert_refused("ChangeStale", |fx| fx.router().apply(&owner, waiting, &change));
    };
    stale(of("LimitsSet"), &|fx| {
        let tighter = LimitsArgs { min_cash_bps: 501, ..fx.deployment.plan.limits };
        fx.router().set_limits(&owner, tighter).unwrap();
    });
    stale(of("BoundsSet"), &|fx| {
        let lower = LineParams { target_bps: 8_999, ..LineParams::of(&fx.line(0)) };
        fx.router().set_bounds(&cast.guardian, 0, lower).unwrap();
    });
    stale(of("StatusSet"), &|fx| {
        fx.router().set_status(&cast.guardian, 0, WINDING_DOWN).unwrap();
    });
    stale(kinds[5].1.clone(), &|fx| {
        fx.router().set_curator(&owner, &Pubkey::default()).unwrap();
    });
    // Changes of one value do not add up, nor does the one that comes second count on the first.
    for (first, second) in [
        (limits(&fx, 60), limits(&fx, 70)),
        (router::set_guardian(&key, &ledger, &key), router::set_guardian(&key, &ledger, &Pubkey::default())),
        (of("VenueApproved"), of("VenueApproved")),
    ] {
        let mut fx = fx.clone();
        let one = propose(&mut fx, &owner, &first);
        let other = propose(&mut fx, &owner, &second);
        fx.warp(WAIT);
        fx.router().apply(&owner, first, &one).unwrap();
        fx.assert_refused("ChangeStale", |fx| fx.router().apply(&owner, second, &other));
    }
}

#[test]
fn before_the_first_deposit_everything_is_at_once() {
    let mut fx = Fixture::from_plan(quiet(1));
    let owner = fx.deployment.actors.owner.insecure_clone();
    let looser = limits(&fx, 60);
    // A change that is presented all the same is not spent.
    let change = propose(&mut fx, &owner, &looser);
    fx.router().apply(&owner, looser, &change).unwrap();
    assert_eq!(fx.ledger().limits.loss_budget_bps, 60);
    assert_eq!(fx.read::<Change>(&change).record.state, ChangeState::Waiting as u8);
    let cast = Cast::of(&fx);
    fx.router().set_guardian(&owner, &cast.stranger.pubkey()).unwrap();
    fx.router().set_curator(&owner, &cast.stranger.pubkey()).unwrap();
}

#[test]
fn what_was_proposed_before_the_first_deposit_counts_after_it() {
    let mut fx = Fixture::from_plan(quiet(1));
    let owner = fx.deployment.actors.owner.insecure_clone();
    let looser = limits(&fx, 60);
    let change = propose(&mut fx, &owner, &looser);
    fx.warp(WAIT);
    fx.refresh_all();
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
    fx.router().apply(&owner, looser, &change).unwrap();
    assert_eq!(fx.ledger().limits.loss_budget_bps, 60);
}
