//! The queue: who is paid what, who is passed, and who waits.

use vault::state::Ticket;

use super::books::Exit;
use super::{down, up, Books};
use crate::property::seen::Seen;

/// Oldest valuations under which an unmet bound is the bound's own fault, seconds.
const SETTLED: i64 = 60;
/// What rounding may take of a part's bound, base units.
const PART_ROUNDING: u128 = 2;
const BPS: u128 = 10_000;

/// What becomes of one ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Shares burnt, base units paid.
    Paid(u128, u128),
    /// Left out of the queue with its shares, for its bound.
    Passed,
}

/// What one call does along the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walk {
    /// By sequence number, in order.
    pub fates: Vec<(u64, Fate)>,
    /// The head after it.
    pub head: u64,
    /// The books after it.
    pub books: Books,
    /// Base units that stay as exit fees.
    pub kept: u128,
    /// Whether NAV was stale and overdue tickets were paid at faded values.
    pub is_stale: bool,
}

struct Walker<'a> {
    seen: &'a Seen,
    exit: Exit,
    cash: u128,
    margin: u128,
    books: Books,
    age: i64,
    is_stale: bool,
    kept: u128,
}

/// Passes along up to `count` places of the queue.
pub fn walk(seen: &Seen, count: u64) -> Walk {
    let (now, ledger) = (seen.now, &seen.ledger);
    let mut books = Books::of(seen);
    let oldest = ledger.totals.oldest_at;
    let age = if oldest == i64::MAX { 0 } else { (now - oldest).max(0) };
    let is_stale = age > i64::from(ledger.limits.max_valuation_age);
    let low = match (&seen.nav, is_stale) {
        (Some(nav), false) => nav.low,
        _ => ledger.nav_overdue(now).unwrap_or(0),
    };
    if !is_stale {
        books.crystallise_if_due(low, now);
    }
    let locked = ledger.gains.locked_up(now).unwrap_or(0);
    let unwidened = (ledger.cash_tracked + ledger.totals.low).saturating_sub(ledger.keeper_owed).saturating_sub(locked);
    let margin = if is_stale { 0 } else { u128::from(unwidened.saturating_sub(low)) };
    let cash = u128::from(ledger.cash_tracked.saturating_sub(ledger.keeper_owed));
    let mut walker = Walker { seen, exit: books.leaving(low, now), cash, margin, books, age, is_stale, kept: 0 };
    let (mut head, mut fates) = (seen.vault.ticket_head, Vec::new());
    for _ in 0..count {
        if head >= seen.vault.ticket_tail {
            break;
        }
        let Some(ticket) = seen.ticket(head).filter(|ticket| ticket.is_open()) else {
            head += 1;
            continue;
        };
        let Some(fate) = walker.fate(ticket) else { break };
        fates.push((head, fate));
        match fate {
            Fate::Paid(shares, _) if shares < u128::from(ticket.shares_left) => break,
            _ => head += 1,
        }
    }
    let burnt: u128 = fates.iter().map(|(_, fate)| if let Fate::Paid(shares, _) = fate { *shares } else { 0 }).sum();
    books.shares -= burnt;
    Walk { fates, head, books, kept: walker.kept, is_stale }
}

impl Walker<'_> {
    /// What becomes of the ticket at the head; none where it waits.
    fn fate(&mut self, ticket: &Ticket) -> Option<Fate> {
        let (now, limits) = (self.seen.now, &self.seen.vault.limits);
        let is_overdue = now >= ticket.overdue_at;
        if now - ticket.requested_at < i64::from(limits.ticket_min_age) || (self.is_stale && !is_overdue) {
            return None;
        }
        if now == ticket.requested_at {
            // Priced as whoever leaves at once in the second of an entry; what that holds back is no reason to be passed.
            let held = self.exit.pool.assets.min(self.books.held(&self.exit, now));
            self.margin += self.exit.pool.assets - held;
            self.exit.pool.assets = held;
        }
        if self.exit.pool.assets == 0 {
            return None;
        }
        let exit = Exit { fee_bps: self.exit.fee_bps.min(ticket.exit_fee_bps.into()), ..self.exit };
        let left = u128::from(ticket.shares_left);
        if !accepts(ticket, left, exit.paid(left)) {
            return self.passes(ticket, &exit, is_overdue).then_some(Fate::Passed);
        }
        let (shares, assets) = self.payment(&exit, left);
        if shares == 0 || !accepts(ticket, shares, assets) {
            return None;
        }
        self.cash -= assets;
        self.kept += exit.fee(shares);
        // The fee stays, and is locked.
        self.exit.pool.assets -= assets + exit.fee(shares);
        self.exit.pool.shares -= shares;
        self.exit.supply -= shares;
        Some(Fate::Paid(shares, assets))
    }

    /// All that is left where the cash reaches; else as many shares as it pays in full, fee taken off, and none for nothing.
    fn payment(&self, exit: &Exit, left: u128) -> (u128, u128) {
        let whole = exit.paid(left);
        if whole <= self.cash {
            return (left, whole);
        }
        let shares = exit.pool.deposit(down(self.cash, BPS, BPS - exit.fee_bps)).min(left - 1);
        match exit.paid(shares) {
            0 => (0, 0),
            assets => (shares, assets),
        }
    }

    fn passes(&self, ticket: &Ticket, exit: &Exit, is_overdue: bool) -> bool {
        if self.is_stale {
            return self.seen.now >= ticket.in_kind_at;
        }
        if self.age > SETTLED {
            return false;
        }
        let mut refreshed = *exit;
        refreshed.pool.assets += self.margin;
        let left = u128::from(ticket.shares_left);
        is_overdue || !accepts(ticket, left, refreshed.paid(left))
    }
}

/// Whether a payment for `shares` of a ticket meets its bound.
fn accepts(ticket: &Ticket, shares: u128, assets: u128) -> bool {
    let rounding = if shares == u128::from(ticket.shares) { 0 } else { PART_ROUNDING };
    assets + rounding >= up(ticket.min_assets.into(), shares, ticket.shares.into())
}
