//! `redeem`: who may, what it pays, and the cash that it may take.

use super::*;
use ::vault::{accounts, instruction};
use gimbal_control::Direction;

/// A redemption of 100 shares with some of its accounts changed.
fn redeem_with(fx: &mut Fixture, user: &User, change: impl FnOnce(&mut accounts::Redeem)) -> Outcome {
    let vault = fx.deployment.vault;
    let mut accounts = vault.redeem_accounts(&user.pubkey());
    change(&mut accounts);
    let redeem = vault.instruction(accounts, instruction::Redeem { shares: 100 * USDC, min_assets: 0 });
    fx.send(&[redeem], &[&user.key])
}

#[test]
fn only_the_holder_or_its_delegate_gives_shares() {
    let (mut fx, alice) = gained();
    let bob = fx.depositor(0);
    let redeem = unsigned(fx.deployment.vault.redeem(&alice.pubkey(), 100 * USDC, 0), 0);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[redeem], &[]));
    fx.assert_refused("OwnerMismatch", |fx| redeem_with(fx, &bob, |accounts| accounts.shares = alice.shares));

    approve_shares(&mut fx, &alice, &bob.pubkey(), 100 * USDC);
    redeem_with(&mut fx, &bob, |accounts| accounts.shares = alice.shares).unwrap();
    assert_eq!((fx.balance(&alice.shares), fx.balance(&bob.base)), (300 * USDC, 100 * USDC));
    fx.assert_refused("OwnerMismatch", |fx| redeem_with(fx, &bob, |accounts| accounts.shares = alice.shares));
    fx.assert_identities();
}

#[test]
fn every_account_is_the_vaults_own() {
    let (mut fx, alice) = gained();
    let other = another_vault(&mut fx);
    let own = fx.deployment.vault.addresses;
    let token = fx.deployment.token.key;
    let refusals: [(&str, fn(&mut accounts::Redeem, Pubkey), Pubkey); 8] = [
        ("AccountOwnedByWrongProgram", |accounts, key| accounts.vault = key, alice.base),
        ("WrongLedger", |accounts, key| accounts.ledger = key, other.addresses.ledger),
        ("WrongShareMint", |accounts, key| accounts.share_mint = key, other.addresses.share_mint),
        ("WrongBaseMint", |accounts, key| accounts.base_mint = key, token),
        ("ForeignAccount", |accounts, key| accounts.cash = key, other.addresses.cash),
        ("DuplicateTokenAccount", |accounts, key| accounts.destination = key, own.cash),
        ("DuplicateTokenAccount", |accounts, key| accounts.destination = key, own.claims),
        ("InvalidProgramId", |accounts, key| accounts.router_program = key, ::vault::ID),
    ];
    for (name, change, key) in refusals {
        fx.assert_refused(name, |fx| redeem_with(fx, &alice, |accounts| change(accounts, key)));
    }
}

#[test]
fn a_redemption_is_priced_at_nav_low() {
    let (mut fx, alice) = gained();
    // NAV high is 500 USDC, at which 40.1 shares would be 50.1 USDC.
    let receipt = fx.vault().redeem(&alice, 40_100_000, 40_100_000).unwrap();
    assert_eq!((fx.balance(&alice.base), fx.balance(&alice.shares)), (640_100_000, 359_900_000));
    let events = vault_events(&receipt);
    let [VaultEvent::Redeemed(event)] = events.as_slice() else { panic!("one redemption, not {events:?}") };
    assert_eq!((event.holder, event.destination), (alice.pubkey(), alice.base));
    assert_eq!((event.assets, event.shares), (40_100_000, 40_100_000));
    assert_eq!((event.nav, event.supply), (400 * USDC, 400 * USDC));
    let vault = fx.vault_state();
    assert_eq!((vault.shares, vault.withdrawn), (359_900_000, 40_100_000));
    fx.assert_identities();
}

#[test]
fn an_unlocked_gain_is_paid() {
    let (mut fx, alice) = appreciated();
    fx.vault().redeem(&alice, 40_100_000, 50_100_000).unwrap();
    assert_eq!(fx.balance(&alice.base), 650_100_000);
    fx.assert_identities();
}

#[test]
fn assets_are_rounded_down_and_bounded_by_the_caller() {
    let (mut fx, alice) = appreciated();
    // 40,100,003 · 501 / 401 = 50,100,003.7
    fx.assert_refused("SlippageExceeded", |fx| fx.vault().redeem(&alice, 40_100_003, 50_100_004));
    fx.vault().redeem(&alice, 40_100_003, 50_100_003).unwrap();
    assert_eq!(fx.balance(&alice.base), 650_100_003);
    fx.assert_identities();
}

