//! What exits that wait are worth and draw on.

use anchor_lang::prelude::*;
use gimbal_math::{
    muldiv::{mul_div_down, mul_div_up},
    widen::half_width_up,
    Seconds,
};

use crate::{
    error::RouterError,
    state::{nav::WIDEN_RATE_ONE, Ledger, Line, LINES, WIDEN_SHIFT},
};

/// Seconds over which a valuation that is older than the limits allow fades to nothing.
pub const FADE_SECONDS: i64 = 14 * 86_400;

impl Ledger {
    /// What overdue tickets are paid at when no fresh NAV is to be had: the low NAV of valuations of any age.
    ///
    /// Each line counts with its low value less the width that its own age adds. One older than
    /// `limits.max_valuation_age` counts with less and less of that, linearly, and [`FADE_SECONDS`] later with nothing: a
    /// line that cannot be valued may be worth nothing, and whoever leaves must not be paid for it by those who stay.
    /// Keeper pay owed and locked gains are taken off. Rounded down; below zero counts as zero.
    ///
    /// # Errors
    /// [`RouterError::LedgerBusy`] inside a venue call, [`RouterError::MathOverflow`], [`RouterError::OutOfDomain`].
    pub fn nav_overdue(&self, now: i64) -> Result<u64> {
        self.require_idle()?;
        let mut sum = self.cash_tracked;
        for line in self.lines.iter().filter(|line| line.is_valued()) {
            let value = faded_down(line, self.limits.max_valuation_age, now)?;
            sum = sum.checked_add(value).ok_or(RouterError::MathOverflow)?;
        }
        let locked = self.gains.locked_up(now)?;
        Ok(sum.saturating_sub(self.keeper_owed).saturating_sub(locked))
    }

    /// What the overdue tickets are worth beyond the cash at hand, base units: the part of a recall that no loss budget
    /// holds up.
    pub fn overdue_need(&self) -> u64 {
        self.overdue.saturating_sub(self.free_cash())
    }

    /// The line that an exit may draw on: the first same-asset line of the withdraw order, then of the rows, that had a
    /// position and a venue with money to pay at its last valuation. None when no line does.
    pub fn next_to_withdraw(&self) -> Option<u16> {
        let can_pay = |line: &&Line| line.is_used() && line.swapped == 0 && line.position > 0 && line.liquidity > 0;
        let ordered = self.withdraw_order.iter().take_while(|id| **id != 0);
        let mut in_order = ordered.filter_map(|id| self.lines.iter().filter(can_pay).find(|line| line.id == *id));
        in_order.next().or_else(|| self.lines.iter().find(can_pay)).map(|line| line.id)
    }

    /// Sets the order in which exits draw on lines.
    ///
    /// # Errors
    /// [`RouterError::UnknownLine`], [`RouterError::InvalidWithdrawOrder`] for a line that is named twice, or more lines
    /// than the ledger has room for.
    pub fn set_withdraw_order(&mut self, ids: &[u16]) -> Result<()> {
        require!(ids.len() <= LINES, RouterError::InvalidWithdrawOrder);
        let mut order = [0; LINES];
        for (slot, id) in order.iter_mut().zip(ids) {
            self.line(*id)?;
            *slot = *id;
        }
        let named_twice =
            ids.iter().enumerate().any(|(place, id)| ids.iter().skip(place).skip(1).any(|other| other == id));
        require!(!named_twice, RouterError::InvalidWithdrawOrder);
        self.withdraw_order = order;
        Ok(())
    }

    /// Takes a line that is removed out of the withdraw order; the others move up.
    pub fn drop_from_withdraw_order(&mut self, id: u16) {
        let mut kept = [0; LINES];
        let rest = self.withdraw_order.iter().filter(|other| **other != id);
        for (slot, other) in kept.iter_mut().zip(rest) {
            *slot = *other;
        }
        self.withdraw_order = kept;
    }
}

/// What a line counts with at its own age, rounded down.
fn faded_down(line: &Line, max_age: u32, now: i64) -> core::result::Result<u64, RouterError> {
    let age = now.saturating_sub(line.valued_at).max(0);
    let left = FADE_SECONDS.saturating_sub(age.saturating_sub(i64::from(max_age)).max(0));
    let (Ok(left), full) = (u64::try_from(left), FADE_SECONDS.unsigned_abs()) else {
        return Ok(0);
    };
    if left == 0 {
        return Ok(0);
    }
    let value = line.low.saturating_sub(margin_up(line, age)?);
    Ok(mul_div_down(value, left, full)?)
}

/// The width that an age of `age` seconds adds below a line's low value, base units, rounded up.
fn margin_up(line: &Line, age: i64) -> core::result::Result<u64, RouterError> {
    if line.widen_rate == 0 {
        return Ok(0);
    }
    let rate = u64::from(line.widen_rate) << WIDEN_SHIFT;
    let per_root_second = mul_div_up(line.mid, rate, WIDEN_RATE_ONE)?;
    Ok(half_width_up(per_root_second, Seconds(age))?.div_ceil(1 << WIDEN_SHIFT))
}
