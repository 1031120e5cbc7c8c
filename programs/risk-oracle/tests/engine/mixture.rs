//! Which model is believed.

use risk_oracle::state::engine::{EWMA, GARCH, HAR, MIXTURE, RANGE};

use super::*;

fn only(model: usize) -> ModelParams {
    let mut prior_bps = [0; 4];
    prior_bps[model] = 10_000;
    ModelParams { prior_bps, ..ModelParams::DEFAULT }
}

#[test]
fn an_engine_begins_with_the_prior() {
    // 5%, 15%, 35% and 45% of 65,536, rounded down; the largest takes what is left.
    assert_eq!(engine(ModelParams::DEFAULT).weights, [3_276, 9_830, 22_937, 29_493]);
    assert_eq!(engine(only(HAR)).weights, [0, 0, 65_536, 0]);
}

#[test]
fn a_prior_of_one_model_is_that_model() {
    for model in [EWMA, GARCH, HAR, RANGE] {
        let mut engine = engine(only(model));
        for bar in super::path::path().iter().take(200) {
            take(&mut engine, bar);
            assert_eq!(engine.variances[MIXTURE], engine.variances[model]);
        }
        assert_eq!(engine.tested.qlike[MIXTURE], engine.tested.qlike[model]);
    }
}

/// Days whose range is what the range models expect while closes stand still: who sees only closes is wrong every day.
#[test]
fn weight_moves_to_the_better_model() {
    let mut engine = engine(ModelParams { prior_bps: [2_500; 4], ..ModelParams::DEFAULT });
    let mut best = 0;
    for day in 0..120 {
        take(&mut engine, &bar(20_000 + day, 103 * ONE, 100 * ONE, 101 * ONE));
        if day >= 20 {
            let of_ranges = engine.weights[HAR] + engine.weights[RANGE];
            assert!(of_ranges >= best, "day {day}: {of_ranges} after {best}");
            best = of_ranges;
        }
    }
    assert!(best > 65_000, "{best}");
    assert!(engine.scores[EWMA] > engine.scores[HAR] && engine.scores[GARCH] > engine.scores[RANGE]);
    // Now the closes tell more than the ranges: a thin market whose prices jump between days.
    for day in 120..400 {
        let close = if day % 2 == 0 { 100 * ONE } else { 103 * ONE };
        take(&mut engine, &bar(20_000 + day, close + ONE, close, close));
    }
    let of_ranges = engine.weights[HAR] + engine.weights[RANGE];
    assert!(of_ranges > 65_000, "scores are of the range: {of_ranges}");
}

#[test]
fn without_learning_the_prior_stays() {
    let mut engine = engine(ModelParams { learning_bps: 0, ..ModelParams::DEFAULT });
    for bar in super::path::path() {
        take(&mut engine, &bar);
    }
    assert_eq!(engine.weights, [3_276, 9_830, 22_937, 29_493]);
}

#[test]
fn one_day_costs_a_model_at_most_a_hundred() {
    let mut engine = engine(ModelParams::DEFAULT);
    for day in 0..600 {
        take(&mut engine, &bar(20_000 + day, ONE, ONE, ONE));
    }
    let before = engine.clone();
    let total = engine.tested.qlike[HAR];
    take(&mut engine, &bar(20_600, 2 * ONE, ONE, ONE));
    for model in [EWMA, GARCH, HAR, RANGE] {
        let kept = before.scores[model] as f64 * 0.99;
        assert_near(engine.scores[model] as f64 / SCORE, kept / SCORE + 100.0, 1e-8, "a score");
    }
    // The backtest has no such limit: ln 2 / 4 over 1.1 · 10^-9, less its logarithm and one.
    let loss = (engine.tested.qlike[HAR] - total) as f64 / SCORE;
    assert_near(loss, 1.575_334_501e8 - 1.575_334_501e8f64.ln() - 1.0, 10.0, "the backtest's loss");
    // The models are as believable to each other as before.
    for (weight, was) in engine.weights.iter().zip(before.weights) {
        assert!(weight.abs_diff(was) < 700, "{:?} after {:?}", engine.weights, before.weights);
    }
}

#[test]
fn scores_are_forgotten() {
    let mut engine = engine(ModelParams { discount_bps: 9_000, ..ModelParams::DEFAULT });
    engine.scores = [1 << 40; 4];
    take(&mut engine, &steady_bar(20_000));
    take(&mut engine, &bar(20_001, 101 * ONE, 100 * ONE, 100 * ONE));
    // 0.9 of 256 is 230.4; a loss of a day like the seed's adds less than 6.
    for score in engine.scores {
        assert!((230.399..236.4).contains(&(score as f64 / SCORE)), "{}", score as f64 / SCORE);
    }
}
