//! A full-range position's swap, with Whirlpools' rounding: always against the trader.
//!
//! Source: the Whirlpools white paper's formulas for constant liquidity L and s = √price (Q64.64):
//! amount of A = L·(1/s₁ − 1/s₂), amount of B = L·(s₂ − s₁), fee on the input.

use gimbal_math::muldiv::{mul_div_u128_down, mul_div_u128_up, mul_shift_down, mul_shift_up};
use gimbal_venue_wire::whirlpool::{FEE_RATE_DENOMINATOR, MAX_SQRT_PRICE, MIN_SQRT_PRICE};

use crate::error::SwapError;

type Result<T> = core::result::Result<T, SwapError>;

/// Bits after the point of a √price.
const Q64: u32 = 64;

/// Greatest liquidity: so that L·2^64 fits 128 bits.
pub const MAX_LIQUIDITY: u128 = u64::MAX as u128;

/// What a swap moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Swap {
    /// Paid by the trader, fee included.
    pub amount_in: u64,
    /// Paid to the trader, rounded down.
    pub amount_out: u64,
    /// The fee within `amount_in`, rounded up.
    pub fee: u64,
    /// The pool's √price afterwards.
    pub sqrt_price: u128,
}

fn to_u64(amount: u128) -> Result<u64> {
    u64::try_from(amount).map_err(|_| SwapError::AmountCalcOverflow)
}

fn sub(a: u128, b: u128) -> Result<u128> {
    a.checked_sub(b).ok_or(SwapError::AmountCalcOverflow)
}

fn scaled(liquidity: u128) -> Result<u128> {
    if liquidity > MAX_LIQUIDITY {
        return Err(SwapError::AmountCalcOverflow);
    }
    liquidity.checked_shl(Q64).ok_or(SwapError::AmountCalcOverflow)
}

/// Token A between two √prices, rounded down.
pub fn amount_a_down(liquidity: u128, low: u128, high: u128) -> Result<u64> {
    let span = mul_div_u128_down(scaled(liquidity)?, sub(high, low)?, high)?;
    to_u64(gimbal_math::muldiv::div_u128_down(span, low)?)
}

/// Token A between two √prices, rounded up.
pub fn amount_a_up(liquidity: u128, low: u128, high: u128) -> Result<u64> {
    let span = mul_div_u128_up(scaled(liquidity)?, sub(high, low)?, high)?;
    to_u64(gimbal_math::muldiv::div_u128_up(span, low)?)
}

/// Token B between two √prices, rounded down.
pub fn amount_b_down(liquidity: u128, low: u128, high: u128) -> Result<u64> {
    to_u64(mul_shift_down(liquidity, sub(high, low)?, Q64)?)
}

/// Token B between two √prices, rounded up.
pub fn amount_b_up(liquidity: u128, low: u128, high: u128) -> Result<u64> {
    to_u64(mul_shift_up(liquidity, sub(high, low)?, Q64)?)
}

/// What a full-range position of this liquidity holds at a √price, rounded up.
pub fn reserves_up(liquidity: u128, sqrt_price: u128) -> Result<(u64, u64)> {
    Ok((amount_a_up(liquidity, sqrt_price, MAX_SQRT_PRICE)?, amount_b_up(liquidity, MIN_SQRT_PRICE, sqrt_price)?))
}

/// √price after `amount` of A came in, rounded up: the trader is paid no more than the price allows.
fn sqrt_price_after_a_up(liquidity: u128, sqrt_price: u128, amount: u64) -> Result<u128> {
    let scaled = scaled(liquidity)?;
    let added = u128::from(amount).checked_mul(sqrt_price).ok_or(SwapError::AmountCalcOverflow)?;
    let total = scaled.checked_add(added).ok_or(SwapError::AmountCalcOverflow)?;
    Ok(mul_div_u128_up(scaled, sqrt_price, total)?)
}

/// √price after `amount` of B came in, rounded down.
fn sqrt_price_after_b_down(liquidity: u128, sqrt_price: u128, amount: u64) -> Result<u128> {
    let added = mul_div_u128_down(u128::from(amount), 1 << Q64, liquidity)?;
    sqrt_price.checked_add(added).ok_or(SwapError::AmountCalcOverflow)
}

/// Swaps exactly `amount` of the input, as far as `limit` lets the price move. `fee_rate` in millionths.
///
/// # Errors
/// [`SwapError::ZeroTradableAmount`], [`SwapError::LiquidityZero`], [`SwapError::SqrtPriceOutOfBounds`],
/// [`SwapError::InvalidSqrtPriceLimitDirection`], [`SwapError::AmountCalcOverflow`].
pub fn swap_exact_in(
    liquidity: u128,
    sqrt_price: u128,
    fee_rate: u16,
    amount: u64,
    limit: u128,
    a_to_b: bool,
) -> Result<Swap> {
    if amount == 0 {
        return Err(SwapError::ZeroTradableAmount);
    }
    if liquidity == 0 {
        return Err(SwapError::LiquidityZero);
    }
    let limit = match (limit, a_to_b) {
        (0, true) => MIN_SQRT_PRICE,
        (0, false) => MAX_SQRT_PRICE,
        (limit, _) => limit,
    };
    if !(MIN_SQRT_PRICE..=MAX_SQRT_PRICE).contains(&limit) {
        return Err(SwapError::SqrtPriceOutOfBounds);
    }
    if (a_to_b && limit >= sqrt_price) || (!a_to_b && limit <= sqrt_price) {
        return Err(SwapError::InvalidSqrtPriceLimitDirection);
    }

    let whole = u128::from(FEE_RATE_DENOMINATOR);
    let net_rate = sub(whole, u128::from(fee_rate))?;
    let net = to_u64(mul_div_u128_down(u128::from(amount), net_rate, whole)?)?;
    let reached = if a_to_b {
        sqrt_price_after_a_up(liquidity, sqrt_price, net)?.max(limit)
    } else {
        sqrt_price_after_b_down(liquidity, sqrt_price, net)?.min(limit)
    };
    let (needed, amount_out) = if a_to_b {
        (amount_a_up(liquidity, reached, sqrt_price)?, amount_b_down(liquidity, reached, sqrt_price)?)
    } else {
        (amount_b_up(liquidity, sqrt_price, reached)?, amount_a_down(liquidity, sqrt_price, reached)?)
    };
    // Short of the limit, whatever rounding left of the input is fee; at the limit, only what was traded pays it.
    let fee = if reached == limit {
        to_u64(mul_div_u128_up(u128::from(needed), u128::from(fee_rate), net_rate)?)?
    } else {
        amount.checked_sub(needed).ok_or(SwapError::AmountCalcOverflow)?
    };
    let amount_in = needed.checked_add(fee).ok_or(SwapError::AmountCalcOverflow)?;
    Ok(Swap { amount_in, amount_out, fee, sqrt_price: reached })
}
