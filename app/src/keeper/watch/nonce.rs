//! The value on the chain that an action moves on.

use risk_oracle::state::{Book, Scenario};
use strategy_router::state::Line;

use super::{Watched, World};
use crate::keeper::action::{ActionKey, ActionKind};

/// What the action's value is now; none where the vault, the line, the feed or the change is not there (any more).
///
/// A plan notes it in [`Action::nonce`](crate::keeper::Action::nonce). Once it is another, that action was done, by
/// whomever, or is void.
pub fn nonce(world: &World, key: &ActionKey) -> Option<u64> {
    match key.kind {
        ActionKind::UpdateFeed => world.feeds.get(&key.subject).map(|watched| watched.feed.updates),
        // Counts what `solved_at` dates: two solutions of one second differ.
        ActionKind::Solve => world.networks.get(&key.subject).map(|network| network.solves),
        ActionKind::CloseChange => {
            world.changes.iter().find(|(site, _)| site.key == key.subject).map(|(site, _)| site.nonce)
        }
        kind => world.vaults.iter().find(|watched| watched.key() == key.subject)?.nonce(kind, key.line),
    }
}

impl Watched {
    /// As [`nonce`], of what concerns this vault.
    pub fn nonce(&self, kind: ActionKind, line: Option<u16>) -> Option<u64> {
        let row = || line.and_then(|id| self.line(id));
        Some(match kind {
            ActionKind::Refresh => row()?.valued_slot,
            ActionKind::Observe => self.book.as_ref()?.observations,
            ActionKind::Report => self.book.as_ref()?.assessments,
            ActionKind::Stress => of_stresses(self.book.as_deref()?),
            ActionKind::Sync => of_contagion(self.book.as_deref()?),
            ActionKind::Rebalance | ActionKind::Derisk | ActionKind::RecallOverdue | ActionKind::RecallForQueue => {
                of_moves(row()?)
            }
            ActionKind::Harvest => mixed(row()?.position, row()?.in_flight),
            ActionKind::HarvestCash => self.ledger.surplus_adopted,
            ActionKind::Demand => mixed(self.vault.ticket_head, self.ledger.overdue),
            // A ticket that is paid in part keeps its place.
            ActionKind::Fill => mixed(self.vault.ticket_head, self.head_shares()),
            ActionKind::Crystallise => self.vault.fees.crystallised_at.unsigned_abs(),
            ActionKind::CollectFees => self.vault.fees.minted,
            ActionKind::CollectPay => self.keeper.as_ref()?.paid,
            ActionKind::UpdateFeed | ActionKind::Solve | ActionKind::CloseChange => return None,
        })
    }

    /// Unpaid shares of the ticket at the head, share units.
    fn head_shares(&self) -> u64 {
        self.tickets.first().copied().flatten().map_or(0, |ticket| ticket.shares_left)
    }
}

/// What any move of the line's money moves on: two of one slot differ in what went in or out.
fn of_moves(line: &Line) -> u64 {
    mixed(line.last_action_slot, mixed(line.invested, line.returned))
}

/// When the scenarios were worked out. One that never was has no time, and its owner can set it back to none: it must not
/// count as done because it was done before.
fn of_stresses(book: &Book) -> u64 {
    let times = book.stressed_at.iter().fold(0, |sum, at| mixed(sum, at.unsigned_abs()));
    let never =
        book.scenarios.iter().zip(book.stressed_at).any(|(scenario, at)| Scenario::is_used(scenario) && at == 0);
    if never {
        mixed(times, link(book))
    } else {
        times
    }
}

/// When what the book follows was solved. Whoever gives a line another protocol, or the book another network, sets that
/// back to none, any number of times.
fn of_contagion(book: &Book) -> u64 {
    match book.contagion_at {
        0 => link(book),
        at => at.unsigned_abs(),
    }
}

/// The end of the book's chain of inputs, which never comes back.
fn link(book: &Book) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = book.inputs_hash;
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

/// One number of two, which is another when either is (but for one chance in 2^64).
fn mixed(first: u64, second: u64) -> u64 {
    // An odd factor keeps numbers apart; the rotation keeps small ones from cancelling out.
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    first.wrapping_mul(FACTOR).rotate_left(29).wrapping_add(second).wrapping_mul(FACTOR)
}
