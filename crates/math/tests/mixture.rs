//! Scores of forecasts and the weights made of them.

mod reference;

use gimbal_math::volatility::*;
use gimbal_math::{MathError, Q64};
use proptest::prelude::*;
use reference::{abs, decimal, int, max, scaled, Real};

fn variance() -> impl Strategy<Value = Variance> {
    (any::<u64>(), 0u32..38).prop_map(|(value, shift)| Variance(value >> shift).max(Variance::FLOOR))
}

fn score() -> impl Strategy<Value = Score> {
    prop_oneof![any::<u64>(), 0u64..200 << 32, 0u64..2 << 32].prop_map(Score)
}

fn any_prior() -> impl Strategy<Value = u16> {
    prop_oneof![Just(0), 1u16..10, any::<u16>()]
}

/// x/h − ln(x/h) − 1.
fn exact_qlike(x: Variance, h: Variance) -> Real {
    let ratio = int(x.0) / int(h.0);
    ratio.clone() - ratio.ln() - int(1)
}

/// The exact weights times 65,536.
fn exact_weights(prior: [u16; 4], scores: [Score; 4], learning_bps: u16) -> [Real; 4] {
    let best = (0..4).filter(|i| prior[*i] > 0).map(|i| scores[i].0).min().unwrap();
    let parts = [0, 1, 2, 3].map(|i| {
        let excess = scaled(i128::from(scores[i].0) - i128::from(best), -32) * int(learning_bps) / int(10_000);
        // Beyond it nothing is left in any place that is looked at.
        if prior[i] == 0 || excess > int(200) {
            int(0)
        } else {
            int(prior[i]) * (-excess).exp()
        }
    });
    let total = parts.iter().fold(int(0), |sum, part| sum + part.clone());
    parts.map(|part| part * int(WHOLE_WEIGHT) / total.clone())
}

