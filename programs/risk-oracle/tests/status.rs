//! Which flag forbids what. The table is the one of docs/architecture.md.

use anchor_lang::prelude::*;
use risk_oracle::{Action, OracleError, Status};

const FLAGS: [(Status, OracleError); 7] = [
    (Status::STALE, OracleError::FeedStale),
    (Status::WIDE_CONFIDENCE, OracleError::FeedConfidenceWide),
    (Status::DIVERGENT, OracleError::FeedDivergent),
    (Status::SECOND_STALE, OracleError::FeedSecondStale),
    (Status::STABLE_GAP, OracleError::FeedStableGap),
    (Status::DEPEGGED, OracleError::FeedDepegged),
    (Status::EMPTY, OracleError::FeedEmpty),
];

fn code(result: Result<()>) -> Option<u32> {
    match result {
        Ok(()) => None,
        Err(Error::AnchorError(error)) => Some(error.error_code_number),
        Err(other) => panic!("not an error of this program: {other:?}"),
    }
}

#[test]
fn flags_have_the_documented_bits() {
    assert_eq!(FLAGS.map(|(flag, _)| flag.bits()), [1, 2, 4, 8, 16, 32, 64]);
}

#[test]
fn without_a_flag_everything_is_allowed() {
    for action in [Action::Value, Action::Deposit, Action::RaiseRisk, Action::LowerRisk, Action::Exit] {
        assert_eq!(code(Status::NONE.require(action)), None, "{action:?}");
    }
}

#[test]
fn valuing_is_forbidden_by_age_and_emptiness_only() {
    for (flag, error) in FLAGS {
        let forbids = flag == Status::STALE || flag == Status::EMPTY;
        assert_eq!(code(flag.require(Action::Value)), forbids.then(|| error.into()), "{flag:?}");
    }
}

#[test]
fn deposits_and_new_risk_are_forbidden_by_every_flag_under_its_own_name() {
    for (flag, error) in FLAGS {
        assert_eq!(code(flag.require(Action::Deposit)), Some(error.into()), "{flag:?}");
        assert_eq!(code(flag.require(Action::RaiseRisk)), Some(error.into()), "{flag:?}");
    }
}

#[test]
fn lowering_risk_and_exits_are_never_forbidden() {
    for bits in 0..=u8::MAX {
        let status = Status::from_bits(bits);
        assert_eq!(code(status.require(Action::LowerRisk)), None);
        assert_eq!(code(status.require(Action::Exit)), None);
    }
}

#[test]
fn a_bit_that_names_no_flag_still_forbids_new_risk() {
    let unknown = Status::from_bits(128);
    assert_eq!(code(unknown.require(Action::RaiseRisk)), Some(OracleError::InvariantViolated.into()));
    assert_eq!(code(unknown.require(Action::Value)), None);
}

#[test]
fn of_several_flags_the_gravest_is_named() {
    let all = Status::from_bits(127);
    assert_eq!(code(all.require(Action::Deposit)), Some(OracleError::FeedEmpty.into()));
    let two = Status::DIVERGENT.union(Status::WIDE_CONFIDENCE);
    assert_eq!(code(two.require(Action::Deposit)), Some(OracleError::FeedDivergent.into()));
}

#[test]
fn sets_behave_as_sets() {
    let two = Status::DIVERGENT.union(Status::DEPEGGED);
    assert_eq!(two.bits(), 36);
    assert!(two.contains(Status::DEPEGGED) && two.intersects(Status::DEPEGGED));
    assert!(!two.contains(Status::DEPEGGED.union(Status::STALE)));
    assert!(two.intersects(Status::DEPEGGED.union(Status::STALE)));
    assert_eq!(two.without(Status::DEPEGGED), Status::DIVERGENT);
    assert_eq!(Status::NONE.with_if(Status::STALE, true), Status::STALE);
    assert_eq!(Status::NONE.with_if(Status::STALE, false), Status::NONE);
}
