//! A vault's book that has a risk engine: its feeds are kept, it is told what lies where, and what it cuts comes down.

use anchor_lang::Discriminator;
use gimbal::chain::{Chain, Sandbox};
use gimbal::instructions::oracle;
use gimbal::keeper::watch::nonce;
use gimbal::keeper::{ActionKind, Urgency};
use gimbal::readers;
use gimbal::setup::{Asset, Plan};
use risk_oracle::state::{Book, Feed, RiskParams, Signal};
use risk_oracle::{SetAssetArgs, SetLineModelArgs};
use solana_signer::Signer;

use super::bench::*;

pub const NONE: u8 = 255;

pub fn book(bench: &Bench) -> Box<Book> {
    Box::new(readers::read(&bench.chain, &bench.deployment.vault.addresses.book).expect("the book"))
}

/// Two lines of the base asset in a book that observes SOL and scales both; 1,000,000 USDC in cash.
pub fn modelled() -> Bench {
    let mut plan = Plan::with_lines(2);
    (plan.limits.bounty_bps, plan.limits.bounty_budget) = (10, 100 * USDC);
    let mut bench = Bench::new(plan);
    let owner = bench.deployment.actors.owner.insecure_clone();
    let (key, of) = (owner.pubkey(), bench.deployment.vault.addresses.book);
    let feed = bench.deployment.feeds.get(Asset::Sol).key;
    let model = |line| SetLineModelArgs { line, asset: NONE, protocol: NONE, scaled: true };
    let setup = [
        oracle::set_asset(&key, &of, SetAssetArgs { index: 0, feed }),
        oracle::set_risk_params(&key, &of, RiskParams { max_stress_bps: u16::MAX, ..RiskParams::CAUTIOUS }),
        oracle::set_line_model(&key, &of, model(1)),
        oracle::set_line_model(&key, &of, model(2)),
    ];
    bench.send(&setup, &[&owner]);
    bench.depositor(1_000_000 * USDC);
    bench
}

#[test]
fn a_plain_book_is_left_alone() {
    let (mut bench, _) = Bench::with(2, 1_000 * USDC);
    bench.settle(0);
    bench.pass(2 * 86_400);
    let kinds = bench.planned();
    assert!(!kinds.iter().any(|(kind, _)| matches!(kind, ActionKind::Observe | ActionKind::Report)), "{kinds:?}");
}

#[test]
fn a_new_book_observes_and_is_told_before_money_moves() {
    let mut bench = modelled();
    // On nothing observed the book admits no new money.
    assert_eq!(bench.planned(), [(ActionKind::Observe, None), (ActionKind::Report, None)]);
    assert!(bench.reason(ActionKind::Rebalance, Some(1)).starts_with("RiskLimit: "));
    let observe = bench.action(ActionKind::Observe);
    assert_eq!(nonce(&bench.world(0), &observe.key()), Some(0));
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    let told = book(&bench);
    assert_eq!((told.observations, told.observed_at), (1, bench.world(0).now));
    assert!(told.assessments >= 1 && told.assets[0].price > 0);
    assert_eq!(nonce(&bench.world(0), &observe.key()), Some(1));
    bench.rest();
    assert!(bench.plans(ActionKind::Rebalance, Some(1)) && bench.plans(ActionKind::Rebalance, Some(2)));
    bench.settle(0);
    assert!(!bench.plans(ActionKind::Observe, None) && !bench.plans(ActionKind::Report, None));
}

#[test]
fn both_are_renewed_when_they_are_as_old_as_the_operator_says() {
    let mut bench = modelled();
    bench.settle(0);
    bench.config.freshness.observe_seconds = 1_000;
    bench.config.freshness.report_seconds = 2_000;
    let began = book(&bench).observed_at;
    let since = bench.world(0).now - began;
    bench.pass(u64::try_from(999 - since).unwrap());
    assert!(!bench.plans(ActionKind::Observe, None));
    bench.pass(1);
    let action = bench.action(ActionKind::Observe);
    assert_eq!((action.urgency, action.reason.as_str()), (Urgency::Routine, "the book observed its feeds 1000 s ago"));
    // What it observes is brought first.
    assert!(action.needs.iter().any(|need| need.kind == ActionKind::UpdateFeed), "{:?}", action.needs);
    assert!(!bench.plans(ActionKind::Report, None));
    bench.pass(1_000 + u64::try_from(since).unwrap());
    let action = bench.action(ActionKind::Report);
    assert!(action.reason.starts_with("what lies where was reported 2"), "{}", action.reason);
    assert!(action.needs.iter().any(|need| need.kind == ActionKind::Refresh), "{:?}", action.needs);
    let (observations, assessments) = (book(&bench).observations, book(&bench).assessments);
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    assert_eq!(book(&bench).observations, observations + 1);
    assert!(book(&bench).assessments > assessments);
}

