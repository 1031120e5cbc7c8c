//! `rebalance` by marginal-rate water-filling: 950 of 1,000 USDC over two markets of 1,000 USDC each, in 32 chunks.
//!
//! With 800 lent and a borrow rate that rises in a straight line to R at full use, x of ours earn x·R·800²/(1,000 + x)².

use super::*;

use lending_venue::ReserveConfig;
use strategy_router::LineParams;

/// A 32nd of the 950 USDC that are to be placed.
const CHUNK: u64 = 29_687_500;

/// 1,000 USDC of Alice's in cash, and one market for each pair of lent USDC and rate at full use, basis points.
fn markets(of: [(u64, u32); 2]) -> Fixture {
    let mut plan = quiet(2);
    plan.policy = 1;
    for (line, (lent, rate)) in plan.lines.iter_mut().zip(of) {
        line.liquidity = 1_000 * USDC - INITIAL_DEPOSIT;
        line.borrowed = lent * USDC;
        line.reserve = ReserveConfig {
            deposit_limit: line.reserve.deposit_limit,
            ..ReserveConfig::open(&[(0, 0), (10_000, rate)])
        };
        (line.params.target_bps, line.params.max_bps) = (0, 10_000);
    }
    funded(plan, 1_000 * USDC).0
}

fn set(fx: &mut Fixture, place: usize, change: impl FnOnce(&mut LineParams)) {
    let owner = fx.deployment.actors.owner.insecure_clone();
    let mut params = LineParams::of(&fx.line(place));
    change(&mut params);
    fx.router().set_bounds(&owner, place, params).unwrap();
}

/// Rebalances both lines and asserts what lies in them, but for the unit that a deposit's rounding takes.
#[track_caller]
fn assert_placed(fx: &mut Fixture, expected: [u64; 2]) {
    for (place, amount) in expected.into_iter().enumerate() {
        if amount > 0 {
            fx.router().rebalance(place).unwrap();
        } else {
            fx.assert_refused("InsideBand", |fx| fx.router().rebalance(place));
        }
        let mid = fx.line(place).mid;
        assert!(mid.abs_diff(amount) <= 2, "line {place} holds {mid} instead of {amount}");
    }
    fx.assert_identities();
}

#[test]
fn equal_markets_get_equal_parts() {
    let mut fx = markets([(800, 1_000), (800, 1_000)]);
    assert_placed(&mut fx, [16 * CHUNK, 16 * CHUNK]);
}

#[test]
fn a_market_that_nobody_borrows_from_gets_nothing() {
    let mut fx = markets([(0, 1_000), (800, 100)]);
    assert_placed(&mut fx, [0, 32 * CHUNK]);
}

#[test]
fn where_nothing_earns_all_stays_cash() {
    let mut fx = markets([(0, 1_000), (800, 0)]);
    assert_placed(&mut fx, [0, 0]);
}

#[test]
fn the_better_market_gets_more_until_its_own_money_spoils_it() {
    // Twice the rate, and, in the second case, the same rate with less lent.
    for of in [[(800, 1_000), (800, 2_000)], [(800, 1_000), (600, 1_000)], [(900, 3_000), (500, 4_000)]] {
        let mut fx = markets(of);
        assert_placed(&mut fx, best(of));
    }
}

/// The best of all divisions into chunks, tried one by one.
fn best(of: [(u64, u32); 2]) -> [u64; 2] {
    let income = |(lent, rate): (u64, u32), x: u64| {
        let (lent, supply) = (u128::from(lent * USDC), u128::from(1_000 * USDC + x));
        u128::from(x) * u128::from(rate) * lent * lent / (supply * supply)
    };
    let splits = (0..=32).map(|chunks| [chunks * CHUNK, (32 - chunks) * CHUNK]);
    splits.max_by_key(|[one, two]| income(of[0], *one) + income(of[1], *two)).unwrap()
}

#[test]
fn bounds_come_before_rates() {
    let mut fx = markets([(800, 1_000), (800, 1_000)]);
    set(&mut fx, 0, |params| params.max_bps = 2_000);
    assert_placed(&mut fx, [200 * USDC, 750 * USDC]);
    // A minimum is placed even where it earns nothing.
    let mut fx = markets([(800, 1_000), (0, 1_000)]);
    set(&mut fx, 1, |params| (params.min_bps, params.target_bps) = (1_000, 1_000));
    assert_placed(&mut fx, [850 * USDC, 100 * USDC]);
}

#[test]
fn money_follows_the_rates_when_they_change() {
    let mut fx = markets([(800, 1_000), (800, 1_000)]);
    assert_placed(&mut fx, [475 * USDC, 475 * USDC]);
    // All of the first market's loans are repaid, so that it earns nothing any more.
    fx.lending().repay(0, 800 * USDC).unwrap();
    fx.pass(600);
    fx.router().rebalance(0).unwrap();
    assert!(fx.line(0).mid <= 2, "{}", fx.line(0).mid);
    fx.router().rebalance(1).unwrap();
    assert!(fx.line(1).mid.abs_diff(950 * USDC) <= 20_000, "{}", fx.line(1).mid);
    fx.assert_identities();
}

#[test]
fn a_frozen_line_keeps_what_it_has_and_a_dying_one_is_left_out() {
    let mut fx = markets([(800, 1_000), (800, 1_000)]);
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    assert_placed(&mut fx, [475 * USDC, 475 * USDC]);
    fx.pass(600);
    fx.router().set_status(&guardian, 0, FROZEN).unwrap();
    for place in 0..2 {
        fx.assert_refused("InsideBand", |fx| fx.router().rebalance(place));
    }
    fx.router().set_status(&guardian, 0, WINDING_DOWN).unwrap();
    fx.router().rebalance(0).unwrap();
    assert_eq!(fx.line(0).position, 0);
    fx.router().rebalance(1).unwrap();
    assert!(fx.line(1).mid.abs_diff(950 * USDC) <= 20_000, "{}", fx.line(1).mid);
}

#[test]
fn the_curator_changes_over_at_any_time() {
    let mut fx = markets([(800, 1_000), (800, 1_000)]);
    let curator = fx.deployment.actors.curator.insecure_clone();
    assert_placed(&mut fx, [475 * USDC, 475 * USDC]);
    fx.router().set_policy(&curator, 0).unwrap();
    // By fixed targets, the lines steer for nothing.
    fx.pass(600);
    fx.router().rebalance(0).unwrap();
    fx.router().rebalance(1).unwrap();
    assert_eq!((fx.line(0).position, fx.line(1).position), (0, 0));
}
