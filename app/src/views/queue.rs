//! The queue of tickets, each ticket in it, and when its owner can expect what.

use anchor_lang::prelude::Pubkey;
use gimbal_math::Shares;
use serde::Serialize;
use strategy_router::state::{Ledger, Nav};
use vault::{
    math,
    state::{Ticket, Vault},
};

use super::units::{Amount, When};
use crate::tickets::{stage, Stage};

/// What waits for cash, and what was paid and not yet claimed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QueueView {
    /// Tickets that wait in the queue.
    pub tickets: usize,
    /// Sequence number of the first place that may be open.
    pub head: u64,
    /// Sequence number of the next ticket.
    pub tail: u64,
    /// Shares that wait.
    pub shares: Amount,
    /// What they are worth, as the router keeps cash for them.
    pub reserved: Amount,
    /// What cash lacks for them.
    pub lacking: Amount,
    /// Shares of tickets that were passed for their bound, in escrow.
    pub passed_shares: Amount,
    /// Paid and not yet claimed.
    pub claimable: Amount,
    /// The earliest first deadline of a waiting ticket.
    pub next_deadline: Option<When>,
}

impl QueueView {
    /// The queue of a vault; `tickets` are all of the vault's.
    pub fn new(vault: &Vault, ledger: &Ledger, tickets: &[(Pubkey, Ticket)]) -> Self {
        let decimals = vault.base_decimals;
        let amount = |base_units| Amount::new(base_units, decimals);
        let open = || tickets.iter().map(|(_, ticket)| ticket).filter(|ticket| ticket.is_open());
        Self {
            tickets: open().count(),
            head: vault.ticket_head,
            tail: vault.ticket_tail,
            shares: amount(vault.queued_shares),
            reserved: amount(ledger.reserved),
            lacking: amount(ledger.queue_need()),
            passed_shares: amount(vault.passed_shares),
            claimable: amount(vault.claims_owed),
            next_deadline: open().map(|ticket| ticket.overdue_at).min().map(When::new),
        }
    }
}

/// What a ticket waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitsFor {
    /// Somebody to fill it: there is cash for it now.
    Fill,
    /// Somebody to recall money and fill it: the venues can pay it now.
    Recall,
    /// Its least age.
    Age,
    /// Venues that can pay: no date can be told before its deadlines.
    Liquidity,
    /// Its owner, who takes the shares back, or goes in kind when the time has come.
    Owner,
    /// Nothing: no shares are left.
    Nothing,
}

impl WaitsFor {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Fill => "now: there is cash, anybody may fill it",
            Self::Recall => "now: the venues can pay, anybody may recall and fill",
            Self::Age => "when it is old enough",
            Self::Liquidity => "when the venues can pay",
            Self::Owner => "its owner: cancel it, or go in kind",
            Self::Nothing => "nothing",
        }
    }
}

/// One ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TicketView {
    /// Its sequence number, by which commands name it.
    pub ticket: u64,
    /// Its address.
    pub address: String,
    /// Who may claim, cancel, hand on and go in kind.
    pub owner: String,
    /// `waiting`, `overdue`, `passed`, `due_in_kind` or `over`.
    pub state: &'static str,
    /// Shares at the request.
    pub shares: Amount,
    /// Shares not yet paid.
    pub shares_left: Amount,
    /// Paid and not yet claimed.
    pub claimable: Amount,
    /// Ever paid.
    pub paid: Amount,
    /// What the shares that are left would be paid now, at NAV low; none while NAV is stale.
    pub worth: Option<Amount>,
    /// Least payment for all its shares that its owner accepts; none for any.
    pub min_assets: Option<Amount>,
    /// Most that it pays as exit fee, basis points.
    pub exit_fee_bps: u16,
    /// Open tickets before it.
    pub ahead: usize,
    /// Their shares.
    pub ahead_shares: Amount,
    /// What it waits for.
    pub waits_for: WaitsFor,
    /// The earliest moment it can be paid, as things stand; none where that cannot be told.
    pub expected: Option<When>,
    /// When it was requested.
    pub requested: When,
    /// First deadline: from here on it is paid without a fresh NAV, and cash may be demanded for it.
    pub overdue: When,
    /// Second deadline: from here on its owner may take the part of everything in kind.
    pub in_kind: When,
}

/// What a ticket is judged by besides itself.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// The vault.
    pub vault: &'a Vault,
    /// Its ledger.
    pub ledger: &'a Ledger,
    /// NAV, where it is fresh.
    pub nav: Option<Nav>,
    /// Unix seconds.
    pub now: i64,
}

