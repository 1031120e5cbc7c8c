//! What is worth doing, what may be spent, and what several keepers do to one vault.

use gimbal::keeper::config::{Address, Vaults};
use gimbal::keeper::{ActionKind, Urgency};
use gimbal::setup::Plan;
use solana_signer::Signer;

use super::bench::*;

#[test]
fn a_rebalance_that_does_not_pay_is_left() {
    let (mut bench, _) = Bench::with(1, 1_000_000 * USDC);
    // 66,666 lamports of pay less 5,000.
    bench.config.profit.min_profit_lamports = 61_666;
    assert!(bench.plans(ActionKind::Rebalance, Some(1)));
    bench.config.profit.min_profit_lamports = 61_667;
    let expected = "it pays 66666 lamports and costs 5000: 61667 must be left";
    assert_eq!(bench.reason(ActionKind::Rebalance, Some(1)), expected);
    bench.config.profit.obligatory = vec![ActionKind::Rebalance];
    assert!(bench.plans(ActionKind::Rebalance, Some(1)), "unless it must be done");
}

#[test]
fn a_dear_chain_makes_the_same_work_unprofitable() {
    let (mut bench, _) = Bench::with(1, 1_000_000 * USDC);
    // 400,000 units at 154,165 micro-lamports are 61,666 lamports, at one more 61,667 rounded up.
    bench.purse.compute_unit_price = 154_165;
    assert!(bench.plans(ActionKind::Rebalance, Some(1)));
    bench.purse.compute_unit_price = 154_166;
    assert!(!bench.plans(ActionKind::Rebalance, Some(1)));
}

#[test]
fn the_price_of_sol_is_a_feeds_where_one_is_named() {
    let (mut bench, _) = Bench::with(1, 1_000_000 * USDC);
    bench.config.profit.micro_usd_per_sol = 1;
    let feed = bench.deployment.feeds.get(gimbal::setup::Asset::Sol).key;
    bench.config.profit.sol_feed = Some(Address(feed));
    // Its first price is 150 dollars.
    assert_eq!(bench.action(ActionKind::Rebalance).profit, 61_666);
    gimbal::chain::Sandbox::warp(&mut bench.chain, 601).unwrap();
    // Too old: what the configuration says. A cent is 10^4 SOL then.
    let profit = bench.plan_of(0).actions.iter().find(|action| action.kind == ActionKind::Rebalance).unwrap().profit;
    assert_eq!(profit, 10_000 * 1_000_000_000 - 5_000);
}

#[test]
fn updates_are_made_for_others_where_they_are_not_wanted_for_themselves() {
    let (mut bench, _) = Bench::with(3, 300_000 * USDC);
    bench.settle(0);
    bench.pass(1_000);
    bench.config.profit.obligatory.clear();
    assert_eq!(bench.planned(), [], "nothing that is planned needs them");
    // The curator takes half of the swapped line's weight: its move needs both prices and all valuations.
    let curator = bench.deployment.actors.curator.insecure_clone();
    let ledger = bench.deployment.vault.addresses.ledger;
    let line = bench.ledger().lines[2];
    let params = strategy_router::LineParams { target_bps: 1_500, ..strategy_router::LineParams::of(&line) };
    bench.send(&[gimbal::instructions::router::set_bounds(&curator.pubkey(), &ledger, 3, params)], &[&curator]);
    let kinds: Vec<ActionKind> = bench.planned().iter().map(|(kind, _)| *kind).collect();
    let count = |kind| kinds.iter().filter(|other| **other == kind).count();
    assert_eq!((count(ActionKind::UpdateFeed), count(ActionKind::Refresh)), (2, 3));
    // 66,666 less 5,000 for itself and for each of the five.
    let plan = bench.plan_of(0);
    let rebalance = plan.actions.iter().find(|action| action.line == Some(3) && action.kind == ActionKind::Rebalance);
    assert_eq!(rebalance.unwrap().profit, 36_666);
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    bench.rest();
    bench.pass(1_000);
    bench.config.profit.min_profit_lamports = 36_667;
    assert_eq!(bench.planned(), []);
}

#[test]
fn the_pay_budget_of_an_epoch_ends_what_is_paid() {
    let mut plan = Plan::with_lines(2);
    // One pay, not two.
    (plan.limits.keeper_pay, plan.limits.keeper_pay_budget) = (10_000, 19_999);
    let mut bench = Bench::new(plan);
    bench.depositor(1_000_000 * USDC);
    assert_eq!(bench.planned(), [(ActionKind::Rebalance, Some(1))]);
    let expected = "it pays 0 lamports and costs 5000: 0 must be left";
    assert_eq!(bench.reason(ActionKind::Rebalance, Some(2)), expected);
    bench.settle(0);
    assert_eq!(bench.ledger().epoch.pay_used, 10_000);
    // A day later the epoch is another.
    bench.pass(86_400);
    bench.refresh();
    assert!(bench.plans(ActionKind::Rebalance, Some(2)));
}