fn distance(weights: [u32; 4], exact: [Real; 4]) -> Real {
    weights.into_iter().zip(exact).fold(int(0), |worst, (weight, exact)| max(worst, abs(int(weight) - exact)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_score_is_within_its_bound(x in variance(), h in variance()) {
        let expected = exact_qlike(x, h) * scaled(1, 32);
        let found = qlike(x, h).unwrap();
        if expected >= int(u64::MAX) {
            prop_assert_eq!(found, Score::MAX);
        } else {
            let error = abs(int(found.0) - expected);
            let bound = scaled(6, 0) / int(10) + int(h.0) / int(x.0) * scaled(1, -32);
            prop_assert!(error <= bound, "{} units", decimal(&error));
        }
    }

    /// Of two forecasts on the same side of what was measured the farther scores worse.
    #[test]
    fn a_worse_forecast_never_scores_better(x in variance(), a in variance(), b in variance()) {
        let (near, far) = if a.max(b) <= x { (a.max(b), a.min(b)) } else { (a.min(b), a.max(b)) };
        prop_assume!(near >= x || far <= x);
        // One unit of rounding, and what the ratio loses where it is small.
        let slack = 2 + ((far.0 / x.0) >> 32);
        prop_assert!(qlike(x, near).unwrap().0 <= qlike(x, far).unwrap().0.saturating_add(slack));
        prop_assert_eq!(qlike(x, x), Ok(Score::ZERO));
    }

    #[test]
    fn an_old_score_fades(old in score(), new in score(), discount in 0u16..) {
        let kept = u128::from(old.0) * u128::from(discount.min(10_000)) / 10_000;
        let expected = u64::try_from(kept + u128::from(new.0)).unwrap_or(u64::MAX);
        prop_assert_eq!(old.discounted(discount, new), Score(expected));
    }

    #[test]
    fn weights_are_near_the_exact_ones(
        prior in [100u16..=10_000, 100u16..=10_000, 100u16..=10_000, 100u16..=10_000],
        scores in [score(), score(), score(), score()],
        learning in any::<u16>(),
    ) {
        let found = distance(weights(&prior, &scores, learning), exact_weights(prior, scores, learning));
        prop_assert!(found < int(4), "{}", decimal(&found));
    }

    #[test]
    fn weights_of_any_prior(
        prior in [any_prior(), any_prior(), any_prior(), any_prior()],
        scores in [score(), score(), score(), score()],
        learning in any::<u16>(),
        forecasts in [variance(), variance(), variance(), variance()],
    ) {
        let found = weights(&prior, &scores, learning);
        prop_assert_eq!(found.iter().sum::<u32>(), 65_536);
        if prior != [0; 4] {
            for (weight, prior) in found.iter().zip(prior) {
                prop_assert!(prior > 0 || *weight == 0, "{found:?} of {prior:?}");
            }
            let error = distance(found, exact_weights(prior, scores, learning));
            prop_assert!(error < int(8), "{}", decimal(&error));
        }
        let mixed = blend(&found, &forecasts);
        let used = || (0..4).filter(|i| found[*i] > 0).map(|i| forecasts[i]);
        prop_assert!(used().min().unwrap() <= mixed && mixed <= used().max().unwrap());
    }

    #[test]
    fn a_mixture_is_the_sum_rounded_up(a in 0u32..=65_536, forecasts in [variance(), variance(), variance(), variance()]) {
        let weights = [a, (65_536 - a) / 2, (65_536 - a) / 4, 65_536 - a - (65_536 - a) / 2 - (65_536 - a) / 4];
        let sum = (0..4).map(|i| u128::from(weights[i]) * u128::from(forecasts[i].0)).sum::<u128>();
        prop_assert_eq!(u128::from(blend(&weights, &forecasts).0), sum.div_ceil(65_536));
    }

    /// Equal priors: the better the score, the larger the weight.
    #[test]
    fn the_better_score_has_the_larger_weight(scores in [score(), score(), score(), score()], learning in any::<u16>()) {
        let found = weights(&[2_500; 4], &scores, learning);
        for i in 0..4 {
            for j in 0..4 {
                // The dust of three goes to one.
                prop_assert!(scores[i] < scores[j] || found[i] <= found[j] + 3, "{found:?} for {scores:?}");
            }
        }
    }
}

/// Half and twice what was forecast: 0.5 + ln 2 − 1 = 0.1931471805599453 and 2 − ln 2 − 1 = 0.3068528194400547.
#[test]
fn scores_by_hand() {
    let h = Variance(1 << 50);
    let units = |score: Score| score.0 as f64 / 2f64.powi(32);
    assert!((units(qlike(Variance(1 << 49), h).unwrap()) - 0.193_147_180_559_945_3).abs() < 2e-10);
    assert!((units(qlike(Variance(1 << 51), h).unwrap()) - 0.306_852_819_440_054_7).abs() < 2e-10);
    assert_eq!(qlike(Variance(0), h), Err(MathError::Domain));
    assert_eq!(qlike(h, Variance(0)), Err(MathError::Domain));
    assert_eq!(qlike(Variance::MAX, Variance::FLOOR), Ok(Score::MAX));
    assert_eq!(qlike(Variance::MAX, Variance(1)), Ok(Score::MAX));
    assert_eq!(Score::from_q64(Q64::MAX), Score::MAX);
    assert_eq!(Score::from_q64(Q64(1 << 31)), Score(1));
    assert_eq!(Score::from_q64(Q64((1 << 31) - 1)), Score::ZERO);
    assert_eq!(Score(3).to_q64(), Q64(3 << 32));
    assert_eq!(Score::MAX.saturating_add(Score(1)), Score::MAX);
    assert_eq!(Score::MAX.discounted(10_000, Score::MAX), Score::MAX);
}

/// Priors of one bar, equal scores; then scores ln 2 apart at η = 1, which halve one weight after the other.
#[test]
fn weights_by_hand() {
    let zero = [Score::ZERO; 4];
    // 5%, 15%, 35% and 45% of 65,536, rounded down; the dust of 2 goes to the last.
    assert_eq!(weights(&[500, 1_500, 3_500, 4_500], &zero, 1_000), [3_276, 9_830, 22_937, 29_493]);
    // ln 2 in units of 2^-32 is 2,977,044,471.8: 8, 4, 2 and 1 fifteenths, 34,952.5 and so on.
    let ln_2 = 2_977_044_472u64;
    let scores = [0, 1, 2, 3].map(|n| Score(n * ln_2));
    assert_eq!(weights(&[2_500; 4], &scores, 10_000), [34_953, 17_476, 8_738, 4_369]);
    // The same, however bad all are.
    let scores = scores.map(|score| Score(score.0 + (1 << 62)));
    assert_eq!(weights(&[2_500; 4], &scores, 10_000), [34_953, 17_476, 8_738, 4_369]);
    // A model alone keeps everything, though the others' scores are better.
    assert_eq!(weights(&[0, 0, 1, 0], &[Score::ZERO, Score::ZERO, Score::MAX, Score(7)], 10_000), [0, 0, 65_536, 0]);
    assert_eq!(weights(&[0; 4], &scores, 10_000), [16_384; 4]);
    // Without learning the priors stay.
    assert_eq!(weights(&[1, 1, 1, 1], &[Score(0), Score::MAX, Score(5), Score(9)], 0), [16_384; 4]);
    assert_eq!(weights(&[u16::MAX; 4], &[Score(0), Score::MAX, Score::MAX, Score::MAX], u16::MAX), [65_536, 0, 0, 0]);
}

#[test]
fn mixtures_of_the_largest() {
    assert_eq!(blend(&[65_536, 0, 0, 0], &[Variance::MAX; 4]), Variance::MAX);
    assert_eq!(blend(&[16_384; 4], &[Variance::MAX; 4]), Variance::MAX);
    assert_eq!(blend(&[16_384; 4], &[Variance::FLOOR; 4]), Variance::FLOOR);
    assert_eq!(blend(&[u32::MAX; 4], &[Variance::MAX; 4]), Variance::MAX);
    assert_eq!(blend(&[0; 4], &[Variance::MAX; 4]), Variance::FLOOR);
}
