//! Concentrated liquidity: a constant product between two prices, as in Uniswap v3 (whitepaper, section 6) and the pools of
//! Solana that follow it.
//!
//! P is the price of token A in token B, in smallest units of both; pools keep its square root s in 64 fractional bits. With
//! liquidity L and the range [a, b] of s, let c be s limited to the range. Then the position holds
//! L(1/c − 1/b) of A and L(c − a) of B, and
//!
//! - its value in B is V = s²L(1/c − 1/b) + L(c − a);
//! - its delta dV/dP is what it holds of A, so that P·dV/dP is that holding's value in B;
//! - its gamma d²V/dP² is −L/(2s³) in the range, so that P²·d²V/dP² is −Ls/2, and zero outside.
//!
//! Fees that wait to be collected are not part of this.

use super::moved_bps;
use crate::error::{MathError, Result};
use crate::functions::sqrt_down;
use crate::muldiv::{
    div_4_by_2, isqrt_u256_down, mul_div_u128_down, mul_shift_down, mul_shift_up, pow10, wide_mul, wide_mul_u128,
};
use crate::q64::Q64;
use crate::units::Price;

/// √10,000, in units of 2^-64.
const ROOT_OF_FULL: u128 = 100 << 64;

/// A position between two square roots of the price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Range {
    /// L.
    pub liquidity: u128,
    /// a, the square root of the lowest price.
    pub lower: Q64,
    /// b, the square root of the highest price.
    pub upper: Q64,
}

/// What a position holds, in smallest units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Amounts {
    /// Of the token that is priced.
    pub a: u64,
    /// Of the token that it is priced in.
    pub b: u64,
}

impl Range {
    /// A position.
    ///
    /// # Errors
    ///
    /// [`MathError::Domain`] unless 0 < lower < upper.
    pub fn new(liquidity: u128, lower: Q64, upper: Q64) -> Result<Self> {
        if lower.0 == 0 || lower >= upper {
            return Err(MathError::Domain);
        }
        Ok(Self { liquidity, lower, upper })
    }

    /// What a pool pays out for the position at a price, each amount rounded down once.
    ///
    /// # Errors
    ///
    /// [`MathError::Domain`] for a range that [`Self::new`] refuses; [`MathError::Overflow`] if an amount exceeds 64 bits.
    pub fn amounts_down(&self, sqrt_price: Q64) -> Result<Amounts> {
        let limited = self.limited(sqrt_price)?;
        let a = self.side(limited, false)?.quotient_down(limited.0)?;
        let b = mul_shift_down(self.liquidity, limited.0.saturating_sub(self.lower.0), 64)?;
        Ok(Amounts { a, b: u64::try_from(b).map_err(|_| MathError::Overflow)? })
    }

    /// What the position is worth at a price, in units of B, rounded down: less than three units below the exact
    /// value.
    ///
    /// # Errors
    ///
    /// As [`Self::amounts_down`].
    pub fn value_down(&self, sqrt_price: Q64) -> Result<u64> {
        let limited = self.limited(sqrt_price)?;
        let a = self.holding(sqrt_price, limited, false)?;
        let b = mul_shift_down(self.liquidity, limited.0.saturating_sub(self.lower.0), 64)?;
        narrow(a, b)
    }

    /// As [`Self::value_down`], rounded up: less than three units above the exact value.
    ///
    /// # Errors
    ///
    /// As [`Self::amounts_down`].
    pub fn value_up(&self, sqrt_price: Q64) -> Result<u64> {
        let limited = self.limited(sqrt_price)?;
        let a = self.holding(sqrt_price, limited, true)?;
        let b = mul_shift_up(self.liquidity, limited.0.saturating_sub(self.lower.0), 64)?;
        narrow(a, b)
    }

    /// P·dV/dP, the value of what is held of A: the change of value for a move by +100% at the present rate, in units of B,
    /// rounded up to more risk: less than three units above the exact value.
    ///
    /// # Errors
    ///
    /// As [`Self::amounts_down`].
    pub fn dollar_delta_up(&self, sqrt_price: Q64) -> Result<u64> {
        let limited = self.limited(sqrt_price)?;
        narrow(self.holding(sqrt_price, limited, true)?, 0)
    }

    /// P²·d²V/dP², in units of B: negative in the range, its edges included, and zero outside. Rounded down once, to more
    /// risk.
    ///
    /// # Errors
    ///
    /// [`MathError::Domain`] for a range that [`Self::new`] refuses; [`MathError::Overflow`] beyond 63 bits.
    pub fn dollar_gamma_down(&self, sqrt_price: Q64) -> Result<i64> {
        if self.limited(sqrt_price)? != sqrt_price {
            return Ok(0);
        }
        let magnitude =
            u64::try_from(mul_shift_up(self.liquidity, sqrt_price.0, 65)?).map_err(|_| MathError::Overflow)?;
        0i64.checked_sub_unsigned(magnitude).ok_or(MathError::Overflow)
    }

    /// The square root of the price, limited to the range.
    fn limited(&self, sqrt_price: Q64) -> Result<Q64> {
        Self::new(self.liquidity, self.lower, self.upper)?;
        Ok(sqrt_price.clamp(self.lower, self.upper))
    }

