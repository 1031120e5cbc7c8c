//! Which new settings raise risk. Once somebody's money depends on the ledger those wait in the change queue; whatever
//! lowers risk takes effect at once.

use crate::{
    policy::bounds::LineParams,
    state::{Limits, LineStatus},
};

/// Whether `after` allows anything that `before` did not.
///
/// Shorter valuations, smaller budgets and pay, and more cash are at once. An epoch of another length waits either way:
/// a shorter one renews the budgets more often, a longer one holds up whoever has used them and counts on the next.
pub fn limits_raise(before: &Limits, after: &Limits) -> bool {
    after.epoch != before.epoch
        || after.max_valuation_age > before.max_valuation_age
        || after.min_cash_bps < before.min_cash_bps
        || after.loss_budget_bps > before.loss_budget_bps
        || after.keeper_loss_budget_bps > before.keeper_loss_budget_bps
        || after.keeper_pay > before.keeper_pay
        || after.keeper_pay_budget > before.keeper_pay_budget
        || after.target_volatility_bps > before.target_volatility_bps
        || after.bounty_bps > before.bounty_bps
        || after.bounty_budget > before.bounty_budget
}

/// Whether `after` raises what the curator may not: the cap, or what a move may lose, or how old a venue may be.
///
/// Widening and haircut raise risk in both directions. Less of them lets a late or illiquid value be traded against; more
/// of them takes from whoever comes or leaves for those who stay. Weights, band and cooldown are the curator's, at once.
pub fn bounds_raise(before: &LineParams, after: &LineParams) -> bool {
    after.cap > before.cap
        || after.max_slippage_bps > before.max_slippage_bps
        || after.max_venue_age > before.max_venue_age
        || after.widen_rate != before.widen_rate
        || after.haircut_bps != before.haircut_bps
}

/// Whether the line may do more than before.
pub fn status_raises(before: LineStatus, after: LineStatus) -> bool {
    after < before
}
