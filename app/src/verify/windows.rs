//! The limits in force, what was used of them, and the window that the share price's speed is judged in.

use num_bigint::BigUint;
use vault::state::TicketStatus;

use super::exact::{div_down, units};
use super::report::Check;
use super::Facts;

/// All, basis points.
const ALL_BPS: u64 = 10_000;

pub(super) fn check(facts: &Facts) -> Vec<Check> {
    vec![ranges(facts), outflow(facts), outflow_time(facts), speed(facts)]
}

/// The limits are within the ranges that no owner can leave.
fn ranges(facts: &Facts) -> Check {
    let (name, rule) = ("limits.range", "the vault's limits are within the program's hard ranges");
    match facts.vault.limits.args().validate() {
        Ok(()) => Check::must(name, rule, true, "within", "within"),
        Err(error) => Check::must(name, rule, false, "within", error.to_string()),
    }
}

/// The bucket of instant exits holds at most its part of what is there and what is in it.
fn outflow(facts: &Facts) -> Check {
    let (vault, bps) = (facts.vault, facts.vault.limits.outflow_bps);
    let used = vault.outflow.used;
    let (name, rule) = ("window.outflow", "instant exits in the window are within its limit, share units");
    if bps == 0 {
        // Switched off, what is in the bucket means nothing.
        return Check::must(name, rule, true, "no limit", used.to_string());
    }
    let supply = facts.effective_supply();
    let limit = |supply: i128| {
        let whole = BigUint::from(supply.unsigned_abs()) + used;
        units(&div_down(whole * bps, &BigUint::from(ALL_BPS)))
    };
    let strict = Check::at_most(name, rule, limit(supply), used);
    // Tickets do not pass the window: what they have burnt since was there when the exits were let out.
    let filled: i128 = facts.tickets.iter().map(|(_, ticket)| i128::from(ticket.shares - ticket.shares_left)).sum();
    let known = facts.tickets.iter().filter(|(_, ticket)| ticket.sequence < vault.ticket_head).count() as u64;
    let filled_any = facts.tickets.iter().any(|(_, ticket)| {
        ticket.status == TicketStatus::Filled as u8 || ticket.filled_assets > 0
    });
    let why = "tickets were filled since, which leave by no window: it is full until it has leaked";
    if known < vault.ticket_head || (filled_any && i128::from(used) <= limit(supply + filled)) {
        return strict.excused(why);
    }
    strict.explained("more has left at once than the limit lets out")
}

fn outflow_time(facts: &Facts) -> Check {
    let at = facts.vault.outflow.at;
    Check::at_most("window.outflow_at", "the window of exits has leaked up to a time that has come", facts.now(), at)
}

/// A window has a price as soon as there was a flow, and is not of the future.
fn speed(facts: &Facts) -> Check {
    let speed = &facts.vault.speed;
    let mut broken = Vec::new();
    if speed.start > speed.last_at {
        broken.push(format!("it began at {} after its last flow at {}", speed.start, speed.last_at));
    }
    if speed.last_at > facts.now() {
        broken.push(format!("its last flow was at {}, which is not yet", speed.last_at));
    }
    if (speed.price == 0) != (speed.last_price == 0) {
        broken.push(format!("it began at the price {} and stands at {}", speed.price, speed.last_price));
    }
    Check::all("window.speed", "the window of the share price's speed is whole and of the past", 3, &broken)
}
