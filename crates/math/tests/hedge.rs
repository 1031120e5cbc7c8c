//! An asset against a short perpetual: liquidation and profit, exact to their roundings.

use dashu_int::{IBig, UBig};
use gimbal_math::position::hedge::Hedged;
use gimbal_math::{Bps, MathError, Price};
use proptest::prelude::*;

fn hedged(spot: u64, short: u64, margin: u64, maintenance: u16) -> Hedged {
    Hedged { spot, short, margin, maintenance: Bps(maintenance) }
}

/// A million of SOL at 150 dollars against a short of a million with a margin of 200,000 and 5% maintenance:
/// P* = 150 · 1.2/1.05 = 171.428571428571…, 14.28% above.
#[test]
fn a_full_hedge() {
    let position = hedged(1_000_000, 1_000_000, 200_000, 500);
    assert_eq!(position.dollar_delta(), 0);
    assert_eq!(position.liquidation_price_down(Price(150 * Price::SCALE)), Some(Price(171_428_571_428_571)));
    assert_eq!(position.rise_to_liquidation_bps_down(), Some(1_428));
    for bps in [-10_000, -5_000, -1, 0, 1, 1_428] {
        assert_eq!(position.profit_down(bps), Ok(0), "{bps}");
    }
    // Liquidated: the holding gains 142,900 and the margin of 200,000 is gone.
    assert_eq!(position.profit_down(1_429), Ok(-57_100));
    // From +20% on the holding's gain exceeds the margin; the hedge as if it had held is the worse.
    assert_eq!(position.profit_down(5_000), Ok(0));
    assert_eq!(position.profit_down(-10_001), Err(MathError::Domain));
}

#[test]
fn a_partial_hedge() {
    let position = hedged(1_000_000, 400_000, 100_000, 1_000);
    assert_eq!(position.dollar_delta(), 600_000);
    assert_eq!(position.profit_down(-1_000), Ok(-60_000));
    assert_eq!(position.profit_down(1_000), Ok(60_000));
    assert_eq!(position.profit_down(-10_000), Ok(-600_000));
    let over = hedged(400_000, 1_000_000, 300_000, 1_000);
    assert_eq!(over.dollar_delta(), -600_000);
    assert_eq!(over.profit_down(-1_000), Ok(60_000));
    // 1.3/1.1 = 1.1818…
    assert_eq!(over.rise_to_liquidation_bps_down(), Some(1_818));
    assert_eq!(over.profit_down(1_818), Ok(-109_080));
    assert_eq!(over.profit_down(1_819), Ok(-227_240));
    assert_eq!(over.profit_down(10_000), Ok(-600_000));
}

#[test]
fn the_edges() {
    let bare = hedged(500, 0, 0, 500);
    assert_eq!(bare.liquidation_price_down(Price(1)), None);
    assert_eq!(bare.rise_to_liquidation_bps_down(), None);
    assert_eq!(bare.dollar_delta(), 500);
    assert_eq!(bare.profit_down(10_000), Ok(500));
    // Without margin the short is lost at once, at a price below the reference.
    let naked = hedged(500, 500, 0, 500);
    assert_eq!(naked.rise_to_liquidation_bps_down(), Some(0));
    assert_eq!(naked.liquidation_price_down(Price(1_050)), Some(Price(1_000)));
    assert_eq!(hedged(500, 500, 20, 500).profit_down(0), Ok(-20));
    // The widest.
    assert_eq!(hedged(u64::MAX, 0, 0, 0).dollar_delta(), i64::MAX);
    assert_eq!(hedged(0, u64::MAX, 0, 0).dollar_delta(), i64::MIN);
    assert_eq!(hedged(0, 1, u64::MAX, 0).rise_to_liquidation_bps_down(), Some(u32::MAX));
    assert_eq!(hedged(0, 1, u64::MAX, 0).liquidation_price_down(Price::MAX), None);
    assert_eq!(hedged(u64::MAX, 0, 0, 0).profit_down(10_000), Err(MathError::Overflow));
    assert_eq!(hedged(u64::MAX, u64::MAX, u64::MAX, u16::MAX).profit_down(i32::MIN), Err(MathError::Domain));
}

