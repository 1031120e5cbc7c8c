//! Proportions, widths, conversions and a · b / d.

use super::boundaries;
use dashu_int::UBig;
use gimbal_math::muldiv::{mul_div_down, mul_div_u128_down, mul_div_u128_up, mul_div_up};
use gimbal_math::value::{convert_down, convert_up};
use gimbal_math::widen::half_width_up;
use gimbal_math::{Bps, MathError, Price, Seconds};

#[test]
fn proportions_round_as_they_say() {
    let whole = u64::from(Bps::ONE.0);
    for amount in 0..=200_u64 {
        for bps in 0..=12_000_u16 {
            let exact = amount * u64::from(bps);
            let (down, up) = (Bps(bps).of_down(amount).unwrap(), Bps(bps).of_up(amount).unwrap());
            assert!(down * whole <= exact && (down + 1) * whole > exact);
            assert!(up * whole >= exact && (up == 0 || (up - 1) * whole < exact));
            // The part and the rest are the whole, whichever way the dust goes.
            if bps <= Bps::ONE.0 {
                assert_eq!(down + Bps(Bps::ONE.0 - bps).of_up(amount).unwrap(), amount);
            }
        }
    }
}

#[test]
fn widths_are_never_too_narrow_and_never_a_unit_too_wide() {
    for rate in 0..=120_u64 {
        for age in 0..=900_i64 {
            let width = half_width_up(rate, Seconds(age)).unwrap();
            let square = rate * rate * age as u64;
            assert!(width * width >= square && (width == 0 || (width - 1) * (width - 1) < square));
        }
    }
}

#[test]
fn conversions_round_as_they_say() {
    let ten = |decimals: u8| 10_u64.pow(u32::from(decimals));
    for token_decimals in 0..=3 {
        for base_decimals in 0..=3 {
            for amount in 0..=24 {
                for price in 0..=12 {
                    for base in 1..=12 {
                        let convert = (amount, token_decimals, Price(price), base_decimals, Price(base));
                        let (a, b, c, d, e) = convert;
                        let (down, up) = (convert_down(a, b, c, d, e).unwrap(), convert_up(a, b, c, d, e).unwrap());
                        let (above, below) = (amount * price * ten(base_decimals), base * ten(token_decimals));
                        assert!(down * below <= above && (down + 1) * below > above);
                        assert!(up * below >= above && (up == 0 || (up - 1) * below < above));
                    }
                }
            }
        }
    }
}

#[test]
fn small_products_divide_exactly() {
    for a in 0..=96_u64 {
        for b in 0..=96_u64 {
            for d in 1..=96_u64 {
                assert_eq!(mul_div_down(a, b, d), Ok(a * b / d));
                assert_eq!(mul_div_up(a, b, d), Ok((a * b).div_ceil(d)));
            }
            assert_eq!(mul_div_down(a, b, 0), Err(MathError::DivisionByZero));
        }
    }
}

#[test]
fn products_next_to_every_carry_divide_exactly() {
    let all: Vec<u64> =
        boundaries(&[8, 16, 31, 32, 33, 47, 48, 62, 63], 64).into_iter().map(|value| value as u64).collect();
    for &a in &all {
        for &b in &all {
            for &d in all.iter().filter(|d| **d > 0) {
                let product = u128::from(a) * u128::from(b);
                let narrow = |value: u128| u64::try_from(value).map_err(|_| MathError::Overflow);
                assert_eq!(mul_div_down(a, b, d), narrow(product / u128::from(d)));
                assert_eq!(mul_div_up(a, b, d), narrow(product.div_ceil(u128::from(d))));
            }
        }
    }
}

#[test]
fn wide_products_next_to_every_carry_divide_exactly() {
    let all = boundaries(&[32, 63, 64, 65, 96, 127], 128);
    for &a in &all {
        for &b in &all {
            for &d in all.iter().filter(|d| **d > 0) {
                let (product, divisor) = (UBig::from(a) * UBig::from(b), UBig::from(d));
                let narrow = |value: UBig| u128::try_from(value).map_err(|_| MathError::Overflow);
                assert_eq!(mul_div_u128_down(a, b, d), narrow(&product / &divisor));
                let up = (&product + &divisor - UBig::ONE) / &divisor;
                assert_eq!(mul_div_u128_up(a, b, d), narrow(up));
            }
        }
    }
}
