//! Value at risk, margins, leverage, room, concentration and liquidity: worked by hand, and exact in integers of any size.

mod reference;

use dashu_int::{IBig, UBig};
use gimbal_math::margin::*;
use gimbal_math::position::leverage::{max_leverage_bps_down, Leveraged};
use gimbal_math::volatility::{Tail, Variance};
use gimbal_math::Bps;
use proptest::prelude::*;
use reference::{int, scaled, sqrt, Normal, Real};

/// (parts / per)², rounded down to a unit.
fn volatility(parts: u64, per: u64) -> Variance {
    Variance(u64::try_from((u128::from(parts * parts) << 56) / u128::from(per * per)).expect("below 16"))
}

fn any_u64() -> impl Strategy<Value = u64> {
    (any::<u64>(), 0u32..64).prop_map(|(value, shift)| value >> shift)
}

fn any_variance() -> impl Strategy<Value = Variance> {
    any_u64().prop_map(|raw| Variance(raw).max(Variance::FLOOR))
}

fn big(value: impl Into<UBig>) -> UBig {
    value.into()
}

// Value at risk.

#[test]
fn the_textbook_value_at_risk() {
    // Hull: σ = 220,227 dollars a day, 99%, ten days, z = 2.33. In thousandths of a dollar.
    let ten_days = over_days_up(220_227_156, 10);
    assert_eq!(ten_days, 696_419_416); // 696,419,415.2…
    let value = delta_gamma_var(ten_days, 0, 2_330);
    assert_eq!((value + 500) / 1_000, 1_622_657);
}

#[test]
fn the_normal_tail_is_rounded_up() {
    let normal = Normal::new();
    let z = normal.quantile(&reference::ratio(99, 100), reference::ratio(23_263, 10_000));
    let shortfall = normal.pdf(&z) * int(100);
    let Tail { quantile, shortfall: mean } = NORMAL_99;
    assert!(int(quantile) >= z.clone() * int(1_000) && int(quantile - 1) < z * int(1_000));
    assert!(int(mean) >= shortfall.clone() * int(1_000) && int(mean - 1) < shortfall * int(1_000));
}

#[test]
fn curvature_costs_at_the_same_move_as_delta() {
    // Γ P² = −2,000,000 and σ = 5% over the period: half of it times 0.0025 is 2,500.
    let h = volatility(5, 100);
    assert_eq!(gamma_cost(-2_000_000, h), 2_500);
    assert_eq!(gamma_cost(2_000_000, h), 0);
    assert_eq!(gamma_cost(0, Variance::MAX), 0);
    assert_eq!(gamma_cost(-1, h), 1);
    assert_eq!(gamma_cost(i64::MIN, Variance::MAX), u64::MAX);
    // At two standard deviations: 2 · 10,000 and 4 · 2,500.
    assert_eq!(delta_gamma_var(10_000, 2_500, 2_000), 30_000);
    assert_eq!(delta_gamma_var(0, 2_500, 2_000), 10_000);
    // At one it is the expected cost: 10,000 + 2,500.
    assert_eq!(delta_gamma_var(10_000, 2_500, 1_000), 12_500);
    assert_eq!(delta_gamma_var(u64::MAX, 0, 1_001), u64::MAX);
    assert_eq!(delta_gamma_var(1, u64::MAX, 1_000), u64::MAX);
}

#[test]
fn a_short_straddle_loses_what_its_expansion_says() {
    // Full-range liquidity of 1,000,000 hedged in delta: Γ P² = −V/4. At a fall by 20% the exact loss is
    // V(√0.8 − 1) + 0.1 V = −5,573; the expansion says ½ · ¼ · 0.04 V = 5,000, the expectation a twentieth at σ = 4%.
    let cost = gamma_cost(-250_000, volatility(4, 100));
    assert_eq!(cost, 200);
    assert_eq!(delta_gamma_var(0, cost, 5_000), 5_000);
}

// Margins.

