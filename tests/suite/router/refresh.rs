//! `refresh` of a line without a swap: its value from the market's own books, in three readings.
//!
//! The market holds 1,000 USDC, 400 of them the line's, and lends 800: the curve's point of 80% at 4% a year. klend
//! counts 63,072,000 slots a year and keeps 10% of the interest.

use super::*;

use gimbal::instructions::router::{self, LineContext};
use lending_venue::ReserveConfig;
use strategy_router::LineParams;

/// The market with 800 USDC lent, in the very slot of the loan.
fn lent(change: impl FnOnce(&mut LinePlan)) -> Fixture {
    let (mut fx, _) = shared_market(change);
    fx.lending().borrow(0, 800 * USDC).unwrap();
    fx
}

/// The line's low, mid and high value.
fn value(fx: &Fixture) -> [u64; 3] {
    let line = fx.line(0);
    [line.low, line.mid, line.high]
}

#[test]
fn anybody_values_a_line_and_nothing_but_the_ledger_changes() {
    let mut fx = lent(|line| line.params.haircut_bps = 0);
    let before = fx.ledger();
    fx.warp(10);
    let receipt = fx.router().refresh(0).unwrap();
    let (ledger, line) = (fx.ledger(), fx.line(0));
    assert_eq!((line.valued_at, line.valued_slot), (now(&fx), fx.chain.clock().unwrap().slot));
    assert_eq!((ledger.cash_tracked, ledger.actions), (before.cash_tracked, before.actions));
    let RouterEvent::Valued(event) = event(&receipt) else { panic!("a line was valued") };
    assert_eq!((event.line, event.time, event.slot), (1, now(&fx), fx.chain.clock().unwrap().slot));
    assert_eq!([event.low, event.mid, event.high], value(&fx));
    assert_eq!(event.liquidity, 200 * USDC);
    fx.assert_identities();
}

#[test]
fn low_is_what_the_books_say_and_high_what_they_will_say() {
    let mut fx = lent(|line| line.params.haircut_bps = 0);
    fx.router().refresh(0).unwrap();
    assert_eq!(value(&fx), [400 * USDC; 3]);
    // 150 slots: 800 USDC · 4% · 150 / 63,072,000 = 76.1035 units, of which 90% are the depositors' and 40% of these
    // the line's: 27.397. High is rounded up, mid halfway, low the books as they stand.
    fx.warp(60);
    fx.router().refresh(0).unwrap();
    assert_eq!(value(&fx), [400_000_000, 400_000_014, 400_000_028]);
    // Once the market has booked them, they are the line's, rounded down.
    fx.lending().refresh(0).unwrap();
    fx.router().refresh(0).unwrap();
    assert_eq!(value(&fx), [400_000_027; 3]);
}

#[test]
fn a_day_of_interest_counts_half() {
    // 216,000 slots: 800 USDC · 4% / 292 = 109,589.04; 90% and 40% of it are 39,452.05.
    let mut fx = lent(|line| {
        line.params.haircut_bps = 0;
        line.params.max_venue_age = 216_000;
    });
    fx.warp(DAY);
    fx.router().refresh(0).unwrap();
    assert_eq!(value(&fx), [400_000_000, 400_019_726, 400_039_453]);
}

#[test]
fn what_the_market_could_not_pay_is_cut_from_low() {
    // 200 of the 400 USDC are not there; 1% of them.
    let mut fx = lent(|_| ());
    fx.router().refresh(0).unwrap();
    assert_eq!(value(&fx), [398 * USDC, 400 * USDC, 400 * USDC]);
    assert_eq!(fx.line(0).liquidity, 200 * USDC);
    // 1% of 200.000027, rounded up.
    fx.warp(60);
    fx.lending().refresh(0).unwrap();
    fx.router().refresh(0).unwrap();
    assert_eq!(value(&fx), [398_000_026, 400_000_027, 400_000_027]);
    // At full utilisation all of it is cut.
    let mut fx = lent(|line| line.params.haircut_bps = 10_000);
    fx.lending().borrow(0, u64::MAX).unwrap();
    fx.router().refresh(0).unwrap();
    assert_eq!((value(&fx), fx.line(0).liquidity), ([0, 400 * USDC, 400 * USDC], 0));
}

#[test]
fn a_cap_on_withdrawals_makes_the_rest_illiquid() {
    let mut fx = lent(|_| ());
    let cap = lending_venue::Cap { capacity: 50 * 1_000_000, interval_length: DAY };
    fx.lending().set_config(0, ReserveConfig { deposit_cap: cap, ..quiet(1).lines[0].reserve }).unwrap();
    fx.router().refresh(0).unwrap();
    // 1% of 350.
    assert_eq!((value(&fx), fx.line(0).liquidity), ([396_500_000, 400 * USDC, 400 * USDC], 50 * USDC));
}

