//! Each flow is the exact quotient rounded for the pool, by at most one unit, and what its preview showed.

use gimbal::preview::Preview;
use gimbal_control::Direction;
use strategy_router::state::Nav;

use super::{hold, Call, Violation};
use crate::property::model::{locked, Books, Move, Pool, Wish};
use crate::property::seen::Seen;
use crate::property::world::{World, HOLDERS};
use crate::Asset;

/// Rounds after which a fee and the price that depends on it agree: a fee is at most one part in a hundred of it.
const ROUNDS: usize = 4;

/// What the client's preview showed before the flow; an error's text where it refused; none for what has no preview.
pub type Promise = Option<Result<Move, String>>;

/// Who wants what, where the call is a flow.
fn wish(call: &Call) -> Option<(usize, Wish)> {
    Some(match *call {
        Call::Deposit { user, assets } | Call::DepositInto { user, assets, .. } => (user, Wish::Deposit(assets)),
        Call::Mint { user, shares } => (user, Wish::Mint(shares)),
        Call::Withdraw { user, assets } => (user, Wish::Withdraw(assets)),
        Call::Redeem { user, shares } | Call::RedeemRecall { user, shares, .. } => (user, Wish::Redeem(shares)),
        _ => return None,
    })
}

/// Asks the client for a preview.
pub fn preview(world: &World, call: &Call) -> Promise {
    let (_, wish) = wish(call)?;
    let preview = Preview::read(&world.fx.chain, &world.fx.deployment.vault.addresses.vault);
    let shown = preview.and_then(|preview| match wish {
        Wish::Deposit(assets) => preview.deposit(assets),
        Wish::Mint(shares) => preview.mint(shares),
        Wish::Withdraw(assets) => preview.withdraw(assets),
        Wish::Redeem(shares) => preview.redeem(shares),
    });
    let shown =
        shown.map(|flow| Move { assets: flow.assets.0.into(), shares: flow.shares.0.into(), fee: flow.fee.0.into() });
    Some(shown.map_err(|error| error.to_string()))
}

/// The flow's amounts, what it leaves in the books, and that nothing that closes it was in force.
pub(super) fn check(
    world: &World,
    call: &Call,
    promise: &Promise,
    before: &Seen,
    after: &Seen,
) -> Result<(), Violation> {
    if *call == Call::Crystallise {
        return crystallised(before, after);
    }
    let Some((user, wish)) = wish(call) else { return untouched(call, before, after) };
    let (was, is) = (before.users[user], after.users[user]);
    // What stays is locked like any gain.
    let fee = u128::from(locked(&after.ledger, after.now).saturating_sub(locked(&before.ledger, before.now)));
    let moved = |from: u64, to: u64| u128::from(from.saturating_sub(to));
    let seen = if wish.is_entry() {
        Move { assets: moved(was.base, is.base), shares: moved(is.shares, was.shares), fee }
    } else {
        Move { assets: moved(is.base, was.base), shares: moved(was.shares, is.shares), fee }
    };
    let (mut books, mut actual) = (Books::of(before), seen);
    let mut nav = priced_at(call, before, after, seen)?;
    let mut expected = books.flow(before, &nav, wish);
    if matches!(call, Call::DepositInto { .. } | Call::RedeemRecall { .. }) {
        // The move that goes with the flow may lose something, which locked gains bear first: then the fee cannot be seen,
        // and is taken to be what the definition gives. The price of an exit behind a recall depends on it in turn.
        for _ in 0..ROUNDS {
            actual.fee = expected.map_or(seen.fee, |expected| expected.fee);
            nav = priced_at(call, before, after, actual)?;
            books = Books::of(before);
            expected = books.flow(before, &nav, wish);
        }
    }
    hold!(
        "rounding is optimal",
        Some(actual) == expected,
        "{call:?} moved {actual:?}, the exact quotient gives {expected:?}"
    );
    hold!("a flow moves something on both sides", actual.assets > 0 && actual.shares > 0, "{call:?} moved {actual:?}");
    hold!("the books follow their definition", books == Books::of(after), "{:?}, expected {books:?}", Books::of(after));
    if !matches!(call, Call::RedeemRecall { .. }) {
        hold!("previews equal results", *promise == Some(Ok(actual)), "{call:?} moved {actual:?}, shown {promise:?}");
    }
    cash_follows(call, before, after, actual, wish.is_entry())?;
    open(world, before, after, user, actual, &nav)
}

