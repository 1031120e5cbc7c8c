//! What one bar counts as: the first, one after a gap, a thin one, one that jumps.

use risk_oracle::policy::volatility::SEED;
use risk_oracle::state::engine::{EWMA, GARCH, HAR, MIXTURE, RANGE};

use super::*;

/// ln²(1.01) and that over 4 ln 2, by Python.
const SQUARE: f64 = 9.900_908_408_750_885e-5;
const PARKINSON: f64 = 3.570_997_865_400_185e-5;

#[test]
fn the_first_bar_only_gives_every_model_its_start() {
    let mut engine = engine(ModelParams::DEFAULT);
    let digest = take(&mut engine, &bar(20_000, 101 * ONE, 100 * ONE, 100 * ONE));
    assert_eq!(digest, Digest::default());
    assert_eq!(SEED.0, 7_205_759_403_793, "2^56 / 10^4");
    for model in [EWMA, GARCH, RANGE] {
        assert_eq!(engine.variances[model], SEED.0);
    }
    assert_near(engine.variances[HAR] as f64 / VARIANCE, PARKINSON, 1e-15, "HAR is the range alone");
    assert_eq!(engine.long_run, [SEED.0; 2]);
    // 0.65 of the seed and 0.35 of the range.
    assert_near(value(engine.mixture()), 0.65e-4 + 0.35 * PARKINSON, 1e-9, "the mixture");
    assert_eq!((engine.residual_count, engine.last_residual, engine.jumps), (0, 0, 0));
    assert_eq!((engine.last_day, engine.last_close, engine.bars), (20_000, 100 * ONE, 1));
    assert_eq!((engine.tail_low.quantile_milli, engine.tail_low.shortfall_milli), (2_600, 3_120), "the prior");
}

#[test]
fn a_wild_first_bar_counts_in_full() {
    let mut engine = engine(ModelParams::DEFAULT);
    take(&mut engine, &bar(20_000, 200 * ONE, 100 * ONE, 100 * ONE));
    // ln²2 / (4 ln 2) = ln 2 / 4.
    assert_near(engine.variances[EWMA] as f64 / VARIANCE, 0.173_286_795_139_986, 1e-14, "EWMA");
}

#[test]
fn a_gap_spreads_the_return_over_its_days() {
    let mut near = steady(ModelParams::DEFAULT, 40);
    let mut far = near.clone();
    let level = near.mixture();
    take(&mut near, &bar(20_040, 101 * ONE, 100 * ONE, 102 * ONE));
    take(&mut far, &bar(20_048, 101 * ONE, 100 * ONE, 102 * ONE));
    // The last close was 101. The same return is a ninth of the variance after nine days, and a third of the residual.
    let square = (102f64 / 101.0).ln().powi(2);
    let ewma = |gap: f64| 0.94 * steady_ewma(40) + 0.06 * square / gap;
    assert_near(near.variances[EWMA] as f64 / VARIANCE, ewma(1.0), 1e-13, "after a day");
    assert_near(far.variances[EWMA] as f64 / VARIANCE, ewma(9.0), 1e-13, "after nine days");
    let residual = 1_000.0 * square.sqrt() / value(level).sqrt();
    assert_near(f64::from(near.last_residual), residual, 0.51, "after a day");
    assert_near(f64::from(far.last_residual), residual / 3.0, 0.51, "after nine days");
    assert_eq!(near.variances[RANGE], far.variances[RANGE], "a range is one day's whatever the gap");
}

/// EWMA of the steady path: the seed, then the same square each day.
fn steady_ewma(bars: i32) -> f64 {
    let left = 0.94f64.powi(bars - 1);
    1e-4 * left + SQUARE * (1.0 - left)
}

#[test]
fn a_thin_bar_is_as_wide_as_its_return() {
    let mut engine = steady(ModelParams::DEFAULT, 40);
    let mut full = engine.clone();
    // One sample at 104: no range at all, but a return of 3%.
    let thin = Bar { samples: 3, ..bar(20_040, 104 * ONE, 104 * ONE, 104 * ONE) };
    take(&mut engine, &thin);
    take(&mut full, &Bar { samples: 4, ..thin });
    let square = (104f64 / 101.0).ln().powi(2);
    let last = |engine: &Engine| engine.ranges[usize::from(engine.month_next) - 1];
    assert_near(last(&engine) as f64 / VARIANCE, square, 1e-14, "three samples");
    assert_eq!(last(&full), Variance::FLOOR.0, "four samples are believed");
    // Where the range is the wider of the two, it counts.
    let mut wide = steady(ModelParams::DEFAULT, 40);
    take(&mut wide, &Bar { samples: 1, ..bar(20_040, 202 * ONE, 101 * ONE, 101 * ONE) });
    assert_near(last(&wide) as f64 / VARIANCE, 0.173_286_795_139_986, 1e-14, "one sample");
    // The number of samples is a coefficient.
    let params = ModelParams { thin_samples: 5, ..ModelParams::DEFAULT };
    let mut stricter = steady(params, 40);
    take(&mut stricter, &Bar { samples: 4, ..thin });
    assert_eq!(last(&stricter), last(&engine));
}

