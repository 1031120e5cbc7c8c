//! Variance forecasts from daily bars, their mixture, and the tail of what they leave unexplained.
//!
//! # One closed bar
//!
//! 1. [`log_return`] and [`parkinson`] make the bar's two measures of variance, [`clamp_square`] cuts a jump.
//! 2. [`qlike`] scores yesterday's forecasts against the second; [`Score::discounted`] forgets old scores.
//! 3. [`residual`] standardises the return by yesterday's forecast; [`tail`] ranks the residuals that are kept.
//! 4. [`ewma`], [`garch`] and [`har`] forecast tomorrow, [`weights`] and [`blend`] mix the forecasts.
//!
//! # Sources
//!
//! EWMA: RiskMetrics Technical Document, 4th edition, 1996. GARCH: Bollerslev, Journal of Econometrics 31, 1986. HAR:
//! Corsi, Journal of Financial Econometrics 7, 2009. Range: Parkinson, Journal of Business 53, 1980. QLIKE: Patton,
//! Journal of Econometrics 160, 2011. Multiplicative weights: Littlestone and Warmuth, Information and Computation 108,
//! 1994. Filtered residuals: Barone-Adesi, Giannopoulos and Vosper, Journal of Futures Markets 19, 1999.
//!
//! # Rounding
//!
//! Variances are rounded up, tails and losses too: what is rounded away never lowers a risk. No result is below
//! [`Variance::FLOOR`], so a forecast can always be divided by.

mod mixture;
mod models;
mod realised;
mod tail;

pub use mixture::{blend, qlike, weights, Score, MODELS, WHOLE_WEIGHT};
pub use models::{clamp_square, ewma, garch, har, mean, running_mean, scale_horizon};
pub use realised::{log_return, parkinson, squared};
pub use tail::{loss_at, residual, tail, Side, Tail, MAX_RESIDUAL, MAX_WORST};

use bytemuck::{Pod, Zeroable};

use crate::muldiv::{div_4_by_2, isqrt_u128_down};
use crate::q64::Q64;

/// Fractional bits of a [`Variance`].
const FRACTION_BITS: u32 = 56;
/// How far a [`Variance`] is shifted to become a [`Q64`].
const TO_Q64: u32 = 64 - FRACTION_BITS;
/// Basis points of the whole.
const BPS: u64 = 10_000;

/// A variance of log returns per day, in units of 2^-56 (about 1.4e-17), from [`Variance::FLOOR`] to 256 - 2^-56.
///
/// The floor is a daily volatility of 0.003%, the ceiling one of 1,600%. Stored as its `u64`.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Pod, Zeroable)]
#[allow(unsafe_code)] // the derives of Pod and Zeroable expand to unsafe impls
pub struct Variance(pub u64);

impl Variance {
    /// 10^-9: what is smaller is raised to it.
    pub const FLOOR: Self = Self(72_057_595);
    /// 10^-8: the floor of a squared return where it serves as the measure that forecasts are scored against. A return
    /// of exactly zero would score infinitely.
    pub const PROXY_FLOOR: Self = Self(720_575_941);
    /// The largest; results beyond it are cut to it.
    pub const MAX: Self = Self(u64::MAX);

    /// The same number in units of 2^-64, exactly.
    pub const fn to_q64(self) -> Q64 {
        Q64((self.0 as u128) << TO_Q64)
    }

    /// `value` rounded down, between [`Self::FLOOR`] and [`Self::MAX`].
    pub fn from_q64_down(value: Q64) -> Self {
        Self::saturating(value.0 >> TO_Q64)
    }

    /// `value` rounded up, between [`Self::FLOOR`] and [`Self::MAX`].
    pub fn from_q64_up(value: Q64) -> Self {
        let cut = value.0 & ((1 << TO_Q64) - 1) != 0;
        // The shifted value has at most 120 bits.
        Self::saturating((value.0 >> TO_Q64).wrapping_add(u128::from(cut)))
    }

    /// The standard deviation, rounded down to a multiple of 2^-60.
    pub const fn deviation_down(self) -> Q64 {
        Q64(isqrt_u128_down((self.0 as u128) << 64) << 4)
    }

    /// The standard deviation, rounded up to a multiple of 2^-60.
    pub const fn deviation_up(self) -> Q64 {
        let square = (self.0 as u128) << 64;
        // Below 2^64, so neither the square nor the next root wraps.
        let root = isqrt_u128_down(square);
        let root = if root.wrapping_mul(root) == square { root } else { root.wrapping_add(1) };
        Q64(root << 4)
    }

    /// The variance per day of a variance that arose over `days` days, rounded up. No days count as one.
    pub fn per_day(self, days: u32) -> Self {
        Self::quotient_up(u128::from(self.0), u64::from(days))
    }

    fn saturating(value: u128) -> Self {
        Self(u64::try_from(value).unwrap_or(u64::MAX)).max(Self::FLOOR)
    }

    /// ceil(n / d) in units of the variance; a divisor of zero counts as one.
    fn quotient_up(n: u128, d: u64) -> Self {
        let (quotient, rest) = div_4_by_2(0, n, u128::from(d.max(1)));
        Self::saturating(quotient.saturating_add(u128::from(rest != 0)))
    }
}

impl Default for Variance {
    /// [`Variance::FLOOR`].
    fn default() -> Self {
        Self::FLOOR
    }
}