/// The NAV that a flow was priced at: what it found, or what the recall in front of it left.
fn priced_at(call: &Call, before: &Seen, after: &Seen, moved: Move) -> Result<Nav, Violation> {
    let found = match call {
        Call::RedeemRecall { .. } => after.nav.map(|nav| {
            let paid = moved.assets as u64;
            Nav { low: nav.low + paid + moved.fee as u64, mid: nav.mid + paid, high: nav.high + paid }
        }),
        _ => before.nav,
    };
    hold!("no flow is priced while NAV is stale", found.is_some(), "{call:?} went through at {}", before.now);
    Ok(found.expect("held above"))
}

/// Charging fees does what its definition says, and moves nothing.
fn crystallised(before: &Seen, after: &Seen) -> Result<(), Violation> {
    hold!("no fee is charged while NAV is stale", before.nav.is_some(), "charged at {}", before.now);
    let nav = before.nav.expect("held above");
    let mut books = Books::of(before);
    books.crystallise_if_due(nav.low, before.now);
    books.touch(nav.mid, before.now);
    hold!("fees follow their definition", books == Books::of(after), "{:?}, expected {books:?}", Books::of(after));
    hold!("fees follow their definition", books != Books::of(before), "charged twice within a day");
    Ok(())
}

/// What is no flow leaves fees and prices alone, but for fills, which charge what is due, and changes of rates.
fn untouched(call: &Call, before: &Seen, after: &Seen) -> Result<(), Violation> {
    if matches!(call, Call::Fill { .. } | Call::Foreign { .. } | Call::Admin { .. }) {
        return Ok(());
    }
    let (was, is) = (Books::of(before), Books::of(after));
    let same = (was.mark, was.crystallised_at, was.speed) == (is.mark, is.crystallised_at, is.speed);
    hold!("only flows touch fees and prices", same, "{call:?}: {was:?}, then {is:?}");
    let fees = was.fee_shares == is.fee_shares || *call == Call::CollectFees;
    hold!("only flows touch fees and prices", fees, "{call:?}: {} fee shares, then {}", was.fee_shares, is.fee_shares);
    Ok(())
}

/// Cash follows to the unit.
fn cash_follows(call: &Call, before: &Seen, after: &Seen, moved: Move, entry: bool) -> Result<(), Violation> {
    let by = |from: u64, to: u64| i128::from(to) - i128::from(from);
    let sign = if entry { 1 } else { -1 };
    let (old, new) = (&before.ledger, &after.ledger);
    let lines = by(old.invested, new.invested) - by(old.returned, new.returned);
    let cash = by(old.cash_tracked, new.cash_tracked) + lines;
    hold!("cash follows to the unit", cash == sign * moved.assets as i128, "{call:?}: cash by {cash}");
    Ok(())
}

/// Neither a pause nor a feed, a list, a cap nor the cash that others are owed was passed over.
fn open(world: &World, before: &Seen, after: &Seen, user: usize, moved: Move, nav: &Nav) -> Result<(), Violation> {
    let entry = after.vault.deposited > before.vault.deposited;
    let direction = if entry { Direction::Deposits } else { Direction::InstantExits };
    let paused = before.vault.pauses.is_paused(direction, before.now);
    hold!("pauses hold", !paused, "a flow at {} in spite of a pause", before.now);
    if entry {
        let feed = world.fx.feed(Asset::Base);
        let age = before.now - feed.publish_time;
        hold!("no deposit on an old price", age <= i64::from(feed.max_age), "the price is {age} s old");
        let listed = before.vault.gate_root == [0; 32] || (user as u64) < world.listed.min(HOLDERS as u64);
        hold!("the list holds", listed, "user {user} entered, {} are listed", world.listed);
        let (cap, filled) = (u128::from(before.vault.limits.deposit_cap), u128::from(nav.high) + moved.assets);
        hold!("the deposit cap holds", cap == 0 || filled <= cap, "{filled} of at most {cap}");
        return Ok(());
    }
    let shares = u128::from(before.vault.shares) + u128::from(after.vault.fee_shares);
    let pool = Pool { assets: nav.low.into(), shares };
    let queue = pool.mint(before.vault.queued_shares.into()).min(pool.assets);
    let left = u128::from(after.ledger.cash_tracked.saturating_sub(after.ledger.keeper_owed));
    hold!("exits leave what the queue is owed", left >= queue, "{left} left after {moved:?}, {queue} owed");
    Ok(())
}
