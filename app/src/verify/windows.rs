//! The limits in force, what was used of them, and the window that the share price's speed is judged in.

use num_bigint::BigUint;
use vault::state::Ticket;

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

/// The bucket of instant exits holds at most its part of the shares that were there before what it counts. Where more came
/// in than went out it is below zero, by no more than what came.
fn outflow(facts: &Facts) -> Check {
    let (vault, bps) = (facts.vault, facts.vault.limits.outflow_bps);
    let used = i128::from(vault.outflow.used);
    let (name, rule) =
        ("window.outflow", "instant exits in the window, net of entries, are within its limit, share units");
    if bps == 0 {
        // Switched off, what is in the bucket means nothing.
        return Check::must(name, rule, true, "no limit", used.to_string());
    }
    let limit = |supply: i128| {
        let before = BigUint::try_from(supply + used).unwrap_or_default();
        units(&div_down(before * bps, &BigUint::from(ALL_BPS)))
    };
    let supply = facts.effective_supply();
    let within = |supply: i128| -supply <= used && used <= limit(supply).max(0);
    let strict = Check::must(
        name,
        rule,
        within(supply),
        format!("at most {}, at least {}", limit(supply), -supply),
        used.to_string(),
    );
    // Tickets do not pass the window: what they have burnt since was there when the exits were let out.
    let burnt = |ticket: &Ticket| i128::from(ticket.shares) - i128::from(ticket.shares_left);
    let filled: i128 = facts.tickets.iter().map(|(_, ticket)| burnt(ticket)).sum();
    let all_known = facts.tickets.len() as u64 == vault.ticket_tail;
    if !all_known || within(supply + filled) {
        return strict.excused("tickets were filled since, which leave by no window: it is full until it has leaked");
    }
    strict.explained("more has left at once than the limit lets out, or less than nothing has come in")
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
