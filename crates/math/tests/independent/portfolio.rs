//! Value at risk of eight assets with curvature, from rows of residuals to components.

use gimbal_math::covariance::{Gram, Portfolio, Returns, ASSETS, MAX_ROWS};
use gimbal_math::margin::{delta_gamma_var, gamma_cost, over_days_up};
use gimbal_math::volatility::{scale_horizon, Variance};

use super::SplitMix;

const DELTAS: [i64; ASSETS] =
    [250_000_000_000, -120_000_000_000, 80_000_000_000, 0, -40_000_000_000, 15_000_000_000, 600_000_000, -9_000_000];
const GAMMAS: [i64; ASSETS] = [-300_000_000_000, 50_000_000_000, -20_000_000_000, 0, -1_000_000, 0, 0, 0];
/// Daily volatilities in thousandths.
const VOLATILITIES: [u64; ASSETS] = [40, 30, 55, 20, 80, 12, 150, 3];

/// x_i ∂σ/∂x_i by numerical differentiation of mpmath's σ at 50 digits.
const COMPONENTS: [f64; ASSETS] = [
    9_503_616_245.910_227,
    -2_453_820_007.709_888_5,
    3_360_113_494.524_755_5,
    0.0,
    -1_995_480_781.989_385_4,
    126_285_817.472_694_75,
    56_619_356.549_937_99,
    -18_600.998_267_150_255,
];

/// σ = √(Σ x_i x_j √(h_i h_j) ρ_ij) of one day, with the correlations of the weighted rows.
const DEVIATION: f64 = 8_597_315_523.760_073;

/// Sixty-four rows: what all assets share, of ±1.5 deviations, and each one's own, of ±1.
fn gram() -> Gram {
    let mut numbers = SplitMix(7);
    let mut rows = [[0; ASSETS]; MAX_ROWS];
    for row in &mut rows {
        let common = (numbers.next() % 3_001) as i16 - 1_500;
        row.iter_mut().for_each(|residual| *residual = common + (numbers.next() % 2_001) as i16 - 1_000);
    }
    let mut gram = Gram::default();
    Returns { rows: &rows, next: 0, count: MAX_ROWS, decay_bps: 9_700 }.gram(&mut gram).unwrap();
    gram
}

fn variances() -> [Variance; ASSETS] {
    VOLATILITIES.map(|volatility| Variance(((u128::from(volatility * volatility) << 56) / 1_000_000) as u64))
}

#[test]
fn the_gram_matrix_is_pythons() {
    let gram = gram();
    assert_eq!(gram.weight(), 29_976_024);
    let entries = [(0, 0), (1, 0), (7, 7)].map(|(i, j)| gram.entry(i, j));
    assert_eq!(entries, [37_500_959_611_306, 35_165_741_397_267, 28_200_052_773_832]);
    // 0.800723, 0.746423, 0.670959.
    assert_eq!([1, 2, 3].map(|j| gram.correlation_bps(0, j)), [Some(8_007), Some(7_464), Some(6_709)]);
}

/// The deviation is never below the exact one, and above it by a few units at most; its parts are the derivatives and add up.
#[test]
fn components_are_eulers() {
    let (gram, variances) = (gram(), variances());
    let portfolio = Portfolio::new(&gram, &DELTAS, &variances);
    let deviation = portfolio.deviation_up();
    // 2e-8 of the largest leg, 10^10, for each of seven assets.
    assert!((0.0..1_400.0).contains(&(deviation as f64 - DEVIATION)), "{deviation}");
    let parts = portfolio.contributions();
    for (part, expected) in parts.into_iter().zip(COMPONENTS) {
        assert!((part as f64 - expected).abs() < 2_000.0, "{part} for {expected}");
    }
    assert!(parts.iter().sum::<i64>().abs_diff(deviation as i64) <= ASSETS as u64);
    // They are homogeneous: three times the positions have three times the parts.
    let tripled = DELTAS.map(|delta| delta * 3);
    let parts_of_tripled = Portfolio::new(&gram, &tripled, &variances).contributions();
    for (of_tripled, part) in parts_of_tripled.into_iter().zip(parts) {
        assert!((of_tripled - 3 * part).abs() < 6_000, "{of_tripled} for three times {part}");
    }
}

/// m σ √days + m² · Σ ½ |Γ| h · days over the negative gammas, with the normal multipliers for a day and fatter ones for ten.
#[test]
fn value_at_risk_and_shortfall_by_mpmath() {
    let (gram, variances) = (gram(), variances());
    let one_day = Portfolio::new(&gram, &DELTAS, &variances).deviation_up();
    for (days, quantile, shortfall, [deviation, cost, value_at_risk, expected_shortfall]) in [
        (1, 2_327, 2_666, [DEVIATION, 270_253_200.0, 21_469_355_113.812_48, 24_841_282_939.523_544]),
        (10, 2_842, 3_517, [27_187_098_818.205_288, 2_702_532_000.0, 99_093_988_514.187_32, 129_045_425_883.375_82]),
    ] {
        let over = over_days_up(one_day, days);
        let curvature =
            GAMMAS.into_iter().zip(variances).map(|(gamma, h)| gamma_cost(gamma, scale_horizon(h, days))).sum::<u64>();
        for (found, exact) in [
            (over, deviation),
            (curvature, cost),
            (delta_gamma_var(over, curvature, quantile), value_at_risk),
            (delta_gamma_var(over, curvature, shortfall), expected_shortfall),
        ] {
            // Never below (but for a double's sixteen digits), and above by a few units of the largest leg's rounding.
            assert!((-0.001..16_000.0).contains(&(found as f64 - exact)), "{days} days: {found} for {exact}");
        }
    }
}
