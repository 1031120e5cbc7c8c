//! `credit`, `pay` and `reserve`: the vault's alone. Here the vault is a key of the test.

use super::*;

use anchor_lang::prelude::Pubkey;
use gimbal::instructions::build;
use gimbal::setup::tokens;
use strategy_router::{accounts, instruction};

/// A ledger with 1,000 USDC of Alice's in cash; she has 1,000 more.
fn credited() -> (Fixture, Keypair, User) {
    let mut fx = Fixture::from_plan(quiet(1));
    let alice = fx.depositor(2_000 * USDC);
    let vault = own::open(&mut fx);
    own::credit(&mut fx, &vault, &alice, 1_000 * USDC).unwrap();
    (fx, vault, alice)
}

#[test]
fn nobody_but_the_vault_moves_money_in_or_out() {
    let (mut fx, alice) = funded(quiet(1), 1_000 * USDC);
    let cast = Cast::of(&fx);
    let another = own::vault_key();
    for key in [&cast.owner, &cast.curator, &cast.guardian, &cast.stranger, &another, &alice.key] {
        fx.assert_refused("ForeignAccount", |fx| own::credit(fx, key, &alice, USDC));
        fx.assert_refused("ForeignAccount", |fx| own::pay(fx, key, &alice.base, USDC));
        fx.assert_refused("ForeignAccount", |fx| own::reserve(fx, key, USDC));
    }
    // The vault's own address, without its signature.
    let vault = fx.deployment.vault.addresses.vault;
    let ledger = fx.deployment.vault.addresses.ledger;
    let credit = own::credit_accounts(&fx, &vault, &alice);
    let pay = own::pay_accounts(&fx, &vault, &alice.base);
    let reserve = accounts::Reserve { vault, ledger };
    for forged in [
        build(strategy_router::ID, credit, instruction::Credit { assets: USDC, kept: 0 }),
        build(strategy_router::ID, pay, instruction::Pay { assets: USDC, kept: 0 }),
        build(strategy_router::ID, reserve, instruction::Reserve { amount: USDC, overdue: 0 }),
    ] {
        fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned(forged, 0)], &[&alice.key]));
    }
}

#[test]
fn another_ledgers_vault_is_no_better() {
    let (mut fx, _) = funded(quiet(1), 1_000 * USDC);
    let bob = fx.depositor(100 * USDC);
    let deployed = fx.deployment.vault.addresses;
    let vault = own::open(&mut fx);
    // Its own signature, the deployed ledger's accounts.
    let mut pay = own::pay_accounts(&fx, &vault.pubkey(), &bob.base);
    pay.cash = deployed.cash;
    let send = |fx: &mut Fixture, pay| {
        fx.send(&[build(strategy_router::ID, pay, instruction::Pay { assets: USDC, kept: 0 })], &[&vault])
    };
    fx.assert_refused("ForeignAccount", |fx| send(fx, pay));
    pay.ledger = deployed.ledger;
    fx.assert_refused("ForeignAccount", |fx| send(fx, pay));
    let mut credit = own::credit_accounts(&fx, &vault.pubkey(), &bob);
    credit.cash = deployed.cash;
    let credit = build(strategy_router::ID, credit, instruction::Credit { assets: USDC, kept: 0 });
    fx.assert_refused("ForeignAccount", |fx| fx.send(&[credit], &[&vault, &bob.key]));
}

#[test]
fn what_comes_in_is_tracked_to_the_unit() {
    let (mut fx, vault, alice) = credited();
    own::credit(&mut fx, &vault, &alice, 1).unwrap();
    let ledger = fx.ledger();
    assert_eq!((ledger.cash_tracked, ledger.credited), (1_000 * USDC + 1, 1_000 * USDC + 1));
    assert_eq!(fx.balance(&ledger.cash), 1_000 * USDC + 1);
    assert_eq!(fx.balance(&alice.base), 1_000 * USDC - 1);
    assert_eq!(ledger.nav(now(&fx)).unwrap().low, 1_000 * USDC + 1);
}

#[test]
fn the_depositor_pays_with_its_own_money() {
    let (mut fx, vault, alice) = credited();
    let bob = fx.depositor(100 * USDC);
    fx.assert_refused("ZeroAmount", |fx| own::credit(fx, &vault, &alice, 0));
    fx.assert_refused("InsufficientFunds", |fx| own::credit(fx, &vault, &alice, 1_000 * USDC + 1));
    let credit = |fx: &mut Fixture, accounts, signer: &Keypair| {
        let credit = build(strategy_router::ID, accounts, instruction::Credit { assets: USDC, kept: 0 });
        fx.send(&[credit], &[&vault, signer])
    };
    let mut accounts = own::credit_accounts(&fx, &vault.pubkey(), &bob);
    accounts.source = alice.base;
    fx.assert_refused("OwnerMismatch", |fx| credit(fx, accounts, &bob.key));
    // Cash is the ledger's and cannot pay itself.
    accounts.source = accounts.cash;
    fx.assert_refused("OwnerMismatch", |fx| credit(fx, accounts, &bob.key));
    let mut accounts = own::credit_accounts(&fx, &vault.pubkey(), &bob);
    accounts.base_mint = fx.deployment.token.key;
    fx.assert_refused("ForeignAccount", |fx| credit(fx, accounts, &bob.key));
    let mut accounts = own::credit_accounts(&fx, &vault.pubkey(), &bob);
    accounts.base_token_program = anchor_spl::token_2022::ID;
    fx.assert_refused("ForeignAccount", |fx| credit(fx, accounts, &bob.key));
}

