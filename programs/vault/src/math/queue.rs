//! The queue of tickets: what it is worth, what it leaves to others, and how cash passes along it.

use gimbal_math::shares::{assets_for_mint_up, shares_for_deposit_down};
use gimbal_math::{Assets, Pool, Shares};

use super::flows::worth_down;
use crate::error::VaultError;

/// What the queued shares are worth, base units, rounded up, at most all there is: what is kept for them is never short.
///
/// `pool` is at NAV low and counts the queued shares.
///
/// # Errors
/// [`VaultError::AmountOverflow`].
pub fn queue_value_up(queued: Shares, pool: Pool) -> Result<Assets, VaultError> {
    Ok(assets_for_mint_up(queued, pool)?.min(pool.assets))
}

/// Cash that instant exits may take, base units, rounded down: what the keepers and the queue leave, or nothing.
///
/// # Errors
/// [`VaultError::AmountOverflow`].
pub fn free_cash_down(cash: u64, keeper_owed: u64, queued: Shares, pool: Pool) -> Result<Assets, VaultError> {
    let kept = queue_value_up(queued, pool)?;
    Ok(Assets(cash.saturating_sub(keeper_owed).saturating_sub(kept.0)))
}

/// One payment to one ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// Burnt, share units.
    pub shares: Shares,
    /// Moved to claims, base units.
    pub assets: Assets,
}

/// What `available` cash pays of a ticket with `shares_left`, at `pool` (NAV low).
///
/// The whole ticket where the cash suffices. Otherwise as many shares as the cash pays in full, rounded down, at their
/// price, rounded down: the ticket loses less than one base unit, and keeps every share that was not paid. Nothing at
/// all while NAV low is zero: a ticket waits for a recovery, it is not burnt for nothing.
///
/// # Errors
/// [`VaultError::AmountOverflow`].
pub fn fill(shares_left: Shares, available: Assets, pool: Pool) -> Result<Fill, VaultError> {
    if pool.assets.is_zero() {
        return Ok(Fill { shares: Shares::ZERO, assets: Assets::ZERO });
    }
    let whole = worth_down(shares_left, pool)?;
    if whole <= available {
        return Ok(Fill { shares: shares_left, assets: whole });
    }
    // Below `shares_left`: their exact value is more than the cash that is converted here.
    let shares = shares_for_deposit_down(available, pool)?;
    Ok(Fill { shares, assets: worth_down(shares, pool)? })
}

/// The queue while one instruction passes along it.
///
/// Each ticket is priced as if its fill were an instruction of its own: at the pool that the fills before have left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Sequence number of the next ticket.
    pub head: u64,
    /// Sequence number after the last ticket.
    pub tail: u64,
    /// At NAV low.
    pub pool: Pool,
    /// Cash that is left, base units.
    pub available: Assets,
    /// Burnt so far, share units.
    pub burnt: Shares,
    /// Moved to claims so far, base units.
    pub paid: Assets,
}

impl Queue {
    /// A queue that nothing was paid from yet.
    pub fn new(head: u64, tail: u64, pool: Pool, available: Assets) -> Self {
        Self { head, tail, pool, available, burnt: Shares::ZERO, paid: Assets::ZERO }
    }

    /// Whether every ticket was passed.
    pub fn is_empty(&self) -> bool {
        self.head >= self.tail
    }

    /// Passes a place that holds nothing to pay.
    ///
    /// # Errors
    /// [`VaultError::NothingToFill`] at the end of the queue.
    pub fn pass(&mut self) -> Result<(), VaultError> {
        if self.is_empty() {
            return Err(VaultError::NothingToFill);
        }
        self.head = self.head.checked_add(1).ok_or(VaultError::AmountOverflow)?;
        Ok(())
    }

    /// Pays the next ticket what the cash allows, and passes it if that is all of it.
    ///
    /// # Errors
    /// [`VaultError::NothingToFill`] at the end of the queue, [`VaultError::AmountOverflow`].
    pub fn fill_next(&mut self, shares_left: Shares) -> Result<Fill, VaultError> {
        let fill = fill(shares_left, self.available, self.pool)?;
        if fill.shares == shares_left {
            self.pass()?;
        }
        self.available = self.available.checked_sub(fill.assets)?;
        self.pool.assets = self.pool.assets.checked_sub(fill.assets)?;
        self.pool.shares = self.pool.shares.checked_sub(fill.shares)?;
        self.burnt = self.burnt.checked_add(fill.shares)?;
        self.paid = self.paid.checked_add(fill.assets)?;
        Ok(fill)
    }
}
