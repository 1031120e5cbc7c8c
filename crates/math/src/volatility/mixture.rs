//! Which forecast to believe: scores by QLIKE and multiplicative weights.

use bytemuck::{Pod, Zeroable};

use super::{Variance, BPS};
use crate::error::{MathError, Result};
use crate::functions::{exp, ln};
use crate::muldiv::div_4_by_2;
use crate::q64::{Q64Signed, Q64};

/// Forecasts that are mixed.
pub const MODELS: usize = 4;
/// What the weights of a mixture sum to.
pub const WHOLE_WEIGHT: u32 = 1 << 16;

/// Bits by which a [`Q64`] is shifted to become a [`Score`].
const TO_Q64: u32 = 32;
/// From here e^-x is zero in every place that counts.
const NEGLIGIBLE: u128 = 46 << 32;

/// A loss of forecasts, or a sum of such losses, in units of 2^-32 (2.3e-10), from 0 to 2^32 - 2^-32. Smaller is better.
/// Stored as its `u64`.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Pod, Zeroable)]
#[allow(unsafe_code)] // the derives of Pod and Zeroable expand to unsafe impls
pub struct Score(pub u64);

impl Score {
    /// No loss.
    pub const ZERO: Self = Self(0);
    /// The largest; sums beyond it are cut to it.
    pub const MAX: Self = Self(u64::MAX);

    /// `value` to the nearest unit, cut at [`Self::MAX`].
    pub fn from_q64(value: Q64) -> Self {
        let half = 1 << TO_Q64.wrapping_sub(1);
        Self(u64::try_from(value.0.saturating_add(half) >> TO_Q64).unwrap_or(u64::MAX))
    }

    /// The same number in units of 2^-64, exactly.
    pub const fn to_q64(self) -> Q64 {
        Q64((self.0 as u128) << TO_Q64)
    }

    /// The sum, cut at [`Self::MAX`].
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// δ · self + new, rounded down and cut at [`Self::MAX`]: the sum of all scores, each worth δ of the one after it.
    /// `discount_bps` above 10,000 counts as 10,000.
    pub fn discounted(self, discount_bps: u16, new: Self) -> Self {
        let product = u128::from(self.0).wrapping_mul(u128::from(discount_bps).min(u128::from(BPS))); // below 2^78
        let (kept, _) = div_4_by_2(0, product, u128::from(BPS));
        // At most what it was.
        Self(kept as u64).saturating_add(new)
    }
}

/// x/h − ln(x/h) − 1: how badly the forecast `h` fared against the measured `x`; zero if they agree. Of all losses that
/// rank forecasts rightly though `x` is noisy, the one least moved by outliers (Patton 2011). Error at most 0.6 units of
/// 2^-32 plus h/x units of 2^-64 (1.4e-8 at the very most); cut at [`Score::MAX`].
///
/// # Errors
///
/// [`MathError::Domain`] if a variance is zero, which none made by this module is.
pub fn qlike(x: Variance, h: Variance) -> Result<Score> {
    if x.0 == 0 || h.0 == 0 {
        return Err(MathError::Domain);
    }
    let ratio = Q64::from_ratio_down(u128::from(x.0), u128::from(h.0))?;
    // A ratio beyond the type's sign has a loss far beyond the largest score.
    let Ok(signed) = ratio.to_signed() else { return Ok(Score::MAX) };
    let loss = signed.checked_sub(ln(ratio)?)?.checked_sub(Q64Signed::ONE)?;
    // The logarithm's error can make it a few places negative.
    Ok(loss.to_unsigned().map_or(Score::ZERO, Score::from_q64))
}

/// The weight of each forecast: prior · e^(−η(score − least score)), normalised to sum to exactly [`WHOLE_WEIGHT`]
/// (Littlestone and Warmuth 1994). All are rounded down but the largest, which takes the dust of the others: each is
/// within 4 of the exact one where priors are at most 10,000 and that of the least score at least 100, and within 8
/// anywhere. A forecast with prior zero has weight zero and its score is not looked at; if all priors are zero the
/// weights are equal. `learning_bps` is η in basis points.
pub fn weights(prior_bps: &[u16; MODELS], scores: &[Score; MODELS], learning_bps: u16) -> [u32; MODELS] {
    const EQUAL: [u32; MODELS] = [WHOLE_WEIGHT >> 2; MODELS];
    let candidates = || prior_bps.iter().zip(scores);
    let Some(best) = candidates().filter(|(prior, _)| **prior > 0).map(|(_, score)| score.0).min() else {
        return EQUAL;
    };
    // Below 2^48 each: neither the sum nor a part shifted by 16 bits wraps.
    let mut parts = [0u64; MODELS];
    for (part, (prior, score)) in parts.iter_mut().zip(candidates()) {
        if *prior > 0 {
            let excess = score.0.saturating_sub(best);
            *part = u64::from(*prior).wrapping_mul(decay(excess, learning_bps));
        }
    }
    let total = parts.iter().fold(0u64, |sum, part| sum.wrapping_add(*part)).max(1);
    let mut weights = parts.map(|part| (part << 16).checked_div(total).unwrap_or(0) as u32);
    let given = weights.iter().fold(0u32, |sum, weight| sum.wrapping_add(*weight));
    if let Some(largest) = weights.iter_mut().max() {
        *largest = largest.wrapping_add(WHOLE_WEIGHT.wrapping_sub(given));
    }
    weights
}

/// e^(−η · excess) in units of 2^-32, at most 2^32.
fn decay(excess: u64, learning_bps: u16) -> u64 {
    if excess == 0 {
        return 1 << 32;
    }
    let product = u128::from(excess).wrapping_mul(u128::from(learning_bps)); // below 2^80
    let (power, _) = div_4_by_2(0, product, u128::from(BPS));
    if power >= NEGLIGIBLE {
        return 0;
    }
    // Below 46 · 2^64 after the shift.
    let power = Q64Signed((power << TO_Q64) as i128);
    power.neg().and_then(exp).map_or(0, |factor| (factor.0 >> 32) as u64)
}

/// Σ weight · forecast / [`WHOLE_WEIGHT`], rounded up. With weights from [`weights`] it lies between the least and the
/// largest forecast.
pub fn blend(weights: &[u32; MODELS], forecasts: &[Variance; MODELS]) -> Variance {
    // Each product is below 2^96.
    let sum = weights.iter().zip(forecasts).fold(0u128, |sum, (weight, forecast)| {
        sum.wrapping_add(u128::from(*weight).wrapping_mul(u128::from(forecast.0)))
    });
    let cut = sum & u128::from(WHOLE_WEIGHT.wrapping_sub(1)) != 0;
    Variance::saturating((sum >> 16).wrapping_add(u128::from(cut)))
}
