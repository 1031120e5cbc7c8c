//! Products divided, shifted and rooted, against integers of any size.

use dashu_int::UBig;
use gimbal_math::muldiv::*;
use gimbal_math::MathError;
use proptest::prelude::*;

/// Numbers of every magnitude, with the limbs that division algorithms get wrong.
fn any_u128() -> impl Strategy<Value = u128> {
    let limb = prop_oneof![
        any::<u64>(),
        Just(0),
        Just(1),
        Just(u64::MAX),
        Just(u64::MAX - 1),
        Just(1 << 63),
        Just((1 << 63) - 1),
        Just(u64::from(u32::MAX)),
        Just(1 << 32),
        Just(u64::MAX << 32),
    ];
    let limbs = (limb.clone(), limb).prop_map(|(high, low)| (u128::from(high) << 64) | u128::from(low));
    prop_oneof![limbs, (any::<u128>(), 0u32..128).prop_map(|(value, shift)| value >> shift)]
}

fn any_u64() -> impl Strategy<Value = u64> {
    any_u128().prop_map(|value| value as u64)
}

fn floor(n: UBig, d: impl Into<UBig>) -> UBig {
    n / d.into()
}

fn ceil(n: UBig, d: impl Into<UBig>) -> UBig {
    let d = d.into();
    (n + &d - UBig::ONE) / d
}

/// The exact result if it fits, else the named error.
fn expect<T: TryFrom<UBig>>(exact: UBig) -> Result<T, MathError> {
    T::try_from(exact).map_err(|_| MathError::Overflow)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn u64_product_over_divisor_is_exact(a in any_u64(), b in any_u64(), d in any_u64()) {
        prop_assume!(d != 0);
        let product = UBig::from(a) * UBig::from(b);
        prop_assert_eq!(mul_div_down(a, b, d), expect(floor(product.clone(), d)));
        prop_assert_eq!(mul_div_up(a, b, d), expect(ceil(product, d)));
    }

    #[test]
    fn u128_product_over_divisor_is_exact(a in any_u128(), b in any_u128(), d in any_u128()) {
        prop_assume!(d != 0);
        let product = UBig::from(a) * UBig::from(b);
        prop_assert_eq!(mul_div_u128_down(a, b, d), expect(floor(product.clone(), d)));
        prop_assert_eq!(mul_div_u128_up(a, b, d), expect(ceil(product, d)));
    }

    /// Quotients that just fit, where the estimate of a digit is most often wrong.
    #[test]
    fn u128_quotients_near_the_limit_are_exact(q in any_u128(), d in any_u128(), less in any_u128()) {
        prop_assume!(d != 0);
        // a · b / d with b = d is a; perturbing b by less than d leaves a quotient near a.
        let b = d - less % d;
        let product = UBig::from(q) * UBig::from(b);
        prop_assert_eq!(mul_div_u128_down(q, b, d), expect(floor(product.clone(), d)));
        prop_assert_eq!(mul_div_u128_up(q, b, d), expect(ceil(product, d)));
    }

    #[test]
    fn plain_division_is_exact(n in any_u128(), d in any_u128()) {
        prop_assume!(d != 0);
        prop_assert_eq!(div_u128_down(n, d), Ok(n / d));
        prop_assert_eq!(div_u128_up(n, d), Ok(n.div_ceil(d)));
    }

    #[test]
    fn shifted_product_is_exact(a in any_u128(), b in any_u128(), shift in 0u32..256) {
        let product = UBig::from(a) * UBig::from(b);
        let unit = UBig::ONE << shift as usize;
        prop_assert_eq!(mul_shift_down(a, b, shift), expect(floor(product.clone(), unit.clone())));
        prop_assert_eq!(mul_shift_up(a, b, shift), expect(ceil(product, unit)));
    }

    #[test]
    fn u64_roots_bracket_the_number(n in any_u64()) {
        let (down, up) = (UBig::from(isqrt_u64_down(n)), UBig::from(isqrt_u64_up(n)));
        let n = UBig::from(n);
        prop_assert!(&down * &down <= n);
        prop_assert!((&down + UBig::ONE) * (&down + UBig::ONE) > n);
        prop_assert!(&up * &up >= n);
        prop_assert!(up == UBig::ZERO || (&up - UBig::ONE) * (&up - UBig::ONE) < n);
    }

    #[test]
    fn wide_roots_bracket_the_number(high in any_u128(), low in any_u128()) {
        let n = (UBig::from(high) << 128) + UBig::from(low);
        let root = UBig::from(isqrt_u256_down(high, low));
        prop_assert!(&root * &root <= n);
        prop_assert!((&root + UBig::ONE) * (&root + UBig::ONE) > n);
        prop_assert_eq!(isqrt_u256_down(0, low), isqrt_u128_down(low));
    }

    /// Squares and their neighbours, where an error of one shows.
    #[test]
    fn roots_of_squares_are_exact(root in any_u128()) {
        prop_assume!(root > 1);
        let square = UBig::from(root) * UBig::from(root);
        let parts = |n: &UBig| {
            let low = n & ((UBig::ONE << 128) - UBig::ONE);
            (u128::try_from(n >> 128).unwrap(), u128::try_from(low).unwrap())
        };
        let (high, low) = parts(&square);
        prop_assert_eq!(isqrt_u256_down(high, low), root);
        let (high, low) = parts(&(square - UBig::ONE));
        prop_assert_eq!(isqrt_u256_down(high, low), root - 1);
    }
}

