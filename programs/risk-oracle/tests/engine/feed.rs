//! The engine inside a feed: when it learns, and what the feed says of risk.

use risk_oracle::state::{Feed, Sample};
use risk_oracle::{FeedParams, ModelParams};

use super::*;

const DAY: i64 = 86_400;
/// 2026-01-01.
const START: i64 = 20_454 * DAY;

fn feed() -> Box<Feed> {
    let mut feed: Box<Feed> = Box::new(Feed::zeroed());
    let params = FeedParams {
        max_age: 60,
        max_future: 10,
        max_confidence_bps: 1_000,
        wide_confidence_bps: 1_000,
        max_divergence_bps: 100,
        max_stable_gap_bps: 10_000,
        peg_band_bps: 50,
        stable_bps_per_hour: 100,
        peg: 0,
    };
    feed.set_params(&params, START);
    feed.engine.start(&ModelParams::DEFAULT);
    feed.invariant().unwrap();
    feed
}

/// A sample at `time` with a confidence in parts per million of the price. Returns whether it closed a bar.
fn sample(feed: &mut Feed, time: i64, price: u64, confidence_ppm: u64) -> bool {
    let confidence = price / 1_000_000 * confidence_ppm;
    let closed = feed.take_first(&Sample { price, confidence, publish_time: time, posted_slot: 1 }).unwrap();
    feed.finish_update(time, 1).unwrap();
    feed.invariant().unwrap();
    closed.is_some()
}

/// Four samples on each of `days` days, 100 and 101 in turn, the last of the day being 100.
fn fill(feed: &mut Feed, days: i64) {
    for day in 0..days {
        for (hour, price) in [(0, 100), (6, 101), (12, 100), (23, 100)] {
            sample(feed, START + day * DAY + hour * 3_600, price * ONE, 500);
        }
    }
}

#[test]
fn a_bar_is_learned_from_when_it_closes_and_only_then() {
    let mut feed = feed();
    assert_eq!((feed.last_bar_day(), feed.last_close(), feed.long_run()), (None, 0, Variance(0)));
    fill(&mut feed, 1);
    assert_eq!((feed.engine.bars, feed.last_bar_day()), (0, None));
    assert!(sample(&mut feed, START + DAY, 100 * ONE, 500));
    assert_eq!((feed.engine.bars, feed.last_bar_day(), feed.last_close()), (1, Some(20_454), 100 * ONE));
    assert!(feed.long_run().0 > 0);
}

/// Attack 42 in its present meaning: however often anybody pokes a feed within a day, no variance moves.
#[test]
fn updates_within_a_day_move_no_forecast() {
    let mut feed = feed();
    fill(&mut feed, 40);
    sample(&mut feed, START + 40 * DAY, 100 * ONE, 500);
    let learned = feed.engine;
    for second in 1..2_000 {
        // The same price, and now and then another: within the day both are one bar's samples.
        let price = if second % 400 == 0 { 103 * ONE } else { 100 * ONE };
        assert!(!sample(&mut feed, START + 40 * DAY + second, price, 500));
    }
    assert_eq!(feed.engine, learned);
    assert_eq!(feed.bars.open.samples, 2_000);
}

/// The bar of a day with a thousand samples is the one of its four that matter.
#[test]
fn more_samples_of_the_same_prices_make_the_same_forecast() {
    let (mut few, mut many) = (feed(), feed());
    fill(&mut few, 40);
    fill(&mut many, 40);
    for second in 1..1_000 {
        sample(&mut many, START + 39 * DAY + 23 * 3_600 + second, 100 * ONE, 500);
    }
    for feed in [&mut few, &mut many] {
        assert!(sample(feed, START + 40 * DAY, 100 * ONE, 500));
    }
    assert_eq!(few.engine, many.engine);
}

