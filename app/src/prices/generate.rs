//! A made-up market: a regime-switching random walk with two crashes.
//!
//! All arithmetic is on integers, so a seed gives the same path everywhere. Each hour all three assets take a common
//! and an own step in parts per million; the regime sets drift and volatility. Two crashes are placed in the first and
//! second half so that any path shows stress. The figures (hourly volatility near 0.6 % for BTC, betas 1, 1.25 and 1.6)
//! are rough orders of magnitude of the years 2020–2025 and claim nothing more.

use super::{Bar, Day, PricePath, Source, MAX_PRICE_USD, PRICE_SCALE};
use crate::date::Date;
use crate::random::Random;

/// The first generated day, 2024-01-01.
const FIRST_DAY: Date = Date(19_723);
const HOURS: u32 = 24;
/// A crash lasts at least this long.
const CRASH_DAYS: u64 = 2;
const PPM: i128 = 1_000_000;
/// Prices stay within these, so that a long path neither vanishes nor leaves the feed's range.
const FLOOR: i128 = PRICE_SCALE as i128 / 100;
const CEILING: i128 = (MAX_PRICE_USD as i128 / 10) * PRICE_SCALE as i128;
/// Opening prices in USD of BTC, ETH, SOL.
const START: [u64; 3] = [42_000, 2_300, 100];
/// Response to the common step, in percent.
const BETA: [i64; 3] = [100, 125, 160];
/// Standard deviation of the own hourly step, ppm.
const OWN: [u64; 3] = [1_200, 2_200, 4_000];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Regime {
    Calm,
    Rally,
    Slump,
    Crash,
}

impl Regime {
    /// Mean and standard deviation of the common hourly step, ppm.
    fn step(self) -> (i64, u64) {
        match self {
            Self::Calm => (70, 3_000),
            Self::Rally => (330, 5_000),
            Self::Slump => (-150, 5_500),
            Self::Crash => (-5_000, 9_000),
        }
    }

    /// The next day's regime: stays for weeks, leaves a crash soon.
    fn next(self, random: &mut Random) -> Self {
        let draw = random.below(1_000);
        match self {
            Self::Calm if draw < 18 => Self::Rally,
            Self::Calm if draw < 32 => Self::Slump,
            Self::Rally if draw < 30 => Self::Calm,
            Self::Rally if draw < 38 => Self::Slump,
            Self::Slump if draw < 30 => Self::Calm,
            Self::Slump if draw < 44 => Self::Rally,
            Self::Crash if draw < 350 => Self::Slump,
            Self::Crash if draw < 700 => Self::Calm,
            same => same,
        }
    }
}

/// A path of `days` days (at least one) from a seed.
pub fn generate(seed: u64, days: u32) -> PricePath {
    let days = days.max(1);
    let mut random = Random::stream(seed, "market", 0);
    let mut place = |from: u32, to: u32| u64::from(days) * random.between(u64::from(from), u64::from(to)) / 100;
    let crashes = [place(25, 40), place(65, 80)];
    let mut regime = Regime::Calm;
    let mut prices = START.map(|usd| i128::from(usd) * i128::from(PRICE_SCALE));
    let mut date = FIRST_DAY;
    let days = (0..u64::from(days)).map(|day| {
        let crash = crashes.iter().any(|start| (*start..start + CRASH_DAYS).contains(&day));
        regime = if crash { Regime::Crash } else { regime.next(&mut random) };
        let bars = trade_a_day(&mut prices, regime, &mut random);
        let day = Day { date, bars };
        date = date.next();
        day
    });
    PricePath { source: Source::Generated { seed }, days: days.collect() }
}

fn trade_a_day(prices: &mut [i128; 3], regime: Regime, random: &mut Random) -> [Bar; 3] {
    let mut extremes = prices.map(|price| (price, price, price));
    for _ in 0..HOURS {
        let (mean, deviation) = regime.step();
        let common = mean + random.normal(deviation);
        for (asset, price) in prices.iter_mut().enumerate() {
            let step = common * BETA[asset] / 100 + random.normal(OWN[asset]);
            // A step of −1,000,000 ppm would be a price of zero; six deviations of a crash stay far from it.
            *price = (*price * (PPM + i128::from(step)) / PPM).clamp(FLOOR, CEILING);
            let (_, high, low) = &mut extremes[asset];
            *high = (*high).max(*price);
            *low = (*low).min(*price);
        }
    }
    std::array::from_fn(|asset| {
        let (open, high, low) = extremes[asset];
        Bar { open: open as u64, high: high as u64, low: low as u64, close: prices[asset] as u64 }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_path_and_another_another() {
        assert_eq!(generate(7, 200), generate(7, 200));
        assert_ne!(generate(7, 200).days, generate(8, 200).days);
        assert_eq!(generate(1, 0).days.len(), 1);
    }

    #[test]
    fn every_bar_is_consistent_and_days_follow() {
        for seed in 0..5 {
            let path = generate(seed, 1_764);
            assert_eq!(path.days.len(), 1_764);
            assert!(path.days.windows(2).all(|pair| pair[1].date == pair[0].date.next()));
            for bar in path.days.iter().flat_map(|day| day.bars) {
                assert!(bar.low > 0 && bar.low <= bar.open.min(bar.close) && bar.high >= bar.open.max(bar.close));
            }
        }
    }

    #[test]
    fn both_crashes_happen() {
        for seed in 0..20 {
            let path = generate(seed, 365);
            // The deepest fall of SOL from a day's open to the next day's low, in percent of the open.
            let worst = |days: &[Day]| {
                let fall = |pair: &[Day]| u128::from(pair[1].bars[2].low) * 100 / u128::from(pair[0].bars[2].open);
                days.windows(2).map(fall).min()
            };
            let (first, second) = path.days.split_at(190);
            assert!(worst(first) < Some(86), "seed {seed}: first half {:?}", worst(first));
            assert!(worst(second) < Some(86), "seed {seed}: second half {:?}", worst(second));
        }
    }
}
