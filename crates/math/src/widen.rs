//! How uncertain a valuation becomes with age.

use crate::error::{MathError, Result};
use crate::muldiv::{isqrt_u256_down, wide_mul, wide_mul_u128};
use crate::units::Seconds;

/// ceil(widen_per_sqrt_second · √age): the half width by which a valuation of that age is widened, in the units of
/// `widen_per_sqrt_second` (z · σ per √second times the value, so that the width is that of a random walk at z standard
/// deviations). Rounded up: uncertainty is never understated.
///
/// # Errors
///
/// [`MathError::Domain`] if `age` is negative, [`MathError::Overflow`] if the width exceeds 64 bits.
pub fn half_width_up(widen_per_sqrt_second: u64, age: Seconds) -> Result<u64> {
    let age = u64::try_from(age.0).map_err(|_| MathError::Domain)?;
    let (high, low) = wide_mul_u128(wide_mul(widen_per_sqrt_second, widen_per_sqrt_second), u128::from(age));
    let root = isqrt_u256_down(high, low);
    let exact = wide_mul_u128(root, root) == (high, low);
    let width = if exact { root } else { root.checked_add(1).ok_or(MathError::Overflow)? };
    u64::try_from(width).map_err(|_| MathError::Overflow)
}
