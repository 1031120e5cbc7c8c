//! The figures of one window.

use gimbal_math::backtest::{basel_zone, christoffersen, kupiec, Counts, Zone};
use gimbal_math::{MathError, Q64};
use serde::Serialize;

use super::score::{DayScore, FORECAST};

/// Days of Basel's table.
const YEAR: usize = 250;
/// The level that Basel's table is made for, basis points.
const BASEL_LEVEL_BPS: u16 = 100;
/// Digits after the point of what is reported: more than any figure's meaning, fewer than a double's noise.
const DIGITS: f64 = 1e9;
/// The same of what is a part of the price: a stable coin's losses are millionths.
const FINE_DIGITS: f64 = 1e12;

/// What was measured over some days.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Measures {
    /// Days.
    pub days: u32,
    /// Days whose loss exceeded the value at risk.
    pub exceptions: u32,
    /// How many of them the level promises.
    pub expected: f64,
    /// Kupiec's likelihood ratio.
    pub kupiec_lr: f64,
    /// Christoffersen's likelihood ratio of independence.
    pub christoffersen_lr: f64,
    /// Most exceptions in 250 days on end.
    pub worst_250: u32,
    /// Basel's zone of those; none at another level than 99%.
    pub basel_zone: Option<&'static str>,
    /// Mean QLIKE against the range-based variance.
    pub qlike_range: f64,
    /// Mean QLIKE against the squared return, at least 10^-8.
    pub qlike_squared: f64,
    /// Mean quantile loss, of the price.
    pub quantile_loss: f64,
    /// Mean value at risk, of the price.
    pub mean_var: f64,
}

impl Measures {
    /// The figures of these days, each of which follows the one before; none of no days.
    ///
    /// # Errors
    ///
    /// For a level that is no probability.
    pub fn of(days: &[DayScore], level_bps: u16) -> Result<Option<Self>, MathError> {
        if days.is_empty() {
            return Ok(None);
        }
        let mut counts = Counts::default();
        days.iter().for_each(|day| counts.record(day.exception));
        let worst_250 = worst(days);
        let mean = |loss: &dyn Fn(&DayScore) -> Q64| {
            let sum: f64 = days.iter().map(|day| float(loss(day))).sum();
            sum / days.len() as f64
        };
        Ok(Some(Self {
            days: counts.days,
            exceptions: counts.exceptions,
            expected: rounded(f64::from(counts.days) * f64::from(level_bps) / 10_000.0),
            kupiec_lr: rounded(float(kupiec(counts.days, counts.exceptions, level_bps)?)),
            christoffersen_lr: rounded(float(christoffersen(&counts)?)),
            worst_250,
            basel_zone: (level_bps == BASEL_LEVEL_BPS).then(|| zone(worst_250)),
            qlike_range: rounded(mean(&|day| day.qlike[FORECAST].to_q64())),
            qlike_squared: rounded(mean(&|day| day.qlike_squared.to_q64())),
            quantile_loss: to(mean(&|day| day.loss.to_q64()), FINE_DIGITS),
            mean_var: to(mean(&|day| day.value_at_risk), FINE_DIGITS),
        }))
    }
}

/// Most exceptions in [`YEAR`] days on end, or in all where there are fewer.
fn worst(days: &[DayScore]) -> u32 {
    let mut most = 0;
    let mut within = 0_u32;
    for (place, day) in days.iter().enumerate() {
        within += u32::from(day.exception);
        if let Some(left) = place.checked_sub(YEAR) {
            within -= u32::from(days[left].exception);
        }
        most = most.max(within);
    }
    most
}

fn zone(exceptions: u32) -> &'static str {
    match basel_zone(exceptions) {
        Zone::Green => "green",
        Zone::Yellow => "yellow",
        Zone::Red => "red",
    }
}

/// The nearest double: for people and charts, nothing is decided by it.
pub fn float(value: Q64) -> f64 {
    value.0 as f64 / 2_f64.powi(64)
}

/// To nine digits after the point.
pub fn rounded(value: f64) -> f64 {
    to(value, DIGITS)
}

fn to(value: f64, digits: f64) -> f64 {
    (value * digits).round() / digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date::Date;
    use gimbal_math::volatility::Score;

    fn days(exceptions: &[usize], count: usize) -> Vec<DayScore> {
        let day = |place: usize| DayScore {
            date: Date(place as u32),
            bars_before: place,
            exception: exceptions.contains(&place),
            qlike: [Score(1 << 31); 5],
            qlike_squared: Score(3 << 32),
            loss: Score(1 << 22),
            value_at_risk: Q64(1 << 60),
        };
        (0..count).map(day).collect()
    }

    #[test]
    fn figures_are_those_of_the_definitions() {
        // 1,000 days with 14 exceptions, two of them on consecutive days, computed from the definitions with Python:
        // Kupiec 1.437406052, Christoffersen's G test of the table below.
        let at: Vec<usize> = (0..13).map(|place| 20 + place * 70).chain([21]).collect();
        let measured = Measures::of(&days(&at, 1_000), 100).expect("a level").expect("some days");
        assert_eq!((measured.days, measured.exceptions, measured.expected), (1_000, 14, 10.0));
        assert!((measured.kupiec_lr - 1.437_406_052).abs() < 2e-9, "{}", measured.kupiec_lr);
        // n00 = 972, n01 = 13, n10 = 13, n11 = 1.
        assert!((measured.christoffersen_lr - 1.745_821_522).abs() < 2e-9, "{}", measured.christoffersen_lr);
        assert_eq!((measured.qlike_range, measured.qlike_squared), (0.5, 3.0));
        assert_eq!((measured.quantile_loss, measured.mean_var), (0.000_976_562_5, 0.0625));
        // Days 20, 21, 90, 160 and 230 lie in the first 250.
        assert_eq!((measured.worst_250, measured.basel_zone), (5, Some("yellow")));
    }

    #[test]
    fn the_worst_year_is_250_days_long() {
        // Day 0 and day 249 share a year, day 0 and day 250 do not.
        assert_eq!(worst(&days(&[0, 249], 500)), 2);
        assert_eq!(worst(&days(&[0, 250], 500)), 1);
        assert_eq!(worst(&days(&[3, 5], 10)), 2);
    }

    #[test]
    fn no_days_give_no_figures_and_other_levels_no_zone() {
        assert_eq!(Measures::of(&[], 100), Ok(None));
        let measured = Measures::of(&days(&[], 300), 250).expect("a level").expect("some days");
        assert_eq!((measured.exceptions, measured.basel_zone, measured.christoffersen_lr), (0, None, 0.0));
        // −2 · 300 · ln 0.975.
        assert!((measured.kupiec_lr - 15.190_684_790).abs() < 2e-9, "{}", measured.kupiec_lr);
    }
}
