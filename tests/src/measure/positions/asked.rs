//! The dearest question about new money.

use gimbal::random::Random;
use risk_oracle::state::LINES;

use super::{held, Held, Positions};
use crate::measure::climb;

/// Questions that are drawn.
pub const DRAWN: u64 = 500;
/// Variations of the dearest of them.
pub const STEPS: u64 = 2_500;

/// A question, and what it meets.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What the lines hold.
    pub held: [Held; LINES],
    /// The row that new money is for, and how much it is.
    pub row: u8,
    /// Base units.
    pub amount: u64,
    /// NAV, base units.
    pub nav: u64,
    /// Limits of value at risk and of shortfall, basis points.
    pub limits: [u16; 2],
    /// Horizon.
    pub days: u16,
}

impl Asked {
    /// New money for the first range.
    pub fn first() -> Self {
        let held = held();
        let nav = held.iter().map(|held| held.value).sum();
        Self { held, row: 0, amount: 1 << 40, nav, limits: [9_999; 2], days: 10 }
    }

    /// Far from the first: thirty things changed.
    pub fn drawn(number: u64) -> Self {
        let mut random = Random::stream(45, "asked", number);
        let mut asked = Self::first();
        for _ in 0..number.min(30) {
            asked.change(&mut random);
        }
        asked
    }

    /// One to three things changed.
    pub fn varied(&self, random: &mut Random) -> Self {
        let mut next = self.clone();
        for _ in 0..random.between(1, 3) {
            next.change(random);
        }
        next
    }

    fn change(&mut self, random: &mut Random) {
        let (line, what) = (random.below(LINES as u64) as usize, random.below(13));
        // Of every magnitude.
        let mut any = |bits: u64| {
            let bits = random.between(1, bits);
            random.below(1 << bits)
        };
        let (size, bps, small) = (any(45), any(24) as i32, any(16) as u16);
        let sign = if any(1) == 0 { 1 } else { -1 };
        let Held { value, exposure } = &mut self.held[line];
        match what {
            0 => exposure.delta = size as i64 * sign,
            1 => exposure.gamma = size as i64 * sign,
            2 => exposure.delta_bps = bps * sign as i32,
            3 => exposure.gamma_bps = -bps,
            4 => *value = size.max(1),
            5 => self.row = line as u8,
            6 => self.amount = size,
            7 => self.nav = size.saturating_mul(16).max(1),
            8 => exposure.liquidity = if small % 4 == 0 { u64::MAX } else { size },
            9 => exposure.debt = size,
            10 => exposure.liquidation_bps = small,
            11 => self.limits = [small % 10_000, (bps % 10_000) as u16],
            _ => self.days = 1 + small % 30,
        }
    }
}

/// The dearest question that is found, and the units of its `assess`.
///
/// # Panics
///
/// If one is refused.
pub fn dearest(world: &mut Positions) -> (Asked, u64) {
    let beginnings = (0..DRAWN).map(Asked::drawn);
    climb::dearest(beginnings, STEPS, Asked::varied, |asked| world.units_of(asked))
}

impl Positions {
    /// The compute units of `assess` where this is asked.
    ///
    /// # Panics
    ///
    /// If it is refused.
    pub fn units_of(&mut self, asked: &Asked) -> u64 {
        self.held = asked.held;
        self.tell(|book| {
            [book.params.max_var_bps, book.params.max_shortfall_bps] = asked.limits;
            book.params.horizon_days = asked.days;
        });
        let mut question = self.question(asked.row, asked.amount);
        question.nav = asked.nav;
        self.ask(question).expect("a verdict").1
    }
}
