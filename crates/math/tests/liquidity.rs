//! Concentrated liquidity: known pools, 96 digits, finite differences, order and edges.

mod reference;

use dashu_int::UBig;
use gimbal_math::position::liquidity::{moved_down, sqrt_price_down, Amounts, Range};
use gimbal_math::{MathError, Price, Q64};
use proptest::prelude::*;
use reference::liquidity::Position;
use reference::{abs, decimal, int, q64, ratio, scaled, sqrt, ulps, Real};

fn root(x: u64) -> Q64 {
    Q64::from_int(x)
}

/// L = 6,000 between prices of 4 and 36. At 9: A is 6000 · (1/3 − 1/6) = 1,000 and B 6000 · (3 − 2) = 6,000; the value is
/// 9 · 1,000 + 6,000, P·Δ is 9,000 and P²·Γ is −6000 · 3/2.
#[test]
fn a_position_worked_by_hand() {
    let range = Range::new(6_000, root(2), root(6)).unwrap();
    assert_eq!(range.amounts_down(root(3)), Ok(Amounts { a: 1_000, b: 6_000 }));
    assert_eq!(range.value_down(root(3)), Ok(15_000));
    assert_eq!(range.value_up(root(3)), Ok(15_000));
    assert_eq!(range.dollar_delta_up(root(3)), Ok(9_000));
    assert_eq!(range.dollar_gamma_down(root(3)), Ok(-9_000));
    // Below, all A: 6000 · (1/2 − 1/6) = 2,000, worth 1 each at 1.
    assert_eq!(range.amounts_down(root(1)), Ok(Amounts { a: 2_000, b: 0 }));
    assert_eq!(range.value_down(root(1)), Ok(2_000));
    assert_eq!(range.dollar_delta_up(root(1)), Ok(2_000));
    assert_eq!(range.dollar_gamma_down(root(1)), Ok(0));
    assert_eq!(range.value_down(Q64::ZERO), Ok(0));
    // Above, all B: 6000 · (6 − 2).
    for above in [root(6), root(7), Q64::MAX] {
        assert_eq!(range.amounts_down(above), Ok(Amounts { a: 0, b: 24_000 }));
        assert_eq!(range.value_down(above), Ok(24_000));
        assert_eq!(range.dollar_delta_up(above), Ok(0));
    }
    assert_eq!(range.dollar_gamma_down(root(6)), Ok(-18_000));
    assert_eq!(range.dollar_gamma_down(root(7)), Ok(0));
}

/// Uniswap v3's range orders of a stable pair: √0.99 to √1.01 with L = 10^12 at 1 holds nearly 5 · 10^9 of each.
/// By mpmath: 10^12 (1 − 1/√1.01) = 4,962,809,790.01 and 10^12 (1 − √0.99) = 5,012,562,893.38.
#[test]
fn a_narrow_range() {
    let edge = |hundredths| gimbal_math::functions::sqrt_down(Q64::from_ratio_down(hundredths, 100).unwrap());
    let range = Range::new(1_000_000_000_000, edge(99), edge(101)).unwrap();
    assert_eq!(range.amounts_down(Q64::ONE), Ok(Amounts { a: 4_962_809_790, b: 5_012_562_893 }));
    assert_eq!(range.value_down(Q64::ONE), Ok(9_975_372_683));
    assert_eq!(range.dollar_gamma_down(Q64::ONE), Ok(-500_000_000_000));
}

/// SOL (9 decimals) at 150 dollars in USDC (6 decimals) at one: P = 0.15, √P · 2^64 = 7,144,393,258,922,745,604.7 by mpmath.
#[test]
fn roots_of_prices() {
    let dollars = |x: u64| Price(x * Price::SCALE);
    assert_eq!(sqrt_price_down(dollars(150), 9, dollars(1), 6), Ok(Q64(7_144_393_258_922_745_604)));
    assert_eq!(sqrt_price_down(dollars(9), 6, dollars(1), 6), Ok(root(3)));
    assert_eq!(sqrt_price_down(Price(0), 6, dollars(1), 6), Ok(Q64::ZERO));
    assert_eq!(sqrt_price_down(dollars(1), 6, Price(0), 6), Err(MathError::DivisionByZero));
    assert_eq!(sqrt_price_down(dollars(1), 20, dollars(1), 6), Err(MathError::Domain));
    // The widest ratio, 2^64 · 10^19, has a root below 2^64.
    assert!(sqrt_price_down(Price::MAX, 0, Price(1), 19).is_ok());
    assert_eq!(moved_down(root(3), 0), Ok(root(3)));
    assert_eq!(moved_down(root(3), 30_000), Ok(root(6)));
    assert_eq!(moved_down(root(3), -7_500), Ok(Q64(3 << 63)));
    assert_eq!(moved_down(root(3), -10_000), Ok(Q64::ZERO));
    assert_eq!(moved_down(root(3), -10_001), Err(MathError::Domain));
    assert_eq!(moved_down(Q64::MAX, 1), Err(MathError::Overflow));
}

