//! A feed's flags, bounds and parameters, without accounts.

use anchor_lang::prelude::*;
use bytemuck::Zeroable;
use risk_oracle::state::Sample;
use risk_oracle::{Action, Bounds, Feed, FeedParams, ModelParams, OracleError, Status};

const NOW: i64 = 1_785_542_400;
const ONE: u64 = 1_000_000_000_000;

fn params() -> FeedParams {
    FeedParams {
        max_age: 60,
        max_future: 10,
        max_confidence_bps: 200,
        wide_confidence_bps: 100,
        max_divergence_bps: 100,
        max_stable_gap_bps: 500,
        peg_band_bps: 50,
        stable_bps_per_hour: 100,
        peg: 0,
    }
}

fn feed(params: FeedParams) -> Feed {
    let mut feed = Feed::zeroed();
    feed.feed_id = [1; 32];
    feed.set_params(&params, NOW);
    feed.engine.start(&ModelParams::DEFAULT);
    feed.invariant().unwrap();
    feed
}

fn sample(price: u64, confidence: u64, publish_time: i64) -> Sample {
    Sample { price, confidence, publish_time, posted_slot: 9 }
}

fn take(feed: &mut Feed, price: u64, confidence: u64, time: i64) {
    feed.take_first(&sample(price, confidence, time)).unwrap();
    feed.finish_update(time, 10).unwrap();
    feed.invariant().unwrap();
}

fn take_second(feed: &mut Feed, price: u64, confidence: u64, time: i64) {
    feed.take_second(&sample(price, confidence, time));
    feed.finish_update(time, 10).unwrap();
    feed.invariant().unwrap();
}

fn code<T>(result: Result<T>) -> Option<u32> {
    match result {
        Ok(_) => None,
        Err(Error::AnchorError(error)) => Some(error.error_code_number),
        Err(other) => panic!("not an error of this program: {other:?}"),
    }
}

#[test]
fn a_new_feed_is_empty() {
    let feed = feed(params());
    assert!(feed.status(NOW).contains(Status::EMPTY));
    assert_eq!(code(feed.require(Action::Value, NOW)), Some(OracleError::FeedEmpty.into()));
    assert_eq!(code(feed.bounds()), Some(OracleError::FeedEmpty.into()));
}

#[test]
fn age_is_judged_when_read() {
    let mut feed = feed(params());
    take(&mut feed, 100 * ONE, ONE / 10, NOW);
    assert_eq!(feed.status(NOW + 60), Status::NONE);
    assert_eq!(feed.status(NOW + 61), Status::STALE);
    assert_eq!(feed.status(NOW - 10), Status::NONE, "a price slightly ahead of the clock is not old");
    assert_eq!(code(feed.require(Action::Value, NOW + 61)), Some(OracleError::FeedStale.into()));
    assert_eq!(code(feed.require(Action::Exit, NOW + 61)), None);
}

#[test]
fn confidence_is_wide_above_its_limit() {
    let mut feed = feed(params());
    take(&mut feed, 100 * ONE, ONE, NOW);
    assert_eq!(feed.status(NOW), Status::NONE, "1% is the limit");
    take(&mut feed, 100 * ONE, ONE + 1, NOW + 1);
    assert_eq!(feed.status(NOW + 1), Status::WIDE_CONFIDENCE);
}

#[test]
fn a_jump_opens_a_gap_that_time_closes() {
    let mut feed = feed(params());
    take(&mut feed, 100 * ONE, 0, NOW);
    take(&mut feed, 106 * ONE, 0, NOW + 36);
    // One hundredth of an hour at 1% per hour: 100 -> 100.01; 106 is 5.98...% above it.
    assert_eq!(feed.stable_price, 100_010_000_000_000);
    assert_eq!(feed.status(NOW + 36), Status::STABLE_GAP);
    take(&mut feed, 106 * ONE, 0, NOW + 3_636);
    // Another hour: 101.0101; 106 is 4.94% above it.
    assert_eq!(feed.stable_price, 101_010_100_000_000);
    assert_eq!(feed.status(NOW + 3_636), Status::NONE);
}

#[test]
fn a_peg_has_a_band() {
    let mut feed = feed(FeedParams { peg: ONE, ..params() });
    for (price, flags) in [
        (1_005_000_000_000, Status::NONE),
        (1_005_000_000_001, Status::DEPEGGED),
        (995_000_000_000, Status::NONE),
        (994_999_999_999, Status::DEPEGGED),
    ] {
        let time = feed.publish_time.max(NOW) + 1;
        take(&mut feed, price, 0, time);
        assert_eq!(feed.status(time), flags, "{price}");
    }
}

#[test]
fn two_sources_diverge_beyond_the_limit_of_the_smaller() {
    let mut feed = feed(params());
    feed.second_feed_id = [2; 32];
    take(&mut feed, 100 * ONE, 0, NOW);
    assert_eq!(feed.status(NOW), Status::SECOND_STALE, "the second source never spoke");
    take_second(&mut feed, 101 * ONE, 0, NOW);
    assert_eq!(feed.status(NOW), Status::NONE);
    take_second(&mut feed, 101 * ONE + 1, 0, NOW + 1);
    assert_eq!(feed.status(NOW + 1), Status::DIVERGENT);
    take_second(&mut feed, 99 * ONE, 0, NOW + 2);
    assert_eq!(feed.status(NOW + 2), Status::DIVERGENT, "1 is more than 1% of 99");
    for action in [Action::Deposit, Action::RaiseRisk] {
        assert_eq!(code(feed.require(action, NOW + 2)), Some(OracleError::FeedDivergent.into()));
    }
    for action in [Action::Value, Action::LowerRisk, Action::Exit] {
        assert_eq!(code(feed.require(action, NOW + 2)), None);
    }
}

