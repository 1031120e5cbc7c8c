//! Rate curves in exact fractions, and bounds of compound interest.

mod reference;

use dashu_int::IBig;
use gimbal_math::rates::*;
use gimbal_math::{MathError, Slots, Q64};
use proptest::prelude::*;
use reference::{decimal, int, q64, scaled, Real};

fn point(utilisation_bps: u32, rate_bps: u32) -> CurvePoint {
    CurvePoint { utilisation_bps, rate_bps }
}

/// Valid curves of 2 to 11 corners.
fn any_curve() -> impl Strategy<Value = (Vec<CurvePoint>, RateCurve)> {
    (proptest::collection::btree_set(1u32..10_000, 0..=9), proptest::collection::vec(any::<u32>(), 11)).prop_map(
        |(inner, mut rates)| {
            rates.sort_unstable();
            let positions = [0].into_iter().chain(inner).chain([10_000]);
            let corners: Vec<_> = positions.zip(rates).map(|(utilisation, rate)| point(utilisation, rate)).collect();
            let curve = RateCurve::new(&corners).unwrap();
            (corners, curve)
        },
    )
}

/// Linear interpolation by its textbook formula in fractions, then rounded: (down, up), in units of 2^-64.
fn interpolate(corners: &[CurvePoint], raw: u128) -> (u128, u128) {
    let one = IBig::ONE << 64;
    let u = IBig::from(raw.min(1 << 64)) * IBig::from(10_000);
    let pair = corners.windows(2).find(|pair| u <= IBig::from(pair[1].utilisation_bps) * &one).unwrap();
    let [u0, u1, r0, r1] =
        [pair[0].utilisation_bps, pair[1].utilisation_bps, pair[0].rate_bps, pair[1].rate_bps].map(IBig::from);
    // r0 (u1 - u)/(u1 - u0) + r1 (u - u0)/(u1 - u0), in hundredths of a percent.
    let numerator = r0 * (&u1 * &one - &u) + r1 * (u - &u0 * &one);
    let denominator = (u1 - u0) * IBig::from(10_000);
    let down = &numerator / &denominator;
    let up = (numerator + &denominator - IBig::ONE) / denominator;
    (u128::try_from(down).unwrap(), u128::try_from(up).unwrap())
}

fn exactly_compounded(rate: Q64, slots: u64) -> Real {
    ((int(1) + q64(rate.0)).ln() * int(slots)).exp()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn a_rate_is_the_interpolation_rounded_once((corners, curve) in any_curve(), raw in 0u128..(5 << 62)) {
        let (down, up) = interpolate(&corners, raw);
        prop_assert_eq!(curve.borrow_rate_down(Q64(raw)), Ok(Q64(down)));
        prop_assert_eq!(curve.borrow_rate_up(Q64(raw)), Ok(Q64(up)));
    }

    #[test]
    fn a_rate_never_falls((_, curve) in any_curve(), a in 0u128..=1 << 64, b in 0u128..=1 << 64) {
        let (less, more) = (Q64(a.min(b)), Q64(a.max(b)));
        prop_assert!(curve.borrow_rate_down(less).unwrap() <= curve.borrow_rate_down(more).unwrap());
        prop_assert!(curve.borrow_rate_up(less).unwrap() <= curve.borrow_rate_up(more).unwrap());
    }

    #[test]
    fn corners_are_met_exactly((corners, curve) in any_curve()) {
        for corner in corners {
            let exact = |up: bool| {
                let down = (u128::from(corner.rate_bps) << 64) / 10_000;
                let remainder = (u128::from(corner.rate_bps) << 64) % 10_000;
                Q64(down + u128::from(up && remainder != 0))
            };
            // The corner's utilisation has no exact binary fraction unless it is a multiple of 1/16.
            if corner.utilisation_bps % 625 == 0 {
                let utilisation = Q64::from_ratio_down(corner.utilisation_bps.into(), 10_000).unwrap();
                prop_assert_eq!(curve.borrow_rate_down(utilisation), Ok(exact(false)));
                prop_assert_eq!(curve.borrow_rate_up(utilisation), Ok(exact(true)));
            }
        }
    }

    /// Rates up to 1,000% a year over anything up to a month, and up to a year at one tenth of it.
    #[test]
    fn compound_interest_is_bracketed(bps in 0u64..100_000, slots in 0u64..5_000_000) {
        let yearly = Q64::from_ratio_down(bps.into(), 10_000).unwrap();
        for (rate, slots) in [
            (rate_per_slot_down(yearly, SLOTS_PER_YEAR).unwrap(), slots),
            (rate_per_slot_up(Q64(yearly.0 / 10), SLOTS_PER_YEAR).unwrap(), slots * 12),
        ] {
            let exact = exactly_compounded(rate, slots);
            let low = q64(compound_down(rate, Slots(slots)).unwrap().0);
            let high = q64(compound_up(rate, Slots(slots)).unwrap().0);
            prop_assert!(low <= exact, "{}", decimal(&(low - exact)));
            prop_assert!(exact <= high, "{}", decimal(&(exact - high)));

            let x = q64(rate.0) * int(slots);
            let fourth = x.clone() * x.clone() * x.clone() * x.clone();
            prop_assert!(exact.clone() - low <= fourth / int(24) * x.exp() + scaled(8, -64));
            if x <= int(1) {
                let tolerance = if x <= int(1) / int(10) { int(3) / int(100_000_000) } else { int(2) / int(1_000) };
                prop_assert!(high - exact.clone() <= tolerance * exact);
            }
        }
    }

    #[test]
    fn compound_interest_grows_with_time(rate in 0u128..1 << 40, a in 0u64..1 << 24, b in 0u64..1 << 24) {
        let (less, more) = (Slots(a.min(b)), Slots(a.max(b)));
        prop_assert!(compound_down(Q64(rate), less).unwrap() <= compound_down(Q64(rate), more).unwrap());
        prop_assert!(compound_up(Q64(rate), less).unwrap() <= compound_up(Q64(rate), more).unwrap());
    }

    #[test]
    fn a_rate_spreads_evenly(yearly in any::<u128>(), slots in 1u64..) {
        let (down, up) = (rate_per_slot_down(Q64(yearly), slots).unwrap(), rate_per_slot_up(Q64(yearly), slots).unwrap());
        prop_assert_eq!(down.0, yearly / u128::from(slots));
        prop_assert_eq!(up.0, yearly.div_ceil(slots.into()));
    }
}