#[test]
fn the_curve_is_taken_along() {
    let mut fx = lent(|_| ());
    fx.warp(60);
    fx.lending().refresh(0).unwrap();
    fx.router().refresh(0).unwrap();
    let curve = fx.line(0).curve;
    // 68.49 units of interest for depositors, 76.10 of debt, rounded up.
    assert_eq!((curve.supply, curve.borrowed, curve.take_bps, curve.points), (1_000_000_069, 800_000_077, 1_000, 11));
    assert_eq!(curve.util_bps[..5], [0, 8_000, 9_500, 10_000, 10_000]);
    assert_eq!(curve.rate_bps[..5], [50, 400, 1_600, 12_000, 12_000]);
}

#[test]
fn a_loss_counts_at_once() {
    let mut fx = lent(|line| line.params.haircut_bps = 0);
    let all = lending_venue::WriteOffArgs { borrower: lending_venue::state::Borrowers::OPERATOR, amount: 250 * USDC };
    fx.lending().write_off(0, all).unwrap();
    fx.router().refresh(0).unwrap();
    // 40% of the 750 that are left.
    assert_eq!(value(&fx), [300 * USDC; 3]);
    assert_eq!(fx.ledger().nav(now(&fx)).unwrap().mid, 900 * USDC);
}

#[test]
fn books_that_are_too_old_price_nothing() {
    let mut fx = lent(|_| ());
    // 150 slots are allowed, 151 are not.
    fx.warp(60);
    fx.router().refresh(0).unwrap();
    fx.chain.advance_slots(1).unwrap();
    fx.assert_refused("StaleVenue", |fx| fx.router().refresh(0));
    fx.lending().refresh(0).unwrap();
    fx.router().refresh(0).unwrap();
    let owner = fx.deployment.actors.owner.insecure_clone();
    let patient = LineParams { max_venue_age: 151, ..LineParams::of(&fx.line(0)) };
    fx.router().queued().set_bounds(&owner, 0, patient).unwrap();
    fx.chain.advance_slots(151).unwrap();
    fx.router().refresh(0).unwrap();
}

#[test]
fn nav_is_as_old_as_the_oldest_line() {
    let (mut fx, alice) = funded(quiet(2), 1_000 * USDC);
    fx.router().rebalance(0).unwrap();
    fx.warp(60);
    fx.refresh_all();
    fx.router().rebalance(1).unwrap();
    let first = now(&fx);
    fx.warp(60);
    fx.lending().refresh(1).unwrap();
    fx.router().refresh(1).unwrap();
    let totals = fx.ledger().totals;
    assert_eq!((totals.low, totals.mid, totals.high, totals.oldest_at), (900 * USDC, 900 * USDC, 900 * USDC, first));
    // 600 seconds are allowed.
    fx.warp(540);
    fx.deployment.post_prices(&mut fx.chain).unwrap();
    fx.vault().deposit(&alice, USDC, 0).unwrap();
    fx.warp(1);
    fx.assert_refused("StaleNav", |fx| fx.vault().deposit(&alice, USDC, 0));
    fx.lending().refresh(0).unwrap();
    fx.router().refresh(0).unwrap();
    fx.vault().deposit(&alice, USDC, 0).unwrap();
}

#[test]
fn a_line_that_holds_nothing_makes_no_nav_old() {
    let (mut fx, alice) = funded(quiet(2), 1_000 * USDC);
    fx.warp(3_600);
    fx.deployment.post_prices(&mut fx.chain).unwrap();
    fx.vault().deposit(&alice, USDC, 0).unwrap();
    assert_eq!(fx.ledger().nav(now(&fx)).unwrap().high, 1_001 * USDC);
}

#[test]
fn the_accounts_are_the_lines_own() {
    let mut fx = Fixture::from_plan(quiet(2));
    let context = fx.deployment.vault;
    let [one, two] = [0, 1].map(|place: usize| fx.deployment.lines[place].context.clone());
    let changed = |change: fn(&mut LineContext, &LineContext)| {
        let mut line = one.clone();
        change(&mut line, &two);
        router::refresh(&context, &line)
    };
    for wrong in [
        changed(|line, other| line.pinned[0] = other.pinned[0]),
        changed(|line, other| line.pinned[1] = other.pinned[1]),
        changed(|line, _| line.pinned.swap(0, 1)),
        changed(|line, _| line.value_count = 1),
        changed(|line, _| line.value_count = 3),
        changed(|line, _| line.value_count = 0),
    ] {
        fx.assert_refused("VenueAccountMismatch", |fx| fx.send(&[wrong], &[]));
    }
    let number = changed(|line, other| line.addresses.venue = other.addresses.venue);
    fx.assert_refused("UnknownLine", |fx| fx.send(&[number], &[]));
    own::open(&mut fx);
    let foreign = router::refresh(&fx.deployment.vault, &one);
    fx.assert_refused("ForeignAccount", |fx| fx.send(&[foreign], &[]));
}
