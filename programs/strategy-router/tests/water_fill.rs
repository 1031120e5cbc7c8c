//! Water-filling against exhaustive search, in exact rational arithmetic that shares nothing with the program.

use bytemuck::Zeroable;
use num_bigint::BigInt;
use proptest::prelude::*;
use strategy_router::{
    policy::water_fill::{supply_rate_down, targets, Basin, CHUNKS},
    state::{Curve, LINES},
};

/// A curve through (utilisation, rate) points, basis points.
fn curve(supply: u64, borrowed: u64, take_bps: u16, corners: &[(u16, u16)]) -> Curve {
    let mut curve = Curve::zeroed();
    (curve.supply, curve.borrowed, curve.take_bps, curve.points) = (supply, borrowed, take_bps, 11);
    for index in 0..11 {
        let (util, rate) = corners[index.min(corners.len() - 1)];
        (curve.util_bps[index], curve.rate_bps[index]) = (util, rate);
    }
    curve
}

fn fill(total: u64, basins: &[Basin]) -> Vec<u64> {
    let mut rows: [Option<Basin>; LINES] = [None; LINES];
    for (row, basin) in rows.iter_mut().zip(basins) {
        *row = Some(*basin);
    }
    targets(total, &rows).unwrap()[..basins.len()].to_vec()
}

/// A fraction; the denominators are positive.
#[derive(Clone, Debug)]
struct Ratio(BigInt, BigInt);

impl Ratio {
    fn times(&self, other: &Self) -> Self {
        Self(&self.0 * &other.0, &self.1 * &other.1)
    }

    fn plus(&self, other: &Self) -> Self {
        Self(&self.0 * &other.1 + &other.0 * &self.1, &self.1 * &other.1)
    }

    fn less(&self, other: &Self) -> bool {
        &self.0 * &other.1 < &other.0 * &self.1
    }
}

fn ratio(a: u64, b: u64) -> Ratio {
    Ratio(BigInt::from(a), BigInt::from(b))
}

/// Income of `x` on a curve that is one straight line from (0, r0) to (10,000, r1): x · (1 − take) · u · (r0 + (r1 − r0) · u).
fn straight_income(x: u64, others: u64, borrowed: u64, take: u64, r0: u64, r1: u64) -> Ratio {
    if others + x == 0 || borrowed == 0 {
        return ratio(0, 1);
    }
    let u = if borrowed >= others + x { ratio(1, 1) } else { ratio(borrowed, others + x) };
    let rate = ratio(r0, 10_000).plus(&ratio(r1 - r0, 10_000).times(&u));
    ratio(x, 1).times(&ratio(10_000 - take, 10_000)).times(&u).times(&rate)
}

#[derive(Clone, Copy, Debug)]
struct Market {
    others: u64,
    borrowed: u64,
    take: u64,
    r0: u64,
    r1: u64,
}

impl Market {
    fn curve(&self) -> Curve {
        curve(self.others, self.borrowed, self.take as u16, &[(0, self.r0 as u16), (10_000, self.r1 as u16)])
    }

    fn income(&self, x: u64) -> Ratio {
        straight_income(x, self.others, self.borrowed, self.take, self.r0, self.r1)
    }
}

/// The best income over all ways to put whole chunks into two lines or leave them in cash.
fn best_by_search(markets: &[Market; 2], chunk: u64, count: u64) -> Ratio {
    let mut best = ratio(0, 1);
    for first in 0..=count {
        for second in 0..=count - first {
            let income = markets[0].income(first * chunk).plus(&markets[1].income(second * chunk));
            if best.less(&income) {
                best = income;
            }
        }
    }
    best
}

#[test]
fn a_supply_rate_worked_by_hand() {
    // 800 of 1,000 lent, 10% at 80% utilisation, a tenth taken: 10% · 0.8 · 0.9 = 7.2%.
    let curve = curve(1_000, 800, 1_000, &[(0, 0), (8_000, 1_000), (10_000, 5_000)]);
    assert_eq!(supply_rate_down(&curve, 1_000), Ok(72_000_000_000));
    // Twice the supply: 40% lent, 5%: 5% · 0.4 · 0.9 = 1.8%.
    assert_eq!(supply_rate_down(&curve, 2_000), Ok(18_000_000_000));
    // 800 of 900: 88.88…% lent, rate 10% + 40% · 8.88…/20 = 27.77…%; · 0.888… · 0.9 = 22.2222…%.
    let rate = supply_rate_down(&curve, 900).unwrap();
    assert!((222_222_222_200..=222_222_222_222).contains(&rate), "{rate}");
    // All lent and more: the rate at full utilisation.
    assert_eq!(supply_rate_down(&curve, 700), Ok(450_000_000_000));
    assert_eq!(supply_rate_down(&curve, 0), Ok(0));
}

#[test]
fn two_equal_markets_share_equally() {
    let market = curve(1_000_000, 800_000, 0, &[(0, 0), (10_000, 2_000)]);
    let basin = Basin { curve: &market, value: 0, min: 0, max: u64::MAX };
    let amounts = fill(320_000, &[basin, basin]);
    assert_eq!(amounts, vec![160_000, 160_000]);
}

