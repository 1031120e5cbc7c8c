//! How much new money keeps the book's value at risk and expected shortfall within their limits.
//!
//! The loss of money m is k σ(m) + k² c(m): σ, the portfolio's deviation, has a least value where the money hedges, and the
//! multiplier k changes where the net delta of the asset crosses zero, since the other side's tail counts from there on.

use gimbal_math::covariance::{Addition, Portfolio};
use gimbal_math::margin::{delta_gamma_var, of_one_day_down, over_days_up};
use gimbal_math::muldiv::{div_u128_down, mul_div_down, mul_div_u128_up, mul_div_up};
use gimbal_math::volatility::{Tail, Variance};

use crate::policy::limits::{Target, Verdict};
use crate::policy::tail::{variances, worst_tail, Curve, Standing};
use crate::state::{cap_of_nav_down, Book, RiskParams, ASSETS};

/// The whole in basis points.
const BPS: u64 = 10_000;
/// One thousand thousandths.
const MILLI: u64 = 1_000;

/// Steps towards the room where gamma makes the loss curved: the answer is below the exact one by at most a part in 2^10 of
/// what delta, gamma and the other limits would leave each by itself; by more only where the money hedges a book that is over
/// its limit.
const STEPS: u32 = 10;

/// Which of a tail's multipliers a limit is about.
type Measure = fn(Tail) -> u32;

/// Holds new money to the limits of value at risk and expected shortfall. What hedges the book, in an asset that it holds or in
/// another one, may be added although a limit is exceeded, as long as no more is lost than before.
#[inline(never)]
pub fn limit(book: &Book, nav: u64, target: &Target, verdict: &mut Verdict) {
    let exposure = &target.exposure;
    let asset = usize::from(target.asset);
    if (exposure.delta_bps == 0 && exposure.gamma_bps >= 0) || asset >= ASSETS {
        return;
    }
    let measures: [(u32, u16, Measure); 2] = [
        (Verdict::VAR, book.params.max_var_bps, |tail| tail.quantile),
        (Verdict::SHORTFALL, book.params.max_shortfall_bps, |tail| tail.shortfall),
    ];
    if measures.iter().all(|(_, bps, _)| RiskParams::limit(*bps).is_none()) {
        return;
    }
    let variances = variances(book);
    let portfolio = Portfolio::new(book.returns.gram(), &book.figures.deltas, &variances);
    let frontier = Frontier::new(book, &portfolio, &variances, target);
    let limits = measures.map(|(flag, bps, measure)| {
        RiskParams::limit(bps).map(|bps| frontier.bound(flag, cap_of_nav_down(nav, bps), measure))
    });
    let limits = limits.iter().flatten();
    if exposure.gamma_bps < 0 {
        frontier.hold_curved(limits, verdict);
    } else {
        frontier.hold(limits, verdict);
    }
}

/// What the new money would do, by itself.
struct Frontier<'a> {
    book: &'a Book,
    variances: &'a [Variance; ASSETS],
    target: &'a Target,
    /// Basis points of delta, without its sign, that a unit brings.
    per_unit: u64,
    /// The portfolio's deviation of one day.
    deviation: u64,
    /// The same over the horizon; worked out where the money hedges.
    over_horizon: u64,
    /// The portfolio with more of the asset.
    addition: Addition,
    /// What the curvature costs, by the gamma that is added.
    curve: Curve,
    /// Horizon.
    days: u32,
    /// Whether the first of the new money lowers the deviation.
    hedges: bool,
    /// The tails without the new money.
    before: Tail,
}

/// What some money brings to the book.
struct Brought {
    money: u64,
    /// Size of its delta, rounded up.
    delta: u64,
    /// Cost of all curvature with its gamma.
    curvature: u64,
}

/// One limit of the loss in the tail.
struct Bound {
    flag: u32,
    /// Which of a tail's multipliers is limited.
    measure: Measure,
    /// Most that may be lost, base units: the limit, or what is lost without the money where that is more and it hedges.
    most: u64,
}

impl<'a> Frontier<'a> {
    fn new(book: &'a Book, portfolio: &Portfolio, variances: &'a [Variance; ASSETS], target: &'a Target) -> Self {
        let (asset, delta_bps) = (usize::from(target.asset), target.exposure.delta_bps);
        let rising = delta_bps > 0;
        let days = u32::from(book.params.horizon_days);
        let deviation = portfolio.deviation_up();
        let hedges = delta_bps != 0 && portfolio.is_hedged_by(asset, rising);
        Self {
            book,
            variances,
            target,
            per_unit: delta_bps.unsigned_abs().into(),
            deviation,
            over_horizon: if hedges { over_days_up(deviation, days) } else { 0 },
            addition: portfolio.addition(asset, rising),
            curve: Curve::new(book, days, asset),
            days,
            hedges,
            before: worst_tail(book, None),
        }
    }