#[test]
fn a_zero_divisor_is_named() {
    assert_eq!(mul_div_down(1, 1, 0), Err(MathError::DivisionByZero));
    assert_eq!(mul_div_up(0, 0, 0), Err(MathError::DivisionByZero));
    assert_eq!(mul_div_u128_down(1, 1, 0), Err(MathError::DivisionByZero));
    assert_eq!(mul_div_u128_up(1, 1, 0), Err(MathError::DivisionByZero));
    assert_eq!(div_u128_down(1, 0), Err(MathError::DivisionByZero));
    assert_eq!(div_u128_up(1, 0), Err(MathError::DivisionByZero));
}

#[test]
fn rounding_up_past_the_type_overflows() {
    // (2^64 - 1)² / (2^64 - 2) is 2^64 and a little: not even its floor fits.
    assert_eq!(mul_div_down(u64::MAX, u64::MAX, u64::MAX - 1), Err(MathError::Overflow));
    assert_eq!(mul_div_down(u64::MAX, 3, 3), Ok(u64::MAX));
    let (a, b, d) = ((1 << 63) + 1, (1 << 63) - 1, 1 << 62);
    assert_eq!(mul_div_down(a, b, d), Ok(u64::MAX)); // (2^126 - 1) / 2^62 = 2^64 - 2^-62
    assert_eq!(mul_div_up(a, b, d), Err(MathError::Overflow));
    let (a, b, d) = ((1 << 127) + 1, (1 << 127) - 1, 1 << 126);
    assert_eq!(mul_div_u128_down(a, b, d), Ok(u128::MAX));
    assert_eq!(mul_div_u128_up(a, b, d), Err(MathError::Overflow));
    assert_eq!(mul_shift_down(a, b, 126), Ok(u128::MAX));
    assert_eq!(mul_shift_up(a, b, 126), Err(MathError::Overflow));
}

#[test]
fn shifts_beyond_the_product_are_refused() {
    assert_eq!(mul_shift_down(u128::MAX, u128::MAX, 255), Ok(1));
    assert_eq!(mul_shift_up(1, 1, 255), Ok(1));
    assert_eq!(mul_shift_down(1, 1, 256), Err(MathError::Domain));
    assert_eq!(mul_shift_up(1, 1, 256), Err(MathError::Domain));
}

#[test]
fn powers_of_ten() {
    assert_eq!(pow10(0), Ok(1));
    assert_eq!(pow10(12), Ok(1_000_000_000_000));
    assert_eq!(pow10(38), Ok(100_000_000_000_000_000_000_000_000_000_000_000_000));
    assert_eq!(pow10(39), Err(MathError::Overflow));
}
