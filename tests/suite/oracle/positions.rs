//! Lines of every kind over eight assets, reported all at once: more than a transaction's own data holds.

use gimbal_tests::measure::positions::{held, Positions};
use risk_oracle::state::{LINES, SCENARIOS};
use risk_oracle::{Verdict, NO_ROW};

fn reported() -> Positions {
    let mut world = Positions::new();
    world.observe().unwrap();
    world.report();
    world
}

#[test]
fn sixteen_exposures_arrive_as_they_were_reported() {
    let world = reported();
    let state = world.state();
    for (row, held) in held().into_iter().enumerate() {
        let at = state.place_of(row as u16 + 1).unwrap();
        assert_eq!((state.lines[at].exposure, state.models[at].exposure), (held.value, held.exposure));
    }
    // Four ranges, two options, four loops, three hedges, three loans, by the numbers of their kinds.
    let mut kinds = [0; 7];
    state.models.iter().for_each(|model| kinds[usize::from(model.exposure.kind)] += 1);
    assert_eq!(kinds, [0, 3, 4, 4, 3, 1, 1]);
    assert!(state.figures.deltas.iter().all(|delta| *delta != 0));
    assert_eq!(state.figures.gammas.iter().filter(|gamma| **gamma < 0).count(), 5);
}

#[test]
fn three_calls_make_what_eight_make_and_what_one_makes() {
    let mut three = reported();
    let (mut eight, mut one) = (three.clone(), three.clone());
    for (from, count) in [(0, 3), (3, 3), (6, 2)] {
        three.stress(from, count).unwrap();
    }
    for index in (0..SCENARIOS as u8).rev() {
        eight.stress(index, 1).unwrap();
    }
    one.stress(0, SCENARIOS as u8).unwrap();
    let expected = three.state();
    assert_eq!(expected.figures.stressed, 0xFF);
    assert!(expected.figures.stress_losses.windows(2).all(|pair| 0 < pair[0] && pair[0] < pair[1]));
    for state in [eight.state(), one.state()] {
        assert_eq!(
            (state.figures, state.models, state.stressed_at),
            (expected.figures, expected.models, expected.stressed_at)
        );
    }
}

#[test]
fn part_of_the_scenarios_admits_nothing_and_the_rest_can_be_worked_out_later() {
    let mut world = reported();
    for (from, count, missing) in [(0, 3, true), (3, 3, true), (6, 2, false)] {
        let flags = world.report().0.flags;
        assert_ne!(flags & Verdict::STALE_RISK, 0, "scenarios from {from} on are missing");
        world.stress(from, count).unwrap();
        let (verdict, _) = world.report();
        assert_eq!(verdict.flags & Verdict::STALE_RISK != 0, missing, "after {from} and {count} more");
    }
}

#[test]
fn every_row_takes_new_money_up_to_its_room() {
    let mut world = reported();
    world.stress(0, SCENARIOS as u8).unwrap();
    assert_eq!(world.report().0, Verdict { flags: 0, room: 0 });
    for row in 0..LINES as u8 {
        assert_ne!(row, NO_ROW);
        let (verdict, _) = world.ask(world.question(row, 1)).unwrap();
        assert!(verdict.allows() && verdict.room > 0, "row {row}: {verdict:?}");
        let room = verdict.room;
        let (verdict, _) = world.ask(world.question(row, room)).unwrap();
        assert!(verdict.allows(), "row {row}: {verdict:?}");
        let (verdict, _) = world.ask(world.question(row, room + room / 100 + 1)).unwrap();
        assert!(!verdict.allows(), "row {row}: {verdict:?} with more than {room}");
    }
}
