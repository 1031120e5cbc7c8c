//! The speed of the share price: entries wait while it falls fast, instant exits are paid at the window's start while it
//! rises fast.

use super::terms::*;
use super::*;
use ::vault::{state::Speed, FeesArgs, VaultLimitsArgs};

const ONE: u64 = 1 << 40;

fn speedy() -> VaultLimitsArgs {
    VaultLimitsArgs { speed_up_bps: 100, speed_down_bps: 200, ..Default::default() }
}

/// Alice holds 1,000 shares, 600 USDC of them in the first line, whose market loses a tenth.
fn fallen() -> (Fixture, User) {
    let (mut fx, _, alice) = vault_with(FeesArgs::default(), speedy(), false);
    fx.vault().deposit_and_allocate(&alice, 1_000 * USDC, 0, 0).unwrap();
    fx.lending().write_off(0, lending_venue::WriteOffArgs { borrower: u8::MAX, amount: 500_000 * USDC }).unwrap();
    fx.pass(60);
    let mid = fx.ledger().nav(now(&fx)).unwrap().mid;
    assert!(mid < 950 * USDC && mid > 930 * USDC, "{mid}");
    (fx, alice)
}

#[test]
fn the_window_begins_with_the_first_flow() {
    let (mut fx, _, alice) = vault_with(FeesArgs::default(), speedy(), true);
    let began = now(&fx);
    assert_eq!(fx.vault_state().speed, Speed { start: began, price: ONE, last_price: ONE, last_at: began });
    fx.pass(3_600);
    fx.vault().redeem(&alice, USDC, 0).unwrap();
    assert_eq!(fx.vault_state().speed, Speed { start: began, price: ONE, last_price: ONE, last_at: began + 3_600 });
    fx.pass(DAY);
    fx.vault().redeem(&alice, USDC, 0).unwrap();
    let later = began + 3_600 + 86_400;
    assert_eq!(fx.vault_state().speed, Speed { start: later, price: ONE, last_price: ONE, last_at: later });
}

#[test]
fn entries_wait_while_it_falls_and_exits_do_not() {
    let (mut fx, alice) = fallen();
    fx.assert_refused("NavFallingFast", |fx| fx.vault().deposit(&alice, 10 * USDC, 0));
    fx.assert_refused("NavFallingFast", |fx| fx.vault().mint(&alice, 10 * USDC, u64::MAX));
    fx.assert_refused("NavFallingFast", |fx| fx.vault().deposit_and_allocate(&alice, 10 * USDC, 0, 0));
    let low = fx.ledger().nav(now(&fx)).unwrap().low;
    let before = fx.balance(&alice.base);
    fx.vault().redeem(&alice, 100 * USDC, 0).unwrap();
    assert_eq!(fx.balance(&alice.base) - before, worth(100 * USDC, low, 1_000 * USDC), "at the fallen price");
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    fx.assert_identities();
}

#[test]
fn it_lapses_with_the_window() {
    let (mut fx, alice) = fallen();
    fx.vault().redeem(&alice, 10 * USDC, 0).unwrap();
    fx.pass(DAY - 120);
    fx.assert_refused("NavFallingFast", |fx| fx.vault().deposit(&alice, 10 * USDC, 0));
    fx.pass(120);
    fx.vault().deposit(&alice, 10 * USDC, 0).unwrap();
}

/// Refused entries leave no trace. Anybody moves the window on by a crystallisation; without even that it lapses after two.
#[test]
fn it_lapses_without_any_exit() {
    let (mut fx, alice) = fallen();
    let mut forgotten = fx.clone();
    fx.pass(DAY);
    fx.assert_refused("NavFallingFast", |fx| fx.vault().deposit(&alice, 10 * USDC, 0));
    fx.vault().crystallise().unwrap();
    fx.assert_refused("NavFallingFast", |fx| fx.vault().deposit(&alice, 10 * USDC, 0));
    fx.pass(DAY);
    fx.vault().deposit(&alice, 10 * USDC, 0).unwrap();

    forgotten.pass(2 * DAY);
    forgotten.vault().deposit(&alice, 10 * USDC, 0).unwrap();
}

/// Worked by hand: 1,000 shares at 1 and a virtual one; 1% of 1,001 are 10.01 USDC.
#[test]
fn instant_exits_are_paid_at_the_windows_start_while_it_rises() {
    let (mut fx, _, alice) = vault_with(FeesArgs::default(), speedy(), true);
    let began = now(&fx);
    // 10 USDC are within the limit: paid at the price of the moment, as far as they are unlocked. 100 · 1,011 / 1,001
    give(&mut fx, 10 * USDC);
    fx.pass(UNLOCK);
    let mut calm = fx.clone();
    calm.vault().redeem(&alice, 100 * USDC, 0).unwrap();
    assert_eq!(calm.balance(&alice.base), 1_100_999_000);
    // 200 more are not.
    give(&mut fx, 200 * USDC);
    fx.pass(UNLOCK);
    assert_eq!(fx.ledger().nav(now(&fx)).unwrap().low, 1_210 * USDC);
    let receipt = fx.vault().redeem(&alice, 100 * USDC, 0).unwrap();
    assert_eq!(fx.balance(&alice.base), 1_100 * USDC, "100 shares at the price of one");
    let events = vault_events(&receipt);
    let [VaultEvent::Redeemed(event)] = events.as_slice() else { panic!("one redemption, not {events:?}") };
    assert_eq!((event.nav, event.supply), (1_000 * USDC, 1_000 * USDC));
    assert_eq!(fx.vault_state().speed.start, began);
    fx.vault().withdraw(&alice, 100 * USDC, 100 * USDC).unwrap();
    fx.assert_identities();
}

#[test]
fn tickets_wait_and_are_paid_the_price_of_the_moment() {
    let (mut fx, _, alice) = vault_with(FeesArgs::default(), speedy(), true);
    give(&mut fx, 200 * USDC);
    fx.pass(UNLOCK);
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    // 100 · 1,201 / 1,001 = 119.98001…
    assert_eq!(fx.ticket(0).unwrap().claimable, 119_980_019);
}

#[test]
fn what_an_exit_does_not_take_is_there_a_day_later() {
    let (mut fx, _, alice) = vault_with(FeesArgs::default(), speedy(), true);
    give(&mut fx, 200 * USDC);
    fx.pass(UNLOCK);
    fx.vault().redeem(&alice, 10 * USDC, 0).unwrap();
    fx.pass(DAY);
    // 1,190 USDC and 990 shares. 100 · 1,191 / 991 = 120.181634…
    let before = fx.balance(&alice.base);
    fx.vault().redeem(&alice, 100 * USDC, 0).unwrap();
    assert_eq!(fx.balance(&alice.base) - before, 120_181_634);
}

#[test]
fn previews_know_the_speed() {
    let (mut fx, alice) = fallen();
    let vault = fx.deployment.vault.addresses.vault;
    let preview = gimbal::preview::Preview::read(&fx.chain, &vault).unwrap();
    let refused = preview.deposit(10 * USDC).unwrap_err();
    assert!(refused.to_string().starts_with("NavFallingFast"), "{refused}");
    let shown = preview.redeem(100 * USDC).unwrap();
    let before = fx.balance(&alice.base);
    fx.vault().redeem(&alice, 100 * USDC, shown.assets.0).unwrap();
    assert_eq!(fx.balance(&alice.base) - before, shown.assets.0);
}
