//! Net asset value: cash, pay owed, totals, age, locked gains.

use bytemuck::Zeroable;
use proptest::prelude::*;
use strategy_router::{
    state::{Epoch, Limits, LockedGains, Totals, GAIN_UNLOCK_SECONDS, LINES},
    Ledger, LimitsArgs, Line, RouterError,
};

const NOW: i64 = 1_700_000_000;

fn line(id: u16, low: u64, mid: u64, high: u64, valued_at: i64) -> Line {
    let mut line = Line::zeroed();
    (line.id, line.adapter, line.status, line.position) = (id, 1, 1, 1);
    (line.low, line.mid, line.high, line.valued_at, line.valued_slot) = (low, mid, high, valued_at, 7);
    line.max_bps = 10_000;
    line
}

fn ledger(cash: u64, lines: &[Line]) -> Box<Ledger> {
    let mut ledger: Box<Ledger> = Box::new(Ledger::zeroed());
    ledger.limits = Limits::try_from(LimitsArgs {
        max_valuation_age: 100,
        epoch: 3_600,
        min_cash_bps: 0,
        loss_budget_bps: 0,
        keeper_loss_budget_bps: 0,
        keeper_pay: 0,
        keeper_pay_budget: 0,
        target_volatility_bps: 0,
        bounty_bps: 0,
        bounty_budget: 0,
    })
    .unwrap();
    ledger.cash_tracked = cash;
    ledger.credited = cash;
    ledger.lines[..lines.len()].copy_from_slice(lines);
    ledger.remake_totals().unwrap();
    ledger
}

fn is(error: anchor_lang::error::Error, expected: RouterError) -> bool {
    error == anchor_lang::error::Error::from(expected)
}

#[test]
fn nav_is_cash_less_pay_and_all_lines() {
    let mut ledger = ledger(1_000, &[line(1, 90, 100, 110, NOW), line(2, 200, 200, 200, NOW)]);
    ledger.keeper_owed = 7;
    let nav = ledger.nav(NOW).unwrap();
    assert_eq!((nav.low, nav.mid, nav.high), (1_283, 1_293, 1_303));
}

#[test]
fn an_empty_ledger_needs_no_valuation() {
    let nothing = ledger(1_000, &[]);
    let nav = nothing.nav(NOW + 1_000_000).unwrap();
    assert_eq!((nav.low, nav.mid, nav.high), (1_000, 1_000, 1_000));
    // Neither does a line that holds nothing, however long ago it was looked at.
    let mut empty = line(1, 0, 0, 0, 0);
    empty.position = 0;
    let ledger = ledger(5, &[empty]);
    assert!(ledger.nav(NOW).is_ok());
}

#[test]
fn one_old_line_makes_nav_stale() {
    let ledger = ledger(0, &[line(1, 1, 1, 1, NOW), line(2, 1, 1, 1, NOW - 60)]);
    assert!(ledger.nav(NOW + 40).is_ok());
    assert!(is(ledger.nav(NOW + 41).unwrap_err(), RouterError::StaleNav));
}

#[test]
fn inside_a_venue_call_there_is_no_nav() {
    let mut ledger = ledger(10, &[]);
    ledger.busy = 1;
    assert!(is(ledger.nav(NOW).unwrap_err(), RouterError::LedgerBusy));
    assert!(is(ledger.invariant().unwrap_err(), RouterError::LedgerBusy));
}

#[test]
fn age_moves_low_and_high_apart_by_the_root_of_time() {
    // 1,000,000 at 1,000 parts per 10^9 per √second: 1 per √second. After 100 seconds 10 on each side.
    let mut volatile = line(1, 1_000_000, 1_000_000, 1_000_000, NOW);
    volatile.widen_rate = 1_000;
    let ledger = ledger(0, &[volatile]);
    let nav = ledger.nav(NOW).unwrap();
    assert_eq!((nav.low, nav.mid, nav.high), (1_000_000, 1_000_000, 1_000_000));
    let nav = ledger.nav(NOW + 100).unwrap();
    assert_eq!((nav.low, nav.mid, nav.high), (999_990, 1_000_000, 1_000_010));
    // √50 = 7.07…: rounded up.
    let nav = ledger.nav(NOW + 50).unwrap();
    assert_eq!((nav.low, nav.high), (999_992, 1_000_008));
}

#[test]
fn pay_beyond_everything_leaves_nothing_and_no_error() {
    let mut ledger = ledger(5, &[]);
    ledger.keeper_owed = 9;
    let nav = ledger.nav(NOW).unwrap();
    assert_eq!((nav.low, nav.mid, nav.high), (0, 0, 0));
    assert_eq!(ledger.free_cash(), 0);
}

