//! Inverse-variance weights. Expected numbers are those of a water-filling in 60 decimal digits (python's `decimal`), which
//! shares nothing with the program's integers; weights are rounded down and may lose one basis point more.

use proptest::prelude::*;
use strategy_router::{
    policy::inverse_variance::{daily_down, weights, Part, PriceRisk},
    state::LINES,
};

/// Daily volatilities of 1, 2, 3, 4 and 6 percent as variances of a day, units of 2^-56.
const ONE: u64 = 7_205_759_403_793;
const TWO: u64 = 28_823_037_615_171;
const THREE: u64 = 64_851_834_634_135;
const FOUR: u64 = 115_292_150_460_685;
const SIX: u64 = 259_407_338_536_541;
/// A target that nothing here reaches.
const NO_TARGET: u16 = u16::MAX;

/// A line whose price moves, within bounds in basis points.
fn risky(variance: u64, min_bps: u16, max_bps: u16) -> Part {
    Part { risk: PriceRisk::Variance(variance), target_bps: min_bps, min_bps, max_bps }
}

/// A line that holds the base asset.
fn safe(target_bps: u16, min_bps: u16, max_bps: u16) -> Part {
    Part { risk: PriceRisk::None, target_bps, min_bps, max_bps }
}

fn of(whole_bps: u16, volatility_bps: u16, parts: &[Part]) -> Vec<u16> {
    let mut rows: [Option<Part>; LINES] = [None; LINES];
    for (row, part) in rows.iter_mut().zip(parts) {
        *row = Some(*part);
    }
    let weights = weights(whole_bps, volatility_bps, &rows).unwrap();
    assert!(weights[parts.len()..].iter().all(|weight| *weight == 0), "a row without a line has no weight");
    weights[..parts.len()].to_vec()
}

/// Asserts the exact weights, rounded down, or one basis point less.
#[track_caller]
fn assert_weights(found: &[u16], exact: &[f64]) {
    assert_eq!(found.len(), exact.len());
    for (found, exact) in found.iter().zip(exact) {
        let lost = exact - f64::from(*found);
        assert!((0.0..=1.0).contains(&lost), "{found} instead of {exact} in {exact:?}");
    }
}

#[test]
fn a_yearly_volatility_of_one_day() {
    // ⌊σ · 2^28 / √365⌋.
    for (yearly, daily) in [(0, 0), (1, 1_405), (2_000, 2_810_110), (3_000, 4_215_166), (10_000, 14_050_553)] {
        assert_eq!(daily_down(yearly), daily);
    }
    assert_eq!(daily_down(u16::MAX), 92_080_305);
}

#[test]
fn twice_the_volatility_gets_a_quarter() {
    assert_weights(&of(9_500, NO_TARGET, &[risky(TWO, 0, 10_000), risky(FOUR, 0, 10_000)]), &[7600.0, 1900.0]);
}

#[test]
fn equal_lines_share_equally_and_one_alone_gets_all() {
    let line = risky(THREE, 0, 10_000);
    assert_weights(&of(9_000, NO_TARGET, &[line; 3]), &[3000.0; 3]);
    assert_weights(&of(9_000, NO_TARGET, &[line]), &[9000.0]);
    assert_eq!(of(9_000, NO_TARGET, &[]), Vec::<u16>::new());
}

#[test]
fn the_target_scales_all_of_them_down() {
    // 30% a year: Σ w·σ = 1.5702...% a day.
    let lines = [risky(TWO, 0, 10_000), risky(FOUR, 0, 10_000)];
    assert_weights(&of(9_500, 3_000, &lines), &[5234.2392, 1308.5598]);
    // A target of nothing leaves nothing in what moves.
    assert_eq!(of(9_500, 0, &lines), vec![0, 0]);
}

#[test]
fn what_the_target_leaves_goes_where_no_price_moves() {
    let lines = [risky(TWO, 0, 10_000), risky(FOUR, 0, 10_000), safe(1, 0, 10_000)];
    assert_weights(&of(9_500, 3_000, &lines), &[5234.2392, 1308.5598, 2957.2010]);
    assert_weights(&of(9_500, 0, &lines), &[0.0, 0.0, 9500.0]);
}

#[test]
fn the_rest_is_divided_by_target_weights_within_bounds() {
    let first = |max| [risky(THREE, 0, 10_000), safe(3_000, 0, max), safe(1_000, 0, 10_000)];
    assert_weights(&of(9_000, 2_000, &first(10_000)), &[3489.4928, 4132.8804, 1377.6268]);
    assert_weights(&of(9_000, 2_000, &first(4_000)), &[3489.4928, 4000.0, 1510.5072]);
    // What no line may take stays in cash, and a line without a target gets its minimum.
    let none = [risky(THREE, 0, 10_000), safe(0, 0, 10_000), safe(300, 300, 500)];
    assert_weights(&of(9_000, 2_000, &none), &[3489.4928, 0.0, 500.0]);
}

