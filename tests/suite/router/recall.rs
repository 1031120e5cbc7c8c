//! `recall`: any amount by who may reduce risk, what the queue lacks by anybody, as far as the venue can pay.

use super::*;

use gimbal::instructions::router;
use lending_venue::{state::Borrowers, ReserveConfig, SetMarketArgs, WriteOffArgs};

/// [`invested`], with 300 USDC queued: 200 more than there are in cash.
fn queued() -> (Fixture, User) {
    let (mut fx, alice) = invested();
    fx.vault().request_redeem(&alice, 300 * USDC).unwrap();
    assert_eq!((fx.ledger().reserved, fx.ledger().queue_need()), (300 * USDC, 200 * USDC));
    (fx, alice)
}

#[test]
fn who_may_reduce_risk_recalls_any_amount() {
    let (fx, _) = invested();
    let cast = Cast::of(&fx);
    for key in [&cast.guardian, &cast.curator, &cast.owner] {
        let mut fx = fx.clone();
        let receipt = fx.router().recall(key, 0, 250 * USDC).unwrap();
        let (ledger, line) = (fx.ledger(), fx.line(0));
        assert_eq!((ledger.cash_tracked, ledger.returned), (350 * USDC, 250 * USDC));
        assert_eq!((line.position, line.returned, line.mid), (650 * USDC, 250 * USDC, 650 * USDC));
        let RouterEvent::Recalled(event) = event(&receipt) else { panic!("money was recalled") };
        assert_eq!((event.line, event.by, event.amount), (1, key.pubkey(), 250 * USDC));
        assert_eq!((event.mid, event.time), (650 * USDC, now(&fx)));
        fx.assert_identities();
    }
}

#[test]
fn a_stranger_recalls_nothing_while_cash_covers_the_queue() {
    let (mut fx, alice) = invested();
    let cast = Cast::of(&fx);
    let keeper = fx.router().keeper(0);
    for key in [&cast.stranger, &alice.key, &keeper] {
        fx.assert_refused("BeyondQueueNeed", |fx| fx.router().recall(key, 0, 1));
    }
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    fx.assert_refused("BeyondQueueNeed", |fx| fx.router().recall(&cast.stranger, 0, 1));
    let line = fx.deployment.lines[0].context.clone();
    let recall = unsigned(router::recall(&fx.deployment.vault, &line, &cast.owner.pubkey(), 1), 0);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[recall], &[]));
}

#[test]
fn anybody_recalls_what_the_queue_lacks_and_no_more() {
    let (mut fx, _) = queued();
    let stranger = fx.depositor(0).key;
    fx.assert_refused("BeyondQueueNeed", |fx| fx.router().recall(&stranger, 0, 200 * USDC + 1));
    fx.router().recall(&stranger, 0, 150 * USDC).unwrap();
    assert_eq!(fx.ledger().queue_need(), 50 * USDC);
    fx.assert_refused("BeyondQueueNeed", |fx| fx.router().recall(&stranger, 0, 50 * USDC + 1));
    fx.router().recall(&stranger, 0, 50 * USDC).unwrap();
    assert_eq!((fx.ledger().cash_tracked, fx.ledger().queue_need()), (300 * USDC, 0));
    fx.assert_refused("BeyondQueueNeed", |fx| fx.router().recall(&stranger, 0, 1));
    fx.vault().fill_tickets(1).unwrap();
    assert_eq!(fx.ticket(0).unwrap().claimable, 300 * USDC);
    fx.assert_identities();
}

#[test]
fn nothing_is_no_amount() {
    let (mut fx, _) = queued();
    let cast = Cast::of(&fx);
    for key in [&cast.owner, &cast.stranger] {
        fx.assert_refused("ZeroAmount", |fx| fx.router().recall(key, 0, 0));
    }
}

#[test]
fn from_the_lines_value_on_all_of_it_comes() {
    for amount in [900 * USDC, 900 * USDC + 1, u64::MAX] {
        let (mut fx, _) = invested();
        let guardian = fx.deployment.actors.guardian.insecure_clone();
        fx.router().recall(&guardian, 0, amount).unwrap();
        let line = fx.line(0);
        assert_eq!((fx.ledger().cash_tracked, line.position, line.high), (1_000 * USDC, 0, 0));
        // There is nothing left to value or to recall.
        assert_eq!(fx.ledger().totals.oldest_at, i64::MAX);
        fx.assert_refused("VenueIlliquid", |fx| fx.router().recall(&guardian, 0, 1));
        fx.assert_identities();
    }
}

#[test]
fn what_the_venue_has_comes_and_the_rest_stays() {
    let (mut fx, _) = queued();
    let stranger = fx.depositor(0).key;
    fx.lending().borrow(0, u64::MAX).unwrap();
    fx.assert_refused("VenueIlliquid", |fx| fx.router().recall(&stranger, 0, 200 * USDC));
    fx.lending().repay(0, 70 * USDC).unwrap();
    fx.router().recall(&stranger, 0, 200 * USDC).unwrap();
    assert_eq!((fx.ledger().cash_tracked, fx.line(0).position), (170 * USDC, 830 * USDC));
    assert_eq!(fx.ledger().queue_need(), 130 * USDC);
    fx.assert_refused("VenueIlliquid", |fx| fx.router().recall(&stranger, 0, 130 * USDC));
    fx.assert_identities();
}

