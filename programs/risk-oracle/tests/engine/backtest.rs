//! The counters: what they count, when they begin, what ends them.

use gimbal_math::backtest::{basel_zone, kupiec, Zone};
use gimbal_math::Q64;
use risk_oracle::state::engine::{MIXTURE, SEASON};
use risk_oracle::state::Tested;

use super::*;

/// A crash that is beyond any value at risk of the steady path: -5%.
fn crash(engine: &mut Engine) -> Digest {
    let close = engine.last_close / 100 * 95;
    let day = engine.last_day + 1;
    take(engine, &bar(day, engine_high(engine, close), close, close))
}

fn engine_high(engine: &Engine, close: u64) -> u64 {
    engine.last_close.max(close)
}

fn calm(engine: &mut Engine) -> Digest {
    let (day, close) = (engine.last_day + 1, engine.last_close);
    take(engine, &bar(day, close / 100 * 101, close, close))
}

#[test]
fn only_seasoned_forecasts_are_tested_and_offered() {
    let mut engine = engine(ModelParams::DEFAULT);
    for day in 0..SEASON {
        assert_eq!((engine.forecast(), engine.tails()), (None, None), "after {day} bars");
        let digest = take(&mut engine, &steady_bar(20_000 + day));
        assert!(!digest.tested && !digest.exception);
    }
    assert_eq!(engine.tested, Tested::default());
    assert_eq!(engine.forecast(), Some(engine.mixture()));
    assert_eq!(engine.tails(), Some((engine.tail_low, engine.tail_high)));
    assert!(take(&mut engine, &steady_bar(20_030)).tested);
    assert_eq!(engine.tested.days, 1);
}

#[test]
fn exceptions_and_their_pairs_are_counted() {
    let mut engine = steady(ModelParams::DEFAULT, 60);
    let days = engine.tested.days;
    assert_eq!((days, engine.tested.exceptions, engine.tested.n00), (30, 0, 29));
    assert!(crash(&mut engine).exception);
    assert!(!calm(&mut engine).exception);
    assert!(!calm(&mut engine).exception);
    let tested = engine.tested;
    assert_eq!((tested.days, tested.exceptions), (33, 1));
    assert_eq!([tested.n00, tested.n01, tested.n10, tested.n11], [30, 1, 1, 0]);
    assert_eq!(tested.window[0] & 7, 0b100, "two days ago");
    assert!(tested.counts().is_consistent());
    assert!(kupiec(tested.days, tested.exceptions, 100).unwrap() < Q64::from_int(4));
}

#[test]
fn a_gain_is_no_exception() {
    let mut engine = steady(ModelParams::DEFAULT, 60);
    let close = engine.last_close / 100 * 150;
    let digest = take(&mut engine, &bar(20_060, close, 100 * ONE, close));
    assert!(digest.jump && digest.tested && !digest.exception);
    assert_eq!(engine.tested.exceptions, 0);
    // But it is in the other tail: what a short position fears.
    assert!(engine.tail_high.quantile_milli > engine.tail_low.quantile_milli);
}

#[test]
fn the_boundary_is_the_value_at_risk_itself() {
    let engine = steady(ModelParams::DEFAULT, 60);
    let deviation = value(engine.mixture()).sqrt();
    let quantile = f64::from(engine.tail_low.quantile_milli) / 1_000.0;
    for (part, exception) in [(0.9999, false), (1.0001, true)] {
        let close = (engine.last_close as f64 * (-deviation * quantile * part).exp()) as u64;
        let digest = take(&mut engine.clone(), &bar(20_060, engine.last_close, close, close));
        assert_eq!(digest.exception, exception, "{part} of the value at risk");
    }
    // After four days it is twice as far.
    for (part, exception) in [(1.9999, false), (2.0001, true)] {
        let close = (engine.last_close as f64 * (-deviation * quantile * part).exp()) as u64;
        let digest = take(&mut engine.clone(), &bar(20_063, engine.last_close, close, close));
        assert_eq!(digest.exception, exception, "{part} of the value at risk after four days");
    }
}

#[test]
fn the_window_is_of_250_days() {
    let mut tested = Tested::default();
    tested.record(true);
    for _ in 1..250 {
        tested.record(false);
        assert_eq!(tested.recent_exceptions(), 1, "day {}", tested.days);
    }
    tested.record(false);
    assert_eq!((tested.days, tested.exceptions, tested.recent_exceptions()), (251, 1, 0));
    for exceptions in 1..=12 {
        tested.record(true);
        assert_eq!((tested.recent_exceptions(), tested.zone()), (exceptions, basel_zone(exceptions)));
        tested.invariant().unwrap();
    }
    assert_eq!(tested.zone(), Zone::Red);
}

#[test]
fn regret_is_what_the_mixture_lost_beyond_the_best_model() {
    let mut engine = engine(ModelParams::DEFAULT);
    for bar in super::path::path() {
        take(&mut engine, &bar);
    }
    let [models @ .., mixture] = engine.tested.qlike;
    let best = models.into_iter().min().unwrap();
    assert!(mixture > best, "a path made so that no weights are right at once");
    assert!(mixture < models.into_iter().max().unwrap());
    assert_eq!(engine.tested.qlike[MIXTURE], mixture);
}

#[test]
fn sums_stop_at_their_largest() {
    let mut engine = steady(ModelParams::DEFAULT, 60);
    engine.tested.qlike = [u64::MAX; 5];
    (engine.tested.qlike_squared, engine.tested.quantile_loss) = (u64::MAX, u64::MAX);
    crash(&mut engine);
    assert_eq!(engine.tested.qlike, [u64::MAX; 5]);
    assert_eq!((engine.tested.qlike_squared, engine.tested.quantile_loss), (u64::MAX, u64::MAX));
}

#[test]
fn a_refit_keeps_what_was_learned_and_tested() {
    let mut engine = steady(ModelParams::DEFAULT, 60);
    let before = engine.clone();
    let params = ModelParams { ewma_bps: 9_700, prior_bps: [10_000, 0, 0, 0], ..ModelParams::DEFAULT };
    engine.refit(&params, true);
    assert_eq!(Engine { params: before.params, refits: 0, ..*engine }, *before, "only the coefficients changed");
    assert_eq!((engine.params, engine.refits), (params, 1));
    take(&mut engine, &steady_bar(20_060));
    assert_eq!(engine.weights, [65_536, 0, 0, 0], "the next bar meets them");
}

#[test]
fn another_level_begins_another_backtest() {
    let mut engine = steady(ModelParams::DEFAULT, 60);
    engine.refit(&ModelParams { tail_level_bps: 250, ..ModelParams::DEFAULT }, true);
    assert_eq!(engine.tested, Tested::default());
    engine.invariant().unwrap();
    take(&mut engine, &steady_bar(20_060));
    assert_eq!(engine.tested.days, 1);
}

#[test]
fn before_the_first_bar_the_weights_follow_the_prior() {
    let mut engine = engine(ModelParams::DEFAULT);
    engine.refit(&ModelParams { prior_bps: [0, 10_000, 0, 0], ..ModelParams::DEFAULT }, false);
    assert_eq!((engine.weights, engine.refits), ([0, 65_536, 0, 0], 0));
}
