//! The measures of variance and the forecasts made of them.

mod reference;

use gimbal_math::volatility::*;
use gimbal_math::{MathError, Q64Signed, Q64};
use proptest::prelude::*;
use reference::{abs, decimal, int, q64, ratio, scaled, ulps, Real};

/// Prices of every magnitude.
fn price() -> impl Strategy<Value = u64> {
    (1u64.., 0u32..64).prop_map(|(value, shift)| (value >> shift).max(1))
}

/// Variances of every magnitude.
fn variance() -> impl Strategy<Value = Variance> {
    (any::<u64>(), 0u32..38).prop_map(|(value, shift)| Variance(value >> shift).max(Variance::FLOOR))
}

fn exact(variance: Variance) -> Real {
    scaled(variance.0, -56)
}

/// ceil(numerator / denominator) where a variance can be that.
fn up(numerator: u128, denominator: u128) -> Variance {
    Variance(u64::try_from(numerator.div_ceil(denominator)).unwrap_or(u64::MAX)).max(Variance::FLOOR)
}

fn wide(variance: Variance) -> u128 {
    variance.0.into()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_return_is_within_three_ulps(close in price(), previous in price()) {
        let r = log_return(close, previous).unwrap();
        let error = ulps(r.0, &(int(close) / int(previous)).ln());
        prop_assert!(error <= int(3), "{} ulps", decimal(&error));
        prop_assert_eq!(log_return(previous, close), r.neg());
    }

    #[test]
    fn small_moves_keep_their_places(previous in 1_000_000_000u64..1 << 60, move_ppb in 0u64..1_000) {
        let close = previous + (u128::from(previous) * u128::from(move_ppb) / 1_000_000_000) as u64;
        let error = ulps(log_return(close, previous).unwrap().0, &(int(close) / int(previous)).ln());
        prop_assert!(error <= int(3), "{} ulps", decimal(&error));
    }

    #[test]
    fn a_range_is_never_understated(a in price(), b in price()) {
        let (high, low) = (a.max(b), a.min(b));
        let measured = parkinson(high, low).unwrap();
        let range = (int(high) / int(low)).ln();
        let expected = range.clone() * range / (int(4) * int(2).ln());
        if expected >= exact(Variance::MAX) {
            prop_assert_eq!(measured, Variance::MAX);
        } else if expected <= exact(Variance::FLOOR) {
            prop_assert!(measured.0 - Variance::FLOOR.0 <= 2);
        } else {
            // Up to the logarithm's own error, a few thousandths of a unit, and less than one unit more.
            let units = (exact(measured) - expected) * scaled(1, 56);
            prop_assert!(units > ratio(-1, 1) && units < int(2), "{} units", decimal(&units));
        }
    }

    #[test]
    fn a_square_is_the_least_above(r in any::<i128>(), shift in 0u32..128) {
        let r = Q64Signed(r >> shift);
        let square = q64(r.0) * q64(r.0);
        let measured = squared(r);
        prop_assert!(exact(measured) >= square || measured == Variance::MAX);
        if measured > Variance::FLOOR && measured < Variance::MAX {
            // Rounded up twice, to 2^-64 and to 2^-56.
            prop_assert!(exact(Variance(measured.0 - 1)) < square + scaled(1, -64));
        }
    }

    #[test]
    fn forecasts_are_the_weighted_sum_rounded_up(
        h in variance(), x in variance(), mean in variance(),
        a in 0u16..=10_000, b in 0u16..=10_000, c in any::<u16>(), n in 1u32..,
    ) {
        let [wide_a, wide_b, wide_c] = [a, b, c].map(u128::from);
        prop_assert_eq!(ewma(h, x, a), up(wide_a * wide(h) + (10_000 - wide_a) * wide(x), 10_000));
        let rest = 10_000u128.saturating_sub(wide_a + wide_b);
        prop_assert_eq!(garch(h, x, mean, a, b), up(rest * wide(mean) + wide_a * wide(x) + wide_b * wide(h), 10_000));
        prop_assert_eq!(har(h, x, mean, [a, b, c]), up(wide_a * wide(h) + wide_b * wide(x) + wide_c * wide(mean), 10_000));
        prop_assert_eq!(running_mean(mean, x, n), up(wide(mean) * u128::from(n - 1) + wide(x), n.into()));
    }

    #[test]
    fn an_average_stays_between_its_terms(h in variance(), x in variance(), mean in variance(), a in 0u16.., n in any::<u32>()) {
        let (least, largest) = (h.min(x), h.max(x));
        for average in [ewma(h, x, a), running_mean(h, x, n)] {
            prop_assert!(least <= average && average <= largest, "{average:?} of {h:?} and {x:?}");
        }
        let a = a.min(10_000);
        let average = garch(h, x, mean, a, 10_000 - a);
        prop_assert!(least <= average && average <= largest);
    }

    /// Nothing is lowered by a larger measurement.
    #[test]
    fn all_are_monotone(h in variance(), more in variance(), x in variance(), a in 0u16..=10_000, days in any::<u32>()) {
        let larger = h.max(more);
        let (h, x) = (h.min(more), x);
        prop_assert!(ewma(h, x, a) <= ewma(larger, x, a) && ewma(x, h, a) <= ewma(x, larger, a));
        prop_assert!(garch(h, x, h, a, a) <= garch(larger, x, larger, a, a));
        prop_assert!(har(h, x, h, [a; 3]) <= har(larger, x, larger, [a; 3]));
        prop_assert!(clamp_square(x, h, a).0 <= clamp_square(x, larger, a).0);
        prop_assert!(scale_horizon(h, days) <= scale_horizon(larger, days));
        prop_assert!(h.per_day(days) <= larger.per_day(days) && h.per_day(days) >= h.per_day(days.saturating_add(1)));
        prop_assert!(h.deviation_down() <= larger.deviation_down() && h.deviation_up() <= larger.deviation_up());
    }

    #[test]
    fn a_jump_is_what_exceeds_the_limit(x in variance(), h in variance(), tenths in 0u16..) {
        let limit = up(u128::from(tenths) * u128::from(tenths) * wide(h), 100);
        prop_assert_eq!(clamp_square(x, h, tenths), (x.min(limit), x > limit));
    }

    #[test]
    fn a_deviation_is_the_root(h in variance()) {
        let root = reference::sqrt(&exact(h));
        let (down, up) = (h.deviation_down(), h.deviation_up());
        prop_assert!(q64(down.0) <= root && root <= q64(up.0));
        prop_assert!(up.0 - down.0 <= 16);
    }

    #[test]
    fn a_horizon_multiplies_and_a_day_divides(h in variance(), days in 1u32..) {
        let long = scale_horizon(h, days);
        prop_assert_eq!(u128::from(long.0), (wide(h) * u128::from(days)).min(u64::MAX.into()));
        prop_assert_eq!(h.per_day(days), up(wide(h), days.into()));
        if long < Variance::MAX {
            prop_assert_eq!(long.per_day(days), h);
        }
    }

    #[test]
    fn a_mean_is_rounded_up(values in prop::collection::vec(variance(), 0..30)) {
        let sum = values.iter().copied().map(wide).sum::<u128>();
        let expected = (!values.is_empty()).then(|| up(sum, values.len() as u128));
        prop_assert_eq!(mean(values), expected);
    }

    #[test]
    fn fixed_point_converts_both_ways(value in any::<u128>(), shift in 0u32..128) {
        let value = Q64(value >> shift);
        let (down, up) = (Variance::from_q64_down(value), Variance::from_q64_up(value));
        prop_assert!(down >= Variance::FLOOR && up >= down && up.0 - down.0 <= 1);
        if down > Variance::FLOOR && up < Variance::MAX {
            prop_assert!(down.to_q64() <= value && value <= up.to_q64());
        }
        prop_assert_eq!(Variance::from_q64_down(down.to_q64()), down);
        prop_assert_eq!(Variance::from_q64_up(up.to_q64()), up);
    }
}