#[test]
fn a_cap_on_withdrawals_is_respected() {
    let cap = lending_venue::Cap { capacity: 30 * 1_000_000, interval_length: DAY };
    let (mut fx, _) = invested();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    let config = ReserveConfig { deposit_cap: cap, ..quiet(1).lines[0].reserve };
    fx.lending().set_config(0, config).unwrap();
    fx.router().recall(&guardian, 0, 200 * USDC).unwrap();
    assert_eq!(fx.ledger().cash_tracked, 130 * USDC);
    fx.assert_refused("VenueIlliquid", |fx| fx.router().recall(&guardian, 0, 200 * USDC));
    fx.warp(DAY);
    fx.router().recall(&guardian, 0, 200 * USDC).unwrap();
    assert_eq!(fx.ledger().cash_tracked, 160 * USDC);
}

#[test]
fn a_loss_at_the_venue_is_taken_as_it_is() {
    // 500 of the market's 1,000 USDC are lent; 100 of these are lost. The line's 400 of 1,000 tokens are worth 360.
    let (mut fx, _) = shared_market(|_| ());
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.lending().borrow(0, 500 * USDC).unwrap();
    fx.lending().write_off(0, WriteOffArgs { borrower: Borrowers::OPERATOR, amount: 100 * USDC }).unwrap();
    fx.router().recall(&guardian, 0, 90 * USDC).unwrap();
    assert_eq!((fx.ledger().cash_tracked, fx.line(0).position, fx.line(0).mid), (690 * USDC, 300 * USDC, 270 * USDC));
    fx.router().recall(&guardian, 0, u64::MAX).unwrap();
    assert_eq!((fx.ledger().cash_tracked, fx.line(0).position), (960 * USDC, 0));
    assert_eq!((fx.ledger().invested, fx.ledger().returned), (400 * USDC, 360 * USDC));
    fx.assert_identities();
}

#[test]
fn no_status_no_change_of_code_and_no_age_stands_in_the_way() {
    let (mut fx, _) = invested();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    let attempt = |mut fx: Fixture| {
        fx.router().recall(&guardian, 0, 100 * USDC).unwrap();
        assert_eq!(fx.ledger().cash_tracked, 200 * USDC);
    };
    for status in [FROZEN, WINDING_DOWN] {
        let mut fx = fx.clone();
        fx.router().set_status(&guardian, 0, status).unwrap();
        attempt(fx);
    }
    let mut upgraded = fx.clone();
    upgraded.chain.svm_mut().upgrade_program(&lending_venue::ID, 9, None).unwrap();
    attempt(upgraded);
    // Obsolete: klend takes no deposits and pays withdrawals.
    let mut obsolete = fx.clone();
    obsolete.lending().set_status(0, 1).unwrap();
    attempt(obsolete);
    // Neither the valuation, nor the market's books, nor the feeds are fresh.
    fx.warp(90 * DAY);
    attempt(fx);
}

#[test]
fn a_market_that_stands_still_pays_when_it_goes_on() {
    let (mut fx, _) = queued();
    let stranger = Cast::of(&fx).stranger;
    let halted = |emergency_mode| SetMarketArgs { emergency_mode, borrowing_disabled: false };
    fx.lending().set_market(0, halted(true)).unwrap();
    fx.assert_refused("GlobalEmergencyMode", |fx| fx.router().recall(&stranger, 0, 200 * USDC));
    fx.lending().set_market(0, halted(false)).unwrap();
    fx.router().recall(&stranger, 0, 200 * USDC).unwrap();
    assert_eq!(fx.ledger().queue_need(), 0);
}

#[test]
fn the_accounts_are_the_lines_own() {
    let (mut fx, _) = funded(quiet(2), 1_000 * USDC);
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.router().rebalance(0).unwrap();
    let context = fx.deployment.vault;
    let [one, two] = [0, 1].map(|place: usize| fx.deployment.lines[place].context.clone());
    let recall = |line: &router::LineContext| router::recall(&context, line, &guardian.pubkey(), USDC);
    let mut other_list = one.clone();
    other_list.pinned = two.pinned.clone();
    let mut other_position = one.clone();
    other_position.pinned[1] = two.pinned[1];
    let mut reversed = one.clone();
    reversed.pinned.reverse();
    let mut short = one.clone();
    short.pinned.pop();
    let mut long = one.clone();
    long.pinned.push(one.pinned[9]);
    let mut other_program = one.clone();
    other_program.venue = router::code_of(&fx.chain, &swap_venue::ID).unwrap();
    for line in [other_list, other_position, reversed, short, long, other_program] {
        fx.assert_refused("VenueAccountMismatch", |fx| fx.send(&[recall(&line)], &[&guardian]));
    }
    let mut other_number = one;
    other_number.addresses.venue = two.addresses.venue;
    fx.assert_refused("UnknownLine", |fx| fx.send(&[recall(&other_number)], &[&guardian]));
    own::open(&mut fx);
    let mut foreign = two;
    foreign.addresses.id = 2;
    let recall = router::recall(&fx.deployment.vault, &foreign, &guardian.pubkey(), USDC);
    fx.assert_refused("ForeignAccount", |fx| fx.send(&[recall], &[&guardian]));
}
