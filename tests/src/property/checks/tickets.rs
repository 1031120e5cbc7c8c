//! Tickets are conserved, paid in order and exactly.

use vault::state::{Ticket, TicketStatus};

use super::{hold, Call, Violation};
use crate::property::model::{self, Fate};
use crate::property::seen::Seen;
use crate::property::world::World;

/// What the call may have done to tickets, and nothing else.
pub(super) fn check(world: &World, call: &Call, before: &Seen, after: &Seen) -> Result<(), Violation> {
    match *call {
        Call::Request { user, shares, bound } => requested(world, user, (shares, bound), before, after),
        Call::Hand { sequence, to } => handed(world, sequence, to, before, after),
        Call::InKind { sequence, .. } => in_kind(sequence, before, after),
        Call::Fill { count } => filled(count, before, after),
        Call::Claim { user, sequence } => claimed(world, user, sequence, before, after),
        Call::Cancel { user, sequence } => cancelled(world, user, sequence, before, after),
        Call::Foreign { .. } => Ok(()),
        _ => others_same(before, after, &[]),
    }
}

/// No ticket but these is different, and the queue's ends stand where they stood unless these explain it.
fn others_same(before: &Seen, after: &Seen, but: &[u64]) -> Result<(), Violation> {
    let rest = |seen: &Seen| -> Vec<Ticket> {
        seen.tickets.iter().filter(|ticket| !but.contains(&ticket.sequence)).copied().collect()
    };
    let (was, is) = (rest(before), rest(after));
    let same = bytemuck::cast_slice::<Ticket, u8>(&was) == bytemuck::cast_slice::<Ticket, u8>(&is);
    hold!("tickets are conserved", same, "{was:?}, then {is:?}");
    let ends = |seen: &Seen| (seen.vault.ticket_head, seen.vault.ticket_tail);
    hold!(
        "tickets are conserved",
        !but.is_empty() || ends(before) == ends(after),
        "{:?}, {:?}",
        ends(before),
        ends(after)
    );
    Ok(())
}

fn requested(
    world: &World,
    user: usize,
    (shares, bound): (u64, u64),
    before: &Seen,
    after: &Seen,
) -> Result<(), Violation> {
    let tail = before.vault.ticket_tail;
    others_same(before, after, &[tail])?;
    let ticket = after.ticket(tail);
    let right = ticket.is_some_and(|ticket| {
        ticket.is_open()
            && ticket.owner == world.users[user].pubkey()
            && (ticket.shares, ticket.shares_left, ticket.claimable) == (shares, shares, 0)
            && (ticket.requested_at, ticket.requested_slot) == (after.now, after.slot)
            && (ticket.min_assets, ticket.exit_fee_bps) == (bound, after.vault.fees.exit_bps)
            && ticket.overdue_at == after.now + i64::from(after.vault.limits.deadline())
            && ticket.in_kind_at == after.now + 2 * i64::from(after.vault.limits.deadline())
    });
    hold!("a request is one ticket at the tail", right, "{ticket:?} for {shares} shares");
    let vault = &after.vault;
    let least = after.vault.limits.min_ticket.min(before.users[user].shares);
    hold!("a ticket is no smaller than the least", shares >= least, "{shares} of at least {least}");
    let counts = (vault.ticket_tail, vault.ticket_head, vault.queued_shares, vault.shares);
    let old = &before.vault;
    let expected = (tail + 1, old.ticket_head, old.queued_shares + shares, old.shares);
    hold!("a request is one ticket at the tail", counts == expected, "{counts:?}, expected {expected:?}");
    Ok(())
}

fn filled(count: u64, before: &Seen, after: &Seen) -> Result<(), Violation> {
    let walk = model::walk(before, count);
    let touched: Vec<u64> = walk.fates.iter().map(|(sequence, _)| *sequence).collect();
    others_same(before, after, if touched.is_empty() { &[u64::MAX] } else { &touched })?;
    let (vault, old) = (&after.vault, &before.vault);
    hold!(
        "tickets are paid in order",
        vault.ticket_head == walk.head,
        "head at {}, expected {}",
        vault.ticket_head,
        walk.head
    );
    let (mut burnt, mut paid, mut passed) = (0, 0, 0);
    for (sequence, fate) in &walk.fates {
        let (Some(was), Some(is)) = (before.ticket(*sequence), after.ticket(*sequence)) else {
            hold!("tickets are conserved", false, "ticket {sequence} is gone");
            continue;
        };
        let gone = u128::from(was.shares_left) - u128::from(is.shares_left);
        let got = u128::from(is.claimable) - u128::from(was.claimable);
        let filled = u128::from(is.filled_assets) - u128::from(was.filled_assets);
        match *fate {
            Fate::Paid(shares, assets) => {
                let status = if is.shares_left == 0 { TicketStatus::Filled } else { TicketStatus::Open };
                let right = (gone, got, filled) == (shares, assets, assets) && is.status == status as u8;
                hold!("tickets are paid exactly", right, "{gone} shares for {got}, expected {fate:?}: {is:?}");
                (burnt, paid) = (burnt + shares, paid + assets);
            }
            Fate::Passed => {
                hold!("a passed ticket keeps its shares", (gone, got) == (0, 0) && is.is_passed(), "{is:?}");
                passed += u128::from(is.shares_left);
            }
        }
    }
    let by = |was: u64, is: u64| u128::from(is) - u128::from(was);
    let counts = (
        by(vault.shares, old.shares),
        by(old.claims_owed, vault.claims_owed),
        by(old.passed_shares, vault.passed_shares),
    );
    hold!(
        "tickets are paid exactly",
        counts == (burnt, paid, passed),
        "{counts:?}, expected {:?}",
        (burnt, paid, passed)
    );
    hold!(
        "fees follow their definition",
        walk.books == model::Books::of(after),
        "{:?}, expected {:?}",
        model::Books::of(after),
        walk.books
    );
    let kept = model::locked(&after.ledger, after.now).abs_diff(model::locked(&before.ledger, before.now));
    // Dust that is worth less than its fee is paid nothing, and nothing is booked of it.
    let booked = if paid == 0 { 0 } else { walk.kept };
    hold!("fees that stay are locked", u128::from(kept) == booked, "{kept} of {booked}");
    hold!("a fill does something", walk.head > old.ticket_head || burnt > 0, "nothing");
    Ok(())
}

