//! `set_model`: who refits a feed's volatility models, when it waits, and what it leaves alone.

use gimbal::instructions::changes::{presenting, Queue};
use gimbal::instructions::oracle::{set_feed_params, set_model};
use gimbal_tests::season::season;
use risk_oracle::events::{ChangeApplied, ModelSet, VarianceForecast};
use risk_oracle::{FeedParams, ModelParams};
use sha2::{Digest, Sha256};
use solana_instruction::Instruction;

use super::world::*;

/// A slower EWMA that is believed alone.
fn refit() -> ModelParams {
    ModelParams { ewma_bps: 9_700, prior_bps: [10_000, 0, 0, 0], ..ModelParams::DEFAULT }
}

fn refitting(world: &World) -> Instruction {
    set_model(&pubkey("owner"), &world.feed, refit())
}

fn absorbed(previous: [u8; 32], params: &ModelParams) -> [u8; 32] {
    Sha256::new()
        .chain_update(previous)
        .chain_update(b"model")
        .chain_update(bytemuck::bytes_of(params))
        .finalize()
        .into()
}

// Access

#[test]
fn only_the_owner_refits() {
    for mut world in [World::new(), World::live()] {
        for role in ["curator", "guardian", "stranger", "ledger"] {
            world.refuse("NotOwner", set_model(&pubkey(role), &world.feed, refit()), &[role]);
        }
        let mut unsigned = refitting(&world);
        unsigned.accounts[0].is_signer = false;
        world.refuse("AccountNotSigner", unsigned, &[]);
    }
}

#[test]
fn a_stranger_cannot_present_the_owners_change() {
    let mut world = World::live();
    let (feed, guarded) = (world.feed, refitting(&world));
    let presented = world.waited(feed, guarded);
    for role in ["curator", "guardian", "stranger"] {
        let mut stolen = presented.clone();
        stolen.accounts[0].pubkey = pubkey(role);
        world.refuse("NotOwner", stolen, &[role]);
    }
}

#[test]
fn a_book_is_no_feed() {
    let mut world = World::new();
    world.refuse("AccountDiscriminatorMismatch", set_model(&pubkey("owner"), &world.book, refit()), &["owner"]);
}

// The ordinary path

#[test]
fn a_feed_begins_with_the_default_and_is_set_up_at_once() {
    let mut world = World::new();
    assert_eq!(world.feed().engine.params, ModelParams::DEFAULT);
    let receipt = world.send(&[refitting(&world)], &["owner"]).unwrap();
    let feed = world.feed();
    assert_eq!((feed.engine.params, feed.engine.weights), (refit(), [65_536, 0, 0, 0]));
    assert_eq!((feed.engine.refits, feed.engine.bars), (0, 0), "no refit: nothing was forecast yet");
    assert_eq!(feed.inputs_hash, absorbed([0; 32], &refit()));
    let told: ModelSet = event(&receipt);
    assert_eq!((told.feed, told.slot, told.time), (world.feed, receipt.slot, world.now()));
    assert_eq!((told.params, told.refits, told.inputs_hash), (refit(), 0, feed.inputs_hash));
    assert!(events::<ChangeApplied>(&receipt).is_empty());
}

#[test]
fn from_the_first_price_on_every_refit_waits() {
    let mut world = World::priced();
    world.refuse("ChangeRequired", refitting(&world), &["owner"]);
    // Nobody can say which way coefficients loosen: those in force wait as well.
    world.refuse("ChangeRequired", set_model(&pubkey("owner"), &world.feed, ModelParams::DEFAULT), &["owner"]);

    let feed = world.feed;
    let hash = world.feed().inputs_hash;
    let waited = world.waited(feed, refitting(&world));
    let receipt = world.send(std::slice::from_ref(&waited), &["owner"]).unwrap();
    assert_eq!((world.feed().engine.params, world.feed().engine.refits), (refit(), 1));
    assert_eq!(world.feed().inputs_hash, absorbed(hash, &refit()));
    assert_eq!(event::<ChangeApplied>(&receipt).target, feed);
    assert_eq!(event::<ModelSet>(&receipt).refits, 1);
    world.refuse("ChangeApplied", waited, &["owner"]);
}

#[test]
fn a_refit_waits_its_two_days() {
    let mut world = World::priced();
    let feed = world.feed;
    world.propose(feed, &refitting(&world)).unwrap();
    let presented = presenting(refitting(&world), &Queue::Oracle(feed).change(0));
    world.refuse("ChangeTooEarly", presented.clone(), &["owner"]);
    world.warp(2 * DAY - 1);
    world.refuse("ChangeTooEarly", presented.clone(), &["owner"]);
    world.warp(1);
    // Other coefficients than those that waited.
    let other = set_model(&pubkey("owner"), &feed, ModelParams { ewma_bps: 9_800, ..refit() });
    world.refuse("ChangeMismatch", presenting(other, &Queue::Oracle(feed).change(0)), &["owner"]);
    world.send(&[presented], &["owner"]).unwrap();
}

