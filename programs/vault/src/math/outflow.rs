//! How much may leave at once: a bucket of shares that leaks within a day.
//!
//! The limit is a part of the shares that were there before the exits in the bucket, S + used. Entries take out of the
//! bucket what they bring, so that it counts the net outflow. Hence the limit knows no difference between one exit
//! and the same in pieces; and who pays in and takes out again has changed neither S + used nor used: a deposit for a moment
//! makes no room for anybody.

use gimbal_math::muldiv::mul_div_down;
use gimbal_math::Shares;

use super::flows::BPS;
use crate::error::VaultError;
use crate::state::Outflow;

/// Seconds in which a full bucket has leaked.
const DAY: u64 = 86_400;

/// Most that the bucket holds: bps of the shares in issue and in the bucket, rounded down, share units.
pub fn limit_down(bps: u16, supply: Shares, used: u64) -> u64 {
    // bps ≤ 10^4: the quotient fits.
    mul_div_down(supply.0.saturating_add(used), u64::from(bps), BPS).unwrap_or(u64::MAX)
}

/// The bucket at `now`: what has leaked since is rounded down, so that it is never emptier than it should be. Time that
/// ran backwards leaks nothing.
pub fn leaked(outflow: Outflow, bps: u16, supply: Shares, now: i64) -> Outflow {
    let seconds = u64::try_from(now.saturating_sub(outflow.at)).unwrap_or(0);
    if outflow.used == 0 || seconds == 0 {
        return Outflow { used: outflow.used, at: now };
    }
    let limit = limit_down(bps, supply, outflow.used);
    // What exceeds 64 bits exceeds any bucket.
    let leak = mul_div_down(limit, seconds, DAY).unwrap_or(u64::MAX);
    Outflow { used: outflow.used.saturating_sub(leak), at: now }
}

/// The bucket after `shares` of `supply` have left at once.
///
/// # Errors
/// [`VaultError::OutflowLimitReached`] when it does not hold them.
pub fn leave(outflow: Outflow, bps: u16, supply: Shares, shares: Shares, now: i64) -> Result<Outflow, VaultError> {
    if bps == 0 {
        return Ok(outflow);
    }
    let bucket = leaked(outflow, bps, supply, now);
    let used = bucket.used.checked_add(shares.0).ok_or(VaultError::OutflowLimitReached)?;
    if used > limit_down(bps, supply, bucket.used) {
        return Err(VaultError::OutflowLimitReached);
    }
    Ok(Outflow { used, at: now })
}

/// The bucket after `shares` have joined `supply`.
pub fn enter(outflow: Outflow, bps: u16, supply: Shares, shares: Shares, now: i64) -> Outflow {
    if bps == 0 {
        return outflow;
    }
    let bucket = leaked(outflow, bps, supply, now);
    Outflow { used: bucket.used.saturating_sub(shares.0), at: now }
}
