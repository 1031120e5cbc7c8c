//! What an accepted price does. What is refused stands in `update_feed_refusals`.

use gimbal::chain::{PriceUpdate, Receipt};
use gimbal_svm::pyth::PYTH_RECEIVER_PRO;
use gimbal_tests::season::season;
use risk_oracle::events::{BarClosed, FeedUpdated, VarianceForecast};
use risk_oracle::state::Engine;
use risk_oracle::{Action, Bar, Bounds, Status};
use sha2::{Digest, Sha256};

use super::world::*;

/// The price message of an update as Pyth puts it on the wire.
fn message(update: &PriceUpdate) -> Vec<u8> {
    [
        &update.feed_id[..],
        &update.price.to_le_bytes(),
        &update.conf.to_le_bytes(),
        &update.exponent.to_le_bytes(),
        &update.publish_time.to_le_bytes(),
        &update.prev_publish_time.to_le_bytes(),
        &update.ema_price.to_le_bytes(),
        &update.ema_conf.to_le_bytes(),
    ]
    .concat()
}

fn chain_hash(previous: [u8; 32], update: &PriceUpdate) -> [u8; 32] {
    Sha256::new().chain_update(previous).chain_update(message(update)).finalize().into()
}

// Access

#[test]
fn anybody_updates_without_a_signature() {
    let mut world = World::new();
    let price = world.price(150 * DOLLAR);
    let second = world.second_price(150 * DOLLAR);
    world.post(&price, &second);
    let update = world.update_both();
    assert!(update.accounts.iter().all(|account| !account.is_signer));
    world.send(&[update], &[]).unwrap();
    assert_eq!(world.feed().price, 150 * ONE);
}

// The ordinary path

#[test]
fn the_first_price_fills_the_feed() {
    let mut world = World::new();
    let (price, second) = (world.price(15_012_345_678), world.second_price(15_000_000_000));
    world.post(&price, &second);
    let receipt = world.send(&[world.update_both()], &[]).unwrap();

    let (feed, now) = (world.feed(), world.now());
    // 150.12345678 dollars; a thousandth of the mantissa, 15,012,345, is 0.15012345 dollars.
    assert_eq!((feed.price, feed.confidence), (150_123_456_780_000, 150_123_450_000));
    assert_eq!((feed.publish_time, feed.posted_slot), (now, price.posted_slot));
    assert_eq!((feed.updated_at, feed.updated_slot, feed.updates), (now, receipt.slot, 1));
    assert_eq!((feed.second_price, feed.second_confidence), (150 * ONE, 150_000_000_000));
    assert_eq!(feed.second_publish_time, now);
    assert_eq!((feed.stable_price, feed.stable_at), (feed.price, now));
    assert_eq!(feed.status(now), Status::NONE);
    assert_eq!(feed.inputs_hash, chain_hash(chain_hash([0; 32], &price), &second));
    // 2026-01-01 is day 20,454.
    let bar = Bar { day: 20_454, samples: 1, open: feed.price, high: feed.price, low: feed.price, close: feed.price };
    assert_eq!((feed.bars.open, feed.bars.count), (bar, 0));

    let told: FeedUpdated = event(&receipt);
    assert_eq!((told.feed, told.slot, told.time), (world.feed, receipt.slot, now));
    assert_eq!((told.price, told.confidence, told.publish_time), (feed.price, feed.confidence, now));
    assert_eq!((told.second_price, told.second_confidence), (feed.second_price, feed.second_confidence));
    assert_eq!((told.second_publish_time, told.stable_price), (now, feed.stable_price));
    assert_eq!((told.updates, told.flags, told.inputs_hash), (1, 0, feed.inputs_hash));
    assert!(events::<BarClosed>(&receipt).is_empty());
}

#[test]
fn both_receivers_are_believed() {
    let mut world = World::new();
    let price = PriceUpdate { receiver: PYTH_RECEIVER_PRO, ..world.price(150 * DOLLAR) };
    let second = world.second_price(150 * DOLLAR);
    world.post(&price, &second);
    world.send(&[world.update_both()], &[]).unwrap();
    assert_eq!(world.feed().price, 150 * ONE);
}

