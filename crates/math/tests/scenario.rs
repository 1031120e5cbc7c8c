//! Full revaluation: by hand, against exact values, and that no loss is understated.

mod reference;

use dashu_int::IBig;
use gimbal_math::option::Kind;
use gimbal_math::position::hedge::Hedged;
use gimbal_math::position::leverage::Leveraged;
use gimbal_math::scenario::*;
use gimbal_math::{Bps, MathError};
use proptest::prelude::*;
use reference::european::Market;
use reference::{int, ratio, scaled, sqrt, Normal, Real};

/// One, as a ratio.
const ONE: u64 = 1 << 32;

fn price(price_bps: i32) -> Shock {
    Shock { price_bps, volatility_bps: 0 }
}

fn real_price(move_bps: i32) -> Real {
    ratio(10_000 + i64::from(move_bps), 10_000)
}

fn option(kind: Kind, written: bool) -> Position {
    Position::Option {
        kind,
        notional: 1_000_000_000,
        strike: ONE + ONE / 8,
        years: ONE / 4,
        volatility: ONE / 4 * 3,
        rate_bps: 500,
        written,
    }
}

// By hand.

#[test]
fn what_no_price_moves_stays() {
    assert_eq!(revalue(&Position::Cash, &price(-10_000)), Ok(0));
    assert_eq!(revalue(&Position::Lending { delta: 0 }, &price(-10_000)), Ok(0));
    for position in [Position::Linear { delta: 5, gamma: 7 }, Position::Lending { delta: 5 }, option(Kind::Put, false)]
    {
        // An option's profit is rounded down from zero.
        assert!((-1..=0).contains(&revalue(&position, &price(0)).unwrap()));
    }
}

#[test]
fn what_is_held_moves_with_its_price() {
    assert_eq!(revalue(&Position::Lending { delta: 1_000_000 }, &price(-3_000)), Ok(-300_000));
    assert_eq!(revalue(&Position::Lending { delta: 1_000_000 }, &price(25_000)), Ok(2_500_000));
    // 1,000,000 · (−0.3) − ½ · 400,000 · 0.09.
    assert_eq!(revalue(&Position::Linear { delta: 1_000_000, gamma: -400_000 }, &price(-3_000)), Ok(-318_000));
    assert_eq!(revalue(&Position::Linear { delta: -1_000_000, gamma: 400_000 }, &price(-3_000)), Ok(318_000));
    // A third of a unit is lost as one and gained as none.
    assert_eq!(revalue(&Position::Lending { delta: 1 }, &price(-3_333)), Ok(-1));
    assert_eq!(revalue(&Position::Lending { delta: 1 }, &price(3_333)), Ok(0));
}

#[test]
fn a_loop_loses_its_equity_and_no_more() {
    let position = Leveraged { collateral: 3_000_000, debt: 2_000_000, threshold: Bps(8_500) };
    let falling = |shock| revalue(&Position::Loop { position, debt_moves: false, bonus: Bps(500) }, &price(shock));
    assert_eq!(falling(-2_000), Ok(-600_000));
    // 3,000,000 · 0.75 · 0.85 is less than the debt: the liquidator takes 5% of it besides.
    assert_eq!(falling(-2_500), Ok(-850_000));
    assert_eq!(falling(-6_000), Ok(-1_000_000));
    assert_eq!(falling(1_000), Ok(300_000));
    let rising = |shock| revalue(&Position::Loop { position, debt_moves: true, bonus: Bps(500) }, &price(shock));
    assert_eq!(rising(2_000), Ok(-400_000));
    // A debt of 2,550,000 is the threshold; of 2,560,000 it is liquidated at 2,688,000.
    assert_eq!(rising(2_750), Ok(-550_000));
    assert_eq!(rising(2_800), Ok(-688_000));
    assert_eq!(rising(6_000), Ok(-1_000_000));
    assert_eq!(rising(-1_000), Ok(200_000));
    assert_eq!(rising(-10_000), Ok(2_000_000));
}

#[test]
fn a_range_from_half_to_twice_the_root() {
    // V = s(2 − s/2) − ½ in the range: 1 at s = 1. At 1.2 it is 1.18, at 0.8 it is 0.78, at 2 it is 1.5, at ½ 0.375.
    let position = Position::Liquidity { value: 1_000_000_000, lower: ONE / 2, upper: 2 * ONE };
    for (shock, profit) in [
        (4_400, 180_000_000),
        (-3_600, -220_000_000),
        (30_000, 500_000_000),
        (80_000, 500_000_000),
        (-7_500, -625_000_000),
        // Below the range all is in the asset: 0.09 · (2 − ½).
        (-9_100, -865_000_000),
        (-10_000, -1_000_000_000),
    ] {
        let result = revalue(&position, &price(shock)).unwrap();
        assert!((profit - 1..=profit).contains(&result), "{result} for {profit}");
    }
}