#[test]
fn the_loss_budget_is_never_overrun() {
    let mut plan = Plan::with_lines(3);
    // 1 basis point of 3,000,000 is 300 USDC in an epoch. Moving 500,000, a ten-thousandth of the pool, costs 50 of fee and
    // 50 of the price that it moves.
    (plan.limits.loss_budget_bps, plan.limits.keeper_loss_budget_bps) = (1, 1);
    plan.lines[2].params.cooldown = 0;
    plan.lines[2].params.band_bps = 0;
    let mut bench = Bench::new(plan);
    bench.depositor(3_000_000 * USDC);
    let budget = 300 * USDC;
    let curator = bench.deployment.actors.curator.insecure_clone();
    let ledger = bench.deployment.vault.addresses.ledger;
    // The curator changes his mind over and over; each way costs the pool's fee.
    for round in 0..30_u16 {
        let target_bps = if round % 2 == 0 { 1_000 } else { 2_600 };
        let line = bench.ledger().lines[2];
        let params = strategy_router::LineParams { target_bps, ..strategy_router::LineParams::of(&line) };
        let set = gimbal::instructions::router::set_bounds(&curator.pubkey(), &ledger, 3, params);
        bench.send(&[set], &[&curator]);
        let turn = bench.turn(0);
        assert!(turn.left.is_empty(), "round {round}: {:?}", turn.left);
        bench.rest();
        let (epoch, keeper) = (bench.ledger().epoch, bench.registration(0));
        assert!(epoch.loss_used <= budget && keeper.loss_used <= budget, "{epoch:?} {keeper:?}");
    }
    let used = bench.ledger().epoch.loss_used;
    assert!(used > budget - 101 * USDC, "the budget was made use of: {used}");
    let reason = bench.reason(ActionKind::Rebalance, Some(3));
    assert!(reason.starts_with("LossBudgetExceeded: "), "{reason}");
}

#[test]
fn lamports_go_to_what_is_most_urgent() {
    let (mut bench, holder) = Bench::with(2, 1_000_000 * USDC);
    bench.request(&holder, 1_000 * USDC, 0);
    bench.rest();
    assert_eq!(bench.planned().len(), 3);
    bench.purse.lamports_left = 14_999;
    let plan = bench.plan_of(0);
    assert_eq!(plan.actions.len(), 2);
    assert!(plan.actions.iter().any(|action| action.urgency == Urgency::Urgent));
    assert!(plan.skipped.iter().any(|skipped| skipped.reason.starts_with("4999 lamports are left to spend")));
    bench.purse.lamports_left = 4_999;
    assert_eq!(bench.planned(), []);
    bench.purse.lamports_left = 5_000;
    assert_eq!(bench.planned(), [(ActionKind::Fill, None)]);
}

#[test]
fn what_an_action_needs_is_paid_for_with_it() {
    let (mut bench, holder) = Bench::with(2, 1_000_000 * USDC);
    bench.settle(0);
    bench.request(&holder, 300_000 * USDC, 0);
    bench.rest();
    // A recall and the filling that needs it: the filling alone would be refused.
    assert_eq!(bench.planned().len(), 2);
    bench.purse.lamports_left = 9_999;
    assert_eq!(bench.planned(), [(ActionKind::RecallForQueue, Some(1))]);
}

#[test]
fn two_keepers_alternate_without_double_work() {
    let (mut bench, _) = Bench::with(3, 1_000_000 * USDC);
    let mut done = [0, 0];
    for round in 0..12 {
        let (first, second) = (round % 2, (round + 1) % 2);
        bench.pass(700);
        bench.refresh();
        bench.depositor(200_000 * USDC);
        bench.rest();
        let turn = bench.turn(first);
        assert!(turn.left.is_empty(), "round {round}: {:?}", turn.left);
        assert!(!turn.done.is_empty(), "round {round}");
        done[first] += turn.done.iter().filter(|action| action.kind == ActionKind::Rebalance).count();
        let keepers = [bench.registration(0).actions, bench.registration(1).actions];
        // At once the other sees lines that somebody moved a moment ago; later it sees that nothing is left.
        for _ in 0..2 {
            let other = bench.turn(second);
            let double = other.done.iter().filter(|action| action.kind != ActionKind::CollectPay).count();
            assert!(double == 0 && other.left.is_empty(), "round {round}: {:?}", other.kinds());
            bench.rest();
        }
        assert_eq!([bench.registration(0).actions, bench.registration(1).actions], keepers);
    }
    assert!(done[0] >= 6 && done[1] >= 6, "{done:?}");
    assert_eq!(bench.registration(0).actions + bench.registration(1).actions, (done[0] + done[1]) as u64);
}

