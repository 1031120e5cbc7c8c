use risk_oracle::state::engine::{TailRisk, MONTH, RESIDUALS};

use super::path::{path, At, EXPECTED};
use super::*;

fn compare(engine: &Engine, at: &At) {
    let what = |name: &str, place: usize| format!("bar {}, {name} {place}", at.bar);
    let each = |name: &str, found: &[u64], unit: f64, expected: &[f64], relative: f64, absolute: f64| {
        for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
            assert_near(*found as f64 / unit, *expected, expected * relative + absolute, &what(name, place));
        }
    };
    // A weight is a whole part of 65,536, and what is clamped is clamped by the mixture.
    each("EWMA and GARCH", &engine.variances[..2], VARIANCE, &at.variances[..2], 1e-4, 0.0);
    each("HAR and range model", &engine.variances[2..4], VARIANCE, &at.variances[2..4], 1e-10, 0.0);
    each("mixture", &engine.variances[4..], VARIANCE, &at.variances[4..], 1e-4, 0.0);
    each("long run", &engine.long_run, VARIANCE, &at.long_run, 1e-5, 0.0);
    each("weight", &engine.weights.map(u64::from), 1.0, &at.weights, 0.0, 3.0);
    each("score", &engine.scores, SCORE, &at.scores, 1e-6, 1e-6);
    let tails = |tail: TailRisk| [tail.quantile_milli, tail.shortfall_milli].map(u64::from);
    each("low", &tails(engine.tail_low), 1.0, &at.low, 0.0, 2.0);
    each("high", &tails(engine.tail_high), 1.0, &at.high, 0.0, 2.0);
    assert!((engine.last_residual - at.residual).abs() <= 1, "{}", what("residual", 0));
    assert_eq!(engine.jumps, at.jumps, "{}", what("jumps", 0));
    let tested = &engine.tested;
    let counts = [tested.days, tested.exceptions, tested.n00, tested.n01, tested.n10, tested.n11];
    assert_eq!(counts, at.counts, "{}", what("counts", 0));
    each("QLIKE", &tested.qlike, SCORE, &at.qlike, 1e-4, 1e-6);
    each("QLIKE of squares", &[tested.qlike_squared], SCORE, &[at.qlike_squared], 1e-4, 1e-6);
    each("quantile loss", &[tested.quantile_loss], SCORE, &[at.quantile_loss], 1e-4, 1e-6);
}

/// Everything that is learned, at the start, while the ring fills, about two jumps, and after the ring has turned over.
#[test]
fn the_recursion_is_the_references() {
    let mut engine = engine(ModelParams::DEFAULT);
    let mut expected = EXPECTED.iter().peekable();
    for (number, bar) in path().iter().enumerate() {
        take(&mut engine, bar);
        if let Some(at) = expected.next_if(|at| at.bar == number) {
            compare(&engine, at);
        }
    }
    assert!(expected.next().is_none());
    assert_eq!((engine.bars, usize::from(engine.residual_count)), (700, RESIDUALS));
    assert_eq!((engine.residual_next, usize::from(engine.month_next)), (199, 700 % MONTH));
}

#[test]
fn the_jumps_and_exceptions_are_the_references() {
    let mut engine = engine(ModelParams::DEFAULT);
    let digests: Vec<Digest> = path().iter().map(|bar| take(&mut engine, bar)).collect();
    let those = |holds: fn(&Digest) -> bool| -> Vec<usize> {
        digests.iter().enumerate().filter(|(_, digest)| holds(digest)).map(|(at, _)| at).collect()
    };
    assert_eq!(those(|digest| digest.jump), [60, 150, 181, 300, 540]);
    assert_eq!(those(|digest| digest.exception), [53, 60, 76, 150, 425, 426, 504, 521, 540, 551, 667, 692, 693, 699]);
    assert_eq!(those(|digest| digest.tested), (30..700).collect::<Vec<usize>>());
    // Bars 450 to 699 are the last 250.
    assert_eq!(engine.tested.recent_exceptions(), 8);
    assert_eq!(engine.zone(), gimbal_math::backtest::Zone::Yellow);
}
