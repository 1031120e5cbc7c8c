//! Losses are borne by locked gains first.

use bytemuck::Zeroable;
use strategy_router::{
    adapters::Quote,
    moves::{store_quote, store_revaluation},
    state::{Curve, LockedGains},
    Ledger, Line,
};

const NOW: i64 = 1_700_000_000;
/// Six hours.
const UNLOCK: i64 = 21_600;

fn locked(amount: u64) -> LockedGains {
    LockedGains { amount, start: NOW, end: NOW + UNLOCK }
}

#[test]
fn a_loss_takes_from_what_is_still_locked() {
    let mut gains = locked(21_600);
    // A third of the time later 14,400 are locked.
    gains.absorb(400, NOW + 7_200).unwrap();
    assert_eq!(gains, LockedGains { amount: 14_000, start: NOW + 7_200, end: NOW + UNLOCK });
    // What is left unlocks until the same end: half of it in half of the time that is left.
    assert_eq!(gains.locked_up(NOW + 14_400), Ok(7_000));
    gains.absorb(7_001, NOW + 14_400).unwrap();
    assert_eq!(gains.locked_up(NOW + 14_400), Ok(0));
}

#[test]
fn without_a_loss_or_without_gains_nothing_changes() {
    let mut gains = locked(1_000);
    gains.absorb(0, NOW + 7_200).unwrap();
    assert_eq!(gains, locked(1_000));
    gains.absorb(500, NOW + UNLOCK).unwrap();
    assert_eq!(gains, locked(1_000));
    let mut none = LockedGains::zeroed();
    none.absorb(500, NOW).unwrap();
    assert_eq!(none, LockedGains::zeroed());
}

#[test]
fn gains_shrink_with_the_part_that_left() {
    let mut gains = locked(10);
    gains.scale_up(1, 3).unwrap();
    assert_eq!(gains, locked(4));
    gains.scale_up(0, 3).unwrap();
    assert_eq!(gains, locked(0));
}

/// 1,000 in cash and one line of `mid`, give or take 10; 300 of gains are locked.
fn ledger(mid: u64, swapped: bool) -> Box<Ledger> {
    let mut ledger: Box<Ledger> = Box::new(Ledger::zeroed());
    ledger.limits.max_valuation_age = 86_400;
    ledger.cash_tracked = 1_000;
    let line: &mut Line = &mut ledger.lines[0];
    (line.id, line.adapter, line.status, line.position, line.swapped) = (1, 1, 1, 500, u8::from(swapped));
    store_quote(&mut ledger, 1, &quote(mid), 7, NOW).unwrap();
    ledger.gains = locked(300);
    ledger
}

fn quote(mid: u64) -> Quote {
    Quote { low: mid - 10, mid, high: mid + 10, liquidity: 0, room: 0, curve: Curve::zeroed() }
}

#[test]
fn a_same_asset_line_that_falls_leaves_low_where_it_was() {
    let mut ledger = ledger(500, false);
    // 1,000 + 490 − 300.
    assert_eq!(ledger.nav(NOW).unwrap().low, 1_190);
    store_revaluation(&mut ledger, 1, &quote(400), 8, NOW).unwrap();
    assert_eq!((ledger.gains.locked_up(NOW), ledger.nav(NOW).unwrap().low), (Ok(200), 1_190));
    // Beyond the gains low falls: 1,000 + 90, 300 of the 310 lost were covered.
    store_revaluation(&mut ledger, 1, &quote(100), 9, NOW).unwrap();
    assert_eq!((ledger.gains.locked_up(NOW), ledger.nav(NOW).unwrap().low), (Ok(0), 1_090));
}

#[test]
fn a_rise_locks_nothing_and_frees_nothing() {
    let mut ledger = ledger(500, false);
    store_revaluation(&mut ledger, 1, &quote(600), 8, NOW).unwrap();
    assert_eq!((ledger.gains, ledger.nav(NOW).unwrap().low), (locked(300), 1_290));
}

#[test]
fn prices_of_a_swapped_line_do_not_unlock_gains() {
    let mut ledger = ledger(500, true);
    store_revaluation(&mut ledger, 1, &quote(400), 8, NOW).unwrap();
    assert_eq!((ledger.gains, ledger.nav(NOW).unwrap().low), (locked(300), 1_090));
}
