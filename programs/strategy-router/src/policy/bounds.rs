//! What a line's parameters may be, and who may move them.

use anchor_lang::prelude::*;

use crate::{
    error::RouterError,
    state::{Ledger, Line},
};

/// Greatest band, basis points.
pub const MAX_BAND_BPS: u16 = 5_000;
/// Longest cooldown, seconds: a week.
pub const MAX_COOLDOWN: u32 = 7 * 86_400;
/// Greatest widening: 1% of mid per √second.
pub const MAX_WIDEN_RATE: u32 = 10_000_000;
/// Greatest slippage of one move, basis points.
pub const MAX_SLIPPAGE_BPS: u16 = 500;
/// Oldest venue state that any line may allow, slots: about a day.
pub const MAX_VENUE_AGE: u32 = 216_000;

/// A line's bounds and valuation parameters.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineParams {
    /// Least weight, basis points of mid NAV.
    pub min_bps: u16,
    /// Weight that the fixed-target policy steers for, basis points; between least and greatest.
    pub target_bps: u16,
    /// Greatest weight, basis points, at most 10,000.
    pub max_bps: u16,
    /// Distance from the target within which nothing is moved, basis points, at most 5,000.
    pub band_bps: u16,
    /// Least seconds between two rebalances, at most a week.
    pub cooldown: u32,
    /// Greatest value, base units; only the owner may raise it.
    pub cap: u64,
    /// Owner only. Widening with age, parts per 10^9 of mid per √second, at most 10,000,000.
    pub widen_rate: u32,
    /// Owner only. Greatest loss of one move against the bound from prices, basis points, at most 500.
    pub max_slippage_bps: u16,
    /// Owner only. Taken off the part that the venue could not pay now, in low, basis points, at most 10,000.
    pub haircut_bps: u16,
    /// Owner only. Oldest venue state that may be valued, slots, 1 to 216,000.
    pub max_venue_age: u32,
}

/// Whose signature moves the parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    /// Everything.
    Owner,
    /// Weights, band and cooldown; the cap only down.
    Curator,
    /// Weights and cap, only down.
    Guardian,
}

impl LineParams {
    /// The parameters that a line has.
    pub fn of(line: &Line) -> Self {
        Self {
            min_bps: line.min_bps,
            target_bps: line.target_bps,
            max_bps: line.max_bps,
            band_bps: line.band_bps,
            cooldown: line.cooldown,
            cap: line.cap,
            widen_rate: line.widen_rate,
            max_slippage_bps: line.max_slippage_bps,
            haircut_bps: line.haircut_bps,
            max_venue_age: line.max_venue_age,
        }
    }

    /// Writes the parameters into a line.
    pub fn write(&self, line: &mut Line) {
        line.min_bps = self.min_bps;
        line.target_bps = self.target_bps;
        line.max_bps = self.max_bps;
        line.band_bps = self.band_bps;
        line.cooldown = self.cooldown;
        line.cap = self.cap;
        line.widen_rate = self.widen_rate;
        line.max_slippage_bps = self.max_slippage_bps;
        line.haircut_bps = self.haircut_bps;
        line.max_venue_age = self.max_venue_age;
    }

    /// The hard ranges.
    ///
    /// # Errors
    /// [`RouterError::InvalidBounds`], [`RouterError::InvalidLineParams`].
    pub fn validate(&self) -> core::result::Result<(), RouterError> {
        let ordered = self.min_bps <= self.target_bps && self.target_bps <= self.max_bps && self.max_bps <= 10_000;
        if !ordered {
            return Err(RouterError::InvalidBounds);
        }
        let sound = self.band_bps <= MAX_BAND_BPS
            && self.cooldown <= MAX_COOLDOWN
            && self.widen_rate <= MAX_WIDEN_RATE
            && self.max_slippage_bps <= MAX_SLIPPAGE_BPS
            && self.haircut_bps <= 10_000
            && (1..=MAX_VENUE_AGE).contains(&self.max_venue_age);
        if !sound {
            return Err(RouterError::InvalidLineParams);
        }
        Ok(())
    }

    /// Whether `power` may turn `before` into these parameters.
    ///
    /// # Errors
    /// [`RouterError::BoundsBeyondRole`].
    pub fn allowed_from(&self, before: &Self, power: Power) -> core::result::Result<(), RouterError> {
        let same_valuation = self.widen_rate == before.widen_rate
            && self.max_slippage_bps == before.max_slippage_bps
            && self.haircut_bps == before.haircut_bps
            && self.max_venue_age == before.max_venue_age;
        let lower = self.min_bps <= before.min_bps
            && self.target_bps <= before.target_bps
            && self.max_bps <= before.max_bps
            && self.cap <= before.cap;
        let allowed = match power {
            Power::Owner => true,
            Power::Curator => same_valuation && self.cap <= before.cap,
            Power::Guardian => {
                same_valuation && lower && self.band_bps == before.band_bps && self.cooldown == before.cooldown
            }
        };
        allowed.then_some(()).ok_or(RouterError::BoundsBeyondRole)
    }
}

/// The sums over all lines: minimums with the least cash, and targets, stay within 10,000.
///
/// # Errors
/// [`RouterError::InvalidBounds`].
pub fn require_sums(ledger: &Ledger) -> core::result::Result<(), RouterError> {
    let sum = |of: fn(&Line) -> u16| {
        ledger.lines.iter().filter(|line| line.is_used()).map(|line| u32::from(of(line))).sum::<u32>()
    };
    let minimums = sum(|line| line.min_bps).saturating_add(u32::from(ledger.limits.min_cash_bps));
    let targets = sum(|line| line.target_bps);
    if minimums > 10_000 || targets > 10_000 {
        return Err(RouterError::InvalidBounds);
    }
    Ok(())
}
