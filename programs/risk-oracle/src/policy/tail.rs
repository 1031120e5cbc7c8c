//! Value at risk and expected shortfall of the whole book, by delta and gamma.
//!
//! σ is the portfolio's standard deviation over the horizon (`gimbal_math::covariance`). Each asset's tail comes from its own
//! standardised residuals; the book uses the worst multiplier of the assets that it is exposed to, on the side that hurts, and
//! at least the normal one. Negative gammas are added at the same move, every asset at once: an overstatement with more
//! than one asset.

use gimbal_math::covariance::Portfolio;
use gimbal_math::margin::{
    delta_gamma_var, deviation_within_down, gamma_cost, of_one_day_down, over_days_up, NORMAL_99,
};
use gimbal_math::muldiv::{mul_div_down, mul_div_u128_up, mul_div_up};
use gimbal_math::volatility::{scale_horizon, Tail, Variance};

use crate::policy::limits::{Target, Verdict};
use crate::state::{cap_of_nav_down, AssetRisk, Book, RiskParams, TailRisk, ASSETS};

/// The whole in basis points.
const BPS: u64 = 10_000;

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
        gamma_cost: curvature(book, days, None),
        components: parts.map(|part| rescale(part, deviation, one_day)),
    }
}

/// Holds new money to the limits of value at risk and expected shortfall. What hedges an asset that the book holds may be added
/// although a limit is exceeded, as long as no more is lost than before. A first position in another asset is not taken
/// for a hedge.
#[inline(never)]
pub fn limit(book: &Book, nav: u64, target: &Target, verdict: &mut Verdict) {
    let exposure = &target.exposure;
    let asset = usize::from(target.asset);
    if (exposure.delta_bps == 0 && exposure.gamma_bps >= 0) || asset >= ASSETS {
        return;
    }
    let (before, after) = (worst_tail(book, None), worst_tail(book, Some(target)));
    let limits = [
        (Verdict::VAR, book.params.max_var_bps, before.quantile, after.quantile),
        (Verdict::SHORTFALL, book.params.max_shortfall_bps, before.shortfall, after.shortfall),
    ];
    if limits.iter().all(|(_, bps, _, _)| RiskParams::limit(*bps).is_none()) {
        return;
    }
    let variances = variances(book);
    let portfolio = Portfolio::new(book.returns.gram(), &book.figures.deltas, &variances);
    for (flag, bps, before, after) in limits {
        if let Some(bps) = RiskParams::limit(bps) {
            let frontier = Frontier {
                book,
                portfolio: &portfolio,
                target,
                most: cap_of_nav_down(nav, bps),
                before,
                after,
                days: u32::from(book.params.horizon_days),
            };
            verdict.bound(flag, target.amount, frontier.room_down());
        }
    }
}

/// One limit of the loss in the tail, and what it is asked about.
struct Frontier<'a> {
    book: &'a Book,
    portfolio: &'a Portfolio<'a>,
    target: &'a Target,
    /// Most that may be lost, base units.
    most: u64,
    /// Multipliers without and with the new money, thousandths.
    before: u32,
    after: u32,
    /// Horizon.
    days: u32,
}

/// Steps towards the room where gamma makes the loss curved: the answer is below the exact one by at most a part in 2^10 of
/// what delta and gamma would leave each by itself.
const STEPS: u32 = 10;