#[test]
fn margins_by_hand() {
    let terms = Terms { variance: volatility(4, 100), horizon_days: 2, multiplier_milli: 2_327 };
    // 2.327 · 4% · √2 = 1,316.35 basis points.
    assert_eq!(terms.move_bps_up(), 1_317);
    // ½ · 30% · 25% = 375, and 20 for the price.
    assert_eq!(terms.initial_bps(3_000, 2_500, 20, 0), 1_712);
    assert_eq!(terms.initial_bps(1, 1, 0, 0), 1_318);
    assert_eq!(terms.initial_bps(3_000, 2_500, 20, 2_000), 2_000);
    assert_eq!(terms.maintenance_bps(500, 80), 1_897);
    assert_eq!(terms.initial_bps(u32::MAX, u32::MAX, u32::MAX, 0), u32::MAX);
    assert_eq!(terms.maintenance_bps(u32::MAX, 1), u32::MAX);
    // No days count as one.
    assert_eq!(Terms { horizon_days: 0, ..terms }.move_bps_up(), 931); // 930.8
}

#[test]
fn leverage_is_the_inverse_of_margin() {
    assert_eq!(max_leverage_bps(2_000), 50_000);
    assert_eq!(max_leverage_bps(1_712), 58_411); // 58,411.2
    assert_eq!(max_leverage_bps(10_000), 10_000);
    assert_eq!(max_leverage_bps(25_000), 10_000);
    assert_eq!(max_leverage_bps(0), u32::MAX);
    assert_eq!(max_leverage_bps(u32::MAX), 10_000);
}

#[test]
fn the_lending_loop_of_the_formulas() {
    // Three times, a threshold of 85%: a health factor of 1.275 and 21.568…% to liquidation.
    let position = Leveraged { collateral: 3_000_000, debt: 2_000_000, threshold: Bps(8_500) };
    assert_eq!((position.health_factor_down().0 * 1_000) >> 64, 1_274);
    assert_eq!(((position.health_factor_down().0 + 1) * 1_000) >> 64, 1_275);
    let drop = position.drop_to_liquidation_bps_down().unwrap();
    assert_eq!(drop, 2_156);
    // At 4% a day that is 5.39 standard deviations of a day, and 2.695 of four days.
    let day = Terms { variance: volatility(4, 100), horizon_days: 1, multiplier_milli: 0 };
    assert_eq!(day.distance_sigma_milli(drop.into()), 5_390);
    assert_eq!(Terms { horizon_days: 4, ..day }.distance_sigma_milli(drop.into()), 2_695);
    // A wish for eight standard deviations, 32%, allows 2.37 times.
    let wished = move_bps_up(day.variance, 1, 8_000);
    assert!((3_200..=3_201).contains(&wished));
    assert_eq!(max_leverage_bps_down(Bps(8_500), 3_200).unwrap(), 23_696);
}

#[test]
fn distances_at_the_edges() {
    let terms = Terms { variance: Variance::FLOOR, horizon_days: 1, multiplier_milli: 0 };
    assert_eq!(terms.distance_sigma_milli(0), 0);
    assert_eq!(terms.distance_sigma_milli(u32::MAX), u32::MAX);
    // A hundredth of a percent over the floor's 0.00316%.
    assert_eq!(terms.distance_sigma_milli(1), 3_162);
    assert_eq!(Terms { variance: Variance::MAX, ..terms }.distance_sigma_milli(10_000), 62);
}

// Room.

#[test]
fn room_by_hand() {
    let unit = |variance: f64| Variance((variance * 2f64.powi(56)) as u64);
    let covariance = |value: i128| value << 28;
    // √(90² + m²) ≤ 150: 120.
    assert_eq!(largest_addition(8_100, 0, unit(1.0), 150), 120);
    // Perfectly together: 90 + m ≤ 150; perfectly apart: m − 90 ≤ 150.
    assert_eq!(largest_addition(8_100, covariance(90), unit(1.0), 150), 60);
    assert_eq!(largest_addition(8_100, covariance(-90), unit(1.0), 150), 240);
    // At the limit already: nothing, or what first hedges and then comes back.
    assert_eq!(largest_addition(8_100, covariance(45), unit(1.0), 90), 0);
    assert_eq!(largest_addition(8_100, covariance(-45), unit(1.0), 90), 90);
    // Beyond it: nothing, even if it would hedge.
    assert_eq!(largest_addition(8_101, covariance(-45), unit(1.0), 90), 0);
    // Half the deviation for a unit: twice the room.
    assert_eq!(largest_addition(0, 0, unit(0.25), 150), 300);
    // Without a variance only the covariance bounds: 8,100 + 2 · 3 m ≤ 22,500.
    assert_eq!(largest_addition(8_100, covariance(3), Variance(0), 150), 2_400);
    assert_eq!(largest_addition(8_100, 0, Variance(0), 150), u64::MAX);
    // A hedge without end, and a portfolio without limit.
    assert_eq!(largest_addition(0, i128::MIN, Variance::MAX, 1), u64::MAX);
    assert_eq!(largest_addition(0, i128::MAX, Variance::MAX, u64::MAX), 268_435_455);
    assert_eq!(largest_addition(u128::MAX, 0, Variance::FLOOR, u64::MAX), 0);
}

