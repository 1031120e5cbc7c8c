//! Standardised residuals and their empirical tail.

mod reference;

use gimbal_math::volatility::*;
use gimbal_math::{MathError, Q64Signed, Q64};
use proptest::prelude::*;
use reference::{abs, decimal, int, q64, ratio, scaled, sqrt, Real};

fn variance() -> impl Strategy<Value = Variance> {
    (any::<u64>(), 0u32..38).prop_map(|(value, shift)| Variance(value >> shift).max(Variance::FLOOR))
}

fn any_return() -> impl Strategy<Value = Q64Signed> {
    (any::<i128>(), 0u32..128).prop_map(|(value, shift)| Q64Signed(value >> shift))
}

fn residuals() -> impl Strategy<Value = Vec<i16>> {
    prop_oneof![
        prop::collection::vec(-4_000i16..4_000, 0..=500),
        prop::collection::vec(any::<i16>(), 0..=120),
        // Many ties.
        prop::collection::vec(-3i16..3, 0..=500),
    ]
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Low), Just(Side::High)]
}

/// Losses, the worst first; a gain is no loss.
fn losses(residuals: &[i16], side: Side) -> Vec<u32> {
    let sign = if side == Side::Low { -1 } else { 1 };
    let mut losses: Vec<i32> = residuals.iter().map(|z| (sign * i32::from(*z)).clamp(0, i16::MAX.into())).collect();
    losses.sort_unstable_by(|a, b| b.cmp(a));
    losses.into_iter().map(i32::unsigned_abs).collect()
}

fn rank(n: usize, level_bps: u16) -> usize {
    (usize::from(level_bps) * (n + 1) / 10_000).max(1)
}

/// √(h · days).
fn deviation(h: Variance, days: u32) -> Real {
    sqrt(&scaled(scale_horizon(h, days).0, -56))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_residual_is_the_nearest(r in any_return(), h in variance(), days in 1u32..1_000) {
        let exact = q64(r.0) * int(1_000) / deviation(h, days);
        let found = residual(r, h, days);
        prop_assert_eq!(residual(Q64Signed(r.0.saturating_neg()), h, days), -found);
        if abs(exact.clone()) >= int(MAX_RESIDUAL) {
            prop_assert_eq!(found.abs(), MAX_RESIDUAL);
            prop_assert_eq!(found < 0, r.is_negative());
        } else {
            // The deviation is cut to 2^-60, of at least 2^-15.
            let error = abs(int(found) - exact);
            prop_assert!(error <= ratio(1, 2) + scaled(1, -29), "{}", decimal(&error));
        }
    }

    #[test]
    fn a_larger_return_never_has_a_smaller_residual(a in any_return(), b in any_return(), h in variance(), days in 0u32..9) {
        prop_assert!(residual(a.min(b), h, days) <= residual(a.max(b), h, days));
    }

    #[test]
    fn a_loss_is_never_understated(h in variance(), milli in any::<u32>()) {
        let exact = deviation(h, 1) * int(milli) / int(1_000);
        let above = q64(loss_at(h, milli).0) - exact;
        // One place of 2^-60 a deviation, and one of 2^-64.
        let bound = scaled(1, -60) * int(milli) / int(1_000) + scaled(1, -64);
        prop_assert!(above >= int(0) && above <= bound, "{}", decimal(&above));
    }

    /// Without a prior the quantile is the order statistic and the shortfall the mean of it and the worse.
    #[test]
    fn the_tail_is_the_exact_order_statistic(residuals in residuals(), level in 1u16..=490, side in side()) {
        let found = tail(&residuals, level, side, 2_600, 0).unwrap();
        let sorted = losses(&residuals, side);
        let k = rank(sorted.len(), level);
        if sorted.is_empty() {
            prop_assert_eq!(found, Tail { quantile: 2_600, shortfall: 3_120 });
        } else {
            prop_assert_eq!(found.quantile, sorted[k - 1]);
            prop_assert_eq!(found.shortfall, sorted[..k].iter().sum::<u32>().div_ceil(k as u32));
        }
    }

    #[test]
    fn the_tail_is_shrunk_towards_the_prior(
        residuals in residuals(), level in 1u16..=490, side in side(), prior in any::<u16>(), weight in 1u16..,
    ) {
        let found = tail(&residuals, level, side, prior, weight).unwrap();
        let sorted = losses(&residuals, side);
        let n = sorted.len() as u64;
        let k = rank(sorted.len(), level);
        let kth = u64::from(sorted.get(k - 1).copied().unwrap_or(0));
        let (prior, weight) = (u64::from(prior), u64::from(weight));
        prop_assert_eq!(u64::from(found.quantile), (n * kth + weight * prior).div_ceil(n + weight));
        // n · sum/k and weight · 1.2 · prior, both times 5k.
        let sum = sorted.iter().take(k).copied().map(u64::from).sum::<u64>();
        let k = k as u64;
        let shortfall = (n * sum * 5 + weight * prior * 6 * k).div_ceil((n + weight) * 5 * k);
        prop_assert_eq!(u64::from(found.shortfall), shortfall);
        prop_assert!(found.shortfall >= found.quantile);
        prop_assert!(u64::from(found.quantile) >= kth.min(prior) && u64::from(found.quantile) <= kth.max(prior));
    }

    /// The order in which residuals are kept does not matter, and a worse one never makes the tail better.
    #[test]
    fn the_tail_is_monotone(mut residuals in residuals(), level in 1u16..=490, side in side(), at in any::<usize>(), worse in 0i16..) {
        let before = tail(&residuals, level, side, 2_600, 500).unwrap();
        residuals.reverse();
        prop_assert_eq!(tail(&residuals, level, side, 2_600, 500), Ok(before));
        if residuals.is_empty() {
            return Ok(());
        }
        let at = at % residuals.len();
        residuals[at] = match side {
            Side::Low => residuals[at].saturating_sub(worse),
            Side::High => residuals[at].saturating_add(worse),
        };
        let after = tail(&residuals, level, side, 2_600, 500).unwrap();
        prop_assert!(after.quantile >= before.quantile && after.shortfall >= before.shortfall);
    }

    #[test]
    fn the_sides_mirror_each_other(residuals in residuals(), level in 1u16..=490) {
        let mirrored: Vec<i16> = residuals.iter().map(|z| z.saturating_neg()).collect();
        prop_assert_eq!(tail(&residuals, level, Side::High, 2_600, 9), tail(&mirrored, level, Side::Low, 2_600, 9));
    }
}

