//! The price of the swapped line's token: a dollar coin that wavers by a few basis points, and slips below its peg when
//! Bitcoin falls hard between two steps. Integers and a stream of its own: made up, and the same for the same seed.

use crate::prices::PRICE_SCALE;
use crate::random::Random;

/// Standard deviation of one step, parts per million.
const WAVER: u64 = 150;
/// A fall of Bitcoin by more than this between two steps is a shock, basis points.
const SHOCK: u64 = 2_000;
/// What a shock takes off in each of the steps that it lasts, ppm: in all more than the two per cent within which a feed still
/// counts as pegged. Were it one step, who knows it beforehand and leaves would be saved more than the line's haircut and
/// the exit fee cost him: foreknowledge is worth the line's weight times the slip, and no vault's terms here are made for
/// 12% of 3%.
const SLIP: i64 = 6_000;
/// Steps that a shock lasts: a day and a half.
const SLIPPING: u32 = 6;
/// The part of a deviation that is left one step later, per cent.
const REMAINS: i64 = 80;
/// The deviation stays within these, ppm.
const RANGE: (i64, i64) = (-60_000, 4_000);

/// The token's market.
#[derive(Clone, Debug)]
pub struct Peg {
    random: Random,
    deviation: i64,
    /// Steps that the last shock still lasts.
    slipping: u32,
    bitcoin: u64,
}

impl Peg {
    /// A token at its peg.
    pub fn new(seed: u64, bitcoin: u64) -> Self {
        Self { random: Random::stream(seed, "peg", 0), deviation: 0, slipping: 0, bitcoin }
    }

    /// One step later, with Bitcoin at `bitcoin`; the token's price in USD × 10^12.
    pub fn step(&mut self, bitcoin: u64) -> u64 {
        let floor = u128::from(self.bitcoin) * u128::from(10_000 - SHOCK) / 10_000;
        if u128::from(bitcoin) < floor {
            self.slipping = SLIPPING;
        }
        let slip = if self.slipping > 0 { SLIP } else { 0 };
        self.slipping = self.slipping.saturating_sub(1);
        self.bitcoin = bitcoin;
        self.deviation = self.deviation * REMAINS / 100 + self.random.normal(WAVER) - slip;
        self.deviation = self.deviation.clamp(RANGE.0, RANGE.1);
        // Eight decimals, as the feed carries them.
        (PRICE_SCALE / 1_000_000).saturating_mul(1_000_000u64.saturating_add_signed(self.deviation))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BITCOIN: u64 = 50_000 * PRICE_SCALE;

    #[test]
    fn calm_markets_keep_the_peg_within_half_a_per_cent() {
        let mut peg = Peg::new(1, BITCOIN);
        let far = PRICE_SCALE / 200;
        assert!((0..10_000).all(|_| peg.step(BITCOIN).abs_diff(PRICE_SCALE) < far));
    }

    #[test]
    fn a_hard_fall_breaks_the_peg_for_a_while() {
        let mut peg = Peg::new(1, BITCOIN);
        peg.step(BITCOIN);
        let fallen = BITCOIN / 100 * 79;
        let day: Vec<u64> = (0..SLIPPING).map(|_| peg.step(fallen)).collect();
        assert!(day[0] > PRICE_SCALE / 1_000 * 990, "not all at once: {day:?}");
        assert!(day[5] < PRICE_SCALE / 100 * 98, "below the band of two per cent: {day:?}");
        let later: Vec<u64> = (0..20).map(|_| peg.step(fallen)).collect();
        assert!(later.last().is_some_and(|price| price.abs_diff(PRICE_SCALE) < PRICE_SCALE / 200));
    }
}
