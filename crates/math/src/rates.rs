//! Borrow rates by utilisation, and interest over slots.

use bytemuck::{Pod, Zeroable};

use crate::error::{MathError, Result};
use crate::functions::exp;
use crate::muldiv::{div_u128_down, div_u128_up};
use crate::q64::Q64;
use crate::units::{Bps, Slots};

/// The most points of a curve.
pub const MAX_POINTS: usize = 11;

/// Kamino Lend's year: two slots a second for 365 days.
pub const SLOTS_PER_YEAR: u64 = 63_072_000;

const FULL: u128 = Bps::ONE.0 as u128;

/// A corner of a borrow-rate curve.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Pod, Zeroable)]
#[allow(unsafe_code)] // the derives of Pod and Zeroable expand to unsafe impls
pub struct CurvePoint {
    /// The part of a reserve that is lent out, in basis points: 0 to 10,000.
    pub utilisation_bps: u32,
    /// What borrowers pay a year at that utilisation, in basis points; not compounded.
    pub rate_bps: u32,
}

/// A borrow rate that is linear between corners, in Kamino Lend's layout: eleven points, the last one repeated to the end.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Pod, Zeroable)]
#[allow(unsafe_code)] // the derives of Pod and Zeroable expand to unsafe impls
pub struct RateCurve {
    /// The corners, by rising utilisation from 0 to 10,000 basis points.
    pub points: [CurvePoint; MAX_POINTS],
}

impl RateCurve {
    /// A curve through 2 to 11 corners.
    ///
    /// # Errors
    ///
    /// [`MathError::Domain`] for any other number of corners, and as [`Self::validate`].
    pub fn new(corners: &[CurvePoint]) -> Result<Self> {
        let last = corners.last().ok_or(MathError::Domain)?;
        let mut points = [*last; MAX_POINTS];
        points.get_mut(..corners.len()).ok_or(MathError::Domain)?.copy_from_slice(corners);
        let curve = Self { points };
        curve.validate()?;
        Ok(curve)
    }

    /// Whether the curve covers 0 to 10,000 basis points by rising utilisation and never falls.
    ///
    /// # Errors
    ///
    /// [`MathError::Domain`] if it does not.
    pub fn validate(&self) -> Result<()> {
        let [first, .., last] = &self.points;
        let complete = first.utilisation_bps == 0 && u128::from(last.utilisation_bps) == FULL;
        let ordered = self.points.windows(2).all(|pair| match pair {
            [left, right] => {
                left == right && u128::from(left.utilisation_bps) == FULL
                    || left.utilisation_bps < right.utilisation_bps && left.rate_bps <= right.rate_bps
            }
            _ => false,
        });
        if complete && ordered {
            Ok(())
        } else {
            Err(MathError::Domain)
        }
    }

    /// The yearly rate at a utilisation as a fraction (1 is 100%), rounded down once. Above full utilisation, the rate at
    /// full, as Kamino Lend does.
    ///
    /// # Errors
    ///
    /// [`MathError::Domain`] if the curve is not valid.
    pub fn borrow_rate_down(&self, utilisation: Q64) -> Result<Q64> {
        let (numerator, denominator) = self.rate_ratio(utilisation)?;
        div_u128_down(numerator, denominator).map(Q64)
    }

    /// As [`Self::borrow_rate_down`], rounded up.
    pub fn borrow_rate_up(&self, utilisation: Q64) -> Result<Q64> {
        let (numerator, denominator) = self.rate_ratio(utilisation)?;
        div_u128_up(numerator, denominator).map(Q64)
    }

