//! What exits that wait are worth, and which line they draw on.

use bytemuck::Zeroable;
use proptest::prelude::*;
use strategy_router::{state::FADE_SECONDS, Ledger, Line, RouterError};

const NOW: i64 = 1_700_000_000;
const MAX_AGE: u32 = 100;

/// A line of `low`, worth `high` at most, valued at `valued_at`.
fn line(id: u16, low: u64, high: u64, valued_at: i64) -> Line {
    let mut line = Line::zeroed();
    (line.id, line.adapter, line.status, line.position) = (id, 1, 1, 1);
    (line.low, line.mid, line.high, line.valued_at) = (low, high, high, valued_at);
    line.liquidity = 1;
    line
}

fn ledger(cash: u64, lines: &[Line]) -> Box<Ledger> {
    let mut ledger: Box<Ledger> = Box::new(Ledger::zeroed());
    ledger.limits.max_valuation_age = MAX_AGE;
    ledger.cash_tracked = cash;
    ledger.lines[..lines.len()].copy_from_slice(lines);
    ledger.remake_totals().unwrap();
    ledger
}

fn is(error: anchor_lang::error::Error, expected: RouterError) -> bool {
    error == anchor_lang::error::Error::from(expected)
}

#[test]
fn a_valuation_fades_to_nothing_in_fourteen_days_past_its_greatest_age() {
    assert_eq!(FADE_SECONDS, 1_209_600);
    let ledger = ledger(1_000, &[line(1, 1_209_600, 1_209_600, NOW)]);
    for (age, value) in [
        (0, 1_210_600),
        (100, 1_210_600),
        // One unit a second from here on.
        (101, 1_210_599),
        (100 + 604_800, 605_800),
        (100 + 1_209_599, 1_001),
        (100 + 1_209_600, 1_000),
        (1_000_000_000, 1_000),
        // The clock of another machine may be behind.
        (-50, 1_210_600),
    ] {
        assert_eq!(ledger.nav_overdue(NOW + age).unwrap(), value, "{age}");
    }
}

#[test]
fn it_rounds_down() {
    // 100 · 1,209,599 / 1,209,600 is a hair below 100.
    assert_eq!(ledger(0, &[line(1, 100, 100, NOW)]).nav_overdue(NOW + 101).unwrap(), 99);
}

#[test]
fn each_line_is_widened_and_faded_by_its_own_age() {
    // 2,000,000 · 500 / 10^9 is one unit per √second.
    let widened = |low, valued_at| Line { widen_rate: 500, ..line(1, low, 2_000_000, valued_at) };
    let fresh = ledger(0, &[widened(1_000, NOW)]);
    assert_eq!(fresh.nav_overdue(NOW + 25).unwrap(), 995);
    assert_eq!(fresh.nav_overdue(NOW + 26).unwrap(), 994);
    // √400 is 20, and 300 seconds of 1,209,600 are faded: 1,209,600 · 1,209,300 / 1,209,600.
    let old = ledger(0, &[widened(1_209_620, NOW)]);
    assert_eq!(old.nav_overdue(NOW + 400).unwrap(), 1_209_300);
    // Beside it a line of this very second counts in full.
    let mixed = ledger(7, &[widened(1_209_620, NOW), line(2, 500, 600, NOW + 400)]);
    assert_eq!(mixed.nav_overdue(NOW + 400).unwrap(), 1_209_807);
    // And a width beyond one line's value takes nothing from another.
    let wide = ledger(7, &[widened(19, NOW), line(2, 500, 600, NOW + 400)]);
    assert_eq!(wide.nav_overdue(NOW + 400).unwrap(), 507);
}

#[test]
fn pay_owed_and_locked_gains_are_taken_off() {
    let mut ledger = ledger(1_000, &[line(1, 200, 300, NOW)]);
    ledger.keeper_owed = 7;
    ledger.gains.lock(600, NOW).unwrap();
    assert_eq!(ledger.nav_overdue(NOW).unwrap(), 593);
    // Half of six hours later the line has faded by 10,700 seconds: 200 · 1,198,900 / 1,209,600 is 198.2.
    assert_eq!(ledger.nav_overdue(NOW + 10_800).unwrap(), 1_000 + 198 - 7 - 300);
    ledger.keeper_owed = 5_000;
    assert_eq!(ledger.nav_overdue(NOW).unwrap(), 0);
}