#[test]
fn prices_must_exist_and_be_ordered() {
    assert_eq!(log_return(0, 1), Err(MathError::Domain));
    assert_eq!(log_return(1, 0), Err(MathError::Domain));
    assert_eq!(log_return(0, 0), Err(MathError::Domain));
    assert_eq!(parkinson(1, 0), Err(MathError::Domain));
    assert_eq!(parkinson(0, 0), Err(MathError::Domain));
    assert_eq!(parkinson(99, 100), Err(MathError::Domain));
}

#[test]
fn the_edges_are_cut_not_wrapped() {
    let (floor, most) = (Variance::FLOOR, Variance::MAX);
    assert_eq!(log_return(7, 7), Ok(Q64Signed::ZERO));
    // ln(2^64 - 1) = 44.36.
    assert_eq!(log_return(u64::MAX, 1).unwrap().to_int_down(), 44);
    assert_eq!(log_return(1, u64::MAX).unwrap().to_int_down(), -45);
    assert_eq!(parkinson(5, 5), Ok(floor));
    assert_eq!(parkinson(u64::MAX, 1), Ok(most));
    assert_eq!(squared(Q64Signed::ZERO), floor);
    assert_eq!(squared(Q64Signed::MIN), most);
    assert_eq!(squared(Q64Signed::ONE), Variance(1 << 56));
    assert_eq!(ewma(most, most, 0), most);
    assert_eq!(ewma(floor, floor, u16::MAX), floor);
    assert_eq!(garch(most, most, most, u16::MAX, u16::MAX), most);
    assert_eq!(garch(floor, floor, floor, 0, 0), floor);
    assert_eq!(har(most, most, most, [u16::MAX; 3]), most);
    assert_eq!(har(most, most, most, [0; 3]), floor);
    assert_eq!(running_mean(most, most, u32::MAX), most);
    assert_eq!(running_mean(most, floor, 0), floor);
    assert_eq!(running_mean(most, floor, 1), floor);
    assert_eq!(clamp_square(most, most, u16::MAX), (most, false));
    assert_eq!(clamp_square(most, most, 0), (floor, true));
    assert_eq!(clamp_square(floor, floor, 0), (floor, false));
    assert_eq!(scale_horizon(most, 2), most);
    assert_eq!(scale_horizon(floor, 0), floor);
    assert_eq!(floor.per_day(0), floor);
    assert_eq!(floor.per_day(u32::MAX), floor);
    assert_eq!(most.deviation_up(), Q64(16 << 64));
    assert_eq!(Variance(1 << 54).deviation_up(), Q64(1 << 63));
    assert_eq!(Variance(1 << 54).deviation_down(), Q64(1 << 63));
    assert_eq!(Variance::default(), floor);
    assert_eq!(mean([]), None);
    assert!(floor.0 as f64 / 2f64.powi(56) >= 1e-9 && (floor.0 - 1) as f64 / 2f64.powi(56) < 1e-9);
    assert!(Variance::PROXY_FLOOR.0 as f64 / 2f64.powi(56) >= 1e-8);
}

/// 120 over 100 in a day: ln 1.2 = 0.1823215567939546, its square over 4 ln 2 is 0.011989210590497538.
#[test]
fn a_range_of_a_fifth() {
    let measured = exact(parkinson(120, 100).unwrap());
    let by_hand = ratio(11_989_210_590_497_538, 1_000_000_000_000_000_000);
    assert!(abs(measured - by_hand) < ratio(1, 1_000_000_000_000_000));
}
