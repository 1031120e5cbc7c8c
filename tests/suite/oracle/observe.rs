use anchor_lang::prelude::Pubkey;
use gimbal::instructions::oracle;
use risk_oracle::events::{BookObserved, RegimeChanged};
use risk_oracle::state::Signal;
use risk_oracle::{Exposure, RiskParams, Verdict};
use sha2::{Digest, Sha256};

use super::engine::*;
use super::world::*;

/// The cautious parameters with venues believed at once and no limit but the regime's.
fn watchful() -> World {
    let mut world = with_assets();
    let params = RiskParams {
        scales_bps: RiskParams::CAUTIOUS.scales_bps,
        drawdown_bps: RiskParams::CAUTIOUS.drawdown_bps,
        move_milli: RiskParams::CAUTIOUS.move_milli,
        utilisation_bps: RiskParams::CAUTIOUS.utilisation_bps,
        depth_drop_bps: RiskParams::CAUTIOUS.depth_drop_bps,
        venue_confirm_seconds: 0,
        ..RiskParams::NONE
    };
    world.send(&[set_params("owner", params)], &["owner"]).unwrap();
    world
}

/// The next day at noon, with prices of both feeds; their bars close.
fn next_day(world: &mut World, sol: i64, btc: i64) {
    world.warp(DAY);
    update(world, sol, btc);
}

// Access: anybody, with the right feeds

#[test]
fn anybody_may_observe() {
    let mut world = with_assets();
    let before = world.book().observations;
    world.send(&[observe(&world)], &[]).unwrap();
    assert_eq!((world.book().observations, world.book().observed_at), (before + 1, world.now()));
}

#[test]
fn other_feeds_than_the_assets_in_their_order_are_refused() {
    let mut world = with_assets();
    let [sol, btc] = feeds();
    let eth = oracle::register_feed(&pubkey("stranger"), &pubkey("payer"), registration(SOL, [0; 32]));
    world.send(&[eth], &["stranger"]).unwrap();
    let foreign = oracle::feed_address(&pubkey("stranger"), &SOL);
    let with = |feeds: &[Pubkey]| oracle::observe(&book(), feeds);
    for feeds in [vec![], vec![sol], vec![btc, sol], vec![sol, sol], vec![sol, btc, btc], vec![foreign, btc]] {
        world.refuse("AssetFeedMismatch", with(&feeds), &[]);
    }
    // Another account of this program in the book's place.
    let mut wrong = with(&[sol, btc]);
    wrong.accounts[0].pubkey = sol;
    world.refuse("AccountDiscriminatorMismatch", wrong, &[]);
}

#[test]
fn a_feed_without_a_price_says_nothing() {
    let mut world = World::new();
    world.send(&[set_asset(0, world.feed)], &["owner"]).unwrap();
    world.refuse("FeedEmpty", oracle::observe(&world.book, &[world.feed]), &[]);
}

// The ordinary path

#[test]
fn each_asset_takes_what_its_feed_says() {
    let mut world = with_assets();
    world.warp(600);
    update(&mut world, 140 * DOLLAR, 91_000 * DOLLAR);
    let receipt = world.send(&[observe(&world)], &[]).unwrap();
    let book = world.book();
    for (index, asset) in book.assets[..2].iter().enumerate() {
        let feed = feed(&world, index);
        assert_eq!(asset.feed, feeds()[index]);
        assert_eq!(Some(asset.variance), feed.forecast().map(|variance| variance.0));
        assert_eq!((asset.price, asset.publish_time), (feed.price, world.now()));
        assert_eq!(Some((asset.tail_low, asset.tail_high)), feed.tails());
        assert_eq!((asset.long_run, asset.day), (feed.long_run().0, feed.last_bar_day().unwrap()));
        assert_eq!((asset.drawdown_bps, Some(asset.move_milli)), (feed.drawdown_bps(), feed.move_milli()));
        assert_eq!((Some(asset.confidence_ratio_bps), asset.confidence_bps), (feed.confidence_ratio_bps(), 10));
    }
    // A fall from 150 on a day in between: well below the highest close.
    assert!(book.assets[0].drawdown_bps > 600 && book.assets[0].move_milli < -1_000);
    let told: BookObserved = event(&receipt);
    assert_eq!((told.book, told.slot, told.time), (world.book, receipt.slot, world.now()));
    assert_eq!((told.regime, told.scale_bps, told.inputs_hash), (0, 10_000, book.inputs_hash));
    assert!(!told.appended && events::<RegimeChanged>(&receipt).is_empty());
}

#[test]
fn a_day_that_every_feed_has_closed_is_one_row() {
    let mut world = with_assets();
    let ring = world.book().returns;
    assert_eq!((ring.count, ring.day), (1, feed(&world, 0).last_bar_day().unwrap()));
    next_day(&mut world, 151 * DOLLAR, 90_500 * DOLLAR);
    let receipt = world.send(&[observe(&world)], &[]).unwrap();
    let ring = world.book().returns;
    assert!(event::<BookObserved>(&receipt).appended);
    assert_eq!((ring.count, ring.next, ring.day), (2, 2, feed(&world, 0).last_bar_day().unwrap()));
    let residuals = [0, 1].map(|index| feed(&world, index).last_residual());
    assert_eq!(ring.rows[1][..2], residuals);
    assert_eq!(ring.rows[1][2..], [0; 6]);
    // The same day again adds nothing.
    let receipt = world.send(&[observe(&world)], &[]).unwrap();
    assert!(!event::<BookObserved>(&receipt).appended);
    assert_eq!(world.book().returns, ring);
}

