//! The limits of a book, against use.

use gimbal_math::margin::{share_of_liquidity_bps, Terms};
use risk_oracle::state::{AssetRisk, Book, Exposure, LineModel, LineRisk, NO_LINE};
use risk_oracle::RiskParams;
use serde::Serialize;

/// What a limit is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Basis points: of NAV, of a line's value or of its venue's liquidity.
    Bps,
    /// Days.
    Days,
    /// Seconds.
    Seconds,
    /// Thousandths of a standard deviation.
    MilliSigma,
}

/// Whether more or less of it is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// At most so much.
    Most,
    /// At least so much.
    Least,
}

/// A limit, and how much of it is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LimitUse {
    /// Its name.
    pub limit: &'static str,
    /// What was measured last; none where there is nothing to measure.
    pub used: Option<u64>,
    /// The limit; none where none is set.
    pub bound: Option<u64>,
    /// Whether the bound is an upper or a lower one.
    pub side: Side,
    /// The unit of both.
    pub unit: Unit,
    /// How much of the limit is used, basis points: 10,000 at the limit; none where there is no limit or nothing to measure.
    pub use_bps: Option<u64>,
    /// Whether the bound is overstepped.
    pub exceeded: bool,
}

impl LimitUse {
    fn new(limit: &'static str, unit: Unit, side: Side, used: Option<u64>, bound: Option<u64>) -> Self {
        let exceeded = used.zip(bound).is_some_and(|(used, bound)| match side {
            Side::Most => used > bound,
            Side::Least => used < bound,
        });
        let use_bps = used.zip(bound).map(|(used, bound)| match side {
            Side::Most => use_of(used, bound),
            Side::Least => use_of(bound, used),
        });
        Self { limit, used, bound, side, unit, use_bps, exceeded }
    }
}

/// All limits of the whole book at `now`.
pub fn of(book: &Book, now: i64) -> Vec<LimitUse> {
    let Book { params, figures, .. } = book;
    let narrow = |limit: u16| RiskParams::limit(limit).map(u64::from);
    let of_nav = |amount: u64| (book.nav > 0).then(|| bps_up(amount, book.nav));
    let worst = figures.stress_losses.iter().copied().fold(0, i64::max).unsigned_abs();
    let most = |name, unit, used, bound| LimitUse::new(name, unit, Side::Most, used, bound);
    let leverage = bound_wide(params.max_leverage_bps);
    let liquidation = (params.min_liquidation_sigma_milli > 0).then_some(params.min_liquidation_sigma_milli.into());
    vec![
        most("value_at_risk", Unit::Bps, of_nav(figures.value_at_risk), narrow(params.max_var_bps)),
        most("expected_shortfall", Unit::Bps, of_nav(figures.shortfall), narrow(params.max_shortfall_bps)),
        most("worst_stress", Unit::Bps, of_nav(worst), narrow(params.max_stress_bps)),
        most("leverage", Unit::Bps, largest(held(book).map(leverage_bps)), leverage),
        LimitUse::new("liquidation_distance", Unit::MilliSigma, Side::Least, nearest(book), liquidation),
        most("concentration", Unit::Bps, Some(figures.concentration_bps.into()), narrow(params.max_concentration_bps)),
        most("days_to_exit", Unit::Days, Some(figures.exit_days.into()), narrow(params.max_exit_days)),
        most(
            "share_of_liquidity",
            Unit::Bps,
            largest(held(book).filter_map(share)),
            narrow(params.max_liquidity_share_bps),
        ),
        price_age(book, now),
    ]
}

fn bound_wide(limit: u32) -> Option<u64> {
    (limit != u32::MAX).then_some(limit.into())
}

/// How much of a limit is used, basis points, rounded up: nothing of one that is zero only where nothing is used.
pub fn use_of(used: u64, limit: u64) -> u64 {
    if used == 0 {
        0
    } else {
        bps_up(used, limit)
    }
}

/// A part of a whole in basis points, rounded up.
pub fn bps_up(part: u64, whole: u64) -> u64 {
    u64::try_from((u128::from(part) * 10_000).div_ceil(u128::from(whole.max(1)))).unwrap_or(u64::MAX)
}

/// The lines that hold value.
fn held(book: &Book) -> impl Iterator<Item = (&LineRisk, &LineModel)> {
    book.lines.iter().zip(&book.models).filter(|(line, _)| line.line_id != NO_LINE && line.exposure > 0)
}

fn largest(values: impl Iterator<Item = u64>) -> Option<u64> {
    values.max()
}

/// (value + debt) / value.
fn leverage_bps((line, model): (&LineRisk, &LineModel)) -> u64 {
    bps_up(line.exposure.saturating_add(model.exposure.debt), line.exposure)
}

/// The line as a part of what its venue could pay out; none where nothing bounds that.
fn share((line, model): (&LineRisk, &LineModel)) -> Option<u64> {
    let liquidity = model.exposure.liquidity;
    (liquidity != u64::MAX).then(|| share_of_liquidity_bps(line.exposure, liquidity).into())
}

/// The nearest liquidation of any line, in thousandths of a standard deviation over the horizon; none where no line can be
/// liquidated or nothing is forecast.
fn nearest(book: &Book) -> Option<u64> {
    let distance = |(_, model): (&LineRisk, &LineModel)| {
        let bps = model.exposure.liquidation_bps;
        let asset = book.assets.get(usize::from(model.asset)).and_then(AssetRisk::forecast)?;
        let terms = Terms { variance: asset, horizon_days: book.params.horizon_days.into(), multiplier_milli: 0 };
        (bps != Exposure::NO_LIQUIDATION).then(|| u64::from(terms.distance_sigma_milli(bps.into())))
    };
    held(book).filter_map(distance).min()
}

/// The age of the oldest price among the assets; none without assets. A price that was never observed has no age and is too
/// old for any limit.
fn price_age(book: &Book, now: i64) -> LimitUse {
    let bound = bound_wide(book.params.max_sample_age);
    let never = book.used_assets().any(|(_, asset)| asset.publish_time == 0);
    let age = |(_, asset): (usize, &AssetRisk)| now.saturating_sub(asset.publish_time).max(0).unsigned_abs();
    let oldest = book.used_assets().map(age).max().filter(|_| !never);
    let limit = LimitUse::new("price_age", Unit::Seconds, Side::Most, oldest, bound);
    LimitUse { exceeded: limit.exceeded || (never && bound.is_some()), ..limit }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn use_is_full_at_the_limit_on_either_side() {
        let most = |used, bound| LimitUse::new("m", Unit::Bps, Side::Most, used, bound);
        let least = |used, bound| LimitUse::new("l", Unit::MilliSigma, Side::Least, used, bound);
        let shown = |limit: LimitUse| (limit.use_bps, limit.exceeded);
        assert_eq!(shown(most(Some(250), Some(500))), (Some(5_000), false));
        assert_eq!(shown(most(Some(500), Some(500))), (Some(10_000), false));
        assert_eq!(shown(most(Some(501), Some(500))), (Some(10_020), true));
        assert_eq!(shown(most(Some(0), Some(0))), (Some(0), false));
        assert_eq!(shown(most(Some(500), None)), (None, false));
        // Four standard deviations are asked for: eight use half of that, three too much.
        assert_eq!(shown(least(Some(8_000), Some(4_000))), (Some(5_000), false));
        assert_eq!(shown(least(Some(3_000), Some(4_000))), (Some(13_334), true));
        assert_eq!(shown(least(None, Some(4_000))), (None, false));
    }
}
