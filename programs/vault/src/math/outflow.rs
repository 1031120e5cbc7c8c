//! How much may leave at once: a bucket of shares that leaks within a day.
//!
//! It counts the *net* outflow: exits fill it, entries take out of it what they bring, below zero as well. The limit is a
//! part of the shares that were there before what it counts, S + used. An exit in pieces is therefore the exit in one, and
//! who pays in and takes out again leaves both used and S + used as they were: cycling money through the vault neither
//! makes room for anybody nor takes it from anybody.
//!
//! Both sides leak. Outflow does so at the limit a day. An inflow is credit for those who follow, and fades by its part of
//! a day: what came in yesterday lets nobody out today.

use gimbal_math::muldiv::{mul_div_down, mul_div_up};
use gimbal_math::Shares;

use super::flows::BPS;
use crate::error::VaultError;
use crate::state::Outflow;

/// Seconds in which a full bucket has leaked, and all credit has faded.
const DAY: u64 = 86_400;

/// Most that the bucket holds: bps of the shares there were before what it counts, rounded down, share units.
pub fn limit_down(bps: u16, supply: Shares, used: i64) -> u64 {
    // bps ≤ 10^4: the quotient fits.
    mul_div_down(supply.0.saturating_add_signed(used), u64::from(bps), BPS).unwrap_or(u64::MAX)
}

/// The bucket at `now`. What has leaked of an outflow is rounded down and what has faded of credit up, so that there is
/// never more room than there should be. Time that ran backwards changes nothing.
pub fn leaked(outflow: Outflow, bps: u16, supply: Shares, now: i64) -> Outflow {
    let seconds = u64::try_from(now.saturating_sub(outflow.at)).unwrap_or(0);
    let leak = if outflow.used < 0 {
        // At most all of it: the quotient fits.
        mul_div_up(outflow.used.unsigned_abs(), seconds.min(DAY), DAY)
    } else {
        mul_div_down(limit_down(bps, supply, outflow.used), seconds, DAY)
    };
    // What exceeds 64 bits exceeds any bucket.
    let left = outflow.used.unsigned_abs().saturating_sub(leak.unwrap_or(u64::MAX));
    let left = i64::try_from(left).unwrap_or(i64::MAX);
    Outflow { used: if outflow.used < 0 { left.saturating_neg() } else { left }, at: now }
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
    let used = bucket.used.checked_add_unsigned(shares.0).ok_or(VaultError::OutflowLimitReached)?;
    let holds = u64::try_from(used).map_or(true, |used| used <= limit_down(bps, supply, bucket.used));
    if holds {
        Ok(Outflow { used, at: now })
    } else {
        Err(VaultError::OutflowLimitReached)
    }
}

/// The bucket after `shares` have joined `supply`.
pub fn enter(outflow: Outflow, bps: u16, supply: Shares, shares: Shares, now: i64) -> Outflow {
    if bps == 0 {
        return outflow;
    }
    let bucket = leaked(outflow, bps, supply, now);
    Outflow { used: bucket.used.saturating_sub_unsigned(shares.0), at: now }
}