#[test]
fn a_hedge_loses_only_its_margin() {
    let hedged = Hedged { spot: 1_000_000, short: 1_000_000, margin: 200_000, maintenance: Bps(500) };
    let after = |shock| revalue(&Position::Hedged(hedged), &price(shock));
    assert_eq!(after(-5_000), Ok(0));
    assert_eq!(after(1_000), Ok(0));
    // From a rise by 14.28% the short is liquidated: the margin is gone before the asset gains as much.
    assert_eq!(after(1_500), Ok(-50_000));
    assert_eq!(after(5_000), Ok(0));
}

#[test]
fn options_by_mpmath() {
    // Strike 1.125, a quarter of a year, 75% and then 112.5% of volatility, 5%; a fall by 30%. To 40 digits:
    // call −51,448,601.68, put 248,551,398.32 for a notional of 10⁹.
    let shock = Shock { price_bps: -3_000, volatility_bps: 5_000 };
    assert_eq!(revalue(&option(Kind::Call, false), &shock), Ok(-51_448_602));
    assert_eq!(revalue(&option(Kind::Call, true), &shock), Ok(51_448_601));
    assert_eq!(revalue(&option(Kind::Put, false), &shock), Ok(248_551_398));
    assert_eq!(revalue(&option(Kind::Put, true), &shock), Ok(-248_551_399));
}

#[test]
fn an_expired_option_is_its_exercise() {
    let position = |kind, written| Position::Option {
        kind,
        notional: 1_000_000,
        strike: ONE,
        years: 0,
        volatility: ONE,
        rate_bps: 0,
        written,
    };
    assert!((299_999..=300_000).contains(&revalue(&position(Kind::Call, false), &price(3_000)).unwrap()));
    assert!((-300_001..=-300_000).contains(&revalue(&position(Kind::Call, true), &price(3_000)).unwrap()));
    assert!((-1..=0).contains(&revalue(&position(Kind::Put, true), &price(3_000)).unwrap()));
    assert!((999_999..=1_000_000).contains(&revalue(&position(Kind::Put, false), &price(-10_000)).unwrap()));
}

#[test]
fn what_cannot_be_is_refused() {
    for position in [Position::Cash, Position::Lending { delta: 1 }, option(Kind::Call, false)] {
        assert_eq!(revalue(&position, &price(-10_001)), Err(MathError::Domain));
    }
    let shock = Shock { price_bps: 0, volatility_bps: -10_001 };
    assert_eq!(revalue(&option(Kind::Call, false), &shock), Err(MathError::Domain));
    // All volatility may go.
    assert!(revalue(&option(Kind::Call, false), &Shock { volatility_bps: -10_000, ..shock }).is_ok());
    let range = |lower, upper| revalue(&Position::Liquidity { value: 1, lower, upper }, &price(0));
    assert_eq!(range(ONE, ONE), Err(MathError::Domain));
    assert_eq!(range(2 * ONE, ONE), Err(MathError::Domain));
    assert_eq!(range(ONE / 2, 0), Err(MathError::Domain));
    assert_eq!(revalue(&Position::Lending { delta: i64::MAX }, &price(20_000)), Err(MathError::Overflow));
    assert_eq!(revalue(&Position::Linear { delta: 0, gamma: i64::MIN }, &price(i32::MAX)), Err(MathError::Overflow));
}

#[test]
fn a_range_without_ends_is_a_constant_product() {
    let position = Position::Liquidity { value: 1_000_000_000, lower: 0, upper: u64::MAX };
    // √1.44 = 1.2 and √0.25 = 0.5, but for the ends at 2^±32.
    assert!((199_999_990..=200_000_000).contains(&revalue(&position, &price(4_400)).unwrap()));
    assert!((-500_000_001..=-499_999_990).contains(&revalue(&position, &price(-7_500)).unwrap()));
}

// Any position.

fn shock() -> impl Strategy<Value = i32> {
    prop_oneof![-10_000i32..=20_000, -1_000i32..=1_000, Just(0)]
}