#[test]
fn what_is_no_range_or_does_not_fit_is_named() {
    for (lower, upper) in [(0, 1), (0, 0), (2, 2), (3, 2)] {
        assert_eq!(Range::new(1, root(lower), root(upper)), Err(MathError::Domain));
        let range = Range { liquidity: 1, lower: root(lower), upper: root(upper) };
        assert_eq!(range.amounts_down(root(1)), Err(MathError::Domain));
        assert_eq!(range.value_down(root(1)), Err(MathError::Domain));
        assert_eq!(range.value_up(root(1)), Err(MathError::Domain));
        assert_eq!(range.dollar_delta_up(root(1)), Err(MathError::Domain));
        assert_eq!(range.dollar_gamma_down(root(1)), Err(MathError::Domain));
    }
    let huge = Range::new(u128::MAX, root(1), root(1 << 40)).unwrap();
    assert_eq!(huge.amounts_down(root(2)), Err(MathError::Overflow));
    assert_eq!(huge.value_down(root(2)), Err(MathError::Overflow));
    // At 2^-128 it is worth 2^-128 · 2^128 · (1 − 2^-40).
    assert_eq!((huge.value_down(Q64(1)), huge.value_up(Q64(1))), (Ok(0), Ok(1)));
    assert_eq!(huge.dollar_delta_up(root(2)), Err(MathError::Overflow));
    assert_eq!(huge.dollar_gamma_down(root(2)), Err(MathError::Overflow));
    let empty = Range::new(0, root(1), root(2)).unwrap();
    assert_eq!(empty.amounts_down(root(1)), Ok(Amounts::default()));
    assert_eq!(empty.value_up(root(1)), Ok(0));
    assert_eq!(empty.dollar_gamma_down(root(1)), Ok(0));
}

/// Square roots of prices of every magnitude.
fn any_root() -> impl Strategy<Value = Q64> {
    (any::<u128>(), 0u32..128).prop_map(|(value, shift)| Q64(value >> shift))
}

/// Around one another, so that prices fall below, into and above the range.
fn neighbours() -> impl Strategy<Value = (Range, Q64)> {
    let beside = || (1u64 << 30..1 << 34).prop_map(u128::from);
    (beside(), beside(), beside(), 0u32..50, any::<u128>(), 48u32..128).prop_filter_map(
        "an empty range",
        |(a, b, root, scale, liquidity, shift)| {
            let [a, b, root] = [a, b, root].map(|root| Q64(root << scale));
            Some((Range::new(liquidity >> shift, a.min(b), a.max(b)).ok()?, root))
        },
    )
}

fn exact(range: &Range) -> Position {
    Position { liquidity: int(range.liquidity), lower: q64(range.lower.0), upper: q64(range.upper.0) }
}

