//! From signals to a regime: raised at once, lowered one level at a time, scales that follow.
//!
//! Prices speak through the assets' snapshots when the book is observed; venues through the exposures that the ledger
//! reports. What venues show counts only after it has been seen for a while without a break, since anybody can empty a
//! venue for the length of one transaction.
//!
//! DEPTH is judged against the venue's own slow mean: it moves once a day, by a 22nd of the gap, and rises by no more than a 22nd
//! of itself, so that a deposit of a moment cannot make tomorrow's ordinary depth look like a drought. On its first two days,
//! when a single report would make all of it, it falls to every lower one at once.
//!
//! DUST. A line below a hundredth of NAV says nothing of its venue: in a market that hardly matters anybody can keep every
//! unit lent for as long as he likes.

use gimbal_math::muldiv::mul_div_up;

use crate::policy::ratchet::ratchet;
use crate::state::{
    AssetRisk, Bar, Book, LineModel, LineRisk, RegimeState, RiskParams, Signal, RAISED_LEVELS, SIGNALS, WHOLE_BPS,
};

/// Days over which a venue's depth is averaged.
const DEPTH_DAYS: u64 = 22;
/// Days on which a new mean of depth falls at once.
const DEPTH_SEASON: u8 = 2;
/// Part of NAV from which a line's venue is heard: a hundredth.
const HEARD_PART: u64 = 100;

/// The level that a measurement reaches: how many thresholds are at or below it. A threshold of the largest value is never
/// reached.
fn level<T: Copy + Ord + Into<u64>>(measured: u64, thresholds: [T; RAISED_LEVELS], never: T) -> u8 {
    thresholds.into_iter().fold(0u8, |level, threshold| {
        let reached = threshold != never && measured >= threshold.into();
        level.saturating_add(u8::from(reached))
    })
}

/// Levels of the five signals of one asset, in the order of [`Signal`]. An asset that was never observed says nothing.
pub fn of_asset(asset: &AssetRisk, params: &RiskParams) -> [u8; 5] {
    let narrow = |measured: u16, thresholds| level(measured.into(), thresholds, u16::MAX);
    [
        volatility(asset, params),
        narrow(asset.drawdown_bps, params.drawdown_bps),
        narrow(asset.jumps.into(), params.jumps),
        level(asset.confidence_ratio_bps.into(), params.confidence_bps, u32::MAX),
        narrow(asset.move_milli.unsigned_abs(), params.move_milli),
    ]
}

/// Forecast volatility against that of the long run: h / h̄ ≥ t², so that no root is needed.
fn volatility(asset: &AssetRisk, params: &RiskParams) -> u8 {
    let (forecast, usual) = (u128::from(asset.variance), u128::from(asset.long_run));
    if usual == 0 {
        return 0;
    }
    params.volatility_bps.into_iter().fold(0u8, |level, threshold| {
        // 2^64 · 10^8 and 2^64 · 2^64: both fit, the latter cut.
        let square = u128::from(threshold).saturating_mul(u128::from(threshold));
        let reached = forecast.saturating_mul(100_000_000) >= usual.saturating_mul(square);
        level.saturating_add(u8::from(threshold != u32::MAX && reached))
    })
}

/// Levels of utilisation and depth of one line's venue; none for a line without value.
pub fn of_venue(line: &LineRisk, model: &LineModel, params: &RiskParams) -> [u8; 2] {
    if line.exposure == 0 {
        return [0; 2];
    }
    let dropped = depth_drop_bps(model.exposure.liquidity, model.depth_mean);
    [
        level(model.exposure.utilisation_bps.into(), params.utilisation_bps, u16::MAX),
        level(dropped.into(), params.depth_drop_bps, u16::MAX),
    ]
}

/// How far `liquidity` lies below `mean`, basis points of the mean, rounded up; 0 above it.
pub fn depth_drop_bps(liquidity: u64, mean: u64) -> u16 {
    let bps = mul_div_up(mean.saturating_sub(liquidity), u64::from(WHOLE_BPS), mean.max(1)).unwrap_or(u64::MAX);
    u16::try_from(bps).unwrap_or(WHOLE_BPS)
}

/// The slow mean after a day on which the venue's liquidity was first seen as `liquidity`.
pub fn follow_depth(mean: u64, liquidity: u64) -> u64 {
    if mean == 0 {
        return liquidity;
    }
    let part = |whole: u64| whole.checked_div(DEPTH_DAYS).unwrap_or(0);
    if liquidity >= mean {
        mean.saturating_add(part(liquidity.saturating_sub(mean)).min(part(mean)))
    } else {
        mean.saturating_sub(part(mean.saturating_sub(liquidity)))
    }
}

/// Takes what the assets' snapshots say.
pub fn hear_assets(book: &mut Book) {
    let mut worst = [0u8; 5];
    for asset in book.assets.iter().filter(|asset| asset.is_used()) {
        for (worst, level) in worst.iter_mut().zip(of_asset(asset, &book.params)) {
            *worst = (*worst).max(level);
        }
    }
    book.regime.levels.iter_mut().zip(worst).for_each(|(level, worst)| *level = worst);
}

