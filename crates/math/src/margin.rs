//! From a standard deviation to limits: value at risk, margins, leverage, room, concentration and liquidity.
//!
//! Amounts are base units, proportions basis points (10,000 is the whole, and more than the whole is possible),
//! multipliers of a standard deviation thousandths. Risks are rounded up, what they leave is rounded down; what does not
//! fit is cut to the worst that does.
//!
//! A period of `days` days has `days` times the variance and √days times the deviation of one: returns of different days
//! are taken to be uncorrelated.

use crate::muldiv::{
    div_u128_down, div_u128_up, isqrt_u128_down, isqrt_u256_down, mul_div_down, mul_div_u128_down, mul_div_u128_up,
    mul_div_up, mul_shift_up, wide_mul, wide_mul_u128,
};
use crate::volatility::{loss_at, scale_horizon, Tail, Variance};

/// One thousand thousandths.
const MILLI: u64 = 1_000;
/// The whole in basis points.
const BPS: u64 = 10_000;
/// Fractional bits of a covariance in [`largest_addition`]: half of a variance's.
const COVARIANCE_BITS: u32 = 28;

/// The normal distribution's tail at 99%: Φ⁻¹(0.99) = 2.32635 and φ(2.32635)/0.01 = 2.66521, rounded up.
pub const NORMAL_99: Tail = Tail { quantile: 2_327, shortfall: 2_666 };

/// The deviation over `days` days of what has `deviation` in one: ceil(deviation · √days).
pub fn over_days_up(deviation: u64, days: u32) -> u64 {
    let (high, low) = wide_mul_u128(square(deviation), u128::from(days));
    let root = isqrt_u256_down(high, low);
    let exact = wide_mul_u128(root, root) == (high, low);
    cut(root.saturating_add(u128::from(!exact)))
}

/// The deviation of one day that makes at most `deviation` over `days` days: floor(deviation / √days), the inverse of
/// [`over_days_up`]. No days count as one.
pub fn of_one_day_down(deviation: u64, days: u32) -> u64 {
    // √(deviation² / days) and its floor are not changed by the floor of the quotient.
    cut(isqrt_u128_down(div_u128_down(square(deviation), u128::from(days.max(1))).unwrap_or(0)))
}

/// What the curvature costs at a move of one standard deviation: ½ |Γ| P² h for Γ < 0, rounded up; nothing for Γ ≥ 0, which never loses.
///
/// `gamma_dollar` is Γ P², the second derivative of the value times the squared price, in base units; `variance` is that of
/// the whole period.
pub fn gamma_cost(gamma_dollar: i64, variance: Variance) -> u64 {
    if gamma_dollar >= 0 {
        return 0;
    }
    // Units of 2^-56, and one half.
    cut(mul_shift_up(u128::from(gamma_dollar.unsigned_abs()), u128::from(variance.0), 57).unwrap_or(u128::MAX))
}

/// Delta-gamma value at risk: ceil(m σ) + ceil(m² · gamma_cost), the loss at an adverse move of m standard deviations.
/// The same with the shortfall's multiplier is the loss at the mean move of the tail, here called expected shortfall.
///
/// The move is the same for delta and for gamma. The expected cost of the curvature, which has no m², would understate the
/// loss of a position that is hedged in delta by 5.4 times at 99%; a sum over several assets assumes that all curvatures are
/// hit at once, which overstates.
pub fn delta_gamma_var(deviation: u64, gamma_cost: u64, multiplier_milli: u32) -> u64 {
    let multiplier = u64::from(multiplier_milli);
    let linear = mul_div_up(deviation, multiplier, MILLI).unwrap_or(u64::MAX);
    let squared = square(multiplier);
    let curved = mul_div_u128_up(u128::from(gamma_cost), squared, square(MILLI)).map_or(u64::MAX, cut);
    linear.saturating_add(curved)
}

/// The largest deviation with which [`delta_gamma_var`] is at most `limit`; zero where the curvature alone exceeds it,
/// `u64::MAX` where the multiplier is zero.
pub fn deviation_within_down(limit: u64, gamma_cost: u64, multiplier_milli: u32) -> u64 {
    let left = limit.saturating_sub(delta_gamma_var(0, gamma_cost, multiplier_milli));
    if multiplier_milli == 0 {
        return u64::MAX;
    }
    mul_div_down(left, MILLI, u64::from(multiplier_milli)).unwrap_or(u64::MAX)
}

