//! How far returns go beyond what the forecast explains: standardised residuals and their empirical tail.

use super::{scale_horizon, Variance, BPS};
use crate::error::{MathError, Result};
use crate::muldiv::div_4_by_2;
use crate::q64::{Q64Signed, Q64};

/// The largest size of a residual, in thousandths: larger ones are cut to it.
pub const MAX_RESIDUAL: i16 = 32_000;
/// The most residuals that [`tail`] averages.
pub const MAX_WORST: usize = 25;

/// Thousandths of one.
const MILLI: u128 = 1_000;

/// Which end of the distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Falls: what a holder loses by.
    Low,
    /// Rises: what a borrower or a short position loses by.
    High,
}

/// A tail in thousandths of a standard deviation, as a loss: positive on both sides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tail {
    /// The loss exceeded with the tail's probability.
    pub quantile: u32,
    /// The mean of the losses at least as large; never below the quantile.
    pub shortfall: u32,
}

/// r / √(h · gap_days) in thousandths, to the nearest, ties away from zero, cut at ±[`MAX_RESIDUAL`]: the return over
/// `gap_days` days in standard deviations of the forecast `h` per day. No days count as one.
pub fn residual(r: Q64Signed, h: Variance, gap_days: u32) -> i16 {
    let limit = MAX_RESIDUAL.unsigned_abs();
    // No variance made by this module is zero; were one, the residual would be the largest.
    let deviation = scale_horizon(h, gap_days).deviation_down().0.max(1);
    let numerator = r.abs().0.saturating_mul(MILLI).saturating_add(deviation >> 1);
    let (size, _) = div_4_by_2(0, numerator, deviation);
    let size = u16::try_from(size).unwrap_or(limit).min(limit) as i16;
    if r.is_negative() {
        size.wrapping_neg()
    } else {
        size
    }
}

/// The log return that lies `milli` thousandths of a standard deviation from zero, √h · milli/1000, rounded up. With
/// [`Tail::quantile`] it is the value at risk, with [`Tail::shortfall`] the expected shortfall. For more days pass
/// [`scale_horizon`] of the forecast.
pub fn loss_at(h: Variance, milli: u32) -> Q64 {
    // Below 2^68 and 2^32.
    let product = h.deviation_up().0.wrapping_mul(u128::from(milli));
    let (quotient, rest) = div_4_by_2(0, product, MILLI);
    Q64(quotient.wrapping_add(u128::from(rest != 0)))
}

/// The empirical tail of `residuals`, in any order, shrunk towards a prior:
///
/// - k = max(1, floor(level · (n + 1))) of the n residuals are the worst; the quantile is the k-th of them and the
///   shortfall their mean, where a gain counts as no loss;
/// - both are averaged with `prior_milli`, and with 1.2 times it, which count as much as `prior_weight` residuals;
///   rounded up.
///
/// One pass and no sorting. 1.2 is between the normal's ratio of shortfall to quantile at 99% (1.146) and that of
/// Student's t with four degrees of freedom (1.39).
///
/// # Errors
///
/// [`MathError::Domain`] if the level is zero or so high that k exceeds [`MAX_WORST`].
pub fn tail(residuals: &[i16], level_bps: u16, side: Side, prior_milli: u16, prior_weight: u16) -> Result<Tail> {
    let n = u64::try_from(residuals.len()).map_err(|_| MathError::Domain)?;
    let ranked = n.checked_add(1).and_then(|n| n.checked_mul(u64::from(level_bps))).ok_or(MathError::Domain)?;
    let k = ranked.checked_div(BPS).ok_or(MathError::Domain)?.max(1);
    let mut buffer = [0u16; MAX_WORST];
    let worst = usize::try_from(k).ok().and_then(|k| buffer.get_mut(..k)).ok_or(MathError::Domain)?;
    if level_bps == 0 || u64::from(level_bps) >= BPS {
        return Err(MathError::Domain);
    }
    match side {
        Side::Low => keep_worst(worst, residuals.iter().map(|z| z.saturating_neg())),
        Side::High => keep_worst(worst, residuals.iter().copied()),
    }
    let quantile = u128::from(worst.last().copied().unwrap_or(0));
    let sum = worst.iter().fold(0u128, |sum, loss| sum.saturating_add(u128::from(*loss)));

    let (n, k, weight, prior) = (u128::from(n), u128::from(k), u128::from(prior_weight), u128::from(prior_milli));
    // With neither residuals nor a weight the prior is all there is.
    let weight = if n == 0 { weight.max(1) } else { weight };
    let count = n.saturating_add(weight);
    // All factors are small: none of these comes near 128 bits.
    let blended = n.saturating_mul(quantile).saturating_add(weight.saturating_mul(prior));
    let tenths = n.saturating_mul(sum).saturating_mul(10);
    let prior_tenths = weight.saturating_mul(prior).saturating_mul(12).saturating_mul(k);
    Ok(Tail {
        quantile: ceil(blended, count)?,
        shortfall: ceil(tenths.saturating_add(prior_tenths), count.saturating_mul(10).saturating_mul(k))?,
    })
}

/// Leaves the largest of `losses` in `worst`, descending; it begins as zeros, and so ends where fewer are positive.
fn keep_worst(worst: &mut [u16], losses: impl Iterator<Item = i16>) {
    let mut least = 0i16;
    for loss in losses {
        // The ordinary case ends here: comparing with the least of the worst is all that most residuals cost.
        if loss <= least {
            continue;
        }
        let mut carried = loss.unsigned_abs();
        for place in worst.iter_mut() {
            if carried > *place {
                core::mem::swap(place, &mut carried);
            }
        }
        // Positive values of an i16.
        least = worst.last().copied().unwrap_or(0) as i16;
    }
}

fn ceil(n: u128, d: u128) -> Result<u32> {
    u32::try_from(crate::muldiv::div_u128_up(n, d)?).map_err(|_| MathError::Overflow)
}
