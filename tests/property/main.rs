//! The stateful property test, and tests of the test itself.
//!
//! ```text
//! cargo test -p gimbal-tests --test property                                         # 200,000 actions
//! GIMBAL_PROPERTY_ACTIONS=1_000_000 cargo test -p gimbal-tests --test property       # as many as one likes
//! GIMBAL_PROPERTY_SEED=7 cargo test -p gimbal-tests --test property                  # other sequences
//! GIMBAL_PROPERTY_WORLD=5 cargo test -p gimbal-tests --test property                 # all in one world: see `plans`
//! cargo test -p gimbal-tests --test property --features gimbal-math/mutant-rounding  # must fail
//! ```
//!
//! A failure prints its seed, the shortest sequence found that breaks the same rule, and the command that plays it again;
//! `GIMBAL_PROPERTY_TRACE=1` then prints every transaction of it.

use gimbal::instructions::router;
use gimbal_tests::property::{
    action::{Action, Sequence},
    checks::Call,
    run::{
        number_from, play, run, Failure, Summary, ACTIONS_VARIABLE, DEFAULT_ACTIONS, REPLAY_VARIABLE, SEED_VARIABLE,
        WORLD_VARIABLE,
    },
    shrink::shrink,
    world::{World, FAULTS},
};
use gimbal_tests::Signer;

/// Money at work in a market, fees, and a ticket that waits; then whatever follows.
const BEGINNING: &str = "world 3; crank; deposit 0 900000000000; rebalance 0 0; rebalance 0 1; request 0 5000 0";

fn sequence(text: &str) -> Sequence {
    text.parse().expect("a sequence")
}

fn failure(sequence: &Sequence) -> Failure {
    match play(sequence).0 {
        Err(failure) => failure,
        Ok(()) => panic!("nothing was found in {sequence}"),
    }
}

#[test]
fn nothing_that_anybody_does_breaks_what_must_hold() {
    let (seed, actions) = (number_from(SEED_VARIABLE, 1), number_from(ACTIONS_VARIABLE, DEFAULT_ACTIONS));
    let world = std::env::var(WORLD_VARIABLE).ok().map(|_| number_from(WORLD_VARIABLE, 0));
    match run(seed, actions, world) {
        Ok(summary) => {
            eprintln!("{summary}");
            assert!(summary.actions >= actions);
            if world.is_none() {
                assert_everything_happened(&summary);
            }
        }
        Err(report) => panic!("{report}"),
    }
}

/// A run in which some kind of action never succeeds has shown nothing about it.
fn assert_everything_happened(summary: &Summary) {
    /// What must never work; what works only without anybody's money; what is no transaction.
    const NEVER: [&str; 9] =
        ["steal", "approve", "limits", "warp", "slots", "upgrade", "trick", "fault", "vault-limits"];
    if summary.actions < 100_000 {
        return;
    }
    let done = |word: &str| summary.tally.actions.get(word).map_or(0, |(_, done)| *done);
    let idle: Vec<_> = Action::WORDS.iter().filter(|word| !NEVER.contains(word) && done(word) == 0).collect();
    assert!(idle.is_empty(), "these never succeeded: {idle:?}");
    assert_eq!(done("steal"), 0);
    let tally = &summary.tally;
    assert!(!tally.lowered.contains(&0), "no exit in some regime: {:?}", tally.lowered);
    assert!(tally.bounties > 0, "no bounty was ever paid");
}

/// Plays the sequence of the environment; without one, a short one that must hold.
#[test]
fn replay() {
    let text = std::env::var(REPLAY_VARIABLE);
    let text = text.unwrap_or_else(|_| format!("{BEGINNING}; crank; redeem 0 10000; leave 1"));
    let (result, tally) = play(&sequence(&text));
    if let Err(failure) = result {
        panic!("action {}: {}", failure.at, failure.violation);
    }
    assert!(tally.actions.values().all(|(sent, done)| done <= sent));
}

#[test]
fn every_fault_is_found() {
    for fault in 0..FAULTS {
        let found = failure(&sequence(&format!("{BEGINNING}; fault {fault}; crank")));
        assert!(found.at >= 6, "fault {fault} was found too early: {}", found.violation);
        assert_ne!(found.violation.rule, "the test does not panic", "fault {fault}: {}", found.violation);
    }
}

/// What the limits of risk refuse passes without them: the comparison behind "risk never keeps money in" can see something.
#[test]
fn a_refusal_for_risk_is_seen_as_one() {
    let beginning = sequence("world 0; crank; line-risk 0 0 3; deposit 0 900000000000; report");
    let mut world = World::new(beginning.world);
    for action in &beginning.actions {
        world.run(action).unwrap_or_else(|violation| panic!("{action}: {violation}"));
    }
    let deployment = world.fx.deployment.clone();
    let line = &deployment.lines[0];
    let keeper = deployment.actors.keepers[0].pubkey();
    let moves = [line.reserve.refresh(), router::rebalance(&deployment.vault, &line.context, &keeper)];
    let call = Call::Rebalance { place: 0 };
    assert_eq!(world.transact(call, &moves), Ok(false), "a cap of nothing");
    let refused: Vec<_> = world.tally.refusals.keys().map(|(_, name)| name.as_str()).collect();
    assert_eq!(refused, ["RiskLimit"]);
    let (before, after) = (world.look(), world.without_limits(&moves).expect("nothing else is in its way"));
    assert!(after.row(0).invested > before.row(0).invested);
    assert_eq!(world.look().row(0).invested, before.row(0).invested, "the world itself stays as it is");
}

#[test]
fn a_fault_in_a_long_sequence_is_shrunk_to_what_it_needs() {
    let noise = "warp 5; donate 1 2 77; mint 2 5000000; crank; give 0 2 10; pool 10010; redeem 2 500; value 1";
    // Only somebody who has shares can lose one to a ticket.
    let long = sequence(&format!("{BEGINNING}; {noise}; fault 10; {noise}"));
    let found = failure(&long);
    let (short, violation) = shrink(&long, &found.violation);
    assert_eq!(violation.rule, found.violation.rule);
    assert!(short.actions.len() <= 5, "{short}");
    assert_eq!(failure(&short).violation.rule, found.violation.rule);
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let (one, other) = (run(3, 1_000, None), run(3, 1_000, None));
    let (one, other) = (one.expect("a run that holds"), other.expect("a run that holds"));
    assert_eq!(one.tally.actions, other.tally.actions);
    assert_eq!(one.tally.refusals, other.tally.refusals);
}
