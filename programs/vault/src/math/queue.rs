//! The queue of tickets: what it is worth, what it leaves to others, and how cash passes along it.
//!
//! ORDER. The head is paid, or waits, or is passed; nobody behind it is paid before. It is passed only for its owner's
//! own bound, and only when the price that misses the bound cannot be blamed on old valuations: whoever wants a ticket
//! out of his way must not be able to wait for values to age. See [`Queue::next`].
//!
//! ROUNDING. Shares are paid at their price rounded down, fees are rounded up; a ticket loses less than two base units
//! per payment, and all of that stays with those who stay.

use gimbal_math::muldiv::{mul_div_down, mul_div_up};
use gimbal_math::shares::{assets_for_mint_up, shares_for_deposit_down, VIRTUAL};
use gimbal_math::{Assets, Pool, Shares};

use super::entry::held_to_entry_down;
use super::flows::{paid_down, Exit, BPS};
use crate::error::VaultError;
use crate::state::CheapestEntry;

/// Oldest valuations, seconds, under which an unmet bound is the bound's own fault.
pub const SETTLED_AGE: i64 = 60;
/// Base units by which rounding may carry the payment of a part of a ticket below the bound's part.
const PART_ROUNDING: Assets = Assets(2);

/// What the queued shares are worth, base units, rounded up, at most all there is: what is kept for them is never short.
///
/// `pool` is at NAV low and counts the queued shares.
///
/// # Errors
/// [`VaultError::AmountOverflow`].
pub fn queue_value_up<const V: u64>(queued: Shares, pool: Pool<V>) -> Result<Assets, VaultError> {
    Ok(assets_for_mint_up(queued, pool)?.min(pool.assets))
}

/// Cash that instant exits may take, base units, rounded down: what the keepers and the queue leave, or nothing.
///
/// # Errors
/// [`VaultError::AmountOverflow`].
pub fn free_cash_down<const V: u64>(
    cash: u64,
    keeper_owed: u64,
    queued: Shares,
    pool: Pool<V>,
) -> Result<Assets, VaultError> {
    let kept = queue_value_up(queued, pool)?;
    Ok(Assets(cash.saturating_sub(keeper_owed).saturating_sub(kept.0)))
}

/// What of a ticket bears on its payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Requested, share units.
    pub shares: Shares,
    /// Not yet paid, share units.
    pub left: Shares,
    /// Least payment for all of `shares`, base units; zero for any.
    pub min_assets: Assets,
    /// The exit fee at its request, basis points: it pays no more.
    pub fee_bps: u16,
    /// Whether its first deadline is over.
    pub is_overdue: bool,
    /// Whether its second deadline is over.
    pub is_due_in_kind: bool,
}

/// One payment to one ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// Burnt, share units.
    pub shares: Shares,
    /// Moved to claims, base units.
    pub assets: Assets,
    /// Left to those who stay, base units.
    pub fee: Assets,
}

impl Fill {
    /// No payment.
    pub const NOTHING: Self = Self { shares: Shares::ZERO, assets: Assets::ZERO, fee: Assets::ZERO };
}

impl Waiting {
    /// Least payment for `shares` of this ticket, base units, rounded up.
    ///
    /// # Errors
    /// [`VaultError::AmountOverflow`], also for more than were requested.
    pub fn bound_up(&self, shares: Shares) -> Result<Assets, VaultError> {
        if self.min_assets.is_zero() {
            return Ok(Assets::ZERO);
        }
        if shares > self.shares {
            return Err(VaultError::AmountOverflow);
        }
        Ok(mul_div_up(self.min_assets.0, shares.0, self.shares.0).map(Assets)?)
    }

    /// What this ticket is priced by where others are priced by `exit`: the lower of both fees, so that nobody who waits
    /// pays for a rise.
    pub fn terms<const V: u64>(&self, exit: &Exit<V>) -> Exit<V> {
        Exit { fee_bps: self.fee_bps.min(exit.fee_bps), ..*exit }
    }

    /// What `shares` of this ticket are paid: their price rounded down, less the fee rounded up.
    ///
    /// # Errors
    /// [`VaultError::AmountOverflow`].
    pub fn payment_down<const V: u64>(&self, shares: Shares, exit: &Exit<V>) -> Result<Fill, VaultError> {
        let (assets, fee) = paid_down(shares, &self.terms(exit))?;
        Ok(Fill { shares, assets, fee })
    }

