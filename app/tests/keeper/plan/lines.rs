//! Valuations, rebalances and derisks.

use gimbal::instructions::router;
use gimbal::keeper::watch::nonce;
use gimbal::keeper::{ActionKind, Urgency};
use gimbal::setup::{Asset, Plan};
use solana_signer::Signer;

use super::bench::*;

/// A million, of which each of two lines should hold 45 %.
fn two_lines() -> Bench {
    Bench::with(2, 1_000_000 * USDC).0
}

#[test]
fn new_money_is_put_where_the_policy_wants_it() {
    let mut bench = two_lines();
    let plan = bench.plan_of(0);
    let kinds: Vec<_> = plan.actions.iter().map(|action| (action.kind, action.line)).collect();
    assert_eq!(kinds, [(ActionKind::Rebalance, Some(1)), (ActionKind::Rebalance, Some(2))]);
    // A cent of pay at 150 dollars a SOL is 66,666 lamports, and one transaction costs 5,000. The first cent is owed when
    // the second line is looked at: 45 % of it are 4,500 units.
    for (action, amount) in plan.actions.iter().zip([450_000_000_000_u64, 449_999_995_500]) {
        assert_eq!((action.expected_pay, action.expected_cost, action.profit), (10_000, 5_000, 61_666));
        assert_eq!(action.reason, format!("it is below its band: {amount} base units go in"));
        assert_eq!(nonce(&bench.world(0), &action.key()), Some(action.nonce));
    }
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    assert_eq!(turn.done.len(), 2);
    let ledger = bench.ledger();
    // The venue's rounding takes a unit of NAV with the first deposit.
    assert_eq!((ledger.lines[0].invested, ledger.lines[1].invested / 10), (450_000 * USDC, 44_999_999_549));
    assert_eq!(bench.registration(0).owed, 20_000);
    for action in &turn.done {
        assert_ne!(nonce(&bench.world(0), &action.key()), Some(action.nonce), "a replay would be seen");
    }
    bench.rest();
    assert_eq!(bench.planned(), []);
}

#[test]
fn a_line_inside_its_band_or_cooling_down_is_left_alone() {
    let mut bench = two_lines();
    bench.settle(0);
    // 10,000 more: each line is 0.45 % short of its weight, its band is 1 %.
    bench.depositor(10_000 * USDC);
    bench.rest();
    assert_eq!(bench.planned(), []);
    // 100,000 more: 4.5 % short, but the cooldown of 600 seconds is not over.
    bench.depositor(100_000 * USDC);
    bench.rest();
    assert_eq!(bench.planned(), []);
    bench.pass(600);
    bench.refresh();
    bench.rest();
    assert!(bench.plans(ActionKind::Rebalance, Some(1)) && bench.plans(ActionKind::Rebalance, Some(2)));
    bench.settle(0);
    assert!(!bench.plans(ActionKind::Rebalance, Some(1)));
}

#[test]
fn what_a_line_gives_back_is_what_another_gets() {
    let mut bench = two_lines();
    bench.settle(0);
    bench.pass(700);
    bench.refresh();
    bench.rest();
    // The curator moves 30 % from the first line to the second; cash is 10 %, of which 5 % must stay.
    let ledger = bench.deployment.vault.addresses.ledger;
    let curator = bench.deployment.actors.curator.insecure_clone();
    let params = |place: usize, target_bps| {
        let line = &bench.ledger().lines[place];
        strategy_router::LineParams { target_bps, ..strategy_router::LineParams::of(line) }
    };
    let (first, second) = (params(0, 1_500), params(1, 7_500));
    let set = |id, params| router::set_bounds(&curator.pubkey(), &ledger, id, params);
    let instructions = [set(1, first), set(2, second)];
    bench.send(&instructions, &[&curator]);
    let plan = bench.plan_of(0);
    let kinds: Vec<_> = plan.actions.iter().map(|action| (action.kind, action.line)).collect();
    assert_eq!(kinds, [(ActionKind::Rebalance, Some(1)), (ActionKind::Rebalance, Some(2))]);
    assert_eq!(plan.actions[1].needs, [key(&bench, ActionKind::Rebalance, Some(1))]);
    let turn = bench.turn(0);
    assert!(turn.left.is_empty() && turn.done.len() == 2, "{:?}", turn.left);
    let lines = bench.ledger().lines;
    let nav = bench.ledger().nav(gimbal::chain::Chain::clock(&bench.chain).unwrap().unix_timestamp).unwrap().mid;
    for (line, bps) in [(lines[0], 1_500), (lines[1], 7_500)] {
        let target = u128::from(nav) * bps / 10_000;
        assert!(u128::from(line.mid).abs_diff(target) < u128::from(nav) / 1_000, "{} of {target}", line.mid);
    }
    bench.rest();
    assert_eq!(bench.planned(), []);
}

