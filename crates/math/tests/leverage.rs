//! Loans: health, liquidation and leverage, exact to one rounding.

use dashu_int::{IBig, UBig};
use gimbal_math::position::leverage::{max_leverage_bps_down, Leveraged};
use gimbal_math::{Bps, MathError, Price, Q64};
use proptest::prelude::*;

fn loan(collateral: u64, debt: u64, threshold: u16) -> Leveraged {
    Leveraged { collateral, debt, threshold: Bps(threshold) }
}

/// A loop at three times the equity with a threshold of 85%: health 0.85 · 3/2 = 1.275; it may fall by 1 − 2/(0.85 · 3) = 21.57%.
#[test]
fn a_loop_at_three_times() {
    let position = loan(3_000_000, 2_000_000, 8_500);
    assert_eq!(position.health_factor_down(), Q64::from_ratio_down(1_275, 1_000).unwrap());
    assert_eq!(position.drop_to_liquidation_bps_down(), Some(2_156));
    assert_eq!(position.leverage_bps_up(), 30_000);
    // 150 dollars · 2/(0.85 · 3) = 117.647058823529…
    let price = Price(150 * Price::SCALE);
    assert_eq!(position.liquidation_price_up(price), Ok(Price(117_647_058_823_530)));
    // 1/(1 − 0.85 · (1 − 0.2157)) = 2.99989…; at 21.56% it is 3.00066….
    assert_eq!(max_leverage_bps_down(Bps(8_500), 2_157), Ok(29_998));
    assert_eq!(max_leverage_bps_down(Bps(8_500), 2_156), Ok(30_006));
    // Twice the equity of a million: sell a million.
    assert_eq!(position.repay_for_leverage_up(20_000), Ok(1_000_000));
    assert_eq!(position.repay_for_leverage_up(10_000), Ok(2_000_000));
    assert_eq!(position.repay_for_leverage_up(30_000), Ok(0));
    assert_eq!(position.repay_for_leverage_up(29_999), Ok(100));
}

/// The loop of the last test: a tenth costs 300,000; beyond 21.56% a liquidator takes 5% of the debt, 100,000; the equity is
/// all that can be lost.
#[test]
fn a_loop_under_stress() {
    let position = loan(3_000_000, 2_000_000, 8_500);
    let profit = |bps| position.profit_down(bps, Bps(500));
    assert_eq!(profit(0), Ok(0));
    assert_eq!(profit(1_000), Ok(300_000));
    assert_eq!(profit(-1_000), Ok(-300_000));
    assert_eq!(profit(-2_156), Ok(-646_800));
    assert_eq!(profit(-2_157), Ok(-747_100));
    assert_eq!(profit(-3_000), Ok(-1_000_000));
    assert_eq!(profit(-10_000), Ok(-1_000_000));
    assert_eq!(profit(-10_001), Err(MathError::Domain));
    // A position under water owns what a recovery leaves.
    assert_eq!(loan(100, 110, 9_000).profit_down(0, Bps(500)), Ok(0));
    assert_eq!(loan(100, 110, 9_000).profit_down(3_000, Bps(500)), Ok(20));
}

#[test]
fn without_debt_nothing_is_near() {
    let safe = loan(5, 0, 8_000);
    assert_eq!(safe.health_factor_down(), Q64::MAX);
    assert_eq!(safe.liquidation_price_up(Price(77)), Ok(Price::ZERO));
    assert_eq!(safe.drop_to_liquidation_bps_down(), None);
    assert_eq!(safe.leverage_bps_up(), 10_000);
    assert_eq!(safe.repay_for_leverage_up(10_000), Ok(0));
    assert_eq!(safe.profit_down(-10_000, Bps(500)), Ok(-5));
    let empty = loan(0, 0, 0);
    assert_eq!(empty.health_factor_down(), Q64::MAX);
    assert_eq!(empty.leverage_bps_up(), 10_000);
    assert_eq!(empty.drop_to_liquidation_bps_down(), None);
}

