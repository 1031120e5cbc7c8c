//! klend's fractions: 68 bits before the point and 60 after it, in a u128.

use super::{FRACTION_BITS, FRACTION_ONE};
use crate::wide::{div_sf_down, mul_sf_down};

/// `a · b`, rounded down; `None` beyond the type.
pub fn mul_down(a: u128, b: u128) -> Option<u128> {
    mul_sf_down(a, b)
}

/// `a ÷ b`, rounded down; `None` beyond the type or for a `b` of 0.
pub fn div_down(a: u128, b: u128) -> Option<u128> {
    div_sf_down(a, b)
}

/// `bps` basis points, rounded down.
pub const fn from_bps_down(bps: u32) -> u128 {
    ((bps as u128) << FRACTION_BITS) / 10_000
}

/// `pct` percent, rounded down.
pub const fn from_pct_down(pct: u8) -> u128 {
    ((pct as u128) << FRACTION_BITS) / 100
}

/// A whole number of units, exact.
pub const fn from_units(units: u64) -> u128 {
    (units as u128) << FRACTION_BITS
}

/// Whole units, rounded down; `None` beyond 64 bits.
pub fn to_units_down(fraction: u128) -> Option<u64> {
    u64::try_from(fraction >> FRACTION_BITS).ok()
}

/// Whole units, rounded up; `None` beyond 64 bits.
pub fn to_units_up(fraction: u128) -> Option<u64> {
    to_units_down(fraction)?.checked_add(u64::from(!fraction.is_multiple_of(FRACTION_ONE)))
}
