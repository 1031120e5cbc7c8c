//! Beyond the list: what a crowd of keepers, or a stolen role, may lose in an epoch.

use super::*;
use gimbal::setup::keys::keypair;
use hostile_venue::Trick;
use strategy_router::{LimitsArgs, LineParams};

fn owner(fx: &Fixture) -> Keypair {
    fx.deployment.actors.owner.insecure_clone()
}

fn guardian(fx: &Fixture) -> Keypair {
    fx.deployment.actors.guardian.insecure_clone()
}

/// Beyond the list: many registered keepers, each within its own budget, lose together what the ledger's budget allows
/// and no more.
#[test]
fn a_crowd_of_keepers_loses_at_most_the_ledgers_budget() {
    let mut plan = Plan::with_lines(1);
    plan.lines[0].params.target_bps = 0;
    // 3 basis points of NAV each, and 5 together; one move of half of NAV loses two and a half.
    (plan.limits.keeper_loss_budget_bps, plan.limits.loss_budget_bps, plan.limits.keeper_pay) = (3, 5, 0);
    let mut fx = Fixture::from_plan(plan);
    let alice = fx.depositor(100_000 * USDC);
    let hostile = fx.add_hostile(Pubkey::new_from_array([7; 32]));
    fx.vault().deposit(&alice, 10_000 * USDC, 0).unwrap();
    fx.set_trick(&hostile, Trick::Shave);
    let (owner, curator) = (owner(&fx), fx.deployment.actors.curator.insecure_clone());
    let crowd: Vec<Keypair> = (0..12).map(|number| keypair(7, "crowd", number)).collect();
    for keeper in &crowd {
        fx.router().register_keeper(&owner, &keeper.pubkey()).unwrap();
    }
    fx.refresh_all();
    let nav = 10_000 * USDC;
    let (mut moves, mut refusals) = (0, 0);
    for (round, keeper) in crowd.iter().enumerate() {
        match fx.clone().router().rebalance_by(keeper, hostile.place) {
            Ok(_) => {
                fx.router().rebalance_by(keeper, hostile.place).unwrap();
                moves += 1;
            }
            Err(refused) if refused.name() == "LossBudgetExceeded" => {
                fx.assert_refused("LossBudgetExceeded", |fx| fx.router().rebalance_by(keeper, hostile.place));
                refusals += 1;
            }
            Err(refused) => assert_eq!(refused.name(), "InsideBand", "{refused}"),
        }
        let epoch = fx.ledger().epoch;
        assert!(epoch.loss_used <= epoch.nav_at_start * 5 / 10_000, "{}", epoch.loss_used);
        let target_bps = if round % 2 == 0 { 0 } else { 5_000 };
        let params = LineParams { target_bps, ..fx.hostile_line(&hostile).args.params };
        fx.router().set_bounds(&curator, hostile.place, params).unwrap();
        fx.warp(600);
        fx.refresh_all();
    }
    assert!(moves >= 1 && refusals >= 4, "{moves} moves, {refusals} refusals");
    let now = fx.chain.clock().unwrap().unix_timestamp;
    assert!(fx.ledger().nav(now).unwrap().mid + nav * 5 / 10_000 >= nav);
}

/// Half of 1,000 USDC in a line over another token; the budget of an epoch is half a percent, 5 USDC.
fn swapped() -> Fixture {
    let mut plan = Plan::with_lines(0);
    plan.limits.keeper_pay = 0;
    let mut line = LinePlan::new(2, 5_000);
    line.borrowed = 0;
    plan.lines.push(line);
    let mut fx = Fixture::from_plan(plan);
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
    fx.router().rebalance(0).unwrap();
    fx
}

/// Moves the pool and no feed: base units for 10,000 tokens.
fn move_pool(fx: &mut Fixture, base_per_myriad: u64) {
    let pool = fx.deployment.lines[0].pool.unwrap().context;
    let sqrt_price = pool.sqrt_price(&fx.deployment.token.key, base_per_myriad, 10_000);
    let owner = fx.deployment.actors.venue_owner.insecure_clone();
    fx.send(&[pool.rebase(sqrt_price)], &[&owner]).unwrap();
}

/// Beyond the list: with the guardian's or the curator's key a thief who moves the pool recalls the swapped line at a
/// price just within the bound, each time that a keeper has filled it again. The epoch's loss budget ends it.
#[test]
fn a_stolen_role_churns_a_swapped_line_for_at_most_the_budget() {
    for by_curator in [false, true] {
        let mut fx = swapped();
        let actors = fx.deployment.actors.clone();
        let thief = if by_curator { &actors.curator } else { &actors.guardian };
        let start = fx.ledger().epoch.start;
        let (mut recalls, mut refusals) = (0, 0);
        for _ in 0..12 {
            // Tokens are 0.7% too cheap; the line allows 1%.
            move_pool(&mut fx, 9_930);
            match fx.clone().router().recall(thief, 0, u64::MAX) {
                Ok(_) => {
                    fx.router().recall(thief, 0, u64::MAX).unwrap();
                    recalls += 1;
                }
                Err(_) => {
                    fx.assert_refused("LossBudgetExceeded", |fx| fx.router().recall(thief, 0, u64::MAX));
                    refusals += 1;
                }
            }
            move_pool(&mut fx, 10_000);
            fx.warp(600);
            fx.refresh_all();
            if fx.line(0).position == 0 {
                fx.router().rebalance(0).unwrap();
            }
            let epoch = fx.ledger().epoch;
            assert_eq!(epoch.start, start, "one epoch");
            assert!(epoch.loss_used <= 5 * USDC, "{}", epoch.loss_used);
        }
        // One recall loses 3.5.
        assert_eq!((recalls, refusals), (1, 11));
        let now = fx.chain.clock().unwrap().unix_timestamp;
        let nav = fx.ledger().nav(now).unwrap().mid;
        assert!(nav >= 995 * USDC, "{nav}");
        fx.assert_identities();
    }
}

/// What a guardian must be able to do all the same: out of a frozen line at any price within the bound, whatever the
/// budget and the age of NAV; and it cannot turn back to do it again.
#[test]
fn a_frozen_swapped_line_comes_back_beyond_any_budget_once() {
    let mut fx = swapped();
    let (owner, guardian) = (owner(&fx), guardian(&fx));
    let none = LimitsArgs { loss_budget_bps: 0, keeper_loss_budget_bps: 0, ..fx.deployment.plan.limits };
    fx.router().set_limits(&owner, none).unwrap();
    move_pool(&mut fx, 9_930);
    for key in [&guardian, &fx.deployment.actors.curator.insecure_clone(), &owner] {
        fx.assert_refused("LossBudgetExceeded", |fx| fx.router().recall(key, 0, u64::MAX));
    }
    for status in [2, 3] {
        let mut fx = fx.clone();
        let used = fx.ledger().epoch;
        fx.router().set_status(&guardian, 0, status).unwrap();
        fx.router().recall(&guardian, 0, u64::MAX).unwrap();
        assert_eq!((fx.line(0).position, fx.ledger().epoch), (0, used));
        fx.assert_refused("NotOwner", |fx| fx.router().set_status(&guardian, 0, 1));
        fx.assert_refused("ChangeRequired", |fx| fx.router().set_status(&owner, 0, 1));
        fx.assert_identities();
    }
}