#[test]
fn minimums_come_first_and_maximums_hold() {
    let rich = curve(1_000_000, 900_000, 0, &[(0, 0), (10_000, 5_000)]);
    let poor = curve(1_000_000, 100_000, 0, &[(0, 0), (10_000, 1_000)]);
    let basins = [
        Basin { curve: &poor, value: 0, min: 20_000, max: 500_000 },
        Basin { curve: &rich, value: 0, min: 0, max: 50_000 },
    ];
    // 20,000 at least to the poor one; the rich one takes its 50,000; the rest must go to the poor one.
    assert_eq!(fill(100_000, &basins), vec![50_000, 50_000]);
    // Too little even for the minimum.
    assert_eq!(fill(15_000, &basins), vec![15_000, 0]);
    assert_eq!(fill(0, &basins), vec![0, 0]);
}

#[test]
fn what_earns_nothing_stays_in_cash() {
    let idle = curve(1_000_000, 0, 0, &[(0, 0), (10_000, 5_000)]);
    let basin = Basin { curve: &idle, value: 0, min: 0, max: u64::MAX };
    assert_eq!(fill(100_000, &[basin]), vec![0]);
}

#[test]
fn the_own_position_is_not_counted_twice() {
    // The market holds 1,000,000, of which 400,000 are ours; what others own is what our money is added to.
    let with_us = curve(1_000_000, 500_000, 0, &[(0, 0), (10_000, 2_000)]);
    let without_us = curve(600_000, 500_000, 0, &[(0, 0), (10_000, 2_000)]);
    let other = curve(800_000, 600_000, 0, &[(0, 100), (10_000, 1_500)]);
    let plain = |curve, value| Basin { curve, value, min: 0, max: u64::MAX };
    assert_eq!(
        fill(640_000, &[plain(&with_us, 400_000), plain(&other, 0)]),
        fill(640_000, &[plain(&without_us, 0), plain(&other, 0)]),
    );
}

#[test]
fn sixteen_lines_are_filled_and_nothing_is_lost() {
    let markets: Vec<Curve> =
        (1..=16).map(|n| curve(1_000_000 * n, 700_000 * n, 1_500, &[(0, 50), (8_000, 900), (10_000, 9_000)])).collect();
    let basins: Vec<Basin> = markets.iter().map(|curve| Basin { curve, value: 0, min: 0, max: 1_000_000 }).collect();
    let amounts = fill(8_000_000, &basins);
    assert_eq!(amounts.iter().sum::<u64>(), 8_000_000);
    assert!(amounts.iter().all(|amount| *amount <= 1_000_000));
}

prop_compose! {
    fn market()(
        others in 100_000u64..10_000_000, lent in 10u64..100, take in 0u64..3_000, r0 in 0u64..500, slope in 100u64..5_000,
    ) -> Market {
        // Below full utilisation from the start, so that the income is concave.
        Market { others, borrowed: others / 100 * lent, take, r0, r1: r0 + slope }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_income_is_the_best_that_chunks_allow(a in market(), b in market(), chunk in 1_000u64..200_000) {
        let markets = [a, b];
        let curves = [a.curve(), b.curve()];
        let basins: Vec<Basin> =
            curves.iter().map(|curve| Basin { curve, value: 0, min: 0, max: u64::MAX }).collect();
        let amounts = fill(chunk * CHUNKS, &basins);
        prop_assert!(amounts.iter().all(|amount| amount % chunk == 0), "{amounts:?}");
        prop_assert!(amounts.iter().sum::<u64>() <= chunk * CHUNKS);
        let reached = a.income(amounts[0]).plus(&b.income(amounts[1]));
        let best = best_by_search(&markets, chunk, CHUNKS);
        // Rates are rounded down to 10^-12, so two choices that differ by less may be exchanged: one part in a million.
        let allowed = best.times(&ratio(999_999, 1_000_000));
        prop_assert!(!reached.less(&allowed), "{amounts:?} {reached:?} {best:?}");
    }

    #[test]
    fn bounds_and_total_hold_on_any_curve(
        total in 0u64..1_000_000_000, mins in prop::array::uniform3(0u64..100_000), maxes in prop::array::uniform3(0u64..500_000_000),
        borrowed in prop::array::uniform3(0u64..2_000_000), kink in 1u16..9_999, rate in 0u16..20_000,
    ) {
        let curves = borrowed.map(|borrowed| curve(1_000_000, borrowed, 1_000, &[(0, 0), (kink, rate / 4), (10_000, rate)]));
        let basins: Vec<Basin> = curves
            .iter()
            .zip(mins.iter().zip(&maxes))
            .map(|(curve, (min, max))| Basin { curve, value: 0, min: *min, max: *max })
            .collect();
        let amounts = fill(total, &basins);
        prop_assert!(amounts.iter().sum::<u64>() <= total);
        for (amount, max) in amounts.iter().zip(&maxes) {
            prop_assert!(amount <= max);
        }
        if mins.iter().sum::<u64>() <= total {
            for ((amount, min), max) in amounts.iter().zip(&mins).zip(&maxes) {
                prop_assert!(amount >= min.min(max));
            }
        }
    }
}
