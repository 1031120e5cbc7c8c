//! The ticket queue: who can be paid now, and where the cash for it comes from.
//!
//! The queue is walked by the vault's own functions, as `fill_tickets` walks it.

use gimbal_math::{Assets, Shares};
use strategy_router::state::Ledger;
use vault::math::{queue_value_up, Queue, Step, SETTLED_AGE};
use vault::state::{Ticket, Vault};
use vault::{exit_nav, last_known_pool};

use super::round::{Draft, Round};
use crate::keeper::action::{ActionKey, ActionKind, Urgency};
use crate::keeper::sentence;
use crate::keeper::watch::LineSite;

/// Why the ticket at the head stays there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    TooYoung,
    StaleNav,
    LacksCash,
    LacksValuation,
}

/// What one `fill_tickets` would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Walk {
    /// Places walked through, the last one too where it is paid in part.
    places: u8,
    /// Places left behind.
    over: u64,
    /// Base units paid.
    paid: u64,
    /// Why it ends before the end.
    wait: Option<Wait>,
}

impl Walk {
    fn does_something(&self) -> bool {
        self.over > 0 || self.paid > 0
    }
}

impl<'a> Round<'a> {
    /// Plans what the queue needs: valuations, cash, and the filling itself.
    pub fn plan_queue(&mut self) {
        if self.watched.tickets.is_empty() {
            return;
        }
        if let Err(reason) = self.serve() {
            self.skip(ActionKind::Fill, None, reason);
        }
    }

    fn serve(&mut self) -> Result<(), String> {
        let mut wanted = self.walk(&self.vault, &self.ledger, u64::MAX)?;
        if !wanted.does_something() && wanted.wait == Some(Wait::LacksValuation) {
            self.plan_refreshes_beyond(SETTLED_AGE, "a ticket's bound is judged by valuations of the last minute");
            wanted = self.walk(&self.vault, &self.ledger, u64::MAX)?;
        }
        if !wanted.does_something() {
            let reason = match wanted.wait {
                Some(Wait::TooYoung) => "the ticket at the head is too young",
                Some(Wait::StaleNav) => "NAV is too old, and a line cannot be valued",
                Some(Wait::LacksValuation) => "the bound of the ticket at the head is not met",
                Some(Wait::LacksCash) | None => "the pool is worth nothing",
            };
            return Err(reason.to_owned());
        }
        let head = self.head().copied();
        let is_overdue = head.is_some_and(|ticket| ticket.is_overdue(self.now()));
        let affordable = self.walk(&self.vault, &self.ledger, self.ledger.free_cash())?;
        if affordable.paid < wanted.paid {
            match head.filter(|_| is_overdue) {
                Some(ticket) => self.plan_overdue(&ticket)?,
                None => self.plan_recalls(ActionKind::RecallForQueue, self.ledger.queue_need(), None),
            }
        }
        self.plan_fill(is_overdue)
    }

    /// The ticket at the head of the queue.
    fn head(&self) -> Option<&Ticket> {
        self.watched.tickets.iter().flatten().find(|ticket| ticket.is_open())
    }

    /// What a filling would do at a vault and a ledger, with so much cash.
    fn walk(&self, vault: &Vault, ledger: &Ledger, cash: u64) -> Result<Walk, String> {
        let now = self.now();
        let mut vault = *vault;
        let nav = exit_nav(ledger, now).map_err(|error| sentence(&error))?;
        let wrong = |error: vault::VaultError| sentence(&error.into());
        if !nav.is_stale {
            vault.crystallise_if_due(now, nav.low).map_err(wrong)?;
        }
        let exit = vault.leaving(now, nav.low).map_err(wrong)?;
        let mut queue = Queue::new(vault.ticket_head, vault.ticket_tail, exit, Assets(cash));
        (queue.margin, queue.age, queue.is_stale) = (Assets(nav.margin), nav.age, nav.is_stale);
        let mut walk = Walk::default();
        for ticket in &self.watched.tickets {
            if let Some(ticket) = ticket.filter(Ticket::is_open) {
                let waiting = ticket.waiting(now);
                let age = now.saturating_sub(ticket.requested_at);
                if age <= 0 {
                    queue.hold_to_entry(&vault.entry, now);
                }
                walk.wait = if age < i64::from(vault.limits.ticket_min_age) {
                    Some(Wait::TooYoung)
                } else if queue.is_stale && !waiting.is_overdue {
                    Some(Wait::StaleNav)
                } else {
                    match queue.next(&waiting).map_err(wrong)? {
                        Step::LacksCash => Some(Wait::LacksCash),
                        Step::LacksValuation => Some(Wait::LacksValuation),
                        Step::Paid(fill) if fill.shares < waiting.left => {
                            walk.places += 1;
                            Some(Wait::LacksCash)
                        }
                        Step::Paid(_) | Step::Passed => None,
                    }
                };
                if walk.wait.is_some() {
                    break;
                }
            } else {
                queue.skip().map_err(wrong)?;
            }
            walk.places += 1;
        }
        walk.over = queue.head.saturating_sub(vault.ticket_head);
        walk.paid = queue.paid.0;
        Ok(walk)
    }

