//! The stateful property test. `GIMBAL_PROPERTY_ACTIONS` sets how many actions it makes, `GIMBAL_PROPERTY_SEED` which:
//!
//! ```text
//! cargo test -p gimbal-tests --test property
//! GIMBAL_PROPERTY_ACTIONS=1000000 cargo test -p gimbal-tests --test property
//! ```

use gimbal_tests::property::{
    action::Sequence,
    run::{number_from, play, run, ACTIONS_VARIABLE, DEFAULT_ACTIONS, REPLAY_VARIABLE, SEED_VARIABLE},
};

#[test]
fn nothing_that_anybody_does_breaks_what_must_hold() {
    let (seed, actions) = (number_from(SEED_VARIABLE, 1), number_from(ACTIONS_VARIABLE, DEFAULT_ACTIONS));
    match run(seed, actions) {
        Ok(summary) => {
            eprintln!("{summary}");
            assert!(summary.actions >= actions);
        }
        Err(report) => panic!("{report}"),
    }
}

/// Plays the sequence of the environment; without one, a short one that must hold.
#[test]
fn replay() {
    let text = std::env::var(REPLAY_VARIABLE);
    let text = text.unwrap_or_else(|_| "world 0; crank; deposit 0 1000000000; redeem 0 10000".to_owned());
    let sequence: Sequence = text.parse().expect("a sequence as a failure prints it");
    let (result, tally) = play(&sequence);
    if let Err(failure) = result {
        panic!("action {}: {}", failure.at, failure.violation);
    }
    assert!(tally.actions.values().all(|(sent, done)| done <= sent));
}