    /// Whether a payment meets the bound. The whole ticket exactly; a part may miss its part of the bound by rounding,
    /// or a bound without slack could be broken by who splits the ticket with a few units of cash.
    ///
    /// # Errors
    /// [`VaultError::AmountOverflow`].
    pub fn accepts(&self, fill: &Fill) -> Result<bool, VaultError> {
        let rounding = if fill.shares == self.shares { Assets::ZERO } else { PART_ROUNDING };
        Ok(fill.assets.checked_add(rounding)? >= self.bound_up(fill.shares)?)
    }

    /// Whether all that is left would be paid within the bound.
    ///
    /// # Errors
    /// [`VaultError::AmountOverflow`].
    pub fn accepts_price<const V: u64>(&self, exit: &Exit<V>) -> Result<bool, VaultError> {
        if self.min_assets.is_zero() {
            return Ok(true);
        }
        self.accepts(&self.payment_down(self.left, exit)?)
    }
}

/// What `available` cash pays of a ticket, whatever its bound.
///
/// All that is left of it where the cash suffices, dust for nothing. Otherwise as many shares as the cash pays in full,
/// rounded down, at their price: the ticket keeps every share that was not paid. Nothing at all while the pool is worth
/// nothing: a ticket waits for a recovery, it is not burnt for nothing.
///
/// # Errors
/// [`VaultError::AmountOverflow`].
pub fn fill<const V: u64>(ticket: &Waiting, available: Assets, exit: &Exit<V>) -> Result<Fill, VaultError> {
    if exit.pool.assets.is_zero() {
        return Ok(Fill::NOTHING);
    }
    let whole = ticket.payment_down(ticket.left, exit)?;
    if whole.assets <= available {
        return Ok(whole);
    }
    // What leaves `available` after the fee, which is below one.
    let kept = BPS.saturating_sub(u64::from(ticket.terms(exit).fee_bps));
    let gross = mul_div_down(available.0, BPS, kept).map(Assets)?;
    // The whole costs more than the cash. Only where its last share would leave free of fee could this reach it.
    let below_whole = Shares(ticket.left.0.saturating_sub(1));
    let shares = shares_for_deposit_down(gross, exit.pool)?.min(below_whole);
    let part = ticket.payment_down(shares, exit)?;
    // Or anybody could burn a share for nothing with every call, while less than its price is left in cash.
    Ok(if part.assets.is_zero() { Fill::NOTHING } else { part })
}

/// What came of the ticket at the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It was paid, wholly or in part.
    Paid(Fill),
    /// It stays at the head: the cash pays no share of it within its bound.
    LacksCash,
    /// It stays at the head: its bound is met at the last known values, but not at today's price.
    LacksValuation,
    /// It left the queue unpaid, for its bound.
    Passed,
}

/// The queue while one instruction passes along it.
///
/// Each ticket is priced as if its fill were an instruction of its own: at the pool that the fills before have left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue<const V: u64 = VIRTUAL> {
    /// Sequence number of the next ticket.
    pub head: u64,
    /// Sequence number after the last ticket.
    pub tail: u64,
    /// What leavers are priced by: at NAV low, or its substitute for overdue tickets.
    pub exit: Exit<V>,
    /// What NAV low would hold more if every line were valued at this moment and found unchanged, base units.
    pub margin: Assets,
    /// Age of the oldest valuation, seconds; zero where nothing is valued.
    pub age: i64,
    /// Whether NAV is too old for anything but overdue tickets, and `exit` is at its substitute.
    pub is_stale: bool,
    /// Cash that is left, base units.
    pub available: Assets,
    /// Burnt so far, share units.
    pub burnt: Shares,
    /// Moved to claims so far, base units.
    pub paid: Assets,
    /// Kept as exit fees so far, base units: a gain of those who stay, which unlocks with time.
    pub kept: Assets,
    /// Of tickets that were passed so far, share units.
    pub passed: Shares,
}

