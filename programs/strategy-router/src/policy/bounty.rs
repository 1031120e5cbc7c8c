//! What a stranger earns who takes a line down.
//!
//! The bounty is a few basis points of what came back. It must not be worth anybody's while to bring about what it is paid
//! for, so it is paid only
//!
//! - for what nobody without a role can bring about ([`Reduction::rewarded`]): not for weight that grew because somebody
//!   took his own cash out again;
//! - for money that has lain there for hours: what was put in for the purpose is [`Line::fresh`], and so is what keepers
//!   put back after a reduction;
//! - within the epoch's bounties and within the pay of all keepers, which is itself bounded by NAV;
//! - to no key that has posted to the book's network within an epoch's length (a second key of the same person cannot be
//!   told apart: there the caps of edges, which posters cannot pass, and the budgets are what holds).
//!
//! A reduction is never refused for want of a bounty.
//!
//! [`Line::fresh`]: crate::state::Line::fresh

use gimbal_math::Bps;

use crate::{
    error::RouterError,
    policy::{derisk::Reduction, loss::MAX_KEEPER_PAY_BPS},
    state::{Epoch, Limits, Line},
};

/// What of a reduction may be paid for, base units.
///
/// `line` as it was valued before the move; `moved`: what came back.
///
/// # Errors
/// [`RouterError::OutOfDomain`] if the line's stored times are not ordered.
pub fn earning(line: &Line, found: &Reduction, moved: u64, now: i64) -> Result<u64, RouterError> {
    let aged = line.mid.saturating_sub(line.fresh.locked_up(now)?);
    Ok(moved.min(found.rewarded).min(aged))
}

/// The bounty for `earning`, base units, rounded down: as far as the epoch's bounties, the epoch's pay and `cash` reach.
///
/// The epoch must have been rolled before. `nav`: the present mid one. `cash`: what may be paid out of.
///
/// # Errors
/// [`RouterError::MathOverflow`].
pub fn bounty(epoch: &Epoch, limits: &Limits, earning: u64, nav: u64, cash: u64) -> Result<u64, RouterError> {
    let most = Bps(MAX_KEEPER_PAY_BPS).of_down(epoch.nav_at_start.min(nav))?.min(limits.keeper_pay_budget);
    let of_pay = most.saturating_sub(epoch.pay_used);
    let of_bounties = limits.bounty_budget.saturating_sub(epoch.bounty_used);
    Ok(Bps(limits.bounty_bps).of_down(earning)?.min(of_pay).min(of_bounties).min(cash))
}
