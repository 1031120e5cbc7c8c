//! The regime rises at once and falls by one level after enough calmer days.

use super::*;
use proptest::prelude::*;

#[test]
fn the_regime_rises_at_once_and_says_why() {
    let mut book = cautious();
    assert_eq!(judge(&mut book, NOW), Regime::Calm);
    book.assets[1].drawdown_bps = 3_600;
    assert_eq!(judge(&mut book, NOW + 1), Regime::Stressed);
    assert_eq!(book.regime.reasons, Signal::Drawdown.bit());
    assert_eq!((book.regime.entered_at, book.regime.scale_bps), (NOW + 1, 5_000));
    // Another reason joins in; the level and its time stay.
    book.assets[0].jumps = 3;
    assert_eq!(judge(&mut book, NOW + 2), Regime::Stressed);
    assert_eq!(book.regime.reasons, Signal::Drawdown.bit() | Signal::Jumps.bit());
    assert_eq!(book.regime.entered_at, NOW + 1);
    // Straight to the worst, for its own reasons.
    book.assets[0].move_milli = -9_000;
    assert_eq!(judge(&mut book, NOW + 3), Regime::Crisis);
    assert_eq!((book.regime.reasons, book.regime.scale_bps), (Signal::Move.bit(), 2_500));
}

#[test]
fn a_drought_raises_the_regime_with_the_price_unchanged() {
    let mut book = cautious();
    let report = |book: &mut Book, liquidity, now| {
        let venue = Exposure { liquidity, kind: 1, ..Exposure::none() };
        let args = ask(2, 0, [0, 0, TENTH], [Exposure::none(), Exposure::none(), venue]);
        assess(book, &reported(&args), now).unwrap();
    };
    for day in 0..5 {
        report(&mut book, 4 * TENTH, NOW + day * DAY);
    }
    assert_eq!((book.regime.regime(), book.models[2].depth_mean), (Regime::Calm, 4 * TENTH));
    let prices = book.assets;
    // 4·10^11 less a 22nd of the gap of 3.6·10^11: a tenth is 89.5% below what is usual.
    report(&mut book, TENTH * 2 / 5, NOW + 5 * DAY);
    assert_eq!((book.regime.regime(), book.regime.reasons), (Regime::Stressed, Signal::Depth.bit()));
    assert_eq!(book.assets, prices);
    assert_eq!(book.line_cap(3, NAV), 5 * TENTH);
}

#[test]
fn a_venue_emptied_for_a_moment_raises_nothing() {
    let mut book = cautious();
    book.params.venue_confirm_seconds = 600;
    let report = |book: &mut Book, utilisation_bps, now| {
        let venue = Exposure { utilisation_bps, ..Exposure::none() };
        let args = ask(2, 0, [0, 0, TENTH], [Exposure::none(), Exposure::none(), venue]);
        assess(book, &reported(&args), now).unwrap();
        (book.regime.level, book.regime.levels[5])
    };
    assert_eq!(report(&mut book, 9_950, NOW), (0, 3), "it is seen");
    assert_eq!(report(&mut book, 9_950, NOW + 599), (0, 3), "and not believed");
    assert_eq!(report(&mut book, 5_000, NOW + 599), (0, 0), "one ordinary report begins anew");
    assert_eq!(report(&mut book, 9_950, NOW + 600), (0, 3));
    // Every level is confirmed by itself: what was always at least elevated is elevated.
    assert_eq!(report(&mut book, 9_300, NOW + 900), (0, 1));
    assert_eq!(report(&mut book, 9_950, NOW + 1_200), (1, 3));
    assert_eq!(book.regime.reasons, Signal::Utilisation.bit());
    assert_eq!(report(&mut book, 9_950, NOW + 1_800), (3, 3));
}

#[test]
fn the_regime_falls_by_one_level_after_enough_calmer_days() {
    let mut book = cautious();
    let first = (NOW / DAY) as u32;
    book.assets[0].drawdown_bps = 5_000;
    assert_eq!(judge(&mut book, NOW), Regime::Crisis);
    book.assets[0].drawdown_bps = 0;
    // The day on which it was reached is not calmer.
    let levels: Vec<u8> = (0..18)
        .map(|day| {
            live_days(&mut book, first + day, 1);
            book.regime.level
        })
        .collect();
    assert_eq!(levels, [3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 0, 0, 0]);
}

#[test]
fn one_uneasy_day_begins_the_count_anew() {
    let mut book = cautious();
    let first = (NOW / DAY) as u32;
    book.assets[0].drawdown_bps = 2_000;
    judge(&mut book, NOW);
    book.assets[0].drawdown_bps = 0;
    live_days(&mut book, first, 5);
    assert_eq!((book.regime.level, book.regime.calm_days), (1, 4));
    // An hour of it within the day is enough, though the day closes calm.
    book.assets[0].move_milli = 3_000;
    judge(&mut book, i64::from(first + 5) * DAY + 3_600);
    book.assets[0].move_milli = 0;
    live_days(&mut book, first + 5, 1);
    assert_eq!((book.regime.level, book.regime.calm_days), (1, 0));
    live_days(&mut book, first + 6, 5);
    assert_eq!(book.regime.level, 0);
}

#[test]
fn a_day_counts_once() {
    let mut book = cautious();
    let first = (NOW / DAY) as u32;
    book.assets[0].drawdown_bps = 2_000;
    judge(&mut book, NOW);
    book.assets[0].drawdown_bps = 0;
    judge(&mut book, NOW + 1);
    for _ in 0..50 {
        close_day(&mut book, first, NOW + DAY);
    }
    assert_eq!((book.regime.level, book.regime.calm_days), (1, 0));
    for _ in 0..50 {
        close_day(&mut book, first + 1, NOW + 2 * DAY);
    }
    assert_eq!((book.regime.level, book.regime.calm_days), (1, 1));
    close_day(&mut book, first, NOW + 2 * DAY);
    assert_eq!(book.regime.calm_days, 1, "an earlier day is no other day");
}

proptest! {
    /// Whatever the signals do, the level is never below what they say, the scale never above what the level leaves, and it rises
    /// by no more than its rate a day.
    #[test]
    fn a_regime_keeps_its_promises(days in prop::collection::vec((0u16..6_000, 0u8..8, 0i16..9_000, 0u16..10_001), 1..80)) {
        let mut book = cautious();
        let first = (NOW / DAY) as u32;
        for (day, (drawdown, jumps, moved, utilisation)) in (first..).zip(days) {
            (book.assets[0].drawdown_bps, book.assets[0].jumps, book.assets[0].move_milli) = (drawdown, jumps, moved);
            book.lines[2].exposure = 1;
            book.models[2].exposure.utilisation_bps = utilisation;
            let before = (book.regime.level, book.regime.scale_bps);
            live_days(&mut book, day, 1);
            let state = &book.regime;
            prop_assert!(state.level >= state.measured);
            prop_assert!(before.0.saturating_sub(state.level) <= 1);
            prop_assert!(state.scale_bps <= book.params.scales_bps[usize::from(state.level)]);
            prop_assert!(state.scale_bps.saturating_sub(before.1) <= book.params.loosen_bps_per_day);
            if state.level > state.measured.max(before.0) {
                prop_assert!(false, "raised by nothing");
            }
        }
    }
}