impl<const V: u64> Queue<V> {
    /// A queue that nothing was paid from yet, priced at a NAV low of this moment; see the fields to change that.
    pub fn new(head: u64, tail: u64, exit: Exit<V>, available: Assets) -> Self {
        Self {
            head,
            tail,
            exit,
            margin: Assets::ZERO,
            age: 0,
            is_stale: false,
            available,
            burnt: Shares::ZERO,
            paid: Assets::ZERO,
            kept: Assets::ZERO,
            passed: Shares::ZERO,
        }
    }

    /// From here on tickets are priced as instant exits of a second are in which somebody has entered: no higher than the
    /// cheapest entry. For tickets that were requested in that very second; those behind them were, too.
    ///
    /// What is held back is margin, so that no ticket is passed for it: a second later it is paid in full.
    pub fn hold_to_entry(&mut self, entry: &CheapestEntry, now: i64) {
        let unhurried = Pool { shares: self.exit.supply, ..self.exit.pool };
        let held = held_to_entry_down(entry, unhurried, now);
        let back = self.exit.pool.assets.0.saturating_sub(held.0);
        self.margin.0 = self.margin.0.saturating_add(back);
        self.exit.pool.assets = held;
    }

    /// Whether every ticket was passed.
    pub fn is_empty(&self) -> bool {
        self.head >= self.tail
    }

    /// Moves past a place that holds nothing to pay.
    ///
    /// # Errors
    /// [`VaultError::NothingToFill`] at the end of the queue.
    pub fn skip(&mut self) -> Result<(), VaultError> {
        if self.is_empty() {
            return Err(VaultError::NothingToFill);
        }
        self.head = self.head.checked_add(1).ok_or(VaultError::AmountOverflow)?;
        Ok(())
    }

    /// Pays the ticket at the head what the cash allows, passes it for its bound, or leaves it.
    ///
    /// The bound is judged by what all that is left would be paid, so that too little cash is never a reason to be
    /// passed. Whether a part is paid is judged by that part.
    ///
    /// # Errors
    /// [`VaultError::NothingToFill`] at the end of the queue, [`VaultError::AmountOverflow`].
    pub fn next(&mut self, ticket: &Waiting) -> Result<Step, VaultError> {
        if self.is_empty() {
            return Err(VaultError::NothingToFill);
        }
        if self.exit.pool.assets.is_zero() {
            return Ok(Step::LacksCash);
        }
        if !ticket.accepts_price(&self.exit)? {
            if !self.may_pass(ticket)? {
                return Ok(Step::LacksValuation);
            }
            self.skip()?;
            self.passed = self.passed.checked_add(ticket.left)?;
            return Ok(Step::Passed);
        }
        let fill = fill(ticket, self.available, &self.exit)?;
        if fill.shares.is_zero() || !ticket.accepts(&fill)? {
            return Ok(Step::LacksCash);
        }
        if fill.shares == ticket.left {
            self.skip()?;
        }
        self.available = self.available.checked_sub(fill.assets)?;
        let Exit { pool, supply, .. } = &mut self.exit;
        pool.assets = pool.assets.checked_sub(fill.assets)?.checked_sub(fill.fee)?;
        pool.shares = pool.shares.checked_sub(fill.shares)?;
        *supply = supply.checked_sub(fill.shares)?;
        self.burnt = self.burnt.checked_add(fill.shares)?;
        self.paid = self.paid.checked_add(fill.assets)?;
        self.kept = self.kept.checked_add(fill.fee)?;
        Ok(Step::Paid(fill))
    }

    /// Whether a ticket whose bound is unmet at the price of this moment leaves the queue.
    ///
    /// - Valuations of the last minute: if the bound is unmet without the widening of that minute as well, or the ticket
    ///   is overdue; so a bound between the two holds nobody up beyond the first deadline.
    /// - NAV too old to price with: only after the second deadline, when the ticket can go in kind. Nobody may be able to
    ///   value the lines again, and those behind must not wait for it.
    /// - In between, never: a refresh decides.
    fn may_pass(&self, ticket: &Waiting) -> Result<bool, VaultError> {
        if self.is_stale {
            return Ok(ticket.is_due_in_kind);
        }
        if self.age > SETTLED_AGE {
            return Ok(false);
        }
        if ticket.is_overdue {
            return Ok(true);
        }
        let mut refreshed = self.exit;
        refreshed.pool.assets = refreshed.pool.assets.checked_add(self.margin)?;
        Ok(!ticket.accepts_price(&refreshed)?)
    }
}