impl TicketView {
    /// A ticket among `tickets`, which are all of the vault's.
    pub fn new(at: &Surroundings, key: &Pubkey, ticket: &Ticket, tickets: &[(Pubkey, Ticket)]) -> Self {
        let decimals = at.vault.base_decimals;
        let amount = |base_units| Amount::new(base_units, decimals);
        let before = |other: &&Ticket| ticket.is_open() && other.is_open() && other.sequence < ticket.sequence;
        let ahead: Vec<&Ticket> = tickets.iter().map(|(_, other)| other).filter(before).collect();
        let ahead_shares = ahead.iter().map(|other| other.shares_left).sum();
        let (waits_for, expected) = at.expectation(ticket, ahead_shares);
        Self {
            ticket: ticket.sequence,
            address: key.to_string(),
            owner: ticket.owner.to_string(),
            state: stage_name(stage(ticket, at.now)),
            shares: amount(ticket.shares),
            shares_left: amount(ticket.shares_left),
            claimable: amount(ticket.claimable),
            paid: amount(ticket.filled_assets),
            worth: at.worth(ticket).map(amount),
            min_assets: (ticket.min_assets > 0).then(|| amount(ticket.min_assets)),
            exit_fee_bps: ticket.exit_fee_bps,
            ahead: ahead.len(),
            ahead_shares: amount(ahead_shares),
            waits_for,
            expected: expected.map(When::new),
            requested: When::new(ticket.requested_at),
            overdue: When::new(ticket.overdue_at),
            in_kind: When::new(ticket.in_kind_at),
        }
    }
}

impl Surroundings<'_> {
    /// What a ticket's unpaid shares would be paid now, base units; none while NAV is stale.
    fn worth(&self, ticket: &Ticket) -> Option<u64> {
        let exit = self.vault.leaving(self.now, self.nav?.low).ok()?;
        let fill = ticket.waiting(self.now).payment_down(Shares(ticket.shares_left), &exit).ok()?;
        Some(fill.assets.0)
    }

    /// What a ticket waits for with `ahead` shares before it, and when that can be over.
    fn expectation(&self, ticket: &Ticket, ahead: u64) -> (WaitsFor, Option<i64>) {
        match stage(ticket, self.now) {
            Stage::Over => return (WaitsFor::Nothing, None),
            Stage::Passed => return (WaitsFor::Owner, None),
            Stage::DueInKind if ticket.is_passed() => return (WaitsFor::Owner, Some(self.now)),
            Stage::Waiting | Stage::Overdue | Stage::DueInKind => (),
        }
        let ready_at = ticket.requested_at.saturating_add(i64::from(self.vault.limits.ticket_min_age));
        let payable = self.payable_with(ahead.saturating_add(ticket.shares_left));
        match payable {
            WaitsFor::Fill | WaitsFor::Recall if ready_at > self.now => (WaitsFor::Age, Some(ready_at)),
            WaitsFor::Fill | WaitsFor::Recall => (payable, Some(self.now)),
            _ => (WaitsFor::Liquidity, None),
        }
    }

    /// Whether cash, or cash and what the venues had at their last valuations, covers the first `shares` of the queue.
    pub fn payable_with(&self, shares: u64) -> WaitsFor {
        let low = self.nav.map_or_else(|| self.ledger.nav_overdue(self.now).unwrap_or(0), |nav| nav.low);
        let Some(need) = self.vault.pool(low).and_then(|pool| math::queue_value_up(Shares(shares), pool)).ok() else {
            return WaitsFor::Liquidity;
        };
        let cash = self.ledger.free_cash();
        if need.0 <= cash {
            return WaitsFor::Fill;
        }
        match need.0 <= cash.saturating_add(recallable(self.ledger)) {
            true => WaitsFor::Recall,
            false => WaitsFor::Liquidity,
        }
    }
}

/// What the venues of all lines could pay back by their last valuations, base units: of each the less of what it is worth
/// and what its venue had.
pub fn recallable(ledger: &Ledger) -> u64 {
    let used = ledger.lines.iter().filter(|line| line.is_used());
    used.map(|line| line.mid.min(line.liquidity)).fold(0, u64::saturating_add)
}

fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::Waiting => "waiting",
        Stage::Overdue => "overdue",
        Stage::Passed => "passed",
        Stage::DueInKind => "due_in_kind",
        Stage::Over => "over",
    }
}
