use gimbal::instructions::oracle;
use risk_oracle::events::BookStressed;
use risk_oracle::Verdict;
use sha2::{Digest, Sha256};

use super::engine::*;
use super::world::*;

/// Scenarios 0 (SOL halves), 2 (everything falls by 30%) and 7 (BTC doubles); at most a tenth of NAV may be lost.
fn with_scenarios() -> World {
    let mut world = with_assets();
    limit(&mut world, |params| params.max_stress_bps = 1_000);
    let rows = [
        scenario(0, "sol-halves", [-5_000, 0]),
        scenario(2, "all-fall", [-3_000, -3_000]),
        scenario(7, "btc-doubles", [0, 10_000]),
    ];
    for row in rows {
        world.send(&[oracle::set_scenario(&pubkey("owner"), &book(), row)], &["owner"]).unwrap();
    }
    world
}

#[test]
fn rows_beyond_the_eighth_and_none_at_all_are_refused() {
    let mut world = with_scenarios();
    for (from, count) in [(0, 0), (8, 1), (0, 9), (7, 2), (255, 255)] {
        world.refuse("ScenarioOutOfRange", oracle::stress(&book(), from, count), &[]);
    }
    let mut wrong = oracle::stress(&book(), 0, 8);
    wrong.accounts[0].pubkey = feeds()[0];
    world.refuse("AccountDiscriminatorMismatch", wrong, &[]);
}

#[test]
fn anybody_works_out_what_each_scenario_loses() {
    let mut world = with_scenarios();
    world.assess(report());
    let before = world.book().inputs_hash;
    let receipt = world.send(&[oracle::stress(&book(), 0, 8)], &[]).unwrap();
    let losses = [NAV / 20, 0, NAV * 3 / 100, 0, 0, 0, 0, 0].map(|loss| loss as i64);
    let state = world.book();
    assert_eq!((state.figures.stress_losses, state.figures.stressed), (losses, 0b1000_0101));
    assert_eq!([0, 1, 2, 7].map(|row| state.stressed_at[row] == world.now()), [true, false, true, true]);
    let told: BookStressed = event(&receipt);
    assert_eq!((told.book, told.slot, told.time), (world.book, receipt.slot, world.now()));
    assert_eq!((told.from, told.count, told.losses, told.inputs_hash), (0, 8, losses, state.inputs_hash));
    let data = oracle::stress(&book(), 0, 8).data;
    let expected: [u8; 32] =
        Sha256::new().chain_update(before).chain_update(data).chain_update(world.now().to_le_bytes()).finalize().into();
    assert_eq!(state.inputs_hash, expected);
}

#[test]
fn several_calls_make_what_one_makes() {
    let mut one = with_scenarios();
    one.assess(report());
    let mut several = one.clone();
    one.send(&[oracle::stress(&book(), 0, 8)], &[]).unwrap();
    for (from, count) in [(0, 3), (3, 3), (6, 2)] {
        several.send(&[oracle::stress(&book(), from, count)], &[]).unwrap();
    }
    assert_eq!(one.book().figures, several.book().figures);
    assert_eq!(one.book().models, several.book().models);
}

#[test]
fn new_money_waits_for_the_scenarios_and_is_bounded_by_them() {
    let mut world = with_scenarios();
    world.assess(report());
    assert_eq!(world.assess(more(1)), Verdict { flags: Verdict::STALE_RISK, room: 0 });
    world.send(&[oracle::stress(&book(), 0, 3)], &[]).unwrap();
    assert_eq!(world.assess(more(1)), Verdict { flags: Verdict::STALE_RISK, room: 0 });
    world.send(&[oracle::stress(&book(), 7, 1)], &[]).unwrap();
    // A tenth may be lost; half of a tenth is: the rest doubles the line.
    assert_eq!(world.assess(more(NAV / 10)), Verdict { flags: 0, room: NAV / 10 });
    assert_eq!(world.assess(more(NAV / 10 + 1)), Verdict { flags: Verdict::STRESS, room: NAV / 10 });
    // A scenario that is set anew has to be worked out anew.
    let harsher = oracle::set_scenario(&pubkey("owner"), &book(), scenario(0, "sol-halves", [-6_000, 0]));
    let waited = world.waited(world.book, harsher);
    update(&mut world, 150 * DOLLAR, 90_000 * DOLLAR);
    world.send(&[waited], &["owner"]).unwrap();
    assert_eq!(world.assess(more(1)).flags, Verdict::STALE_RISK);
}

#[test]
fn without_scenarios_nothing_is_asked_for() {
    let mut world = with_assets();
    limit(&mut world, |params| params.max_stress_bps = 1_000);
    assert_eq!(world.assess(more(NAV / 2)).flags, 0);
    world.send(&[oracle::stress(&book(), 0, 8)], &[]).unwrap();
    assert_eq!(world.book().figures.stress_losses, [0; 8]);
}