#[test]
fn a_later_price_moves_the_bar_and_pulls_the_stable_price() {
    let mut world = World::priced();
    world.warp(36);
    let (price, second) = (world.price(153 * DOLLAR), world.second_price(153 * DOLLAR));
    world.post(&price, &second);
    world.send(&[world.update_both()], &[]).unwrap();
    let feed = world.feed();
    // 1% of 150 per hour, for a hundredth of an hour.
    assert_eq!((feed.stable_price, feed.stable_at), (150_015_000_000_000, world.now()));
    let open = Bar { day: 20_454, samples: 2, open: 150 * ONE, high: 153 * ONE, low: 150 * ONE, close: 153 * ONE };
    assert_eq!(feed.bars.open, open);
    assert_eq!(feed.updates, 2);
}

#[test]
fn the_first_update_of_a_later_day_closes_the_bar() {
    let mut world = World::priced();
    for (seconds, price) in [(30, 152), (30, 149)] {
        world.warp(seconds);
        let (price, second) = (world.price(price * DOLLAR), world.second_price(price * DOLLAR));
        world.post(&price, &second);
        world.send(&[world.update_both()], &[]).unwrap();
    }
    // The last second of the day still belongs to it; midnight does not.
    world.warp(43_200 - 61);
    let (price, second) = (world.price(151 * DOLLAR), world.second_price(151 * DOLLAR));
    world.post(&price, &second);
    let receipt = world.send(&[world.update_both()], &[]).unwrap();
    assert!(events::<BarClosed>(&receipt).is_empty());
    world.warp(1);
    let (price, second) = (world.price(155 * DOLLAR), world.second_price(155 * DOLLAR));
    world.post(&price, &second);
    let receipt = world.send(&[world.update_both()], &[]).unwrap();

    let feed = world.feed();
    let closed = Bar { day: 20_454, samples: 4, open: 150 * ONE, high: 152 * ONE, low: 149 * ONE, close: 151 * ONE };
    assert_eq!((feed.bars.closed_bar(0), feed.bars.count), (Some(&closed), 1));
    assert_eq!((feed.bars.open.day, feed.bars.open.samples, feed.bars.open.open), (20_455, 1, 155 * ONE));
    let told: BarClosed = event(&receipt);
    assert_eq!((told.feed, told.slot, told.time), (world.feed, receipt.slot, world.now()));
    assert_eq!((told.day, told.samples), (20_454, 4));
    assert_eq!((told.open, told.high, told.low, told.close), (150 * ONE, 152 * ONE, 149 * ONE, 151 * ONE));
}

/// Posts a price of both sources after `seconds` and updates with it.
fn update(world: &mut World, seconds: u64, price: i64) -> Receipt {
    world.warp(seconds);
    let (price, second) = (world.price(price), world.second_price(price));
    world.post(&price, &second);
    world.send(&[world.update_both()], &[]).unwrap()
}

#[test]
fn a_closed_bar_is_digested_and_the_forecast_told() {
    let mut world = World::priced();
    assert!(events::<VarianceForecast>(&update(&mut world, 30, 151 * DOLLAR)).is_empty());
    // The first bar, of two samples from 150 to 151: it only seeds.
    let receipt = update(&mut world, DAY, 152 * DOLLAR);
    let (engine, told) = (world.feed().engine, event::<VarianceForecast>(&receipt));
    assert_eq!((engine.bars, engine.last_day, engine.last_close), (1, 20_454, 151 * ONE));
    assert_eq!((told.feed, told.slot, told.time), (world.feed, receipt.slot, world.now()));
    assert_eq!((told.day, told.bars, told.residual), (20_454, 1, 0));
    assert_eq!((told.jump, told.tested, told.exception, told.days), (false, false, false, 0));
    assert_eq!((told.tail_low, told.tail_high), ([2_600, 3_120], [2_600, 3_120]));
    // The second closes at 152, 0.66% above the first: a thin one, whose range is its return.
    let receipt = update(&mut world, DAY, 152 * DOLLAR);
    let (engine, told) = (world.feed().engine, event::<VarianceForecast>(&receipt));
    let change = (152f64 / 151.0).ln();
    let found = engine.ranges[1] as f64 / (1u64 << 56) as f64;
    assert!((found - change * change).abs() < 1e-14, "{found}");
    assert_eq!((told.day, told.bars, told.variances, told.weights), (20_455, 2, engine.variances, engine.weights));
    assert_eq!(told.residual, engine.last_residual);
    assert!(told.residual > 0);
}

