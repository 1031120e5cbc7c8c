//! The scale follows the regime down at once, and loosens by no more than its rate.

use super::*;

#[test]
fn a_calm_year_loosens_nothing_faster_than_its_rate() {
    let mut book = cautious();
    let first = (NOW / DAY) as u32;
    book.assets[0].drawdown_bps = 5_000;
    judge(&mut book, NOW);
    book.assets[0].drawdown_bps = 0;
    assert_eq!(book.regime.scale_bps, 2_500);
    let rate = u32::from(book.params.loosen_bps_per_day);
    let mut before = book.regime.scale_bps;
    for day in 0..365 {
        live_days(&mut book, first + day, 1);
        let scale = book.regime.scale_bps;
        assert!(scale >= before && u32::from(scale - before) <= rate, "day {day}: {before} to {scale}");
        before = scale;
    }
    // By the end everything is back.
    assert_eq!((book.regime.level, book.regime.scale_bps), (0, 10_000));

    // And a year in which nobody looked is one day's worth, not a year's.
    let mut forgotten = cautious();
    forgotten.assets[0].drawdown_bps = 5_000;
    judge(&mut forgotten, NOW);
    (forgotten.regime.level, forgotten.regime.peak) = (0, 0);
    loosen(&mut forgotten, NOW + 365 * DAY);
    assert_eq!(forgotten.regime.scale_bps, 2_500 + 500);
}

#[test]
fn a_scale_loosens_by_the_second_and_not_by_the_call() {
    let scale_after = |calls: i64| {
        let mut book = cautious();
        book.assets[0].drawdown_bps = 2_000;
        judge(&mut book, NOW);
        assert_eq!(book.regime.scale_bps, 7_500);
        (book.regime.level, book.regime.measured) = (0, 0);
        for call in 1..=calls {
            loosen(&mut book, NOW + call * DAY / calls);
        }
        book.regime.scale_bps
    };
    // What a step takes is rounded up to a second: 172.8 become 173, a day later half a basis point.
    assert_eq!([1, 2, 500, 5_000].map(scale_after), [8_000, 8_000, 7_999, 7_999]);
}

#[test]
fn parameters_that_tighten_are_in_force_at_once() {
    let mut book = cautious();
    book.assets[0].drawdown_bps = 1_500;
    assert_eq!(judge(&mut book, NOW), Regime::Calm);
    book.params.drawdown_bps[0] = 1_000;
    book.params.scales_bps = [10_000, 6_000, 5_000, 2_500];
    assert_eq!(judge(&mut book, NOW), Regime::Elevated);
    assert_eq!(book.regime.scale_bps, 6_000);
}