/// Whoever alone brings prices, and brings all of a day's within a minute, does not make a day that moved look calm: any
/// number of samples within an hour count as one, and the bar's range is at least its return.
#[test]
fn a_burst_of_samples_hides_no_move() {
    let (mut burst, mut thin, mut seen) = (feed(), feed(), feed());
    for feed in [&mut burst, &mut thin, &mut seen] {
        fill(feed, 40);
    }
    // Forty days on each of which the price has moved by four per cent, up and down in turns.
    for day in 0..40 {
        let price = if day % 2 == 0 { 104 * ONE } else { 100 * ONE };
        let begin = START + (40 + day) * DAY + 600;
        for second in 0..60 {
            sample(&mut burst, begin + second, price, 500);
        }
        sample(&mut thin, begin, price, 500);
        for hour in 0..4 {
            sample(&mut seen, begin + hour * 3_600, price, 500);
        }
    }
    assert_eq!(burst.engine, thin.engine);
    // Four samples of four hours are believed: they saw no range.
    assert!(burst.forecast().unwrap() > seen.forecast().unwrap());
    let deviation = value(burst.forecast().unwrap()).sqrt();
    assert!((0.03..0.05).contains(&deviation), "{deviation}");
    assert_eq!((burst.bars.open.samples, burst.bars.open_hours, seen.bars.open_hours), (60, 1, 4));
}

#[test]
fn a_feed_offers_a_forecast_after_thirty_bars() {
    let mut feed = feed();
    fill(&mut feed, 30);
    assert_eq!((feed.engine.bars, feed.forecast(), feed.tails(), feed.move_milli()), (29, None, None, None));
    assert!(!feed.is_seasoned());
    sample(&mut feed, START + 30 * DAY, 100 * ONE, 500);
    assert!(feed.is_seasoned());
    assert_eq!(feed.forecast(), Some(feed.engine.mixture()));
    assert_eq!(feed.tails(), Some((feed.engine.tail_low, feed.engine.tail_high)));
    assert_eq!(feed.last_residual(), 0, "it closed where it had closed");
}

#[test]
fn the_move_of_the_day_is_told_in_deviations() {
    let mut feed = feed();
    fill(&mut feed, 41);
    let deviation = value(feed.forecast().unwrap()).sqrt();
    sample(&mut feed, START + 40 * DAY + 23 * 3_600 + 1, 97 * ONE, 500);
    let expected = 1_000.0 * 0.97f64.ln() / deviation;
    assert_near(f64::from(feed.move_milli().unwrap()), expected, 0.51, "a fall by 3%");
    // The first price after a gap of four days is held against the deviation of four days.
    sample(&mut feed, START + 44 * DAY, 97 * ONE, 500);
    assert_eq!(feed.move_milli(), Some(0), "the bar of day 40 closed at 97");
    let deviation = value(feed.forecast().unwrap()).sqrt();
    sample(&mut feed, START + 44 * DAY + 1, 94 * ONE, 500);
    let expected = 1_000.0 * (94f64 / 97.0).ln() / deviation / 2.0;
    assert_near(f64::from(feed.move_milli().unwrap()), expected, 0.51, "after four days");
}

#[test]
fn drawdown_is_from_the_highest_close_that_is_kept() {
    let mut feed = feed();
    assert_eq!(feed.drawdown_bps(), 0, "nothing is known");
    sample(&mut feed, START, 90 * ONE, 0);
    sample(&mut feed, START + DAY, 120 * ONE, 0);
    assert_eq!(feed.drawdown_bps(), 0, "the highest is no close yet");
    sample(&mut feed, START + 2 * DAY, 90 * ONE, 0);
    assert_eq!(feed.drawdown_bps(), 2_500, "90 is three quarters of 120");
    sample(&mut feed, START + 2 * DAY + 1, 90 * ONE - 1, 0);
    assert_eq!(feed.drawdown_bps(), 2_501, "rounded up");
    sample(&mut feed, START + 2 * DAY + 2, 130 * ONE, 0);
    assert_eq!(feed.drawdown_bps(), 0, "above it");
    sample(&mut feed, START + 2 * DAY + 3, 60 * ONE, 0);
    // 32 bars later the 120 is forgotten.
    for day in 3..34 {
        sample(&mut feed, START + day * DAY, 60 * ONE, 0);
        assert_eq!(feed.drawdown_bps(), 5_000, "day {day}");
    }
    sample(&mut feed, START + 34 * DAY, 60 * ONE, 0);
    assert_eq!(feed.drawdown_bps(), 0);
}