/// Moves the mean of a venue's depth after its liquidity was seen on `today`.
fn see_depth(model: &mut LineModel, today: u32) {
    let liquidity = model.exposure.liquidity;
    if liquidity == u64::MAX {
        return;
    }
    if model.depth_mean == 0 || today > model.depth_day {
        model.depth_days = if model.depth_mean == 0 { 1 } else { model.depth_days.saturating_add(1) };
        model.depth_mean = follow_depth(model.depth_mean, liquidity);
        model.depth_day = today;
    }
    if model.depth_days <= DEPTH_SEASON {
        model.depth_mean = model.depth_mean.min(liquidity);
    }
}

/// Takes what the reported exposures say of venues, by the book's NAV, and moves the means of their depth.
pub fn hear_venues(book: &mut Book, now: i64) {
    let today = Bar::day_of(now).unwrap_or(0);
    let Book { lines, models, params, regime, nav, .. } = book;
    let mut worst = [0u8; 2];
    for (line, model) in lines.iter().zip(models.iter_mut()).filter(|(line, _)| line.exposure > 0) {
        see_depth(model, today);
        if line.exposure.saturating_mul(HEARD_PART) < *nav {
            continue;
        }
        for (worst, level) in worst.iter_mut().zip(of_venue(line, model, params)) {
            *worst = (*worst).max(level);
        }
    }
    regime.levels.iter_mut().skip(SIGNALS.saturating_sub(2)).zip(worst).for_each(|(level, worst)| *level = worst);
    confirm(regime, worst.into_iter().fold(0, u8::max), now);
}

/// Notes since when the venues have shown at least each level.
fn confirm(regime: &mut RegimeState, shown: u8, now: i64) {
    for (since, level) in regime.venue_since.iter_mut().zip(1u8..) {
        *since = match (shown >= level, *since) {
            (false, _) => 0,
            (true, 0) => now,
            (true, since) => since,
        };
    }
}

/// The level of the venues that has been shown for long enough.
fn confirmed(regime: &RegimeState, params: &RiskParams, now: i64) -> u8 {
    let wait = i64::from(params.venue_confirm_seconds);
    regime.venue_since.iter().zip(1u8..).fold(0, |most, (since, level)| {
        if *since != 0 && now.saturating_sub(*since) >= wait {
            level
        } else {
            most
        }
    })
}

/// Judges the signals and raises the regime where they say so. What a regime leaves of caps is taken at once.
pub fn raise(book: &mut Book, now: i64) {
    let Book { regime, params, .. } = book;
    let venues = confirmed(regime, params, now);
    let mut measured = 0;
    for (signal, level) in Signal::ALL.into_iter().zip(regime.levels) {
        measured = measured.max(if signal.is_of_venues() { level.min(venues) } else { level });
    }
    regime.measured = measured;
    regime.peak = regime.peak.max(measured);
    if measured > regime.level {
        regime.level = measured;
        regime.entered_at = now;
        regime.calm_days = 0;
        regime.reasons = 0;
    }
    regime.reasons |= reasons(regime, venues);
    let target = scale(params, regime.level);
    if target < regime.scale_bps {
        regime.scale_bps = target;
        regime.scale_since = now;
    }
}

/// The signals at or above the present level; none where nothing is raised.
fn reasons(regime: &RegimeState, venues: u8) -> u8 {
    if regime.level == 0 {
        return 0;
    }
    Signal::ALL.into_iter().zip(regime.levels).fold(0, |bits, (signal, level)| {
        let level = if signal.is_of_venues() { level.min(venues) } else { level };
        if level >= regime.level {
            bits | signal.bit()
        } else {
            bits
        }
    })
}

/// Counts a later day: one on which nothing reached the present level is calmer, and after enough of them in a row the regime
/// goes down by one.
pub fn close_day(book: &mut Book, day: u32, now: i64) {
    let Book { regime, params, .. } = book;
    if day <= regime.day {
        return;
    }
    regime.day = day;
    if regime.peak < regime.level {
        regime.calm_days = regime.calm_days.saturating_add(1);
        if regime.calm_days >= params.calm_days {
            regime.level = regime.level.saturating_sub(1);
            regime.entered_at = now;
            regime.calm_days = 0;
            regime.reasons = reasons(regime, confirmed(regime, params, now));
        }
    } else {
        regime.calm_days = 0;
    }
    regime.peak = regime.measured;
}

/// Loosens what the regime leaves of caps, as far as its level and the time allow.
pub fn loosen(book: &mut Book, now: i64) {
    let Book { regime, params, .. } = book;
    let target = scale(params, regime.level);
    (regime.scale_bps, regime.scale_since) =
        ratchet(regime.scale_bps, regime.scale_since, target, params.loosen_bps_per_day, now);
}

/// What a level leaves, basis points.
fn scale(params: &RiskParams, level: u8) -> u16 {
    params.scales_bps.get(usize::from(level)).copied().unwrap_or(0)
}