#[test]
fn a_second_source_ages_by_itself() {
    let mut feed = feed(params());
    feed.second_feed_id = [2; 32];
    take_second(&mut feed, 100 * ONE, 0, NOW);
    take(&mut feed, 100 * ONE, 0, NOW + 50);
    assert_eq!(feed.status(NOW + 60), Status::NONE);
    assert_eq!(feed.status(NOW + 61), Status::SECOND_STALE, "without an update");
    take(&mut feed, 200 * ONE, 0, NOW + 61);
    let status = feed.status(NOW + 61);
    assert!(status.contains(Status::SECOND_STALE) && !status.intersects(Status::DIVERGENT), "{status:?}");
}

#[test]
fn bounds_are_the_outer_hull_of_fresh_sources() {
    let mut feed = feed(params());
    feed.second_feed_id = [2; 32];
    take(&mut feed, 100 * ONE, ONE / 2, NOW);
    let alone = Bounds { low: 98_940_000_000_000, mid: 100 * ONE, high: 101_060_000_000_000 };
    assert_eq!(feed.bounds().unwrap(), alone);
    // 100.5 ± 0.53: high 101.03 is inside, low 99.97 too.
    take_second(&mut feed, 100_500_000_000_000, ONE / 4, NOW);
    assert_eq!(feed.bounds().unwrap(), alone);
    // 99 ± 0.53.
    take_second(&mut feed, 99 * ONE, ONE / 4, NOW + 1);
    assert_eq!(feed.bounds().unwrap(), Bounds { low: 98_470_000_000_000, ..alone });
    // 101 ± 0.53.
    take_second(&mut feed, 101 * ONE, ONE / 4, NOW + 2);
    assert_eq!(feed.bounds().unwrap(), Bounds { high: 101_530_000_000_000, ..alone });
    // Once the second source was old at an update, it counts no more.
    take(&mut feed, 100 * ONE, ONE / 2, NOW + 63);
    assert_eq!(feed.bounds().unwrap(), alone);
}

#[test]
fn new_parameters_judge_the_stored_price() {
    let mut feed = feed(params());
    take(&mut feed, 100 * ONE, ONE, NOW);
    feed.set_params(&FeedParams { wide_confidence_bps: 99, ..params() }, NOW);
    assert_eq!(feed.status(NOW), Status::WIDE_CONFIDENCE);
    feed.set_params(&FeedParams { peg: 101 * ONE, ..params() }, NOW);
    assert_eq!(feed.status(NOW), Status::DEPEGGED);
    feed.set_params(&params(), NOW);
    assert_eq!(feed.status(NOW), Status::NONE);
    assert_eq!((feed.has_peg, feed.peg_band_bps), (0, 0), "no band without a peg");
}

#[test]
fn every_parameter_has_a_hard_range() {
    type Change = fn(&mut FeedParams);
    let refused: [(Change, OracleError); 16] = [
        (|p| p.max_age = 0, OracleError::MaxAgeOutOfRange),
        (|p| p.max_age = 172_801, OracleError::MaxAgeOutOfRange),
        (|p| p.max_future = 301, OracleError::MaxFutureOutOfRange),
        (|p| p.max_confidence_bps = 0, OracleError::MaxConfidenceOutOfRange),
        (|p| p.max_confidence_bps = 1_001, OracleError::MaxConfidenceOutOfRange),
        (|p| p.wide_confidence_bps = 0, OracleError::WideConfidenceOutOfRange),
        (|p| p.wide_confidence_bps = 201, OracleError::WideConfidenceOutOfRange),
        (|p| p.max_divergence_bps = 0, OracleError::MaxDivergenceOutOfRange),
        (|p| p.max_divergence_bps = 2_001, OracleError::MaxDivergenceOutOfRange),
        (|p| p.max_stable_gap_bps = 0, OracleError::MaxStableGapOutOfRange),
        (|p| p.max_stable_gap_bps = 10_001, OracleError::MaxStableGapOutOfRange),
        (|p| p.stable_bps_per_hour = 0, OracleError::StableSpeedOutOfRange),
        (|p| p.stable_bps_per_hour = 10_001, OracleError::StableSpeedOutOfRange),
        (|p| (p.peg, p.peg_band_bps) = (ONE, 0), OracleError::PegBandOutOfRange),
        (|p| (p.peg, p.peg_band_bps) = (ONE, 5_001), OracleError::PegBandOutOfRange),
        (|p| (p.peg, p.peg_band_bps) = (1, u16::MAX), OracleError::PegBandOutOfRange),
    ];
    for (change, error) in refused {
        let mut params = params();
        change(&mut params);
        assert_eq!(code(params.validate()), Some(error.into()), "{params:?}");
    }
    let allowed: [Change; 6] = [
        |_| (),
        |p| (p.max_age, p.max_future) = (172_800, 300),
        |p| (p.max_confidence_bps, p.wide_confidence_bps) = (1_000, 1_000),
        |p| (p.max_divergence_bps, p.max_stable_gap_bps, p.stable_bps_per_hour) = (2_000, 10_000, 10_000),
        |p| (p.peg, p.peg_band_bps) = (ONE, 5_000),
        |p| (p.peg, p.peg_band_bps) = (0, u16::MAX),
    ];
    for change in allowed {
        let mut params = params();
        change(&mut params);
        assert_eq!(code(params.validate()), None, "{params:?}");
    }
}
