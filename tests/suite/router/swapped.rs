//! A line over another token: bought and sold in a pool at a price that the feeds bound, and valued by them alone.
//!
//! The pool holds 5,000,000,000 of each token at a price of one and takes a hundredth of a percent. A trade of x against
//! virtual reserves a and b gives b·x'/(a + x'), where x' is x without the fee.

use super::*;

use gimbal::bundle::with_budget;
use gimbal::instructions::router;
use gimbal::pda::router_seeds::keeper_address;
use gimbal::setup::tokens;
use strategy_router::adapters::lending::at;
use strategy_router::Keeper;

/// Liquidity of the pool, which is both virtual reserves at a price of one.
const LIQUIDITY: u128 = 5_000_000_000_000_000;

/// One swapped line over a market without borrowers, half of all in it.
pub fn plan() -> Plan {
    let mut plan = quiet(0);
    let mut line = LinePlan::new(2, 5_000);
    line.borrowed = 0;
    plan.lines.push(line);
    plan
}

/// 1,000 USDC of Alice's, 500 of which have bought the token.
pub fn bought() -> (Fixture, User) {
    let (mut fx, alice) = funded(plan(), 1_000 * USDC);
    fx.router().rebalance(0).unwrap();
    (fx, alice)
}

/// The pool's virtual reserves of what goes in and of what comes out.
struct Reserves {
    given: u128,
    taken: u128,
}

impl Reserves {
    fn even() -> Self {
        Self { given: LIQUIDITY, taken: LIQUIDITY }
    }

    /// What `amount` brings.
    fn trade(&mut self, amount: u64) -> u64 {
        let net = u128::from(amount) * 999_900 / 1_000_000;
        let out = self.taken * net / (self.given + net);
        (self.given, self.taken) = (self.given + net, self.taken - out);
        u64::try_from(out).unwrap()
    }

    /// The same pool for the way back.
    fn turned(self) -> Self {
        Self { given: self.taken, taken: self.given }
    }
}

/// Moves the pool's price of the token, and nothing else: base units for 10,000 tokens.
pub fn rebase(fx: &mut Fixture, base_per_myriad: u64) {
    let pool = fx.deployment.lines[0].pool.unwrap().context;
    let sqrt_price = pool.sqrt_price(&fx.deployment.token.key, base_per_myriad, 10_000);
    let owner = fx.deployment.actors.venue_owner.insecure_clone();
    fx.send(&[pool.rebase(sqrt_price)], &[&owner]).unwrap();
}

/// Whether two amounts differ by what the pool's rounding takes at most.
#[track_caller]
pub fn assert_near(one: u64, other: u64) {
    assert!(one.abs_diff(other) <= 1, "{one} is not {other}");
}

#[test]
fn cash_buys_the_token_and_lends_it() {
    let (mut fx, _) = funded(plan(), 1_000 * USDC);
    let receipt = fx.router().rebalance(0).unwrap();
    let tokens = Reserves::even().trade(500 * USDC);
    // 500 less 0.05 of fee less 0.00005 for moving the price.
    assert_near(tokens, 499_949_950);
    let line = fx.line(0);
    assert_near(line.position, tokens);
    assert_eq!((line.invested, line.in_flight, fx.ledger().cash_tracked), (500 * USDC, 0, 500 * USDC));
    // Both are a dollar.
    assert_eq!(line.mid, line.position);
    let loss = 500 * USDC - line.position;
    let RouterEvent::Rebalanced(event) = event(&receipt) else { panic!("a line was moved") };
    assert_eq!((event.deployed, event.amount, event.loss), (true, 500 * USDC, loss));
    let key = fx.router().keeper(0).pubkey();
    let keeper: Keeper = fx.read(&keeper_address(&fx.deployment.vault.addresses.ledger, &key).0);
    assert_eq!((fx.ledger().epoch.loss_used, keeper.loss_used, line.keeper_loss), (loss, loss, loss));
    fx.assert_identities();
}

#[test]
fn the_token_is_sold_on_the_way_back() {
    let (mut fx, _) = bought();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    let mut pool = Reserves::even();
    pool.trade(500 * USDC);
    let mut pool = pool.turned();
    let had = fx.line(0).position;
    fx.router().recall(&guardian, 0, 100 * USDC).unwrap();
    let cash = pool.trade(100 * USDC);
    assert_eq!((had - fx.line(0).position, fx.line(0).in_flight), (100 * USDC, 0));
    assert_near(fx.ledger().cash_tracked, 500 * USDC + cash);
    // And all of the rest.
    let rest = fx.line(0).position;
    fx.router().recall(&guardian, 0, u64::MAX).unwrap();
    let more = pool.trade(rest);
    assert!(fx.ledger().cash_tracked.abs_diff(500 * USDC + cash + more) <= 2);
    assert_eq!((fx.line(0).position, fx.line(0).high), (0, 0));
    fx.assert_identities();
}

