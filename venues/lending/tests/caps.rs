//! klend's withdrawal caps, worked by hand from its rules.

use gimbal_venue_wire::klend::WithdrawalCap;
use lending_venue::{
    math::caps::{count_inflow, count_outflow},
    LendingError,
};

fn cap() -> WithdrawalCap {
    WithdrawalCap { capacity: 100, current_total: 30, interval_start: 1_000, interval_length: 60 }
}

#[test]
fn outflows_add_up_to_the_capacity_and_not_beyond() {
    let mut cap = cap();
    assert_eq!(count_outflow(&mut cap, 71, 1_010), Err(LendingError::WithdrawalCapReached));
    assert_eq!(cap.current_total, 30, "a refusal counts nothing");
    count_outflow(&mut cap, 70, 1_010).unwrap();
    assert_eq!(count_outflow(&mut cap, 1, 1_059), Err(LendingError::WithdrawalCapReached));
}

#[test]
fn inflows_make_room() {
    let mut cap = cap();
    count_inflow(&mut cap, 50, 1_010).unwrap();
    assert_eq!(cap.current_total, -20);
    count_outflow(&mut cap, 120, 1_010).unwrap();
    assert_eq!(cap.current_total, 100);
}

#[test]
fn an_interval_that_has_run_out_starts_anew_at_the_call() {
    let mut cap = cap();
    count_outflow(&mut cap, 100, 1_060).unwrap();
    assert_eq!((cap.current_total, cap.interval_start), (100, 1_060));
}

#[test]
fn a_clock_before_the_interval_is_an_error() {
    assert_eq!(count_outflow(&mut cap(), 1, 999), Err(LendingError::LastTimestampGreaterThanCurrent));
    assert_eq!(count_inflow(&mut cap(), 1, 999), Err(LendingError::LastTimestampGreaterThanCurrent));
}

#[test]
fn a_negative_capacity_lets_nothing_out_whatever_came_in() {
    let mut cap = WithdrawalCap { capacity: -1, current_total: -1_000, ..cap() };
    assert_eq!(count_outflow(&mut cap, 1, 1_010), Err(LendingError::WithdrawalCapReached));
}

#[test]
fn without_an_interval_the_counter_runs_on_and_caps_nothing() {
    let mut cap = WithdrawalCap { capacity: 0, current_total: i64::MAX - 1, interval_length: 0, ..cap() };
    count_outflow(&mut cap, 500, 0).unwrap();
    assert_eq!((cap.current_total, cap.interval_start), (i64::MAX, 1_000));
    cap.current_total = i64::MIN + 1;
    count_inflow(&mut cap, 500, 0).unwrap();
    assert_eq!(cap.current_total, i64::MIN);
}

#[test]
fn amounts_beyond_the_counter_are_errors() {
    assert_eq!(count_outflow(&mut cap(), u64::MAX, 1_010), Err(LendingError::IntegerOverflow));
    let mut full = WithdrawalCap { current_total: i64::MIN, ..cap() };
    assert_eq!(count_inflow(&mut full, 1, 1_010), Err(LendingError::MathOverflow));
}