#[test]
fn a_gain_adopted_in_between_pays_nobody_who_came_for_it() {
    let mut fx = Fixture::new();
    let (alice, bob) = (fx.depositor(500 * USDC), fx.depositor(500 * USDC));
    fx.vault().deposit(&alice, 400 * USDC, 0).unwrap();
    let cash = fx.deployment.vault.addresses.cash;
    fx.donate(&alice, &cash, 100 * USDC).unwrap();

    fx.vault().deposit(&bob, 400 * USDC, 0).unwrap();
    fx.router().harvest_cash().unwrap();
    let shares = fx.balance(&bob.shares);
    fx.vault().redeem(&bob, shares, 0).unwrap();
    assert!(fx.balance(&bob.base) <= 500 * USDC);
}

#[test]
fn everything_may_leave() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(500 * USDC);
    fx.vault().deposit(&alice, 500 * USDC, 0).unwrap();
    fx.vault().redeem(&alice, 500 * USDC, 500 * USDC).unwrap();
    let vault = fx.vault_state();
    assert_eq!((vault.shares, vault.deposited, vault.withdrawn), (0, 500 * USDC, 500 * USDC));
    assert_eq!(fx.balance(&alice.base), 500 * USDC);
    fx.assert_identities();
}

#[test]
fn no_shares_and_more_than_all_are_refused() {
    let (mut fx, alice) = gained();
    let bob = fx.depositor(0);
    fx.assert_refused("ZeroShares", |fx| fx.vault().redeem(&alice, 0, 0));
    fx.assert_refused("InsufficientFunds", |fx| fx.vault().redeem(&bob, 1, 0));
    fx.assert_refused("InsufficientShares", |fx| fx.vault().redeem(&alice, 400 * USDC + 1, 0));
}

#[test]
fn more_than_the_free_cash_is_told_to_queue() {
    let (mut fx, alice) = invested();
    fx.assert_refused("InsufficientCash", |fx| fx.vault().redeem(&alice, 500 * USDC, 0));
    fx.vault().redeem(&alice, 300 * USDC, 0).unwrap();
    fx.assert_identities();
}

#[test]
fn cash_that_the_queue_is_owed_is_not_free() {
    let (mut fx, alice) = invested();
    fx.vault().request_redeem(&alice, 300 * USDC).unwrap();
    let nav = fx.ledger().nav(fx.chain.clock().unwrap().unix_timestamp).unwrap().low;
    // What the queue is worth, rounded up, is at most one above its worth rounded down.
    let free = 400 * USDC - worth(300 * USDC, nav, 1_000 * USDC) - 1;
    let shares = buys(free, nav, 1_000 * USDC);
    fx.assert_refused("InsufficientCash", |fx| fx.vault().redeem(&alice, shares + 3, 0));
    fx.vault().redeem(&alice, shares, 0).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    assert_eq!(fx.ticket(0).unwrap().shares_left, 0);
    fx.assert_identities();
}

#[test]
fn a_pause_of_instant_exits_ends_by_itself() {
    let (mut fx, alice) = gained();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.vault().pause(&guardian, Direction::InstantExits).unwrap();
    fx.assert_refused("InstantExitsPaused", |fx| fx.vault().redeem(&alice, 100 * USDC, 0));
    fx.pass(3 * DAY - 1);
    fx.assert_refused("InstantExitsPaused", |fx| fx.vault().redeem(&alice, 100 * USDC, 0));
    fx.pass(1);
    fx.vault().redeem(&alice, 100 * USDC, 0).unwrap();
}

#[test]
fn neither_a_pause_of_deposits_nor_a_feed_stops_an_exit() {
    let (mut fx, alice) = gained();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.vault().pause(&guardian, Direction::Deposits).unwrap();
    fx.warp(1);
    fx.set_price(Asset::Base, 50_000_000).unwrap();
    fx.warp(30 * DAY);
    fx.vault().redeem(&alice, 100 * USDC, 0).unwrap();
}

#[test]
fn a_line_that_was_not_valued_in_time_is_named() {
    let (mut fx, alice) = invested();
    fx.warp(601);
    fx.assert_refused("StaleNav", |fx| fx.vault().redeem(&alice, 100 * USDC, 0));
    fx.refresh_all();
    fx.vault().redeem(&alice, 100 * USDC, 0).unwrap();
}