#[test]
fn feeds_whose_days_differ_add_no_row() {
    let mut world = with_assets();
    let before = world.book();
    world.warp(DAY);
    let (first, second) = (world.price(152 * DOLLAR), world.second_price(152 * DOLLAR));
    world.post(&first, &second);
    world.send(&[world.update_both()], &[]).unwrap();
    assert_ne!(feed(&world, 0).last_bar_day(), feed(&world, 1).last_bar_day());
    world.send(&[observe(&world)], &[]).unwrap();
    let book = world.book();
    assert_eq!((book.returns, book.regime.day), (before.returns, before.regime.day));
    assert_eq!(book.assets[0].price, 152 * ONE, "the snapshot follows all the same");
    // Once the other has closed its day, the row is there.
    update_btc(&mut world, 90_100 * DOLLAR);
    world.send(&[observe(&world)], &[]).unwrap();
    assert_eq!(world.book().returns.count, before.returns.count + 1);
}

#[test]
fn correlations_come_with_their_season() {
    let mut world = with_assets();
    for day in 0..20i64 {
        // SOL and BTC move together, up and down.
        let step = if day % 2 == 0 { 1_03 } else { 1_00 };
        next_day(&mut world, 150 * DOLLAR / 100 * step, 90_000 * DOLLAR / 100 * step);
        world.send(&[observe(&world)], &[]).unwrap();
        let ring = world.book().returns;
        assert_eq!(ring.gram().correlation_bps(0, 1).is_some(), ring.count >= 20, "{}", ring.count);
    }
    assert!(world.book().returns.gram().correlation_bps(0, 1).unwrap() > 9_500);
}

#[test]
fn the_inputs_are_chained_into_the_hash() {
    let mut world = with_assets();
    let before = world.book().inputs_hash;
    world.warp(60);
    update(&mut world, 149 * DOLLAR, 90_200 * DOLLAR);
    world.send(&[observe(&world)], &[]).unwrap();
    let book = world.book();
    let mut hash = Sha256::new().chain_update(before).chain_update(&Sha256::digest("global:observe")[..8]);
    for (index, asset) in book.assets[..2].iter().enumerate() {
        let feed = feed(&world, index);
        hash.update(asset.feed);
        for word in [asset.variance, asset.long_run, asset.price, asset.publish_time as u64] {
            hash.update(word.to_le_bytes());
        }
        for tail in [asset.tail_low, asset.tail_high] {
            hash.update(tail.quantile_milli.to_le_bytes());
            hash.update(tail.shortfall_milli.to_le_bytes());
        }
        hash.update(asset.confidence_ratio_bps.to_le_bytes());
        hash.update(asset.day.to_le_bytes());
        hash.update(asset.confidence_bps.to_le_bytes());
        hash.update(asset.drawdown_bps.to_le_bytes());
        hash.update(asset.move_milli.to_le_bytes());
        hash.update([asset.jumps, asset.flags]);
        hash.update(feed.last_residual().to_le_bytes());
    }
    let expected: [u8; 32] = hash.chain_update(world.now().to_le_bytes()).finalize().into();
    assert_eq!(book.inputs_hash, expected);
}

// The regime

#[test]
fn a_fall_raises_the_regime_at_once_and_cuts_caps() {
    let mut world = watchful();
    world.assess(report());
    assert_eq!(world.book().line_cap(1, NAV), NAV);
    world.warp(600);
    update(&mut world, 95 * DOLLAR, 90_000 * DOLLAR);
    let receipt = world.send(&[observe(&world)], &[]).unwrap();
    let (book, told) = (world.book(), event::<RegimeChanged>(&receipt));
    assert_eq!((told.from, told.to, told.entered_at), (0, book.regime.level, world.now()));
    // A third of the price in ten minutes is more than eight standard deviations of a day.
    assert_eq!((book.regime.level, told.reasons), (3, Signal::Move.bit()));
    let scale = RiskParams::CAUTIOUS.scales_bps[usize::from(book.regime.level)];
    assert_eq!(book.line_cap(1, NAV), NAV / 10_000 * u64::from(scale));
    let verdict = world.assess(more(NAV));
    assert_eq!(verdict.flags & Verdict::REGIME, Verdict::REGIME);
    // Told once.
    let receipt = world.send(&[observe(&world)], &[]).unwrap();
    assert!(events::<RegimeChanged>(&receipt).is_empty());
}

