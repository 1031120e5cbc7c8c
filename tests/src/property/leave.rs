//! Everybody leaves, and nobody helps: no admin, no keeper, no price after this moment.
//!
//! Every holder queues all that he has, which must always work. Until his second deadline the holders do for themselves
//! what anybody may: value the lines that need no price, demand cash, recall it, fill and claim. Whoever is not out by
//! then takes his part of everything in kind, which must work whatever has happened to markets and prices.
//!
//! WHAT IS LEFT. Of a vault that all leave in kind: the pay that keepers are owed; what was sent unasked and never
//! adopted; the part of shares that nobody can give, because a holder burnt them or sent them to the escrow; and one unit
//! per leaver, account and rounding. If no such share exists the last leaver is paid everything to the unit. Of a vault that
//! some leave for cash there is besides what they left behind when they took NAV low for it, at a time when it was below
//! what is really owned (age, locked gains, values that fade without prices): a bound on the ticket keeps its owner
//! from that, and so does waiting for the second deadline.

use super::checks::{hold, Violation};
use super::seen::Seen;
use super::world::{World, HOLDERS, MANAGER};

/// Calls along the queue at one time: more than the tickets of a sequence need.
const FILLS: usize = 40;

/// Lets everybody leave; 0: all in kind, 1: as cash comes, 2: for cash within a bound.
///
/// # Errors
///
/// Who could not, or what was left.
pub fn run(world: &mut World, way: u64) -> Result<(), Violation> {
    let leavers: Vec<usize> = (0..HOLDERS).chain([MANAGER]).collect();
    if world.look().vault.fees.recipient == world.users[MANAGER].pubkey() {
        world.collect_fees()?;
    }
    let asked_at = world.look().now;
    for user in &leavers {
        if world.look().users[*user].shares > 0 {
            let done = world.request(*user, 10_000, if way % 3 == 2 { 2 } else { 0 })?;
            hold!("every holder can ask to leave", done, "user {user} could not");
        }
    }
    let queued = world.look();
    if !way.is_multiple_of(3) {
        help_themselves(world, &leavers, way)?;
    }
    wait_until(world, last_deadline(&queued));
    for user in &leavers {
        leave_in_kind(world, *user)?;
    }
    everybody_is_out(world, &leavers, asked_at)?;
    match way % 3 {
        0 => only_dust_is_left(&queued, &world.look()),
        _ => Ok(()),
    }
}

/// The last moment at which some ticket's owner may go in kind.
fn last_deadline(seen: &Seen) -> i64 {
    let tickets = seen.tickets.iter().filter(|ticket| ticket.shares_left > 0);
    tickets.map(|ticket| ticket.in_kind_at).max().unwrap_or(seen.now)
}

fn wait_until(world: &mut World, moment: i64) {
    let now = world.look().now;
    if moment > now {
        let seconds = moment.abs_diff(now);
        world.outside(|fx| fx.warp(seconds));
    }
}

/// What holders can do without anybody's help, at once, between the deadlines, and at both.
fn help_themselves(world: &mut World, leavers: &[usize], way: u64) -> Result<(), Violation> {
    let now = world.look().now;
    let end = last_deadline(&world.look());
    let length = end - now;
    for eighth in [0, 1 + way as i64 % 3, 4, 5, 8] {
        wait_until(world, now + length * eighth / 8);
        for line in 0..world.fx.deployment.lines.len() as u64 {
            world.refresh(line)?;
        }
        world.demand()?;
        for line in 0..world.fx.deployment.lines.len() as u64 {
            world.recall(line, 10_000, 0)?;
            world.fill(8)?;
        }
        for _ in 0..FILLS {
            if !world.fill(8)? {
                break;
            }
        }
        for user in leavers {
            claim_all(world, *user)?;
        }
    }
    Ok(())
}

fn claim_all(world: &mut World, user: usize) -> Result<(), Violation> {
    for nth in 0..world.own_tickets(user).len() as u64 {
        world.claim(user, nth)?;
    }
    Ok(())
}

/// Each ticket of a leaver that still has shares goes in kind; then everything is claimed.
fn leave_in_kind(world: &mut World, user: usize) -> Result<(), Violation> {
    let count = world.own_tickets(user).len() as u64;
    for nth in (0..count).rev() {
        let sequence = world.own_tickets(user)[nth as usize];
        let seen = world.look();
        let waits = seen.ticket(sequence).is_some_and(|ticket| ticket.shares_left > 0);
        if waits {
            let done = world.in_kind(user, nth, 0)?;
            hold!("every holder leaves in kind", done, "user {user} with {:?}", seen.ticket(sequence));
        }
    }
    while !world.own_tickets(user).is_empty() {
        let done = world.claim(user, 0)?;
        hold!("every leaver is paid what he may claim", done, "user {user}");
    }
    Ok(())
}

fn everybody_is_out(world: &mut World, leavers: &[usize], asked_at: i64) -> Result<(), Violation> {
    let seen = world.look();
    for user in leavers {
        let shares = seen.users[*user].shares;
        hold!("everybody has left", shares == 0, "user {user} has {shares} shares");
    }
    hold!("everybody has left", seen.tickets.is_empty(), "{:?}", seen.tickets);
    let (queued, passed) = (seen.vault.queued_shares, seen.vault.passed_shares);
    hold!("everybody has left", queued == 0 && passed == 0, "{queued} queued, {passed} passed");
    hold!("everybody has left", seen.vault.claims_owed == 0, "{} owed", seen.vault.claims_owed);
    // Deadlines are at most fourteen days each, and fixed when the ticket is made.
    let took = seen.now - asked_at;
    hold!("twice the deadline is enough", took <= 2 * 14 * 86_400, "it took {took} s");
    Ok(())
}

/// What is left when all have left in kind: see the module.
fn only_dust_is_left(queued: &Seen, left: &Seen) -> Result<(), Violation> {
    let leavers = (HOLDERS + 1) as u128 + queued.tickets.len() as u128;
    let (all, stuck) = (queued.pool_shares(), left.pool_shares());
    if all == 0 {
        // Nobody was left to leave; what lies there was left behind before.
        return Ok(());
    }
    // What is left of an amount: the part of the shares that nobody can give, rounded up, and a unit per leaver.
    let dust = |amount: u64| (u128::from(amount) * stuck).div_ceil(all) + if stuck == 0 { 0 } else { leavers };
    let free = |seen: &Seen| seen.ledger.cash_tracked.saturating_sub(seen.ledger.keeper_owed);
    let (cash, most) = (u128::from(free(left)), dust(free(queued)));
    hold!("only dust is left", cash <= most, "{cash} of cash, at most {most}; {stuck} of {all} shares are stuck");
    for place in 0..left.lines.len() {
        let (was, is) = (queued.row(place), left.row(place));
        for (was, is) in [(was.position, is.position), (was.in_flight, is.in_flight)] {
            let most = dust(was);
            hold!(
                "only dust is left",
                u128::from(is) <= most,
                "line {place}: {is}, at most {most}; {stuck} of {all} shares are stuck"
            );
        }
    }
    Ok(())
}
