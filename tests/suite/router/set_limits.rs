//! `set_limits`: the owner's alone, within the hard ranges, and never against the lines' minimums. With money in the
//! ledger looser limits wait.

use super::*;

use strategy_router::{state::Limits, LimitsArgs};

const GOOD: LimitsArgs = LimitsArgs {
    max_valuation_age: 300,
    epoch: 7_200,
    min_cash_bps: 1_000,
    loss_budget_bps: 40,
    keeper_loss_budget_bps: 20,
    keeper_pay: 5_000,
    keeper_pay_budget: 50_000,
    target_volatility_bps: 2_500,
    bounty_bps: 30,
    bounty_budget: 20_000,
};

#[test]
fn only_the_owner_sets_limits() {
    let mut fx = Fixture::from_plan(quiet(1));
    let cast = Cast::of(&fx);
    for key in [&cast.curator, &cast.guardian, &cast.stranger] {
        fx.assert_refused("NotOwner", |fx| fx.router().set_limits(key, GOOD));
    }
    let ledger = fx.deployment.vault.addresses.ledger;
    let set = unsigned(gimbal::instructions::router::set_limits(&cast.owner.pubkey(), &ledger, GOOD), 0);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[set], &[]));
}

#[test]
fn limits_are_stored_and_told() {
    let mut fx = Fixture::from_plan(quiet(1));
    let cast = Cast::of(&fx);
    let receipt = fx.router().set_limits(&cast.owner, GOOD).unwrap();
    let limits = fx.ledger().limits;
    assert_eq!((limits.max_valuation_age, limits.epoch, limits.min_cash_bps), (300, 7_200, 1_000));
    assert_eq!((limits.loss_budget_bps, limits.keeper_loss_budget_bps), (40, 20));
    assert_eq!((limits.keeper_pay, limits.keeper_pay_budget), (5_000, 50_000));
    assert_eq!((limits.target_volatility_bps, limits.bounty_bps, limits.bounty_budget), (2_500, 30, 20_000));
    let RouterEvent::LimitsSet(event) = event(&receipt) else { panic!("limits were set") };
    assert_eq!((event.by, event.policy, event.time), (cast.owner.pubkey(), 0, now(&fx)));
    assert_eq!((event.max_valuation_age, event.epoch, event.min_cash_bps), (300, 7_200, 1_000));
    assert_eq!((event.loss_budget_bps, event.keeper_loss_budget_bps), (40, 20));
    assert_eq!((event.keeper_pay, event.keeper_pay_budget), (5_000, 50_000));
    assert_eq!((event.target_volatility_bps, event.bounty_bps, event.bounty_budget), (2_500, 30, 20_000));
    fx.assert_identities();
}

#[test]
fn the_ends_of_the_ranges_are_allowed_and_what_lies_beyond_is_not() {
    let mut fx = Fixture::from_plan(quiet(1));
    let owner = fx.deployment.actors.owner.insecure_clone();
    let least = LimitsArgs {
        max_valuation_age: 1,
        epoch: 3_600,
        min_cash_bps: 0,
        loss_budget_bps: 0,
        keeper_loss_budget_bps: 0,
        keeper_pay: 0,
        keeper_pay_budget: 0,
        target_volatility_bps: 0,
        bounty_bps: 0,
        bounty_budget: 0,
    };
    let most = LimitsArgs {
        max_valuation_age: 86_400,
        epoch: 2_592_000,
        min_cash_bps: 10_000,
        loss_budget_bps: 500,
        keeper_loss_budget_bps: 500,
        keeper_pay: u64::MAX,
        keeper_pay_budget: u64::MAX,
        target_volatility_bps: u16::MAX,
        bounty_bps: 50,
        bounty_budget: u64::MAX,
    };
    for ends in [least, most] {
        fx.router().set_limits(&owner, ends).unwrap();
    }
    let beyond = [
        LimitsArgs { max_valuation_age: 0, ..least },
        LimitsArgs { max_valuation_age: 86_401, ..most },
        LimitsArgs { epoch: 3_599, ..least },
        LimitsArgs { epoch: 2_592_001, ..most },
        LimitsArgs { min_cash_bps: 10_001, ..most },
        LimitsArgs { loss_budget_bps: 501, ..most },
        LimitsArgs { keeper_loss_budget_bps: 1, ..least },
        LimitsArgs { keeper_pay: 1, ..least },
        LimitsArgs { bounty_bps: 51, ..most },
        LimitsArgs { bounty_budget: 1, ..least },
    ];
    for limits in beyond {
        fx.assert_refused("InvalidLimits", |fx| fx.router().set_limits(&owner, limits));
    }
}

