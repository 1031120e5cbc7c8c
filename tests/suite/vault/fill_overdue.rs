//! `fill_tickets` when NAV is too old: overdue tickets are paid at what the lines' last values have faded to.

use super::*;
use ::vault::TicketStatus;

/// Seconds after which a valuation is too old in the default plan, and in which it fades to nothing then.
const MAX_AGE: u64 = 600;
const FADE: u64 = 14 * DAY;
/// A ticket's first deadline.
const DEADLINE: u64 = 7 * DAY;

fn now(fx: &Fixture) -> i64 {
    fx.chain.clock().unwrap().unix_timestamp
}

/// As `invested`, and nothing widens: what is taken off with age is the fading alone.
fn plain() -> (Fixture, User) {
    let mut plan = Plan::with_lines(1);
    plan.lines[0].params.widen_rate = 0;
    (plan.lines[0].params.target_bps, plan.lines[0].params.max_bps) = (3_000, 6_000);
    let mut fx = Fixture::from_plan(plan);
    let alice = fx.depositor(2_000 * USDC);
    fx.vault().deposit_and_allocate(&alice, 1_000 * USDC, 0, 0).unwrap();
    assert_eq!(fx.ledger().cash_tracked, 400 * USDC);
    (fx, alice)
}

/// What the ledger is worth to an overdue ticket when its one line was last valued `age` seconds ago.
fn faded(fx: &Fixture, age: u64) -> u64 {
    let low = u128::from(fx.ledger().totals.low);
    let left = u128::from((FADE + MAX_AGE).saturating_sub(age.max(MAX_AGE)));
    fx.ledger().cash_tracked + u64::try_from(low * left / u128::from(FADE)).unwrap()
}

#[test]
fn nobody_is_paid_at_a_stale_nav_before_the_deadline() {
    let (mut fx, alice) = plain();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    fx.warp(DEADLINE - 1);
    fx.assert_refused("StaleNav", |fx| fx.vault().fill_tickets(1));
}

#[test]
fn an_overdue_ticket_is_paid_at_the_faded_low() {
    let (mut fx, alice) = plain();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    fx.warp(DEADLINE);
    let price = faded(&fx, DEADLINE);
    // 600 · (14 d + 600 s − 7 d) / 14 d = 300.297…, and 400 of cash.
    assert!((700 * USDC..701 * USDC).contains(&price), "{price}");
    let receipt = fx.vault().fill_tickets(1).unwrap();
    let ticket = fx.ticket(0).unwrap();
    assert_eq!(ticket.status, TicketStatus::Filled as u8);
    assert_eq!(ticket.claimable, worth(100 * USDC, price, 1_000 * USDC));
    let events = vault_events(&receipt);
    let [VaultEvent::TicketFilled(event)] = events.as_slice() else { panic!("one fill, not {events:?}") };
    assert_eq!((event.nav, event.supply), (price, 1_000 * USDC));
    fx.assert_identities();
    // Instant exits are not.
    fx.assert_refused("StaleNav", |fx| fx.vault().redeem(&alice, USDC, 0));
}

#[test]
fn the_older_the_less_until_cash_alone_counts() {
    let (mut fx, alice) = plain();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    let mut last = u64::MAX;
    for age in [DEADLINE, 10 * DAY, FADE + MAX_AGE - 1, FADE + MAX_AGE, 30 * DAY] {
        let mut later = fx.clone();
        later.warp(age);
        later.vault().fill_tickets(1).unwrap();
        let claimable = later.ticket(0).unwrap().claimable;
        assert_eq!(claimable, worth(100 * USDC, faded(&later, age) + claimable, 1_000 * USDC), "{age} s");
        assert!(claimable < last || age > FADE + MAX_AGE);
        last = claimable;
    }
    // 100 · 401 / 1,001 of 400 USDC of cash.
    assert_eq!(last, 40_059_940);
}

#[test]
fn a_fresh_nav_is_used_where_there_is_one() {
    let (mut fx, alice) = plain();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    fx.pass(DEADLINE + DAY);
    let low = fx.ledger().nav(now(&fx)).unwrap().low;
    fx.vault().fill_tickets(1).unwrap();
    assert!(low > 1_000 * USDC, "with a week's interest");
    assert_eq!(fx.ticket(0).unwrap().claimable, worth(100 * USDC, low, 1_000 * USDC));
    fx.assert_identities();
}