    fn bound(&self, flag: u32, limit: u64, measure: Measure) -> Bound {
        let mut most = limit;
        if self.hedges {
            let now = delta_gamma_var(self.over_horizon, self.curve.cost(0), measure(self.before));
            if now > limit {
                // A millionth for the rounding of the room.
                most = now.saturating_add(now >> 20).saturating_add(16);
            }
        }
        Bound { flag, measure, most }
    }

    /// Takes limits into account that new money without negative gamma is held to. A hedge whose first part brings a worse tail
    /// than it takes off has no room, and is admitted where the whole of it loses no more.
    #[inline(never)]
    fn hold<'b>(&self, limits: impl Iterator<Item = &'b Bound>, verdict: &mut Verdict) {
        let (to_zero, amount) = (self.to_zero(), self.target.amount);
        let (before, after) = (self.before, self.tail(self.direction()));
        // The room from where the book holds nothing of the asset any more, and the deviation with all of the new money.
        let (mut beyond, mut whole) = (None, None);
        for Bound { flag, measure, most } in limits {
            let mut room = if to_zero == 0 { 0 } else { self.within(&self.addition, measure(before), *most) };
            if to_zero == 0 {
                room = self.within(&self.addition, measure(after), *most);
            } else if room >= to_zero {
                let beyond = beyond.get_or_insert_with(|| self.past_zero());
                room = to_zero.saturating_add(self.within(beyond, measure(after), *most));
            }
            verdict.room = verdict.room.min(room);
            if amount <= room {
                continue;
            }
            let admitted = self.hedges && {
                let (deviation, sign) = *whole.get_or_insert_with(|| self.deviation_with(amount));
                delta_gamma_var(deviation, self.curve.cost(0), measure(self.tail(sign))) <= *most
            };
            if !admitted {
                verdict.flags |= flag;
            }
        }
    }

    /// The same of money that brings negative gamma, for which both sides' tails count: its loss is curved, and the room to all
    /// limits at once is looked for.
    #[inline(never)]
    fn hold_curved<'b>(&self, limits: impl Iterator<Item = &'b Bound> + Clone, verdict: &mut Verdict) {
        let (after, amount) = (self.tail(0), self.target.amount);
        let (mut upper, mut asked_holds, mut deviation) = (verdict.room, true, None);
        let asked = self.bring(amount);
        for bound in limits.clone() {
            let multiplier = (bound.measure)(after);
            let most_by_one =
                self.within(&self.addition, multiplier, bound.most).min(self.by_gamma_alone(multiplier, bound.most));
            upper = upper.min(most_by_one);
            if amount <= most_by_one && self.holds(&asked, multiplier, bound.most) {
                continue;
            }
            asked_holds = false;
            let admitted = self.hedges && {
                let (deviation, _) = *deviation.get_or_insert_with(|| self.deviation_with(amount));
                delta_gamma_var(deviation, asked.curvature, multiplier) <= bound.most
            };
            if !admitted {
                verdict.flags |= bound.flag;
            }
        }
        // A limit that holds with the most that the others leave is not in the way of less.
        let most = self.bring(upper);
        let mut in_the_way = limits.filter(|bound| !self.holds(&most, (bound.measure)(after), bound.most));
        let binding = [in_the_way.next(), in_the_way.next()];
        let mut lower = 0;
        if binding.iter().all(Option::is_none) {
            lower = upper;
        } else if amount < upper {
            *(if asked_holds { &mut lower } else { &mut upper }) = amount;
        }
        for _ in 0..STEPS {
            if lower >= upper {
                break;
            }
            let middle = lower.saturating_add(upper.saturating_sub(lower) >> 1);
            let money = self.bring(middle);
            let mut limits = binding.iter().flatten();
            if limits.all(|bound| self.holds(&money, (bound.measure)(after), bound.most)) {
                lower = middle;
            } else {
                upper = middle;
            }
        }
        verdict.room = verdict.room.min(lower);
    }

    /// 1 for money that raises the asset's delta, −1 for money that lowers it.
    fn direction(&self) -> i64 {
        i64::from(self.target.exposure.delta_bps.signum())
    }

    /// The new money that takes the book's delta in the asset to zero, rounded down; zero where it leads away from there.
    fn to_zero(&self) -> u64 {
        let held = self.book.figures.deltas.get(usize::from(self.target.asset)).copied().unwrap_or(0);
        if held.signum().saturating_mul(self.direction()) >= 0 {
            return 0;
        }
        mul_div_down(held.unsigned_abs(), BPS, self.per_unit).unwrap_or(u64::MAX)
    }

    /// More of the asset, on top of the portfolio without any of it.
    fn past_zero(&self) -> Addition {
        let asset = usize::from(self.target.asset);
        let mut deltas = self.book.figures.deltas;
        if let Some(delta) = deltas.get_mut(asset) {
            *delta = 0;
        }
        let without = Portfolio::new(self.book.returns.gram(), &deltas, self.variances);
        without.addition(asset, self.direction() > 0)
    }

    /// The book's tails once its net delta in the asset has that sign.
    fn tail(&self, delta_sign: i64) -> Tail {
        let asset = usize::from(self.target.asset);
        let gamma = self.book.figures.gammas.get(asset).copied().unwrap_or(0);
        let curved = gamma < 0 || self.target.exposure.gamma_bps < 0;
        worst_tail(self.book, Some(Standing { asset, delta_sign, curved }))
    }

    /// The deviation over the horizon with this much new money, rounded up, and the sign of the delta in its asset.
    fn deviation_with(&self, money: u64) -> (u64, i64) {
        let size = i64::try_from(self.delta_of(money)).unwrap_or(i64::MAX).saturating_mul(self.direction());
        let mut deltas = self.book.figures.deltas;
        let mut sign = 0;
        if let Some(delta) = deltas.get_mut(usize::from(self.target.asset)) {
            *delta = delta.saturating_add(size);
            sign = delta.signum();
        }
        let portfolio = Portfolio::new(self.book.returns.gram(), &deltas, self.variances);
        (over_days_up(portfolio.deviation_up(), self.days), sign)
    }

    /// The most new money by its delta alone, as `addition` brings it: its own curvature is not paid for.
    fn within(&self, addition: &Addition, multiplier: u32, most: u64) -> u64 {
        let Some(limit) = self.deviation_left(self.curve.cost(0), multiplier, most) else { return 0 };
        if self.per_unit == 0 {
            // Only gamma is added.
            return if self.deviation <= limit { u64::MAX } else { 0 };
        }
        mul_div_down(addition.room_down(limit), BPS, self.per_unit).unwrap_or(u64::MAX)
    }

    /// What money brings.
    fn bring(&self, money: u64) -> Brought {
        Brought { money, delta: self.delta_of(money), curvature: self.curve.cost(self.gamma_of(money)) }
    }

    /// Whether the loss stays within the limit with money that brings negative gamma. None at all always does.
    fn holds(&self, brought: &Brought, multiplier: u32, most: u64) -> bool {
        brought.money == 0
            || self.deviation_left(brought.curvature, multiplier, most).is_some_and(|limit| match self.per_unit {
                0 => self.deviation <= limit,
                _ => self.addition.fits(brought.delta, limit),
            })
    }

    /// The deviation of one day that the limit leaves beside so much curvature; none where that alone exceeds it.
    fn deviation_left(&self, curvature: u64, multiplier: u32, most: u64) -> Option<u64> {
        let multiplier = u64::from(multiplier);
        // As in `delta_gamma_var`, of which this is the curved part: below 2^64, since a multiplier has 32 bits.
        let squared = multiplier.saturating_mul(multiplier);
        let curved = mul_div_up(curvature, squared, MILLI.saturating_mul(MILLI)).unwrap_or(u64::MAX);
        let left = most.checked_sub(curved)?;
        let deviation = mul_div_down(left, MILLI, multiplier).unwrap_or(u64::MAX);
        Some(of_one_day_down(deviation, self.days))
    }

    /// The size of the delta that money brings, rounded up.
    fn delta_of(&self, money: u64) -> u64 {
        mul_div_up(money, self.per_unit, BPS).unwrap_or(u64::MAX)
    }

    /// The gamma that money brings, if it is negative: rounded down.
    fn gamma_of(&self, money: u64) -> i64 {
        let per_unit = self.target.exposure.gamma_bps.min(0);
        let size = mul_div_up(money, per_unit.unsigned_abs().into(), BPS).unwrap_or(u64::MAX);
        0i64.saturating_sub(i64::try_from(size).unwrap_or(i64::MAX))
    }

    /// More new money than its gamma alone would allow, after it has eaten the positive gamma that is held: where to begin to
    /// look.
    fn by_gamma_alone(&self, multiplier: u32, most: u64) -> u64 {
        let Some(variance) = self.curve.variance() else { return 0 };
        // most ≥ m² ½ |Γ| h, with 10^6 of m² and 2^57 of ½ h.
        let squared = u64::from(multiplier).saturating_mul(multiplier.into());
        let cost = div_u128_down(u128::from(most).saturating_mul(1_000_000), squared.into()).unwrap_or(u128::MAX);
        let gamma = mul_div_u128_up(cost.saturating_add(1), 1 << 57, variance.0.into()).unwrap_or(u128::MAX);
        let gamma = gamma.saturating_add(self.curve.positive().into());
        let per_unit = u128::from(self.target.exposure.gamma_bps.unsigned_abs());
        let money = mul_div_u128_up(gamma, u128::from(BPS), per_unit).unwrap_or(u128::MAX);
        u64::try_from(money).unwrap_or(u64::MAX)
    }
}
