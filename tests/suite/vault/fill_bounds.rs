//! `fill_tickets` and the least payment that a ticket's owner accepts: paid within it, passed below it, and never passed
//! for values that are merely old.

use super::*;
use ::vault::TicketStatus;
use lending_venue::{state::Borrowers, WriteOffArgs};

/// 40.1 shares are worth 50.1 USDC.
const SHARES: u64 = 40_100_000;
const WORTH: u64 = 50_100_000;

fn now(fx: &Fixture) -> i64 {
    fx.chain.clock().unwrap().unix_timestamp
}

fn nav_low(fx: &Fixture) -> u64 {
    fx.ledger().nav(now(fx)).unwrap().low
}

/// Alice has 1,000 shares and 600 of 1,000 USDC in a line that widens by 0.01% per √second, which is 1% in a little less
/// than three hours; valuations are good for a day.
fn widening() -> (Fixture, User) {
    let mut plan = Plan::with_lines(1);
    plan.limits.max_valuation_age = 86_400;
    plan.lines[0].params.widen_rate = 100_000;
    plan.lines[0].params.max_venue_age = 216_000;
    (plan.lines[0].params.target_bps, plan.lines[0].params.max_bps) = (3_000, 6_000);
    let mut fx = Fixture::from_plan(plan);
    let alice = fx.depositor(2_000 * USDC);
    fx.vault().deposit_and_allocate(&alice, 1_000 * USDC, 0, 0).unwrap();
    fx.refresh_all();
    (fx, alice)
}

#[test]
fn a_bound_that_is_met_to_the_unit_is_met() {
    let (mut fx, alice) = appreciated();
    fx.vault().request_redeem_at_least(&alice, SHARES, WORTH).unwrap();
    assert_eq!(fx.ticket(0).unwrap().min_assets, WORTH);
    fx.vault().fill_tickets(1).unwrap();
    assert_eq!(fx.ticket(0).unwrap().claimable, WORTH);
    assert_eq!(fx.vault_state().passed_shares, 0);
    fx.assert_identities();
}

#[test]
fn a_bound_that_is_missed_by_a_unit_is_passed_and_keeps_its_shares() {
    let (mut fx, alice) = appreciated();
    let bob = fx.depositor(100 * USDC);
    fx.vault().request_redeem_at_least(&alice, SHARES, WORTH + 1).unwrap();
    fx.vault().deposit(&bob, 100 * USDC, 0).unwrap();
    // In the second of an entry nobody is paid more than it cost.
    fx.warp(1);
    fx.vault().request_redeem(&bob, 10 * USDC).unwrap();
    let receipt = fx.vault().fill_tickets(2).unwrap();

    let ticket = fx.ticket(0).unwrap();
    assert_eq!(ticket.status, TicketStatus::Passed as u8);
    assert_eq!((ticket.shares_left, ticket.claimable, ticket.filled_assets), (SHARES, 0, 0));
    assert_eq!(fx.ticket(1).unwrap().status, TicketStatus::Filled as u8, "who stands behind is paid in the same call");
    let vault = fx.vault_state();
    assert_eq!((vault.ticket_head, vault.queued_shares, vault.passed_shares), (2, 0, SHARES));
    assert_eq!(fx.balance(&fx.deployment.vault.addresses.escrow), SHARES);
    assert_eq!(fx.ledger().reserved, 0, "nothing is kept for a ticket that was passed");
    let events = vault_events(&receipt);
    let [VaultEvent::TicketPassed(event), VaultEvent::TicketFilled(_)] = events.as_slice() else {
        panic!("passed and filled, not {events:?}")
    };
    assert_eq!((event.ticket, event.sequence), (fx.deployment.vault.ticket(0), 0));
    assert_eq!((event.shares, event.offered, event.bound), (SHARES, WORTH, WORTH + 1));
    fx.assert_identities();

    // Its turn does not come again; its owner has it back and may queue anew.
    fx.assert_refused("NothingToFill", |fx| fx.vault().fill_tickets(1));
    fx.vault().cancel(&alice, 0).unwrap();
    assert_eq!((fx.balance(&alice.shares), fx.vault_state().passed_shares), (400 * USDC, 0));
    fx.assert_identities();
}