#[test]
fn a_pool_beyond_the_bound_from_the_feeds_buys_and_sells_nothing() {
    // 1% of slippage on top of what the confidences leave: 0.04%.
    let (mut fx, _) = funded(plan(), 1_000 * USDC);
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    rebase(&mut fx, 10_110);
    fx.assert_refused("AmountOutBelowMinimum", |fx| fx.router().rebalance(0));
    rebase(&mut fx, 10_000);
    fx.router().rebalance(0).unwrap();
    rebase(&mut fx, 9_890);
    fx.assert_refused("AmountOutBelowMinimum", |fx| fx.router().recall(&guardian, 0, 100 * USDC));
    rebase(&mut fx, 9_910);
    fx.router().recall(&guardian, 0, 100 * USDC).unwrap();
}

#[test]
fn a_deposit_never_swaps() {
    let mut fx = Fixture::from_plan(plan());
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit_and_allocate(&alice, 1_000 * USDC, 0, 0).unwrap();
    assert_eq!((fx.ledger().cash_tracked, fx.line(0).position), (1_000 * USDC, 0));
}

#[test]
fn donated_tokens_are_adopted_and_sold_first() {
    let (mut fx, _) = bought();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    let (actors, token, account) = (&fx.deployment.actors, fx.deployment.token, fx.deployment.lines[0].addresses.token);
    let patron = actors.venue_owner.insecure_clone();
    let source = tokens::issue(&mut fx.chain, actors, &token, &patron.pubkey(), 60 * USDC).unwrap();
    let gift = gimbal::instructions::token::transfer(
        &source,
        &token.key,
        &account,
        &patron.pubkey(),
        60 * USDC,
        token.decimals,
        &token.program,
    );
    fx.send(&[gift], &[&patron]).unwrap();
    let before = fx.line(0);
    fx.router().refresh(0).unwrap();
    assert_eq!(fx.line(0).mid, before.mid);
    let receipt = fx.router().harvest(0).unwrap();
    let RouterEvent::Harvested(event) = event(&receipt) else { panic!("a gain was adopted") };
    assert_eq!((event.tokens, event.gain), (60 * USDC, 60 * USDC));
    assert_eq!((fx.line(0).in_flight, fx.line(0).mid), (60 * USDC, before.mid + 60 * USDC));

    // 100 are recalled: the 60 that earn nothing, and 40 of the loan.
    fx.router().recall(&guardian, 0, 100 * USDC).unwrap();
    assert_eq!((fx.line(0).in_flight, before.position - fx.line(0).position), (0, 40 * USDC));
    assert_eq!(fx.balance(&account), 0);
    fx.assert_identities();
}

#[test]
fn a_tick_array_of_the_pool_may_stand_in_for_a_pinned_one_and_nothing_else_may() {
    let (mut fx, _) = bought();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    let owner = fx.deployment.actors.venue_owner.insecure_clone();
    let pool = fx.deployment.lines[0].pool.unwrap().context;
    fx.send(&[pool.init_tick_array(176)], &[&owner]).unwrap();
    let (context, line) = (fx.deployment.vault, fx.deployment.lines[0].context.clone());
    let recall = |place: usize, key| {
        let mut line = line.clone();
        line.pinned[place] = key;
        with_budget(&[router::recall(&context, &line, &guardian.pubkey(), USDC)])
    };
    let (other, reserve) = (pool.tick_array(176), line.pinned[at::RESERVE]);
    for (place, key) in [
        (at::TICK_ARRAYS, reserve),
        (at::TICK_ARRAYS_END - 1, line.addresses.token),
        (at::POOL, other),
        (at::POOL_ORACLE, other),
        (at::POOL_VAULT_A, line.addresses.token),
    ] {
        fx.assert_refused("VenueAccountMismatch", |fx| fx.send(&recall(place, key), &[&guardian]));
    }
    for place in at::TICK_ARRAYS..at::TICK_ARRAYS_END {
        fx.send(&recall(place, other), &[&guardian]).unwrap();
    }
    fx.assert_identities();
}
