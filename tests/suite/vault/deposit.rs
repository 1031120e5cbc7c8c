//! `deposit`: who may, what it costs, and what stops it.

use super::*;
use ::vault::{accounts, instruction};
use gimbal_control::Direction;

/// A deposit of 100 USDC with some of its accounts changed.
fn deposit_with(fx: &mut Fixture, user: &User, change: impl FnOnce(&mut accounts::Deposit)) -> Outcome {
    let vault = fx.deployment.vault;
    let mut accounts = vault.deposit_accounts(&user.pubkey());
    change(&mut accounts);
    let deposit = vault.instruction(accounts, instruction::Deposit { assets: 100 * USDC, min_shares: 0 });
    fx.send(&[deposit], &[&user.key])
}

#[test]
fn the_depositor_signs_for_its_own_money() {
    let mut fx = Fixture::new();
    let (alice, bob) = (fx.depositor(500 * USDC), fx.depositor(500 * USDC));
    let deposit = unsigned(fx.deployment.vault.deposit(&alice.pubkey(), 100 * USDC, 0), 0);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[deposit], &[]));
    fx.assert_refused("OwnerMismatch", |fx| deposit_with(fx, &bob, |accounts| accounts.source = alice.base));
}

#[test]
fn every_account_is_the_vaults_own() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(500 * USDC);
    let other = another_vault(&mut fx);
    let sol = fx.deployment.feeds.get(Asset::Sol).key;
    let token = fx.deployment.token.key;
    let refusals: [(&str, fn(&mut accounts::Deposit, Pubkey), Pubkey); 8] = [
        ("AccountOwnedByWrongProgram", |accounts, key| accounts.vault = key, alice.base),
        ("AccountDiscriminatorMismatch", |accounts, key| accounts.ledger = key, fx.deployment.lines[0].addresses.venue),
        ("WrongLedger", |accounts, key| accounts.ledger = key, other.addresses.ledger),
        ("WrongShareMint", |accounts, key| accounts.share_mint = key, other.addresses.share_mint),
        ("WrongFeed", |accounts, key| accounts.base_feed = key, sol),
        ("WrongBaseMint", |accounts, key| accounts.base_mint = key, token),
        ("WrongTokenProgram", |accounts, key| accounts.base_token_program = key, strategy_router::ID),
        ("InvalidProgramId", |accounts, key| accounts.share_token_program = key, strategy_router::ID),
    ];
    for (name, change, key) in refusals {
        fx.assert_refused(name, |fx| deposit_with(fx, &alice, |accounts| change(accounts, key)));
    }
    // A cash account of another ledger is refused by the router, which knows its own.
    let foreign = other.addresses.cash;
    fx.assert_refused("ForeignAccount", |fx| deposit_with(fx, &alice, |accounts| accounts.cash = foreign));
}

#[test]
fn the_vaults_own_token_accounts_are_neither_source_nor_recipient() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(500 * USDC);
    let own = fx.deployment.vault.addresses;
    fx.assert_refused("DuplicateTokenAccount", |fx| deposit_with(fx, &alice, |accounts| accounts.source = own.cash));
    fx.assert_refused("DuplicateTokenAccount", |fx| {
        deposit_with(fx, &alice, |accounts| accounts.recipient = own.escrow)
    });
}

#[test]
fn the_first_share_costs_one_base_unit() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(500 * USDC);
    let receipt = fx.vault().deposit(&alice, 400 * USDC, 400 * USDC).unwrap();

    assert_eq!((fx.balance(&alice.base), fx.balance(&alice.shares)), (100 * USDC, 400 * USDC));
    assert_eq!(fx.balance(&fx.deployment.vault.addresses.cash), 400 * USDC);
    let (vault, ledger) = (fx.vault_state(), fx.ledger());
    assert_eq!((vault.shares, vault.deposited, vault.withdrawn), (400 * USDC, 400 * USDC, 0));
    assert_eq!((ledger.cash_tracked, ledger.credited), (400 * USDC, 400 * USDC));
    fx.assert_identities();

    let events = vault_events(&receipt);
    let [VaultEvent::Deposited(event)] = events.as_slice() else { panic!("one deposit, not {events:?}") };
    assert_eq!((event.vault, event.depositor), (fx.deployment.vault.addresses.vault, alice.pubkey()));
    assert_eq!((event.recipient, event.slot), (alice.shares, receipt.slot));
    assert_eq!((event.assets, event.shares, event.nav, event.supply), (400 * USDC, 400 * USDC, 0, 0));
}