#[test]
fn a_part_is_bound_by_its_part() {
    let (mut fx, alice) = invested();
    // 400 of 1,000 USDC are cash, and a share is worth a little less than one while the line's value is rounded down.
    fx.vault().request_redeem_at_least(&alice, 1_000 * USDC, 990 * USDC).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    let ticket = fx.ticket(0).unwrap();
    let paid = ticket.shares - ticket.shares_left;
    assert!(ticket.is_open() && paid > 0);
    assert!(u128::from(ticket.filled_assets) * 1_000 >= u128::from(paid) * 990);
    fx.assert_identities();

    // A loss before the rest is paid: what was paid stays, the rest is passed.
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.router().recall(&guardian, 0, 300 * USDC).unwrap();
    // A fifth of all loans is 14% of what the market owes its depositors.
    let args = WriteOffArgs { borrower: Borrowers::OPERATOR, amount: 700_000 * USDC };
    fx.lending().write_off(0, args).unwrap();
    fx.refresh_all();
    fx.vault().fill_tickets(1).unwrap();
    let after = fx.ticket(0).unwrap();
    assert_eq!(after.status, TicketStatus::Passed as u8);
    assert_eq!((after.shares_left, after.claimable), (ticket.shares_left, ticket.claimable));
    fx.assert_identities();
    fx.vault().claim(&alice, 0).unwrap();
    assert_eq!(fx.ticket(0).unwrap().claimable, 0, "still there: its shares are");
    fx.vault().cancel(&alice, 0).unwrap();
    assert!(fx.ticket(0).is_none());
    fx.assert_identities();
}

#[test]
fn too_little_cash_passes_nobody() {
    let (mut fx, alice) = invested();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    let low = nav_low(&fx);
    let bound = worth(1_000 * USDC, low, 1_000 * USDC);
    fx.vault().request_redeem_at_least(&alice, 1_000 * USDC, bound.min(low)).unwrap();
    // Cash in pieces of a few units: each part is rounded down against the owner, none of it is a reason to pass.
    fx.vault().fill_tickets(1).unwrap();
    for amount in [7, 1, 13, 2_000_001] {
        fx.refresh_all();
        fx.router().recall(&guardian, 0, amount).unwrap();
        let outcome = fx.vault().fill_tickets(1);
        assert!(outcome.is_ok() || outcome.unwrap_err().name() == "NothingToFill");
        assert!(fx.ticket(0).unwrap().is_open(), "after {amount} more");
    }
    fx.assert_identities();
}

/// Somebody waits until the widening by age carries NAV low below a ticket's bound, and triggers a fill.
#[test]
fn nobody_has_a_ticket_passed_by_waiting_for_values_to_age() {
    let (mut fx, alice) = widening();
    let fresh = worth(100 * USDC, nav_low(&fx), 1_000 * USDC);
    fx.vault().request_redeem_at_least(&alice, 100 * USDC, fresh).unwrap();
    for seconds in [1, 58, 60, 10_000, 70_000] {
        fx.warp(seconds);
        let aged = worth(100 * USDC, nav_low(&fx), 1_000 * USDC);
        assert!(aged < fresh, "{aged} after {seconds} s more");
        fx.assert_refused("RefreshFirst", |fx| fx.vault().fill_tickets(1));
    }
    // A refresh gives the price back, and interest with it.
    fx.refresh_all();
    fx.vault().fill_tickets(1).unwrap();
    assert!(fx.ticket(0).unwrap().claimable >= fresh);
    fx.assert_identities();
}

/// The other way round: values have risen since the last valuation, and the bound lies between.
#[test]
fn values_older_than_a_minute_pass_nobody() {
    let (mut fx, alice) = widening();
    let known = worth(100 * USDC, nav_low(&fx), 1_000 * USDC);
    fx.vault().request_redeem_at_least(&alice, 100 * USDC, known + 2).unwrap();
    let mut aged = fx.clone();
    aged.warp(61);
    aged.assert_refused("RefreshFirst", |fx| fx.vault().fill_tickets(1));
    aged.warp(80_000);
    aged.assert_refused("RefreshFirst", |fx| fx.vault().fill_tickets(1));
    // The interest of that time meets it.
    aged.refresh_all();
    aged.vault().fill_tickets(1).unwrap();
    assert_eq!(aged.ticket(0).unwrap().status, TicketStatus::Filled as u8);
    // Values of the last minute do pass it.
    fx.warp(60);
    fx.vault().fill_tickets(1).unwrap();
    assert_eq!(fx.ticket(0).unwrap().status, TicketStatus::Passed as u8);
    fx.assert_identities();
}

