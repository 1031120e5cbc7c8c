use anchor_lang::prelude::*;
use gimbal_math::muldiv::{div_u128_down, mul_div_up};

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
    /// The end is the average of both ends by amount, rounded down, so that a gain of dust cannot hold an older one back,
    /// however often it is given.
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
        // 64 by 15 bits, twice: the sum fits. An average of `left` and more, rounded down: never below `left`, and dust adds
        // nothing to it. Rounded up, each unit that a stranger gives would add a second, and a few a minute hold all back.
        let weighed = |amount: u64, seconds: u64| u128::from(amount).saturating_mul(u128::from(seconds));
        let sum = weighed(kept, left).saturating_add(weighed(gain, full));
        let length = i64::try_from(div_u128_down(sum, u128::from(amount))?).map_err(|_| RouterError::MathOverflow)?;
        *self = Self { amount, start: now, end: now.checked_add(length).ok_or(RouterError::MathOverflow)? };
        Ok(())
    }

    /// A loss of `loss` is borne by what is still locked first: `low` then stays where it was, as far as that reaches.
    ///
    /// # Errors
    /// [`RouterError::OutOfDomain`] if the stored times are not ordered.
    pub fn absorb(&mut self, loss: u64, now: i64) -> core::result::Result<(), RouterError> {
        let locked = self.locked_up(now)?;
        if loss == 0 || locked == 0 {
            return Ok(());
        }
        *self = Self { amount: locked.saturating_sub(loss), start: self.start.max(now), end: self.end };
        Ok(())
    }

    /// Leaves `rest` of `whole`, rounded up, when the other part was paid out in kind.
    ///
    /// # Errors
    /// [`RouterError::DivisionByZero`].
    pub fn scale_up(&mut self, rest: u64, whole: u64) -> core::result::Result<(), RouterError> {
        self.amount = mul_div_up(self.amount, rest, whole)?;
        Ok(())
    }
}