    /// The rate in units of 2^-64 as an exact ratio.
    fn rate_ratio(&self, utilisation: Q64) -> Result<(u128, u128)> {
        // Basis points in units of 2^-64, at most 10,000 · 2^64.
        let position = utilisation.min(Q64::ONE).0.checked_mul(FULL).ok_or(MathError::Overflow)?;
        let right = self
            .points
            .iter()
            .skip(1)
            .position(|point| position <= u128::from(point.utilisation_bps) << 64)
            .ok_or(MathError::Domain)?;
        let (Some(left), Some(right)) = (self.points.get(right), self.points.get(right.saturating_add(1))) else {
            return Err(MathError::Domain);
        };
        let run = right.utilisation_bps.checked_sub(left.utilisation_bps).ok_or(MathError::Domain)?;
        let rise = right.rate_bps.checked_sub(left.rate_bps).ok_or(MathError::Domain)?;
        let along = position.checked_sub(u128::from(left.utilisation_bps) << 64).ok_or(MathError::Domain)?;
        if run == 0 || along > u128::from(run) << 64 {
            return Err(MathError::Domain);
        }
        // Both products are below 2^32 · 2^32 · 2^64 / 2; `along` is at most run · 2^64.
        let base = (u128::from(left.rate_bps).checked_mul(u128::from(run)).ok_or(MathError::Overflow)?)
            .checked_mul(1 << 64)
            .ok_or(MathError::Overflow)?;
        let slope = along.checked_mul(u128::from(rise)).ok_or(MathError::Overflow)?;
        let numerator = base.checked_add(slope).ok_or(MathError::Overflow)?;
        let denominator = u128::from(run).checked_mul(FULL).ok_or(MathError::Overflow)?;
        Ok((numerator, denominator))
    }
}

/// The growth factor of interest at `rate_per_slot`, compounded over `slots`, as a lower bound: the first four terms of
/// the binomial series of (1 + rate)^slots, each rounded down. Kamino Lend accrues by the same terms in its own 60 fractional
/// bits. Below exact compounding by at most x⁴/24 · e^x, x = rate · slots; at 10% over a whole year that is 5e-6. The roundings add 4 ulp.
///
/// # Errors
///
/// [`MathError::Overflow`] if the factor, or rate · slots, exceeds 64 bits.
pub fn compound_down(rate_per_slot: Q64, slots: Slots) -> Result<Q64> {
    let total = simple(rate_per_slot, slots)?;
    let less_one = Q64(total.0.saturating_sub(rate_per_slot.0));
    let less_two = Q64(less_one.0.saturating_sub(rate_per_slot.0));
    let second = Q64(total.mul_down(less_one)?.0 >> 1);
    let third = Q64(div_u128_down(second.mul_down(less_two)?.0, 3)?);
    Q64::ONE.checked_add(total)?.checked_add(second)?.checked_add(third)
}

/// The growth factor as an upper bound of compounding as often as one likes, e^x with x = rate · slots: below x = 1 as
/// 1 + x + x²/2 + x³/6 · 4/(4 - x), whose last term majorises the rest of the series, from there [`exp`] plus more than its
/// error. Above exact compounding by at most 3e-8 of it for x ≤ 0.1, and 0.2% for x ≤ 1.
///
/// # Errors
///
/// [`MathError::Overflow`] if the factor, or rate · slots, exceeds 64 bits.
pub fn compound_up(rate_per_slot: Q64, slots: Slots) -> Result<Q64> {
    let total = simple(rate_per_slot, slots)?;
    if total >= Q64::ONE {
        let growth = exp(total.to_signed()?)?;
        return growth.checked_add(Q64(growth.0 >> 60))?.checked_add(Q64(2));
    }
    let second = Q64(total.mul_up(total)?.0.div_ceil(2));
    let third = Q64(second.mul_up(total)?.0.div_ceil(3));
    let rest = third.mul_up(Q64::from_int(4).div_up(Q64::from_int(4).checked_sub(total)?)?)?;
    Q64::ONE.checked_add(total)?.checked_add(second)?.checked_add(rest)
}

/// A yearly rate spread evenly over `slots_per_year`, rounded down.
pub fn rate_per_slot_down(yearly: Q64, slots_per_year: u64) -> Result<Q64> {
    div_u128_down(yearly.0, u128::from(slots_per_year)).map(Q64)
}

/// A yearly rate spread evenly over `slots_per_year`, rounded up.
pub fn rate_per_slot_up(yearly: Q64, slots_per_year: u64) -> Result<Q64> {
    div_u128_up(yearly.0, u128::from(slots_per_year)).map(Q64)
}

/// rate · slots, exactly.
fn simple(rate_per_slot: Q64, slots: Slots) -> Result<Q64> {
    rate_per_slot.0.checked_mul(u128::from(slots.0)).map(Q64).ok_or(MathError::Overflow)
}