#[test]
fn the_minimum_of_a_calm_line_is_kept_free_for_it() {
    let lines = [risky(THREE, 0, 10_000), safe(3_000, 2_500, 4_000)];
    assert_weights(&of(9_000, NO_TARGET, &lines), &[6500.0, 2500.0]);
}

#[test]
fn what_one_line_may_not_take_goes_to_the_others_by_the_same_rule() {
    // 1/4 : 1/9 : 1/36; the first is cut to 50%, the others share 40% as 4 : 1.
    let lines = [risky(TWO, 0, 5_000), risky(THREE, 0, 10_000), risky(SIX, 0, 10_000)];
    assert_weights(&of(9_000, NO_TARGET, &lines), &[5000.0, 3200.0, 800.0]);
    // With a target of 40% a year, and at least 5% in the third.
    let lines = [risky(TWO, 0, 3_000), risky(THREE, 0, 10_000), risky(SIX, 500, 10_000)];
    assert_weights(&of(9_000, 4_000, &lines), &[3000.0, 3319.3238, 829.8309]);
    // All full: the rest stays in cash.
    assert_weights(&of(9_000, NO_TARGET, &[risky(TWO, 0, 1_000), risky(SIX, 0, 700)]), &[1000.0, 700.0]);
}

#[test]
fn a_minimum_comes_before_the_target_and_a_maximum_before_a_minimum() {
    assert_eq!(of(9_000, 0, &[risky(TWO, 1_000, 5_000), risky(FOUR, 0, 5_000)]), vec![1_000, 0]);
    // As when a cap in base units, or a frozen line's value, is below the least weight.
    assert_eq!(of(9_000, NO_TARGET, &[risky(TWO, 1_000, 400)]), vec![400]);
}

#[test]
fn minimums_are_met_in_order_as_far_as_there_is_something() {
    let lines = [risky(TWO, 3_000, 5_000), safe(2_500, 2_000, 5_000), risky(FOUR, 2_000, 5_000)];
    assert_eq!(of(7_000, 0, &lines), vec![3_000, 2_000, 2_000]);
    assert_eq!(of(4_000, 0, &lines), vec![3_000, 1_000, 0]);
    assert_eq!(of(0, NO_TARGET, &lines), vec![0, 0, 0]);
}

#[test]
fn an_unknown_risk_gets_its_minimum_and_spoils_the_target() {
    let unknown = |min_bps| Part { risk: PriceRisk::Unknown, target_bps: 5_000, min_bps, max_bps: 8_000 };
    assert_weights(&of(9_000, NO_TARGET, &[unknown(0), risky(TWO, 0, 10_000)]), &[0.0, 9000.0]);
    // Something that nobody knows the volatility of lies there: no target can be said to be kept.
    assert_eq!(of(9_000, NO_TARGET, &[unknown(100), risky(TWO, 50, 10_000)]), vec![100, 50]);
    assert_weights(&of(9_000, NO_TARGET, &[unknown(100), safe(1, 0, 10_000)]), &[100.0, 8900.0]);
}

#[test]
fn variances_of_zero_and_beyond_all_bounds() {
    // Zero counts as the least that there is; the other's part of it is less than 2^-32.
    assert_weights(&of(9_000, NO_TARGET, &[risky(0, 0, 10_000), risky(ONE, 0, 10_000)]), &[9000.0, 0.0]);
    assert_weights(&of(9_000, NO_TARGET, &[risky(0, 0, 10_000), risky(0, 0, 10_000)]), &[4500.0, 4500.0]);
    // 1,600% a day, the largest that the unit holds.
    assert_weights(&of(9_000, NO_TARGET, &[risky(u64::MAX, 0, 10_000), risky(TWO, 0, 10_000)]), &[0.0, 9000.0]);
    // 34.3% a day of target are 214.4 basis points of it.
    assert_weights(&of(9_000, NO_TARGET, &[risky(u64::MAX, 0, 10_000)]), &[214.391]);
    assert_eq!(of(9_000, 3_000, &[risky(0, 0, 10_000), risky(u64::MAX, 0, 10_000)])[1], 0);
    // More than the whole is the whole.
    assert_weights(&of(u16::MAX, NO_TARGET, &[risky(TWO, 0, u16::MAX)]), &[10000.0]);
}

#[test]
fn sixteen_lines() {
    // Volatilities of 1%, 1.25%, … 3.75% a day, at most 20% each; and four without risk, at least 1% each.
    let variances = [
        7_205_759_403_793,
        11_258_999_068_426,
        16_212_958_658_534,
        22_067_638_174_115,
        28_823_037_615_171,
        36_479_156_981_701,
        45_035_996_273_705,
        54_493_555_491_183,
        64_851_834_634_135,
        76_110_833_702_561,
        88_270_552_696_462,
        101_330_991_615_836,
    ];
    let mut lines: Vec<Part> = variances.map(|variance| risky(variance, 0, 2_000)).to_vec();
    lines.extend([safe(500, 100, 2_500); 4]);
    let exact = [
        2000.0, 1810.8876, 1257.5608, 923.9222, 707.3780, 558.9159, 452.7219, 374.1503, 314.3902, 267.8828, 230.9806,
        201.2097, 100.0, 100.0, 100.0, 100.0,
    ];
    assert_weights(&of(9_500, 5_000, &lines), &exact);
}