#[test]
fn a_pool_is_used_no_faster_than_is_safe() {
    // One swapped line and a pool whose fee times reserve, 10^-4 of 5 · 10^9 USDC, is 500,000 USDC.
    let (mut bench, _) = Bench::with(3, 3_000_000 * USDC);
    let action = bench.plan_of(0).actions.into_iter().find(|action| action.line == Some(3)).unwrap();
    let words: Vec<&str> = action.reason.split(' ').collect();
    let amount: u64 = words.iter().find_map(|word| word.parse().ok()).unwrap();
    assert!((499_000 * USDC..=501_000 * USDC).contains(&amount), "{}", action.reason);
    let turn = bench.turn(0);
    assert!(turn.left.is_empty() && turn.done.len() == 3, "{:?}", turn.left);
    bench.rest();
    assert_eq!(bench.planned(), [], "the rest waits for the cooldown");
}

#[test]
fn who_is_no_keeper_here_rebalances_nothing() {
    let mut bench = two_lines();
    let guardian = bench.deployment.actors.guardian.insecure_clone();
    let ledger = bench.deployment.vault.addresses.ledger;
    let stop = router::set_keeper_active(&guardian.pubkey(), &ledger, &bench.keeper(0).pubkey(), false);
    bench.send(&[stop], &[&guardian]);
    assert_eq!(bench.planned(), []);
    assert_eq!(bench.plan_of(1).actions.len(), 2);
}

#[test]
fn new_money_is_not_planned_where_it_would_be_refused() {
    let mut bench = two_lines();
    let guardian = bench.deployment.actors.guardian.insecure_clone();
    let ledger = bench.deployment.vault.addresses.ledger;
    bench.send(&[router::set_status(&guardian.pubkey(), &ledger, 1, 2)], &[&guardian]);
    // A frozen line only ever comes down, which the policy says itself.
    assert_eq!(bench.planned(), [(ActionKind::Rebalance, Some(2))]);
    let pause = router::pause(&guardian.pubkey(), &ledger, gimbal_control::Direction::NewMoney);
    bench.send(&[pause], &[&guardian]);
    assert_eq!(bench.planned(), []);
    assert!(bench.reason(ActionKind::Rebalance, Some(2)).starts_with("NewMoneyPaused: "));
}

#[test]
fn the_books_caps_cut_what_goes_in() {
    let mut plan = Plan::with_lines(2);
    plan.lines[0].risk_cap = 100_000 * USDC;
    plan.lines[1].risk_cap = 0;
    let mut bench = Bench::new(plan);
    bench.depositor(1_000_000 * USDC);
    assert_eq!(bench.action(ActionKind::Rebalance).reason, "it is below its band: 100000000000 base units go in");
    assert!(bench.reason(ActionKind::Rebalance, Some(2)).starts_with("RiskLimit: "));
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    assert_eq!(bench.ledger().lines[0].invested, 100_000 * USDC);
}

#[test]
fn valuations_are_renewed_before_they_are_too_old() {
    let mut bench = two_lines();
    bench.settle(0);
    let valued = |bench: &Bench| [0, 1].map(|place: usize| bench.ledger().lines[place].valued_slot);
    bench.refresh();
    bench.pass(449);
    assert_eq!(bench.planned(), []);
    bench.pass(1);
    let action = bench.action(ActionKind::Refresh);
    assert_eq!((action.urgency, action.reason.as_str()), (Urgency::Soon, "it was valued 450 s ago of at most 600"));
    let before = valued(&bench);
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    // Feeds and valuations share transactions: the base asset's feed and two lines are one.
    assert_eq!((turn.done.len(), turn.receipts.len()), (3, 1));
    assert!(valued(&bench).iter().zip(before).all(|(after, before)| *after > before));
    bench.rest();
    assert_eq!(bench.planned(), []);
    bench.pass(700);
    assert_eq!(bench.action(ActionKind::Refresh).urgency, Urgency::Urgent);
}

