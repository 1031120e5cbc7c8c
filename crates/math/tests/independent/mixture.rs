//! Four days of a mixture, step by step.

use gimbal_math::volatility::{blend, qlike, weights, Score, Variance};

/// What was measured and what the four models had forecast, in 10^-6 a day; then by mpmath the discounted scores, the weights of
/// 65,536 and the mixture of that day's forecasts.
type Day = (u64, [u64; 4], [f64; 4], [f64; 4], f64);

#[rustfmt::skip]
const DAYS: [Day; 4] = [
    (900, [400, 500, 700, 600],
        [0.439069783783671, 0.212213335097881, 0.0343998574333796, 0.0945348918918356],
        [3170.06420632, 9728.40323742, 23106.8470739, 29530.6854823], 610.739617040815),
    (2_500, [420, 560, 800, 900],
        [3.60326873874791, 2.17826768890552, 1.01962157567068, 0.849716073218714],
        [2582.58524263, 8934.3493261, 23407.7179434, 30611.3474878], 799.015938084682),
    (100, [540, 700, 1_000, 1_100],
        [4.43882019011584, 3.24525230392892, 2.41201045290802, 2.33002327619399],
        [2723.18226793, 9205.21549612, 23345.2204303, 30262.3818057], 984.924464240822),
    (400, [500, 640, 600, 700],
        [4.41757553952889, 3.30780341013537, 2.46002212315377, 2.43776740279604],
        [2749.43562567, 9216.40607734, 23407.6093238, 30162.5489732], 647.454339261613),
];

/// Scores S ← 0.99 S + QLIKE, weights ∝ π e^(−0.1 S), with the default priors.
#[test]
fn four_days_by_mpmath() {
    let millionths = |parts: u64| Variance(((u128::from(parts) << 56) / 1_000_000) as u64);
    let mut scores = [Score::ZERO; 4];
    for (measured, forecasts, expected_scores, expected_weights, expected_mixture) in DAYS {
        let forecasts = forecasts.map(millionths);
        for (score, forecast) in scores.iter_mut().zip(forecasts) {
            *score = score.discounted(9_900, qlike(millionths(measured), forecast).unwrap());
        }
        for (score, expected) in scores.iter().zip(expected_scores) {
            // A unit of 2^-32 for each rounding, four days long.
            assert!((score.0 as f64 / 2f64.powi(32) - expected).abs() < 2e-9, "{score:?} for {expected}");
        }
        let weights = weights(&[500, 1_500, 3_500, 4_500], &scores, 1_000);
        assert_eq!(weights.iter().sum::<u32>(), 65_536);
        for (weight, expected) in weights.iter().zip(expected_weights) {
            assert!((f64::from(*weight) - expected).abs() < 4.0, "{weight} for {expected}");
        }
        let mixture = blend(&weights, &forecasts).0 as f64 / 2f64.powi(56) * 1e6;
        assert!((mixture / expected_mixture - 1.0).abs() < 3e-5, "{mixture} for {expected_mixture}");
    }
}
