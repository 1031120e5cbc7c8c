//! Tickets: when they can be paid, and where the cash comes from.

use gimbal::chain::Sandbox;
use gimbal::instructions::router;
use gimbal::keeper::watch::nonce;
use gimbal::keeper::{ActionKind, Urgency};
use gimbal::setup::Plan;
use solana_signer::Signer;

use super::bench::*;

#[test]
fn a_ticket_is_paid_from_cash() {
    let (mut bench, holder) = Bench::with(2, 1_000_000 * USDC);
    // Pay would be taken off what a share is worth.
    bench.config.profit.min_profit_lamports = u64::MAX;
    assert!(!bench.plans(ActionKind::Fill, None));
    let sequence = bench.request(&holder, 50_000 * USDC, 0);
    bench.rest();
    let action = bench.action(ActionKind::Fill);
    assert_eq!((action.amount, action.urgency, action.needs.len()), (1, Urgency::Urgent, 0));
    assert_eq!(nonce(&bench.world(0), &action.key()), Some(action.nonce));
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    assert_ne!(nonce(&bench.world(0), &action.key()), Some(action.nonce));
    // One share is worth one unit: nothing has been earned yet.
    assert_eq!(bench.ticket(sequence).unwrap().filled_assets, 50_000 * USDC);
    bench.rest();
    assert!(!bench.plans(ActionKind::Fill, None));
}

#[test]
fn a_ticket_that_is_too_young_waits() {
    let mut plan = Plan::with_lines(2);
    plan.terms.ticket_min_age = 300;
    let mut bench = Bench::new(plan);
    let holder = bench.depositor(1_000 * USDC);
    bench.request(&holder, 100 * USDC, 0);
    bench.chain.warp(299).unwrap();
    assert_eq!(bench.reason(ActionKind::Fill, None), "the ticket at the head is too young");
    bench.chain.warp(1).unwrap();
    assert!(bench.plans(ActionKind::Fill, None));
}

#[test]
fn eight_places_are_served_at_once_and_closed_ones_left_behind() {
    let (mut bench, holder) = Bench::with(1, 1_000_000 * USDC);
    let tickets: Vec<u64> = (0..10).map(|_| bench.request(&holder, 1_000 * USDC, 0)).collect();
    let cancel = bench.deployment.vault.cancel(&holder.pubkey(), tickets[0]);
    bench.send(&[cancel], &[&holder]);
    bench.rest();
    assert_eq!(bench.action(ActionKind::Fill).amount, 8);
    bench.turn(0);
    assert_eq!(bench.vault().ticket_head, 8);
    bench.rest();
    assert_eq!(bench.action(ActionKind::Fill).amount, 2);
    bench.turn(0);
    bench.rest();
    assert_eq!((bench.vault().ticket_head, bench.vault().queued_shares), (10, 0));
    assert!(!bench.plans(ActionKind::Fill, None));
}

#[test]
fn what_the_queue_lacks_comes_back_from_a_line() {
    let (mut bench, holder) = Bench::with(2, 1_000_000 * USDC);
    bench.settle(0);
    // 100,000 in cash, 300,000 wanted: the keeper is paid to bring it back by a rebalance, once the cooldown is over.
    let sequence = bench.request(&holder, 300_000 * USDC, 0);
    bench.rest();
    let kinds = bench.planned();
    assert_eq!(kinds, [(ActionKind::RecallForQueue, Some(1)), (ActionKind::Fill, None)]);
    let fill = bench.action(ActionKind::Fill);
    assert_eq!(fill.needs, [key(&bench, ActionKind::RecallForQueue, Some(1))]);
    let recall = bench.action(ActionKind::RecallForQueue);
    let lacks = bench.ledger().queue_need();
    assert_eq!((recall.amount, recall.urgency), (lacks, Urgency::Urgent));
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    assert_eq!(turn.receipts.len(), 1, "both in one transaction");
    let ticket = bench.ticket(sequence).unwrap();
    assert_eq!(ticket.shares_left, 0);
    bench.rest();
    let after = bench.planned();
    assert!(!after.iter().any(|(kind, _)| matches!(kind, ActionKind::RecallForQueue | ActionKind::Fill)), "{after:?}");
}

#[test]
fn a_rebalance_that_is_paid_brings_the_cash_where_it_can() {
    let (mut bench, holder) = Bench::with(2, 1_000_000 * USDC);
    bench.settle(0);
    bench.pass(700);
    bench.refresh();
    bench.rest();
    let sequence = bench.request(&holder, 300_000 * USDC, 0);
    let kinds = bench.planned();
    assert_eq!(kinds, [(ActionKind::Rebalance, Some(1)), (ActionKind::Fill, None)]);
    let owed = bench.registration(0).owed;
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    assert_eq!(bench.registration(0).owed, owed + 10_000);
    assert_eq!(bench.ticket(sequence).unwrap().shares_left, 0);
}

#[test]
fn cash_is_not_recalled_twice_for_one_line_that_cannot_pay() {
    let (mut bench, holder) = Bench::with(2, 1_000_000 * USDC);
    bench.settle(0);
    let (venue, reserve) = (bench.deployment.actors.venue_owner.insecure_clone(), bench.line(0).reserve);
    bench.send(&[reserve.refresh(), reserve.borrow(u64::MAX)], &[&venue]);
    bench.refresh();
    bench.request(&holder, 300_000 * USDC, 0);
    bench.rest();
    // The second line has all that is lacking.
    assert_eq!(bench.planned(), [(ActionKind::RecallForQueue, Some(2)), (ActionKind::Fill, None)]);
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
}