fn amount() -> impl Strategy<Value = u64> {
    (any::<u64>(), 4u32..60).prop_map(|(value, shift)| value >> shift)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn an_expansion_is_rounded_down_once(delta in any::<i64>(), gamma in any::<i64>(), shift in 0u32..60, shock in shock()) {
        let (delta, gamma) = (delta >> shift, gamma >> shift);
        let exact = IBig::from(20_000) * IBig::from(delta) * IBig::from(shock)
            + IBig::from(gamma) * IBig::from(shock) * IBig::from(shock);
        match revalue(&Position::Linear { delta, gamma }, &price(shock)) {
            Ok(profit) => {
                prop_assert!(IBig::from(profit) * IBig::from(200_000_000) <= exact);
                prop_assert!((IBig::from(profit) + IBig::ONE) * IBig::from(200_000_000) > exact);
            }
            Err(error) => {
                prop_assert_eq!(error, MathError::Overflow);
                let magnitude = if exact < IBig::ZERO { -exact } else { exact };
                prop_assert!(magnitude > IBig::from(i64::MAX) * IBig::from(200_000_000));
            }
        }
    }

    #[test]
    fn a_range_is_revalued_within_its_bound(
        value in amount(), lower in ONE / 2..3 * ONE / 2, width in 1u64..1 << 31, shock in shock(),
    ) {
        // From a width of one basis point of the price on, and from two thirds to one and a half of it.
        let lower = lower.clamp((ONE as f64 * 0.82) as u64, (ONE as f64 * 1.15) as u64);
        let upper = (lower + width).max(lower + lower / 20_000 + 1).max((ONE as f64 * 0.86) as u64);
        let exact = |root: &Real| {
            let position = reference::liquidity::Position {
                liquidity: int(1), lower: scaled(lower, -32), upper: scaled(upper, -32),
            };
            position.value(root)
        };
        let profit = revalue(&Position::Liquidity { value, lower, upper }, &price(shock)).unwrap();
        let after = int(value) * exact(&sqrt(&real_price(shock))) / exact(&int(1));
        let error = after.clone() - int(value) - int(profit);
        prop_assert!(error >= int(0), "overstated by {}", reference::decimal(&-error));
        let larger = reference::max(after, int(value));
        prop_assert!(error <= int(1) + larger * scaled(1, -36), "understated by {}", reference::decimal(&error));
    }

    #[test]
    fn an_option_is_revalued_within_its_bound(
        call in any::<bool>(), written in any::<bool>(), notional in amount(), strike in ONE / 4..4 * ONE,
        years in ONE / 8_760..3 * ONE, volatility in ONE / 20..2 * ONE, rate_bps in -200i32..=2_000,
        price_bps in -7_000i32..=20_000, volatility_bps in -5_000i32..=5_000,
    ) {
        let kind = if call { Kind::Call } else { Kind::Put };
        let position = Position::Option { kind, notional, strike, years, volatility, rate_bps, written };
        let profit = revalue(&position, &Shock { price_bps, volatility_bps }).unwrap();
        let present = Market {
            spot: int(1), strike: scaled(strike, -32), rate: ratio(rate_bps.into(), 10_000),
            volatility: scaled(volatility, -32), years: scaled(years, -32),
        };
        let after = Market {
            spot: real_price(price_bps), volatility: present.volatility.clone() * real_price(volatility_bps), ..present.clone()
        };
        let normal = Normal::new();
        let gain = int(notional) * (after.price(&normal, call) - present.price(&normal, call));
        let exact = if written { -gain } else { gain };
        let error = exact - int(profit);
        prop_assert!(error >= int(0), "overstated by {}", reference::decimal(&-error));
        let bound = int(1) + int(notional) * ratio(1, 100_000_000_000_000);
        prop_assert!(error <= bound, "understated by {}", reference::decimal(&error));
    }

    #[test]
    fn a_debt_that_rises_never_costs_more_than_the_equity(
        collateral in amount(), part in 0u64..=10_000, threshold in 0u16..=10_000, bonus in 0u16..=2_000, shock in shock(),
    ) {
        let debt = (u128::from(collateral) * u128::from(part) / 10_000) as u64;
        let position = Leveraged { collateral, debt, threshold: Bps(threshold) };
        let profit = revalue(&Position::Loop { position, debt_moves: true, bonus: Bps(bonus) }, &price(shock)).unwrap();
        let owed = IBig::from(debt) * IBig::from(10_000 + shock);
        let liquidated = IBig::from(collateral) * IBig::from(threshold) < owed;
        let factor = IBig::from(if liquidated { 10_000 + u32::from(bonus) } else { 10_000 });
        // The equity after, in units of 10^-8, not below zero; less what it was.
        let after = (IBig::from(collateral) * IBig::from(100_000_000) - owed * factor).max(IBig::ZERO);
        let exact = after - IBig::from(collateral - debt) * IBig::from(100_000_000);
        prop_assert!(IBig::from(profit) * IBig::from(100_000_000) <= exact);
        prop_assert!((IBig::from(profit) + IBig::ONE) * IBig::from(100_000_000) > exact);
    }
}