    /// L(b − c)/b: the holding of A times c, in units of A · √P.
    fn side(&self, limited: Q64, up: bool) -> Result<Fixed192> {
        let rest = self.upper.0.saturating_sub(limited.0);
        Fixed192 { whole: self.liquidity, fraction: 0 }.times_ratio(rest, self.upper.0, up)
    }

    /// s²L(1/c − 1/b): what the holding of A is worth.
    fn holding(&self, sqrt_price: Q64, limited: Q64, up: bool) -> Result<u128> {
        let mut side = self.side(limited, up)?;
        if sqrt_price < limited {
            side = side.times_ratio(sqrt_price.0, limited.0, up)?;
        }
        // Above the range nothing of A is held.
        side.times(sqrt_price, up)
    }
}

/// The square root of the price of a smallest unit of A in smallest units of B, from dollar prices of whole tokens, rounded
/// down once.
///
/// # Errors
///
/// [`MathError::Domain`] if a token has more than 19 decimals, [`MathError::DivisionByZero`] if B's price is zero,
/// [`MathError::Overflow`] if the root reaches 2^64.
pub fn sqrt_price_down(price_a: Price, decimals_a: u8, price_b: Price, decimals_b: u8) -> Result<Q64> {
    let scale = |decimals: u8| {
        let power = pow10(decimals.into()).ok().and_then(|power| u64::try_from(power).ok());
        power.ok_or(MathError::Domain)
    };
    let numerator = wide_mul(price_a.0, scale(decimals_b)?);
    let denominator = wide_mul(price_b.0, scale(decimals_a)?);
    if denominator == 0 {
        return Err(MathError::DivisionByZero);
    }
    // P in units of 2^-128, in 256 bits.
    let (whole, rest) = div_4_by_2(0, numerator, denominator);
    let (fraction, _) = div_4_by_2(rest, 0, denominator);
    Ok(Q64(isqrt_u256_down(whole, fraction)))
}

/// √(P · (1 + move)) for a move of the price by `move_bps`, rounded down: less than 1 + √P/100 units of 2^-64 below the
/// exact root.
///
/// # Errors
///
/// [`MathError::Domain`] for a fall by more than 100%; [`MathError::Overflow`] if the root reaches 2^64.
pub fn moved_down(sqrt_price: Q64, move_bps: i32) -> Result<Q64> {
    let root = sqrt_down(Q64::from_int(moved_bps(move_bps)?));
    mul_div_u128_down(sqrt_price.0, root.0, ROOT_OF_FULL).map(Q64)
}

fn narrow(a: u128, b: u128) -> Result<u64> {
    a.checked_add(b).and_then(|sum| u64::try_from(sum).ok()).ok_or(MathError::Overflow)
}

/// whole + fraction / 2^64.
#[derive(Clone, Copy)]
struct Fixed192 {
    whole: u128,
    fraction: u64,
}

impl Fixed192 {
    /// self · numerator / denominator for a ratio up to one, rounded once.
    fn times_ratio(self, numerator: u128, denominator: u128, up: bool) -> Result<Self> {
        if denominator == 0 {
            return Err(MathError::DivisionByZero);
        }
        if numerator >= denominator {
            return Ok(self);
        }
        let (high, low) = wide_mul_u128(self.whole, numerator);
        // high < numerator < denominator.
        let (whole, rest) = div_4_by_2(high, low, denominator);
        // The rest and the fraction's part, together below 2 · 2^64 · denominator: the quotient is below 2^65.
        let (high, low) = wide_mul_u128(u128::from(self.fraction), numerator);
        let (low, carried) = low.overflowing_add(rest << 64);
        let high = high.wrapping_add(rest >> 64).wrapping_add(u128::from(carried));
        let (parts, rest) = div_4_by_2(high, low, denominator);
        let parts = if up && rest != 0 { parts.saturating_add(1) } else { parts };
        let whole = whole.checked_add(parts >> 64).ok_or(MathError::Overflow)?;
        Ok(Self { whole, fraction: parts as u64 })
    }

    /// floor(self · 2^64 / divisor), where the divisor has 64 fractional bits: the quotient's integer part.
    fn quotient_down(self, divisor: u128) -> Result<u64> {
        let (high, low) = (self.whole >> 64, (self.whole << 64) | u128::from(self.fraction));
        if high >= divisor {
            return Err(MathError::Overflow);
        }
        u64::try_from(div_4_by_2(high, low, divisor).0).map_err(|_| MathError::Overflow)
    }

    /// self · factor, rounded to an integer.
    fn times(self, factor: Q64, up: bool) -> Result<u128> {
        let shift = if up { mul_shift_up } else { mul_shift_down };
        // Both summands in units of 2^-64, then one rounding of their sum.
        let (high, low) = wide_mul_u128(self.whole, factor.0);
        let (low, carried) = low.overflowing_add(shift(u128::from(self.fraction), factor.0, 64)?);
        let high = high.checked_add(u128::from(carried)).ok_or(MathError::Overflow)?;
        if high >> 64 != 0 {
            return Err(MathError::Overflow);
        }
        let product = (high << 64) | (low >> 64);
        let inexact = up && low as u64 != 0;
        product.checked_add(u128::from(inexact)).ok_or(MathError::Overflow)
    }
}
