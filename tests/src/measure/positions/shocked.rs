//! The dearest scenario: over the shocks, and over the terms of what is revalued.

use gimbal::random::Random;
use risk_oracle::state::{PositionKind, ASSETS, LINES};

use super::held::{held, Held, RATIO};
use super::Positions;
use crate::measure::{climb, last_instruction};

/// Scenarios that are drawn.
pub const DRAWN: u64 = 500;
/// Variations of the dearest of them.
pub const STEPS: u64 = 2_500;

/// What the terms of options and ranges are drawn from, in thousandths.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    strike: [u64; 2],
    years: [u64; 2],
    volatility: [u64; 2],
    /// √(end / price) of a range.
    lower: [u64; 2],
    upper: [u64; 2],
}

impl Terms {
    /// Ranges about the price, options within a year whose strike is between half of the price and twice it.
    pub const ORDINARY: Self = Self {
        strike: [500, 2_000],
        years: [1, 1_000],
        volatility: [100, 1_500],
        lower: [300, 999],
        upper: [1_001, 3_000],
    };
    /// Ranges that the price has left, options of years far from the money.
    pub const EXTREME: Self = Self {
        strike: [200, 5_000],
        years: [1, 3_000],
        volatility: [50, 4_000],
        lower: [300, 1_100],
        upper: [1_101, 3_000],
    };
}

/// A scenario, and what it meets.
#[derive(Clone, Debug)]
pub struct Shocked {
    /// What the lines hold.
    pub held: [Held; LINES],
    /// Move of each asset, basis points.
    pub shocks: [i32; ASSETS],
    /// Move of volatility, basis points.
    pub volatility: i32,
}

/// A fall, a small move or a rise.
fn shock(random: &mut Random) -> i32 {
    match random.below(3) {
        0 => random.between(0, 110_000) as i32 - 10_000,
        1 => random.between(0, 4_000) as i32 - 2_000,
        _ => random.between(0, 20_000) as i32 - 10_000,
    }
}

impl Shocked {
    /// The positions as they are, with shocks of any size.
    pub fn drawn(number: u64) -> Self {
        let mut random = Random::stream(45, "shocked", number);
        let shocks = std::array::from_fn(|_| shock(&mut random));
        Self { held: held(), shocks, volatility: shock(&mut random) }
    }

    /// One to three things changed: shocks, or terms of a position, which stays of its kind.
    pub fn varied(&self, random: &mut Random, terms: &Terms) -> Self {
        let mut next = self.clone();
        for _ in 0..random.between(1, 3) {
            match random.below(3) {
                0 => next.shocks[random.below(ASSETS as u64) as usize] = shock(random),
                1 => next.volatility = shock(random),
                _ => vary(&mut next.held[random.below(LINES as u64) as usize], random, terms),
            }
        }
        next
    }
}

fn vary(held: &mut Held, random: &mut Random, terms: &Terms) {
    let exposure = &mut held.exposure;
    let [first, second, third, fourth] = &mut exposure.terms;
    let part = |random: &mut Random, [least, most]: [u64; 2]| RATIO / 1_000 * random.between(least, most);
    match PositionKind::from_number(exposure.kind) {
        Some(PositionKind::Call | PositionKind::Put) => match random.below(6) {
            0 => *second = part(random, terms.strike),
            1 => *third = part(random, terms.years),
            2 => *fourth = part(random, terms.volatility),
            3 => exposure.carry_bps = random.between(0, 3_000) as i32 - 1_000,
            4 => exposure.gamma = -exposure.gamma,
            _ => *first = random.between(1, 1 << 50),
        },
        Some(PositionKind::Liquidity) => match random.below(3) {
            0 => *second = part(random, terms.lower),
            1 => *third = part(random, terms.upper),
            _ => held.value = random.between(1, 1 << 50),
        },
        Some(PositionKind::Loop | PositionKind::Hedged) => match random.below(3) {
            0 => *second = random.between(1, 2 * *first),
            1 => *first = random.between(*second / 2, 1 << 50),
            _ => held.value = random.between(1, 1 << 50),
        },
        _ => exposure.delta = random.between(0, 1 << 50) as i64,
    }
}

/// The dearest scenario that is found, and the units of a `stress` of it alone.
///
/// # Panics
///
/// If one is refused.
pub fn dearest(world: &mut Positions, terms: &Terms) -> (Shocked, u64) {
    let beginnings = (0..DRAWN).map(Shocked::drawn);
    let vary = |shocked: &Shocked, random: &mut Random| shocked.varied(random, terms);
    climb::dearest(beginnings, STEPS, vary, |shocked| {
        world.meet(shocked);
        last_instruction(&world.stress(0, 1).expect("a scenario").logs)
    })
}

impl Positions {
    /// Holds and reports what the scenario meets, and makes it every one of the book's scenarios.
    ///
    /// # Panics
    ///
    /// If the report is refused.
    pub fn meet(&mut self, shocked: &Shocked) {
        if self.held != shocked.held {
            self.held = shocked.held;
            self.report();
        }
        self.tell(|book| {
            for scenario in &mut book.scenarios {
                (scenario.shocks_bps, scenario.volatility_bps) = (shocked.shocks, shocked.volatility);
            }
        });
    }
}
