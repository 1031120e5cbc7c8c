//! What must wait and what never does, on feeds and books that somebody's money depends on.

use anchor_lang::prelude::Pubkey;
use gimbal::instructions::changes::{presenting, Queue};
use gimbal::instructions::oracle::{set_curator, set_feed_params, set_guardian, set_line_risk, set_risk};
use risk_oracle::events::ChangeApplied;
use risk_oracle::FeedParams;

use super::world::*;

/// Each parameter loosened by one step, from `from`.
fn each_loosened(from: FeedParams) -> Vec<FeedParams> {
    vec![
        FeedParams { max_age: from.max_age + 1, ..from },
        FeedParams { max_future: from.max_future + 1, ..from },
        FeedParams { max_confidence_bps: from.max_confidence_bps + 1, ..from },
        FeedParams { wide_confidence_bps: from.wide_confidence_bps + 1, ..from },
        FeedParams { max_divergence_bps: from.max_divergence_bps + 1, ..from },
        FeedParams { max_stable_gap_bps: from.max_stable_gap_bps + 1, ..from },
        FeedParams { stable_bps_per_hour: from.stable_bps_per_hour + 1, ..from },
        FeedParams { peg_band_bps: from.peg_band_bps + 1, ..from },
        FeedParams { peg: from.peg + 1, ..from },
        FeedParams { peg: 0, ..from },
    ]
}

#[test]
fn whatever_loosens_a_live_feed_waits_and_tightening_does_not() {
    let mut world = World::live();
    let (feed, owner) = (world.feed, pubkey("owner"));
    // A first peg only adds a reason to stop: at once.
    let pegged = FeedParams { peg: 150 * ONE, peg_band_bps: 50, ..params() };
    world.send(&[set_feed_params(&owner, &feed, pegged)], &["owner"]).unwrap();
    for loosened in each_loosened(pegged) {
        world.refuse("ChangeRequired", set_feed_params(&owner, &feed, loosened), &["owner"]);
        // Tightening something else does not buy it.
        let mixed = FeedParams { max_divergence_bps: loosened.max_divergence_bps.min(100) - 1, ..loosened };
        if mixed.loosens(&pegged) {
            world.refuse("ChangeRequired", set_feed_params(&owner, &feed, mixed), &["owner"]);
        }
    }
    let tightened = FeedParams {
        max_age: 59,
        max_future: 9,
        max_confidence_bps: 199,
        wide_confidence_bps: 99,
        max_divergence_bps: 99,
        max_stable_gap_bps: 499,
        peg_band_bps: 49,
        stable_bps_per_hour: 99,
        peg: 150 * ONE,
    };
    world.send(&[set_feed_params(&owner, &feed, tightened)], &["owner"]).unwrap();
    assert_eq!(world.feed().params(), tightened);
}

#[test]
fn a_feed_without_a_price_is_set_up_at_once() {
    let mut world = World::new();
    for loosened in each_loosened(FeedParams { peg: ONE, ..params() }) {
        world.send(&[set_feed_params(&pubkey("owner"), &world.feed, loosened)], &["owner"]).unwrap();
    }
}

/// A live book with risk 0 at 30% and 1,000, risk 1 open, and line 5 that carries risk 0 with the same caps.
fn with_line() -> World {
    let mut world = World::new();
    let (owner, book) = (pubkey("owner"), world.book);
    let instructions = [
        set_risk(&owner, &book, risk(0, "asset:SOL", 3_000, 1_000)),
        set_risk(&owner, &book, risk(1, "venue:klend", 10_000, u64::MAX)),
        set_line_risk(&owner, &book, line_risk(5, &[0], 3_000, 1_000)),
    ];
    world.send(&instructions, &["owner"]).unwrap();
    world.assess(one_unit());
    world
}

