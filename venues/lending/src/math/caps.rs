//! klend's withdrawal caps: how much may flow out, net, within an interval.
//!
//! Source: `withdrawal_cap_operations` in klend's published code. Without an interval the counter runs
//! on, saturating, and caps nothing.

use gimbal_venue_wire::klend::WithdrawalCap;

use crate::error::LendingError;

/// Counts an outflow of `amount` at the Unix time `now`; refuses one beyond the capacity.
pub fn count_outflow(cap: &mut WithdrawalCap, amount: u64, now: u64) -> Result<(), LendingError> {
    let Some(amount) = roll(cap, amount, now)? else {
        cap.current_total = cap.current_total.saturating_add(signed(amount, LendingError::MathOverflow)?);
        return Ok(());
    };
    let total = cap.current_total.checked_add(amount).ok_or(LendingError::MathOverflow)?;
    if cap.capacity < 0 || total > cap.capacity {
        return Err(LendingError::WithdrawalCapReached);
    }
    cap.current_total = total;
    Ok(())
}

/// Counts an inflow of `amount` at the Unix time `now`: it makes room for outflows.
pub fn count_inflow(cap: &mut WithdrawalCap, amount: u64, now: u64) -> Result<(), LendingError> {
    let Some(amount) = roll(cap, amount, now)? else {
        cap.current_total = cap.current_total.saturating_sub(signed(amount, LendingError::MathOverflow)?);
        return Ok(());
    };
    cap.current_total = cap.current_total.checked_sub(amount).ok_or(LendingError::MathOverflow)?;
    Ok(())
}

/// Begins a new interval where the last has run out. `None` without an interval.
fn roll(cap: &mut WithdrawalCap, amount: u64, now: u64) -> Result<Option<i64>, LendingError> {
    if cap.interval_length == 0 {
        return Ok(None);
    }
    let elapsed = now.checked_sub(cap.interval_start).ok_or(LendingError::LastTimestampGreaterThanCurrent)?;
    if elapsed >= cap.interval_length {
        cap.current_total = 0;
        cap.interval_start = now;
    }
    signed(amount, LendingError::IntegerOverflow).map(Some)
}

fn signed(amount: u64, otherwise: LendingError) -> Result<i64, LendingError> {
    i64::try_from(amount).map_err(|_| otherwise)
}