#[test]
fn what_cannot_be_is_named_or_the_worst() {
    for hopeless in [loan(0, 1, 8_000), loan(1, 1, 0)] {
        assert_eq!(hopeless.health_factor_down(), Q64::ZERO);
        assert_eq!(hopeless.drop_to_liquidation_bps_down(), Some(0));
        assert_eq!(hopeless.liquidation_price_up(Price(1)), Err(MathError::DivisionByZero));
        assert_eq!(hopeless.leverage_bps_up(), u32::MAX);
        assert_eq!(hopeless.repay_for_leverage_up(20_000), Err(MathError::Domain));
    }
    assert_eq!(loan(u64::MAX, 1, 10_000).health_factor_down(), Q64::from_int(u64::MAX));
    assert_eq!(loan(u64::MAX, 1, 20_000).health_factor_down(), Q64::MAX);
    assert_eq!(loan(1, u64::MAX, 1).liquidation_price_up(Price::MAX), Err(MathError::Overflow));
    assert_eq!(loan(u64::MAX, u64::MAX - 1, 9_000).leverage_bps_up(), u32::MAX);
    assert_eq!(loan(3, 1, 9_000).repay_for_leverage_up(9_999), Err(MathError::Domain));
    assert_eq!(loan(u64::MAX, 0, 9_000).profit_down(10_000, Bps(0)), Err(MathError::Overflow));
    assert_eq!(max_leverage_bps_down(Bps(9_000), 10_001), Err(MathError::Domain));
    assert_eq!(max_leverage_bps_down(Bps(9_000), 10_000), Ok(10_000));
    assert_eq!(max_leverage_bps_down(Bps(0), 0), Ok(10_000));
    assert_eq!(max_leverage_bps_down(Bps(10_000), 0), Ok(u32::MAX));
    assert_eq!(max_leverage_bps_down(Bps(u16::MAX), 5_000), Ok(u32::MAX));
}

fn any_u64() -> impl Strategy<Value = u64> {
    prop_oneof![(any::<u64>(), 0u32..64).prop_map(|(value, shift)| value >> shift), Just(0), Just(u64::MAX)]
}

fn any_loan() -> impl Strategy<Value = Leveraged> {
    (any_u64(), any_u64(), prop_oneof![0u16..=10_000, any::<u16>()]).prop_map(|(c, d, t)| loan(c, d, t))
}

/// With something owed and something behind it.
fn indebted() -> impl Strategy<Value = Leveraged> {
    any_loan().prop_map(|of| loan(of.collateral.max(1), of.debt.max(1), of.threshold.0.max(1)))
}

/// With less owed than the collateral is worth.
fn solvent() -> impl Strategy<Value = Leveraged> {
    any_loan().prop_map(|of| {
        let (less, more) = (of.collateral.min(of.debt), of.collateral.max(of.debt).max(1));
        loan(more, less.min(more - 1), of.threshold.0)
    })
}

