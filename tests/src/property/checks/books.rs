//! Tracked amounts are balances, sums are sums, and the queue is in order.

use super::{hold, Call, Violation};
use crate::property::seen::Seen;
use crate::property::world::PURSE;

/// What holds whatever was done.
pub(super) fn check(call: &Call, before: &Seen, after: &Seen) -> Result<(), Violation> {
    balances(call, before, after)?;
    shares(call, before, after)?;
    ledger(after)?;
    queue(after)?;
    claims_within_assets(after)
}

/// What lies beside the tracked amounts was sent unasked, and only somebody who sends something makes it more.
fn balances(call: &Call, before: &Seen, after: &Seen) -> Result<(), Violation> {
    let surplus = |balance: u64, tracked: u64| i128::from(balance) - i128::from(tracked);
    let sides = |seen: &Seen| {
        [
            surplus(seen.cash, seen.ledger.cash_tracked),
            surplus(seen.claims, seen.vault.claims_owed),
            surplus(seen.escrow, seen.vault.queued_shares + seen.vault.passed_shares),
        ]
    };
    let (was, is) = (sides(before), sides(after));
    let mut expected = was;
    match *call {
        Call::Donate { place, assets, .. } if place < 2 => expected[place as usize] += i128::from(assets),
        Call::DonateShares { shares, .. } => expected[2] += i128::from(shares),
        Call::HarvestCash => expected[0] = 0,
        // Whoever is told another recipient may send to any of the three; none may come to hold less.
        Call::Foreign { .. } => expected = [was[0].max(is[0]), was[1].max(is[1]), was[2].max(is[2])],
        _ => {}
    }
    hold!(
        "tracked = balances",
        is == expected,
        "cash, claims, escrow beyond the books: {was:?}, then {is:?}, expected {expected:?}"
    );
    for (place, (seen, old)) in after.lines.iter().zip(&before.lines).enumerate() {
        let (row, old_row) = (after.row(place), before.row(place));
        let beside = |line: &crate::property::seen::LineSeen, row: &strategy_router::state::Line| {
            [surplus(line.receipts, row.position), surplus(line.tokens, row.in_flight)]
        };
        let (was, is) = (beside(old, old_row), beside(seen, row));
        let mut expected = was;
        match *call {
            Call::DonateReceipts { place: to, tokens } if to == place => expected[0] += i128::from(tokens),
            Call::Harvest { place: of } if of == place => expected = [0, 0],
            // Whatever is adopted is adopted whole.
            Call::Foreign { .. } if is != [0, 0] => expected = [was[0].max(is[0]), was[1].max(is[1])],
            Call::Foreign { .. } => expected = [0, 0],
            _ => {}
        }
        hold!(
            "tracked = balances",
            is == expected,
            "line {place}, receipts and tokens beyond the books: {was:?}, then {is:?}"
        );
    }
    Ok(())
}

/// Shares in issue are the vault's count, holders' own burns excepted; all are somebody's.
fn shares(call: &Call, before: &Seen, after: &Seen) -> Result<(), Violation> {
    let missing = |seen: &Seen| i128::from(seen.vault.shares) - i128::from(seen.supply);
    let burnt = match *call {
        Call::Burn { shares, .. } => i128::from(shares),
        _ => 0,
    };
    hold!(
        "shares tracked = supply",
        missing(after) == missing(before) + burnt,
        "{} tracked, supply {}; before {} and {}",
        after.vault.shares,
        after.supply,
        before.vault.shares,
        before.supply
    );
    let held: u128 = after.users.iter().map(|user| u128::from(user.shares)).sum();
    let known = held + u128::from(after.escrow);
    hold!("all shares are somebody's", known == u128::from(after.supply), "{known} found, supply {}", after.supply);
    Ok(())
}

