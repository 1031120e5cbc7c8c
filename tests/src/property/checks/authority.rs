//! Nothing loosens at once, and terms change by nothing but those in power.

use strategy_router::state::Line;

use super::{hold, Call, Violation};
use crate::property::seen::Seen;

/// The terms of vault, ledger and lines.
pub(super) fn check(call: &Call, before: &Seen, after: &Seen) -> Result<(), Violation> {
    match *call {
        Call::Admin { waited: Some(_) } => Ok(()),
        Call::Admin { waited: None } => tightened(before, after),
        Call::Foreign { .. } => terms_same(call, before, after),
        _ => terms_same(call, before, after),
    }
}

/// Roles, rates and limits are what they were.
fn terms_same(call: &Call, before: &Seen, after: &Seen) -> Result<(), Violation> {
    let (was, is) = (&before.vault, &after.vault);
    let rates = was.fees.args() == is.fees.args() && was.limits == is.limits && was.gate_root == is.gate_root;
    let rates = rates && was.lookup_table == is.lookup_table;
    hold!("terms change by those in power only", rates && was.roles == is.roles, "{call:?} changed the vault's");
    let (was, is) = (&before.ledger, &after.ledger);
    let same = was.limits == is.limits && was.roles == is.roles && was.policy == is.policy;
    hold!("terms change by those in power only", same, "{call:?} changed the ledger's");
    for place in 0..after.lines.len() {
        let terms = |line: &Line| (strategy_router::LineParams::of(line), line.status);
        let same = terms(before.row(place)) == terms(after.row(place));
        hold!("terms change by those in power only", same, "{call:?} changed those of line {place}");
    }
    Ok(())
}

/// Without a wait, on accounts that somebody's money depends on, every term is at least as tight as it was.
fn tightened(before: &Seen, after: &Seen) -> Result<(), Violation> {
    if before.vault.deposited > 0 {
        vault_tightened(before, after)?;
    }
    if before.ledger.credited == 0 {
        return Ok(());
    }
    let (was, is) = (&before.ledger.limits, &after.ledger.limits);
    let tighter = is.max_valuation_age <= was.max_valuation_age
        && is.min_cash_bps >= was.min_cash_bps
        && is.loss_budget_bps <= was.loss_budget_bps
        && is.keeper_loss_budget_bps <= was.keeper_loss_budget_bps
        && is.keeper_pay <= was.keeper_pay
        && is.keeper_pay_budget <= was.keeper_pay_budget
        && is.target_volatility_bps <= was.target_volatility_bps
        && is.bounty_bps <= was.bounty_bps
        && is.bounty_budget <= was.bounty_budget;
    hold!("nothing loosens at once", tighter, "{was:?}, then {is:?}");
    for place in 0..after.lines.len() {
        let (was, is) = (before.row(place), after.row(place));
        let tighter = is.cap <= was.cap
            && is.max_slippage_bps <= was.max_slippage_bps
            && is.haircut_bps >= was.haircut_bps
            && is.widen_rate >= was.widen_rate
            && is.max_venue_age <= was.max_venue_age
            && is.status >= was.status;
        hold!("nothing loosens at once", tighter, "line {place}: {was:?}, then {is:?}");
    }
    Ok(())
}

fn vault_tightened(before: &Seen, after: &Seen) -> Result<(), Violation> {
    let (was, is) = (before.vault.fees.args(), after.vault.fees.args());
    let lower = is.recipient == was.recipient
        && is.management_bps <= was.management_bps
        && is.performance_bps <= was.performance_bps
        && is.entry_bps <= was.entry_bps
        && is.exit_bps <= was.exit_bps;
    hold!("nothing loosens at once", lower, "{was:?}, then {is:?}");
    let (was, is) = (&before.vault.limits, &after.vault.limits);
    let height = |cap: u64| if cap == 0 { u64::MAX } else { cap };
    let tighter = height(is.deposit_cap) <= height(was.deposit_cap)
        && is.deadline() <= was.deadline()
        && is.ticket_min_age <= was.ticket_min_age
        && is.min_ticket == was.min_ticket
        && is.outflow_bps == was.outflow_bps
        && (is.speed_up_bps, is.speed_down_bps) == (was.speed_up_bps, was.speed_down_bps);
    hold!("nothing loosens at once", tighter, "{was:?}, then {is:?}");
    Ok(())
}