#[test]
fn a_crash_beyond_the_value_at_risk_is_told_and_counted() {
    let mut world = World::priced();
    let feed = world.feed;
    season(&mut world.chain, &feed, 100);
    let before = world.feed().engine;
    assert_eq!((before.bars, before.tested.days), (100, 70));
    assert_eq!(world.feed().forecast(), Some(before.mixture()));
    update(&mut world, 60, 75 * DOLLAR);
    assert_eq!(world.feed().engine, before, "a crash is no matter of the engine before the day is over");
    let receipt = update(&mut world, DAY, 75 * DOLLAR);
    let (engine, told) = (world.feed().engine, event::<VarianceForecast>(&receipt));
    assert!(told.tested && told.exception && told.jump);
    assert_eq!((told.days, told.exceptions), (71, before.tested.exceptions + 1));
    assert_eq!((engine.jumps, engine.jumps_in_window()), (before.jumps + 1, before.jumps_in_window() + 1));
    assert!(engine.mixture().0 > 4 * before.mixture().0);
    assert!(told.residual < -5_000, "{}", told.residual);
    assert_eq!(told.tail_low[0], engine.tail_low.quantile_milli);
}

// Edges

/// Attack 42: no number of updates within a second or a day moves a variance; a forecast is of closed days only.
#[test]
fn no_poking_moves_a_variance() {
    let mut world = World::priced();
    let feed = world.feed;
    season(&mut world.chain, &feed, 40);
    let learned = world.feed().engine;
    for round in 0..40u64 {
        // Now and then in the same second, with another slot; else a second later.
        update(&mut world, round % 2, (150 + round as i64 % 3) * DOLLAR);
        assert_eq!(Engine { open_confidence: 0, ..world.feed().engine }, Engine { open_confidence: 0, ..learned });
    }
    assert!(world.feed().bars.open.samples > 10);
    // A poke after midnight closes the bar once; pokes after it close nothing.
    update(&mut world, DAY, 150 * DOLLAR);
    let closed = world.feed().engine;
    assert_eq!(closed.bars, learned.bars + 1);
    for _ in 0..10 {
        let receipt = update(&mut world, 1, 150 * DOLLAR);
        assert!(events::<VarianceForecast>(&receipt).is_empty());
        assert_eq!(world.feed().engine, closed);
    }
}

/// Attack 42 in its present meaning: nobody gains by poking.
#[test]
fn the_same_price_again_changes_nothing() {
    let mut world = World::priced();
    world.warp(5);
    let before = world.accounts_hash();
    let receipt = world.send(&[world.update_both()], &[]).unwrap();
    assert_eq!(before, world.accounts_hash());
    assert!(receipt.inner.is_empty(), "no event for no change");
    // Another message of the same second is not taken either.
    let price = PriceUpdate { publish_time: world.feed().publish_time, ..world.price(151 * DOLLAR) };
    let second = PriceUpdate { publish_time: world.feed().publish_time, ..world.second_price(151 * DOLLAR) };
    world.post(&price, &second);
    let before = world.accounts_hash();
    world.send(&[world.update_both()], &[]).unwrap();
    assert_eq!(before, world.accounts_hash());
}

#[test]
fn a_price_slightly_ahead_or_just_young_enough_is_taken() {
    for offset in [10, -60] {
        let mut world = World::new();
        let time = world.now() + offset;
        let price = PriceUpdate { publish_time: time, ..world.price(150 * DOLLAR) };
        let second = PriceUpdate { publish_time: time, ..world.second_price(150 * DOLLAR) };
        world.post(&price, &second);
        world.send(&[world.update_both()], &[]).unwrap();
        assert_eq!((world.feed().publish_time, world.feed().flags), (time, 0));
    }
}

#[test]
fn without_the_second_account_the_second_price_ages() {
    let mut world = World::priced();
    for _ in 0..2 {
        world.warp(30);
        let price = world.price(150 * DOLLAR);
        let second = world.second_price(150 * DOLLAR);
        world.post(&price, &second);
        world.send(&[world.update_first()], &[]).unwrap();
        assert_eq!(world.feed().status(world.now()), Status::NONE);
    }
    world.warp(1);
    let price = world.price(150 * DOLLAR);
    let second = world.second_price(150 * DOLLAR);
    world.post(&price, &second);
    world.send(&[world.update_first()], &[]).unwrap();
    let (feed, now) = (world.feed(), world.now());
    assert_eq!((feed.status(now), feed.flags), (Status::SECOND_STALE, Status::SECOND_STALE.bits()));
    assert!(feed.require(Action::RaiseRisk, now).is_err());
    assert!(feed.require(Action::LowerRisk, now).is_ok() && feed.require(Action::Value, now).is_ok());
}