/// The ledger's identities, summed anew.
fn ledger(after: &Seen) -> Result<(), Violation> {
    let ledger = &after.ledger;
    let sum = |parts: &[u64]| parts.iter().map(|part| u128::from(*part)).sum::<u128>();
    let sources = sum(&[ledger.credited, ledger.returned, ledger.surplus_adopted]);
    let uses = sum(&[ledger.cash_tracked, ledger.paid, ledger.invested, ledger.keeper_paid, ledger.bounties_paid]);
    hold!("sources = uses", sources == uses, "{sources} and {uses}");
    let of = |value: fn(&strategy_router::state::Line) -> u64| {
        ledger.lines.iter().filter(|line| line.is_used()).map(|line| u128::from(value(line))).sum::<u128>()
    };
    let (totals, lines) = (&ledger.totals, [of(|line| line.low), of(|line| line.mid), of(|line| line.high)]);
    let stored = [totals.low, totals.mid, totals.high].map(u128::from);
    hold!("totals = sums over the lines", lines == stored, "{lines:?}, stored {stored:?}");
    hold!("low ≤ mid ≤ high", stored[0] <= stored[1] && stored[1] <= stored[2], "{stored:?}");
    let defined = crate::property::model::nav(ledger, after.now);
    hold!("NAV follows its definition", defined == after.nav, "{:?}, expected {defined:?}", after.nav);
    if let Some(nav) = &after.nav {
        hold!("low ≤ mid ≤ high", nav.low <= nav.mid && nav.mid <= nav.high, "{nav:?}");
    }
    hold!("vault and router agree on flows", after.vault.deposited == ledger.credited, "{} in", after.vault.deposited);
    hold!("vault and router agree on flows", after.vault.withdrawn == ledger.paid, "{} out", after.vault.withdrawn);
    hold!("the ledger is idle", ledger.busy == 0, "busy");
    Ok(())
}

/// The tickets add up to what the vault counts, and none that is open lies outside the queue.
fn queue(after: &Seen) -> Result<(), Violation> {
    let vault = &after.vault;
    let open = || after.tickets.iter().filter(|ticket| ticket.is_open());
    let left: u128 = open().map(|ticket| u128::from(ticket.shares_left)).sum();
    let claimable: u128 = after.tickets.iter().map(|ticket| u128::from(ticket.claimable)).sum();
    hold!("tickets = queue", left == u128::from(vault.queued_shares), "{left} open, {} queued", vault.queued_shares);
    hold!("tickets = claims", claimable == u128::from(vault.claims_owed), "{claimable}, {} owed", vault.claims_owed);
    let passed = after.tickets.iter().filter(|ticket| ticket.is_passed());
    let passed: u128 = passed.map(|ticket| u128::from(ticket.shares_left)).sum();
    hold!(
        "tickets = queue",
        passed == u128::from(vault.passed_shares),
        "{passed} passed, {} counted",
        vault.passed_shares
    );
    let made = vault.fee_shares + vault.fees.minted;
    hold!(
        "fee shares are counted",
        made == vault.fee_shares_made,
        "{made} wait or minted, {} made",
        vault.fee_shares_made
    );
    let queue = vault.ticket_head..vault.ticket_tail;
    let stray = open().find(|ticket| !queue.contains(&ticket.sequence));
    hold!("the queue is in order", stray.is_none(), "{stray:?} outside of {queue:?}");
    Ok(())
}

/// All claims together are within what there is: claims in their own account; pay in cash; and what every share would be
/// paid now, one after the other, within NAV low.
fn claims_within_assets(after: &Seen) -> Result<(), Violation> {
    hold!("claims ≤ assets", after.vault.claims_owed <= after.claims, "{} owed", after.vault.claims_owed);
    let Some(nav) = &after.nav else { return Ok(()) };
    let mut pool = crate::property::model::Pool::at(after, nav.low);
    let queued = after.vault.queued_shares + after.vault.passed_shares;
    for shares in after.users.iter().map(|user| user.shares).chain([queued]) {
        let paid = pool.redeem(shares.into());
        hold!("claims ≤ assets", paid <= pool.assets, "{paid} of {pool:?}");
        pool.assets -= paid;
        pool.shares -= u128::from(shares);
    }
    // Far above what this world holds: an amount that wrapped around would show here.
    hold!("claims ≤ assets", nav.high < PURSE * 1_000, "NAV high is {}", nav.high);
    Ok(())
}
