//! Fixed targets in bands, and what cash allows.

use bytemuck::Zeroable;
use proptest::prelude::*;
use strategy_router::{
    policy::{
        bands::target_down,
        step::{next, Move, Position, Spendable},
    },
    Line,
};

const USDC: u64 = 1_000_000;

fn position(value: u64, min: u64, max: u64, band: u64) -> Position {
    Position { value, min, max, band }
}

#[test]
fn a_target_is_its_part_of_nav() {
    // 37.5% of 1,000,000 USDC.
    assert_eq!(target_down(1_000_000 * USDC, 3_750), Ok(375_000 * USDC));
    // 1 bps of 9,999 units is less than one unit.
    assert_eq!(target_down(9_999, 1), Ok(0));
    assert_eq!(target_down(u64::MAX, 10_000), Ok(u64::MAX));
}

#[test]
fn inside_the_band_nothing_moves_and_outside_it_goes_all_the_way() {
    let cash = Spendable::Free(1_000);
    assert_eq!(next(&position(450, 0, 1_000, 50), 500, cash), None);
    assert_eq!(next(&position(550, 0, 1_000, 50), 500, cash), None);
    assert_eq!(next(&position(449, 0, 1_000, 50), 500, cash), Some(Move::Deploy(51)));
    assert_eq!(next(&position(551, 0, 1_000, 50), 500, cash), Some(Move::Recall(51)));
}

#[test]
fn bounds_override_the_target() {
    let cash = Spendable::Free(1_000);
    assert_eq!(next(&position(0, 0, 300, 0), 500, cash), Some(Move::Deploy(300)));
    assert_eq!(next(&position(400, 0, 300, 0), 500, cash), Some(Move::Recall(100)));
    assert_eq!(next(&position(0, 200, 300, 0), 100, cash), Some(Move::Deploy(200)));
    // A cap under the minimum weight wins: no bound makes a line exceed its cap.
    assert_eq!(next(&position(0, 200, 150, 0), 100, cash), Some(Move::Deploy(150)));
}

#[test]
fn a_deploy_is_held_to_the_cash_that_is_free() {
    assert_eq!(next(&position(0, 0, 1_000, 10), 500, Spendable::Free(70)), Some(Move::Deploy(70)));
    assert_eq!(next(&position(0, 0, 1_000, 10), 500, Spendable::Free(0)), None);
    assert_eq!(next(&position(0, 0, 1_000, 10), 500, Spendable::Short(5)), None);
}

#[test]
fn cash_is_free_beyond_the_queue_and_the_least_cash() {
    // NAV 10,000, least cash 5% = 500, queue 300: 800 are kept.
    assert_eq!(Spendable::of(1_000, 300, 500, 10_000), Ok(Spendable::Free(200)));
    assert_eq!(Spendable::of(800, 300, 500, 10_000), Ok(Spendable::Free(0)));
    // Between the alarm (300 + 250) and 800 nothing is deployed and nothing recalled.
    assert_eq!(Spendable::of(799, 300, 500, 10_000), Ok(Spendable::Free(0)));
    assert_eq!(Spendable::of(550, 300, 500, 10_000), Ok(Spendable::Free(0)));
    // Below it, all that is lacking comes back.
    assert_eq!(Spendable::of(549, 300, 500, 10_000), Ok(Spendable::Short(251)));
    assert_eq!(Spendable::of(0, 300, 500, 10_000), Ok(Spendable::Short(800)));
    // Without a least cash the queue is the line.
    assert_eq!(Spendable::of(299, 300, 0, 10_000), Ok(Spendable::Short(1)));
    assert_eq!(Spendable::of(300, 300, 0, 10_000), Ok(Spendable::Free(0)));
    // The least cash is rounded up: 5% of 10,001 is 500.05.
    assert_eq!(Spendable::of(1_000, 0, 500, 10_001), Ok(Spendable::Free(499)));
}

#[test]
fn a_position_has_the_smaller_of_weight_and_cap() {
    let mut line = Line::zeroed();
    (line.min_bps, line.max_bps, line.band_bps, line.cap) = (1_000, 4_000, 200, 350);
    let with_cap = Position::new(100, 1_000, &line).unwrap();
    assert_eq!(with_cap, position(100, 100, 350, 20));
    assert_eq!(with_cap.room(), 250);
    line.cap = 500;
    assert_eq!(Position::new(450, 1_000, &line).unwrap().room(), 0);
}

proptest! {
    #[test]
    fn a_move_ends_within_the_bounds(
        value in 0u64..2_000, min in 0u64..1_000, spread in 0u64..1_000, band in 0u64..200, target in 0u64..2_000,
        free in 0u64..2_000,
    ) {
        let max = min + spread;
        match next(&position(value, min, max, band), target, Spendable::Free(free)) {
            None => {
                let held = target.clamp(min, max);
                prop_assert!(value.abs_diff(held) <= band || (free == 0 && value < held));
            }
            Some(Move::Deploy(amount)) => {
                prop_assert!(amount > 0 && amount <= free && value + amount <= max);
            }
            Some(Move::Recall(amount)) => {
                prop_assert!(amount > 0 && value - amount >= min && value - amount <= max);
            }
        }
    }
}