#[test]
fn a_plan_that_somebody_else_carried_out_is_refused_in_the_trial() {
    let (mut bench, holder) = Bench::with(2, 1_000_000 * USDC);
    bench.settle(0);
    bench.request(&holder, 300_000 * USDC, 0);
    bench.rest();
    let (roster, world) = (bench.roster(0), bench.world(0));
    let actions = bench.plan_of(0).actions;
    bench.turn(1);
    let turn = bench.carry_out(0, &roster, &world, actions);
    assert!(turn.done.is_empty());
    // The recall is refused; the filling, which needs it, is not asked for any more.
    let names: Vec<&str> = turn.left.iter().map(|left| left.name.as_str()).collect();
    assert_eq!(names, ["BeyondQueueNeed"]);
}

#[test]
fn what_is_refused_does_not_hold_up_the_rest() {
    let (mut bench, _) = Bench::with(2, 1_000_000 * USDC);
    let (roster, world) = (bench.roster(0), bench.world(0));
    let actions = bench.plan_of(0).actions;
    // The venue of the first line stops taking deposits between plan and trial.
    let (venue, reserve) = (bench.deployment.actors.venue_owner.insecure_clone(), bench.line(0).reserve);
    bench.send(&[reserve.set_status(1)], &[&venue]);
    let turn = bench.carry_out(0, &roster, &world, actions);
    assert_eq!(turn.kinds(), [(ActionKind::Rebalance, Some(2))]);
    assert_eq!((turn.left.len(), turn.left[0].action.line, turn.left[0].name.as_str()), (1, Some(1), "VenueClosed"));
    assert!(bench.reason(ActionKind::Rebalance, Some(1)).starts_with("VenueClosed: "));
}

#[test]
fn vaults_are_found_as_the_configuration_names_them() {
    let (mut bench, _) = Bench::with(2, 1_000 * USDC);
    let (key, owner) = (bench.vault_key(), bench.deployment.actors.owner.pubkey());
    let found = |bench: &Bench| bench.roster(0).vaults.iter().map(|site| site.key()).collect::<Vec<_>>();
    assert_eq!(found(&bench), [key]);
    let stranger = anchor_lang::prelude::Pubkey::new_from_array([9; 32]);
    for (vaults, expected) in [
        (Vaults::All, vec![key]),
        (Vaults::Owner(Address(owner)), vec![key]),
        (Vaults::Owner(Address(stranger)), vec![]),
        (Vaults::List(vec![Address(key)]), vec![key]),
    ] {
        bench.config.vaults = vaults;
        assert_eq!(found(&bench), expected);
    }
    bench.config.vaults = Vaults::List(vec![Address(stranger)]);
    let roster = bench.roster(0);
    assert_eq!(roster.problems.len(), 1);
    assert!(roster.problems[0].1.contains("does not exist"));
    // Whoever is registered nowhere keeps nothing.
    bench.config.vaults = Vaults::Registered;
    let nobody = gimbal::keeper::watch::Roster::discover(&bench.chain, &bench.config, &stranger).unwrap();
    assert!(nobody.vaults.is_empty());
}

#[test]
fn a_roster_that_is_behind_says_so() {
    let (mut bench, _) = Bench::with(2, 1_000 * USDC);
    let roster = bench.roster(0);
    let world = |bench: &Bench| {
        let mut source = gimbal::keeper::source::Posted::default();
        gimbal::keeper::watch::World::read(&bench.chain, &roster, &mut source).unwrap()
    };
    assert!(!world(&bench).outdated);
    let curator = bench.deployment.actors.curator.insecure_clone();
    let addresses = bench.deployment.vault.addresses;
    let recipient = bench.deployment.actors.payer.pubkey();
    let remove = gimbal::instructions::router::remove_strategy(&curator.pubkey(), &addresses.ledger, 2, &recipient);
    bench.send(&[remove], &[&curator]);
    assert!(world(&bench).outdated);
    assert_eq!(bench.roster(0).line_count(), 1);
}