#[test]
fn what_goes_out_is_exact_and_at_most_the_cash() {
    let (mut fx, vault, alice) = credited();
    fx.assert_refused("ZeroAmount", |fx| own::pay(fx, &vault, &alice.base, 0));
    fx.assert_refused("InsufficientCash", |fx| own::pay(fx, &vault, &alice.base, 1_000 * USDC + 1));
    own::pay(&mut fx, &vault, &alice.base, 400 * USDC).unwrap();
    let ledger = fx.ledger();
    assert_eq!((ledger.cash_tracked, ledger.paid, ledger.credited), (600 * USDC, 400 * USDC, 1_000 * USDC));
    assert_eq!((fx.balance(&ledger.cash), fx.balance(&alice.base)), (600 * USDC, 1_400 * USDC));
    own::pay(&mut fx, &vault, &alice.base, 600 * USDC).unwrap();
    assert_eq!((fx.ledger().cash_tracked, fx.ledger().paid), (0, 1_000 * USDC));
}

#[test]
fn a_donation_is_not_paid_out() {
    let (mut fx, vault, alice) = credited();
    let cash = fx.ledger().cash;
    fx.donate(&alice, &cash, 500 * USDC).unwrap();
    fx.assert_refused("InsufficientCash", |fx| own::pay(fx, &vault, &alice.base, 1_000 * USDC + 1));
    own::pay(&mut fx, &vault, &alice.base, 1_000 * USDC).unwrap();
    assert_eq!((fx.ledger().cash_tracked, fx.balance(&cash)), (0, 500 * USDC));
}

#[test]
fn a_payment_goes_to_an_account_of_the_base_asset_that_is_not_cash() {
    let (mut fx, vault, alice) = credited();
    let cash = fx.ledger().cash;
    fx.assert_refused("SameAccount", |fx| own::pay(fx, &vault, &cash, USDC));
    let token = fx.deployment.token;
    let other = tokens::issue(&mut fx.chain, &fx.deployment.actors, &token, &alice.pubkey(), 0).unwrap();
    fx.assert_refused("MintMismatch", |fx| own::pay(fx, &vault, &other, USDC));
    let refused = fx.assert_unchanged(|fx| own::pay(fx, &vault, &Pubkey::new_unique(), USDC));
    assert!(refused.is_err());
    let mut pay = own::pay_accounts(&fx, &vault.pubkey(), &alice.base);
    pay.base_mint = token.key;
    let pay = build(strategy_router::ID, pay, instruction::Pay { assets: USDC, kept: 0 });
    fx.assert_refused("ForeignAccount", |fx| fx.send(&[pay], &[&vault]));
}

#[test]
fn exits_ask_neither_pause_nor_valuation() {
    let mut fx = Fixture::from_plan(quiet(1));
    let alice = fx.depositor(1_000 * USDC);
    let plan = quiet(1).lines.remove(0);
    let vault = own::with_line(&mut fx, &plan);
    own::credit(&mut fx, &vault, &alice, 1_000 * USDC).unwrap();
    own::allocate(&mut fx, &vault, 500 * USDC).unwrap();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.router().pause(&guardian, gimbal_control::Direction::NewMoney).unwrap();
    fx.warp(30 * DAY);
    assert!(fx.ledger().nav(now(&fx)).is_err());
    own::pay(&mut fx, &vault, &alice.base, 500 * USDC).unwrap();
    assert_eq!(fx.ledger().cash_tracked, 0);
}

#[test]
fn the_queues_worth_is_the_vaults_to_tell() {
    let (mut fx, vault, _) = credited();
    own::reserve(&mut fx, &vault, 300 * USDC).unwrap();
    assert_eq!((fx.ledger().reserved, fx.ledger().queue_need()), (300 * USDC, 0));
    // More than there is in cash: what is lacking may be recalled by anybody.
    own::reserve(&mut fx, &vault, 1_200 * USDC).unwrap();
    assert_eq!((fx.ledger().reserved, fx.ledger().queue_need()), (1_200 * USDC, 200 * USDC));
    own::reserve(&mut fx, &vault, 0).unwrap();
    assert_eq!((fx.ledger().reserved, fx.ledger().queue_need()), (0, 0));
    assert_eq!((fx.ledger().cash_tracked, fx.ledger().credited), (1_000 * USDC, 1_000 * USDC));
}