fn any_u64() -> impl Strategy<Value = u64> {
    prop_oneof![(any::<u64>(), 0u32..64).prop_map(|(value, shift)| value >> shift), Just(0), Just(u64::MAX)]
}

fn any_hedge() -> impl Strategy<Value = Hedged> {
    (any_u64(), any_u64(), any_u64(), any::<u16>()).prop_map(|(s, n, m, mm)| hedged(s, n, m, mm))
}

fn sold_short() -> impl Strategy<Value = Hedged> {
    any_hedge().prop_map(|position| Hedged { short: position.short.max(1), ..position })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    /// At the price that it answers the equity M + N − N·P*/P covers the maintenance mm·N·P*/P; a unit above it does not.
    #[test]
    fn the_liquidation_price_is_exact_rounded_down(position in sold_short(), reference in 1u64..) {
        let Hedged { short, margin, maintenance, .. } = position;
        let covered = (UBig::from(margin) + UBig::from(short)) * UBig::from(10_000u32) * UBig::from(reference);
        let covers = |price: &UBig| UBig::from(short) * (UBig::from(10_000u32) + UBig::from(maintenance.0)) * price <= covered;
        match position.liquidation_price_down(Price(reference)) {
            Some(Price(price)) => {
                let price = UBig::from(price);
                prop_assert!(covers(&price));
                prop_assert!(!covers(&(price + UBig::ONE)));
            }
            None => prop_assert!(covers(&(UBig::from(u64::MAX) + UBig::ONE))),
        }
    }

    #[test]
    fn the_rise_is_exact_rounded_down(position in sold_short()) {
        let Hedged { short, margin, maintenance, .. } = position;
        let rise = position.rise_to_liquidation_bps_down().unwrap();
        let covered = (UBig::from(margin) + UBig::from(short)) * UBig::from(100_000_000u32);
        let required = UBig::from(short) * (UBig::from(10_000u32) + UBig::from(maintenance.0));
        let covers = |bps: u64| &required * UBig::from(10_000 + bps) <= covered;
        prop_assert!(rise == 0 || covers(rise.into()));
        prop_assert!(rise == u32::MAX || !covers(u64::from(rise) + 1));
    }

    /// The two outcomes by exact integers; a liquidated short never leaves more than a hedge that held.
    #[test]
    fn the_profit_is_the_worse_outcome(position in any_hedge(), bps in -10_000i32..=60_000) {
        let Hedged { spot, short, margin, maintenance } = position;
        let (moved, whole) = (IBig::from(10_000 + bps), IBig::from(10_000));
        let [spot, short, margin] = [spot, short, margin].map(IBig::from);
        let after: IBig = &spot * &moved / &whole;
        let bought_back: IBig = (&short * &moved + IBig::from(9_999)) / &whole;
        let held: IBig = &after - &spot + &short - bought_back;
        let alone: IBig = &after - &spot - &margin;
        let liquidated = (&margin + &short) * &whole * &whole <= &short * &moved * IBig::from(10_000 + u32::from(maintenance.0));
        let liquidated = liquidated && short != IBig::ZERO;
        let expected = if liquidated { held.clone().min(alone) } else { held.clone() };
        match position.profit_down(bps) {
            Ok(profit) => {
                prop_assert_eq!(IBig::from(profit), expected);
                // Rounded by less than two units.
                let exact = (&spot - &short) * IBig::from(bps);
                prop_assert!(IBig::from(profit) * &whole <= exact);
                prop_assert!(held * &whole > exact - 2 * whole);
            }
            Err(error) => {
                prop_assert_eq!(error, MathError::Overflow);
                prop_assert!(i64::try_from(expected).is_err());
            }
        }
    }

    /// More margin never brings liquidation nearer, and never loses more where the short holds.
    #[test]
    fn margin_keeps_liquidation_away(position in any_hedge(), more in any_u64(), maintenance in any::<u16>()) {
        let margin = position.margin.saturating_add(more);
        let safer = Hedged { margin, maintenance: Bps(position.maintenance.0.min(maintenance)), ..position };
        prop_assert!(safer.rise_to_liquidation_bps_down() >= position.rise_to_liquidation_bps_down());
        let price = |of: &Hedged| of.liquidation_price_down(Price(1 << 40)).map_or(u64::MAX, |price| price.0);
        prop_assert!(price(&safer) >= price(&position));
    }
}