#[test]
fn updating_with_the_first_alone_cannot_keep_the_second_out() {
    let mut world = World::priced();
    world.warp(61);
    let (price, second) = (world.price(151 * DOLLAR), world.second_price(151 * DOLLAR));
    world.post(&price, &second);
    // Somebody brings the first price just before.
    world.send(&[world.update_first()], &[]).unwrap();
    let between = world.feed();
    assert_eq!(between.status(world.now()), Status::SECOND_STALE);
    world.send(&[world.update_both()], &[]).unwrap();
    let feed = world.feed();
    assert_eq!((feed.status(world.now()), feed.second_price), (Status::NONE, 151 * ONE));
    assert_eq!(feed.bars.open, between.bars.open, "the first price did not count twice");
    assert_eq!((feed.stable_price, feed.updates), (between.stable_price, 3));
    assert_eq!(feed.inputs_hash, chain_hash(between.inputs_hash, &second));
}

/// Attack 40: what raises risk is refused, what lowers it is not.
#[test]
fn sources_that_diverge_stop_new_risk_only() {
    let mut world = World::priced();
    world.warp(1);
    // 1.5 of 150 is the limit of one percent; one unit of Pyth's beyond it is not.
    let (price, second) = (world.price(150 * DOLLAR), world.second_price(15_150_000_000));
    world.post(&price, &second);
    world.send(&[world.update_both()], &[]).unwrap();
    assert_eq!(world.feed().status(world.now()), Status::NONE);
    world.warp(1);
    let (price, second) = (world.price(150 * DOLLAR), world.second_price(15_150_000_001));
    world.post(&price, &second);
    world.send(&[world.update_both()], &[]).unwrap();
    let (feed, now) = (world.feed(), world.now());
    assert_eq!(feed.status(now), Status::DIVERGENT);
    for action in [Action::RaiseRisk, Action::Deposit] {
        let error = feed.require(action, now).unwrap_err();
        assert_eq!(error, risk_oracle::OracleError::FeedDivergent.into());
    }
    for action in [Action::LowerRisk, Action::Exit, Action::Value] {
        assert!(feed.require(action, now).is_ok(), "{action:?}");
    }
}

#[test]
fn bounds_are_the_hull_of_both_sources() {
    let mut world = World::new();
    let price = PriceUpdate { conf: 10_000_000, ..world.price(150 * DOLLAR) };
    let second = PriceUpdate { conf: 20_000_000, ..world.second_price(151 * DOLLAR) };
    world.post(&price, &second);
    world.send(&[world.update_both()], &[]).unwrap();
    // 150 - 2.12 · 0.1 and 151 + 2.12 · 0.2.
    let hull = Bounds { low: 149_788_000_000_000, mid: 150 * ONE, high: 151_424_000_000_000 };
    assert_eq!(world.feed().bounds().unwrap(), hull);
}

#[test]
fn a_wide_confidence_and_a_jump_are_flagged_and_taken() {
    let mut world = World::priced();
    world.warp(1);
    // 1.6 of 160 is one percent; the stable price is still near 150.
    let price = PriceUpdate { conf: 160_000_001, ..world.price(160 * DOLLAR) };
    let second = world.second_price(160 * DOLLAR);
    world.post(&price, &second);
    world.send(&[world.update_both()], &[]).unwrap();
    let feed = world.feed();
    assert_eq!(feed.status(world.now()), Status::WIDE_CONFIDENCE.union(Status::STABLE_GAP));
    assert_eq!(feed.price, 160 * ONE);
}

#[test]
fn a_price_grows_old_by_itself() {
    let mut world = World::priced();
    world.warp(60);
    assert_eq!(world.feed().status(world.now()), Status::NONE);
    world.warp(1);
    let (feed, now) = (world.feed(), world.now());
    assert_eq!(feed.status(now), Status::STALE.union(Status::SECOND_STALE));
    assert!(feed.require(Action::Value, now).is_err());
    assert!(feed.require(Action::Exit, now).is_ok());
}
