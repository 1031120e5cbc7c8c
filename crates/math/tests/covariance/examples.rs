//! By hand and by numpy.

use super::*;
use gimbal_math::margin::{delta_gamma_var, over_days_up};

#[test]
fn two_assets_of_the_textbook() {
    // 13 days together and 7 apart of 20: a correlation of 0.3. Hull: 1,622,657 dollars at 99% over ten days.
    let rows: Vec<Row> = (0..20).map(|day| assets([1_000, if day < 13 { 1_000 } else { -1_000 }], 0)).collect();
    let gram = gram_of(&rows, 10_000);
    assert_eq!(gram.correlation_bps(0, 1), Some(3_000));
    assert_eq!(gram.correlation_bps(1, 1), Some(10_000));
    assert_eq!(gram.correlation_bps(0, 2), None);
    // In millionths of a dollar.
    let deltas = assets([10_000_000_000_000, 5_000_000_000_000], 0);
    let variances = assets([volatility(2, 100), volatility(1, 100)], Variance::FLOOR);
    let deviation = Portfolio::new(&gram, &deltas, &variances).deviation_up();
    // √(200,000² + 50,000² + 2 · 0.3 · 200,000 · 50,000) = 220,227.155455.
    assert!((220_227_155_455..220_227_158_000).contains(&deviation), "{deviation}");
    let var = delta_gamma_var(over_days_up(deviation, 10), 0, 2_330);
    assert_eq!((var + 500_000) / 1_000_000, 1_622_657);
}

#[test]
fn four_assets_by_numpy() {
    let rows: Vec<Row> = DRAWN.map(|row| assets(row, 0)).to_vec();
    let gram = gram_of(&rows, 9_400);
    assert_eq!(gram.weight(), 9_158_929);
    let h = [115_292_150_460_685, 180_143_985_094_820, 353_082_210_785_847, 648_518_346_341].map(Variance);
    let variances = assets(h, Variance::FLOOR);
    let deltas = assets([5_000_000_000_000, -3_000_000_000_000, 1_250_000_000_000, 40_000_000_000_000], 0);
    let portfolio = Portfolio::new(&gram, &deltas, &variances);
    // numpy: 213057096907.76932 with √Σ w (Z/s · xσ)²/W; mpmath to 40 digits: …07.76933448.
    let deviation = portfolio.deviation_up();
    assert!((213_057_096_908..213_057_096_908 + 3_000).contains(&deviation), "{deviation}");
    let parts = portfolio.contributions();
    let expected = [97_275_666_412, -17_505_961_852, 43_650_438_876, 89_636_953_471, 0, 0, 0, 0];
    for (part, expected) in parts.iter().zip(expected) {
        assert!(part.abs_diff(expected) < 3_000, "{part} for {expected}");
    }
    assert!(parts.iter().sum::<i64>().abs_diff(deviation as i64) <= 4);
    for (i, j, bps) in [(0, 1, 8_279), (2, 0, 4_093), (0, 3, -666), (1, 2, 5_032), (3, 1, -2_896), (2, 3, 1_033)] {
        assert_eq!(gram.correlation_bps(i, j), Some(bps));
    }
}

#[test]
fn a_perfect_hedge_leaves_nothing_but_rounding() {
    let rows: Vec<Row> = DRAWN.map(|[z, ..]| assets([z, z, -z], 0)).to_vec();
    let gram = gram_of(&rows, 9_400);
    let variances = [volatility(3, 100); ASSETS];
    for deltas in [[1_000_000_000_000, -1_000_000_000_000, 0], [700_000_000_000, 300_000_000_000, 1_000_000_000_000]] {
        let deltas = assets(deltas, 0);
        let portfolio = Portfolio::new(&gram, &deltas, &variances);
        // The legs' own deviations are 30 billion.
        assert!(portfolio.deviation_up() < 1_000, "{}", portfolio.deviation_up());
        assert!(portfolio.contributions().iter().all(|part| part.unsigned_abs() < 1_000));
    }
}

#[test]
fn an_asset_without_residuals_is_added_in_full() {
    let rows: Vec<Row> = DRAWN.map(|row| assets([row[0]], 0)).to_vec();
    let gram = gram_of(&rows, 9_400);
    assert!(gram.is_known(0) && !gram.is_known(1) && !gram.is_known(ASSETS));
    let variances = [volatility(4, 100); ASSETS];
    let portfolio = |x, y| {
        let deltas = assets([x, y], 0);
        let portfolio = Portfolio::new(&gram, &deltas, &variances);
        (portfolio.deviation_up(), portfolio.contributions())
    };
    let (alone, _) = portfolio(1_000_000_000, 0);
    assert!((40_000_000..40_000_005).contains(&alone));
    let (both, parts) = portfolio(1_000_000_000, -500_000_000);
    assert!((60_000_000..60_000_005).contains(&both));
    assert!((20_000_000..20_000_002).contains(&parts[1]));
    // No residuals at all: nothing diversifies.
    let deltas = [1_000_000_000, -1_000_000_000, 1, 0, 0, 0, 0, 1_000_000_000];
    let empty = Gram::default();
    let deviation = Portfolio::new(&empty, &deltas, &variances).deviation_up();
    assert!((120_000_000..120_000_006).contains(&deviation));
    assert_eq!(empty.correlation_bps(0, 0), None);
}

#[test]
fn residuals_too_small_to_tell_a_correlation_are_not_believed() {
    // ±9 thousandths: the root mean square is below ten.
    let rows: Vec<Row> = (0..10).map(|day| assets([if day % 2 == 0 { 9 } else { -9 }, 10], 0)).collect();
    let gram = gram_of(&rows, 9_400);
    assert!(!gram.is_known(0));
    assert!(gram.is_known(1));
}

#[test]
fn nothing_held_is_no_risk() {
    let rows: Vec<Row> = DRAWN.map(|row| assets(row, 0)).to_vec();
    for gram in [Gram::default(), gram_of(&rows, 9_400)] {
        let portfolio = Portfolio::new(&gram, &[0; ASSETS], &[Variance::MAX; ASSETS]);
        assert_eq!(portfolio.deviation_up(), 0);
        assert_eq!(portfolio.contributions(), [0; ASSETS]);
    }
}

#[test]
fn the_largest_amounts_neither_wrap_nor_panic() {
    let rows = vec![[i16::MIN; ASSETS]; MAX_ROWS];
    let gram = gram_of(&rows, 10_000);
    // 64 · 2^20 and 64 · 2^20 · 2^30.
    assert_eq!((gram.weight(), gram.entry(7, 7), gram.entry(0, 7)), (1 << 26, 1 << 56, 1 << 56));
    assert_eq!(gram.entry(8, 0), 0);
    for deltas in [[i64::MAX; ASSETS], [i64::MIN; ASSETS]] {
        let portfolio = Portfolio::new(&gram, &deltas, &[Variance::MAX; ASSETS]);
        assert_eq!(portfolio.deviation_up(), u64::MAX);
        assert_eq!(portfolio.room_down(0, true, u64::MAX), 0);
    }
    // Sixteen times the amount, which still fits.
    let deltas = assets([1i64 << 59], 0);
    let portfolio = Portfolio::new(&gram, &deltas, &[Variance::MAX; ASSETS]);
    let exact = 1u64 << 63;
    assert!((exact..exact + (exact >> 28)).contains(&portfolio.deviation_up()));
}
