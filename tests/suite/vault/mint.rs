//! `mint`: exactly so many shares, at no more than a bound.

use super::*;
use gimbal_control::Direction;

#[test]
fn the_depositor_signs() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(500 * USDC);
    let mint = unsigned(fx.deployment.vault.mint(&alice.pubkey(), 100 * USDC, 100 * USDC), 0);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[mint], &[]));
}

#[test]
fn exactly_the_shares_are_minted_at_nav_high() {
    let (mut fx, _) = gained();
    let bob = fx.depositor(100 * USDC);
    let receipt = fx.vault().mint(&bob, 40_100_000, 50_100_000).unwrap();
    assert_eq!((fx.balance(&bob.base), fx.balance(&bob.shares)), (49_900_000, 40_100_000));
    let events = vault_events(&receipt);
    let [VaultEvent::Deposited(event)] = events.as_slice() else { panic!("one deposit, not {events:?}") };
    assert_eq!((event.assets, event.shares), (50_100_000, 40_100_000));
    fx.assert_identities();
}

#[test]
fn assets_are_rounded_up_and_bounded_by_the_caller() {
    let (mut fx, _) = appreciated();
    let bob = fx.depositor(100 * USDC);
    // 40,100,001 · 501 / 401 = 50,100,001.2
    fx.assert_refused("SlippageExceeded", |fx| fx.vault().mint(&bob, 40_100_001, 50_100_001));
    fx.vault().mint(&bob, 40_100_001, 50_100_002).unwrap();
    assert_eq!(fx.balance(&bob.base), 100 * USDC - 50_100_002);
    fx.assert_identities();
}

#[test]
fn no_shares_are_no_mint() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(500 * USDC);
    fx.assert_refused("ZeroShares", |fx| fx.vault().mint(&alice, 0, u64::MAX));
}

#[test]
fn the_first_mint_has_the_minimum_of_a_first_deposit() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(500 * USDC);
    fx.assert_refused("FirstDepositTooSmall", |fx| fx.vault().mint(&alice, USDC - 1, u64::MAX));
    fx.vault().mint(&alice, USDC, USDC).unwrap();
}

#[test]
fn what_stops_deposits_stops_mints() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(500 * USDC);
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.warp(601);
    fx.assert_refused("FeedStale", |fx| fx.vault().mint(&alice, 100 * USDC, u64::MAX));
    fx.vault().pause(&guardian, Direction::Deposits).unwrap();
    fx.assert_refused("DepositsPaused", |fx| fx.vault().mint(&alice, 100 * USDC, u64::MAX));
}