    /// Demands cash for the overdue ticket at the head, and recalls what it lacks.
    fn plan_overdue(&mut self, ticket: &Ticket) -> Result<(), String> {
        let mut demanded = None;
        if ticket.sequence != self.vault.ticket_head {
            // Closed tickets stand before it: a filling leaves them behind, and the next plan demands.
            return Ok(());
        }
        if self.ledger.overdue == 0 {
            let pool = last_known_pool(&self.vault, &self.ledger).map_err(|error| sentence(&error.into()))?;
            let value = |shares| queue_value_up(Shares(shares), pool).map_err(|error| sentence(&error.into()));
            let (reserved, overdue) = (value(self.vault.queued_shares)?.0, value(ticket.shares_left)?.0);
            let late = self.now().saturating_sub(ticket.overdue_at);
            let draft = Draft {
                account: Some(self.watched.site.context.ticket(ticket.sequence)),
                ..Draft::new(
                    ActionKind::Demand,
                    Urgency::Overdue,
                    format!("ticket {} is overdue by {late} s", ticket.sequence),
                )
            };
            demanded = self.propose(draft);
            if demanded.is_none() {
                return Ok(());
            }
            self.ledger.reserved = reserved;
            self.ledger.overdue = overdue.min(reserved);
        }
        self.plan_recalls(ActionKind::RecallOverdue, self.ledger.overdue_need(), demanded);
        Ok(())
    }

    /// Plans to bring `need` base units back, from one line after the other in the order in which exits draw on them.
    fn plan_recalls(&mut self, kind: ActionKind, need: u64, after: Option<ActionKey>) {
        let mut left = need;
        for line in self.drawn_on() {
            if left == 0 {
                break;
            }
            let id = line.context.addresses.id;
            match self.recall(kind, line, left) {
                Ok(Some((mut draft, ledger))) => {
                    draft.needs.extend(after);
                    let amount = draft.amount;
                    if let Some(key) = self.propose(draft) {
                        self.moved(line, ledger, i128::from(amount));
                        self.cash_from.push(key);
                        left = left.saturating_sub(amount);
                    }
                }
                Ok(None) => (),
                Err(reason) => self.skip(kind, Some(id), reason),
            }
        }
    }

    fn recall(&self, kind: ActionKind, line: &LineSite, need: u64) -> Result<Option<(Draft, Box<Ledger>)>, String> {
        let quote = self.quote(line)?;
        let (mut ledger, row) = self.valued(line, &quote)?;
        let amount = need.min(row.mid).min(quote.liquidity);
        if amount == 0 {
            return Ok(None);
        }
        if let Some(reason) = self.just_moved(line) {
            return Err(reason);
        }
        let (urgency, what) = match kind {
            ActionKind::RecallOverdue => (Urgency::Overdue, "the overdue ticket"),
            _ => {
                self.charge_stranger(line, &mut ledger, amount)?;
                (Urgency::Urgent, "the queue")
            }
        };
        let reason = format!("{what} lacks {need} base units");
        let draft =
            Draft { amount, needs: self.feed_updates(line), ..Draft::new(kind, urgency, reason).of_line(row.id) };
        Ok(Some((draft, ledger)))
    }

    /// The lines that hold something, in the order in which exits draw on them, then those that are swapped.
    fn drawn_on(&self) -> Vec<&'a LineSite> {
        let holds = |line: &&LineSite| self.row(line).is_some_and(|row| row.position > 0 || row.in_flight > 0);
        let watched = self.watched;
        let mut lines: Vec<&LineSite> = watched.site.lines.iter().filter(holds).collect();
        let order = self.ledger.withdraw_order;
        lines.sort_by_key(|line| {
            let named = order.iter().take_while(|id| **id != 0).position(|id| *id == line.context.addresses.id);
            (line.is_swapped(), named.unwrap_or(usize::MAX))
        });
        lines
    }

    fn plan_fill(&mut self, is_overdue: bool) -> Result<(), String> {
        let walk = self.walk(&self.vault, &self.ledger, self.ledger.free_cash())?;
        if !walk.does_something() {
            return Err("there is no cash for the ticket at the head".to_owned());
        }
        // What can be done without the rest of the plan does not wait for it.
        let (vault, ledger) = (&self.watched.vault, &self.watched.ledger);
        let at_once = self.walk(vault, ledger, ledger.free_cash()).ok();
        let needs = match at_once {
            Some(at_once) if at_once.places == walk.places && at_once.over == walk.over => Vec::new(),
            _ => self.refreshes().chain(self.cash_from.iter().copied()).collect(),
        };
        let draft = Draft {
            amount: u64::from(walk.places),
            // A part that costs more than it is can wait for the rest.
            worth: (walk.over == 0 && !is_overdue).then_some(walk.paid),
            needs,
            ..Draft::new(
                ActionKind::Fill,
                if is_overdue { Urgency::Overdue } else { Urgency::Urgent },
                format!("{} places of the queue can be served, {} base units paid", walk.places, walk.paid),
            )
        };
        self.propose(draft);
        Ok(())
    }
}