impl Frontier<'_> {
    /// The most new money with which the loss stays within the limit, rounded down.
    fn room_down(&self) -> u64 {
        let by_delta = self.within(0);
        if self.target.exposure.gamma_bps >= 0 {
            return by_delta;
        }
        let mut upper = by_delta.min(self.by_gamma_alone());
        let mut lower = 0;
        let asked = self.target.amount.min(upper);
        if self.holds(asked) {
            lower = asked;
        } else {
            upper = asked;
        }
        for _ in 0..STEPS {
            let middle = lower.saturating_add(upper.saturating_sub(lower) >> 1);
            if self.holds(middle) {
                lower = middle;
            } else {
                upper = middle;
            }
        }
        lower
    }

    /// Whether the loss stays within the limit with this new money.
    fn holds(&self, money: u64) -> bool {
        money <= self.within(money)
    }

    /// The most new money by its delta, when the curvature of `money` has been paid for.
    fn within(&self, money: u64) -> u64 {
        let curvature = curvature(self.book, self.days, self.gamma_of(money));
        if delta_gamma_var(0, curvature, self.after) > self.most {
            return 0;
        }
        let deviation = deviation_within_down(self.most, curvature, self.after);
        self.of_deviation(of_one_day_down(deviation, self.days))
    }

    /// The gamma that new money adds, to the asset that moves it.
    fn gamma_of(&self, money: u64) -> Option<(u8, i64)> {
        let per_unit = self.target.exposure.gamma_bps;
        let size = mul_div_up(money, u64::from(per_unit.unsigned_abs()), BPS).unwrap_or(u64::MAX);
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        (per_unit < 0).then_some((self.target.asset, 0i64.saturating_sub(size)))
    }

    /// More new money than its gamma alone would allow, from nothing: where to begin to look.
    fn by_gamma_alone(&self) -> u64 {
        let asset = self.book.assets.get(usize::from(self.target.asset));
        let Some(variance) = asset.and_then(AssetRisk::forecast) else { return 0 };
        // most ≥ m² ½ |Γ| h, with 10^6 of m² and 2^57 of ½ h.
        let squared = u128::from(self.after).saturating_mul(u128::from(self.after));
        let cost = u128::from(self.most).saturating_mul(1_000_000).checked_div(squared).unwrap_or(u128::MAX);
        let variance = u128::from(scale_horizon(variance, self.days).0);
        let gamma = mul_div_u128_up(cost.saturating_add(1), 1 << 57, variance).unwrap_or(u128::MAX);
        let per_unit = u128::from(self.target.exposure.gamma_bps.unsigned_abs());
        let money = mul_div_u128_up(gamma, u128::from(BPS), per_unit).unwrap_or(u128::MAX);
        u64::try_from(money).unwrap_or(u64::MAX)
    }

    /// The most new money with which the deviation of one day stays within `limit`.
    fn of_deviation(&self, limit: u64) -> u64 {
        let exposure = &self.target.exposure;
        let now = self.portfolio.deviation_up();
        let per_unit = u64::from(exposure.delta_bps.unsigned_abs());
        if per_unit == 0 {
            // Only gamma is added; it has been paid for in the limit.
            return if now <= limit { u64::MAX } else { 0 };
        }
        let (asset, rising) = (usize::from(self.target.asset), exposure.delta_bps > 0);
        let limit = if now > limit && hedges(self.portfolio, &self.book.figures.deltas, asset, rising) {
            self.hedging_limit(now)
        } else {
            limit
        };
        mul_div_down(self.portfolio.room_down(asset, rising, limit), BPS, per_unit).unwrap_or(u64::MAX)
    }

    /// The deviation that a hedge may leave: that with which no more is lost than now, and a millionth for the rounding of
    /// the room.
    fn hedging_limit(&self, now: u64) -> u64 {
        let same = mul_div_down(now, u64::from(self.before), u64::from(self.after)).unwrap_or(now);
        same.saturating_add(same >> 20).saturating_add(16)
    }
}

/// Whether more delta of an asset in a direction lowers the deviation at first: the book holds some of the asset, and what
/// it holds adds to the deviation on the other side.
fn hedges(portfolio: &Portfolio, held: &[i64; ASSETS], asset: usize, rising: bool) -> bool {
    let parts = portfolio.contributions();
    let (Some(held), Some(part)) = (held.get(asset), parts.get(asset)) else { return false };
    // The part is held · slope: the slope has its sign, turned round for a negative delta.
    let slope = held.signum().saturating_mul(part.signum());
    slope == if rising { -1 } else { 1 }
}

/// Σ ½ |Γ| P² h over the assets whose gamma is negative, with `added` gamma of one asset.
fn curvature(book: &Book, days: u32, added: Option<(u8, i64)>) -> u64 {
    let rows = book.assets.iter().zip(book.figures.gammas).enumerate();
    rows.fold(0u64, |sum, (at, (asset, gamma))| {
        let more = added.filter(|(of, _)| usize::from(*of) == at).map_or(0, |(_, more)| more);
        let gamma = gamma.saturating_add(more);
        match asset.forecast() {
            Some(variance) if gamma < 0 => sum.saturating_add(gamma_cost(gamma, scale_horizon(variance, days))),
            _ => sum,
        }
    })
}

/// One-day variances of all assets; the floor for an asset without a forecast, which `UNMODELLED` stands for.
fn variances(book: &Book) -> [Variance; ASSETS] {
    let mut variances = [Variance::FLOOR; ASSETS];
    for (variance, asset) in variances.iter_mut().zip(&book.assets) {
        *variance = asset.forecast().unwrap_or(Variance::FLOOR);
    }
    variances
}

/// The worst multipliers of the assets that the book is exposed to, with the target's new money, and at least the normal ones.
fn worst_tail(book: &Book, target: Option<&Target>) -> Tail {
    let mut worst = NORMAL_99;
    for (at, (asset, delta)) in book.assets.iter().zip(book.figures.deltas).enumerate() {
        let gamma = book.figures.gammas.get(at).copied().unwrap_or(0);
        let new = target.filter(|target| usize::from(target.asset) == at).map(|target| &target.exposure);
        let curved = gamma < 0 || new.is_some_and(|new| new.gamma_bps < 0);
        if delta > 0 || curved || new.is_some_and(|new| new.delta_bps > 0) {
            worst = worse(worst, asset.tail_low);
        }
        if delta < 0 || curved || new.is_some_and(|new| new.delta_bps < 0) {
            worst = worse(worst, asset.tail_high);
        }
    }
    worst
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
