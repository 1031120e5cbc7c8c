//! What an amount of one token is worth in another, at given prices.

use crate::error::{MathError, Result};
use crate::muldiv::{
    div_u128_down, div_u128_up, mul_div_down, mul_div_u128_down, mul_div_u128_up, mul_div_up, pow10, wide_mul,
};
use crate::units::Price;

/// The largest difference of decimals between two tokens: a power of ten above it exceeds 64 bits.
pub const MAX_DECIMALS_APART: u8 = 19;

/// `amount` smallest units of a token, worth `price_token` a whole token of `token_decimals`, expressed in smallest units
/// of the base token: floor(amount · price_token · 10^(base_decimals - token_decimals) / price_base). Rounded once, at
/// the end; who receives the result loses the dust. A token priced zero is worth zero.
///
/// # Errors
///
/// [`MathError::Domain`] if the decimals differ by more than [`MAX_DECIMALS_APART`], [`MathError::DivisionByZero`] if
/// `price_base` is zero, [`MathError::Overflow`] if the result exceeds 64 bits.
pub fn convert_down(
    amount: u64,
    token_decimals: u8,
    price_token: Price,
    base_decimals: u8,
    price_base: Price,
) -> Result<u64> {
    match Ratio::new(amount, token_decimals, price_token, base_decimals, price_base)? {
        Ratio::Narrow { divisor } => mul_div_down(amount, price_token.0, divisor),
        Ratio::Wide { product, factor: 1, divisor } => narrow(div_u128_down(product, divisor)?),
        Ratio::Wide { product, factor, divisor } => narrow(mul_div_u128_down(product, factor, divisor)?),
    }
}

/// As [`convert_down`], rounded up: who pays the result loses the dust.
pub fn convert_up(
    amount: u64,
    token_decimals: u8,
    price_token: Price,
    base_decimals: u8,
    price_base: Price,
) -> Result<u64> {
    match Ratio::new(amount, token_decimals, price_token, base_decimals, price_base)? {
        Ratio::Narrow { divisor } => mul_div_up(amount, price_token.0, divisor),
        Ratio::Wide { product, factor: 1, divisor } => narrow(div_u128_up(product, divisor)?),
        Ratio::Wide { product, factor, divisor } => narrow(mul_div_u128_up(product, factor, divisor)?),
    }
}

/// The conversion as one fraction, in the narrowest form that holds it exactly.
enum Ratio {
    /// amount · price / divisor.
    Narrow { divisor: u64 },
    /// product · factor / divisor, where product = amount · price.
    Wide { product: u128, factor: u128, divisor: u128 },
}

impl Ratio {
    fn new(amount: u64, token_decimals: u8, price_token: Price, base_decimals: u8, price_base: Price) -> Result<Self> {
        let apart = token_decimals.abs_diff(base_decimals);
        if apart > MAX_DECIMALS_APART {
            return Err(MathError::Domain);
        }
        let power = pow10(u32::from(apart))?;
        let price_base = u128::from(price_base.0);
        if token_decimals < base_decimals {
            let product = wide_mul(amount, price_token.0);
            return Ok(Self::Wide { product, factor: power, divisor: price_base });
        }
        // Both factors are below 2^64.
        let divisor = price_base.wrapping_mul(power);
        Ok(match u64::try_from(divisor) {
            Ok(divisor) => Self::Narrow { divisor },
            Err(_) => Self::Wide { product: wide_mul(amount, price_token.0), factor: 1, divisor },
        })
    }
}

fn narrow(value: u128) -> Result<u64> {
    u64::try_from(value).map_err(|_| MathError::Overflow)
}