#[test]
fn a_deposit_is_priced_at_nav_high() {
    let (mut fx, _) = gained();
    let bob = fx.depositor(100 * USDC);
    // NAV low is still 400 USDC, at which 50.1 USDC would buy 50.1 shares.
    let receipt = fx.vault().deposit(&bob, 50_100_000, 40_100_000).unwrap();
    assert_eq!(fx.balance(&bob.shares), 40_100_000);
    let events = vault_events(&receipt);
    let [VaultEvent::Deposited(event)] = events.as_slice() else { panic!("one deposit, not {events:?}") };
    assert_eq!((event.nav, event.supply), (500 * USDC, 400 * USDC));
    fx.assert_identities();
}

#[test]
fn shares_are_rounded_down_and_bounded_by_the_caller() {
    let (mut fx, _) = appreciated();
    let bob = fx.depositor(100 * USDC);
    // 50,100,001 · 401 / 501 = 40,100,000.8
    fx.assert_refused("SlippageExceeded", |fx| fx.vault().deposit(&bob, 50_100_001, 40_100_001));
    fx.vault().deposit(&bob, 50_100_001, 40_100_000).unwrap();
    assert_eq!(fx.balance(&bob.shares), 40_100_000);
    fx.assert_identities();
}

#[test]
fn nothing_for_something_is_refused() {
    let (mut fx, _) = appreciated();
    let bob = fx.depositor(100 * USDC);
    fx.assert_refused("ZeroAssets", |fx| fx.vault().deposit(&bob, 0, 0));
    // 1 · 401 / 501 < 1
    fx.assert_refused("ZeroShares", |fx| fx.vault().deposit(&bob, 1, 0));
    fx.vault().deposit(&bob, 2, 1).unwrap();
}

#[test]
fn the_first_deposit_has_a_minimum() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(10 * USDC);
    fx.assert_refused("FirstDepositTooSmall", |fx| fx.vault().deposit(&alice, USDC - 1, 0));
    fx.vault().deposit(&alice, USDC, 0).unwrap();
    fx.vault().deposit(&alice, 1, 1).unwrap();
    assert_eq!(fx.balance(&alice.shares), USDC + 1);
}

#[test]
fn a_donation_changes_no_price_until_it_is_adopted() {
    let mut fx = Fixture::new();
    let (alice, bob) = (fx.depositor(500 * USDC), fx.depositor(500 * USDC));
    fx.vault().deposit(&alice, 100 * USDC, 0).unwrap();
    let cash = fx.deployment.vault.addresses.cash;
    fx.donate(&bob, &cash, 400 * USDC).unwrap();
    fx.vault().deposit(&bob, 100 * USDC, 100 * USDC).unwrap();
    assert_eq!(fx.balance(&bob.shares), 100 * USDC);
    assert_eq!(fx.ledger().cash_tracked, 200 * USDC);
}

#[test]
fn shares_may_go_to_anybody() {
    let mut fx = Fixture::new();
    let (alice, bob) = (fx.depositor(500 * USDC), fx.depositor(0));
    deposit_with(&mut fx, &alice, |accounts| accounts.recipient = bob.shares).unwrap();
    assert_eq!((fx.balance(&alice.shares), fx.balance(&bob.shares)), (0, 100 * USDC));
    assert_eq!(fx.balance(&alice.base), 400 * USDC);
}

#[test]
fn more_than_the_depositor_has_is_refused_by_the_token_program() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(100 * USDC);
    fx.assert_refused("InsufficientFunds", |fx| fx.vault().deposit(&alice, 100 * USDC + 1, 0));
}

#[test]
fn a_pause_of_deposits_stops_them() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(500 * USDC);
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.vault().pause(&guardian, Direction::Deposits).unwrap();
    fx.assert_refused("DepositsPaused", |fx| fx.vault().deposit(&alice, 100 * USDC, 0));
    fx.pass(13 * DAY);
    fx.assert_refused("DepositsPaused", |fx| fx.vault().deposit(&alice, 100 * USDC, 0));
}

#[test]
fn a_feed_with_anything_wrong_stops_deposits() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(500 * USDC);
    // The peg's band is 2%. A price of the same second would be the one that is known.
    fx.warp(1);
    fx.set_price(Asset::Base, 97_000_000).unwrap();
    fx.assert_refused("FeedDepegged", |fx| fx.vault().deposit(&alice, 100 * USDC, 0));
    fx.warp(1);
    fx.set_price(Asset::Base, 99_000_000).unwrap();
    fx.vault().deposit(&alice, 100 * USDC, 0).unwrap();
    fx.warp(601);
    fx.assert_refused("FeedStale", |fx| fx.vault().deposit(&alice, 100 * USDC, 0));
}

#[test]
fn a_line_that_was_not_valued_in_time_stops_deposits() {
    let (mut fx, alice) = invested();
    fx.warp(601);
    fx.set_price(Asset::Base, 100_000_000).unwrap();
    fx.assert_refused("StaleNav", |fx| fx.vault().deposit(&alice, 100 * USDC, 0));
    fx.refresh_all();
    fx.vault().deposit(&alice, 100 * USDC, 0).unwrap();
    fx.assert_identities();
}
