//! The normal distribution against 96 digits, and a textbook example.

mod reference;

use dashu_int::IBig;
use gimbal_math::functions::sqrt_down;
use gimbal_math::normal::*;
use gimbal_math::{MathError, Q64Signed, Q64};
use proptest::prelude::*;
use reference::{decimal, int, q64, ratio, scaled, ulps, Normal};

fn argument() -> impl Strategy<Value = Q64Signed> {
    prop_oneof![-11i128 << 64..11i128 << 64, -3i128 << 64..3i128 << 64, any::<i128>()].prop_map(Q64Signed)
}

fn probability() -> impl Strategy<Value = Q64> {
    (1u64.., 0u32..64, any::<bool>()).prop_map(|(value, shift, upper)| {
        let p = (value >> shift).max(1);
        Q64(if upper { (1 << 64) - u128::from(p) } else { p.into() })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn the_density_is_within_two_ulps(x in argument()) {
        let near = x.0.clamp(-20 << 64, 20 << 64);
        let error = ulps(pdf(x).0, &Normal::new().pdf(&q64(near)));
        prop_assert!(error <= int(2), "{} ulps", decimal(&error));
    }

    #[test]
    fn the_distribution_is_within_two_ulps(x in argument()) {
        let near = x.0.clamp(-11 << 64, 11 << 64);
        let error = ulps(cdf(x).0, &Normal::new().cdf(&q64(near)));
        prop_assert!(error <= int(2), "{} ulps", decimal(&error));
    }

    #[test]
    fn the_distribution_is_symmetric_and_monotone(x in argument(), y in argument()) {
        prop_assume!(x.0 != i128::MIN && y.0 != i128::MIN);
        prop_assert_eq!(cdf(x).0 + cdf(x.neg().unwrap()).0, 1 << 64);
        let (less, more) = (x.min(y), x.max(y));
        prop_assert!(cdf(less).0 <= cdf(more).0 + 4);
        prop_assert_eq!(pdf(x), pdf(x.neg().unwrap()));
    }

    #[test]
    fn the_quantile_is_within_its_bound(p in probability()) {
        let result = quantile(p).unwrap();
        let exact = Normal::new().quantile(&q64(p.0), q64(result.0));
        let error = ulps(result.0, &exact) * scaled(1, -64);
        let tail = p.0.min((1 << 64) - p.0);
        let bound = if tail >= (1 << 64) / 100_000_000 { ratio(20, 100_000_000) } else { ratio(50, 100_000_000) } / int(1_000_000_000);
        prop_assert!(error <= bound, "{} at {}", decimal(&error), decimal(&exact));
    }

    #[test]
    fn the_quantile_is_antisymmetric_and_ordered(p in probability(), q in probability()) {
        let mirrored = quantile(Q64((1 << 64) - p.0)).unwrap();
        prop_assert_eq!(mirrored.neg(), quantile(p));
        let (less, more) = (p.min(q), p.max(q));
        // Twice the error bound, 10^-15, in units of 2^-64.
        prop_assert!(quantile(less).unwrap().0 <= quantile(more).unwrap().0 + 18_447);
    }
}

/// Every coefficient of the table, from the reference's own tail and derivatives.
#[test]
fn the_table_is_the_expansion_of_the_tail() {
    let normal = Normal::new();
    for (index, row) in UPPER_TAIL.iter().enumerate() {
        let midpoint = ratio(2 * index as i64 + 1, 8);
        let tail = int(1) - normal.cdf(&midpoint);
        assert!(ulps(row.value, &tail) <= ratio(1, 2), "value of row {index}");

        // a(n), the Taylor coefficients of the density.
        let mut previous = int(0);
        let mut current = normal.pdf(&midpoint);
        let mut power = int(1);
        for (n, coefficient) in row.coefficients.iter().enumerate() {
            let n = n as i64;
            power /= int(8);
            let exact = -(current.clone() * power.clone()) / int(n + 1);
            let error = ulps(*coefficient, &(exact * int(8)));
            assert!(error <= ratio(1, 2), "coefficient {} of row {index}", n + 1);
            let next = -(midpoint.clone() * current.clone() + previous) / int(n + 1);
            previous = current;
            current = next;
        }
    }
}

#[test]
fn the_seams_keep_the_bounds() {
    let normal = Normal::new();
    for seam in -41i128..=41 {
        for x in [-1, 0, 1].map(|beside| (seam << 62) + beside) {
            let error = ulps(cdf(Q64Signed(x)).0, &normal.cdf(&q64(x)));
            assert!(error <= int(2), "at {seam}/4: {} ulps", decimal(&error));
        }
    }
    // p = ½ ± 0.425 and e^-25, where the approximations meet.
    for p in [1_383_505_805_528_216_371u128, 256_196_920, 1, (1 << 63) - 1, 1 << 63] {
        for p in [p - 1, p, p + 1].into_iter().filter(|p| *p > 0) {
            let result = quantile(Q64(p)).unwrap();
            let error = ulps(result.0, &normal.quantile(&q64(p), q64(result.0))) * scaled(1, -64);
            assert!(error <= ratio(5, 10_000_000) / int(1_000_000_000), "at {p}: {}", decimal(&error));
        }
    }
}

#[test]
fn the_edges_are_exact_or_named() {
    assert_eq!(cdf(Q64Signed::ZERO), Q64(1 << 63));
    assert_eq!(cdf(Q64Signed::MIN), Q64::ZERO);
    assert_eq!(cdf(Q64Signed::MAX), Q64::ONE);
    assert_eq!(pdf(Q64Signed::MIN), Q64::ZERO);
    assert_eq!(quantile(Q64(1 << 63)), Ok(Q64Signed::ZERO));
    assert_eq!(quantile(Q64::ZERO), Err(MathError::Domain));
    assert_eq!(quantile(Q64::ONE), Err(MathError::Domain));
    assert_eq!(quantile(Q64::MAX), Err(MathError::Domain));
}

fn signed(numerator: i128, denominator: i128) -> Q64Signed {
    Q64Signed::from_ratio_down(numerator, denominator).unwrap()
}

fn times(a: Q64Signed, b: Q64Signed) -> Q64Signed {
    a.mul_down(b).unwrap()
}

fn root(x: Q64Signed) -> Q64Signed {
    sqrt_down(x.to_unsigned().unwrap()).to_signed().unwrap()
}

/// Whether `x` rounds to `expected` in units of 1/`denominator`.
fn assert_rounds_to(x: Q64Signed, expected: i128, denominator: i128) {
    let rounded = times(x, Q64Signed::from_int(denominator as i64)).checked_add(signed(1, 2)).unwrap().to_int_down();
    assert_eq!(IBig::from(rounded), IBig::from(expected));
}

/// Hull: two assets, ten days, 99%: √(200,000² + 50,000² + 2 · 0.3 · 200,000 · 50,000) · √10 · 2.33, in dollars.
#[test]
fn hull_value_at_risk() {
    let variance = Q64Signed::from_int(40_000_000_000 + 2_500_000_000 + 6_000_000_000);
    let value = times(times(root(variance), root(Q64Signed::from_int(10))), signed(233, 100));
    assert_rounds_to(value, 1_622_657, 1);
    let z = quantile(Q64::from_ratio_down(99, 100).unwrap()).unwrap();
    assert_rounds_to(z, 23_263, 10_000);
}
