use anchor_lang::prelude::*;

use super::{RiskParams, RAISED_LEVELS};
use crate::error::OracleError;

/// How uneasy markets and venues are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Regime {
    /// Nothing unusual.
    Calm = 0,
    /// Worth a look.
    Elevated = 1,
    /// Risk is taken down.
    Stressed = 2,
    /// Only a part of what calm allows.
    Crisis = 3,
}

impl Regime {
    /// The regime of a stored level; a level beyond crisis is crisis.
    pub const fn from_level(level: u8) -> Self {
        match level {
            0 => Self::Calm,
            1 => Self::Elevated,
            2 => Self::Stressed,
            _ => Self::Crisis,
        }
    }
}

/// What the regime is judged by. The number is the place in [`RegimeState::levels`] and the bit in
/// [`RegimeState::reasons`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Signal {
    /// Forecast volatility against that of the long run.
    Volatility = 0,
    /// Price below the highest close of the kept bars.
    Drawdown = 1,
    /// Jumps in the last 22 bars.
    Jumps = 2,
    /// The price's confidence against its mean of a month.
    Confidence = 3,
    /// Move since the last close in standard deviations.
    Move = 4,
    /// Lent share of a venue.
    Utilisation = 5,
    /// A venue's liquidity below its slow mean.
    Depth = 6,
}

/// How many signals there are.
pub const SIGNALS: usize = 7;

impl Signal {
    /// All of them in order.
    pub const ALL: [Self; SIGNALS] =
        [Self::Volatility, Self::Drawdown, Self::Jumps, Self::Confidence, Self::Move, Self::Utilisation, Self::Depth];

    /// Its bit in a set of reasons.
    pub const fn bit(self) -> u8 {
        1 << (self as u8)
    }

    /// Whether it comes from venues, through reports, and so has to be confirmed.
    pub const fn is_of_venues(self) -> bool {
        matches!(self, Self::Utilisation | Self::Depth)
    }
}

/// The regime and what it rests on.
#[zero_copy]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct RegimeState {
    /// When the present level was entered, Unix second.
    pub entered_at: i64,
    /// Until when loosening of `scale_bps` has been paid for, Unix second.
    pub scale_since: i64,
    /// Since when the venues have shown at least each level without a break, Unix second; 0 where they do not.
    pub venue_since: [i64; RAISED_LEVELS],
    /// UTC day up to which calm days have been counted, days since 1970-01-01.
    pub day: u32,
    /// What the regime leaves of scaled lines' caps and of leverage, basis points; ratcheted.
    pub scale_bps: u16,
    /// Consecutive bars that were calmer than the present level.
    pub calm_days: u16,
    /// The present level, 0 calm to 3 crisis.
    pub level: u8,
    /// What the signals say now, without hysteresis.
    pub measured: u8,
    /// The most that they said since the last counted bar.
    pub peak: u8,
    /// The level that the last event told.
    pub told: u8,
    /// One bit per [`Signal`] that reached the present level when it was entered or since.
    pub reasons: u8,
    /// Level of each [`Signal`] now; those of venues unconfirmed.
    pub levels: [u8; SIGNALS],
    /// Keeps the struct a multiple of eight bytes.
    pub _pad: [u8; 4],
}

const _: () = {
    assert!(core::mem::size_of::<RegimeState>() == 2 * 8 + RAISED_LEVELS * 8 + 4 + 2 * 2 + 5 + SIGNALS + 4);
    assert!(core::mem::size_of::<RegimeState>() == 64 && core::mem::align_of::<RegimeState>() == 8);
};

impl RegimeState {
    /// Calm, and nothing scaled.
    pub fn calm() -> Self {
        Self { scale_bps: 10_000, ..Self::default() }
    }

    /// Every level is one, the present one is at least what was measured, and the scale leaves no more than the level does.
    ///
    /// `params`: those of the book.
    ///
    /// # Errors
    /// [`OracleError::InvariantViolated`].
    pub fn validate(&self, params: &RiskParams) -> Result<()> {
        let highest = Regime::Crisis as u8;
        // What was measured is at most the peak, and the peak raises the level.
        let ordered = self.measured <= self.peak && self.peak <= self.level && self.level <= highest;
        let heard = self.told <= highest && self.levels.iter().all(|level| *level <= highest);
        require!(ordered && heard, OracleError::InvariantViolated);
        let scale = params.scales_bps.get(usize::from(self.level));
        require!(scale.is_some_and(|most| self.scale_bps <= *most), OracleError::InvariantViolated);
        require!(usize::from(self.reasons) < 1 << SIGNALS, OracleError::InvariantViolated);
        require!(self.level > 0 || (self.calm_days, self.reasons) == (0, 0), OracleError::InvariantViolated);
        // Venues that show a level show every lower one.
        let [elevated, stressed, crisis] = self.venue_since.map(|since| since != 0);
        require!(elevated >= stressed && stressed >= crisis, OracleError::InvariantViolated);
        Ok(())
    }

    /// The regime.
    pub const fn regime(&self) -> Regime {
        Regime::from_level(self.level)
    }

    /// The level that prices answer for, and not only venues, which anybody with enough money can empty: the present one
    /// where a price has had a part in it, else what prices say now.
    pub fn level_of_prices(&self) -> u8 {
        let prices = || Signal::ALL.into_iter().zip(self.levels).filter(|(signal, _)| !signal.is_of_venues());
        if prices().any(|(signal, _)| self.reasons & signal.bit() != 0) {
            return self.level;
        }
        prices().map(|(_, level)| level).max().unwrap_or(0)
    }
}