#[test]
fn a_rising_forecast_only_ever_takes_out_of_its_line() {
    let mut last = u16::MAX;
    for percent in 1..=40_u64 {
        // (percent/200)² in units of 2^-56.
        let variance = (1_u64 << 56) / 40_000 * percent * percent;
        let weight = of(9_500, 3_000, &[risky(variance, 0, 10_000), risky(TWO, 0, 3_000), safe(1, 0, 10_000)])[0];
        assert!(weight <= last, "{percent}: {weight} after {last}");
        last = weight;
    }
    // 30% a year are 157.03 basis points a day, of which the full second line takes 60; the rest at 20% a day.
    assert_weights(&[last], &[485.136]);
}

prop_compose! {
    fn part()(
        kind in 0u8..5, bits in 10u32..63, low in any::<u64>(), bounds in prop::array::uniform3(0u16..3_000),
    ) -> Part {
        let risk = match kind {
            0 => PriceRisk::None,
            1 => PriceRisk::Unknown,
            _ => PriceRisk::Variance((1 << bits) | (low & ((1 << bits) - 1))),
        };
        let mut bounds = bounds;
        bounds.sort_unstable();
        let [min_bps, target_bps, max_bps] = bounds;
        // Most lines have no minimum.
        Part { risk, target_bps, min_bps: if low % 4 == 0 { min_bps / 8 } else { 0 }, max_bps }
    }
}

/// Volatility of a day, of one.
fn sigma(part: &Part) -> f64 {
    match part.risk {
        PriceRisk::None => 0.0,
        PriceRisk::Variance(variance) => (variance as f64 / 2_f64.powi(56)).sqrt(),
        PriceRisk::Unknown => f64::INFINITY,
    }
}

/// Σ w·σ of the lines that hold something, of one.
fn volatility(parts: &[Part], weight: impl Fn(usize, &Part) -> f64) -> f64 {
    let of = |(index, part)| match weight(index, part) / 10000.0 {
        nothing if nothing <= 0.0 => 0.0,
        something => something * sigma(part),
    };
    parts.iter().enumerate().map(of).sum()
}

proptest! {
    #[test]
    fn bounds_whole_and_target_hold(
        parts in prop::collection::vec(part(), 1..=LINES), whole in 0u16..=10_000, target in 0u16..20_000,
    ) {
        let weights = of(whole, target, &parts);
        prop_assert!(weights.iter().map(|weight| u32::from(*weight)).sum::<u32>() <= u32::from(whole));
        for (weight, part) in weights.iter().zip(&parts) {
            prop_assert!(*weight <= part.max_bps);
        }
        let minimums: u32 = parts.iter().map(|part| u32::from(part.min_bps)).sum();
        if minimums <= u32::from(whole) {
            for (weight, part) in weights.iter().zip(&parts) {
                prop_assert!(*weight >= part.min_bps);
            }
        }
        let daily = f64::from(target) / 10000.0 / 365_f64.sqrt();
        if volatility(&parts, |_, part| f64::from(part.min_bps)) <= daily {
            let reached = volatility(&parts, |index, _| f64::from(weights[index]));
            prop_assert!(reached <= daily * 1.000_001, "{reached} of {daily}");
        }
    }

    #[test]
    fn nothing_is_left_that_a_line_could_take(
        parts in prop::collection::vec(part(), 1..=LINES), whole in 0u16..=10_000, target in 0u16..20_000,
    ) {
        // A basis point of each line is lost to rounding at the most.
        let weights = of(whole, target, &parts);
        let dust = parts.len() as f64;
        let left = f64::from(whole) - weights.iter().map(|weight| f64::from(*weight)).sum::<f64>();
        let daily = f64::from(target) / 10000.0 / 365_f64.sqrt();
        // Two more of each, so that weights that were rounded down do not look like room.
        let nearly = volatility(&parts, |index, part| match sigma(part).is_finite() {
            true => f64::from(weights[index]) + 2.0,
            false => f64::from(weights[index]),
        });
        let could = |(weight, part): (&u16, &Part)| match part.risk {
            PriceRisk::None => part.target_bps > 0 && *weight + 1 < part.max_bps,
            PriceRisk::Unknown => false,
            // A share below 2^-20 of the calmest line's gains less than the rounding.
            PriceRisk::Variance(variance) => {
                let calmest = parts.iter().filter_map(|part| match part.risk {
                    PriceRisk::Variance(variance) => Some(variance),
                    _ => None,
                }).min().unwrap();
                variance >> 20 <= calmest && nearly < daily && *weight + 1 < part.max_bps
            }
        };
        if left > dust + 1.0 {
            let idle: Vec<_> = weights.iter().zip(&parts).filter(|pair| could(*pair)).collect();
            prop_assert!(idle.is_empty(), "{left} are left and {idle:?} could take them");
        }
    }
}
