//! The standard normal distribution: density, distribution function and quantile.
//!
//! An ulp is 2^-64, about 5.4e-20.

mod quantile;
mod table;

pub use quantile::quantile;
pub use table::{Row, DEGREE, ROWS, UPPER_TAIL};

use crate::functions::exp;
use crate::muldiv::mul_shift_down;
use crate::q64::{Q64Signed, Q64};

/// 1/√(2π) in units of 2^-64.
const INVERSE_SQRT_2_PI: u128 = 7_359_186_146_747_302_452;

/// From here on the density rounds to zero.
const DENSITY_VANISHES: u128 = 10 << 64;

/// The density φ(x) = e^(-x²/2)/√(2π). Error at most 2 ulp (1.1e-19).
pub fn pdf(x: Q64Signed) -> Q64 {
    let distance = x.abs().0;
    if distance >= DENSITY_VANISHES {
        return Q64::ZERO;
    }
    // Below 10 none of the three steps can overflow; were that false, zero would still be the tail's limit.
    let density = mul_shift_down(distance, distance, 65)
        .ok()
        .and_then(|half_square| Q64(half_square).to_signed().ok()?.neg().ok())
        .and_then(|power| exp(power).ok())
        .and_then(|kernel| mul_shift_down(kernel.0, INVERSE_SQRT_2_PI, 64).ok());
    Q64(density.unwrap_or(0))
}

/// The distribution function Φ(x), the probability of a value up to `x`. Error at most 2 ulp (1.1e-19); exactly
/// symmetric, Φ(-x) = 1 - Φ(x).
///
/// Method: Taylor expansion of the tail about the midpoints of intervals of length 1/4, see [`UPPER_TAIL`].
pub fn cdf(x: Q64Signed) -> Q64 {
    let tail = upper_tail(x.abs().0);
    if x.is_negative() {
        Q64(tail)
    } else {
        Q64(Q64::ONE.0.wrapping_sub(tail))
    }
}

/// 1 - Φ(x) for x ≥ 0, both in units of 2^-64.
fn upper_tail(x: u128) -> u128 {
    let Some(row) = usize::try_from(x >> 62).ok().and_then(|index| UPPER_TAIL.get(index)) else {
        return 0;
    };
    // The offset from the midpoint, times eight, in [-1, 1) and units of 2^-63.
    let offset = ((x as u64) << 2).wrapping_sub(1 << 63) as i64;
    let mut sum = 0i64;
    for coefficient in row.coefficients.iter().rev() {
        sum = coefficient.wrapping_add(scaled(sum, offset));
    }
    let correction = scaled(sum, offset).wrapping_add(4) >> 3;
    u128::from(row.value.saturating_add_signed(correction))
}

/// a · b / 2^63, rounded to nearest. Fits for |a| < 2^63.
fn scaled(a: i64, b: i64) -> i64 {
    (i128::from(a).wrapping_mul(i128::from(b)).wrapping_add(1 << 62) >> 63) as i64
}
