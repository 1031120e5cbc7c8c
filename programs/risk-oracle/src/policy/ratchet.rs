//! Scales that tighten at once and loosen slowly: what regime and contagion leave of a line's caps and leverage.

use crate::state::SECONDS_PER_DAY;

/// Moves a scale towards its target: down at once, up by at most `loosen_bps_per_day` for each day since `since`.
///
/// `scale_bps` and `target_bps` are basis points of what is scaled. `since` is the Unix second up to which loosening has
/// been paid for; the second value returned is the next one. Only whole basis points are paid for, and the time of a part
/// of one is kept: calls at every second neither stop a scale nor hasten it. No more than a day is ever paid for at once,
/// so that a scale which nobody has moved for long does not jump; whoever calls twice a day loses nothing by that.
///
/// Rounded down: a scale is never larger than the time allows.
pub fn ratchet(scale_bps: u16, since: i64, target_bps: u16, loosen_bps_per_day: u16, now: i64) -> (u16, i64) {
    if target_bps <= scale_bps {
        return (target_bps, now);
    }
    let day = SECONDS_PER_DAY;
    if since >= now {
        return (scale_bps, since);
    }
    let since = since.max(now.saturating_sub(day));
    // Unsigned from here on: the on-chain machine has no signed division.
    let elapsed = now.abs_diff(since);
    let (rate, day) = (u64::from(loosen_bps_per_day), day.unsigned_abs());
    // At most 86,400 · 65,535: no overflow.
    let earned = elapsed.saturating_mul(rate).checked_div(day).unwrap_or_default();
    let gap = u64::from(target_bps.saturating_sub(scale_bps));
    if earned >= gap {
        return (target_bps, now);
    }
    // The time that the whole basis points took, rounded up, so that no second is paid for twice.
    let spent = earned.saturating_mul(day).saturating_add(rate.saturating_sub(1)).checked_div(rate).unwrap_or_default();
    let step = u16::try_from(earned).unwrap_or_default();
    (scale_bps.saturating_add(step), since.saturating_add_unsigned(spent))
}