#[test]
fn the_least_cash_leaves_room_for_the_lines_minimums() {
    let mut plan = quiet(2);
    (plan.lines[0].params.min_bps, plan.lines[1].params.min_bps) = (3_000, 4_000);
    let mut fx = Fixture::from_plan(plan);
    let owner = fx.deployment.actors.owner.insecure_clone();
    // 30% + 40% of minimums leave 30%.
    fx.router().set_limits(&owner, LimitsArgs { min_cash_bps: 3_000, ..GOOD }).unwrap();
    let more = LimitsArgs { min_cash_bps: 3_001, ..GOOD };
    fx.assert_refused("InvalidBounds", |fx| fx.router().set_limits(&owner, more));
}

#[test]
fn a_shorter_valuation_age_counts_at_once() {
    let (mut fx, alice) = invested();
    let owner = fx.deployment.actors.owner.insecure_clone();
    fx.warp(301);
    fx.deployment.post_prices(&mut fx.chain).unwrap();
    fx.vault().deposit(&alice, 10 * USDC, 0).unwrap();
    let shorter = LimitsArgs { max_valuation_age: 300, ..fx.deployment.plan.limits };
    fx.router().set_limits(&owner, shorter).unwrap();
    fx.assert_refused("StaleNav", |fx| fx.vault().deposit(&alice, 10 * USDC, 0));
    fx.refresh_all();
    fx.vault().deposit(&alice, 10 * USDC, 0).unwrap();
}

#[test]
fn with_money_in_the_ledger_tighter_limits_are_at_once_and_looser_ones_have_waited() {
    let (mut fx, _) = invested();
    let owner = fx.deployment.actors.owner.insecure_clone();
    let bounty = LimitsArgs { bounty_bps: 5, bounty_budget: 40, ..fx.deployment.plan.limits };
    let was = LimitsArgs { keeper_pay: 5, keeper_pay_budget: 50, ..bounty };
    fx.router().queued().set_limits(&owner, was).unwrap();
    let tighter = [
        was,
        LimitsArgs { max_valuation_age: was.max_valuation_age - 1, ..was },
        LimitsArgs { min_cash_bps: was.min_cash_bps + 1, ..was },
        LimitsArgs { loss_budget_bps: was.loss_budget_bps - 1, ..was },
        LimitsArgs { keeper_loss_budget_bps: was.keeper_loss_budget_bps - 1, ..was },
        LimitsArgs { keeper_pay: was.keeper_pay - 1, ..was },
        LimitsArgs { keeper_pay_budget: was.keeper_pay_budget - 1, ..was },
        LimitsArgs { target_volatility_bps: was.target_volatility_bps - 1, ..was },
        LimitsArgs { bounty_bps: was.bounty_bps - 1, ..was },
        LimitsArgs { bounty_budget: was.bounty_budget - 1, ..was },
    ];
    for limits in tighter {
        fx.clone().router().set_limits(&owner, limits).unwrap();
    }
    let looser = [
        LimitsArgs { max_valuation_age: was.max_valuation_age + 1, ..was },
        LimitsArgs { epoch: was.epoch + 1, ..was },
        LimitsArgs { epoch: was.epoch - 1, ..was },
        LimitsArgs { min_cash_bps: was.min_cash_bps - 1, ..was },
        LimitsArgs { loss_budget_bps: was.loss_budget_bps + 1, ..was },
        LimitsArgs { keeper_loss_budget_bps: was.keeper_loss_budget_bps + 1, ..was },
        LimitsArgs { keeper_pay: was.keeper_pay + 1, ..was },
        LimitsArgs { keeper_pay_budget: was.keeper_pay_budget + 1, ..was },
        LimitsArgs { target_volatility_bps: was.target_volatility_bps + 1, ..was },
        LimitsArgs { bounty_bps: was.bounty_bps + 1, ..was },
        LimitsArgs { bounty_budget: was.bounty_budget + 1, ..was },
    ];
    for limits in looser {
        let mut fx = fx.clone();
        fx.assert_refused("ChangeRequired", |fx| fx.router().set_limits(&owner, limits));
        fx.router().queued().set_limits(&owner, limits).unwrap();
        assert_eq!(fx.ledger().limits, Limits::try_from(limits).unwrap());
        fx.assert_identities();
    }
}
