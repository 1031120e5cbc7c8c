//! Marginal-rate water-filling across lending lines.
//!
//! Each line's yearly income at an amount `x` is `x · rate(x)`, where the rate is what depositors of that market earn once
//! `x` lies in it: more supply lowers utilisation and with it the rate, so the own impact is part of the income. The
//! money to place is cut into [`CHUNKS`] equal chunks, and each goes to the line whose income it raises most. For
//! concave incomes, that is along one straight piece of a rising borrow curve, this greedy division is the best that
//! chunks of this size allow; across a kink it is a rule, not an optimum. A chunk that would raise no line's income
//! stays in cash.
//!
//! Cost: one income per line, and two per chunk and line filled.

use gimbal_math::{
    muldiv::{div_u128_down, mul_div_down},
    Bps,
};

use crate::{
    error::RouterError,
    state::{Curve, LINES},
};

/// Chunks that the money beyond the minimums is cut into. 32 place it to about 3% of the total, well inside any
/// sensible band, for about thirty incomes of computation.
pub const CHUNKS: u64 = 32;
/// One, as a utilisation or a rate.
const ONE: u64 = 1_000_000_000_000;

/// A line that takes part, base units.
#[derive(Clone, Copy, Debug)]
pub struct Basin<'a> {
    /// The market's curve, the line's own part included.
    pub curve: &'a Curve,
    /// The line's value now.
    pub value: u64,
    /// Least value.
    pub min: u64,
    /// Greatest value.
    pub max: u64,
}

impl Basin<'_> {
    /// Yearly income at amount `x`, base units × 10^12, rounded down.
    ///
    /// # Errors
    /// [`RouterError::MathOverflow`].
    pub fn income_down(&self, x: u64) -> Result<u128, RouterError> {
        let others = self.curve.supply.saturating_sub(self.value);
        let supply = others.checked_add(x).ok_or(RouterError::MathOverflow)?;
        Ok(u128::from(x).saturating_mul(u128::from(supply_rate_down(self.curve, supply)?)))
    }
}

/// Yearly rate that depositors earn when they own `supply` together, 10^12 = 100%, rounded down.
///
/// # Errors
/// [`RouterError::MathOverflow`].
pub fn supply_rate_down(curve: &Curve, supply: u64) -> Result<u64, RouterError> {
    if supply == 0 || curve.borrowed == 0 {
        return Ok(0);
    }
    let utilisation = if curve.borrowed >= supply { ONE } else { mul_div_down(curve.borrowed, ONE, supply)? };
    let gross = mul_div_down(borrow_rate_down(curve, utilisation)?, utilisation, ONE)?;
    let kept = Bps::ONE.0.saturating_sub(curve.take_bps);
    Ok(Bps(kept).of_down(gross)?)
}

/// The borrow rate at a utilisation, both 10^12 = 100%, linear between points, rounded down.
fn borrow_rate_down(curve: &Curve, utilisation: u64) -> Result<u64, RouterError> {
    // One basis point in parts of 10^12.
    const BPS: u64 = 100_000_000;
    let points = usize::from(curve.points).min(curve.util_bps.len());
    let mut left = (0, 0);
    for (util, rate) in curve.util_bps.iter().zip(&curve.rate_bps).take(points) {
        let right = (u64::from(*util).saturating_mul(BPS), u64::from(*rate).saturating_mul(BPS));
        if utilisation <= right.0 {
            let run = right.0.saturating_sub(left.0);
            if run == 0 {
                return Ok(right.1);
            }
            let along = utilisation.saturating_sub(left.0);
            let rise = right.1.saturating_sub(left.1);
            return Ok(left.1.saturating_add(mul_div_down(rise, along, run)?));
        }
        left = right;
    }
    Ok(left.1)
}

/// One line while it is being filled.
#[derive(Clone, Copy, Default)]
struct Fill {
    amount: u64,
    income: u128,
    /// Size of the next chunk that fits, and the income after it.
    step: u64,
    next_income: u128,
    /// What that chunk earns per unit × 2^16; 0 when it earns nothing. Found once per chunk, since every round compares
    /// it with all other lines'.
    merit: u128,
}

impl Fill {
    /// Looks at what the next `chunk` would earn.
    fn probe(&mut self, basin: &Basin, chunk: u64) -> Result<(), RouterError> {
        // Gains are below 2^107: income is an amount times a rate of less than 2^43.
        const SCALE_BITS: u32 = 16;
        self.step = chunk.min(basin.max.saturating_sub(self.amount));
        if self.step == 0 {
            (self.next_income, self.merit) = (self.income, 0);
            return Ok(());
        }
        self.next_income = basin.income_down(self.amount.checked_add(self.step).ok_or(RouterError::MathOverflow)?)?;
        let gain = self.next_income.saturating_sub(self.income);
        let scaled = gain.checked_mul(1 << SCALE_BITS).ok_or(RouterError::MathOverflow)?;
        self.merit = div_u128_down(scaled, u128::from(self.step))?;
        Ok(())
    }
}

/// What each line should be worth when `total` is placed, base units, in the order of `basins`; `None` entries get 0.
///
/// Minimums come first, in order, as far as `total` reaches; then chunks by marginal income, never beyond a maximum.
/// Ties go to the earlier line. What earns nothing anywhere is not placed.
///
/// # Errors
/// [`RouterError::MathOverflow`].
pub fn targets(total: u64, basins: &[Option<Basin>; LINES]) -> Result<[u64; LINES], RouterError> {
    let mut fills = [Fill::default(); LINES];
    let mut left = total;
    for (fill, basin) in fills.iter_mut().zip(basins) {
        let Some(basin) = basin else { continue };
        fill.amount = basin.min.min(basin.max).min(left);
        fill.income = basin.income_down(fill.amount)?;
        left = left.saturating_sub(fill.amount);
    }
    let chunk = left.div_ceil(CHUNKS);
    for (fill, basin) in fills.iter_mut().zip(basins) {
        let Some(basin) = basin else { continue };
        fill.probe(basin, chunk.min(left))?;
    }
    // Each round places a chunk or fills a line to its maximum, so there are at most this many.
    for _ in 0..CHUNKS.saturating_add(LINES as u64) {
        if left == 0 {
            break;
        }
        let Some(best) = best(&fills) else { break };
        let (Some(fill), Some(Some(basin))) = (fills.get_mut(best), basins.get(best)) else { break };
        left = left.saturating_sub(fill.step);
        fill.amount = fill.amount.saturating_add(fill.step);
        fill.income = fill.next_income;
        fill.probe(basin, chunk)?;
        if left < chunk {
            // The last chunk is a smaller one: what the lines would earn with it must be looked at anew.
            for (fill, basin) in fills.iter_mut().zip(basins) {
                let Some(basin) = basin else { continue };
                fill.probe(basin, left)?;
            }
        }
    }
    Ok(fills.map(|fill| fill.amount))
}

/// The line whose next step earns most per unit, if any earns; of equals the earliest.
fn best(fills: &[Fill; LINES]) -> Option<usize> {
    let mut best: Option<(usize, u128)> = None;
    for (index, fill) in fills.iter().enumerate() {
        if fill.merit > best.map_or(0, |(_, merit)| merit) {
            best = Some((index, fill.merit));
        }
    }
    best.map(|(index, _)| index)
}