#[test]
fn the_owners_raising_of_limits_waits_and_lowering_does_not() {
    let mut world = with_line();
    let (book, owner) = (world.book, pubkey("owner"));
    let raised = [
        set_risk(&owner, &book, risk(0, "asset:SOL", 3_001, 1_000)),
        set_risk(&owner, &book, risk(0, "asset:SOL", 0, 1_001)),
        set_risk(&owner, &book, risk(0, "asset:ETH", 3_000, 1_000)),
        set_line_risk(&owner, &book, line_risk(5, &[0], 3_001, 1_000)),
        set_line_risk(&owner, &book, line_risk(5, &[0, 1], 3_000, 1_001)),
        set_line_risk(&owner, &book, line_risk(5, &[1], 3_000, 1_000)),
        set_line_risk(&owner, &book, line_risk(5, &[], 1, 1)),
        set_line_risk(&owner, &book, line_risk(6, &[0], 0, 1)),
    ];
    for guarded in &raised {
        world.refuse("ChangeRequired", guarded.clone(), &["owner"]);
    }
    // Each of them passes when it has waited.
    for guarded in raised {
        let mut world = world.clone();
        let waited = world.waited(book, guarded);
        let receipt = world.send(&[waited], &["owner"]).unwrap();
        assert_eq!(event::<ChangeApplied>(&receipt).target, book);
    }
    let lowered = [
        set_risk(&owner, &book, risk(0, "asset:SOL", 2_999, 999)),
        // A new risk: no line carries it yet.
        set_risk(&owner, &book, risk(2, "issuer:Circle", 10_000, u64::MAX)),
        set_line_risk(&owner, &book, line_risk(5, &[2, 0], 2_999, 1_000)),
        set_line_risk(&owner, &book, line_risk(5, &[], 0, 0)),
    ];
    for immediate in lowered {
        world.send(&[immediate], &["owner"]).unwrap();
    }
    assert_eq!(world.book().line(5), None);
    // A freed line comes back as a new one.
    world.refuse("ChangeRequired", set_line_risk(&owner, &book, line_risk(5, &[0], 1, 1)), &["owner"]);
}

#[test]
fn an_assessment_does_not_void_a_change() {
    let mut world = with_line();
    let book = world.book;
    let guarded = set_line_risk(&pubkey("owner"), &book, line_risk(5, &[0], 4_000, 2_000));
    world.propose(book, &guarded).unwrap();
    let mut args = one_unit();
    (args.line_ids[0], args.values[0]) = (5, 250);
    world.assess(args);
    world.warp(2 * DAY);
    world.send(&[presenting(guarded, &Queue::Oracle(book).change(0))], &["owner"]).unwrap();
    let line = *world.book().line(5).unwrap();
    assert_eq!((line.cap_bps, line.cap, line.exposure), (4_000, 2_000, 250));
}

#[test]
fn lowered_meanwhile_a_raise_is_void() {
    let mut world = with_line();
    let book = world.book;
    let guarded = set_line_risk(&pubkey("owner"), &book, line_risk(5, &[0], 4_000, 2_000));
    world.propose(book, &guarded).unwrap();
    world.send(&[set_line_risk(&pubkey("guardian"), &book, line_risk(5, &[0], 0, 0))], &["guardian"]).unwrap();
    world.warp(2 * DAY);
    world.refuse("ChangeStale", presenting(guarded, &Queue::Oracle(book).change(0)), &["owner"]);
}

#[test]
fn new_roles_wait_on_live_accounts() {
    let mut world = World::live();
    let owner = pubkey("owner");
    for target in [world.feed, world.book] {
        for guarded in [
            set_curator(&owner, &target, &pubkey("heir")),
            set_guardian(&owner, &target, &pubkey("heir")),
            set_guardian(&owner, &target, &Pubkey::default()),
        ] {
            world.refuse("ChangeRequired", guarded.clone(), &["owner"]);
            let mut world = world.clone();
            let waited = world.waited(target, guarded);
            world.send(&[waited], &["owner"]).unwrap();
        }
        // Nobody, and whoever is in post anyway: at once.
        world.send(&[set_guardian(&owner, &target, &pubkey("guardian"))], &["owner"]).unwrap();
        world.send(&[set_curator(&owner, &target, &pubkey("curator"))], &["owner"]).unwrap();
        world.send(&[set_curator(&owner, &target, &Pubkey::default())], &["owner"]).unwrap();
        world.refuse("ChangeRequired", set_curator(&owner, &target, &pubkey("curator")), &["owner"]);
    }
    let roles = world.feed().roles;
    assert_eq!((roles.curator, roles.guardian), (Pubkey::default(), pubkey("guardian")));
}

#[test]
fn the_first_guardian_is_named_at_once() {
    let mut world = World::live();
    let (feed, owner) = (world.feed, pubkey("owner"));
    let waited = world.waited(feed, set_guardian(&owner, &feed, &Pubkey::default()));
    world.send(&[waited], &["owner"]).unwrap();
    world.send(&[set_guardian(&owner, &feed, &pubkey("heir"))], &["owner"]).unwrap();
    assert_eq!(world.feed().roles.guardian, pubkey("heir"));
}
