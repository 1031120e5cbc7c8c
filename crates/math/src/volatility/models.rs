//! The forecasts: each a weighted sum of what was measured and what was forecast before.

use super::{Variance, BPS};

/// λh + (1 − λ)x, the exponentially weighted moving average (RiskMetrics 1996). Rounded up. `lambda_bps` above 10,000
/// counts as 10,000.
pub fn ewma(h: Variance, x: Variance, lambda_bps: u16) -> Variance {
    let lambda = u64::from(lambda_bps).min(BPS);
    weighted_up([(h, lambda), (x, BPS.saturating_sub(lambda))])
}

/// (1 − α − β)·h̄ + αx + βh, GARCH(1,1) about the long run h̄ (Bollerslev 1986). Rounded up. With range variances for `x`
/// and `long_run` it is the conditional autoregressive range model (Chou 2005). Where α and β exceed one together, the
/// long run has no weight and the forecast grows until [`Variance::MAX`].
pub fn garch(h: Variance, x: Variance, long_run: Variance, alpha_bps: u16, beta_bps: u16) -> Variance {
    let (alpha, beta) = (u64::from(alpha_bps), u64::from(beta_bps));
    weighted_up([(long_run, BPS.saturating_sub(alpha.saturating_add(beta))), (x, alpha), (h, beta)])
}

/// The heterogeneous autoregression of the last day's range variance and its means over a week and a month (Corsi 2009),
/// without a constant. Rounded up. The weights may exceed one together: a range understates the variance of a day
/// sampled seldom.
pub fn har(day: Variance, week_mean: Variance, month_mean: Variance, weights_bps: [u16; 3]) -> Variance {
    let [day_bps, week_bps, month_bps] = weights_bps.map(u64::from);
    weighted_up([(day, day_bps), (week_mean, week_bps), (month_mean, month_bps)])
}

/// mean + (x − mean)/n, rounded up: the mean of n values if `mean` is that of the n − 1 before, and a moving average that
/// forgets over n values if n stays. An `n` of zero counts as one.
pub fn running_mean(mean: Variance, x: Variance, n: u32) -> Variance {
    let before = u128::from(n.saturating_sub(1)).wrapping_mul(u128::from(mean.0)); // below 2^96
    Variance::quotient_up(before.wrapping_add(u128::from(x.0)), u64::from(n))
}

/// The mean, rounded up; `None` of nothing.
pub fn mean(values: impl IntoIterator<Item = Variance>) -> Option<Variance> {
    let (sum, count) = values
        .into_iter()
        .fold((0u128, 0u64), |(sum, count), value| (sum.saturating_add(u128::from(value.0)), count.saturating_add(1)));
    (count > 0).then(|| Variance::quotient_up(sum, count))
}

/// A squared return cut to (`clamp_tenths`/10)² · h, and whether it was a jump, that is larger. So one return, true or
/// forged, moves a forecast by no more than it would at that many standard deviations. The limit is rounded up.
pub fn clamp_square(x: Variance, h: Variance, clamp_tenths: u16) -> (Variance, bool) {
    let tenths = u128::from(clamp_tenths);
    let limit = Variance::quotient_up(tenths.wrapping_mul(tenths).wrapping_mul(u128::from(h.0)), 100); // below 2^96
    (x.min(limit), x > limit)
}

/// The variance over `days` days: days · h, cut at [`Variance::MAX`]. No days count as one.
///
/// The square-root rule: the mixture has no common rate of return to its long run, and after a quiet time the rule
/// understates, after a wild one it overstates.
pub fn scale_horizon(h: Variance, days: u32) -> Variance {
    Variance(h.0.saturating_mul(u64::from(days.max(1)))).max(Variance::FLOOR)
}

/// Σ value · bps / 10,000, rounded up once.
fn weighted_up<const N: usize>(terms: [(Variance, u64); N]) -> Variance {
    // Each product is below 2^80.
    let sum = terms
        .iter()
        .fold(0u128, |sum, (value, bps)| sum.saturating_add(u128::from(value.0).wrapping_mul(u128::from(*bps))));
    Variance::quotient_up(sum, BPS)
}
