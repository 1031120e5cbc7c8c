//! Tests of a value at risk against what happened.
//!
//! Sources: Kupiec, Journal of Derivatives 3, 1995; Christoffersen, International Economic Review 39, 1998; Basel
//! Committee, Supervisory Framework for the Use of Backtesting, 1996; Koenker and Bassett, Econometrica 46, 1978.

use bytemuck::{Pod, Zeroable};

use crate::error::{MathError, Result};
use crate::functions::ln;
use crate::muldiv::mul_div_u128_down;
use crate::q64::{Q64Signed, Q64};

/// Basis points of the whole.
const BPS: u32 = 10_000;

/// What a backtest counts: days, days whose loss exceeded the value at risk, and pairs of consecutive days.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Pod, Zeroable)]
#[allow(unsafe_code)] // the derives of Pod and Zeroable expand to unsafe impls
pub struct Counts {
    /// Days.
    pub days: u32,
    /// Days with an exception.
    pub exceptions: u32,
    /// Days without one after a day without.
    pub n00: u32,
    /// Days with one after a day without.
    pub n01: u32,
    /// Days without one after a day with.
    pub n10: u32,
    /// Days with one after a day with.
    pub n11: u32,
}

impl Counts {
    /// Whether the last day had an exception: every other exception was followed by a day.
    pub const fn ended_with_exception(&self) -> bool {
        self.exceptions > self.n10.saturating_add(self.n11)
    }

    /// Counts one more day. Once `days` is `u32::MAX` nothing changes any more.
    pub fn record(&mut self, exception: bool) {
        let Some(days) = self.days.checked_add(1) else { return };
        if self.days > 0 {
            let pair = match (self.ended_with_exception(), exception) {
                (false, false) => &mut self.n00,
                (false, true) => &mut self.n01,
                (true, false) => &mut self.n10,
                (true, true) => &mut self.n11,
            };
            // No more pairs than days.
            *pair = pair.saturating_add(1);
        }
        self.days = days;
        self.exceptions = self.exceptions.saturating_add(u32::from(exception));
    }

    /// What was counted after `earlier`, an earlier state of the same counts. The first pair is that of its last day
    /// and the day after it, so a window of n days has n pairs; nothing can be recorded onto the result.
    ///
    /// # Errors
    ///
    /// [`MathError::Domain`] if `earlier` counted something that these have not.
    pub fn since(&self, earlier: &Self) -> Result<Self> {
        let less = |now: u32, before: u32| now.checked_sub(before).ok_or(MathError::Domain);
        Ok(Self {
            days: less(self.days, earlier.days)?,
            exceptions: less(self.exceptions, earlier.exceptions)?,
            n00: less(self.n00, earlier.n00)?,
            n01: less(self.n01, earlier.n01)?,
            n10: less(self.n10, earlier.n10)?,
            n11: less(self.n11, earlier.n11)?,
        })
    }

    /// Whether the counts can have arisen by recording days from none.
    pub fn is_consistent(&self) -> bool {
        let count = u64::from;
        let pairs = [self.n00, self.n01, self.n10, self.n11].into_iter().map(count).sum::<u64>();
        let left = count(self.n10).saturating_add(count(self.n11));
        let entered = count(self.n01).saturating_add(count(self.n11));
        let exceptions = count(self.exceptions);
        // Without a change all days are alike.
        let changed = self.n01 > 0 || self.n10 > 0;
        exceptions <= count(self.days)
            && (changed || self.exceptions == 0 || self.exceptions == self.days)
            && pairs == count(self.days).saturating_sub(1)
            // All exceptions but the last day's were left, all but the first day's were entered.
            && exceptions.checked_sub(left).is_some_and(|last| last <= 1)
            && exceptions.checked_sub(entered).is_some_and(|first| first <= 1)
    }
}

