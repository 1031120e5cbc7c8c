//! What must wait and what never does, on feeds and books that somebody's money depends on.

use anchor_lang::prelude::Pubkey;
use gimbal::instructions::changes::{presenting, Queue, INSTRUCTIONS_SYSVAR};
use gimbal::instructions::oracle::{set_curator, set_feed_params, set_guardian, set_line_risk, set_risk};
use gimbal_tests::queue::DurableNonce;
use risk_oracle::events::{ChangeApplied, FeedParamsSet};
use risk_oracle::FeedParams;
use solana_instruction::Instruction;

use super::world::*;

/// Without a peg its band is not kept.
fn looser() -> FeedParams {
    FeedParams { max_age: 61, peg_band_bps: 0, ..params() }
}

fn loosen(world: &World) -> Instruction {
    set_feed_params(&pubkey("owner"), &world.feed, looser())
}

/// A live feed with a proposal to loosen it, and the instruction that presents it.
fn proposed() -> (World, Instruction) {
    let mut world = World::live();
    let guarded = loosen(&world);
    world.propose(world.feed, &guarded).unwrap();
    let presented = presenting(guarded, &Queue::Oracle(world.feed).change(0));
    (world, presented)
}

// When a change is applied

#[test]
fn a_change_is_applied_once_in_its_window() {
    let (mut world, presented) = proposed();
    world.refuse("ChangeTooEarly", presented.clone(), &["owner"]);
    world.warp(2 * DAY - 1);
    world.refuse("ChangeTooEarly", presented.clone(), &["owner"]);
    world.warp(1);
    let receipt = world.send(&[presented.clone()], &["owner"]).unwrap();
    assert_eq!(world.feed().params(), looser());
    assert_eq!(world.change(world.feed, 0).state, 3);
    let told: ChangeApplied = event(&receipt);
    assert_eq!((told.target, told.slot, told.time), (world.feed, receipt.slot, world.now()));
    assert_eq!(told.change, Queue::Oracle(world.feed).change(0));
    assert_eq!(event::<FeedParamsSet>(&receipt).params, looser());

    // Back at once; and the same change does not carry the loosening again.
    world.send(&[set_feed_params(&pubkey("owner"), &world.feed, params())], &["owner"]).unwrap();
    world.refuse("ChangeApplied", presented, &["owner"]);
}

#[test]
fn a_change_expires_seven_days_after_it_is_ready() {
    let (world, presented) = proposed();
    let mut late = world.clone();
    late.warp(9 * DAY);
    late.refuse("ChangeExpired", presented.clone(), &["owner"]);
    let mut last = world;
    last.warp(9 * DAY - 1);
    last.send(&[presented], &["owner"]).unwrap();
}

#[test]
fn without_its_change_nothing_is_loosened() {
    let (mut world, presented) = proposed();
    world.warp(3 * DAY);
    let guarded = loosen(&world);
    world.refuse("ChangeRequired", guarded, &["owner"]);
    // The owner's signature is still asked for.
    for role in ["stranger", "curator", "guardian"] {
        let mut stolen = presented.clone();
        stolen.accounts[0].pubkey = pubkey(role);
        world.refuse("NotOwner", stolen, &[role]);
    }
    world.send(&[presented], &["owner"]).unwrap();
}

#[test]
fn the_sysvar_must_be_shown_and_must_be_the_sysvar() {
    let (mut world, presented) = proposed();
    world.warp(3 * DAY);
    let at = presented.accounts.iter().position(|meta| meta.pubkey == INSTRUCTIONS_SYSVAR).unwrap();
    for other in [risk_oracle::ID, pubkey("stranger"), world.posted] {
        let mut blind = presented.clone();
        blind.accounts[at].pubkey = other;
        world.refuse("NotInstructionsSysvar", blind, &["owner"]);
    }
}

