use anchor_lang::prelude::*;
use gimbal_math::muldiv::mul_div_up;

use crate::error::RouterError;

/// Seconds over which an adopted surplus becomes part of the low NAV.
pub const GAIN_UNLOCK_SECONDS: i64 = 6 * 3_600;

/// Adopted surplus that the low NAV does not count yet.
///
/// Anybody may call a harvest, so that a gain that is known beforehand could be bought into and sold out of in one
/// transaction. It counts in the high NAV at once and in the low NAV linearly over [`GAIN_UNLOCK_SECONDS`]: who enters
/// pays for it, who leaves early does not take it along.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct LockedGains {
    /// Locked at `start`, base units.
    pub amount: u64,
    /// Unix second at which unlocking began.
    pub start: i64,
    /// Unix second at which all is unlocked.
    pub end: i64,
}

const _: () = assert!(core::mem::size_of::<LockedGains>() == 3 * 8);

impl LockedGains {
    /// What is still locked at `now`, rounded up: dust stays locked.
    ///
    /// # Errors
    /// [`RouterError::OutOfDomain`] if the stored times are not ordered.
    pub fn locked_up(&self, now: i64) -> core::result::Result<u64, RouterError> {
        if self.amount == 0 || now >= self.end {
            return Ok(0);
        }
        let length = self.end.checked_sub(self.start).and_then(|length| u64::try_from(length).ok());
        let left = self.end.checked_sub(now.max(self.start)).and_then(|left| u64::try_from(left).ok());
        match (length, left) {
            (Some(length), Some(left)) => Ok(mul_div_up(self.amount, left, length)?),
            _ => Err(RouterError::OutOfDomain),
        }
    }

    /// Locks `gain` together with what is still locked.
    ///
    /// The end is the average of both ends by amount, rounded up, so that a gain of dust cannot hold an older one back.
    ///
    /// # Errors
    /// [`RouterError::MathOverflow`].
    pub fn lock(&mut self, gain: u64, now: i64) -> core::result::Result<(), RouterError> {
        let kept = self.locked_up(now)?;
        let amount = kept.checked_add(gain).ok_or(RouterError::MathOverflow)?;
        if gain == 0 {
            return Ok(());
        }
        let full = GAIN_UNLOCK_SECONDS.unsigned_abs();
        let left = u64::try_from(self.end.saturating_sub(now)).unwrap_or(0).min(full);
        let kept_time = mul_div_up(kept, left, amount)?;
        let gain_time = mul_div_up(gain, full, amount)?;
        let length = kept_time.saturating_add(gain_time).min(full);
        let length = i64::try_from(length).map_err(|_| RouterError::MathOverflow)?;
        *self = Self { amount, start: now, end: now.checked_add(length).ok_or(RouterError::MathOverflow)? };
        Ok(())
    }
}
