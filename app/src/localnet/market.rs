//! The prices of the outside world: a seeded walk, or a path from a file, and what people set by hand.

use std::collections::VecDeque;
use std::time::Duration;

use super::Options;
use crate::chain::{Chain, EmbeddedChain};
use crate::prices::{Prices, PRICE_SCALE};
use crate::random::Random;
use crate::setup::feeds::{DOLLAR, EXPONENT};
use crate::setup::Asset;

/// Seconds of a year of 365.25 days.
const YEAR: u128 = 31_557_600;
/// Parts of one.
const PPB: i128 = 1_000_000_000;
/// A pegged asset wavers by a hundredth of what the others do in a step, around where it was set.
const PEGGED_PART: u64 = 100;
/// Prices stay within these, in units of 10⁻⁸ dollars: ten millionths and ten million dollars.
const LEAST: i64 = DOLLAR / 100_000;
const MOST: i64 = 10_000_000 * DOLLAR;
/// Units of the demo's price files in one unit of the feeds'.
const FILE_UNITS: u64 = PRICE_SCALE / DOLLAR as u64;

/// The market.
#[derive(Debug)]
pub struct Market {
    prices: [i64; 5],
    /// What was asked for with a price; 0 for the usual one.
    confidences: [u64; 5],
    /// Where pegged assets were set.
    anchors: [i64; 5],
    /// Standard deviation of a step, parts per billion.
    deviation: u64,
    path: VecDeque<Prices>,
    random: Random,
}

impl Market {
    /// The market at the prices that the chain's accounts hold, or at `first` where they hold none.
    pub fn new(options: &Options, chain: &EmbeddedChain, first: [i64; 5]) -> Self {
        let mut prices = first;
        for (asset, price) in Asset::ALL.into_iter().zip(&mut prices) {
            if let Some(stored) = stored(chain, asset) {
                *price = stored;
            }
        }
        let path = options.prices.iter().flat_map(|path| &path.days).flat_map(|day| day.steps()).collect();
        Self {
            prices,
            confidences: [0; 5],
            anchors: prices,
            deviation: deviation(options.volatility, options.tick),
            path,
            random: Random::stream(options.seed, "localnet prices", 0),
        }
    }

    /// The price of `asset` and its confidence, exponent −8; a confidence of 0 is the usual one.
    pub fn price(&self, asset: Asset) -> (i64, u64) {
        (self.prices[asset.index()], self.confidences[asset.index()])
    }

    /// Sets the price of `asset`; it goes on from there.
    pub fn set(&mut self, asset: Asset, price: i64, confidence: u64) {
        self.prices[asset.index()] = price;
        self.anchors[asset.index()] = price;
        self.confidences[asset.index()] = confidence;
    }

    /// One step later.
    pub fn step(&mut self) {
        let followed = self.path.pop_front();
        if let Some(prices) = followed {
            for (asset, price) in [Asset::Btc, Asset::Eth, Asset::Sol].into_iter().zip(prices) {
                self.prices[asset.index()] = i64::try_from(price / FILE_UNITS).unwrap_or(MOST).clamp(LEAST, MOST);
            }
        }
        for asset in Asset::ALL {
            let place = asset.index();
            self.prices[place] = match asset.is_pegged() {
                true => self.moved(self.anchors[place], self.deviation / PEGGED_PART),
                false if followed.is_some() => self.prices[place],
                false => self.moved(self.prices[place], self.deviation),
            };
        }
    }

    fn moved(&mut self, price: i64, deviation: u64) -> i64 {
        let step = i128::from(self.random.normal(deviation));
        let moved = i128::from(price) * (PPB + step) / PPB;
        i64::try_from(moved).unwrap_or(MOST).clamp(LEAST, MOST)
    }
}

/// The standard deviation of a step: the year's, scaled by the root of time; parts per billion, rounded down.
fn deviation(volatility: u32, tick: Duration) -> u64 {
    // √(tick / year) × 10⁹ = √(tick × 10¹⁸ / year).
    let root = (tick.as_nanos().saturating_mul(PPB as u128) / YEAR).isqrt();
    u64::try_from(u128::from(volatility).saturating_mul(root) / 100).unwrap_or(u64::MAX).min(PPB as u64 / 10)
}

/// The price in an asset's account, brought to exponent −8 if it has another.
fn stored(chain: &EmbeddedChain, asset: Asset) -> Option<i64> {
    let account = chain.get_account(&asset.price_account()).ok()??;
    let update = gimbal_venue_wire::pyth::PriceUpdate::parse(&account.data).ok()?;
    (update.exponent == EXPONENT && update.price > 0).then_some(update.price)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_of_steps_has_the_years_volatility() {
        // √(5 / 31,557,600) = 0.000398045…; × 60 % = 0.000238827….
        assert_eq!(deviation(60, Duration::from_secs(5)), 238_827);
        // A whole year in a step: 60 % would be beyond a tenth, which bounds every step.
        assert_eq!(deviation(60, Duration::from_secs(31_557_600)), 100_000_000);
        assert_eq!(deviation(0, Duration::from_secs(5)), 0);
    }
}
