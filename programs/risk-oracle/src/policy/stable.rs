//! The stable price: it follows the price at a limited speed, so that a price that jumps is far from it for a while.

use gimbal_math::muldiv::mul_div_u128_down;

/// Seconds of an hour times the basis points of a whole.
const HOUR_BPS: u128 = 3_600 * 10_000;

/// The stable price after a price published at `publish_time`, and the time up to which its speed is used.
///
/// It starts at the first price and moves towards each later one by at most `bps_per_hour` basis points of itself per
/// hour, pro rata of the time between publish times (which nobody who brings a price can choose), rounded down. A step
/// that rounds to nothing leaves its time for the next one; time in which the price was reached is used up.
pub fn follow(stable: u64, stable_at: i64, price: u64, publish_time: i64, bps_per_hour: u16) -> (u64, i64) {
    let elapsed = u128::try_from(publish_time.saturating_sub(stable_at)).unwrap_or(0);
    // A reach that leaves 64 bits is longer than any gap.
    let reach = mul_div_u128_down(u128::from(stable), elapsed.saturating_mul(u128::from(bps_per_hour)), HOUR_BPS);
    let reach = reach.ok().and_then(|reach| u64::try_from(reach).ok()).unwrap_or(u64::MAX);
    let gap = price.abs_diff(stable);
    if reach == 0 && gap > 0 {
        return (stable, stable_at);
    }
    let step = reach.min(gap);
    let next = if price >= stable { stable.saturating_add(step) } else { stable.saturating_sub(step) };
    (next, publish_time.max(stable_at))
}