#[test]
fn confidence_is_held_against_the_widest_of_each_day() {
    let mut feed = feed();
    sample(&mut feed, START, 100 * ONE, 200);
    assert_eq!(feed.confidence_ratio_bps(), None, "no bar yet");
    sample(&mut feed, START + 1, 100 * ONE, 1_000);
    sample(&mut feed, START + 2, 100 * ONE, 300);
    sample(&mut feed, START + DAY, 100 * ONE, 500);
    assert_eq!(feed.engine.mean_confidence(), Some(1_000), "the widest of the day that closed");
    assert_eq!(feed.confidence_ratio_bps(), Some(5_000));
    sample(&mut feed, START + 2 * DAY, 100 * ONE, 3_000);
    assert_eq!(feed.engine.mean_confidence(), Some(750));
    assert_eq!(feed.confidence_ratio_bps(), Some(40_000), "liquidity has gone, the price has not moved");
    // 22 bars later only what came since counts: the wide day was the last but 22.
    for day in 3..25 {
        sample(&mut feed, START + day * DAY, 100 * ONE, 100);
    }
    assert_eq!(feed.engine.mean_confidence(), Some((3_000 + 21 * 100) / 22));
    sample(&mut feed, START + 25 * DAY, 100 * ONE, 100);
    assert_eq!((feed.engine.mean_confidence(), feed.confidence_ratio_bps()), (Some(100), Some(10_000)));
    sample(&mut feed, START + 25 * DAY + 1, 100 * ONE, 0);
    assert_eq!(feed.confidence_ratio_bps(), Some(0));
}

#[test]
fn a_confidence_where_there_was_none_is_held_against_a_basis_point() {
    let mut feed = feed();
    sample(&mut feed, START, 100 * ONE, 0);
    sample(&mut feed, START + DAY, 100 * ONE, 0);
    assert_eq!(feed.confidence_ratio_bps(), Some(0));
    sample(&mut feed, START + DAY + 1, 100 * ONE, 1);
    assert_eq!(feed.confidence_ratio_bps(), Some(100), "one part per million of a hundred");
    sample(&mut feed, START + DAY + 2, 100 * ONE, 301);
    assert_eq!(feed.confidence_ratio_bps(), Some(30_100));
}

#[test]
fn a_feed_that_contradicts_its_engine_is_refused() {
    let mut good = feed();
    fill(&mut good, 60);
    good.invariant().unwrap();
    type Spoil = fn(&mut Feed);
    let spoils: [(&str, Spoil); 14] = [
        ("weights", |feed| feed.engine.weights[0] += 1),
        ("bars", |feed| feed.engine.bars -= 30),
        ("last day", |feed| feed.engine.last_day += 1),
        ("last close", |feed| feed.engine.last_close += 1),
        ("a forecast below the floor", |feed| feed.engine.variances[2] = Variance::FLOOR.0 - 1),
        ("residuals kept", |feed| feed.engine.residual_count += 1),
        ("the residuals' next place", |feed| feed.engine.residual_next -= 1),
        ("the month's next place", |feed| feed.engine.month_next = 22),
        ("a jump beyond the window", |feed| (feed.engine.jump_window, feed.engine.jumps) = (1 << 22, 1)),
        ("jumps", |feed| feed.engine.jump_window = 3),
        ("days tested", |feed| feed.engine.tested.days += 1),
        ("exceptions", |feed| feed.engine.tested.exceptions += 1),
        ("a window with more", |feed| feed.engine.tested.window[0] = 1),
        ("coefficients", |feed| feed.engine.params.ewma_bps = 0),
    ];
    for (what, spoil) in spoils {
        let mut feed = good.clone();
        spoil(&mut feed);
        assert!(feed.invariant().is_err(), "{what}");
    }
}