#[test]
fn a_swapped_line_is_valued_at_the_prices_that_come_first() {
    let (mut bench, _) = Bench::with(3, 300_000 * USDC);
    bench.settle(0);
    bench.pass(1_000);
    let plan = bench.plan_of(0);
    let swapped = plan.actions.iter().find(|action| (action.kind, action.line) == (ActionKind::Refresh, Some(3)));
    let feeds = [Asset::Base, Asset::Token].map(|asset| bench.deployment.feeds.get(asset).key);
    let mut needed: Vec<_> = swapped.unwrap().needs.iter().map(|key| (key.kind, key.subject)).collect();
    needed.sort_unstable();
    let mut expected = feeds.map(|feed| (ActionKind::UpdateFeed, feed));
    expected.sort_unstable();
    assert_eq!(needed, expected);
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    bench.rest();
    assert_eq!(bench.planned(), []);
    // Without a price that could be brought the line cannot be valued, and the others can.
    gimbal::chain::Sandbox::warp(&mut bench.chain, 1_000).unwrap();
    let kinds = bench.planned();
    assert_eq!(kinds, [(ActionKind::Refresh, Some(1)), (ActionKind::Refresh, Some(2))]);
    assert!(bench.reason(ActionKind::Refresh, Some(3)).contains("FeedStale"));
}

#[test]
fn a_line_that_winds_down_is_emptied() {
    let mut bench = two_lines();
    bench.settle(0);
    assert!(!bench.plans(ActionKind::Derisk, Some(1)));
    let guardian = bench.deployment.actors.guardian.insecure_clone();
    let ledger = bench.deployment.vault.addresses.ledger;
    bench.send(&[router::set_status(&guardian.pubkey(), &ledger, 1, 3)], &[&guardian]);
    let action = bench.action(ActionKind::Derisk);
    assert_eq!((action.line, action.reason.as_str()), (Some(1), "it winds down"));
    assert_eq!(nonce(&bench.world(0), &action.key()), Some(action.nonce));
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    assert_ne!(nonce(&bench.world(0), &action.key()), Some(action.nonce));
    assert_eq!(bench.ledger().lines[0].position, 0);
    bench.rest();
    assert!(!bench.plans(ActionKind::Derisk, Some(1)));
}

#[test]
fn a_venue_that_cannot_pay_is_tried_when_it_can() {
    let mut bench = two_lines();
    bench.settle(0);
    let (guardian, venue) =
        (bench.deployment.actors.guardian.insecure_clone(), bench.deployment.actors.venue_owner.insecure_clone());
    let ledger = bench.deployment.vault.addresses.ledger;
    let reserve = bench.line(0).reserve;
    bench.send(&[reserve.refresh(), reserve.borrow(u64::MAX)], &[&venue]);
    bench.send(&[router::set_status(&guardian.pubkey(), &ledger, 1, 3)], &[&guardian]);
    assert_eq!(bench.reason(ActionKind::Derisk, Some(1)), "its venue can pay nothing now");
    bench.send(&[reserve.refresh(), reserve.repay(u64::MAX)], &[&venue]);
    assert!(bench.plans(ActionKind::Derisk, Some(1)));
}

#[test]
fn a_token_off_its_peg_is_sold_at_once() {
    let (mut bench, _) = Bench::with(3, 300_000 * USDC);
    bench.settle(0);
    bench.pass(30);
    assert!(!bench.plans(ActionKind::Derisk, Some(3)));
    bench.deployment.set_price(Asset::Token, 97_500_000);
    bench.post();
    let pool = bench.line(2).pool.unwrap();
    let venue = bench.deployment.actors.venue_owner.insecure_clone();
    let base = bench.deployment.base.key;
    // The market follows, or the sale would be refused at its bound.
    bench.send(&[pool.context.rebase(pool.context.sqrt_price(&base, 1_000_000, 975_000))], &[&venue]);
    let plan = bench.plan_of(0);
    let derisk = plan.actions.iter().find(|action| action.kind == ActionKind::Derisk).expect("a derisk");
    assert_eq!((derisk.line, derisk.urgency), (Some(3), Urgency::Urgent));
    assert_eq!(derisk.reason, "its token's feed is divergent or off its peg");
    assert_eq!(derisk.needs.len(), 1, "the price that says so comes first");
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    assert_eq!(bench.ledger().lines[2].position, 0);
    bench.rest();
    assert!(!bench.plans(ActionKind::Derisk, Some(3)));
}