#[test]
fn a_refit_moves_no_forecast_before_the_next_bar() {
    let mut world = World::priced();
    let feed = world.feed;
    season(&mut world.chain, &feed, 40);
    let before = world.feed().engine;
    let waited = world.waited(feed, refitting(&world));
    world.send(&[waited], &["owner"]).unwrap();
    let after = world.feed().engine;
    assert_eq!((after.variances, after.weights, after.scores), (before.variances, before.weights, before.scores));
    assert_eq!((after.tail_low, after.tested), (before.tail_low, before.tested));

    let (price, second) = (world.price(151 * DOLLAR), world.second_price(151 * DOLLAR));
    world.post(&price, &second);
    let receipt = world.send(&[world.update_both()], &[]).unwrap();
    let told: VarianceForecast = event(&receipt);
    assert_eq!(told.weights, [65_536, 0, 0, 0]);
    assert_eq!(told.variances[4], told.variances[0], "the EWMA is believed alone");
    // The bar of that day closed at 150.
    let change = (150.0 * ONE as f64 / before.last_close as f64).ln();
    let expected = 0.97 * before.variances[0] as f64 + 0.03 * change * change * (1u64 << 56) as f64;
    let found = told.variances[0] as f64;
    assert!((found / expected - 1.0).abs() < 1e-9, "{found}, not {expected}");
}

// Edges

#[test]
fn the_guardian_vetoes_a_refit() {
    let mut world = World::priced();
    let feed = world.feed;
    world.propose(feed, &refitting(&world)).unwrap();
    world.send(&[Queue::Oracle(feed).veto(&pubkey("guardian"), 0)], &["guardian"]).unwrap();
    world.warp(2 * DAY);
    world.refuse("ChangeVetoed", presenting(refitting(&world), &Queue::Oracle(feed).change(0)), &["owner"]);
    assert_eq!(world.feed().engine.params, ModelParams::DEFAULT);
}

#[test]
fn of_two_refits_the_second_is_void() {
    let mut world = World::priced();
    let feed = world.feed;
    let second = set_model(&pubkey("owner"), &feed, ModelParams { learning_bps: 0, ..ModelParams::DEFAULT });
    world.propose(feed, &refitting(&world)).unwrap();
    world.propose(feed, &second).unwrap();
    world.warp(2 * DAY);
    world.send(&[presenting(refitting(&world), &Queue::Oracle(feed).change(0))], &["owner"]).unwrap();
    world.refuse("ChangeStale", presenting(second, &Queue::Oracle(feed).change(1)), &["owner"]);
}

#[test]
fn a_bar_that_closes_meanwhile_voids_no_refit_and_neither_do_parameters() {
    let mut world = World::priced();
    let feed = world.feed;
    world.propose(feed, &refitting(&world)).unwrap();
    let tighter = FeedParams { max_age: 50, ..params() };
    world.send(&[set_feed_params(&pubkey("owner"), &feed, tighter)], &["owner"]).unwrap();
    world.warp(2 * DAY);
    let (price, second) = (world.price(151 * DOLLAR), world.second_price(151 * DOLLAR));
    world.post(&price, &second);
    world.send(&[world.update_both()], &[]).unwrap();
    assert_eq!(world.feed().engine.bars, 1);
    world.send(&[presenting(refitting(&world), &Queue::Oracle(feed).change(0))], &["owner"]).unwrap();
    assert_eq!(world.feed().engine.params, refit());
}

#[test]
fn coefficients_beyond_their_ranges_are_refused_at_once_and_when_proposed() {
    type Change = fn(&mut ModelParams);
    let cases: [(Change, &str); 12] = [
        (|p| p.ewma_bps = 10_000, "EwmaOutOfRange"),
        (|p| p.garch_bps = [3_000, 7_000], "GarchOutOfRange"),
        (|p| p.har_bps = [0; 3], "HarOutOfRange"),
        (|p| p.range_bps = [0, 9_000], "RangeModelOutOfRange"),
        (|p| p.prior_bps = [1, 0, 0, 0], "PriorWeightsOutOfRange"),
        (|p| p.long_run_bars = 0, "LongRunOutOfRange"),
        (|p| p.clamp_tenths = 0, "ClampOutOfRange"),
        (|p| p.learning_bps = 10_000, "LearningOutOfRange"),
        (|p| p.discount_bps = 0, "DiscountOutOfRange"),
        (|p| p.tail_level_bps = 0, "TailLevelOutOfRange"),
        (|p| p.tail_prior_milli = 0, "TailPriorOutOfRange"),
        (|p| p.thin_samples = 0, "ThinBarOutOfRange"),
    ];
    let (mut empty, mut live) = (World::new(), World::live());
    for (change, error) in cases {
        let mut params = ModelParams::DEFAULT;
        change(&mut params);
        let guarded = set_model(&pubkey("owner"), &empty.feed, params);
        empty.refuse(error, guarded.clone(), &["owner"]);
        let feed = live.feed;
        let propose = Queue::Oracle(feed).propose(&pubkey("owner"), &pubkey("payer"), 0, &guarded, None);
        live.refuse(error, propose, &["owner"]);
    }
    assert_eq!(live.feed().engine.params, ModelParams::DEFAULT);
}
