//! Limits that look at the line which takes the money: leverage, distance of liquidation, share of its venue, and what
//! the line does to the book's concentration.

use gimbal_math::margin::{days_to_exit, max_leverage_bps, share_of_liquidity_bps, Terms};
use gimbal_math::muldiv::{div_u128_down, mul_div_down, mul_div_u128_down, mul_div_u128_up};

use crate::policy::limits::{Target, Verdict};
use crate::policy::{caps, tail};
use crate::state::{AssetRisk, Book, Exposure, RiskParams};

/// The whole in basis points.
const BPS: u64 = 10_000;

/// Writes concentration and the longest exit into the book's figures.
pub fn measure(book: &mut Book) {
    let nav = u128::from(book.nav);
    let squares = squares(book);
    let index = mul_div_u128_up(squares, u128::from(BPS), nav.saturating_mul(nav)).unwrap_or(u128::MAX);
    let index = if squares == 0 { 0 } else { u32::try_from(index).unwrap_or(u32::MAX) };
    let share = u32::from(book.params.exit_share_bps);
    let mut longest = 0;
    for (line, model) in book.lines.iter().zip(&book.models) {
        if line.exposure > 0 && model.exposure.liquidity != u64::MAX {
            longest = longest.max(days_to_exit(line.exposure, model.exposure.liquidity, share));
        }
    }
    book.figures.concentration_bps = index;
    book.figures.exit_days = longest;
}

/// Holds new money to the limits of its line.
#[inline(never)]
pub fn limit(book: &Book, nav: u64, target: &Target, now: i64, verdict: &mut Verdict) {
    concentration(book, nav, target, verdict);
    liquidity(&book.params, target, verdict);
    leverage(book, target, now, verdict);
    liquidation(book, target, verdict);
}

/// Σ v² of all lines.
fn squares(book: &Book) -> u128 {
    book.lines.iter().fold(0u128, |sum, line| sum.saturating_add(square(line.exposure)))
}

/// Σ (v / NAV)² of all lines stays within its limit: v ≤ √(limit · NAV² − Σ others²).
fn concentration(book: &Book, nav: u64, target: &Target, verdict: &mut Verdict) {
    let Some(bps) = RiskParams::limit(book.params.max_concentration_bps) else { return };
    let most = mul_div_u128_down(square(nav), u128::from(bps), u128::from(BPS)).unwrap_or(u128::MAX);
    let others = squares(book).saturating_sub(square(target.value));
    let largest = most.checked_sub(others).map_or(0, u128::isqrt);
    let largest = u64::try_from(largest).unwrap_or(u64::MAX);
    verdict.limit(Verdict::CONCENTRATION, target.value, target.amount, largest);
}

/// The line can be left in time, and is no more than its share of what its venue could pay out.
fn liquidity(params: &RiskParams, target: &Target, verdict: &mut Verdict) {
    let available = target.exposure.liquidity;
    if available == u64::MAX {
        return;
    }
    if let Some(days) = RiskParams::limit(params.max_exit_days) {
        // At most 2^64 · 2^14 · 2^16.
        let a_day = u128::from(available).saturating_mul(u128::from(params.exit_share_bps));
        let most = div_u128_down(a_day.saturating_mul(u128::from(days)), u128::from(BPS)).unwrap_or(0);
        let most = u64::try_from(most).unwrap_or(u64::MAX);
        verdict.limit(Verdict::LIQUIDITY, target.value, target.amount, most);
    }
    if let Some(share) = RiskParams::limit(params.max_liquidity_share_bps) {
        let most = mul_div_down(available, u64::from(share), BPS).unwrap_or(u64::MAX);
        verdict.limit(Verdict::LIQUIDITY, target.value, target.amount, most);
    }
}

/// Whether new money lowers the leverage of a line with debt, and with it takes the liquidation farther away: it borrows
/// less of itself than the line has borrowed of what it is worth.
fn delevers(target: &Target) -> bool {
    let Exposure { debt, debt_bps, .. } = target.exposure;
    let held = i128::from(debt).saturating_mul(i128::from(BPS));
    target.value > 0 && i128::from(debt_bps).saturating_mul(i128::from(target.value)) < held
}

