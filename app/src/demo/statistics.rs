//! What a series of share prices says: return, Sharpe, Sortino, drawdown.
//!
//! These are figures for people, computed on the host from exact amounts; nothing here decides about money, so floats
//! are right. The day is the period, 365 of them make a year, and the risk-free rate is taken as zero.

/// Periods per year: the markets never close.
pub const DAYS_PER_YEAR: f64 = 365.0;

/// A series' figures. Ratios are `None` where they have no meaning (fewer than two returns, or no variation).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Performance {
    /// Last value over first, less one.
    pub total_return: f64,
    /// The constant yearly return that gives the same total, compounded.
    pub yearly_return: f64,
    /// Standard deviation of daily returns × √365.
    pub yearly_volatility: f64,
    /// Mean daily return over its standard deviation, × √365.
    pub sharpe: Option<f64>,
    /// Mean daily return over the root mean square of the negative ones, × √365.
    pub sortino: Option<f64>,
    /// Greatest fall from an earlier peak, as a positive fraction.
    pub max_drawdown: f64,
}

impl Performance {
    /// Figures of a series of positive values, one per day.
    pub fn of(values: &[f64]) -> Self {
        let returns = daily_returns(values);
        let total_return = match (values.first(), values.last()) {
            (Some(first), Some(last)) if *first > 0.0 => last / first - 1.0,
            _ => 0.0,
        };
        let yearly_return = if returns.is_empty() {
            0.0
        } else {
            (1.0 + total_return).powf(DAYS_PER_YEAR / returns.len() as f64) - 1.0
        };
        Self {
            total_return,
            yearly_return,
            yearly_volatility: deviation(&returns).unwrap_or(0.0) * DAYS_PER_YEAR.sqrt(),
            sharpe: sharpe(&returns),
            sortino: sortino(&returns),
            max_drawdown: drawdowns(values).into_iter().fold(0.0, f64::max),
        }
    }
}

/// Value over the value before, less one, for each pair.
pub fn daily_returns(values: &[f64]) -> Vec<f64> {
    values.windows(2).map(|pair| if pair[0] > 0.0 { pair[1] / pair[0] - 1.0 } else { 0.0 }).collect()
}

/// At each point, how far the value lies below the highest so far, as a fraction in 0..=1.
pub fn drawdowns(values: &[f64]) -> Vec<f64> {
    let mut peak = f64::MIN_POSITIVE;
    values
        .iter()
        .map(|value| {
            peak = peak.max(*value);
            1.0 - value / peak
        })
        .collect()
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The sample standard deviation (n − 1); `None` below two values.
fn deviation(values: &[f64]) -> Option<f64> {
    let mean = mean(values)?;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (values.len() > 1).then(|| (squares / (values.len() - 1) as f64).sqrt())
}

fn sharpe(returns: &[f64]) -> Option<f64> {
    ratio(mean(returns)?, deviation(returns)?)
}

fn sortino(returns: &[f64]) -> Option<f64> {
    let squares: f64 = returns.iter().map(|value| value.min(0.0).powi(2)).sum();
    ratio(mean(returns)?, (squares / returns.len() as f64).sqrt())
}

fn ratio(mean: f64, risk: f64) -> Option<f64> {
    (risk > f64::EPSILON).then(|| mean / risk * DAYS_PER_YEAR.sqrt())
}

/// The middle value (of an even count, the lower middle one); `None` of nothing.
pub fn median(values: &[u64]) -> Option<u64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(actual: f64, expected: f64) {
        assert!((actual - expected).abs() < 1e-9, "{actual} is not {expected}");
    }

    #[test]
    fn worked_by_hand() {
        // 100 → 110 → 99 → 108.9: returns +10 %, −10 %, +10 %. Mean 1/30. Deviations from it: 1/15, −2/15, 1/15,
        // squares 1/225 + 4/225 + 1/225 = 6/225; over n − 1 = 2 → 3/225, root = √3/15 = 0.115470053837925.
        // Downside: √(0.01 / 3) = 0.057735026918963. Year: √365 = 19.104973174542800.
        let figures = Performance::of(&[100.0, 110.0, 99.0, 108.9]);
        close(figures.total_return, 0.089);
        close(figures.sharpe.expect("sharpe"), 5.515130702591431);
        close(figures.sortino.expect("sortino"), 11.030261405182863);
        close(figures.yearly_volatility, 2.206052281036573);
        close(figures.max_drawdown, 0.1);
        // 1.089^(365/3) − 1 = e^(121.666… × 0.08526…) − 1 = e^10.373281014 − 1.
        close(figures.yearly_return / 31992.275338197785, 1.0);
    }

    #[test]
    fn series_without_variation_or_loss_have_no_ratio() {
        let flat = Performance::of(&[1.0, 1.0, 1.0]);
        assert_eq!((flat.sharpe, flat.sortino, flat.max_drawdown), (None, None, 0.0));
        let rising = Performance::of(&[1.0, 1.1, 1.3]);
        assert!(rising.sharpe.is_some());
        assert_eq!(rising.sortino, None);
        for short in [&[][..], &[1.0][..]] {
            let figures = Performance::of(short);
            assert_eq!((figures.total_return, figures.yearly_return, figures.sharpe), (0.0, 0.0, None));
        }
    }

    #[test]
    fn drawdown_is_measured_from_the_highest_so_far() {
        let series = drawdowns(&[10.0, 8.0, 12.0, 9.0, 6.0, 13.0]);
        for (actual, expected) in series.iter().zip([0.0, 0.2, 0.0, 0.25, 0.5, 0.0]) {
            close(*actual, expected);
        }
    }

    #[test]
    fn medians() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[5]), Some(5));
        assert_eq!(median(&[9, 1, 5]), Some(5));
        assert_eq!(median(&[4, 1, 3, 2]), Some(2));
    }
}
