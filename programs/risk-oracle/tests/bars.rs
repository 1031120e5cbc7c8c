//! Daily bars: when they close, what they hold, what the ring keeps.

use bytemuck::Zeroable;
use proptest::prelude::*;
use risk_oracle::{Bar, Bars, BARS};

fn bar(day: u32, samples: u32, open: u64, high: u64, low: u64, close: u64) -> Bar {
    Bar { day, samples, open, high, low, close }
}

#[test]
fn days_are_utc_days() {
    assert_eq!(Bar::day_of(0).unwrap(), 0);
    assert_eq!(Bar::day_of(86_399).unwrap(), 0);
    assert_eq!(Bar::day_of(86_400).unwrap(), 1);
    // 2026-08-01T00:00:00Z and the second before it.
    assert_eq!(Bar::day_of(1_785_542_400).unwrap(), 20_666);
    assert_eq!(Bar::day_of(1_785_542_399).unwrap(), 20_665);
    assert!(Bar::day_of(-1).is_err());
    assert!(Bar::day_of(i64::MAX).is_err());
}

#[test]
fn updates_of_one_day_move_only_high_low_and_close() {
    let mut bars = Bars::zeroed();
    for price in [100, 130, 80, 110] {
        assert_eq!(bars.record(7, price), None);
    }
    assert_eq!(bars.open, bar(7, 4, 100, 130, 80, 110));
    assert_eq!((bars.count, bars.closed_bar(0)), (0, None));
}

#[test]
fn the_first_update_of_a_later_day_closes_the_bar() {
    let mut bars = Bars::zeroed();
    bars.record(7, 100);
    bars.record(7, 90);
    assert_eq!(bars.record(8, 95), Some(bar(7, 2, 100, 100, 90, 90)));
    assert_eq!(bars.open, bar(8, 1, 95, 95, 95, 95));
    assert_eq!(bars.closed_bar(0), Some(&bar(7, 2, 100, 100, 90, 90)));
}

#[test]
fn days_without_an_update_have_no_bar() {
    let mut bars = Bars::zeroed();
    bars.record(7, 100);
    bars.record(11, 120);
    bars.record(12, 130);
    assert_eq!(bars.count, 2);
    assert_eq!(bars.closed_bar(1).map(|bar| bar.day), Some(7));
    assert_eq!(bars.closed_bar(0).map(|bar| bar.day), Some(11));
}

#[test]
fn the_ring_keeps_the_last_32() {
    let mut bars = Bars::zeroed();
    for day in 1..=40 {
        bars.record(day, u64::from(day) * 10);
    }
    assert_eq!((bars.count, bars.next), (32, 7), "39 bars closed: 39 - 32 = 7");
    assert_eq!(bars.open.day, 40);
    assert_eq!(bars.closed_bar(0).map(|bar| bar.day), Some(39));
    assert_eq!(bars.closed_bar(31).map(|bar| bar.day), Some(8));
    assert_eq!(bars.closed_bar(32), None);
    assert!(bars.is_consistent());
}

#[test]
fn a_sample_count_never_wraps() {
    let mut bars = Bars::zeroed();
    bars.record(1, 5);
    bars.open.samples = u32::MAX;
    bars.record(1, 6);
    assert_eq!(bars.open, bar(1, u32::MAX, 5, 6, 5, 6));
}

proptest! {
    /// Against all samples kept and grouped by day.
    #[test]
    fn bars_are_what_the_samples_say(steps in prop::collection::vec((0u32..3, 1u64..=u64::MAX), 1..200)) {
        let mut bars = Bars::zeroed();
        let mut days: Vec<(u32, Vec<u64>)> = Vec::new();
        let mut day = 20_000;
        for (gap, price) in steps {
            day += gap;
            bars.record(day, price);
            match days.last_mut() {
                Some((last, prices)) if *last == day => prices.push(price),
                _ => days.push((day, vec![price])),
            }
            prop_assert!(bars.is_consistent());
        }
        let mut expected: Vec<Bar> = days
            .iter()
            .map(|(day, prices)| Bar {
                day: *day,
                samples: prices.len() as u32,
                open: prices[0],
                high: *prices.iter().max().unwrap(),
                low: *prices.iter().min().unwrap(),
                close: prices[prices.len() - 1],
            })
            .collect();
        prop_assert_eq!(Some(bars.open), expected.pop());
        expected.reverse();
        expected.truncate(BARS);
        let kept: Vec<Bar> = (0..usize::from(bars.count)).map(|age| *bars.closed_bar(age).unwrap()).collect();
        prop_assert_eq!(kept, expected);
    }
}
