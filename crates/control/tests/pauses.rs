//! Pauses: one switch per direction, each of which ends by itself, and exits that cannot be held for long.

use bytemuck::Zeroable;
use gimbal_control::{Direction, Pauses, Refusal};

const DAY: i64 = 86_400;
const NOW: i64 = 1_700_000_000;

#[test]
fn deposits_and_new_money_stand_for_fourteen_days_or_until_lifted() {
    for direction in [Direction::Deposits, Direction::NewMoney] {
        let mut p = Pauses::zeroed();
        assert!(!p.is_paused(direction, NOW));
        p.pause(direction, NOW).unwrap();
        assert!(p.is_paused(direction, NOW + 14 * DAY - 1));
        assert!(!p.is_paused(direction, NOW + 14 * DAY), "it ends by itself");
        p.lift(direction, NOW + DAY);
        assert!(!p.is_paused(direction, NOW + DAY));
    }
}

#[test]
fn a_pause_of_deposits_is_renewed_at_once() {
    for direction in [Direction::Deposits, Direction::NewMoney] {
        let mut p = Pauses::zeroed();
        p.pause(direction, NOW).unwrap();
        p.pause(direction, NOW + 13 * DAY).unwrap();
        assert!(p.is_paused(direction, NOW + 27 * DAY - 1));
        assert!(!p.is_paused(direction, NOW + 27 * DAY));
        p.pause(direction, NOW + 27 * DAY).unwrap();
        assert!(p.is_paused(direction, NOW + 27 * DAY));
    }
}

#[test]
fn directions_are_independent() {
    let mut p = Pauses::zeroed();
    p.pause(Direction::Deposits, NOW).unwrap();
    assert!(!p.is_paused(Direction::InstantExits, NOW));
    assert!(!p.is_paused(Direction::NewMoney, NOW));
}

#[test]
fn an_exit_pause_ends_by_itself_after_three_days() {
    let mut p = Pauses::zeroed();
    p.pause(Direction::InstantExits, NOW).unwrap();
    assert!(p.is_paused(Direction::InstantExits, NOW + 3 * DAY - 1));
    assert!(!p.is_paused(Direction::InstantExits, NOW + 3 * DAY));
}

#[test]
fn exits_cannot_be_paused_again_before_six_days() {
    let mut p = Pauses::zeroed();
    p.pause(Direction::InstantExits, NOW).unwrap();
    assert_eq!(p.pause(Direction::InstantExits, NOW + DAY), Err(Refusal::PauseCoolingDown));
    p.lift(Direction::InstantExits, NOW + DAY);
    assert_eq!(p.pause(Direction::InstantExits, NOW + 6 * DAY - 1), Err(Refusal::PauseCoolingDown));
    p.pause(Direction::InstantExits, NOW + 6 * DAY).unwrap();
}
