//! What the house says it owns against what it owns, and what moves may lose.

use strategy_router::policy::loss::DUST;

use super::{hold, Call, Violation};
use crate::property::model::{down, up};
use crate::property::seen::Seen;
use crate::property::world::World;

/// Interest of the few slots that pass within one second, which no widening by whole seconds can cover: two to the
/// minus this of the amount.
const SLOT_INTEREST_SHIFT: u32 = 23;

/// Base units that roundings of one valuation may come to: one for each of receipts, tokens and conversion.
const ROUNDINGS: u128 = 4;

/// A price that jumps is unseen by the lines that it prices, as is a position that becomes worth another amount at one
/// blow; a line that was valued has no unseen jump any longer.
pub fn follow_shocks(world: &mut World, call: &Call, before: &Seen, after: &Seen) {
    if before.prices != after.prices {
        let lines = world.fx.deployment.lines.iter();
        world.shocked.iter_mut().zip(lines).for_each(|(shocked, line)| *shocked |= line.pool.is_some());
    }
    match *call {
        Call::Outside => {
            let worth = before.lines.iter().zip(&after.lines).map(|(was, is)| was.truth != is.truth);
            world.shocked.iter_mut().zip(worth).for_each(|(shocked, jumped)| *shocked |= jumped);
        }
        Call::Value { place }
        | Call::Rebalance { place }
        | Call::Recall { place, .. }
        | Call::Derisk { place, .. }
        | Call::Harvest { place } => world.shocked[place] = false,
        _ => {}
    }
}

/// Everything about values and limits.
pub(super) fn check(world: &World, call: &Call, before: &Seen, after: &Seen) -> Result<(), Violation> {
    bracket(world, after)?;
    bounty(call, before, after)?;
    rows_same(call, before, after)?;
    match *call {
        Call::Value { place } => valued(place, after),
        Call::Rebalance { place } | Call::Recall { place, .. } | Call::Derisk { place, .. } => {
            moved(world, call, place, before, after)
        }
        Call::DepositInto { place, .. } | Call::RedeemRecall { place, .. } => moved(world, call, place, before, after),
        Call::Harvest { place } => valued(place, after),
        _ => Ok(()),
    }?;
    limits(call, before, after)
}

/// NAV low ≤ what the house really owns ≤ NAV high, as long as no jump waits to be seen: so whoever enters pays at least,
/// and whoever leaves is paid at most, what a share is really worth, and no round trip can gain.
fn bracket(world: &World, after: &Seen) -> Result<(), Violation> {
    let (Some(nav), Some(truth)) = (&after.nav, after.truth()) else { return Ok(()) };
    if world.shocked.contains(&true) {
        return Ok(());
    }
    let slack = (truth >> SLOT_INTEREST_SHIFT) + ROUNDINGS * after.lines.len() as u128;
    hold!("low ≤ what is really owned", u128::from(nav.low) <= truth + slack, "{nav:?}, really {truth}");
    hold!("what is really owned ≤ high", truth <= u128::from(nav.high) + slack, "{nav:?}, really {truth}");
    Ok(())
}

/// A line that a call does not name keeps its row; and only moves change positions.
fn rows_same(call: &Call, before: &Seen, after: &Seen) -> Result<(), Violation> {
    let named = match *call {
        Call::Value { place }
        | Call::Rebalance { place }
        | Call::Recall { place, .. }
        | Call::Derisk { place, .. }
        | Call::Harvest { place }
        | Call::DepositInto { place, .. }
        | Call::RedeemRecall { place, .. } => Some(place),
        Call::Admin { .. } | Call::Foreign { .. } | Call::InKind { .. } => return Ok(()),
        _ => None,
    };
    for place in (0..after.lines.len()).filter(|place| Some(*place) != named) {
        let same = bytemuck::bytes_of(before.row(place)) == bytemuck::bytes_of(after.row(place));
        hold!("other lines stay as they are", same, "{call:?} changed line {place}");
    }
    let positions = |seen: &Seen| -> Vec<(u64, u64)> {
        (0..seen.lines.len()).map(|place| (seen.row(place).position, seen.row(place).in_flight)).collect()
    };
    if matches!(call, Call::Value { .. }) {
        hold!("a valuation moves nothing", positions(before) == positions(after), "{call:?}");
    }
    Ok(())
}

/// The line's new valuation holds what it is really worth.
fn valued(place: usize, after: &Seen) -> Result<(), Violation> {
    let row = after.row(place);
    let Some(truth) = after.lines[place].truth.map(u128::from) else { return Ok(()) };
    let within = u128::from(row.low) <= truth + ROUNDINGS && truth <= u128::from(row.high) + ROUNDINGS;
    hold!("a valuation holds the truth", within, "line {place} at {} to {}, really {truth}", row.low, row.high);
    hold!("a valuation is of its moment", row.valued_at == after.now, "line {place} at {}", row.valued_at);
    Ok(())
}