#[test]
fn the_queue_needs_what_cash_does_not_cover() {
    let mut ledger = ledger(100, &[]);
    ledger.keeper_owed = 10;
    ledger.reserved = 90;
    assert_eq!(ledger.queue_need(), 0);
    ledger.reserved = 91;
    assert_eq!(ledger.queue_need(), 1);
}

#[test]
fn payments_leave_the_keepers_pay() {
    let mut ledger = ledger(100, &[]);
    ledger.keeper_owed = 10;
    assert!(is(ledger.book_payment(91).unwrap_err(), RouterError::InsufficientCash));
    ledger.book_payment(90).unwrap();
    ledger.invariant().unwrap();
    ledger.book_credit(5).unwrap();
    ledger.invariant().unwrap();
    assert_eq!((ledger.cash_tracked, ledger.credited, ledger.paid), (15, 105, 90));
    ledger.cash_tracked += 1;
    assert!(is(ledger.invariant().unwrap_err(), RouterError::InvariantViolated));
}

#[test]
fn an_adopted_gain_counts_in_high_at_once_and_in_low_with_time() {
    let mut ledger = ledger(1_000, &[]);
    ledger.cash_tracked += 600;
    ledger.gains.lock(600, NOW).unwrap();
    let at = |seconds: i64| {
        let nav = ledger.nav(NOW + seconds).unwrap();
        (nav.low, nav.high)
    };
    assert_eq!(at(0), (1_000, 1_600));
    assert_eq!(at(GAIN_UNLOCK_SECONDS / 2), (1_300, 1_600));
    assert_eq!(at(GAIN_UNLOCK_SECONDS / 4 * 3), (1_450, 1_600));
    assert_eq!(at(GAIN_UNLOCK_SECONDS), (1_600, 1_600));
    assert_eq!(at(GAIN_UNLOCK_SECONDS * 9), (1_600, 1_600));
}

#[test]
fn a_gain_of_dust_does_not_hold_back_an_older_one() {
    let mut gains = LockedGains::zeroed();
    gains.lock(1_000_000, NOW).unwrap();
    let later = NOW + GAIN_UNLOCK_SECONDS / 2;
    gains.lock(1, later).unwrap();
    assert_eq!(gains.amount, 500_001);
    // The end moved by seconds, not by hours.
    assert!(gains.end <= NOW + GAIN_UNLOCK_SECONDS + 2, "{}", gains.end - NOW);
}

#[test]
fn an_epoch_far_in_the_future_is_not_rolled() {
    let mut epoch = Epoch { start: i64::MAX - 5, nav_at_start: 1, loss_used: 2, pay_used: 3, bounty_used: 4 };
    epoch.roll(3_600, NOW, 9);
    assert_eq!(epoch.loss_used, 2);
}

#[test]
fn a_sum_beyond_64_bits_is_an_error() {
    let lines = [line(1, 0, 0, u64::MAX, NOW), line(2, 0, 0, 1, NOW)];
    assert_eq!(Totals::of(&lines), Err(RouterError::MathOverflow));
}

proptest! {
    #[test]
    fn totals_are_the_sums_and_the_oldest(
        values in prop::collection::vec((0u64..1 << 50, 0u64..1 << 50, 0u64..1 << 50, 0i64..1_000), 1..=LINES),
    ) {
        let lines: Vec<Line> = values
            .iter()
            .map(|(low, mid, high, age)| line(1, *low, *mid, *high, NOW - age))
            .collect();
        let totals = Totals::of(&lines).unwrap();
        prop_assert_eq!(totals.low, values.iter().map(|value| value.0).sum::<u64>());
        prop_assert_eq!(totals.mid, values.iter().map(|value| value.1).sum::<u64>());
        prop_assert_eq!(totals.high, values.iter().map(|value| value.2).sum::<u64>());
        prop_assert_eq!(totals.oldest_at, NOW - values.iter().map(|value| value.3).max().unwrap());
    }

    #[test]
    fn locked_gains_only_ever_unlock(
        gains in prop::collection::vec((1u64..1 << 40, 0i64..GAIN_UNLOCK_SECONDS), 1..8), probe in 0i64..1_000,
    ) {
        let mut locked = LockedGains::zeroed();
        let mut now = NOW;
        for (gain, wait) in gains {
            now += wait;
            let before = locked.locked_up(now).unwrap();
            locked.lock(gain, now).unwrap();
            prop_assert_eq!(locked.locked_up(now).unwrap(), before + gain);
            prop_assert!(locked.end - now <= GAIN_UNLOCK_SECONDS);
        }
        let soon = locked.locked_up(now + probe).unwrap();
        let later = locked.locked_up(now + probe + 1).unwrap();
        prop_assert!(later <= soon);
        prop_assert_eq!(locked.locked_up(now + GAIN_UNLOCK_SECONDS).unwrap(), 0);
    }
}