#[test]
fn a_feed_that_only_the_book_follows_is_kept_and_its_days_are_closed() {
    let mut bench = modelled();
    bench.settle(0);
    let sol = |bench: &Bench| -> Feed {
        readers::read(&bench.chain, &bench.deployment.feeds.get(Asset::Sol).key).expect("the feed")
    };
    let day = 86_400;
    for _ in 0..2 {
        let until_midnight = u64::try_from(day - bench.world(0).now.rem_euclid(day)).unwrap();
        bench.pass(until_midnight + 5);
        bench.turn(0);
        bench.rest();
    }
    // The bar of the day before is closed, and the book has taken it.
    let closed = sol(&bench).last_bar_day().expect("a closed day");
    bench.settle(0);
    assert_eq!(book(&bench).assets[0].day, closed);
    assert_eq!(book(&bench).returns.day, closed);
}

#[test]
fn what_a_venue_shows_is_looked_at_again_before_it_counts() {
    let mut bench = modelled();
    bench.settle(0);
    let venue = bench.deployment.actors.venue_owner.insecure_clone();
    let reserve = bench.line(0).reserve;
    // Somebody borrows nearly all for a moment, and reports.
    bench.send(&[reserve.refresh(), reserve.borrow(1_900_000 * USDC)], &[&venue]);
    bench.refresh();
    let report = gimbal::instructions::router::report(&bench.deployment.vault);
    bench.send(&[report], &[]);
    bench.send(&[reserve.refresh(), reserve.repay(1_900_000 * USDC)], &[&venue]);
    assert!(book(&bench).regime.venue_since[0] > 0, "{:?}", book(&bench).regime);
    bench.rest();
    // A quarter of the time that it must have been shown for.
    bench.pass(100);
    assert!(!bench.plans(ActionKind::Report, None));
    bench.pass(60);
    let action = bench.action(ActionKind::Report);
    assert_eq!(action.urgency, Urgency::Soon);
    assert!(action.reason.starts_with("what its venues showed "), "{}", action.reason);
    bench.refresh();
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    assert_eq!((book(&bench).regime.venue_since, book(&bench).regime.level), ([0; 3], 0));
}

#[test]
fn what_the_regime_cuts_comes_down_for_its_bounty() {
    let mut bench = modelled();
    bench.settle(0);
    // Money counts as lying there after six hours.
    bench.pass(6 * 3_600);
    bench.refresh();
    bench.settle(0);
    assert!(!bench.plans(ActionKind::Derisk, Some(1)));
    // The book caps each line at all of NAV: a crisis leaves a quarter.
    let key = bench.deployment.vault.addresses.book;
    let mut told = book(&bench);
    (told.regime.level, told.regime.scale_bps, told.regime.peak) = (3, 2_500, 3);
    // A price says so: what venues alone say earns nothing.
    told.regime.reasons = Signal::Drawdown.bit();
    let mut account = bench.chain.require_account(&key).unwrap();
    account.data = [Book::DISCRIMINATOR, bytemuck::bytes_of(&*told)].concat();
    bench.chain.set_account(&key, account).unwrap();
    let action = bench.action(ActionKind::Derisk);
    assert_eq!((action.line, action.urgency), (Some(1), Urgency::Urgent));
    assert_eq!(action.reason, "it is over what the regime leaves of its caps");
    assert!(action.expected_pay > 0);
    let expected: u64 = {
        let plan = bench.plan_of(0);
        plan.actions.iter().filter(|action| action.kind == ActionKind::Derisk).map(|action| action.expected_pay).sum()
    };
    let account = bench.deployment.base.account_of(&bench.keeper(0).pubkey());
    let held = readers::balance(&bench.chain, &account).unwrap();
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    let paid = readers::balance(&bench.chain, &account).unwrap() - held;
    assert_eq!((paid, bench.ledger().bounties_paid), (expected, expected));
    for line in &bench.ledger().lines[..2] {
        assert!(line.mid.abs_diff(250_000 * USDC) < 1_000 * USDC, "{}", line.mid);
    }
    // A keeper that is paid for nothing else does it for the bounty, where it is worth the cost.
    bench.rest();
    assert!(!bench.plans(ActionKind::Derisk, Some(1)));
}