/// Kupiec's likelihood ratio of unconditional coverage, 2·ln of how much likelier the observed rate of exceptions makes
/// the sample than the promised `level_bps`. Chi-squared with one degree of freedom: above 3.84 the model is rejected at
/// 95%. Zero days speak against nothing. Error at most `days` · 2^-61, at a million days 4.4e-13.
///
/// # Errors
///
/// [`MathError::Domain`] if there are more exceptions than days, or the level is not between 0 and 10,000.
pub fn kupiec(days: u32, exceptions: u32, level_bps: u16) -> Result<Q64> {
    let level = u32::from(level_bps);
    let others = days.checked_sub(exceptions).ok_or(MathError::Domain)?;
    let rest = BPS.checked_sub(level).filter(|rest| *rest > 0 && level > 0).ok_or(MathError::Domain)?;
    likelihood_ratio([
        (exceptions, product(exceptions, BPS), product(days, level)),
        (others, product(others, BPS), product(days, rest)),
    ])
}

/// Christoffersen's likelihood ratio of independence: whether an exception makes another on the next day likelier.
/// Chi-squared with one degree of freedom: above 3.84 independence is rejected at 95%, above 6.63 at 99%. Without
/// exceptions, or with nothing else, it is zero. Error at most `days` · 2^-61.
///
/// Written as the G test of the two-by-two table, 2 Σ n_ij ln(n_ij · n / (row_i · column_j)), which is the same number.
///
/// # Errors
///
/// [`MathError::Overflow`] if the pairs sum to 2^32 or more.
pub fn christoffersen(counts: &Counts) -> Result<Q64> {
    let sum = |a: u32, b: u32| a.checked_add(b).ok_or(MathError::Overflow);
    let Counts { n00, n01, n10, n11, .. } = *counts;
    let (row_0, row_1) = (sum(n00, n01)?, sum(n10, n11)?);
    let (column_0, column_1) = (sum(n00, n10)?, sum(n01, n11)?);
    let all = sum(row_0, row_1)?;
    likelihood_ratio([
        (n00, product(n00, all), product(row_0, column_0)),
        (n01, product(n01, all), product(row_0, column_1)),
        (n10, product(n10, all), product(row_1, column_0)),
        (n11, product(n11, all), product(row_1, column_1)),
    ])
}

fn product(a: u32, b: u32) -> u64 {
    u64::from(a).wrapping_mul(u64::from(b)) // below 2^64
}

/// 2 Σ count · ln(numerator / denominator), where 0 · ln 0 is 0; not below zero, as the exact sum is not.
fn likelihood_ratio<const N: usize>(terms: [(u32, u64, u64); N]) -> Result<Q64> {
    let mut sum = Q64Signed::ZERO;
    for (count, numerator, denominator) in terms {
        if count > 0 {
            let ratio = Q64::from_ratio_down(u128::from(numerator), u128::from(denominator))?;
            let term = ln(ratio)?.0.checked_mul(i128::from(count)).ok_or(MathError::Overflow)?;
            sum = sum.checked_add(Q64Signed(term))?;
        }
    }
    let doubled = sum.checked_add(sum)?;
    Ok(doubled.to_unsigned().unwrap_or(Q64::ZERO))
}

/// The colour of a year of 250 days at 99%.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Zone {
    /// At most 4 exceptions: consistent with a right model.
    Green,
    /// 5 to 9: a right model does so in about one year of ten.
    Yellow,
    /// 10 or more: a right model hardly ever does so.
    Red,
}

/// The zone of the number of exceptions in the last 250 days, by the Basel Committee's table of 1996.
pub const fn basel_zone(exceptions_in_250: u32) -> Zone {
    match exceptions_in_250 {
        0..=4 => Zone::Green,
        5..=9 => Zone::Yellow,
        _ => Zone::Red,
    }
}

/// The quantile (tick, pinball) loss of the quantile −`value_at_risk` against the return `r`:
/// (level − [r < −VaR]) · (r + VaR). Never negative; of all forecasts of that quantile the true one has the least mean.
/// In units of the return, rounded down.
///
/// # Errors
///
/// [`MathError::Domain`] if the level exceeds 10,000, [`MathError::Overflow`] if r + VaR is beyond ±2^63.
pub fn quantile_loss(r: Q64Signed, value_at_risk: Q64, level_bps: u16) -> Result<Q64> {
    let level = u32::from(level_bps);
    let rest = BPS.checked_sub(level).ok_or(MathError::Domain)?;
    let above = r.checked_add(value_at_risk.to_signed()?)?;
    let share = if above.is_negative() { rest } else { level };
    mul_div_u128_down(above.abs().0, u128::from(share), u128::from(BPS)).map(Q64)
}
