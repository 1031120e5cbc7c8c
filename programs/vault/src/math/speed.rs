//! How fast the share price moves, judged against its value at the start of a window of a day.
//!
//! A price that jumps is either a mistake or news that somebody knew first. Downward, entries wait until the window has
//! passed: nobody buys what is falling at yesterday's valuation of it. Upward, instant exits are paid at the price of
//! the window's start and the limit's rest stays with those who wait; tickets are not bounded, they have waited.

use gimbal_math::{Assets, Pool};

use super::flows::BPS;
use super::price::assets_at_price_down;
use crate::state::Speed;

/// Length of a window, seconds.
pub const SPEED_WINDOW: i64 = 86_400;
/// A last price older than this says nothing about speed, seconds: two windows.
pub const SPEED_MEMORY: i64 = 2 * SPEED_WINDOW;

/// The window after a flow at `price` and `now`. A window that has passed is followed by one that begins at the last
/// flow's price; at this flow's own where there was none for two windows. That bounds how long a fall can keep entries
/// out although refused ones leave no trace, and how old a price an exit can be paid at.
pub fn touched(speed: Speed, price: u64, now: i64) -> Speed {
    let mut next = speed;
    if speed.price == 0 || now.saturating_sub(speed.start) >= SPEED_WINDOW {
        let remembered = speed.last_price != 0 && now.saturating_sub(speed.last_at) < SPEED_MEMORY;
        next.start = now;
        next.price = if remembered { speed.last_price } else { price };
    }
    next.last_price = price;
    next.last_at = now;
    next
}

/// Whether `price` is below the window's by more than `down_bps`; zero: no limit.
pub fn fell_too_fast(speed: &Speed, price: u64, down_bps: u16) -> bool {
    // Factors of 64 and 14 bits.
    let (price, base) = (u128::from(price), u128::from(speed.price));
    let kept = u128::from(BPS.saturating_sub(u64::from(down_bps)));
    down_bps != 0 && price.saturating_mul(u128::from(BPS)) < base.saturating_mul(kept)
}

/// Whether `price` is above the window's by more than `up_bps`; zero: no limit.
pub fn rose_too_fast(speed: &Speed, price: u64, up_bps: u16) -> bool {
    let (price, base) = (u128::from(price), u128::from(speed.price));
    let allowed = u128::from(BPS.saturating_add(u64::from(up_bps)));
    up_bps != 0 && price.saturating_mul(u128::from(BPS)) > base.saturating_mul(allowed)
}

/// What instant exits are priced at: the pool's assets, at most what they would be at the window's price where `price`
/// rose too fast; rounded down.
pub fn exit_assets_down<const V: u64>(speed: &Speed, price: u64, up_bps: u16, pool: Pool<V>) -> Assets {
    if !rose_too_fast(speed, price, up_bps) {
        return pool.assets;
    }
    match assets_at_price_down(speed.price, pool) {
        Some(assets) => pool.assets.min(Assets(assets)),
        None => pool.assets,
    }
}