/// The second ticket is younger: it ends the walk without undoing what the first was paid.
#[test]
fn the_first_that_is_not_overdue_stops() {
    let (mut fx, alice) = plain();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    fx.warp(DAY);
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    fx.warp(DEADLINE - DAY);
    fx.vault().fill_tickets(2).unwrap();
    assert_eq!((fx.vault_state().ticket_head, fx.ticket(1).unwrap().shares_left), (1, 100 * USDC));
    fx.assert_refused("StaleNav", |fx| fx.vault().fill_tickets(1));
    fx.warp(DAY);
    fx.vault().fill_tickets(1).unwrap();
    assert_eq!(fx.vault_state().ticket_head, 2);
    fx.assert_identities();
}

#[test]
fn gaps_are_passed_whatever_nav_is() {
    let (mut fx, alice) = plain();
    for _ in 0..2 {
        fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    }
    fx.vault().cancel(&alice, 0).unwrap();
    fx.warp(DAY);
    fx.vault().fill_tickets(2).unwrap();
    assert_eq!((fx.vault_state().ticket_head, fx.ticket(1).unwrap().shares_left), (1, 100 * USDC));
    fx.assert_refused("StaleNav", |fx| fx.vault().fill_tickets(1));
}

/// A bound that only a refresh could meet waits for one, but nobody behind waits for it beyond its second deadline.
#[test]
fn a_bound_waits_until_its_second_deadline() {
    let (mut fx, alice) = plain();
    let bob = fx.depositor(100 * USDC);
    fx.vault().deposit(&bob, 100 * USDC, 0).unwrap();
    fx.vault().request_redeem_at_least(&alice, 100 * USDC, 90 * USDC).unwrap();
    fx.vault().request_redeem(&bob, 50 * USDC).unwrap();
    fx.warp(DEADLINE);
    fx.assert_refused("RefreshFirst", |fx| fx.vault().fill_tickets(2));

    let mut refreshed = fx.clone();
    refreshed.refresh_all();
    refreshed.vault().fill_tickets(2).unwrap();
    assert!(refreshed.ticket(0).unwrap().claimable >= 90 * USDC);
    assert_eq!(refreshed.vault_state().ticket_head, 2);

    fx.warp(DEADLINE - 1);
    fx.assert_refused("RefreshFirst", |fx| fx.vault().fill_tickets(2));
    fx.warp(1);
    fx.vault().fill_tickets(2).unwrap();
    assert_eq!(fx.ticket(0).unwrap().status, TicketStatus::Passed as u8);
    assert_eq!(fx.ticket(1).unwrap().status, TicketStatus::Filled as u8);
    fx.assert_identities();
    fx.vault().redeem_in_kind(&alice, 0).unwrap();
    assert!(fx.ticket(0).is_none());
    fx.assert_identities();
}

/// A bound that even the faded price meets is paid.
#[test]
fn a_bound_below_the_faded_price_is_paid() {
    let (mut fx, alice) = plain();
    fx.vault().request_redeem_at_least(&alice, 100 * USDC, 70 * USDC).unwrap();
    fx.warp(DEADLINE);
    fx.vault().fill_tickets(1).unwrap();
    assert!(fx.ticket(0).unwrap().claimable >= 70 * USDC);
}

#[test]
fn no_fee_is_charged_on_what_has_faded() {
    let mut plan = Plan::with_lines(1);
    plan.fees.management_bps = 500;
    plan.fees.recipient = Pubkey::new_from_array([7; 32]);
    (plan.lines[0].params.target_bps, plan.lines[0].params.max_bps) = (3_000, 6_000);
    let mut fx = Fixture::from_plan(plan);
    let alice = fx.depositor(2_000 * USDC);
    fx.vault().deposit_and_allocate(&alice, 1_000 * USDC, 0, 0).unwrap();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    let before = fx.vault_state().fees;
    fx.warp(DEADLINE);
    let receipt = fx.vault().fill_tickets(1).unwrap();
    assert_eq!(vault_events(&receipt).len(), 1, "a fill alone");
    assert_eq!((fx.vault_state().fee_shares, fx.vault_state().fees), (0, before));

    // At a fresh NAV a fill of the next day charges what is due, before it pays.
    fx.refresh_all();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    let receipt = fx.vault().fill_tickets(1).unwrap();
    let events = vault_events(&receipt);
    let [VaultEvent::FeesCrystallised(_), VaultEvent::TicketFilled(_)] = events.as_slice() else {
        panic!("charged, then paid, not {events:?}")
    };
    assert!(fx.vault_state().fee_shares > 0);
    fx.assert_identities();
}