/// The numerator and denominator of LT · collateral / debt.
fn health(position: &Leveraged) -> (UBig, UBig) {
    (
        UBig::from(position.collateral) * UBig::from(position.threshold.0),
        UBig::from(position.debt) * UBig::from(10_000u32),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn health_is_the_exact_ratio_rounded_down(position in indebted()) {
        let (supported, owed) = health(&position);
        let exact = (supported << 64) / owed;
        let expected = u128::try_from(exact).map_or(Q64::MAX, Q64);
        prop_assert_eq!(position.health_factor_down(), expected);
    }

    /// At the liquidation price the health factor is one or more, and a unit of the price below it less.
    #[test]
    fn the_liquidation_price_is_exact_rounded_up(position in indebted(), price in any_u64()) {
        let (supported, owed) = health(&position);
        let healthy = |at: &UBig| &supported * at >= &owed * UBig::from(price);
        match position.liquidation_price_up(Price(price)) {
            Ok(Price(trigger)) => {
                let trigger = UBig::from(trigger);
                prop_assert!(healthy(&trigger));
                prop_assert!(trigger == UBig::ZERO || !healthy(&(trigger - UBig::ONE)));
            }
            Err(error) => {
                prop_assert_eq!(error, MathError::Overflow);
                prop_assert!(!healthy(&UBig::from(u64::MAX)));
            }
        }
    }

    /// After the fall that it answers the position is healthy, after one basis point more it is not.
    #[test]
    fn the_drop_is_exact_rounded_down(position in any_loan()) {
        let Some(drop) = position.drop_to_liquidation_bps_down() else {
            prop_assert_eq!(position.debt, 0);
            return Ok(());
        };
        let (supported, owed) = health(&position);
        let healthy_after = |fall: u16| &supported * UBig::from(10_000 - fall) >= &owed * UBig::from(10_000u16);
        prop_assert!(drop == 0 || healthy_after(drop));
        prop_assert!(drop < 10_000);
        prop_assert!(!healthy_after(drop + 1));
    }

    #[test]
    fn leverage_is_exact_rounded_up(position in solvent()) {
        let equity = UBig::from(position.collateral - position.debt);
        let exact = (UBig::from(position.collateral) * UBig::from(10_000u32) + &equity - UBig::ONE) / equity;
        prop_assert_eq!(position.leverage_bps_up(), u32::try_from(exact).unwrap_or(u32::MAX));
    }

    /// A loop built with the leverage that a distance allows keeps that distance, and with a little more does not.
    #[test]
    fn the_greatest_leverage_keeps_the_distance(equity in 10_000_000_000u64..1 << 40, threshold in 1u16..=9_900, distance in 0u16..10_000) {
        let most = max_leverage_bps_down(Bps(threshold), distance).unwrap();
        prop_assert!(most >= 10_000);
        let built = |leverage: u64| {
            let collateral = equity / 10_000 * leverage;
            loan(collateral, collateral - equity / 10_000 * 10_000, threshold)
        };
        prop_assert!(built(most.into()).drop_to_liquidation_bps_down().is_none_or(|drop| drop >= distance));
        prop_assert!(built(u64::from(most) + 1).drop_to_liquidation_bps_down().unwrap() <= distance);
    }

    /// Selling what it answers brings the leverage to the target, and a unit less does not.
    #[test]
    fn a_sale_reaches_the_target(position in solvent(), target in 10_000u32..200_000) {
        let sale = position.repay_for_leverage_up(target).unwrap();
        prop_assert!(sale <= position.debt);
        let after = |sold: u64| loan(position.collateral - sold, position.debt - sold, position.threshold.0);
        prop_assert!(after(sale).leverage_bps_up() <= target);
        prop_assert!(sale == 0 || after(sale - 1).leverage_bps_up() > target);
    }

    /// More collateral, less debt or a higher threshold never brings liquidation nearer.
    #[test]
    fn safety_is_monotone(position in any_loan(), more in any_u64(), less in any_u64(), threshold in any::<u16>()) {
        let safer = loan(
            position.collateral.saturating_add(more), position.debt.saturating_sub(less), position.threshold.0.max(threshold),
        );
        prop_assert!(safer.health_factor_down() >= position.health_factor_down());
        let drop = |of: &Leveraged| of.drop_to_liquidation_bps_down().unwrap_or(10_000);
        prop_assert!(drop(&safer) >= drop(&position));
        prop_assert!(safer.leverage_bps_up() <= position.leverage_bps_up());
    }

    /// The change of equity by exact integers; it never falls when the move is higher.
    #[test]
    fn a_stress_is_exact_and_monotone(position in any_loan(), a in -10_000i32..=20_000, b in -10_000i32..=20_000, bonus in 0u16..3_000) {
        let exact = |bps: i32| {
            let whole = UBig::from(10_000u32);
            let after = UBig::from(position.collateral) * UBig::from((10_000 + bps) as u32) / &whole;
            let liquidated = &after * UBig::from(position.threshold.0) < UBig::from(position.debt) * &whole;
            let taken = (UBig::from(position.debt) * UBig::from(bonus) + UBig::from(9_999u32)) / &whole;
            let owed = IBig::from(position.debt) + if liquidated { IBig::from(taken) } else { IBig::ZERO };
            let left = (IBig::from(after) - owed).max(IBig::ZERO);
            left - (IBig::from(position.collateral) - IBig::from(position.debt)).max(IBig::ZERO)
        };
        for bps in [a, b] {
            let expected = i64::try_from(exact(bps)).map_err(|_| MathError::Overflow);
            prop_assert_eq!(position.profit_down(bps, Bps(bonus)), expected);
        }
        if let (Ok(low), Ok(high)) = (position.profit_down(a.min(b), Bps(bonus)), position.profit_down(a.max(b), Bps(bonus))) {
            prop_assert!(low <= high);
        }
    }
}