#[test]
fn a_jump_counts_with_five_deviations_and_is_counted() {
    let mut engine = steady(ModelParams::DEFAULT, 40);
    let before = engine.clone();
    let digest = take(&mut engine, &bar(20_040, 101 * ONE, 50 * ONE, 50 * ONE));
    assert!(digest.jump && digest.tested && digest.exception);
    let clamped = 25.0 * value(before.mixture());
    let ewma = 0.94 * steady_ewma(40) + 0.06 * clamped;
    assert_near(engine.variances[EWMA] as f64 / VARIANCE, ewma, 1e-12, "EWMA");
    let mean = before.long_run[0] as f64 / VARIANCE;
    let mean = mean + (clamped - mean) / 41.0;
    assert_near(engine.long_run[0] as f64 / VARIANCE, mean, 1e-12, "long run");
    assert_eq!((engine.jumps, engine.jump_window, engine.jumps_in_window()), (1, 1, 1));
    // The range is not cut: the models that see it rise at once.
    assert!(engine.variances[HAR] > 100 * before.variances[HAR]);
    assert!(engine.variances[MIXTURE] > 50 * before.variances[MIXTURE]);

    // The window forgets after 22 bars, the total never.
    for day in 20_041..20_062 {
        take(&mut engine, &bar(day, 51 * ONE, 50 * ONE, 50 * ONE));
        assert_eq!(engine.jumps_in_window(), 1, "day {day}");
    }
    take(&mut engine, &bar(20_062, 51 * ONE, 50 * ONE, 50 * ONE));
    assert_eq!((engine.jumps, engine.jumps_in_window()), (1, 0));
}

#[test]
fn a_return_of_just_the_limit_is_no_jump() {
    let mut engine = steady(ModelParams::DEFAULT, 40);
    let deviation = value(engine.mixture()).sqrt();
    for (factor, jump) in [(4.99, false), (5.01, true)] {
        let close = (101e12 * (deviation * factor).exp()) as u64;
        let digest = take(&mut engine.clone(), &bar(20_040, close, 101 * ONE, close));
        assert_eq!(digest.jump, jump, "{factor} deviations");
    }
    engine.params.clamp_tenths = 51;
    let close = (101e12 * (deviation * 5.01).exp()) as u64;
    assert!(!take(&mut engine, &bar(20_040, close, 101 * ONE, close)).jump);
}

#[test]
fn har_looks_back_a_day_a_week_and_a_month() {
    let mut engine = engine(ModelParams::DEFAULT);
    // Bar n has a range of n percent: its Parkinson is ln²(1 + n/100)/(4 ln 2).
    let parkinson = |n: u32| (1.0 + f64::from(n) / 100.0).ln().powi(2) / (4.0 * 2f64.ln());
    for bars in 1..=60u32 {
        let low = 100 * ONE;
        take(&mut engine, &bar(20_000 + bars, low + u64::from(bars) * ONE, low, low));
        let mean = |most: u32| {
            let of = most.min(bars);
            (0..of).map(|back| parkinson(bars - back)).sum::<f64>() / f64::from(of)
        };
        let expected = if bars == 1 { parkinson(1) } else { 0.35 * parkinson(bars) + 0.35 * mean(5) + 0.4 * mean(22) };
        assert_near(engine.variances[HAR] as f64 / VARIANCE, expected, 1e-13, &format!("after {bars} bars"));
    }
}

#[test]
fn an_asset_that_never_moves_sinks_to_the_floor_and_no_further() {
    let mut engine = engine(ModelParams::DEFAULT);
    for day in 0..600 {
        take(&mut engine, &bar(20_000 + day, ONE, ONE, ONE));
    }
    // HAR's weights are 1.1 together.
    assert_eq!(engine.variances[HAR], 79_263_355);
    assert!(engine.variances.iter().all(|variance| *variance >= Variance::FLOOR.0));
    assert!(value(engine.mixture()) < 2e-8, "{}", value(engine.mixture()));
    assert_eq!((engine.jumps, engine.last_residual), (0, 0));
}

/// No price stops a feed: the largest moves that fit leave every number within its type and every promise kept.
#[test]
fn the_wildest_prices_are_digested() {
    for params in
        [ModelParams::DEFAULT, ModelParams { tail_level_bps: 500, tail_prior_weight: 50, ..ModelParams::DEFAULT }]
    {
        let mut engine = engine(params);
        for day in 0..700u32 {
            let close = if day % 2 == 0 { 1 } else { u64::MAX };
            take(&mut engine, &Bar { samples: day % 7, ..bar(day * (day % 3 + 1), u64::MAX, 1, close) });
        }
        for close in [1, 1, u64::MAX, u64::MAX, 5, 5] {
            let day = engine.last_day.saturating_add(1);
            take(&mut engine, &bar(day, close, close, close));
        }
        let last = bar(u32::MAX, u64::MAX, 1, 1);
        take(&mut engine, &last);
        assert!(engine.last_residual < 0, "{}", engine.last_residual);
    }
}

#[test]
fn a_bar_that_cannot_be_is_refused() {
    let mut engine = engine(ModelParams::DEFAULT);
    assert!(digest(&mut engine, &bar(1, 100, 0, 50)).is_err(), "a price of zero");
    assert!(digest(&mut engine, &bar(1, 100, 101, 101)).is_err(), "a low above the high");
    assert!(digest(&mut engine, &bar(1, 100, 50, 0)).is_err(), "a close of zero");
}
