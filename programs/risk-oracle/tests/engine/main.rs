//! The volatility engine without accounts: the recursion against numbers of an independent program, then rule by rule.

mod backtest;
mod bars;
mod feed;
mod mixture;
mod path;
mod recursion;

use bytemuck::Zeroable;
use gimbal_math::volatility::Variance;
use risk_oracle::policy::volatility::{digest, Digest};
use risk_oracle::state::Engine;
use risk_oracle::{Bar, ModelParams};

/// 2^56: variances are stored in these parts.
const VARIANCE: f64 = 72_057_594_037_927_936.0;
/// 2^32: scores are stored in these parts.
const SCORE: f64 = 4_294_967_296.0;
const ONE: u64 = 1_000_000_000_000;

fn engine(params: ModelParams) -> Box<Engine> {
    let mut engine: Box<Engine> = Box::new(Engine::zeroed());
    engine.start(&params);
    engine.invariant().unwrap();
    engine
}

/// A bar of four samples that opens and closes at `close`.
fn bar(day: u32, high: u64, low: u64, close: u64) -> Bar {
    Bar { day, samples: 4, open: close, high, low, close }
}

fn take(engine: &mut Engine, bar: &Bar) -> Digest {
    let digest = digest(engine, bar).unwrap();
    engine.invariant().unwrap();
    digest
}

/// An engine that has digested `bars` days of closes 1% apart, up and down, each within its own 1%.
fn steady(params: ModelParams, bars: u32) -> Box<Engine> {
    let mut engine = engine(params);
    for day in 0..bars {
        take(&mut engine, &steady_bar(20_000 + day));
    }
    engine
}

/// Odd days close at 101, even ones at 100.
fn steady_bar(day: u32) -> Bar {
    let close = if day % 2 == 1 { 101 * ONE } else { 100 * ONE };
    bar(day, 101 * ONE, 100 * ONE, close)
}

fn value(variance: Variance) -> f64 {
    variance.0 as f64 / VARIANCE
}

#[track_caller]
fn assert_near(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((found - expected).abs() <= tolerance, "{what}: {found} is not {expected} within {tolerance}");
}