#[test]
fn a_line_over_its_cap_is_cut_but_not_for_a_moments_interest() {
    let mut bench = two_lines();
    bench.settle(0);
    let guardian = bench.deployment.actors.guardian.insecure_clone();
    let ledger = bench.deployment.vault.addresses.ledger;
    let lowered = |bench: &Bench, cap| {
        let params = strategy_router::LineParams { cap, ..strategy_router::LineParams::of(&bench.ledger().lines[0]) };
        router::set_bounds(&guardian.pubkey(), &ledger, 1, params)
    };
    bench.refresh();
    let mid = bench.ledger().lines[0].mid;
    let lower = lowered(&bench, mid - 100);
    bench.send(&[lower], &[&guardian]);
    assert_eq!(bench.reason(ActionKind::Derisk, Some(1)), "it is over its cap by 100 base units only");
    let lower = lowered(&bench, 400_000 * USDC);
    bench.send(&[lower], &[&guardian]);
    assert_eq!(bench.action(ActionKind::Derisk).reason, "it is over its cap");
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    let left = bench.ledger().lines[0].mid;
    assert!(left.abs_diff(400_000 * USDC) < USDC, "{left}");
    bench.rest();
    assert!(!bench.plans(ActionKind::Derisk, Some(1)));
}

#[test]
fn water_is_filled_where_the_rates_are_best() {
    let mut plan = Plan::with_lines(2);
    plan.policy = 1;
    for line in &mut plan.lines {
        line.params.max_bps = 8_000;
    }
    let mut bench = Bench::new(plan);
    bench.depositor(1_000_000 * USDC);
    let turn = bench.turn(0);
    assert!(turn.left.is_empty() && !turn.done.is_empty(), "{:?}", turn.left);
    let lines = bench.ledger().lines;
    assert!(lines[0].mid > lines[1].mid, "the first market pays more");
    bench.pass(700);
    bench.refresh();
    bench.rest();
    assert!(!bench.planned().iter().any(|(kind, _)| *kind == ActionKind::Rebalance), "{:?}", bench.plan_of(0));
}

#[test]
fn a_swapped_line_that_winds_down_comes_back_in_pieces_that_are_paid() {
    let (mut bench, _) = Bench::with(3, 2_500_000 * USDC);
    bench.settle(0);
    bench.pass(700);
    bench.refresh();
    bench.settle(0);
    let guardian = bench.deployment.actors.guardian.insecure_clone();
    let ledger = bench.deployment.vault.addresses.ledger;
    bench.send(&[router::set_status(&guardian.pubkey(), &ledger, 3, 3)], &[&guardian]);
    // Whoever is no keeper takes all of it at once.
    let stranger = solana_keypair::Keypair::new_from_array([99; 32]).pubkey();
    let mut config = bench.config.clone();
    config.vaults = gimbal::keeper::config::Vaults::All;
    let roster = gimbal::keeper::watch::Roster::discover(&bench.chain, &config, &stranger).unwrap();
    let mut source = gimbal::keeper::source::Posted::default();
    let mut world = gimbal::keeper::watch::World::read(&bench.chain, &roster, &mut source).unwrap();
    world.lamports = 1_000_000_000;
    let strangers = gimbal::keeper::plan::plan(&world, &config, &bench.purse).actions;
    assert!(strangers.iter().any(|action| (action.kind, action.line) == (ActionKind::Derisk, Some(3))));

    let mut pieces = 0;
    while bench.ledger().lines[2].mid > 0 {
        bench.pass(700);
        bench.refresh();
        bench.rest();
        assert!(!bench.plans(ActionKind::Derisk, Some(3)));
        let turn = bench.turn(0);
        assert!(turn.left.is_empty(), "{:?}", turn.left);
        assert!(turn.kinds().contains(&(ActionKind::Rebalance, Some(3))), "{:?}", turn.kinds());
        pieces += 1;
        assert!(pieces <= 3, "750,000 in pieces of 500,000");
    }
    assert_eq!(pieces, 2);
}
