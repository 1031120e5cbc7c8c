//! The regime: what each signal says, that it rises at once and falls slowly, and that scales follow.

mod support;

use proptest::prelude::*;
use risk_oracle::policy::limits::assess;
use risk_oracle::policy::regime::{
    close_day, depth_drop_bps, follow_depth, hear_assets, hear_venues, loosen, of_asset, of_venue, raise,
};
use risk_oracle::state::Signal;
use risk_oracle::{Book, Exposure, OracleError, Regime, RiskParams};
use support::*;

/// The book with the cautious parameters; venues count at once.
fn cautious() -> Box<Book> {
    with(|params| *params = RiskParams { venue_confirm_seconds: 0, ..RiskParams::CAUTIOUS })
}

fn judge(book: &mut Book, now: i64) -> Regime {
    hear_assets(book);
    hear_venues(book, now);
    raise(book, now);
    book.regime.regime()
}

/// One calm day after another, with an observation at each midnight.
fn live_days(book: &mut Book, first: u32, days: u32) -> i64 {
    let mut now = 0;
    for day in first..first + days {
        now = i64::from(day + 1) * DAY;
        judge(book, now);
        close_day(book, day, now);
        loosen(book, now);
        book.invariant().unwrap();
    }
    now
}

// Signals

#[test]
fn each_signal_of_an_asset_has_its_three_levels() {
    let book = cautious();
    let level = |change: &dyn Fn(&mut risk_oracle::AssetRisk)| {
        let mut asset = asset(0, FOUR_PERCENT);
        change(&mut asset);
        of_asset(&asset, &book.params)
    };
    assert_eq!(level(&|_| ()), [0; 5]);
    // Volatility of 1.5, 2 and 3 times the usual: its square in the variance.
    for (factor, expected) in [(2.249, 0), (2.251, 1), (3.999, 1), (4.001, 2), (8.999, 2), (9.001, 3)] {
        let variance = (FOUR_PERCENT as f64 * factor) as u64;
        assert_eq!(level(&|asset| asset.variance = variance)[0], expected, "{factor}");
    }
    for (bps, expected) in [(1_999, 0), (2_000, 1), (3_499, 1), (3_500, 2), (5_000, 3)] {
        assert_eq!(level(&|asset| asset.drawdown_bps = bps)[1], expected);
    }
    for (jumps, expected) in [(1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (22, 3)] {
        assert_eq!(level(&|asset| asset.jumps = jumps)[2], expected);
    }
    for (bps, expected) in [(29_999, 0), (30_000, 1), (60_000, 2), (u32::MAX, 3)] {
        assert_eq!(level(&|asset| asset.confidence_ratio_bps = bps)[3], expected);
    }
    for (milli, expected) in [(2_999, 0), (-2_999, 0), (3_000, 1), (-5_000, 2), (8_000, 3), (-32_000, 3), (i16::MIN, 3)]
    {
        assert_eq!(level(&|asset| asset.move_milli = milli)[4], expected);
    }
}

#[test]
fn what_is_never_reached_is_never_reached() {
    let mut extreme = asset(0, u64::MAX);
    (extreme.long_run, extreme.confidence_ratio_bps, extreme.drawdown_bps) = (1, u32::MAX, u16::MAX);
    (extreme.move_milli, extreme.jumps) = (i16::MIN, u8::MAX);
    assert_eq!(of_asset(&extreme, &RiskParams::NONE), [0; 5]);
    // An asset that was never observed says nothing.
    assert_eq!(of_asset(&risk_oracle::AssetRisk::default(), &RiskParams::CAUTIOUS), [0; 5]);
}

#[test]
fn a_venue_speaks_by_what_is_lent_and_what_is_left() {
    let mut book = cautious();
    book.lines[2].exposure = 1;
    let level = |utilisation_bps, liquidity, mean| {
        let mut model = book.models[2];
        model.exposure = Exposure { utilisation_bps, liquidity, ..Exposure::none() };
        model.depth_mean = mean;
        of_venue(&book.lines[2], &model, &book.params)
    };
    for (bps, expected) in [(9_199, 0), (9_200, 1), (9_600, 2), (9_899, 2), (9_900, 3), (10_000, 3)] {
        assert_eq!(level(bps, 100, 100), [expected, 0]);
    }
    for (liquidity, expected) in [(1_000, 0), (501, 0), (500, 1), (301, 1), (300, 2), (101, 2), (100, 3), (0, 3)] {
        assert_eq!(level(0, liquidity, 1_000), [0, expected], "{liquidity}");
    }
    // More than usual, or no bound at all, is no drought.
    assert_eq!(level(0, 5_000, 1_000), [0, 0]);
    assert_eq!(level(0, u64::MAX, 1_000), [0, 0]);
    // Where nothing is held, nothing is heard.
    book.lines[2].exposure = 0;
    let mut empty = book.models[2];
    empty.exposure.utilisation_bps = 10_000;
    assert_eq!(of_venue(&book.lines[2], &empty, &book.params), [0, 0]);
}

#[test]
fn the_usual_depth_moves_slowly() {
    assert_eq!(follow_depth(0, 700), 700, "the first report is the first mean");
    assert_eq!(follow_depth(2_200, 0), 2_100);
    assert_eq!(follow_depth(2_200, 1_100), 2_150);
    // A deposit of a moment: up by a 22nd of itself and no more.
    assert_eq!(follow_depth(2_200, 2_420), 2_210);
    assert_eq!(follow_depth(2_200, u64::MAX - 1), 2_300);
    assert_eq!(depth_drop_bps(999, 1_000), 10);
    assert_eq!(depth_drop_bps(0, 1_000), 10_000);
    assert_eq!(depth_drop_bps(0, 0), 0);
}

// Rising

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

// Falling

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

// Scales

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

// Parameters

#[test]
fn parameters_have_hard_ranges() {
    let refused = |change: &dyn Fn(&mut RiskParams), error: OracleError| {
        let mut params = RiskParams::CAUTIOUS;
        change(&mut params);
        assert_eq!(params.validate().unwrap_err(), error.into());
    };
    RiskParams::NONE.validate().unwrap();
    RiskParams::CAUTIOUS.validate().unwrap();
    refused(&|params| params.max_leverage_bps = 9_999, OracleError::MaxLeverageOutOfRange);
    refused(&|params| params.max_sample_age = 59, OracleError::SampleAgeOutOfRange);
    refused(&|params| params.venue_confirm_seconds = 86_401, OracleError::VenueConfirmOutOfRange);
    refused(&|params| params.decay_bps = 8_999, OracleError::DecayOutOfRange);
    refused(&|params| params.decay_bps = 10_001, OracleError::DecayOutOfRange);
    refused(&|params| params.max_exit_days = 0, OracleError::ExitTermsOutOfRange);
    refused(&|params| params.exit_share_bps = 0, OracleError::ExitTermsOutOfRange);
    refused(&|params| params.exit_share_bps = 10_001, OracleError::ExitTermsOutOfRange);
    refused(&|params| params.horizon_days = 0, OracleError::HorizonOutOfRange);
    refused(&|params| params.horizon_days = 31, OracleError::HorizonOutOfRange);
    refused(&|params| params.calm_days = 0, OracleError::CalmDaysOutOfRange);
    refused(&|params| params.calm_days = 366, OracleError::CalmDaysOutOfRange);
    refused(&|params| params.loosen_bps_per_day = 0, OracleError::LoosenRateOutOfRange);
    refused(&|params| params.loosen_bps_per_day = 2_501, OracleError::LoosenRateOutOfRange);
    refused(&|params| params.margin_floor_bps = 0, OracleError::MarginTermsOutOfRange);
    refused(&|params| params.impact_bps = 10_001, OracleError::MarginTermsOutOfRange);
    refused(&|params| params.scales_bps[0] = 9_999, OracleError::ScalesOutOfRange);
    refused(&|params| params.scales_bps = [10_000, 5_000, 5_001, 0], OracleError::ScalesOutOfRange);
    refused(&|params| params.volatility_bps = [2, 1, 3], OracleError::ThresholdsOutOfRange);
    refused(&|params| params.confidence_bps = [0, 1, 2], OracleError::ThresholdsOutOfRange);
    refused(&|params| params.drawdown_bps = [1, 3, 2], OracleError::ThresholdsOutOfRange);
    refused(&|params| params.jumps = [0; 3], OracleError::ThresholdsOutOfRange);
    refused(&|params| params.move_milli = [3, 2, 1], OracleError::ThresholdsOutOfRange);
    refused(&|params| params.utilisation_bps = [3, 2, 1], OracleError::ThresholdsOutOfRange);
    refused(&|params| params.depth_drop_bps = [3, 2, 1], OracleError::ThresholdsOutOfRange);
}

/// Every field by itself, moved in the direction that lets a book take more.
fn each_loosened(now: RiskParams) -> Vec<RiskParams> {
    let mut all = Vec::new();
    let mut add = |change: &dyn Fn(&mut RiskParams)| {
        let mut params = now;
        change(&mut params);
        assert_ne!(params, now);
        all.push(params);
    };
    add(&|params| params.max_leverage_bps += 1);
    add(&|params| params.min_liquidation_sigma_milli -= 1);
    add(&|params| params.max_sample_age += 1);
    add(&|params| params.venue_confirm_seconds += 1);
    add(&|params| params.decay_bps += 1);
    add(&|params| params.decay_bps -= 1);
    add(&|params| params.max_var_bps += 1);
    add(&|params| params.max_shortfall_bps += 1);
    add(&|params| params.max_stress_bps += 1);
    add(&|params| params.max_concentration_bps += 1);
    add(&|params| params.max_exit_days += 1);
    add(&|params| params.exit_share_bps += 1);
    add(&|params| params.max_liquidity_share_bps += 1);
    add(&|params| params.horizon_days -= 1);
    add(&|params| params.calm_days -= 1);
    add(&|params| params.loosen_bps_per_day += 1);
    add(&|params| params.margin_floor_bps -= 1);
    add(&|params| params.impact_bps -= 1);
    for at in 0..3 {
        add(&|params| params.scales_bps[at + 1] += 1);
        add(&|params| params.volatility_bps[at] += 1);
        add(&|params| params.confidence_bps[at] += 1);
        add(&|params| params.move_milli[at] += 1);
        add(&|params| params.drawdown_bps[at] += 1);
        add(&|params| params.jumps[at] += 1);
        add(&|params| params.utilisation_bps[at] += 1);
        add(&|params| params.depth_drop_bps[at] += 1);
    }
    all
}

#[test]
fn whatever_lets_a_book_take_more_counts_as_loosening() {
    let now = RiskParams { horizon_days: 2, ..RiskParams::CAUTIOUS };
    assert!(!now.loosens(&now));
    for loosened in each_loosened(now) {
        assert!(loosened.loosens(&now), "{loosened:?}");
        // Its reverse tightens, the decay apart.
        assert_eq!(now.loosens(&loosened), loosened.decay_bps != now.decay_bps);
        // Tightening something else does not make up for it.
        let mixed = RiskParams { max_var_bps: loosened.max_var_bps - 50, ..loosened };
        if loosened.max_var_bps <= now.max_var_bps {
            assert!(mixed.loosens(&now));
        }
    }
    assert!(RiskParams::NONE.loosens(&RiskParams::CAUTIOUS));
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