/// A + 2Bm + Cm², in units of 2^-56, exactly.
fn variance_with(variance: u128, covariance: i128, unit: Variance, addition: u64) -> IBig {
    let linear = (IBig::from(covariance) * IBig::from(addition)) << 29;
    (IBig::from(variance) << 56) + linear + IBig::from(unit.0) * IBig::from(addition) * IBig::from(addition)
}

// Concentration and liquidity.

#[test]
fn concentration_by_hand() {
    assert_eq!(hhi_bps(&[]), 0);
    assert_eq!(hhi_bps(&[0, 0]), 0);
    assert_eq!(hhi_bps(&[5]), 10_000);
    assert_eq!(hhi_bps(&[7, 7, 7, 7]), 2_500);
    // 0.6² + 0.3² + 0.1² = 0.46.
    assert_eq!(hhi_bps(&[60, 30, 10, 0]), 4_600);
    assert_eq!(hhi_bps(&[1, 1, 1]), 3_334);
    // 625, and what is cut of a total beyond 64 bits.
    assert_eq!(hhi_bps(&[u64::MAX; 16]), 626);
    assert_eq!(hhi_bps(&[u64::MAX, 1]), 10_000);
}

#[test]
fn liquidity_by_hand() {
    // 1,000,000 where 400,000 are traded a day, of which a quarter may be ours: ten days.
    assert_eq!(days_to_exit(1_000_000, 400_000, 2_500), 10);
    assert_eq!(days_to_exit(1_000_001, 400_000, 2_500), 11);
    assert_eq!(days_to_exit(1, u64::MAX, 10_000), 1);
    assert_eq!(days_to_exit(0, 0, 0), 0);
    assert_eq!(days_to_exit(1, 0, 2_500), u32::MAX);
    assert_eq!(days_to_exit(1, 400_000, 0), u32::MAX);
    assert_eq!(days_to_exit(u64::MAX, 1, 1), u32::MAX);
    assert_eq!(share_of_liquidity_bps(250, 1_000), 2_500);
    assert_eq!(share_of_liquidity_bps(1, 3), 3_334);
    assert_eq!(share_of_liquidity_bps(0, 0), 0);
    assert_eq!(share_of_liquidity_bps(1, 0), u32::MAX);
    assert_eq!(share_of_liquidity_bps(u64::MAX, 1), u32::MAX);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn horizons_are_exact_and_inverse(deviation in any_u64(), days in any::<u32>()) {
        let square = big(deviation) * big(deviation) * big(days);
        let scaled = over_days_up(deviation, days);
        if scaled < u64::MAX {
            prop_assert!(big(scaled) * big(scaled) >= square);
            prop_assert!(scaled == 0 || big(scaled - 1) * big(scaled - 1) < square);
        } else {
            prop_assert!(big(u64::MAX - 1) * big(u64::MAX - 1) < square);
        }
        // The largest deviation of one day that stays within it.
        let one = of_one_day_down(deviation, days);
        let days = days.max(1);
        prop_assert!(over_days_up(one, days) <= deviation);
        prop_assert!(one == u64::MAX || over_days_up(one + 1, days) > deviation);
    }

    #[test]
    fn gamma_costs_half_the_curvature_times_the_variance(gamma in any::<i64>(), shift in 0u32..63, h in any_variance()) {
        let gamma = gamma >> shift;
        let cost = gamma_cost(gamma, h);
        let exact = big(gamma.min(0).unsigned_abs()) * big(h.0);
        prop_assert!(cost == u64::MAX || big(cost) << 57 >= exact);
        prop_assert!(cost == 0 || big(cost - 1) << 57 < exact);
    }

    #[test]
    fn the_limit_of_the_deviation_is_the_inverse_of_value_at_risk(
        limit in any_u64(), cost in any_u64(), multiplier in 1u32..20_000,
    ) {
        let most = deviation_within_down(limit, cost, multiplier);
        let alone = delta_gamma_var(0, cost, multiplier);
        if alone > limit {
            prop_assert_eq!(most, 0);
        } else {
            prop_assert!(most == u64::MAX || delta_gamma_var(most, cost, multiplier) <= limit);
            prop_assert!(most == u64::MAX || delta_gamma_var(most + 1, cost, multiplier) > limit);
        }
    }

    #[test]
    fn moves_are_rounded_up_by_less_than_one(h in any_variance(), days in 0u32..400, multiplier in 0u32..20_000) {
        let bps = move_bps_up(h, days, multiplier);
        let variance = big(h.0) * big(days.max(1));
        prop_assume!(variance <= big(u64::MAX));
        let exact: Real = sqrt(&scaled(variance, -56)) * int(multiplier) * int(10);
        prop_assert!(int(bps) >= exact);
        prop_assert!(int(bps) <= exact + int(1) + scaled(1, -20));
    }

    #[test]
    fn a_distance_covered_by_so_many_deviations_is_that_far(
        h in any_variance(), days in 1u32..400, distance in 0u32..100_000,
    ) {
        let terms = Terms { variance: h, horizon_days: days, multiplier_milli: 0 };
        let milli = terms.distance_sigma_milli(distance);
        // A move of that many deviations stays within the distance, one thousandth more need not.
        prop_assert!(milli == u32::MAX || move_bps_up(h, days, milli) <= distance + 1);
        prop_assert!(milli >= u32::MAX - 1 || move_bps_up(h, days, milli.saturating_add(1)) >= distance);
    }

    #[test]
    fn adding_the_room_is_within_the_limit_and_one_more_is_beyond(
        deviation in 0u64..1 << 62, correlation in -1_000i128..=1_000, h in any_variance(), above in any_u64(),
    ) {
        // A covariance between ± the product of the deviations, in units of 2^-28.
        let unit = i128::try_from(h.deviation_down().0 >> 36).unwrap();
        let covariance = i128::from(deviation) * unit / 1_000 * correlation;
        let variance = u128::from(deviation) * u128::from(deviation);
        let limit = deviation.saturating_add(above);
        let square = (IBig::from(limit) * IBig::from(limit)) << 56;
        let room = largest_addition(variance, covariance, h, limit);
        if room < u64::MAX {
            prop_assert!(variance_with(variance, covariance, h, room) <= square);
            // One unit more, and a part in 2^50 for the roundings of the root.
            let more = room.saturating_add(room >> 50).saturating_add(1);
            prop_assert!(variance_with(variance, covariance, h, more) > square, "{room} under {limit}");
        }
    }

    #[test]
    fn concentration_is_that_of_the_parts(parts in prop::collection::vec(any_u64(), 0..20)) {
        let total = parts.iter().fold(UBig::ZERO, |sum, part| sum + big(*part));
        let squares = parts.iter().fold(UBig::ZERO, |sum, part| sum + big(*part) * big(*part));
        let index = hhi_bps(&parts);
        if total == UBig::ZERO {
            prop_assert_eq!(index, 0);
        } else {
            let total = &total * &total;
            prop_assert!(big(index) * &total >= squares.clone() * big(10_000u32));
            let less = big(index - 1) * &total;
            // Within one, but for what is cut of totals beyond 64 bits.
            prop_assert!(less < squares * big(10_000u32) + (total >> 40));
            prop_assert!(index <= 10_000);
        }
    }

    #[test]
    fn days_and_shares_are_rounded_up_once(amount in any_u64(), volume in any_u64(), participation in 0u32..20_000) {
        let (needed, daily) = (big(amount) * big(10_000u32), big(volume) * big(participation));
        let days = days_to_exit(amount, volume, participation);
        if days < u32::MAX {
            prop_assert!(daily.clone() * big(days) >= needed);
            prop_assert!(days == 0 || daily * big(days - 1) < needed);
        } else {
            prop_assert!(daily * big(u32::MAX - 1) < needed);
        }
        let share = share_of_liquidity_bps(amount, volume);
        if share < u32::MAX {
            prop_assert!(big(share) * big(volume) >= needed);
            prop_assert!(share == 0 || big(share - 1) * big(volume) < needed);
        }
    }
}
