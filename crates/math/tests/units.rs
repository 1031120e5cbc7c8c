//! Units and what Pyth publishes.

use dashu_int::{IBig, UBig};
use gimbal_math::units::*;
use gimbal_math::MathError;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn a_proportion_is_exact(bps in any::<u16>(), amount in any::<u64>()) {
        let exact = UBig::from(amount) * UBig::from(bps);
        let down = u64::try_from(&exact / UBig::from(10_000u16)).map_err(|_| MathError::Overflow);
        let up = u64::try_from((exact + UBig::from(9_999u16)) / UBig::from(10_000u16)).map_err(|_| MathError::Overflow);
        prop_assert_eq!(Bps(bps).of_down(amount), down);
        prop_assert_eq!(Bps(bps).of_up(amount), up);
    }

    #[test]
    fn pyth_values_scale_exactly(mantissa in any::<i64>(), shift in 0u32..63, exponent in -24i32..=16) {
        let mantissa = mantissa >> shift;
        let scaled = |value: UBig, up: bool| {
            if exponent >= -12 {
                return value * UBig::from(10u8).pow((exponent + 12) as usize);
            }
            let unit = UBig::from(10u8).pow((-12 - exponent) as usize);
            if up { (value + &unit - UBig::ONE) / unit } else { value / unit }
        };
        let in_range = (-20..=12).contains(&exponent);
        let price = if !in_range || mantissa <= 0 {
            Err(MathError::Domain)
        } else {
            match u64::try_from(scaled(UBig::try_from(IBig::from(mantissa)).unwrap(), false)) {
                Ok(0) => Err(MathError::Domain),
                Ok(price) => Ok(Price(price)),
                Err(_) => Err(MathError::Overflow),
            }
        };
        prop_assert_eq!(Price::from_pyth(mantissa, exponent), price);

        let conf = mantissa.unsigned_abs();
        let exact = if in_range {
            u64::try_from(scaled(UBig::from(conf), true)).map_err(|_| MathError::Overflow)
        } else {
            Err(MathError::Domain)
        };
        prop_assert_eq!(conf_from_pyth_up(conf, exponent), exact);
    }

    #[test]
    fn sums_and_differences_are_exact_or_refused(a in any::<u64>(), b in any::<u64>(), s in any::<i64>(), t in any::<i64>()) {
        prop_assert_eq!(Assets(a).checked_add(Assets(b)), a.checked_add(b).map(Assets).ok_or(MathError::Overflow));
        prop_assert_eq!(Shares(a).checked_sub(Shares(b)), a.checked_sub(b).map(Shares).ok_or(MathError::Overflow));
        prop_assert_eq!(Slots(a).checked_sub(Slots(b)), a.checked_sub(b).map(Slots).ok_or(MathError::Overflow));
        prop_assert_eq!(Price(a).checked_add(Price(b)), a.checked_add(b).map(Price).ok_or(MathError::Overflow));
        prop_assert_eq!(Seconds(s).checked_sub(Seconds(t)), s.checked_sub(t).map(Seconds).ok_or(MathError::Overflow));
    }
}

#[test]
fn pyth_prices_by_hand() {
    // 65,432.10 dollars at exponent -8, as Pyth publishes BTC.
    assert_eq!(Price::from_pyth(6_543_210_000_000, -8), Ok(Price(65_432_100_000_000_000)));
    // 0.00000001 dollars and a ninth of it: rounded down; uncertainty up.
    assert_eq!(Price::from_pyth(1_111_111, -14), Ok(Price(11_111)));
    assert_eq!(conf_from_pyth_up(1_111_111, -14), Ok(11_112));
    assert_eq!(conf_from_pyth_up(0, -8), Ok(0));
    assert_eq!(Price::from_pyth(1, -12), Ok(Price(1)));
    assert_eq!(Price::from_pyth(9, -13), Err(MathError::Domain));
    assert_eq!(conf_from_pyth_up(9, -13), Ok(1));
    assert_eq!(Price::from_pyth(0, -8), Err(MathError::Domain));
    assert_eq!(Price::from_pyth(-1, -8), Err(MathError::Domain));
    assert_eq!(Price::from_pyth(1, -21), Err(MathError::Domain));
    assert_eq!(Price::from_pyth(1, 13), Err(MathError::Domain));
    assert_eq!(Price::from_pyth(18_446_744, 0), Ok(Price(18_446_744_000_000_000_000)));
    assert_eq!(Price::from_pyth(18_446_745, 0), Err(MathError::Overflow));
    assert_eq!(Price::from_pyth(i64::MAX, 12), Err(MathError::Overflow));
    assert_eq!(conf_from_pyth_up(u64::MAX, 12), Err(MathError::Overflow));
}

#[test]
fn units_are_plain_integers_in_memory() {
    let bytes = 1_234_567u64.to_le_bytes();
    assert_eq!(*bytemuck::from_bytes::<u64>(bytemuck::bytes_of(&Assets(1_234_567))), 1_234_567);
    assert_eq!(bytemuck::pod_read_unaligned::<Price>(&bytes), Price(1_234_567));
    assert_eq!(bytemuck::bytes_of(&Bps(258)), [2, 1]);
    assert_eq!(size_of::<Seconds>(), 8);
}

#[test]
fn errors_tell_what_to_do() {
    for error in [MathError::Overflow, MathError::DivisionByZero, MathError::Domain] {
        let message = error.to_string();
        assert!(message.contains(": "), "{message} names a condition and a remedy");
    }
}
