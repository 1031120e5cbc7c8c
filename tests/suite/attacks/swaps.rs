//! Attacks 29 and 30 of a swapped line: where a swap pays to, and at what price.

use super::*;
use anchor_spl::token::ID as TOKEN_PROGRAM;
use gimbal::bundle::with_budget;
use gimbal::instructions::{router, token};
use strategy_router::adapters::lending::at;

/// The swapped line's place.
const SWAPPED: usize = 2;

/// 10,000 USDC, of which the swapped line holds its part: 30%.
fn swapped() -> (Fixture, User) {
    let mut fx = Fixture::new();
    let alice = fx.depositor(50_000 * USDC);
    fx.vault().deposit(&alice, 10_000 * USDC, 0).unwrap();
    fx.refresh_all();
    fx.router().rebalance(SWAPPED).unwrap();
    assert!(fx.line(SWAPPED).mid > 2_990 * USDC);
    fx.vault().deposit(&alice, 10_000 * USDC, 0).unwrap();
    fx.warp(600);
    fx.refresh_all();
    (fx, alice)
}

/// Moves the pool, and with it no feed: one token costs `token` and one unit of base `base`.
fn move_pool(fx: &mut Fixture, base: u64, token: u64) {
    let owner = fx.deployment.actors.venue_owner.insecure_clone();
    let pool = fx.deployment.lines[SWAPPED].pool.unwrap().context;
    let sqrt_price = pool.sqrt_price(&fx.deployment.base.key, base, token);
    fx.send(&[pool.rebase(sqrt_price)], &[&owner]).unwrap();
}

/// An account of the thief for the swapped line's token.
fn thiefs_token_account(fx: &mut Fixture) -> (User, Pubkey) {
    let thief = fx.depositor(0);
    let (payer, mint) = (fx.deployment.actors.payer.pubkey(), fx.deployment.token.key);
    fx.send(&[token::create_associated(&payer, &thief.pubkey(), &mint, &TOKEN_PROGRAM)], &[]).unwrap();
    let account = token::associated(&thief.pubkey(), &mint, &TOKEN_PROGRAM);
    (thief, account)
}

/// Attack 29: the swap would pay the thief, on the way in or on the way out.
#[test]
fn a_swap_pays_to_nobody_else() {
    let (mut fx, _) = swapped();
    let (thief, account) = thiefs_token_account(&mut fx);
    let (keeper, guardian) = (fx.router().keeper(0), fx.deployment.actors.guardian.insecure_clone());
    let (vault, line) = (fx.deployment.vault, fx.deployment.lines[SWAPPED].context.clone());
    let calls = [
        (router::rebalance(&vault, &line, &keeper.pubkey()), &keeper),
        (router::recall(&vault, &line, &guardian.pubkey(), 100 * USDC), &guardian),
    ];
    for (call, signer) in calls {
        let first = call.accounts.len() - line.pinned.len();
        // Among these: the token account, the pool and its two accounts, and arrays that no swap program owns.
        for place in 0..line.pinned.len() {
            let mut other = call.clone();
            other.accounts[first + place].pubkey = account;
            fx.assert_refused("VenueAccountMismatch", |fx| fx.send(&with_budget(&[other]), &[signer]));
        }
        let mut other = call.clone();
        for meta in other.accounts.iter_mut().filter(|meta| meta.pubkey == vault.addresses.cash) {
            meta.pubkey = thief.base;
        }
        fx.assert_refused("ForeignAccount", |fx| fx.send(&with_budget(&[other]), &[signer]));
        // Another swap program, whose pool could be anything.
        let swap = line.swap.unwrap();
        let hostile = router::code_of(&fx.chain, &hostile_venue::ID).unwrap();
        let mut other = call.clone();
        for meta in &mut other.accounts {
            meta.pubkey = match meta.pubkey {
                key if key == swap.0 => hostile.0,
                key if key == swap.1 => hostile.1,
                key => key,
            };
        }
        fx.assert_refused("VenueAccountMismatch", |fx| fx.send(&with_budget(&[other]), &[signer]));
        // What follows the price may be another account of the swap program, and must then be the pool's own.
        let mut other = call.clone();
        other.accounts[first + at::TICK_ARRAYS].pubkey = line.pinned[at::POOL];
        let refused = fx.assert_unchanged(|fx| fx.send(&with_budget(&[other]), &[signer]));
        let refused = refused.expect_err("the pool is no tick array");
        assert_eq!(refused.refused().unwrap().program, Some(swap_venue::ID), "{refused}");
    }
}