/// A move of so many standard deviations over `days` days, m √(h · days), in basis points of the price. Rounded up: at
/// most one basis point above the exact number.
pub fn move_bps_up(variance: Variance, days: u32, multiplier_milli: u32) -> u32 {
    let size = loss_at(scale_horizon(variance, days), multiplier_milli);
    u32::try_from(mul_shift_up(size.0, u128::from(BPS), 64).unwrap_or(u128::MAX)).unwrap_or(u32::MAX)
}

/// What a margin covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The asset's forecast variance of one day.
    pub variance: Variance,
    /// How long a liquidation takes, at least.
    pub horizon_days: u32,
    /// How many standard deviations are covered, in thousandths.
    pub multiplier_milli: u32,
}

impl Terms {
    /// The move that is covered, in basis points.
    pub fn move_bps_up(&self) -> u32 {
        move_bps_up(self.variance, self.horizon_days, self.multiplier_milli)
    }

    /// Initial margin: max(floor, z σ√days + ½ shock · concentration + confidence), in basis points, rounded up.
    ///
    /// `shock_bps` is the fall that selling the whole of what the venue can take makes, `concentration_bps` the part of
    /// that which the position is, `confidence_bps` the price's own uncertainty.
    pub fn initial_bps(&self, shock_bps: u32, concentration_bps: u32, confidence_bps: u32, floor_bps: u32) -> u32 {
        let impact = mul_div_up(shock_bps.into(), concentration_bps.into(), 2 * BPS).unwrap_or(u64::MAX);
        let impact = u32::try_from(impact).unwrap_or(u32::MAX);
        self.move_bps_up().saturating_add(impact).saturating_add(confidence_bps).max(floor_bps)
    }

    /// Maintenance margin: z σ√days + the liquidator's bonus + slippage, in basis points, rounded up. A liquidation
    /// threshold above one less this leaves the lender with the loss.
    pub fn maintenance_bps(&self, bonus_bps: u32, slippage_bps: u32) -> u32 {
        self.move_bps_up().saturating_add(bonus_bps).saturating_add(slippage_bps)
    }

    /// How many standard deviations of the horizon lie between a price and one `distance_bps` away, in thousandths,
    /// rounded down. The distance is a part of the price, as the deviation is: a fall by that part is somewhat farther on
    /// the logarithmic scale, a rise somewhat nearer.
    pub fn distance_sigma_milli(&self, distance_bps: u32) -> u32 {
        // distance · 2^64 · 1,000 / (10,000 · deviation): below 2^128, and the deviation is not zero but for a variance of zero.
        let deviation = scale_horizon(self.variance, self.horizon_days).deviation_up().0;
        let scaled = div_u128_down(u128::from(distance_bps) << 64, deviation.saturating_mul(10));
        scaled.map_or(u32::MAX, |milli| u32::try_from(milli).unwrap_or(u32::MAX))
    }
}

/// The most leverage that an initial margin allows: 1/margin, in basis points, rounded down. Never below 10,000: what
/// does not borrow needs no margin.
pub fn max_leverage_bps(initial_margin_bps: u32) -> u32 {
    const SQUARE: u64 = BPS * BPS;
    let leverage = SQUARE.checked_div(initial_margin_bps.into()).unwrap_or(u64::MAX);
    u32::try_from(leverage.max(BPS)).unwrap_or(u32::MAX)
}

