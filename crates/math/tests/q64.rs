//! Fixed point against integers of any size.

use dashu_int::IBig;
use gimbal_math::{MathError, Q64Signed, Q64};
use proptest::prelude::*;

fn any_u128() -> impl Strategy<Value = u128> {
    (any::<u128>(), 0u32..128).prop_map(|(value, shift)| value >> shift)
}

fn any_i128() -> impl Strategy<Value = i128> {
    prop_oneof![(any::<i128>(), 0u32..128).prop_map(|(value, shift)| value >> shift), Just(i128::MIN), Just(i128::MAX)]
}

/// floor(n / d) for any signs.
fn floor(n: IBig, d: IBig) -> IBig {
    let (n, d) = if d < IBig::ZERO { (-n, -d) } else { (n, d) };
    if n >= IBig::ZERO {
        n / d
    } else {
        -((-n + &d - IBig::ONE) / d)
    }
}

fn ceil(n: IBig, d: IBig) -> IBig {
    -floor(-n, d)
}

fn unsigned(exact: IBig) -> Result<Q64, MathError> {
    u128::try_from(exact).map(Q64).map_err(|_| MathError::Overflow)
}

fn signed(exact: IBig) -> Result<Q64Signed, MathError> {
    i128::try_from(exact).map(Q64Signed).map_err(|_| MathError::Overflow)
}

fn one() -> IBig {
    IBig::ONE << 64
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn unsigned_arithmetic_is_exact(a in any_u128(), b in any_u128()) {
        let (x, y) = (IBig::from(a), IBig::from(b));
        prop_assert_eq!(Q64(a).checked_add(Q64(b)), unsigned(&x + &y));
        prop_assert_eq!(Q64(a).checked_sub(Q64(b)), unsigned(&x - &y));
        prop_assert_eq!(Q64(a).mul_down(Q64(b)), unsigned(floor(&x * &y, one())));
        prop_assert_eq!(Q64(a).mul_up(Q64(b)), unsigned(ceil(&x * &y, one())));
        prop_assume!(b != 0);
        prop_assert_eq!(Q64(a).div_down(Q64(b)), unsigned(floor(&x * one(), y.clone())));
        prop_assert_eq!(Q64(a).div_up(Q64(b)), unsigned(ceil(&x * one(), y.clone())));
        prop_assert_eq!(Q64::from_ratio_down(a, b), unsigned(floor(&x * one(), y.clone())));
        prop_assert_eq!(Q64::from_ratio_up(a, b), unsigned(ceil(x * one(), y)));
    }

    #[test]
    fn signed_arithmetic_is_exact(a in any_i128(), b in any_i128()) {
        let (x, y) = (IBig::from(a), IBig::from(b));
        let (p, q) = (Q64Signed(a), Q64Signed(b));
        prop_assert_eq!(p.checked_add(q), signed(&x + &y));
        prop_assert_eq!(p.checked_sub(q), signed(&x - &y));
        prop_assert_eq!(p.mul_down(q), signed(floor(&x * &y, one())));
        prop_assert_eq!(p.mul_up(q), signed(ceil(&x * &y, one())));
        prop_assert_eq!(p.neg(), signed(-&x));
        prop_assert_eq!(IBig::from(p.abs().0), if a < 0 { -&x } else { x.clone() });
        prop_assert_eq!(p.is_negative(), x < IBig::ZERO);
        prop_assume!(b != 0);
        prop_assert_eq!(p.div_down(q), signed(floor(&x * one(), y.clone())));
        prop_assert_eq!(p.div_up(q), signed(ceil(&x * one(), y.clone())));
        prop_assert_eq!(Q64Signed::from_ratio_down(a, b), signed(floor(&x * one(), y.clone())));
        prop_assert_eq!(Q64Signed::from_ratio_up(a, b), signed(ceil(x * one(), y)));
    }

    #[test]
    fn integers_convert_exactly(a in any_u128(), b in any_i128(), n in any::<u64>(), m in any::<i64>()) {
        let int = |exact: IBig| u64::try_from(exact).map_err(|_| MathError::Overflow);
        prop_assert_eq!(Ok(Q64(a).to_int_down()), int(floor(a.into(), one())));
        prop_assert_eq!(Q64(a).to_int_up(), int(ceil(a.into(), one())));
        let int = |exact: IBig| i64::try_from(exact).map_err(|_| MathError::Overflow);
        prop_assert_eq!(Ok(Q64Signed(b).to_int_down()), int(floor(b.into(), one())));
        prop_assert_eq!(Q64Signed(b).to_int_up(), int(ceil(b.into(), one())));
        prop_assert_eq!(Q64::from_int(n).to_int_down(), n);
        prop_assert_eq!(Q64::from_int(n).to_int_up(), Ok(n));
        prop_assert_eq!(Q64Signed::from_int(m).to_int_down(), m);
        prop_assert_eq!(Q64Signed::from_int(m).to_int_up(), Ok(m));
        prop_assert_eq!(Q64(a).to_signed(), signed(a.into()));
        prop_assert_eq!(Q64Signed(b).to_unsigned(), u128::try_from(b).map(Q64).map_err(|_| MathError::Domain));
    }
}

#[test]
fn division_by_zero_is_named() {
    assert_eq!(Q64::ONE.div_down(Q64::ZERO), Err(MathError::DivisionByZero));
    assert_eq!(Q64::ONE.div_up(Q64::ZERO), Err(MathError::DivisionByZero));
    assert_eq!(Q64Signed::ONE.div_down(Q64Signed::ZERO), Err(MathError::DivisionByZero));
    assert_eq!(Q64Signed::MIN.div_up(Q64Signed::ZERO), Err(MathError::DivisionByZero));
}

#[test]
fn directions_by_hand() {
    // A third is 0x5555… to 64 places; its negative is rounded away from or towards zero.
    let third = 0x5555_5555_5555_5555;
    assert_eq!(Q64::from_ratio_down(1, 3), Ok(Q64(third)));
    assert_eq!(Q64::from_ratio_up(1, 3), Ok(Q64(third + 1)));
    assert_eq!(Q64Signed::from_ratio_down(-1, 3), Ok(Q64Signed(-(third as i128) - 1)));
    assert_eq!(Q64Signed::from_ratio_up(1, -3), Ok(Q64Signed(-(third as i128))));
    assert_eq!(Q64Signed::from_ratio_down(-3, 2).unwrap().to_int_down(), -2);
    assert_eq!(Q64Signed::from_ratio_down(-3, 2).unwrap().to_int_up(), Ok(-1));
}
