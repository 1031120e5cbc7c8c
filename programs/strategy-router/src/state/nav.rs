use anchor_lang::prelude::*;
use gimbal_math::{muldiv::mul_div_up, widen::half_width_up, Seconds};

use crate::{error::RouterError, state::Line};

/// Binary places of [`Totals::widen`].
pub const WIDEN_SHIFT: u32 = 16;
/// Parts of which [`Line::widen_rate`] counts: 10^9.
pub(super) const WIDEN_RATE_ONE: u64 = 1_000_000_000;

/// Net asset value, base units, widened by the age of its oldest valuation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nav {
    /// What leavers are paid from.
    pub low: u64,
    /// What weights are measured against.
    pub mid: u64,
    /// What newcomers pay for.
    pub high: u64,
}

/// Sums over all lines, remade whenever a line is valued, so that NAV costs the same for one line and for sixteen.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct Totals {
    /// Sum of the lines' low values, base units.
    pub low: u64,
    /// Sum of the lines' mid values, base units.
    pub mid: u64,
    /// Sum of the lines' high values, base units.
    pub high: u64,
    /// Sum of mid · widen rate, base units per √second × 2^16.
    pub widen: u64,
    /// Unix second of the oldest valuation that counts; `i64::MAX` when none does.
    pub oldest_at: i64,
    /// Slot of the oldest valuation that counts; `u64::MAX` when none does.
    pub oldest_slot: u64,
}

const _: () = assert!(core::mem::size_of::<Totals>() == 6 * 8);

impl Totals {
    /// Nothing valued.
    pub const EMPTY: Self = Self { low: 0, mid: 0, high: 0, widen: 0, oldest_at: i64::MAX, oldest_slot: u64::MAX };

    /// Sums the lines.
    ///
    /// # Errors
    /// [`RouterError::MathOverflow`] if a sum exceeds 64 bits.
    pub fn of(lines: &[Line]) -> core::result::Result<Self, RouterError> {
        let mut totals = Self::EMPTY;
        for line in lines.iter().filter(|line| line.is_valued()) {
            let sum = |a: u64, b: u64| a.checked_add(b).ok_or(RouterError::MathOverflow);
            totals.low = sum(totals.low, line.low)?;
            totals.mid = sum(totals.mid, line.mid)?;
            totals.high = sum(totals.high, line.high)?;
            if line.widen_rate != 0 {
                let rate = u64::from(line.widen_rate) << WIDEN_SHIFT;
                totals.widen = sum(totals.widen, mul_div_up(line.mid, rate, WIDEN_RATE_ONE)?)?;
            }
            totals.oldest_at = totals.oldest_at.min(line.valued_at);
            totals.oldest_slot = totals.oldest_slot.min(line.valued_slot);
        }
        Ok(totals)
    }

    /// Half the width that the age of the oldest valuation adds, base units, rounded up.
    ///
    /// All lines are taken to be as old as the oldest: never too narrow.
    ///
    /// # Errors
    /// [`RouterError::StaleNav`] if a valuation is older than `max_age` seconds.
    pub fn margin_up(&self, max_age: u32, now: i64) -> core::result::Result<u64, RouterError> {
        if self.oldest_at == i64::MAX {
            return Ok(0);
        }
        // The clock never runs backwards; a valuation of this very second has age zero.
        let age = now.saturating_sub(self.oldest_at).max(0);
        if age > i64::from(max_age) {
            return Err(RouterError::StaleNav);
        }
        if self.widen == 0 {
            return Ok(0);
        }
        let scaled = half_width_up(self.widen, Seconds(age))?;
        Ok(scaled.div_ceil(1 << WIDEN_SHIFT))
    }
}