#[test]
fn where_it_is_not_obligatory_only_a_bounty_makes_it_worth_doing() {
    let mut bench = modelled();
    bench.settle(0);
    bench.config.profit.obligatory.retain(|kind| *kind != ActionKind::Derisk);
    let guardian = bench.deployment.actors.guardian.insecure_clone();
    let ledger = bench.deployment.vault.addresses.ledger;
    let wind_down = gimbal::instructions::router::set_status(&guardian.pubkey(), &ledger, 1, 3);
    bench.send(&[wind_down], &[&guardian]);
    // The money has just gone in: a thousandth of the few dollars that count as lying there is less than what must be left.
    bench.config.profit.min_profit_lamports = 50_000_000;
    assert!(bench.reason(ActionKind::Derisk, Some(1)).starts_with("it pays "));
    bench.pass(6 * 3_600);
    bench.refresh();
    bench.rest();
    assert!(bench.plans(ActionKind::Derisk, Some(1)));
}

#[test]
fn scenarios_are_worked_out_anew_as_often_as_new_money_asks_for() {
    let mut bench = modelled();
    assert!(!bench.plans(ActionKind::Stress, None), "without a scenario");
    let owner = bench.deployment.actors.owner.insecure_clone();
    let of = bench.deployment.vault.addresses.book;
    let mut scenario = risk_oracle::state::Scenario::default();
    scenario.label[..5].copy_from_slice(b"crash");
    scenario.shocks_bps[0] = -5_000;
    scenario.used = 1;
    let set = oracle::set_scenario(&owner.pubkey(), &of, risk_oracle::SetScenarioArgs { index: 4, scenario });
    bench.send(&[set], &[&owner]);
    let stress = bench.action(ActionKind::Stress);
    let was = nonce(&bench.world(0), &stress.key());
    assert_eq!(was, Some(stress.nonce));
    bench.settle(0);
    assert_ne!(nonce(&bench.world(0), &stress.key()), was);
    assert!(book(&bench).stressed_at[4] > 0);
    assert!(!bench.plans(ActionKind::Stress, None));
    // New money is admitted on stresses of up to three hours: they are renewed after one and a half.
    bench.config.freshness.report_seconds = 100_000;
    let since = bench.world(0).now - book(&bench).stressed_at[4];
    bench.pass(u64::try_from(5_399 - since).unwrap());
    assert!(!bench.plans(ActionKind::Stress, None));
    bench.pass(1);
    assert!(bench.plans(ActionKind::Stress, None));
}

#[test]
fn a_scenario_that_is_set_again_is_new_work() {
    let mut bench = modelled();
    let owner = bench.deployment.actors.owner.insecure_clone();
    let of = bench.deployment.vault.addresses.book;
    let mut seen = std::collections::BTreeSet::new();
    for shock in [-5_000, -6_000, -5_000] {
        let mut scenario = risk_oracle::state::Scenario::default();
        scenario.label[..5].copy_from_slice(b"crash");
        (scenario.shocks_bps[0], scenario.used) = (shock, 1);
        let set = oracle::set_scenario(&owner.pubkey(), &of, risk_oracle::SetScenarioArgs { index: 0, scenario });
        bench.send(&[set], &[&owner]);
        assert_eq!(book(&bench).stressed_at, [0; 8]);
        // A journal that has the last one as done must not take this one for it.
        assert!(seen.insert(bench.action(ActionKind::Stress).nonce));
        bench.send(&[oracle::stress(&of, 0, 3)], &[]);
        assert!(!bench.plans(ActionKind::Stress, None));
    }
}
