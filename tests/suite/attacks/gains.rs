//! Attack 26 and what is akin to it: a gain that is known beforehand is bought into and sold out of.

use super::*;
use gimbal::bundle::with_budget;
use gimbal::instructions::router;

/// 1,000 USDC deposited, half of it at work in one line, and a donation of 500 waiting in cash to be harvested.
fn with_a_gain_in_sight() -> (Fixture, User, User) {
    let mut fx = Fixture::with_lines(1);
    let alice = fx.depositor(1_000 * USDC);
    let thief = fx.depositor(10_000 * USDC);
    let patron = fx.depositor(500 * USDC);
    fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
    fx.refresh_all();
    fx.router().rebalance(0).unwrap();
    let cash = fx.deployment.vault.addresses.cash;
    fx.donate(&patron, &cash, 500 * USDC).unwrap();
    (fx, alice, thief)
}

/// Attack 26: deposit, harvest and redeem in one transaction.
#[test]
fn a_gain_is_not_bought_harvested_and_sold_at_once() {
    let (mut fx, _, thief) = with_a_gain_in_sight();
    let vault = fx.deployment.vault;
    // At the price of the moment, 10,000 USDC buy 10,000 shares, less what interest and rounding make of it.
    let shares = 9_990 * USDC;
    let attack = |least: u64| {
        with_budget(&[
            vault.mint(&thief.pubkey(), shares, 10_000 * USDC),
            router::harvest_cash(&vault),
            vault.redeem(&thief.pubkey(), shares, least),
        ])
    };
    fx.assert_refused("SlippageExceeded", |fx| fx.send(&attack(10_000 * USDC), &[&thief.key]));
    // Without the bound it goes through, and loses.
    fx.send(&attack(0), &[&thief.key]).unwrap();
    assert!(wealth(&fx, &thief) <= 10_000 * USDC, "{}", wealth(&fx, &thief));
}

/// Attack 26, with the harvest first: who enters pays for the gain, and cannot take it along at once.
#[test]
fn a_locked_gain_is_paid_for_and_not_taken_along() {
    let (mut fx, alice, thief) = with_a_gain_in_sight();
    let before = wealth(&fx, &alice);
    fx.router().harvest_cash().unwrap();
    assert!(wealth(&fx, &alice) <= before, "nothing of the gain counts for leavers yet");
    fx.vault().deposit(&thief, 5_000 * USDC, 0).unwrap();
    // 5,000 · (1,000 + 1) / (1,500 + 1) = 3,334.4, less interest.
    assert!(fx.balance(&thief.shares) < 3_335 * USDC, "the price counts the whole gain");
    let held = fx.balance(&thief.shares);
    fx.vault().redeem(&thief, held, 0).unwrap();
    assert!(fx.balance(&thief.base) < 10_000 * USDC);
    // Over six hours it becomes the holders'.
    fx.pass(6 * 3_600);
    assert!(wealth(&fx, &alice) > before + 490 * USDC);
    fx.assert_identities();
}

/// Attack 26, of receipt tokens sent to a line.
#[test]
fn a_gain_in_receipt_tokens_is_locked_as_well() {
    let (mut fx, _, thief) = with_a_gain_in_sight();
    let line = fx.deployment.lines[0].clone();
    let patron = fx.depositor(1_000 * USDC);
    let receipts = line.reserve.addresses.collateral_mint;
    let (payer, program) = (fx.deployment.actors.payer.pubkey(), anchor_spl::token::ID);
    let account = gimbal::instructions::token::associated(&patron.pubkey(), &receipts, &program);
    let gift = [
        gimbal::instructions::token::create_associated(&payer, &patron.pubkey(), &receipts, &program),
        line.reserve.refresh(),
        line.reserve.deposit(&patron.pubkey(), 500 * USDC),
    ];
    fx.send(&with_budget(&gift), &[&patron.key]).unwrap();
    let amount = fx.balance(&account);
    let send = gimbal::instructions::token::transfer(
        &account,
        &receipts,
        &line.addresses.position,
        &patron.pubkey(),
        amount,
        6,
        &program,
    );
    let low = fx.ledger().totals.low;
    fx.send(&[send], &[&patron.key]).unwrap();
    fx.refresh_all();
    assert!(fx.ledger().totals.low < low + USDC, "what nobody harvested is not valued");

    let vault = fx.deployment.vault;
    let shares = 5_000 * USDC;
    let attack = [
        vault.mint(&thief.pubkey(), shares, 10_000 * USDC),
        line.reserve.refresh(),
        router::harvest(&vault, &line.context),
        vault.redeem(&thief.pubkey(), shares, 0),
    ];
    fx.send(&with_budget(&attack), &[&thief.key]).unwrap();
    assert!(wealth(&fx, &thief) <= 10_000 * USDC, "{}", wealth(&fx, &thief));
    assert!(fx.ledger().totals.low > low + 400 * USDC, "the gift is the vault's");
}