/// 500 residuals that fill −3.003 to 3.003 without a tie.
fn five_hundred() -> Vec<i16> {
    (0..500).map(|i| (i * 7_919 % 6_007 - 3_003) as i16).collect()
}

/// Ranks from NumPy's sort of the same 500 numbers: the fifth smallest is −2,973 and the five sum to −14,927; the fifth
/// largest is 2,943 and the five sum to 14,865. With 500 of 2,600 beside them, (2,973 + 2,600)/2 is 2,786.5, and so on.
#[test]
fn five_hundred_residuals() {
    let z = five_hundred();
    assert_eq!(tail(&z, 100, Side::Low, 2_600, 0), Ok(Tail { quantile: 2_973, shortfall: 2_986 }));
    assert_eq!(tail(&z, 100, Side::High, 2_600, 0), Ok(Tail { quantile: 2_943, shortfall: 2_973 }));
    assert_eq!(tail(&z, 100, Side::Low, 2_600, 500), Ok(Tail { quantile: 2_787, shortfall: 3_053 }));
    assert_eq!(tail(&z, 100, Side::High, 2_600, 500), Ok(Tail { quantile: 2_772, shortfall: 3_047 }));
    // Ranks 2, 12 and 25.
    assert_eq!(tail(&z, 50, Side::Low, 0, 0), Ok(Tail { quantile: 2_989, shortfall: 2_996 }));
    assert_eq!(tail(&z, 250, Side::High, 0, 0), Ok(Tail { quantile: 2_838, shortfall: 2_921 }));
    assert_eq!(tail(&z, 500, Side::Low, 0, 0), Ok(Tail { quantile: 2_717, shortfall: 2_872 }));
}

#[test]
fn few_residuals_are_mostly_the_prior() {
    assert_eq!(tail(&[], 100, Side::Low, 2_600, 500), Ok(Tail { quantile: 2_600, shortfall: 3_120 }));
    // One loss of 10 deviations among 500 of 2.6: (10,000 + 1,300,000)/501 = 2,614.8; (10,000 + 1,560,000)/501 = 3,133.7.
    assert_eq!(tail(&[-10_000], 100, Side::Low, 2_600, 500), Ok(Tail { quantile: 2_615, shortfall: 3_134 }));
    // Only gains: as though nothing was lost.
    assert_eq!(tail(&[500; 500], 100, Side::Low, 2_600, 500), Ok(Tail { quantile: 1_300, shortfall: 1_560 }));
    assert_eq!(tail(&[i16::MIN], 100, Side::Low, 0, 0), Ok(Tail { quantile: 32_767, shortfall: 32_767 }));
    let most = Tail { quantile: 65_535, shortfall: 78_642 };
    assert_eq!(tail(&[], 1, Side::High, u16::MAX, u16::MAX), Ok(most));
}

#[test]
fn levels_that_need_more_than_25_residuals_are_refused() {
    let z = five_hundred();
    assert_eq!(tail(&z, 0, Side::Low, 2_600, 500), Err(MathError::Domain));
    // floor(0.0519 · 501) = 26.
    assert!(tail(&z, 518, Side::Low, 2_600, 500).is_ok());
    assert_eq!(tail(&z, 519, Side::Low, 2_600, 500), Err(MathError::Domain));
    assert_eq!(tail(&[], 10_000, Side::High, 2_600, 500), Err(MathError::Domain));
    assert_eq!(tail(&[], u16::MAX, Side::High, 2_600, 500), Err(MathError::Domain));
}

/// A fall of 4.6% at a volatility of 2%: −2.3 deviations; over four days −1.15. Two per cent at 2.6 is 5.2%.
#[test]
fn residuals_and_losses_by_hand() {
    let h = Variance::from_q64_up(Q64::from_ratio_up(4, 10_000).unwrap());
    let fall = Q64Signed::from_ratio_down(-46, 1_000).unwrap();
    assert_eq!(residual(fall, h, 1), -2_300);
    assert_eq!(residual(fall, h, 0), -2_300);
    assert_eq!(residual(fall, h, 4), -1_150);
    assert_eq!(residual(Q64Signed::ZERO, h, 1), 0);
    assert_eq!(residual(Q64Signed::MIN, h, 1), -32_000);
    assert_eq!(residual(Q64Signed::MAX, Variance::FLOOR, 1), 32_000);
    assert_eq!(residual(Q64Signed::MAX, Variance(0), 1), 32_000);
    let loss = loss_at(h, 2_600).0 as f64 / 2f64.powi(64);
    assert!((loss - 0.052).abs() < 1e-12, "{loss}");
    assert_eq!(loss_at(h, 0), Q64::ZERO);
    assert_eq!(loss_at(Variance::MAX, 1_000), Q64(16 << 64));
}