/// Whether `result` is the exact number, rounded in the direction of `sign` by less than `units`.
/// The slack is for the reference's own rounding and differences.
fn rounded(result: impl Into<dashu_int::IBig>, exact: &Real, value: &Real, sign: i64, units: i64) -> bool {
    let beyond = (int(result) - exact.clone()) * int(sign);
    let slack = (abs(value.clone()) + int(1)) * scaled(1, -90);
    beyond >= -slack.clone() && beyond < int(units) + slack
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_048))]

    /// L(b − c)·2^64/(b·c) and L(c − a)/2^64 in integers.
    #[test]
    fn amounts_are_exact_rounded_down((range, root) in neighbours()) {
        let [lower, upper] = [range.lower, range.upper].map(|root| UBig::from(root.0));
        let limited = UBig::from(root.clamp(range.lower, range.upper).0);
        let liquidity = UBig::from(range.liquidity);
        let a = u64::try_from(((&liquidity * (&upper - &limited)) << 64) / (&upper * &limited));
        let b = u64::try_from((liquidity * (limited - lower)) >> 64);
        match (a, b) {
            (Ok(a), Ok(b)) => prop_assert_eq!(range.amounts_down(root), Ok(Amounts { a, b })),
            _ => prop_assert_eq!(range.amounts_down(root), Err(MathError::Overflow)),
        }
    }

    #[test]
    fn values_enclose_the_exact_one((range, root) in neighbours()) {
        let value = exact(&range).value(&q64(root.0));
        match (range.value_down(root), range.value_up(root)) {
            (Ok(down), Ok(up)) => {
                prop_assert!(rounded(down, &value, &value, -1, 3), "{down} for {}", decimal(&value));
                prop_assert!(rounded(up, &value, &value, 1, 3), "{up} for {}", decimal(&value));
            }
            (_, Err(error)) => {
                prop_assert_eq!(error, MathError::Overflow);
                prop_assert!(value + int(3) > int(u64::MAX));
            }
            (Err(error), Ok(_)) => prop_assert!(false, "only the lower bound failed: {error}"),
        }
    }

    /// Delta and gamma against central differences of the exact value.
    #[test]
    fn delta_and_gamma_are_derivatives_of_the_value((range, root) in neighbours()) {
        prop_assume!(root != range.lower && root != range.upper);
        let value = exact(&range).value(&q64(root.0));
        let (delta, gamma) = exact(&range).dollar_derivatives(&q64(root.0));
        match range.dollar_delta_up(root) {
            Ok(result) => prop_assert!(rounded(result, &delta, &value, 1, 3), "{result} for {}", decimal(&delta)),
            Err(_) => prop_assert!(delta + int(3) > int(u64::MAX)),
        }
        match range.dollar_gamma_down(root) {
            Ok(result) => prop_assert!(rounded(result, &gamma, &value, -1, 1), "{result} for {}", decimal(&gamma)),
            Err(_) => prop_assert!(gamma < int(i64::MIN) + int(2)),
        }
    }

    /// A higher price never makes the position worth less, holds no more of A and no less of B; more liquidity is more.
    #[test]
    fn all_are_monotone((range, root) in neighbours(), other in 1u64 << 30..1 << 34, more in any::<u64>()) {
        let other = Q64(u128::from(other) << (root.0.leading_zeros().abs_diff(94) / 2));
        let (low, high) = (root.min(other), root.max(other));
        if let (Ok(before), Ok(after)) = (range.amounts_down(low), range.amounts_down(high)) {
            prop_assert!(after.a <= before.a && after.b >= before.b);
        }
        if let (Ok(before), Ok(after)) = (range.value_down(low), range.value_up(high)) {
            prop_assert!(before <= after);
        }
        let larger = Range { liquidity: range.liquidity.saturating_add(more.into()), ..range };
        if let (Ok(before), Ok(after)) = (range.value_down(root), larger.value_down(root)) {
            prop_assert!(before <= after);
        }
    }

    /// Anything that fits the types gives a result or a named error, and the bounds keep their order.
    #[test]
    fn the_widest_inputs_do_not_panic(liquidity in any::<u128>(), shift in 0u32..128, a in any_root(), b in any_root(), root in any_root()) {
        let range = Range { liquidity: liquidity >> shift, lower: a.min(b), upper: a.max(b) };
        if let (Ok(down), Ok(up)) = (range.value_down(root), range.value_up(root)) {
            prop_assert!(down <= up);
            prop_assert!(range.dollar_delta_up(root).unwrap() <= up);
        }
        if let Ok(gamma) = range.dollar_gamma_down(root) {
            prop_assert!(gamma <= 0);
        }
        let named = matches!(range.amounts_down(root), Ok(_) | Err(MathError::Overflow | MathError::Domain));
        prop_assert!(named);
    }

    #[test]
    fn roots_of_prices_are_exact_rounded_down(a in any::<u64>(), b in 1u64.., shift in 0u32..64, da in 0u8..=19, db in 0u8..=19) {
        let (a, b) = (a >> shift, (b >> (shift / 2)).max(1));
        let root = sqrt_price_down(Price(a), da, Price(b), db).unwrap();
        let power = |decimals: u8| UBig::from(10u8).pow(decimals.into());
        let (numerator, denominator) = ((UBig::from(a) * power(db)) << 128, UBig::from(b) * power(da));
        let root = UBig::from(root.0);
        prop_assert!(&root * &root * &denominator <= numerator);
        prop_assert!((&root + UBig::ONE) * (&root + UBig::ONE) * denominator > numerator);
    }

    #[test]
    fn a_moved_root_is_within_its_bound(start in any_root(), bps in -10_000i32..=1_000_000) {
        let exact = q64(start.0) * sqrt(&ratio(10_000 + i64::from(bps), 10_000));
        match moved_down(start, bps) {
            Ok(root) => {
                prop_assert!(q64(root.0) <= exact);
                prop_assert!(ulps(root.0, &exact) < int(1) + q64(start.0) / int(100) + scaled(1, -90));
            }
            Err(error) => {
                prop_assert_eq!(error, MathError::Overflow);
                prop_assert!(exact >= scaled(1, 64) - int(1));
            }
        }
    }
}