/// The largest m ≥ 0 with A + 2Bm + Cm² ≤ limit², rounded down: how much of something may be added to a portfolio of
/// variance A, where B is their covariance and C the variance of one unit of it. Zero where A alone exceeds the limit
/// and `u64::MAX` where nothing bounds it.
///
/// A is in squared base units, B in 2^-28 base units, C in 2^-56, as a [`Variance`] is.
pub fn largest_addition(variance: u128, covariance: i128, unit_variance: Variance, limit: u64) -> u64 {
    let Some(left) = square(limit).checked_sub(variance) else { return 0 };
    // √(B² + C(limit² − A)) in units of 2^-28.
    let size = covariance.unsigned_abs();
    let (b_high, b_low) = wide_mul_u128(size, size);
    let (c_high, c_low) = wide_mul_u128(u128::from(unit_variance.0), left);
    let (low, carried) = b_low.overflowing_add(c_low);
    let high = b_high.checked_add(c_high).and_then(|high| high.checked_add(u128::from(carried)));
    // A covariance of 2^127 units: no portfolio of 64-bit amounts has it.
    let Some(high) = high else { return 0 };
    let root = isqrt_u256_down(high, low);
    let (factor, divisor) = if covariance > 0 {
        // (limit² − A)/(root + B), which unlike (root − B)/C loses nothing where the two are close.
        let exact = wide_mul_u128(root, root) == (high, low);
        (left, root.saturating_add(u128::from(!exact)).saturating_add(size))
    } else {
        (root.saturating_add(size), u128::from(unit_variance.0))
    };
    mul_div_u128_down(factor, 1 << COVARIANCE_BITS, divisor).map_or(u64::MAX, cut)
}

/// Whether A + 2Bm + Cm² ≤ limit² for this m: the question that [`largest_addition`] answers for every m, exactly. Nothing
/// always fits.
pub fn addition_fits(variance: u128, covariance: i128, unit_variance: Variance, limit: u64, amount: u64) -> bool {
    if amount == 0 {
        return true;
    }
    let Some(left) = square(limit).checked_sub(variance) else { return false };
    // In units of 2^-56: limit² − A below 2^184, Cm² below 2^192, 2Bm below 2^222.
    let left = (left >> 72, left << 56);
    let own = wide_mul_u128(wide_mul(unit_variance.0, amount), u128::from(amount));
    let common = wide_mul_u128(covariance.unsigned_abs(), u128::from(amount) << (COVARIANCE_BITS.wrapping_add(1)));
    if covariance > 0 {
        sum(own, common) <= left
    } else {
        own <= sum(left, common)
    }
}

/// The sum of two numbers of 256 bits (high half, low half) that fits them.
fn sum(a: (u128, u128), b: (u128, u128)) -> (u128, u128) {
    let (low, carried) = a.1.overflowing_add(b.1);
    (a.0.wrapping_add(b.0).wrapping_add(u128::from(carried)), low)
}

/// Herfindahl–Hirschman index of the parts: Σ (part/total)², in basis points, rounded up. 10,000 is all in one; n equal parts
/// make 10,000/n. Nothing at all is not concentrated.
pub fn hhi_bps(parts: &[u64]) -> u32 {
    let total = parts.iter().fold(0u128, |sum, part| sum.saturating_add(u128::from(*part)));
    // A total of more than 64 bits is cut to them, the parts likewise but upwards.
    let shift = 64u32.saturating_sub(total.leading_zeros());
    let scaled = (total >> shift) as u64;
    let squares = parts.iter().fold(0u128, |sum, part| {
        let rest = *part & (1u64 << shift.min(63)).wrapping_sub(1);
        sum.saturating_add(square((*part >> shift.min(63)).saturating_add(u64::from(rest != 0))))
    });
    match mul_div_u128_up(squares, u128::from(BPS), square(scaled)) {
        Ok(index) => u32::try_from(index).unwrap_or(u32::MAX).min(BPS as u32),
        Err(_) => 0,
    }
}

/// How many days it takes to sell `amount` where `daily_volume` is traded (or lent out and paid back) a day, of which we may be `participation_bps`:
/// rounded up. Nothing takes no time, and where there is no liquidity it takes for ever: `u32::MAX`.
pub fn days_to_exit(amount: u64, daily_volume: u64, participation_bps: u32) -> u32 {
    if amount == 0 {
        return 0;
    }
    let ours = wide_mul(daily_volume, participation_bps.into());
    div_u128_up(wide_mul(amount, BPS), ours).map_or(u32::MAX, |days| u32::try_from(days).unwrap_or(u32::MAX))
}

/// The part that `amount` is of a venue's available liquidity, in basis points, rounded up; `u32::MAX` of none.
pub fn share_of_liquidity_bps(amount: u64, available: u64) -> u32 {
    if amount == 0 {
        return 0;
    }
    mul_div_up(amount, BPS, available).map_or(u32::MAX, |share| u32::try_from(share).unwrap_or(u32::MAX))
}

/// value², which 128 bits hold.
fn square(value: u64) -> u128 {
    wide_mul(value, value)
}

fn cut(value: u128) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}
