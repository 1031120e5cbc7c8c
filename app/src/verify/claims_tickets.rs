//! The tickets, one by one and in order.

use anchor_lang::prelude::Pubkey;
use vault::state::{Ticket, TicketStatus, MAX_EXIT_BPS, MAX_TICKET_DEADLINE, MIN_TICKET_DEADLINE};

use super::report::{Check, TicketLine};
use super::Facts;
use crate::pda::vault_seeds;

pub(super) fn lines(facts: &Facts) -> Vec<TicketLine> {
    let line = |(_, ticket): &(Pubkey, Ticket)| TicketLine {
        sequence: ticket.sequence,
        owner: ticket.owner.to_string(),
        status: status(ticket).map_or_else(|| ticket.status.to_string(), |status| named(status).to_owned()),
        shares_left: ticket.shares_left,
        claimable: ticket.claimable,
        overdue_at: ticket.overdue_at,
        in_kind_at: ticket.in_kind_at,
    };
    facts.tickets.iter().map(line).collect()
}

pub(super) fn check(facts: &Facts) -> Vec<Check> {
    let each = |name: &str, rule: &str, broken: &dyn Fn(&Pubkey, &Ticket) -> Option<String>| {
        let broken: Vec<String> = facts
            .tickets
            .iter()
            .filter_map(|(key, ticket)| Some(format!("ticket {}: {}", ticket.sequence, broken(key, ticket)?)))
            .collect();
        Check::all(name, rule, facts.tickets.len(), &broken)
    };
    vec![
        each("tickets.address", "each ticket lies at the address of its place in the queue", &|key, ticket| {
            let derived = vault_seeds::ticket(&facts.key, ticket.sequence).0;
            (*key != derived).then(|| format!("lies at {key}"))
        }),
        each("tickets.state", "each ticket's status, shares and payments agree", &|_, ticket| state(ticket)),
        each(
            "tickets.deadlines",
            "each ticket's second deadline is as far from its first as that from the request, within the hard range",
            &|_, ticket| deadlines(ticket, facts.now()),
        ),
        order(facts),
        queue(facts),
    ]
}

fn status(ticket: &Ticket) -> Option<TicketStatus> {
    let all = [TicketStatus::Open, TicketStatus::Filled, TicketStatus::Cancelled, TicketStatus::Passed];
    all.into_iter().find(|status| *status as u8 == ticket.status)
}

fn named(status: TicketStatus) -> &'static str {
    match status {
        TicketStatus::Open => "open",
        TicketStatus::Filled => "filled",
        TicketStatus::Cancelled => "cancelled",
        TicketStatus::Passed => "passed",
    }
}

fn state(ticket: &Ticket) -> Option<String> {
    let Some(status) = status(ticket) else { return Some(format!("has the status {}", ticket.status)) };
    let waits = matches!(status, TicketStatus::Open | TicketStatus::Passed);
    if waits != (ticket.shares_left > 0) {
        return Some(format!("is {} with {} shares left", named(status), ticket.shares_left));
    }
    if ticket.shares_left > ticket.shares {
        return Some(format!("has {} shares left of {}", ticket.shares_left, ticket.shares));
    }
    if ticket.claimable > ticket.filled_assets {
        return Some(format!("may claim {} of {} ever paid", ticket.claimable, ticket.filled_assets));
    }
    if ticket.filled_assets > 0 && ticket.shares_left == ticket.shares {
        return Some(format!("was paid {} for no share", ticket.filled_assets));
    }
    if ticket.exit_fee_bps > MAX_EXIT_BPS {
        return Some(format!("is charged {} basis points", ticket.exit_fee_bps));
    }
    None
}

fn deadlines(ticket: &Ticket, now: i64) -> Option<String> {
    let first = ticket.overdue_at.saturating_sub(ticket.requested_at);
    let second = ticket.in_kind_at.saturating_sub(ticket.overdue_at);
    let range = i64::from(MIN_TICKET_DEADLINE)..=i64::from(MAX_TICKET_DEADLINE);
    if !range.contains(&first) {
        return Some(format!("is overdue {first} seconds after its request"));
    }
    if second != first {
        return Some(format!("may leave in kind {second} seconds after it is overdue, not {first}"));
    }
    (ticket.requested_at > now).then(|| format!("was requested at {}, which is not yet", ticket.requested_at))
}

/// Who asked later stands later.
fn order(facts: &Facts) -> Check {
    let mut broken = Vec::new();
    for ((_, earlier), (_, later)) in facts.tickets.iter().zip(facts.tickets.iter().skip(1)) {
        let asked = |ticket: &Ticket| (ticket.requested_slot, ticket.requested_at);
        if asked(later) < asked(earlier) {
            broken.push(format!(
                "ticket {} was requested in slot {}, ticket {} before it in slot {}",
                later.sequence, later.requested_slot, earlier.sequence, earlier.requested_slot
            ));
        }
    }
    for ((key, earlier), (other, later)) in facts.tickets.iter().zip(facts.tickets.iter().skip(1)) {
        if earlier.sequence == later.sequence {
            broken.push(format!("{key} and {other} are both ticket {}", earlier.sequence));
        }
    }
    Check::all("tickets.order", "tickets stand in the order of their requests", facts.tickets.len(), &broken)
}

/// The queue's ends against each other and against the tickets.
fn queue(facts: &Facts) -> Check {
    let vault = facts.vault;
    let mut broken = Vec::new();
    if vault.ticket_head > vault.ticket_tail {
        broken.push(format!("its head {} is past its tail {}", vault.ticket_head, vault.ticket_tail));
    }
    if vault.ticket_head == vault.ticket_tail && vault.queued_shares > 0 {
        broken.push(format!("it is empty and holds {} shares", vault.queued_shares));
    }
    for (_, ticket) in facts.tickets.iter().filter(|(_, ticket)| ticket.sequence >= vault.ticket_tail) {
        broken.push(format!("ticket {} is past its tail {}", ticket.sequence, vault.ticket_tail));
    }
    Check::all("tickets.queue", "the queue's ends and its tickets agree", facts.tickets.len(), &broken)
}