/// A bound between the aged and the refreshed price would hold everybody behind it up, where no refresh and fill ever land
/// in one second. It does so until its own first deadline.
#[test]
fn a_tight_bound_holds_the_queue_up_until_its_first_deadline() {
    let (mut fx, alice) = widening();
    let bob = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&bob, 1_000 * USDC, 0).unwrap();
    // What 100 shares will be worth just before a week is over, to the unit: the same steps on a copy of the chain.
    let until_late = |fx: &mut Fixture, bound| {
        fx.vault().request_redeem_at_least(&alice, 100 * USDC, bound).unwrap();
        fx.vault().request_redeem(&bob, 100 * USDC).unwrap();
        fx.pass(7 * DAY - 40);
    };
    let mut copy = fx.clone();
    until_late(&mut copy, 0);
    let tight = worth(100 * USDC, nav_low(&copy), copy.vault_state().shares);
    until_late(&mut fx, tight);

    fx.warp(30);
    assert!(now(&fx) < fx.ticket(0).unwrap().overdue_at);
    fx.assert_refused("RefreshFirst", |fx| fx.vault().fill_tickets(2));
    fx.warp(30);
    assert!(now(&fx) >= fx.ticket(0).unwrap().overdue_at);
    fx.vault().fill_tickets(2).unwrap();
    assert_eq!(fx.ticket(0).unwrap().status, TicketStatus::Passed as u8);
    assert_eq!(fx.ticket(1).unwrap().status, TicketStatus::Filled as u8);
    fx.assert_identities();
}

/// Locked gains are not the leavers': no refresh brings them, so a bound that asks for them is passed and holds nobody up.
#[test]
fn a_bound_that_asks_for_locked_gains_is_passed() {
    let (mut fx, alice) = gained();
    // 100 of 500 USDC are locked: 40.1 shares are paid 40.1.
    fx.vault().request_redeem_at_least(&alice, SHARES, SHARES + 1).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    assert_eq!(fx.ticket(0).unwrap().status, TicketStatus::Passed as u8);
    fx.assert_identities();
}

#[test]
fn a_bound_that_nothing_meets_is_passed() {
    let (mut fx, alice) = appreciated();
    fx.vault().request_redeem_at_least(&alice, SHARES, u64::MAX).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    assert_eq!(fx.ticket(0).unwrap().status, TicketStatus::Passed as u8);
}

#[test]
fn the_fee_is_taken_before_the_bound_is_held_against_it() {
    let mut plan = Plan::with_lines(0);
    plan.fees.exit_bps = 100;
    let mut fx = Fixture::from_plan(plan);
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
    // One for one, less 1%.
    fx.vault().request_redeem_at_least(&alice, 100 * USDC, 99 * USDC).unwrap();
    fx.vault().request_redeem_at_least(&alice, 100 * USDC, 99 * USDC + 1_000_000).unwrap();
    let receipt = fx.vault().fill_tickets(2).unwrap();
    assert_eq!(fx.ticket(0).unwrap().claimable, 99 * USDC);
    assert_eq!(fx.ticket(1).unwrap().status, TicketStatus::Passed as u8);
    let events = vault_events(&receipt);
    let [VaultEvent::TicketFilled(filled), VaultEvent::TicketPassed(_)] = events.as_slice() else {
        panic!("filled and passed, not {events:?}")
    };
    assert_eq!((filled.assets, filled.fee), (99 * USDC, USDC));
    assert_eq!((fx.ledger().cash_tracked, fx.vault_state().shares), (901 * USDC, 900 * USDC), "it stays in the pool");
    fx.assert_identities();
}