#[test]
fn a_liquidity_drought_raises_the_regime_with_the_price_unchanged() {
    let mut world = watchful();
    let venue = |liquidity| {
        let lent = Exposure { liquidity, kind: 1, ..Exposure::none() };
        let args = ask(2, 0, [0, 0, NAV / 10], [outright(0), outright(0), lent]);
        risk_oracle::AssessArgs { line: risk_oracle::NO_ROW, ..args }
    };
    for _ in 0..3 {
        world.assess(venue(NAV));
        next_day(&mut world, 150 * DOLLAR, 90_000 * DOLLAR);
        world.send(&[observe(&world)], &[]).unwrap();
    }
    let prices = world.book().assets;
    assert_eq!(world.book().regime.level, 0);
    world.assess(venue(NAV / 5));
    let book = world.book();
    assert_eq!((book.regime.level, book.regime.reasons), (2, Signal::Depth.bit()));
    assert_eq!(book.assets, prices);
    assert_eq!(book.line_cap(3, NAV), NAV / 2);
    // The next observation tells it.
    let receipt = world.send(&[observe(&world)], &[]).unwrap();
    let told: RegimeChanged = event(&receipt);
    assert_eq!((told.from, told.to, told.reasons), (0, 2, Signal::Depth.bit()));
}

#[test]
fn a_year_of_observations_loosens_nothing_faster_than_its_rate() {
    let mut world = World::new();
    let (owner, address) = (pubkey("owner"), world.book);
    let register = oracle::set_line_risk(&owner, &address, line_risk(3, &[], 10_000, u64::MAX));
    let params = RiskParams {
        utilisation_bps: RiskParams::CAUTIOUS.utilisation_bps,
        scales_bps: RiskParams::CAUTIOUS.scales_bps,
        venue_confirm_seconds: 0,
        calm_days: 20,
        loosen_bps_per_day: 60,
        ..RiskParams::NONE
    };
    world.send(&[register, set_params("owner", params)], &["owner"]).unwrap();
    let venue = |utilisation_bps| {
        let lent = Exposure { utilisation_bps, ..Exposure::none() };
        risk_oracle::AssessArgs {
            line: risk_oracle::NO_ROW,
            ..ask(2, 0, [0, 0, NAV / 10], [outright(0), outright(0), lent])
        }
    };
    world.assess(venue(9_950));
    assert_eq!((world.book().regime.level, world.book().regime.scale_bps), (3, 2_500));
    world.assess(venue(5_000));
    let mut before = world.book().regime;
    for day in 0..365 {
        world.warp(DAY);
        // Twice, so that asking more often gains nothing.
        for _ in 0..2 {
            world.send(&[oracle::observe(&address, &[])], &[]).unwrap();
        }
        let now = world.book().regime;
        assert!(now.scale_bps >= before.scale_bps && now.scale_bps - before.scale_bps <= 60, "day {day}");
        assert!(before.level - now.level <= 1, "day {day}");
        assert!(now.scale_bps <= params.scales_bps[usize::from(now.level)]);
        before = now;
    }
    assert_eq!((before.level, before.scale_bps), (0, 10_000));
}

/// A watched world in which the first asset's price fell from 150 to 95 ten minutes ago.
fn fallen() -> World {
    let mut world = watchful();
    world.assess(report());
    world.warp(600);
    update(&mut world, 95 * DOLLAR, 90_000 * DOLLAR);
    world.send(&[observe(&world)], &[]).unwrap();
    world
}

#[test]
fn a_year_without_an_observation_is_one_day() {
    let mut world = fallen();
    let before = world.book().regime;
    world.warp(365 * DAY);
    update(&mut world, 150 * DOLLAR, 90_000 * DOLLAR);
    world.send(&[observe(&world)], &[]).unwrap();
    let after = world.book().regime;
    assert!(after.level >= before.level - 1 && after.scale_bps <= before.scale_bps + 500);
}

#[test]
fn a_dead_feed_loosens_nothing() {
    let mut world = fallen();
    let before = world.book().regime;
    for _ in 0..30 {
        world.warp(DAY);
        world.send(&[observe(&world)], &[]).unwrap();
    }
    let after = world.book().regime;
    // Of the first day, its prices are no older than a day.
    assert!(after.level == before.level && after.scale_bps <= before.scale_bps + 500);
}

// Staleness

#[test]
fn an_old_observation_stops_new_money_until_a_new_one() {
    let mut world = with_assets();
    limit(&mut world, |params| params.max_sample_age = 3_600);
    assert_eq!(world.assess(more(1)).flags, 0);
    world.warp(3_601);
    assert_eq!(world.assess(more(1)), Verdict { flags: Verdict::STALE_RISK, room: 0 });
    // Observing what the feeds said an hour ago helps nothing: the prices are what is old.
    world.send(&[observe(&world)], &[]).unwrap();
    assert_eq!(world.assess(more(1)).flags, Verdict::STALE_RISK);
    update(&mut world, 150 * DOLLAR, 90_000 * DOLLAR);
    assert_eq!(world.assess(more(1)).flags, Verdict::STALE_RISK);
    world.send(&[observe(&world)], &[]).unwrap();
    assert_eq!(world.assess(more(1)).flags, 0);
}
