//! Square root, logarithm, exponential and power against 96 digits.

mod reference;

use dashu_int::UBig;
use gimbal_math::functions::*;
use gimbal_math::{MathError, Q64Signed, Q64};
use proptest::prelude::*;
use reference::{decimal, int, q64, scaled, ulps};

/// Numbers of every magnitude.
fn any_q64() -> impl Strategy<Value = Q64> {
    (any::<u128>(), 0u32..128).prop_map(|(value, shift)| Q64(value >> shift))
}

/// Numbers around one, where a logarithm's error is most easily seen.
fn around_one() -> impl Strategy<Value = Q64> {
    (any::<i64>(), 0u32..63).prop_map(|(value, shift)| Q64((1i128 << 64).wrapping_add((value >> shift).into()) as u128))
}

fn exponent() -> impl Strategy<Value = Q64Signed> {
    let limit = 47i128 << 64;
    prop_oneof![-limit..limit, -1i128 << 64..1 << 64, (any::<i64>(), 0u32..63).prop_map(|(v, s)| (v >> s).into())]
        .prop_map(Q64Signed)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn the_root_is_the_greatest_below(x in any_q64()) {
        let root = UBig::from(sqrt_down(x).0);
        let square = UBig::from(x.0) << 64;
        prop_assert!(&root * &root <= square);
        prop_assert!((&root + UBig::ONE) * (&root + UBig::ONE) > square);
    }

    #[test]
    fn the_logarithm_is_within_two_ulps(x in prop_oneof![any_q64(), around_one()]) {
        prop_assume!(x.0 != 0);
        let error = ulps(ln(x).unwrap().0, &q64(x.0).ln());
        prop_assert!(error <= int(2), "{} ulps", decimal(&error));
    }

    #[test]
    fn the_exponential_is_within_its_bound(x in exponent()) {
        let exact = q64(x.0).exp();
        match exp(x) {
            Ok(result) => {
                let error = ulps(result.0, &exact);
                prop_assert!(error <= int(1) + exact, "{} ulps", decimal(&error));
            }
            Err(error) => {
                prop_assert_eq!(error, MathError::Overflow);
                prop_assert!(exact >= int(u64::MAX));
            }
        }
    }

    #[test]
    fn a_power_is_within_its_bound(base in prop_oneof![any_q64(), around_one()], y in exponent(), shift in 0u32..70) {
        prop_assume!(base.0 != 0);
        let y = Q64Signed(y.0 >> shift);
        let exact = (q64(base.0).ln() * q64(y.0)).exp();
        match pow(base, y) {
            Ok(result) => {
                let error = ulps(result.0, &exact);
                // 1 ulp, and 2^-63 (|y| + 1) of the result.
                let bound = int(1) + int(2) * (q64(y.abs().0) + int(1)) * exact;
                prop_assert!(error <= bound, "{} ulps of {}", decimal(&error), decimal(&bound));
            }
            Err(error) => {
                prop_assert_eq!(error, MathError::Overflow);
                prop_assert!(exact * (int(1) + scaled(1, -50)) >= scaled(1, 64));
            }
        }
    }

    /// Numbers farther apart than the error bounds keep their order.
    #[test]
    fn all_are_monotone(x in any_q64(), y in any_q64(), a in exponent(), b in exponent()) {
        let (less, more) = (x.min(y), x.max(y));
        prop_assert!(sqrt_down(less) <= sqrt_down(more));
        prop_assume!(less.0 != 0);
        prop_assert!(ln(less).unwrap().0 <= ln(more).unwrap().0 + 4);
        let (less, more) = (exp(a.min(b)), exp(a.max(b)));
        match (less, more) {
            (Ok(less), Ok(more)) => prop_assert!(less.0 <= more.0.saturating_add(2 + (more.0 >> 63))),
            (less, more) => prop_assert!(more.is_err(), "{less:?} {more:?}"),
        }
    }

    #[test]
    fn the_logarithm_undoes_the_exponential(x in -10i128 << 64..20i128 << 64) {
        let result = ln(exp(Q64Signed(x)).unwrap()).unwrap();
        // At -10 an ulp of the exponential is e^10 ulps of the logarithm.
        prop_assert!((result.0 - x).unsigned_abs() <= 50_000, "{}", result.0 - x);
    }
}

#[test]
fn the_edges_are_exact_or_named() {
    assert_eq!(sqrt_down(Q64::ZERO), Q64::ZERO);
    assert_eq!(sqrt_down(Q64::from_int(9)), Q64::from_int(3));
    assert_eq!(sqrt_down(Q64::MAX).to_int_down(), u64::from(u32::MAX));
    assert_eq!(ln(Q64::ZERO), Err(MathError::Domain));
    assert_eq!(ln(Q64::ONE), Ok(Q64Signed::ZERO));
    assert_eq!(exp(Q64Signed::ZERO), Ok(Q64::ONE));
    assert_eq!(exp(Q64Signed::MIN), Ok(Q64::ZERO));
    assert_eq!(exp(Q64Signed::from_int(-46)), Ok(Q64::ZERO));
    assert_eq!(exp(Q64Signed::from_int(45)), Err(MathError::Overflow));
    assert_eq!(exp(Q64Signed::MAX), Err(MathError::Overflow));
    assert_eq!(pow(Q64::ZERO, Q64Signed::ZERO), Ok(Q64::ONE));
    assert_eq!(pow(Q64::ZERO, Q64Signed::ONE), Ok(Q64::ZERO));
    assert_eq!(pow(Q64::ZERO, Q64Signed::from_int(-1)), Err(MathError::Domain));
    assert_eq!(pow(Q64::ONE, Q64Signed::MIN), Ok(Q64::ONE));
    assert_eq!(pow(Q64::MAX, Q64Signed::MIN), Ok(Q64::ZERO));
    assert_eq!(pow(Q64(1), Q64Signed::MAX), Ok(Q64::ZERO));
    assert_eq!(pow(Q64(1), Q64Signed::MIN), Err(MathError::Overflow));
}

/// The least and greatest arguments, every power of two, and both sides of the reductions' seams.
#[test]
fn the_seams_keep_the_bounds() {
    for k in 0..128 {
        for raw in [(1u128 << k).wrapping_sub(1), 1 << k, (1u128 << k) + 1, (13_043_817_825_332_782_212u128 << 64) >> k]
        {
            if raw != 0 {
                let error = ulps(ln(Q64(raw)).unwrap().0, &q64(raw).ln());
                assert!(error <= int(2), "ln of {raw}: {} ulps", decimal(&error));
            }
        }
    }
    // n · ln 2 / 16 in units of 2^-64, from twenty more places.
    for n in -1_024i128..1_024 {
        let seam = (n * 52_372_720_210_750_077_582_494) >> 16;
        for x in [seam - 1, seam, seam + 1, seam + 2] {
            let exact = q64(x).exp();
            let error = ulps(exp(Q64Signed(x)).unwrap().0, &exact);
            assert!(error <= int(1) + exact, "exp of {x}: {} ulps", decimal(&error));
        }
    }
}

/// Tick 1 of a concentrated-liquidity pool: √1.0001 in Q64.64, as Orca Whirlpools has it.
#[test]
fn the_first_tick() {
    let base = Q64::from_ratio_down(10_001, 10_000).unwrap();
    assert_eq!(sqrt_down(base), Q64(18_447_666_387_855_959_850));
    let power = pow(base, Q64Signed(1 << 63)).unwrap();
    assert!(power.0.abs_diff(18_447_666_387_855_959_850) <= 3);
}