#[test]
fn an_empty_line_counts_as_nothing_and_half_a_move_is_not_priced() {
    let mut empty = line(1, 0, 0, 0);
    empty.position = 0;
    let mut ledger = ledger(1_000, &[empty]);
    assert_eq!(ledger.nav_overdue(NOW).unwrap(), 1_000);
    ledger.busy = 1;
    assert!(is(ledger.nav_overdue(NOW).unwrap_err(), RouterError::LedgerBusy));
}

proptest! {
    #[test]
    fn it_never_rises_with_age_and_is_the_low_nav_of_one_fresh_line(
        low in 0u64..1_000_000_000_000,
        spread in 0u64..1_000_000_000,
        rate in 0u32..10_000_000,
        age in 0i64..2_000_000,
        later in 0i64..2_000_000,
    ) {
        let row = Line { widen_rate: rate, ..line(1, low, low + spread, NOW) };
        let ledger = ledger(1_000, &[row]);
        let value = ledger.nav_overdue(NOW + age).unwrap();
        prop_assert!(ledger.nav_overdue(NOW + age + later).unwrap() <= value);
        prop_assert!((1_000..=1_000 + low).contains(&value));
        if let Ok(nav) = ledger.nav(NOW + age) {
            prop_assert_eq!(value, nav.low);
        }
    }
}

#[test]
fn overdue_tickets_lack_what_cash_does_not_cover() {
    let mut ledger = ledger(1_000, &[]);
    ledger.keeper_owed = 100;
    for (overdue, need) in [(0, 0), (900, 0), (901, 1), (5_000, 4_100)] {
        ledger.overdue = overdue;
        assert_eq!(ledger.overdue_need(), need);
    }
}

#[test]
fn exits_draw_on_the_order_and_then_on_the_rows() {
    let mut ledger = ledger(0, &[line(11, 5, 5, NOW), line(12, 5, 5, NOW), line(13, 5, 5, NOW)]);
    assert_eq!(ledger.next_to_withdraw(), Some(11));
    ledger.set_withdraw_order(&[13, 12]).unwrap();
    assert_eq!(ledger.next_to_withdraw(), Some(13));
    // Nothing in it, then nothing at its venue.
    ledger.lines[2].position = 0;
    assert_eq!(ledger.next_to_withdraw(), Some(12));
    ledger.lines[1].liquidity = 0;
    assert_eq!(ledger.next_to_withdraw(), Some(11));
    ledger.lines[2].position = 1;
    assert_eq!(ledger.next_to_withdraw(), Some(13));
    // Swapped lines are passed over, wherever they are named.
    ledger.lines[2].swapped = 1;
    assert_eq!(ledger.next_to_withdraw(), Some(11));
    ledger.lines[0].adapter = 0;
    assert_eq!(ledger.next_to_withdraw(), None);
}

#[test]
fn an_order_names_lines_that_there_are_and_each_once() {
    let mut ledger = ledger(0, &[line(1, 5, 5, NOW), line(2, 5, 5, NOW), line(3, 5, 5, NOW)]);
    ledger.set_withdraw_order(&[3, 1, 2]).unwrap();
    assert_eq!(ledger.withdraw_order[..4], [3, 1, 2, 0]);
    for (order, error) in [
        (vec![4], RouterError::UnknownLine),
        (vec![1, 0], RouterError::UnknownLine),
        (vec![1, 2, 1], RouterError::InvalidWithdrawOrder),
        (vec![1; 17], RouterError::InvalidWithdrawOrder),
    ] {
        assert!(is(ledger.set_withdraw_order(&order).unwrap_err(), error), "{order:?}");
        assert_eq!(ledger.withdraw_order[..4], [3, 1, 2, 0]);
    }
    ledger.drop_from_withdraw_order(1);
    assert_eq!(ledger.withdraw_order[..4], [3, 2, 0, 0]);
    ledger.drop_from_withdraw_order(9);
    assert_eq!(ledger.withdraw_order[..4], [3, 2, 0, 0]);
    ledger.set_withdraw_order(&[]).unwrap();
    assert_eq!(ledger.withdraw_order, [0; 16]);
}
