//! Attacks 27 to 29: other programs, other instructions and other accounts than those that the owner pinned.

use super::*;
use gimbal::bundle::with_budget;
use gimbal::instructions::router;
use gimbal_venue_wire::klend::instruction::{
    deposit_reserve_liquidity_data, redeem_reserve_collateral_data, DEPOSIT_RESERVE_LIQUIDITY,
};

/// Money at work in the first line, and some in cash.
fn invested() -> (Fixture, User) {
    let mut fx = Fixture::with_lines(1);
    let alice = fx.depositor(10_000 * USDC);
    fx.vault().deposit(&alice, 5_000 * USDC, 0).unwrap();
    fx.refresh_all();
    fx.router().rebalance(0).unwrap();
    fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
    fx.warp(600);
    fx.refresh_all();
    (fx, alice)
}

/// Every instruction that calls a venue, with whom to sign it.
fn calls(fx: &mut Fixture, user: &User) -> Vec<(Instruction, Keypair)> {
    let actors = fx.deployment.actors.clone();
    let (vault, line) = (fx.deployment.vault, fx.deployment.lines[0].context.clone());
    let (keeper, guardian) = (actors.keepers[0].insecure_clone(), actors.guardian.insecure_clone());
    let key = |key: &Keypair| key.insecure_clone();
    vec![
        (vault.deposit_and_allocate(&user.pubkey(), USDC, 0, &line), key(&user.key)),
        (router::rebalance(&vault, &line, &keeper.pubkey()), key(&keeper)),
        (router::recall(&vault, &line, &guardian.pubkey(), USDC), key(&guardian)),
        (router::derisk(&vault, &line, &guardian.pubkey()), key(&guardian)),
        (router::harvest(&vault, &line), key(&guardian)),
    ]
}

/// Attack 27: another program in the venue's place, with or without its own ProgramData.
#[test]
fn a_program_that_was_not_pinned_is_refused() {
    let (mut fx, alice) = invested();
    let venue = fx.deployment.lines[0].context.venue;
    let hostile = router::code_of(&fx.chain, &hostile_venue::ID).unwrap();
    for (call, signer) in calls(&mut fx, &alice) {
        for (program, data) in [hostile, (hostile.0, venue.1), (venue.0, hostile.1), (::vault::ID, venue.1)] {
            let mut other = call.clone();
            let place = other.accounts.iter().position(|meta| meta.pubkey == venue.0).unwrap();
            other.accounts[place].pubkey = program;
            other.accounts[place + 1].pubkey = data;
            fx.assert_refused("VenueAccountMismatch", |fx| fx.send(&with_budget(&[other]), &[&signer]));
        }
    }
}

/// Attack 28: what a venue is told is written by the adapter alone; bytes that a caller adds do not reach it, and
/// nothing but klend's two instructions does.
#[test]
fn no_byte_of_the_caller_reaches_the_venue() {
    let (mut fx, alice) = invested();
    let line = fx.deployment.lines[0].context.clone();
    let told = |receipt: &Receipt| -> Vec<Vec<u8>> {
        let to_venue = receipt.inner.iter().filter(|call| call.program == lending_venue::ID);
        to_venue.map(|call| call.data.clone()).collect()
    };
    let redeem_all = [0xEA, 0x75, 0xB5, 0x7D, 0xB9, 0x8E, 0xDC, 0x1D];
    let mut deposit = fx.deployment.vault.deposit_and_allocate(&alice.pubkey(), 500 * USDC, 0, &line);
    deposit.data.extend(redeem_all);
    deposit.data.extend(u64::MAX.to_le_bytes());
    let invested = fx.line(0).invested;
    let receipt = fx.send(&with_budget(&[deposit]), &[&alice.key]).unwrap();
    let moved = fx.line(0).invested - invested;
    assert!(moved > 0);
    assert_eq!(told(&receipt), [deposit_reserve_liquidity_data(moved)]);
    assert_eq!(told(&receipt)[0][..8], DEPOSIT_RESERVE_LIQUIDITY);

    let guardian = fx.deployment.actors.guardian.insecure_clone();
    let position = fx.line(0).position;
    let mut recall = router::recall(&fx.deployment.vault, &line, &guardian.pubkey(), 100 * USDC);
    recall.data.extend(redeem_all);
    let receipt = fx.send(&with_budget(&[recall]), &[&guardian]).unwrap();
    assert_eq!(told(&receipt), [redeem_reserve_collateral_data(position - fx.line(0).position)]);
    fx.assert_identities();
}

/// Attack 29: each account of the list in turn is the thief's. Among them are those that receive: the receipts on the
/// way in, and cash on the way out.
#[test]
fn an_account_that_was_not_pinned_is_refused() {
    let (mut fx, alice) = invested();
    let thief = fx.depositor(0);
    let line = fx.deployment.lines[0].clone();
    let program = anchor_spl::token::ID;
    let payer = fx.deployment.actors.payer.pubkey();
    let receipts = line.reserve.addresses.collateral_mint;
    let own = gimbal::instructions::token::associated(&thief.pubkey(), &receipts, &program);
    let make = gimbal::instructions::token::create_associated(&payer, &thief.pubkey(), &receipts, &program);
    fx.send(&[make], &[]).unwrap();
    for (call, signer) in calls(&mut fx, &alice) {
        let first = call.accounts.len() - line.context.pinned.len();
        for place in first..call.accounts.len() {
            let mut other = call.clone();
            other.accounts[place].pubkey = own;
            fx.assert_refused("VenueAccountMismatch", |fx| fx.send(&with_budget(&[other]), &[&signer]));
        }
        let cash = fx.deployment.vault.addresses.cash;
        let mut other = call.clone();
        for meta in other.accounts.iter_mut().filter(|meta| meta.pubkey == cash) {
            meta.pubkey = thief.base;
        }
        let outcome = fx.assert_unchanged(|fx| fx.send(&with_budget(&[other]), &[&signer]));
        assert_error(outcome, "ForeignAccount");
    }
}

/// Beyond the list: a market's own refusals come through by name, and leave everything as it was.
#[test]
fn a_market_that_is_halted_or_full_takes_no_money() {
    let (mut fx, alice) = invested();
    let invested = fx.line(0).invested;
    let config = lending_venue::ReserveConfig { deposit_limit: USDC, ..fx.deployment.plan.lines[0].reserve };
    fx.lending().set_config(0, config).unwrap();
    fx.refresh_all();
    fx.vault().deposit_and_allocate(&alice, 100 * USDC, 0, 0).unwrap();
    assert_eq!(fx.line(0).invested, invested, "the deposit went through, and stayed in cash");
    fx.assert_refused("VenueClosed", |fx| fx.router().rebalance(0));
}

/// Beyond the list: full utilisation; a recall fails honestly instead of selling receipts for less.
#[test]
fn a_market_without_liquidity_pays_nothing_and_loses_nothing() {
    let (mut fx, _) = invested();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.lending().borrow(0, u64::MAX).unwrap();
    fx.refresh_all();
    fx.assert_refused("VenueIlliquid", |fx| fx.router().recall(&guardian, 0, 100 * USDC));
    fx.lending().repay(0, 1_000 * USDC).unwrap();
    fx.refresh_all();
    fx.router().recall(&guardian, 0, 100 * USDC).unwrap();
    fx.assert_identities();
}
