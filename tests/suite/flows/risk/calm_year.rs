//! A calm year after a crisis: caps come back, and nothing faster than its rate.

use super::paths;
use super::world::*;
use gimbal_tests::*;
use risk_oracle::state::Regime;

#[test]
fn a_calm_year_loosens_nothing_faster_than_its_rate() {
    let mut market = Market::settled();
    let rate = market.book().params.loosen_bps_per_day;
    let calm_days = market.book().params.calm_days;
    market.live(&paths::november_2022());
    assert_eq!((market.regime(), market.book().regime.scale_bps), (Regime::Crisis as u8, 2_500));
    let (mut level, mut scale) = (market.regime(), market.book().regime.scale_bps);
    let (mut since_step, mut steps) = (0, 0);
    let mut quarters = 0;
    let mut day_began = scale;
    market.live_with(&paths::calm(365), |market, day| {
        let book = market.book();
        // Four observations a day, and twenty more on some: asking often loosens nothing.
        if day % 30 == 7 && quarters % 4 == 1 {
            for _ in 0..20 {
                market.observe();
            }
            assert_eq!(market.book().regime.scale_bps, book.regime.scale_bps);
        }
        assert!(book.regime.level + 1 >= level, "one step at a time");
        if book.regime.level < level {
            assert!(since_step >= calm_days, "a step after {since_step} days");
            (since_step, steps) = (0, steps + 1);
        }
        (level, scale) = (book.regime.level, book.regime.scale_bps);
        quarters += 1;
        if quarters % 4 == 0 {
            since_step += 1;
            assert!(scale <= day_began + rate, "from {day_began} to {scale} in a day");
            day_began = scale;
        }
    });
    assert_eq!((level, scale, steps), (Regime::Calm as u8, 10_000, 3));
    // The lines are placed anew, and nothing is left above what the book allows.
    market.place();
    for place in 0..3 {
        assert!(!market.derisk(place));
    }
    market.fx.assert_identities();
}

#[test]
fn whoever_looks_rarely_is_given_a_days_worth_at_most() {
    let mut market = Market::settled();
    market.live(&paths::november_2022());
    let before = market.book().regime;
    assert_eq!(before.level, Regime::Crisis as u8);
    // Nobody calls anything for thirty days.
    market.fx.warp(30 * DAY);
    market.fx.refresh_all();
    market.observe();
    let after = market.book().regime;
    assert!(after.level + 1 >= before.level, "one step at the most");
    assert!(after.scale_bps <= before.scale_bps + market.book().params.loosen_bps_per_day);
}