/// By hand: 4% at 80% and 84% at full; at 90% half way, 44%.
#[test]
fn a_kinked_curve_by_hand() {
    let curve = RateCurve::new(&[point(0, 0), point(8_000, 400), point(10_000, 8_400)]).unwrap();
    let at = |percent: u128| curve.borrow_rate_down(Q64::from_ratio_down(percent, 100).unwrap()).unwrap();
    let near = |rate: Q64, percent: u128| rate.0.abs_diff(Q64::from_ratio_down(percent, 100).unwrap().0) <= 4;
    assert!(near(at(0), 0) && near(at(40), 2) && near(at(80), 4) && near(at(90), 44) && near(at(100), 84));
    assert!(near(curve.borrow_rate_up(Q64::from_int(3)).unwrap(), 84));
}

#[test]
fn malformed_curves_are_refused() {
    let refused = Err(MathError::Domain);
    assert_eq!(RateCurve::new(&[]), refused);
    assert_eq!(RateCurve::new(&[point(10_000, 1)]), refused);
    assert_eq!(RateCurve::new(&[point(1, 0), point(10_000, 1)]), refused);
    assert_eq!(RateCurve::new(&[point(0, 0), point(9_999, 1)]), refused);
    assert_eq!(RateCurve::new(&[point(0, 2), point(10_000, 1)]), refused);
    assert_eq!(RateCurve::new(&[point(0, 0), point(5_000, 1), point(5_000, 2), point(10_000, 3)]), refused);
    assert_eq!(RateCurve::new(&[point(0, 0); 12]), refused);
    let zeroed: RateCurve = bytemuck::Zeroable::zeroed();
    assert_eq!(zeroed.validate(), Err(MathError::Domain));
    assert_eq!(zeroed.borrow_rate_down(Q64::ONE), Err(MathError::Domain));
    assert_eq!(zeroed.borrow_rate_up(Q64::ZERO), Err(MathError::Domain));
    assert_eq!(size_of::<RateCurve>(), 88);
}

#[test]
fn interest_at_the_edges() {
    let rate = Q64(1 << 40);
    assert_eq!(compound_down(rate, Slots(0)), Ok(Q64::ONE));
    assert_eq!(compound_up(rate, Slots(0)), Ok(Q64::ONE));
    assert_eq!(compound_down(rate, Slots(1)), Ok(Q64((1 << 64) + (1 << 40))));
    assert_eq!(compound_down(Q64::ONE, Slots(2)), Ok(Q64::from_int(4)));
    assert_eq!(compound_down(Q64::ONE, Slots(3)), Ok(Q64::from_int(8)));
    assert_eq!(compound_up(Q64::ONE, Slots(45)), Err(MathError::Overflow));
    assert_eq!(compound_up(Q64::MAX, Slots(2)), Err(MathError::Overflow));
    assert_eq!(rate_per_slot_down(Q64::ONE, 0), Err(MathError::DivisionByZero));
}