/// The line's leverage with the new money, (value + debt) / value, stays within [`target_leverage_bps`]. A line that is over it
/// takes what lowers it.
fn leverage(book: &Book, target: &Target, now: i64, verdict: &mut Verdict) {
    let Exposure { debt, debt_bps, .. } = target.exposure;
    if book.params.max_leverage_bps == u32::MAX || (debt == 0 && debt_bps == 0) {
        return;
    }
    let most = i128::from(target_leverage_bps(book, target, now));
    let (bps, value) = (i128::from(BPS), i128::from(target.value));
    // (V + D + a (1 + d)) ≤ L (V + a), in basis points: a (1 + d − L) ≤ L V − (V + D). No term leaves 98 bits.
    let left = most.saturating_mul(value).saturating_sub(bps.saturating_mul(value.saturating_add(i128::from(debt))));
    let per_unit = bps.saturating_add(i128::from(debt_bps)).saturating_sub(most);
    if left < 0 {
        if !delevers(target) {
            verdict.refuse(Verdict::LEVERAGE);
        }
    } else if per_unit > 0 {
        // Both are positive; the chain's machine divides without signs.
        let room = div_u128_down(left.unsigned_abs(), per_unit.unsigned_abs());
        let room = room.ok().and_then(|room| u64::try_from(room).ok()).unwrap_or(u64::MAX);
        verdict.bound(Verdict::LEVERAGE, target.amount, room);
    }
}

/// The most leverage that a line may have with the new money, basis points: the owner's limit or what the initial margin
/// allows, whichever is less, and of what is borrowed only as much as regime and contagion leave. It falls as the forecast
/// volatility rises, and is what a leveraged line is to be brought back to.
pub fn target_leverage_bps(book: &Book, target: &Target, now: i64) -> u32 {
    let margin = book
        .assets
        .get(usize::from(target.asset))
        .and_then(|asset| initial_margin_bps(&book.params, asset, target))
        .map_or(u32::MAX, max_leverage_bps);
    let most = book.params.max_leverage_bps.min(margin);
    let borrowed = u64::from(most.saturating_sub(BPS as u32));
    let left = caps::scale_now(book, target, now).of_down(borrowed);
    u32::try_from(left.saturating_add(BPS)).unwrap_or(u32::MAX)
}

/// The initial margin of the line with the new money, basis points of its collateral; none without a forecast.
pub fn initial_margin_bps(params: &RiskParams, asset: &AssetRisk, target: &Target) -> Option<u32> {
    let variance = asset.forecast()?;
    let terms = Terms {
        variance,
        horizon_days: u32::from(params.horizon_days),
        multiplier_milli: tail::margin_multiplier_milli(asset),
    };
    let after = target.value.saturating_add(target.amount);
    // A venue without a bound takes any size.
    let share = match target.exposure.liquidity {
        u64::MAX => 0,
        available => share_of_liquidity_bps(after, available),
    };
    let confidence = u32::from(asset.confidence_bps);
    Some(terms.initial_bps(u32::from(params.impact_bps), share, confidence, u32::from(params.margin_floor_bps)))
}

/// Liquidation begins no nearer than its limit, in standard deviations of the horizon. A line that is too near takes what
/// lowers its leverage.
fn liquidation(book: &Book, target: &Target, verdict: &mut Verdict) {
    let least = book.params.min_liquidation_sigma_milli;
    let distance = target.exposure.liquidation_bps;
    if least == 0 || distance == Exposure::NO_LIQUIDATION || delevers(target) {
        return;
    }
    let asset = book.assets.get(usize::from(target.asset));
    match asset.and_then(AssetRisk::forecast) {
        // Nothing says how likely the move is.
        None => verdict.refuse(Verdict::UNMODELLED),
        Some(variance) => {
            let horizon_days = u32::from(book.params.horizon_days);
            let terms = Terms { variance, horizon_days, multiplier_milli: 0 };
            if terms.distance_sigma_milli(u32::from(distance)) < least {
                verdict.refuse(Verdict::LIQUIDATION);
            }
        }
    }
}

fn square(value: u64) -> u128 {
    // Below 2^128.
    u128::from(value).wrapping_mul(u128::from(value))
}
