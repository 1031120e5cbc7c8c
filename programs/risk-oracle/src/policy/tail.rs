//! Value at risk and expected shortfall of the whole book, by delta and gamma.
//!
//! σ is the portfolio's standard deviation over the horizon (`gimbal_math::covariance`). Each asset's tail comes from its own
//! standardised residuals; the book uses the worst multiplier of the assets that it is exposed to, on the side that hurts, and
//! at least the normal one. Negative gammas are added at the same move, every asset at once: an overstatement with more
//! than one asset.

use gimbal_math::covariance::Portfolio;
use gimbal_math::margin::{delta_gamma_var, gamma_cost, over_days_up, NORMAL_99};
use gimbal_math::muldiv::mul_div_down;
use gimbal_math::volatility::{scale_horizon, Tail, Variance};

use crate::state::{AssetRisk, Book, TailRisk, ASSETS};

/// Writes the book's deviation, value at risk, expected shortfall and components into its figures.
#[inline(never)]
pub fn measure(book: &mut Book) {
    let deltas = book.figures.deltas;
    let gammas = book.figures.gammas;
    let figures = if deltas == [0; ASSETS] && gammas == [0; ASSETS] { Measured::default() } else { of_portfolio(book) };
    let multipliers = worst_tail(book, None);
    let normal = NORMAL_99;
    let Book { figures: stored, .. } = book;
    stored.deviation = figures.deviation;
    stored.gamma_cost = figures.gamma_cost;
    stored.components = figures.components.map(|part| times_milli(part, multipliers.quantile));
    stored.value_at_risk = delta_gamma_var(figures.deviation, figures.gamma_cost, multipliers.quantile);
    stored.shortfall = delta_gamma_var(figures.deviation, figures.gamma_cost, multipliers.shortfall);
    stored.normal_value_at_risk = delta_gamma_var(figures.deviation, figures.gamma_cost, normal.quantile);
    stored.multipliers_milli = [multipliers.quantile, multipliers.shortfall];
}

#[derive(Default)]
struct Measured {
    deviation: u64,
    gamma_cost: u64,
    components: [i64; ASSETS],
}

/// Deviation, its parts and the cost of curvature, all over the horizon.
#[inline(never)]
fn of_portfolio(book: &Book) -> Measured {
    let days = u32::from(book.params.horizon_days);
    let variances = variances(book);
    let portfolio = Portfolio::new(book.returns.gram(), &book.figures.deltas, &variances);
    let (one_day, parts) = (portfolio.deviation_up(), portfolio.contributions());
    let deviation = over_days_up(one_day, days);
    Measured {
        deviation,
        gamma_cost: Curve::new(book, days, ASSETS).cost(0),
        components: parts.map(|part| rescale(part, deviation, one_day)),
    }
}

/// What the curvature of a book costs over the horizon, by what one asset's gamma becomes: Σ ½ |Γ| P² h over the assets whose gamma
/// is negative.
pub(super) struct Curve {
    /// Cost of all other assets.
    others: u64,
    /// The asset's gamma.
    gamma: i64,
    /// Its forecast variance over the horizon, if there is one.
    variance: Option<Variance>,
}

impl Curve {
    /// For the asset in row `own`; beyond the assets for none.
    pub(super) fn new(book: &Book, days: u32, own: usize) -> Self {
        let mut curve = Self { others: 0, gamma: 0, variance: None };
        for (at, (asset, gamma)) in book.assets.iter().zip(book.figures.gammas).enumerate() {
            let variance = asset.forecast().map(|variance| scale_horizon(variance, days));
            if at == own {
                (curve.gamma, curve.variance) = (gamma, variance);
            } else if let Some(variance) = variance {
                curve.others = curve.others.saturating_add(gamma_cost(gamma, variance));
            }
        }
        curve
    }

    /// With so much gamma added to the asset's.
    pub(super) fn cost(&self, added: i64) -> u64 {
        let own = self.variance.map_or(0, |variance| gamma_cost(self.gamma.saturating_add(added), variance));
        self.others.saturating_add(own)
    }

    /// The asset's gamma as far as it is positive.
    pub(super) fn positive(&self) -> u64 {
        self.gamma.max(0).unsigned_abs()
    }

    /// The asset's forecast variance over the horizon.
    pub(super) fn variance(&self) -> Option<Variance> {
        self.variance
    }
}

/// One-day variances of all assets; the floor for an asset without a forecast, which `UNMODELLED` stands for.
pub(super) fn variances(book: &Book) -> [Variance; ASSETS] {
    let mut variances = [Variance::FLOOR; ASSETS];
    for (variance, asset) in variances.iter_mut().zip(&book.assets) {
        *variance = asset.forecast().unwrap_or(Variance::FLOOR);
    }
    variances
}

/// The worst multipliers of the assets that the book is exposed to, and at least the normal ones; of one asset as it will stand.
pub(super) fn worst_tail(book: &Book, changed: Option<Standing>) -> Tail {
    let figures = &book.figures;
    let rows = book.assets.iter().zip(figures.deltas.iter().zip(&figures.gammas)).enumerate();
    rows.fold(NORMAL_99, |mut worst, (at, (asset, (delta, gamma)))| {
        let Standing { delta_sign, curved, .. } = changed.filter(|changed| changed.asset == at).unwrap_or(Standing {
            asset: at,
            delta_sign: delta.signum(),
            curved: *gamma < 0,
        });
        if delta_sign > 0 || curved {
            worst = worse(worst, asset.tail_low);
        }
        if delta_sign < 0 || curved {
            worst = worse(worst, asset.tail_high);
        }
        worst
    })
}

/// Which sides of an asset's moves a book fears.
#[derive(Clone, Copy)]
pub(super) struct Standing {
    /// Row of the asset.
    pub asset: usize,
    /// Sign of the book's delta in it: who is long fears falls.
    pub delta_sign: i64,
    /// Whether its gamma is negative: then both sides hurt.
    pub curved: bool,
}

fn worse(tail: Tail, other: TailRisk) -> Tail {
    Tail { quantile: tail.quantile.max(other.quantile_milli), shortfall: tail.shortfall.max(other.shortfall_milli) }
}

/// The multiplier of losses of one asset for a margin: the worse of both sides, and at least the normal one.
pub fn margin_multiplier_milli(asset: &AssetRisk) -> u32 {
    worse(worse(NORMAL_99, asset.tail_low), asset.tail_high).quantile
}

/// part · whole / of, the sign kept, towards zero.
fn rescale(part: i64, whole: u64, of: u64) -> i64 {
    signed(mul_div_down(part.unsigned_abs(), whole, of).unwrap_or(0), part)
}

/// part · milli / 1,000, the sign kept, towards zero.
fn times_milli(part: i64, milli: u32) -> i64 {
    signed(mul_div_down(part.unsigned_abs(), u64::from(milli), 1_000).unwrap_or(u64::MAX), part)
}

fn signed(size: u64, like: i64) -> i64 {
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    if like < 0 {
        0i64.saturating_sub(size)
    } else {
        size
    }
}