/// A move loses at most the rounding, for a swapped line the slippage and the width of the prices; and who has no role
/// is held to the budget of the epoch.
fn moved(world: &World, call: &Call, place: usize, before: &Seen, after: &Seen) -> Result<(), Violation> {
    let (row, old) = (after.row(place), before.row(place));
    let amount = u128::from(row.invested - old.invested) + u128::from(row.returned - old.returned);
    if amount > 0 {
        valued(place, after)?;
    }
    let (Some(was), Some(is)) = (before.truth(), after.truth()) else { return Ok(()) };
    let paid_in = u128::from(after.vault.deposited - before.vault.deposited);
    let paid_out = u128::from(after.vault.withdrawn - before.vault.withdrawn);
    let promised = u128::from(after.ledger.keeper_owed.saturating_sub(before.ledger.keeper_owed));
    // Bound and truth are both taken from the feeds: apart by 2.12 confidences of one basis point on either side.
    let width = if row.swapped == 0 { 0 } else { 10 };
    let bound = up(amount, u128::from(old.max_slippage_bps) + width, 10_000) + ROUNDINGS;
    let bounty = u128::from(after.ledger.bounties_paid - before.ledger.bounties_paid);
    let loss = (was + paid_in).saturating_sub(is + paid_out + promised + bounty);
    let is_thief = world.thief.is_some_and(|thief| thief.place == place);
    let allowed = if row.swapped == 0 && !is_thief { u128::from(DUST) + ROUNDINGS } else { bound };
    hold!(
        "a move loses no more than its bound",
        loss <= allowed,
        "{call:?} of {amount} lost {loss}, allowed {allowed}"
    );
    let bounded = u128::from(before.ledger.limits.loss_budget_bps);
    let base = before.ledger.epoch.nav_at_start.max(after.ledger.epoch.nav_at_start);
    let used = u128::from(after.ledger.epoch.loss_used);
    let fresh = after.ledger.epoch.loss_used > before.ledger.epoch.loss_used;
    hold!("the loss budget holds", !fresh || used <= down(base.into(), bounded, 10_000), "{used} of {base}");
    Ok(())
}

/// A bounty is paid for a reduction only, for no more than came back, and out of its budgets.
fn bounty(call: &Call, before: &Seen, after: &Seen) -> Result<(), Violation> {
    let paid = after.ledger.bounties_paid - before.ledger.bounties_paid;
    let Call::Derisk { place, .. } = *call else {
        hold!("only a reduction earns a bounty", paid == 0, "{call:?} paid {paid}");
        return Ok(());
    };
    let (limits, epoch) = (&after.ledger.limits, &after.ledger.epoch);
    let returned = after.row(place).returned - before.row(place).returned;
    let most = down(returned.into(), u128::from(limits.bounty_bps), 10_000);
    hold!("a bounty is a part of what came back", u128::from(paid) <= most, "{paid} for {returned}");
    let within = paid == 0 || epoch.bounty_used <= limits.bounty_budget && epoch.pay_used <= limits.keeper_pay_budget;
    hold!("bounties stay within their budgets", within, "{paid} paid, then {epoch:?}");
    Ok(())
}

/// Pay that a call promised.
fn promised(before: &Seen, after: &Seen) -> u128 {
    u128::from(after.ledger.keeper_owed.saturating_sub(before.ledger.keeper_owed))
}

/// Mid NAV that a move was measured at; none while it is stale. The pay of the action itself is taken off afterwards.
pub(super) fn nav_of_move(before: &Seen, after: &Seen) -> Option<u128> {
    Some(u128::from(after.nav?.mid) + promised(before, after))
}

/// By how much a line that took money may exceed what it was allowed: the interest that the venue's own call has booked, what
/// a swap at a better price than the feeds' brought beyond what was spent, and roundings.
pub(super) fn blur_of_move(before: &Seen, after: &Seen, place: usize, nav: u128) -> u128 {
    let interest = u128::from(before.lines[place].truth.unwrap_or(0)).saturating_sub(before.row(place).mid.into());
    let (was, is) = (before.truth().unwrap_or(nav), after.truth().unwrap_or(nav));
    let paid_in = u128::from(after.vault.deposited - before.vault.deposited);
    let gain = (is + promised(before, after)).saturating_sub(was + paid_in);
    interest + gain + ROUNDINGS + (nav >> SLOT_INTEREST_SHIFT)
}

/// What a move may leave behind.
fn limits(call: &Call, before: &Seen, after: &Seen) -> Result<(), Violation> {
    let place = match *call {
        Call::Rebalance { place } | Call::DepositInto { place, .. } => place,
        _ => return Ok(()),
    };
    let (row, old) = (after.row(place), before.row(place));
    let ledger = &after.ledger;
    hold!(
        "the pay budget holds",
        ledger.epoch.pay_used <= ledger.limits.keeper_pay_budget,
        "{} of {}",
        ledger.epoch.pay_used,
        ledger.limits.keeper_pay_budget
    );
    if row.invested == old.invested {
        return Ok(());
    }
    let Some(nav) = nav_of_move(before, after) else { return Ok(()) };
    let promised = promised(before, after);
    let bound = down(nav, row.max_bps.into(), 10_000).min(row.cap.into());
    let most = bound + blur_of_move(before, after, place, nav);
    hold!("a line keeps to its bounds", u128::from(row.mid) <= most, "line {place} at {} of at most {most}", row.mid);
    // It was measured before the move, with this line at what it was worth then and the others as last valued; a swap at a
    // better price than the feeds' makes NAV grow afterwards.
    let worth = u128::from(before.lines[place].truth.unwrap_or(old.mid)).min(old.mid.into());
    let others = u128::from(before.ledger.totals.mid) - u128::from(old.mid);
    let cash_then = u128::from(before.ledger.cash_tracked) + u128::from(after.vault.deposited - before.vault.deposited);
    let measured = nav.min((cash_then + others + worth).saturating_sub(before.ledger.keeper_owed.into()));
    let least = down(measured, ledger.limits.min_cash_bps.into(), 10_000) + u128::from(ledger.reserved);
    let cash =
        u128::from(ledger.cash_tracked.saturating_sub(ledger.keeper_owed)) + ROUNDINGS + (nav >> SLOT_INTEREST_SHIFT);
    hold!("least cash stays", cash + promised >= least, "{cash} of at least {least} after {call:?}");
    Ok(())
}