/// Attack 30: the pool is moved by more than the line's slippage bound, in one transaction or for a week; the feeds
/// decide what a swap must give.
#[test]
fn a_manipulated_pool_is_refused() {
    let (mut fx, alice) = swapped();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    // Tokens are 5% too dear.
    move_pool(&mut fx, 100, 105);
    fx.assert_refused("AmountOutBelowMinimum", |fx| fx.router().rebalance(SWAPPED));
    // Tokens are 5% too cheap.
    move_pool(&mut fx, 105, 100);
    fx.assert_refused("AmountOutBelowMinimum", |fx| fx.router().recall(&guardian, SWAPPED, 500 * USDC));
    fx.router().set_status(&guardian, SWAPPED, 3).unwrap();
    fx.assert_refused("AmountOutBelowMinimum", |fx| fx.router().derisk(&alice.key, SWAPPED));
    // At a fair price again, it goes.
    move_pool(&mut fx, 100, 100);
    fx.router().derisk(&alice.key, SWAPPED).unwrap();
    assert_eq!(fx.line(SWAPPED).position, 0);
    fx.assert_identities();
}

/// Attack 30: a bound that rounds to zero is no bound.
#[test]
fn a_swap_without_a_bound_is_refused() {
    let (mut fx, _) = swapped();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.assert_refused("ZeroAmount", |fx| fx.router().recall(&guardian, SWAPPED, 1));
}

/// Attack 30 within the bound: a deposit never goes on through a swap, so that nobody sandwiches his own.
#[test]
fn a_sandwiched_deposit_stays_in_cash() {
    let (mut fx, alice) = swapped();
    let before = (fx.line(SWAPPED).invested, wealth(&fx, &alice));
    move_pool(&mut fx, 1_000, 1_009);
    let thief = fx.depositor(20_000 * USDC);
    fx.vault().deposit_and_allocate(&thief, 20_000 * USDC, 0, SWAPPED).unwrap();
    move_pool(&mut fx, 1_000, 1_000);
    let held = fx.balance(&thief.shares);
    fx.vault().redeem(&thief, held, 0).unwrap();
    assert_eq!(fx.line(SWAPPED).invested, before.0);
    assert!(fx.balance(&thief.base) <= 20_000 * USDC);
    assert!(wealth(&fx, &alice) >= before.1);
    fx.assert_identities();
}

/// Attack 30 within the bound: whoever queues may have anybody recall; what such swaps lose in an epoch is bounded by
/// the ledger's budget, and the cancelled ticket costs the vault no more.
#[test]
fn sandwiched_recalls_of_a_queue_lose_at_most_the_budget() {
    let mut plan = Plan::default();
    // The swapped line alone; half a basis point of NAV may be lost.
    for (place, line) in plan.lines.iter_mut().enumerate() {
        line.params.target_bps = if place == SWAPPED { 9_000 } else { 0 };
        line.params.max_bps = 10_000;
    }
    (plan.limits.loss_budget_bps, plan.limits.keeper_loss_budget_bps) = (20, 20);
    let mut fx = Fixture::from_plan(plan);
    let alice = fx.depositor(10_000 * USDC);
    let thief = fx.depositor(10_000 * USDC);
    fx.vault().deposit(&alice, 5_000 * USDC, 0).unwrap();
    fx.vault().deposit(&thief, 5_000 * USDC, 0).unwrap();
    fx.refresh_all();
    fx.router().rebalance(SWAPPED).unwrap();
    let mut refused = 0;
    for sequence in 0..6 {
        let shares = fx.balance(&thief.shares);
        fx.vault().request_redeem(&thief, shares).unwrap();
        fx.refresh_all();
        move_pool(&mut fx, 1_008, 1_000);
        let need = fx.ledger().queue_need().min(1_000 * USDC);
        if need > 0 {
            let mut ahead = fx.clone();
            match ahead.router().recall(&thief.key, SWAPPED, need) {
                Ok(_) => {
                    fx.router().recall(&thief.key, SWAPPED, need).unwrap();
                }
                Err(error) => {
                    assert_eq!(error.name(), "LossBudgetExceeded", "{error}");
                    fx.assert_refused("LossBudgetExceeded", |fx| fx.router().recall(&thief.key, SWAPPED, need));
                    refused += 1;
                }
            }
        }
        move_pool(&mut fx, 1_000, 1_000);
        fx.vault().cancel(&thief, sequence).unwrap();
        let epoch = fx.ledger().epoch;
        assert!(epoch.loss_used <= epoch.nav_at_start * 20 / 10_000, "{epoch:?}");
    }
    assert!(refused > 0, "the budget ends");
    fx.assert_identities();
}

/// Beyond the list, and before any LP line (41): the pool's price is no price of the line.
#[test]
fn a_moved_pool_moves_no_valuation() {
    let (mut fx, alice) = swapped();
    let before = fx.line(SWAPPED);
    for (base, token) in [(100, 150), (150, 100), (1, 10)] {
        move_pool(&mut fx, base, token);
        fx.router().refresh(SWAPPED).unwrap();
        let after = fx.line(SWAPPED);
        assert_eq!((after.low, after.mid, after.high), (before.low, before.mid, before.high));
    }
    fx.vault().redeem(&alice, 100 * USDC, 0).unwrap();
}
