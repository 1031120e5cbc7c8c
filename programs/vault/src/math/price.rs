//! The price of a share as one number, where two prices of different times are compared. Flows do not use it: they are
//! priced by the pool itself, which rounds once.

use gimbal_math::muldiv::{mul_div_down, mul_div_up};
use gimbal_math::Pool;

/// One base unit per share unit: the scale of share prices.
pub const PRICE_ONE: u64 = 1 << PRICE_BITS;
/// Bits of a share price below the point.
pub const PRICE_BITS: u32 = 40;

/// (assets + V) · 2^40 / (shares + V), rounded down; `u64::MAX` stands for every price above 16.7 millions.
pub fn share_price_down<const V: u64>(pool: Pool<V>) -> u64 {
    // V is above zero in every pool that a program prices, so that only the range can fail.
    mul_div_down(pool.assets.0.saturating_add(V), PRICE_ONE, pool.shares.0.saturating_add(V)).unwrap_or(u64::MAX)
}

/// (assets + V) · 2^40 / (shares + V), rounded up; `u64::MAX` as in [`share_price_down`].
pub fn share_price_up<const V: u64>(pool: Pool<V>) -> u64 {
    mul_div_up(pool.assets.0.saturating_add(V), PRICE_ONE, pool.shares.0.saturating_add(V)).unwrap_or(u64::MAX)
}

/// What a pool with these shares would hold at a share price: price · (shares + V) / 2^40 − V, rounded down, not below
/// zero; none where that exceeds 64 bits.
pub fn assets_at_price_down<const V: u64>(price: u64, pool: Pool<V>) -> Option<u64> {
    // Two factors of 64 bits: the product fits 128.
    let product = u128::from(price).checked_mul(u128::from(pool.shares.0.saturating_add(V)))?;
    let priced = u64::try_from(product >> PRICE_BITS).ok()?;
    Some(priced.saturating_sub(V))
}
