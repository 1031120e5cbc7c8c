//! Conversion by prices, and widening with age.

use dashu_int::UBig;
use gimbal_math::value::*;
use gimbal_math::widen::half_width_up;
use gimbal_math::{MathError, Price, Seconds};
use proptest::prelude::*;

fn any_u64() -> impl Strategy<Value = u64> {
    (any::<u64>(), 0u32..64).prop_map(|(value, shift)| value >> shift)
}

fn power(exponent: u8) -> UBig {
    UBig::from(10u8).pow(usize::from(exponent))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn conversion_is_the_exact_ratio_rounded_once(
        amount in any_u64(), token in 0u8..=20, base in 0u8..=20, price_token in any_u64(), price_base in any_u64(),
    ) {
        prop_assume!(price_base != 0 && token.abs_diff(base) <= MAX_DECIMALS_APART);
        let numerator = UBig::from(amount) * UBig::from(price_token) * power(base);
        let denominator = UBig::from(price_base) * power(token);
        let down = u64::try_from(&numerator / &denominator).map_err(|_| MathError::Overflow);
        let up = u64::try_from((numerator + &denominator - UBig::ONE) / &denominator).map_err(|_| MathError::Overflow);
        prop_assert_eq!(convert_down(amount, token, Price(price_token), base, Price(price_base)), down);
        prop_assert_eq!(convert_up(amount, token, Price(price_token), base, Price(price_base)), up);
    }

    #[test]
    fn there_and_back_never_profits(
        amount in any_u64(), token in 0u8..=9, base in 0u8..=9, price_token in any_u64(), price_base in any_u64(),
    ) {
        let (p, q) = (Price(price_token.max(1)), Price(price_base.max(1)));
        if let Ok(there) = convert_down(amount, token, p, base, q) {
            if let Ok(back) = convert_down(there, base, q, token, p) {
                prop_assert!(back <= amount);
            }
        }
        if let Ok(there) = convert_up(amount, token, p, base, q) {
            if let Ok(back) = convert_up(there, base, q, token, p) {
                prop_assert!(back >= amount);
            }
        }
    }

    #[test]
    fn a_width_is_the_least_that_covers(widen in any_u64(), age in any_u64()) {
        let age = age >> 1;
        let square = UBig::from(widen) * UBig::from(widen) * UBig::from(age);
        match half_width_up(widen, Seconds(age as i64)) {
            Ok(width) => {
                let width = UBig::from(width);
                prop_assert!(&width * &width >= square);
                prop_assert!(width == UBig::ZERO || (&width - UBig::ONE) * (&width - UBig::ONE) < square);
            }
            Err(error) => {
                prop_assert_eq!(error, MathError::Overflow);
                let most = UBig::from(u64::MAX);
                prop_assert!(&most * &most < square);
            }
        }
    }

    #[test]
    fn a_width_grows_with_age(widen in 0u64..1 << 32, a in 0i64..1 << 40, b in 0i64..1 << 40) {
        let (younger, older) = (a.min(b), a.max(b));
        prop_assert!(half_width_up(widen, Seconds(younger)).unwrap() <= half_width_up(widen, Seconds(older)).unwrap());
    }
}

#[test]
fn conversion_by_hand() {
    let dollars = |whole: u64| Price(whole * Price::SCALE);
    // 2.5 SOL (9 decimals) at 150 dollars in USDC (6 decimals) at one dollar: 375 USDC.
    assert_eq!(convert_down(2_500_000_000, 9, dollars(150), 6, dollars(1)), Ok(375_000_000));
    // One lamport is 0.15 of a micro-USDC: nothing, or one.
    assert_eq!(convert_down(1, 9, dollars(150), 6, dollars(1)), Ok(0));
    assert_eq!(convert_up(1, 9, dollars(150), 6, dollars(1)), Ok(1));
    // 100 USDC in SOL: 0.666666666 or 0.666666667.
    assert_eq!(convert_down(100_000_000, 6, dollars(1), 9, dollars(150)), Ok(666_666_666));
    assert_eq!(convert_up(100_000_000, 6, dollars(1), 9, dollars(150)), Ok(666_666_667));
    // USDC at 0.9998 in USDC at par.
    assert_eq!(convert_down(1_000_000, 6, Price(999_800_000_000), 6, dollars(1)), Ok(999_800));
    assert_eq!(convert_down(1_000_000, 6, Price(0), 6, dollars(1)), Ok(0));
}

#[test]
fn conversion_refuses_what_it_cannot_hold() {
    let one = Price(Price::SCALE);
    assert_eq!(convert_down(1, 6, one, 6, Price(0)), Err(MathError::DivisionByZero));
    assert_eq!(convert_up(1, 0, one, 9, Price(0)), Err(MathError::DivisionByZero));
    assert_eq!(convert_down(1, 0, one, 20, one), Err(MathError::Domain));
    assert_eq!(convert_up(1, 20, one, 0, one), Err(MathError::Domain));
    assert_eq!(convert_down(u64::MAX, 6, Price(2), 6, Price(1)), Err(MathError::Overflow));
}

#[test]
fn widths_by_hand() {
    assert_eq!(half_width_up(10, Seconds(4)), Ok(20));
    assert_eq!(half_width_up(10, Seconds(5)), Ok(23)); // 22.36
    assert_eq!(half_width_up(0, Seconds(i64::MAX)), Ok(0));
    assert_eq!(half_width_up(7, Seconds(0)), Ok(0));
    assert_eq!(half_width_up(7, Seconds(-1)), Err(MathError::Domain));
    assert_eq!(half_width_up(u64::MAX, Seconds(2)), Err(MathError::Overflow));
}
