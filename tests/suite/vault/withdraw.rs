//! `withdraw`: exactly so much of the base asset, for no more shares than a bound.

use super::*;
use gimbal_control::Direction;

#[test]
fn the_holder_signs() {
    let (mut fx, alice) = gained();
    let withdraw = unsigned(fx.deployment.vault.withdraw(&alice.pubkey(), 100 * USDC, u64::MAX), 0);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[withdraw], &[]));
}

#[test]
fn exactly_the_assets_are_paid_at_nav_low() {
    let (mut fx, alice) = gained();
    let receipt = fx.vault().withdraw(&alice, 50_100_000, 50_100_000).unwrap();
    assert_eq!((fx.balance(&alice.base), fx.balance(&alice.shares)), (650_100_000, 349_900_000));
    let events = vault_events(&receipt);
    let [VaultEvent::Redeemed(event)] = events.as_slice() else { panic!("one redemption, not {events:?}") };
    assert_eq!((event.assets, event.shares), (50_100_000, 50_100_000));
    fx.assert_identities();
}

#[test]
fn shares_are_rounded_up_and_bounded_by_the_caller() {
    let (mut fx, alice) = appreciated();
    // 50,100,001 · 401 / 501 = 40,100,000.8
    fx.assert_refused("SlippageExceeded", |fx| fx.vault().withdraw(&alice, 50_100_001, 40_100_000));
    fx.vault().withdraw(&alice, 50_100_001, 40_100_001).unwrap();
    assert_eq!(fx.balance(&alice.shares), 400 * USDC - 40_100_001);
    fx.assert_identities();
}

#[test]
fn nothing_is_no_withdrawal() {
    let (mut fx, alice) = gained();
    fx.assert_refused("ZeroAssets", |fx| fx.vault().withdraw(&alice, 0, u64::MAX));
}

#[test]
fn more_than_the_free_cash_is_told_to_queue() {
    let (mut fx, alice) = invested();
    fx.assert_refused("InsufficientCash", |fx| fx.vault().withdraw(&alice, 400 * USDC + 1, u64::MAX));
    fx.vault().withdraw(&alice, 400 * USDC, u64::MAX).unwrap();
    assert_eq!(fx.ledger().cash_tracked, 0);
    fx.assert_identities();
}

#[test]
fn a_pause_of_instant_exits_stops_it_for_three_days() {
    let (mut fx, alice) = gained();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.vault().pause(&guardian, Direction::InstantExits).unwrap();
    fx.assert_refused("InstantExitsPaused", |fx| fx.vault().withdraw(&alice, USDC, u64::MAX));
    fx.pass(3 * DAY);
    fx.vault().withdraw(&alice, USDC, u64::MAX).unwrap();
}
