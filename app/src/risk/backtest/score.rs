//! How the forecast of each day fared: recomputed here from what the feed held the evening before and from the bar, and held
//! against what the feed has counted itself.

use gimbal_math::backtest::quantile_loss;
use gimbal_math::volatility::{log_return, loss_at, parkinson, qlike, scale_horizon, squared, Score, Variance};
use gimbal_math::{MathError, Q64};

use super::course::{Close, Course};
use super::BacktestError;
use crate::date::Date;

/// Place of the forecast that a feed stands for: the mixture, which may be a single model.
pub const FORECAST: usize = 4;

/// One day whose forecast was tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayScore {
    /// The day.
    pub date: Date,
    /// How many bars of the asset came before it.
    pub bars_before: usize,
    /// Whether its loss exceeded the value at risk.
    pub exception: bool,
    /// QLIKE of every forecast against the range-based variance.
    pub qlike: [Score; 5],
    /// QLIKE of the feed's forecast against the squared return, at least 10^-8.
    pub qlike_squared: Score,
    /// Quantile loss of the value at risk.
    pub loss: Score,
    /// The value at risk, as a log return.
    pub value_at_risk: Q64,
}

/// Scores all tested days of a course.
///
/// # Errors
///
/// [`BacktestError::Disagrees`] on the first day for which the feed has counted anything else.
pub fn scores(
    asset: &str,
    model: &'static str,
    level_bps: u16,
    course: &Course,
) -> Result<Vec<DayScore>, BacktestError> {
    let mut all = Vec::with_capacity(course.closes.len());
    for (place, pair) in course.closes.windows(2).enumerate() {
        let [before, after] = pair else { continue };
        let disagrees =
            |what: &'static str| BacktestError::Disagrees { asset: asset.to_owned(), model, date: after.date, what };
        if !before.seasoned {
            if after.tested.days != 0 {
                return Err(disagrees("days"));
            }
            continue;
        }
        let score = score(place + 1, before, after, level_bps).map_err(|error| BacktestError::Math {
            asset: asset.to_owned(),
            date: after.date,
            error,
        })?;
        if let Some(what) = difference(&score, before, after) {
            return Err(disagrees(what));
        }
        all.push(score);
    }
    Ok(all)
}

fn score(bars_before: usize, before: &Close, after: &Close, level_bps: u16) -> Result<DayScore, MathError> {
    let forecast = before.variances.map(Variance);
    let h = forecast[FORECAST];
    let change = log_return(after.bar.close, before.bar.close)?;
    let range = parkinson(after.bar.high, after.bar.low)?;
    let square = squared(change).per_day(after.gap).max(Variance::PROXY_FLOOR);
    let mut losses = [Score::ZERO; 5];
    for (loss, forecast) in losses.iter_mut().zip(forecast) {
        *loss = qlike(range, forecast)?;
    }
    let value_at_risk = loss_at(scale_horizon(h, after.gap), before.tail.quantile_milli);
    Ok(DayScore {
        date: after.date,
        bars_before,
        exception: change.is_negative() && change.abs() > value_at_risk,
        qlike: losses,
        qlike_squared: qlike(square, h)?,
        loss: Score::from_q64(quantile_loss(change, value_at_risk, level_bps)?),
        value_at_risk,
    })
}

/// What the feed has counted otherwise on this day, if anything.
fn difference(score: &DayScore, before: &Close, after: &Close) -> Option<&'static str> {
    let (earlier, later) = (&before.tested, &after.tested);
    let mut counts = earlier.counts();
    counts.record(score.exception);
    let sum = |sum: u64, loss: Score| Score(sum).saturating_add(loss).0;
    let forecasts = earlier.qlike.iter().zip(&later.qlike).zip(score.qlike);
    if counts != later.counts() {
        Some("days and exceptions")
    } else if forecasts.into_iter().any(|((earlier, later), loss)| sum(*earlier, loss) != *later) {
        Some("QLIKE against the range")
    } else if sum(earlier.qlike_squared, score.qlike_squared) != later.qlike_squared {
        Some("QLIKE against the squared return")
    } else if sum(earlier.quantile_loss, score.loss) != later.quantile_loss {
        Some("quantile loss")
    } else {
        None
    }
}
