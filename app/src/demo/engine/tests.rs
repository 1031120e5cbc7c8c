//! The loop on a model world: what it must do in any run, whatever the chain.

use super::model::Model;
use super::*;
use crate::demo::world::UserAction;
use crate::prices::generate;

fn play(seed: u64, days: u32, count: usize) -> (Record, Model) {
    let mut world = Model::new(&depositors(seed, count));
    let mut heard = 0;
    let record = run(&mut world, &generate(seed, days), seed, count, &mut |_| heard += 1).expect("a run");
    assert_eq!(heard, days as usize);
    (record, world)
}

#[test]
fn a_long_run_uses_every_instruction_and_sees_both_events() {
    let (record, _) = play(1, 400, 50);
    for name in UserAction::INSTRUCTIONS {
        assert!(record.tally.user.done.contains_key(name), "{name}: {:?}", record.tally.user.done);
    }
    for name in KeeperAction::INSTRUCTIONS.iter().filter(|name| **name != "update_feed") {
        assert!(record.tally.keeper.done.contains_key(*name), "{name}: {:?}", record.tally.keeper.done);
    }
    for name in ["pause", "lift", "propose_change", "set_status"] {
        assert!(record.tally.role.done.contains_key(name), "{name}");
    }
    assert!(record.events.iter().any(|event| matches!(event, Event::BadDebt { staged: true, .. })));
    assert!(record.events.iter().any(|event| matches!(event, Event::Illiquid { .. })));
    assert_eq!(record.points.len(), 400);
}

#[test]
fn the_illiquid_week_refuses_exits_and_queues_them() {
    let (record, _) = play(1, 60, 50);
    assert!(record.tally.refusals["InsufficientCash"] > 0, "{:?}", record.tally.refusals);
    assert!(record.tally.user.done["request_redeem"] > 0);
    let week = Script::for_days(&generate(1, 60).days).illiquid_from[0];
    let queued: u64 = record.points[week..week + 7].iter().map(|point| point.queue).max().expect("a week");
    assert!(queued > 0, "somebody waits");
    assert_eq!(record.points.last().map(|point| point.queue), Some(0), "everybody is paid in the end");
}

#[test]
fn troublemakers_are_refused_by_name() {
    let (record, _) = play(2, 120, 20);
    for name in ["ZeroAssets", "TooFewShares", "TooManyAssets", "TooFewAssets", "NoSuchTicket", "StaleNav"] {
        assert!(record.tally.refusals.contains_key(name), "{name}: {:?}", record.tally.refusals);
    }
}

#[test]
fn a_year_and_a_half_of_fifty_depositors_is_ten_thousand_transactions_in_1764_days() {
    let (record, _) = play(1, 540, 50);
    let a_day = record.tally.user.total_done() as f64 / 540.0;
    assert!(a_day * 1_764.0 > 11_000.0, "{a_day} a day");
    let all = record.tally.user.total_done() + record.tally.keeper.total_done() + record.tally.role.total_done();
    assert!((all as f64) / 540.0 * 1_764.0 < 40_000.0, "{all} in 540 days");
}

#[test]
fn the_same_seed_gives_the_same_run_and_another_another() {
    let (one, world) = play(5, 90, 30);
    let (two, again) = play(5, 90, 30);
    assert_eq!(one, two);
    assert_eq!(world.sent, again.sent);
    assert_ne!(one.accounts_hash, play(6, 90, 30).0.accounts_hash);
}

#[test]
fn prices_come_in_the_order_open_nearer_extreme_other_extreme_close() {
    let (_, world) = play(3, 2, 1);
    let days = generate(3, 2).days;
    let expected: Vec<i64> =
        [60, 28_800, 57_600, 86_340, 86_460, 115_200, 144_000, 172_740].map(|s| days[0].date.start() + s).to_vec();
    assert_eq!(world.clock.iter().map(|(time, _)| *time).collect::<Vec<_>>(), expected);
    let [btc, ..] = days[1].bars;
    let (nearer, other) =
        if btc.open - btc.low <= btc.high - btc.open { (btc.low, btc.high) } else { (btc.high, btc.low) };
    assert_eq!(world.clock[4..].iter().map(|(_, p)| p[0]).collect::<Vec<_>>(), [btc.open, nearer, other, btc.close]);
}

#[test]
fn profits_are_value_and_withdrawn_less_deposited() {
    let (record, world) = play(4, 100, 12);
    for (index, account) in record.depositors.iter().enumerate() {
        let holding = world.holding(index).expect("holding");
        let endowment = depositors(4, 12)[index].endowment;
        let moved = i128::from(account.withdrawn) - i128::from(account.deposited);
        assert_eq!(i128::from(holding.wallet) - i128::from(endowment), moved, "depositor {index}");
        assert_eq!(account.profit(), i128::from(account.value) + moved);
    }
}

#[test]
fn the_shortest_runs_work() {
    let (record, _) = play(1, 1, 1);
    assert_eq!((record.points.len(), record.events.len()), (1, 0));
    assert!(record.tally.user.done.contains_key("deposit"));
}