/// Attack 26: a valuation older than allowed prices nothing.
#[test]
fn an_old_valuation_prices_nothing() {
    let (mut fx, alice, thief) = with_a_gain_in_sight();
    let age = u64::from(fx.deployment.plan.limits.max_valuation_age);
    fx.refresh_all();
    fx.warp(age + 1);
    fx.deployment.post_prices(&mut fx.chain).unwrap();
    fx.assert_refused("StaleNav", |fx| fx.vault().redeem(&alice, USDC, 0));
    fx.assert_refused("StaleNav", |fx| fx.vault().withdraw(&alice, USDC, u64::MAX));
    fx.assert_refused("StaleNav", |fx| fx.vault().deposit(&thief, USDC, 0));
    fx.assert_refused("StaleNav", |fx| fx.vault().mint(&thief, USDC, u64::MAX));
}

/// Beyond the list: tokens sent to the cash account are nobody's until they are harvested.
#[test]
fn a_donation_to_cash_changes_nothing_until_it_is_harvested() {
    let (mut fx, alice, _) = with_a_gain_in_sight();
    let before = (fx.ledger().cash_tracked, wealth(&fx, &alice));
    let giver = fx.depositor(300 * USDC);
    let cash = fx.deployment.vault.addresses.cash;
    let books = (fx.vault_state(), fx.ledger());
    fx.donate(&giver, &cash, 300 * USDC).unwrap();
    assert_eq!((fx.vault_state().shares, fx.ledger().cash_tracked), (books.0.shares, before.0));
    assert_eq!(wealth(&fx, &alice), before.1);
    let free = fx.ledger().cash_tracked - fx.ledger().keeper_owed;
    fx.assert_refused("InsufficientCash", |fx| fx.vault().withdraw(&alice, free + 1, u64::MAX));
    fx.router().harvest_cash().unwrap();
    assert_eq!(fx.ledger().cash_tracked, before.0 + 800 * USDC);
    assert_eq!(fx.ledger().surplus_adopted, 800 * USDC);
    assert!(wealth(&fx, &alice) <= before.1, "locked");
    fx.assert_refused("NothingToCollect", |fx| fx.router().harvest_cash());
    fx.assert_identities();
}

/// Beyond the list: gifts to the escrow and to the claims account give nobody anything.
#[test]
fn a_donation_to_escrow_or_claims_is_paid_to_nobody() {
    let (mut fx, alice, thief) = with_a_gain_in_sight();
    let own = fx.deployment.vault.addresses;
    fx.donate(&thief, &own.claims, 100 * USDC).unwrap();
    let give = gimbal::instructions::token::transfer(
        &alice.shares,
        &own.share_mint,
        &own.escrow,
        &alice.pubkey(),
        50 * USDC,
        6,
        &anchor_spl::token::ID,
    );
    fx.send(&[give], &[&alice.key]).unwrap();
    fx.vault().request_redeem(&alice, 20 * USDC).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    let paid = fx.ticket(0).unwrap().claimable;
    assert!(paid <= 20 * USDC, "one share is worth about one unit: {paid}");
    let before = fx.balance(&alice.base);
    fx.vault().claim(&alice, 0).unwrap();
    assert_eq!(fx.balance(&alice.base), before + paid);
    assert_eq!((fx.balance(&own.claims), fx.balance(&own.escrow)), (100 * USDC, 50 * USDC));
}

/// Beyond the list: in, a fresh valuation, and out in one slot, whatever the age of the valuation before.
#[test]
fn a_deposit_and_redemption_in_one_slot_never_profit() {
    for age in [0, 1, 60, 300, 599] {
        for plan in [1, 3] {
            let mut fx = Fixture::with_lines(plan);
            let alice = fx.depositor(50_000 * USDC);
            let thief = fx.depositor(1_000_000 * USDC);
            fx.vault().deposit(&alice, 50_000 * USDC, 0).unwrap();
            fx.refresh_all();
            for place in 0..plan {
                fx.router().rebalance(place).unwrap();
            }
            fx.warp(age);
            fx.deployment.post_prices(&mut fx.chain).unwrap();
            fx.vault().deposit(&thief, 1_000_000 * USDC, 0).unwrap();
            fx.deployment.refresh_all(&mut fx.chain).unwrap();
            let held = fx.balance(&thief.shares);
            fx.vault().redeem(&thief, held, 0).unwrap();
            let left = fx.balance(&thief.base);
            assert!(left <= 1_000_000 * USDC, "age {age}, {plan} lines: {left}");
            fx.assert_identities();
        }
    }
}
