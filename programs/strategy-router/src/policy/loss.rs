//! What keepers may lose.
//!
//! The loss of one move is what cash and line together are worth less after it, at the same prices. Gains never offset
//! losses: who trades to and fro pays for each way. Budgets are parts of the NAV at the epoch's start or now,
//! whichever is smaller.
//!
//! A swap's price can be moved against us up to the slippage bound by whoever chooses its moment, and a venue may keep as
//! much of every deposit. So every move that a keeper, a depositor or a stranger sets off is charged, and a recall through
//! a swap by whoever holds a role as well ([`recall_is_charged`]); a forced reduction is not.

use gimbal_math::{
    muldiv::{mul_div_down, mul_div_up},
    Bps,
};

use crate::{
    error::RouterError,
    state::{Epoch, Keeper, Limits, Line, LineStatus},
};

/// What an honest venue's rounding takes of one move at the most, base units: one for the receipts, one for the value.
pub const DUST: u64 = 2;

/// max(0, (cash + value) before − after), base units.
pub fn of_move(cash_before: u64, value_before: u64, cash_after: u64, value_after: u64) -> u64 {
    let before = u128::from(cash_before).saturating_add(u128::from(value_before));
    let after = u128::from(cash_after).saturating_add(u128::from(value_after));
    u64::try_from(before.saturating_sub(after)).unwrap_or(u64::MAX)
}

/// `used + loss` when it stays within `budget_bps` of `nav_at_start`, rounded down.
///
/// # Errors
/// [`RouterError::LossBudgetExceeded`], [`RouterError::MathOverflow`].
pub fn charge(used: u64, loss: u64, budget_bps: u16, nav_at_start: u64) -> Result<u64, RouterError> {
    let total = used.checked_add(loss).ok_or(RouterError::MathOverflow)?;
    if loss > 0 && total > Bps(budget_bps).of_down(nav_at_start)? {
        return Err(RouterError::LossBudgetExceeded);
    }
    Ok(total)
}

/// Charges a move's loss to the ledger's budget of the epoch, which must have been rolled before. `nav` is the present
/// one: money that was only there when the epoch began must not widen what those who stay can lose.
///
/// # Errors
/// [`RouterError::LossBudgetExceeded`], [`RouterError::MathOverflow`].
pub fn charge_ledger(epoch: &mut Epoch, limits: &Limits, loss: u64, nav: u64) -> Result<(), RouterError> {
    epoch.loss_used = charge(epoch.loss_used, loss, limits.loss_budget_bps, epoch.nav_at_start.min(nav))?;
    Ok(())
}

/// What of `amount` may be sold at once: so much that the loss stays within what the epoch's budget has left even at the
/// worst price that the line allows, rounded down. That is its slippage bound below the least favourable reading of its
/// value, and a basis point for rounding.
///
/// The epoch must have been rolled before; `nav` as in [`charge_ledger`].
///
/// # Errors
/// [`RouterError::MathOverflow`].
pub fn sellable_down(epoch: &Epoch, limits: &Limits, line: &Line, amount: u64, nav: u64) -> Result<u64, RouterError> {
    let budget = Bps(limits.loss_budget_bps).of_down(epoch.nav_at_start.min(nav))?;
    let left = budget.saturating_sub(epoch.loss_used);
    let below = mul_div_up(line.mid.saturating_sub(line.low), 10_000, line.mid.max(1))?;
    let worst = below.saturating_add(u64::from(line.max_slippage_bps)).saturating_add(1);
    // What leaves 64 bits is more than any amount.
    Ok(mul_div_down(left, 10_000, worst).unwrap_or(u64::MAX).min(amount))
}

/// As [`charge_ledger`], and to the keeper's budget as well.
///
/// # Errors
/// [`RouterError::LossBudgetExceeded`], [`RouterError::MathOverflow`].
pub fn charge_both(
    epoch: &mut Epoch,
    keeper: &mut Keeper,
    limits: &Limits,
    loss: u64,
    nav: u64,
) -> Result<(), RouterError> {
    let used_by_keeper = if keeper.epoch_start == epoch.start { keeper.loss_used } else { 0 };
    let base = epoch.nav_at_start.min(nav);
    let of_keeper = charge(used_by_keeper, loss, limits.keeper_loss_budget_bps, base)?;
    charge_ledger(epoch, limits, loss, nav)?;
    keeper.epoch_start = epoch.start;
    keeper.loss_used = of_keeper;
    Ok(())
}

/// Whether what a recall loses beyond rounding is charged to the ledger's budget.
///
/// A stranger's always is. A role's is where it sells for the base asset: with a stolen guardian's key a swapped line
/// could be recalled each time that keepers have filled it again, at the worst price within the bound. To get out at
/// whatever it costs the line is frozen or wound down first, which is not undone before a change has waited.
///
/// # Errors
/// [`RouterError::UnknownStatus`].
pub fn recall_is_charged(line: &Line, has_role: bool) -> Result<bool, RouterError> {
    Ok(!has_role || (line.swapped != 0 && line.status()? == LineStatus::Active))
}

/// Most that all keepers may be promised in one epoch, basis points of NAV, whatever the owner's budget says: a budget
/// that was right for a large vault must not eat up one that everybody has left.
pub const MAX_KEEPER_PAY_BPS: u16 = 10;

/// What a useful action earns: the whole pay while the epoch's budget lasts, then nothing. The budget is the owner's, and at
/// most [`MAX_KEEPER_PAY_BPS`] of the NAV at the epoch's start or of `nav`, the present one, whichever is smaller, rounded
/// down.
///
/// # Errors
/// [`RouterError::MathOverflow`].
pub fn pay(epoch: &Epoch, limits: &Limits, nav: u64) -> Result<u64, RouterError> {
    let most = Bps(MAX_KEEPER_PAY_BPS).of_down(epoch.nav_at_start.min(nav))?;
    let used = epoch.pay_used.checked_add(limits.keeper_pay);
    let earned = used.is_some_and(|used| used <= limits.keeper_pay_budget.min(most));
    Ok(if earned { limits.keeper_pay } else { 0 })
}