#[test]
fn a_bound_that_cannot_be_met_is_passed_at_valuations_of_the_last_minute() {
    let (mut bench, holder) = Bench::with(2, 1_000_000 * USDC);
    bench.settle(0);
    // Twice of what they are worth.
    let sequence = bench.request(&holder, 1_000 * USDC, 2_000 * USDC);
    bench.chain.warp(120).unwrap();
    // Both lines are valued first, since the bound is judged by valuations of the last minute only.
    let kinds = bench.planned();
    assert_eq!(kinds, [(ActionKind::Refresh, Some(1)), (ActionKind::Refresh, Some(2)), (ActionKind::Fill, None)]);
    assert_eq!(bench.action(ActionKind::Fill).needs.len(), 2);
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    assert!(bench.ticket(sequence).unwrap().is_passed());
    bench.rest();
    assert!(!bench.plans(ActionKind::Fill, None));
}

#[test]
fn a_part_that_costs_more_than_it_is_waits_for_the_rest() {
    let (mut bench, holder) = Bench::with(1, 1_000_000 * USDC);
    // 100 units, worth 666 lamports, are left in cash; the line is frozen and its venue has nothing.
    bench.settle(0);
    let (venue, reserve) = (bench.deployment.actors.venue_owner.insecure_clone(), bench.line(0).reserve);
    bench.send(&[reserve.refresh(), reserve.borrow(u64::MAX)], &[&venue]);
    bench.refresh();
    let cash = bench.ledger().free_cash();
    let redeem = bench.deployment.vault.withdraw(&holder.pubkey(), cash - 100, u64::MAX);
    bench.send(&[redeem], &[&holder]);
    bench.request(&holder, 1_000 * USDC, 0);
    bench.rest();
    let reason = bench.reason(ActionKind::Fill, None);
    assert!(reason.starts_with("it brings 6") && reason.ends_with(" lamports and costs 5000"), "{reason}");
}

#[test]
fn cash_is_demanded_for_an_overdue_ticket_and_recalled_at_any_cost() {
    let mut plan = Plan::with_lines(2);
    plan.terms.ticket_deadline = 3_600;
    let mut bench = Bench::new(plan);
    let holder = bench.depositor(1_000_000 * USDC);
    bench.settle(0);
    let sequence = bench.request(&holder, 300_000 * USDC, 0);
    // Nobody is registered who could rebalance for it, and nothing may be lost: only the overdue ticket is beyond that.
    let ledger = bench.deployment.vault.addresses.ledger;
    let owner = bench.deployment.actors.owner.insecure_clone();
    let limits =
        strategy_router::LimitsArgs { loss_budget_bps: 0, keeper_loss_budget_bps: 0, ..bench.deployment.plan.limits };
    bench.send(&[router::set_limits(&owner.pubkey(), &ledger, limits)], &[&owner]);
    let guardian = bench.deployment.actors.guardian.insecure_clone();
    let stop = router::set_keeper_active(&guardian.pubkey(), &ledger, &bench.keeper(0).pubkey(), false);
    bench.send(&[stop], &[&guardian]);
    bench.chain.warp(3_599).unwrap();
    assert!(!bench.plans(ActionKind::Demand, None));
    bench.pass(1);
    let plan = bench.plan_of(0);
    let of = |kind| plan.actions.iter().filter(|action| action.kind == kind).collect::<Vec<_>>();
    let (demands, recalls, fills) = (of(ActionKind::Demand), of(ActionKind::RecallOverdue), of(ActionKind::Fill));
    assert_eq!((demands.len(), recalls.len(), fills.len()), (1, 1, 1));
    assert_eq!(demands[0].account, Some(bench.deployment.vault.ticket(sequence)));
    assert_eq!(demands[0].reason, format!("ticket {sequence} is overdue by 0 s"));
    for action in demands.iter().chain(&recalls).chain(&fills) {
        assert_eq!(action.urgency, Urgency::Overdue);
    }
    assert!(recalls[0].needs.contains(&key(&bench, ActionKind::Demand, None)));
    assert!(fills[0].needs.contains(&recalls[0].key()));
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    assert_eq!(bench.ticket(sequence).unwrap().shares_left, 0);
    bench.rest();
    let after = bench.planned();
    assert!(!after.iter().any(|(kind, _)| *kind >= ActionKind::Demand && *kind <= ActionKind::Fill), "{after:?}");
    assert_eq!(bench.ledger().overdue, 0);
}

#[test]
fn an_overdue_ticket_is_paid_without_a_fresh_nav() {
    let mut plan = Plan::with_lines(3);
    plan.terms.ticket_deadline = 3_600;
    let mut bench = Bench::new(plan);
    let holder = bench.depositor(300_000 * USDC);
    bench.settle(0);
    let sequence = bench.request(&holder, 1_000 * USDC, 0);
    // Nobody posts a price any more: the swapped line cannot be valued, and NAV is too old.
    bench.chain.warp(1_800).unwrap();
    assert_eq!(bench.reason(ActionKind::Fill, None), "NAV is too old, and a line cannot be valued");
    bench.chain.warp(1_800).unwrap();
    assert_eq!(bench.action(ActionKind::Fill).urgency, Urgency::Overdue);
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    assert_eq!(bench.ticket(sequence).unwrap().shares_left, 0);
}