/// A ticket handed on is the same but for its owner.
fn handed(world: &World, sequence: u64, to: usize, before: &Seen, after: &Seen) -> Result<(), Violation> {
    others_same(before, after, &[sequence])?;
    let expected = before.ticket(sequence).map(|ticket| Ticket { owner: world.users[to].pubkey(), ..*ticket });
    let same = match (&expected, after.ticket(sequence)) {
        (Some(expected), Some(is)) => bytemuck::bytes_of(expected) == bytemuck::bytes_of(is),
        _ => false,
    };
    hold!("a ticket handed on is the same", same, "{:?}, expected {expected:?}", after.ticket(sequence));
    Ok(())
}

/// A ticket in kind is over, no sooner than its second deadline; what it was paid before stays claimable.
fn in_kind(sequence: u64, before: &Seen, after: &Seen) -> Result<(), Violation> {
    others_same(before, after, &[sequence])?;
    let Some(was) = before.ticket(sequence) else {
        hold!("only an owner goes in kind", false, "ticket {sequence} did not exist");
        return Ok(());
    };
    let waited = after.now - was.requested_at;
    hold!("in kind only after the second deadline", after.now >= was.in_kind_at, "{was:?} after {waited} s");
    let over = match after.ticket(sequence) {
        Some(is) => is.shares_left == 0 && is.claimable == was.claimable && was.claimable > 0,
        None => was.claimable == 0,
    };
    hold!("in kind burns what was not paid", over, "{:?} is left of {was:?}", after.ticket(sequence));
    let (vault, old) = (&after.vault, &before.vault);
    let escrowed = |vault: &vault::Vault| vault.queued_shares + vault.passed_shares;
    let burnt = (old.shares - vault.shares, escrowed(old) - escrowed(vault));
    hold!(
        "in kind burns what was not paid",
        burnt == (was.shares_left, was.shares_left),
        "{burnt:?} of {}",
        was.shares_left
    );
    Ok(())
}

fn claimed(world: &World, user: usize, sequence: u64, before: &Seen, after: &Seen) -> Result<(), Violation> {
    others_same(before, after, &[sequence])?;
    let Some(was) = before.ticket(sequence) else {
        hold!("only an owner claims", false, "ticket {sequence} did not exist");
        return Ok(());
    };
    hold!("only an owner claims", was.owner == world.users[user].pubkey(), "{was:?} claimed by user {user}");
    let got = after.users[user].base - before.users[user].base;
    hold!("a claim pays what was owed, once", got == was.claimable, "{got} of {}", was.claimable);
    let is = after.ticket(sequence);
    let right = match is {
        Some(is) => is.claimable == 0 && is.shares_left == was.shares_left && was.shares_left > 0,
        None => was.shares_left == 0,
    };
    hold!("a claim pays what was owed, once", right, "{is:?} is left of {was:?}");
    Ok(())
}

fn cancelled(world: &World, user: usize, sequence: u64, before: &Seen, after: &Seen) -> Result<(), Violation> {
    others_same(before, after, &[sequence])?;
    let Some(was) = before.ticket(sequence) else {
        hold!("only an owner cancels", false, "ticket {sequence} did not exist");
        return Ok(());
    };
    hold!("only an owner cancels", was.owner == world.users[user].pubkey(), "{was:?} cancelled by user {user}");
    let back = after.users[user].shares - before.users[user].shares;
    hold!("a cancel gives back what was not paid", back == was.shares_left, "{back} of {}", was.shares_left);
    let is = after.ticket(sequence);
    let right = match is {
        Some(is) => is.shares_left == 0 && is.claimable == was.claimable && was.claimable > 0,
        None => was.claimable == 0,
    };
    hold!("a cancel gives back what was not paid", right, "{is:?} is left of {was:?}");
    Ok(())
}