#[test]
fn other_arguments_and_other_targets_do_not_pass() {
    let (mut world, presented) = proposed();
    let owner = pubkey("owner");
    world.warp(3 * DAY);
    let change = Queue::Oracle(world.feed).change(0);
    let bolder = set_feed_params(&owner, &world.feed, FeedParams { max_age: 62, ..params() });
    world.refuse("ChangeMismatch", presenting(bolder, &change), &["owner"]);
    let another = presenting(set_curator(&owner, &world.feed, &pubkey("heir")), &change);
    world.refuse("ChangeMismatch", another, &["owner"]);
    // A curator proposed for the feed is none for the book.
    let for_feed = set_curator(&owner, &world.feed, &pubkey("heir"));
    let (feed, book) = (world.feed, world.book);
    world.waited(feed, for_feed);
    let crossed = presenting(set_curator(&owner, &book, &pubkey("heir")), &Queue::Oracle(feed).change(1));
    world.refuse("ChangeMismatch", crossed, &["owner"]);
    // An account that is no change, and another program's.
    world.refuse("AccountDiscriminatorMismatch", presenting(loosen(&world), &book), &["owner"]);
    world.refuse("AccountOwnedByWrongProgram", presenting(loosen(&world), &world.posted), &["owner"]);
    world.send(&[presented], &["owner"]).unwrap();
}

#[test]
fn of_two_changes_of_the_same_values_only_one_counts() {
    let mut world = World::live();
    let (feed, owner) = (world.feed, pubkey("owner"));
    let first = set_feed_params(&owner, &feed, FeedParams { max_age: 100, ..params() });
    // Side by side it looks as small a step as the first; after it, it would be another one.
    let second = set_feed_params(&owner, &feed, FeedParams { max_age: 100, wide_confidence_bps: 200, ..params() });
    world.propose(feed, &first).unwrap();
    world.propose(feed, &second).unwrap();
    world.warp(2 * DAY);
    world.send(&[presenting(first, &Queue::Oracle(feed).change(0))], &["owner"]).unwrap();
    let second = presenting(second, &Queue::Oracle(feed).change(1));
    world.refuse("ChangeStale", second, &["owner"]);
    assert_eq!(world.feed().params(), FeedParams { max_age: 100, peg_band_bps: 0, ..params() });
}

#[test]
fn a_change_is_void_when_its_values_were_tightened_meanwhile() {
    let (mut world, presented) = proposed();
    let stricter = FeedParams { max_divergence_bps: 99, ..params() };
    world.send(&[set_feed_params(&pubkey("owner"), &world.feed, stricter)], &["owner"]).unwrap();
    world.warp(2 * DAY);
    world.refuse("ChangeStale", presented, &["owner"]);
}

#[test]
fn signatures_kept_by_a_durable_nonce_apply_nothing() {
    let (mut world, presented) = proposed();
    let nonce = DurableNonce::create(&mut world.chain, &key("payer"), &key("owner"));
    world.warp(3 * DAY);
    let before = world.accounts_hash();
    let outcome = nonce.send(&mut world.chain, &key("payer"), &[presented.clone()], &[&key("owner")]);
    gimbal_tests::assert_error(outcome, "DurableNonce");
    // A failed transaction advances its nonce all the same; nothing else has moved.
    nonce.put_back(&mut world.chain);
    assert_eq!(before, world.accounts_hash());
    // The same with a living blockhash and the nonce advanced in front; behind, it keeps nothing valid.
    let advance = nonce.advance();
    let outcome = world.send(&[advance.clone(), presented.clone()], &["owner"]);
    gimbal_tests::assert_error(outcome, "DurableNonce");
    world.send(&[presented, advance], &["owner"]).unwrap();
    assert_eq!(world.feed().params(), looser());
}

// What waits

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
    let args = risk_oracle::AssessArgs { nav: 1_000, line: 0, amount: 1, values: [0; 16], line_ids: [0; 16] };
    world.assess(args);
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
    let mut args = risk_oracle::AssessArgs { nav: 1_000, line: 0, amount: 1, values: [0; 16], line_ids: [0; 16] };
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

#[test]
fn a_new_owner_is_bound_by_the_same_wait() {
    use gimbal::instructions::oracle::{accept_owner, propose_owner};
    let (mut world, presented) = proposed();
    let feed = world.feed;
    world.send(&[propose_owner(&pubkey("owner"), &feed, &pubkey("heir"))], &["owner"]).unwrap();
    world.send(&[accept_owner(&pubkey("heir"), &feed)], &["heir"]).unwrap();
    let guarded = set_feed_params(&pubkey("heir"), &feed, looser());
    world.refuse("ChangeRequired", guarded.clone(), &["heir"]);
    world.warp(2 * DAY);
    world.refuse("NotOwner", presented, &["owner"]);
    world.send(&[presenting(guarded, &Queue::Oracle(feed).change(0))], &["heir"]).unwrap();
    assert_eq!(world.feed().params(), looser());
}
