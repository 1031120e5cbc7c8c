//! Kinds of positions, as a risk engine values them: what they are worth at another price, how they react to a small move,
//! and how far they are from liquidation. Pure functions of a few numbers that an adapter reads from its venue.
//!
//! Amounts are `u64` in smallest units. Rounding is in the names; where a number has no direction it is exact.

pub mod hedge;
pub mod leverage;
pub mod liquidity;

use crate::error::{MathError, Result};

/// The whole, in basis points.
pub(crate) const FULL: u64 = crate::units::Bps::ONE.0 as u64;

/// 10,000 + move: a price after a relative move, in basis points of the price before.
///
/// # Errors
///
/// [`MathError::Domain`] for a fall by more than the whole.
pub(crate) fn moved_bps(move_bps: i32) -> Result<u64> {
    FULL.checked_add_signed(i64::from(move_bps)).ok_or(MathError::Domain)
}

/// The signed difference of two amounts, or [`MathError::Overflow`] beyond 63 bits.
pub(crate) fn difference(minuend: u128, subtrahend: u128) -> Result<i64> {
    let magnitude = u64::try_from(minuend.abs_diff(subtrahend)).map_err(|_| MathError::Overflow)?;
    let signed =
        if minuend >= subtrahend { 0i64.checked_add_unsigned(magnitude) } else { 0i64.checked_sub_unsigned(magnitude) };
    signed.ok_or(MathError::Overflow)
}
