//! European options by Black and Scholes (The Pricing of Options and Corporate Liabilities, 1973), without dividends.
//!
//! # Accuracy
//!
//! For moneyness (spot over strike) of 0.2 to 5, volatilities of 5% to 300%, an hour to three years and rates of −2% to
//! 20%, with a spot S of 10^-4 to 10^7, the errors are at most:
//!
//! | number | bound |
//! |---|---|
//! | price | 10^-17 · S |
//! | delta | 10^-15 |
//! | gamma | 10^-12 / S |
//! | vega, rho | 10^-15 · S |
//! | theta | 10^-14 · S a year |
//!
//! each plus eight units of 2^-64, and theta plus σ/√T more. The Greeks are the price's derivatives in closed form.
//!
//! Beyond that grid every input gives a result or [`MathError::Overflow`](crate::MathError::Overflow); the error grows
//! with strike/spot and as the deviation σ√T nears 2^-64.

use crate::error::Result;
use crate::functions::{exp, ln, sqrt_down};
use crate::muldiv::mul_div_u128_down;
use crate::normal::{cdf, pdf};
use crate::q64::{Q64Signed, Q64};

/// The year of rates, volatilities and times to expiry: 365 days.
pub const SECONDS_PER_YEAR: u64 = 31_536_000;

/// The right that an option gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// To buy at the strike.
    Call,
    /// To sell at the strike.
    Put,
}

/// A European option on one unit of an asset that pays nothing, and the market it is valued in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct European {
    /// The asset's price, in any unit of account.
    pub spot: Q64,
    /// The price at which the right may be used, in the unit of `spot`.
    pub strike: Q64,
    /// The riskless rate a year, continuously compounded, as a fraction.
    pub rate: Q64Signed,
    /// The standard deviation of a year's logarithmic return, as a fraction.
    pub volatility: Q64,
    /// The time to expiry in years of [`SECONDS_PER_YEAR`].
    pub years: Q64,
}

/// The derivatives of the price of one option held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Greeks {
    /// By the spot: from 0 to 1 for a call, from −1 to 0 for a put.
    pub delta: Q64Signed,
    /// By the spot, twice; zero where σ√T is.
    pub gamma: Q64Signed,
    /// By the volatility: for a rise by 1.00, that is by 100 percentage points.
    pub vega: Q64Signed,
    /// By the time that passes, for a whole year: negative where waiting costs. The part that is due to the volatility is
    /// zero where `years` is.
    pub theta: Q64Signed,
    /// By the rate: for a rise by 1.00.
    pub rho: Q64Signed,
}

impl European {
    /// The price, to the nearest that the accuracy above allows, and never outside the bounds of arbitrage: a call's are
    /// max(0, S − Ke^-rT) and S, a put's max(0, Ke^-rT − S) and Ke^-rT. Where σ√T, the spot or the strike is zero, it is
    /// the lower of those bounds, exactly.
    ///
    /// # Errors
    ///
    /// [`MathError::Overflow`](crate::MathError::Overflow) if the discounted strike reaches 2^64, σ√T 2^63 or |rT| 2^63.
    pub fn price(&self, kind: Kind) -> Result<Q64> {
        Terms::new(self)?.price(kind)
    }

    /// The Greeks, to the nearest that the accuracy above allows.
    ///
    /// # Errors
    ///
    /// As [`Self::price`], and if a Greek reaches 2^63.
    pub fn greeks(&self, kind: Kind) -> Result<Greeks> {
        Terms::new(self)?.greeks(kind)
    }

    /// Both; cheaper than one after the other.
    ///
    /// # Errors
    ///
    /// As [`Self::greeks`].
    pub fn price_and_greeks(&self, kind: Kind) -> Result<(Q64, Greeks)> {
        let terms = Terms::new(self)?;
        Ok((terms.price(kind)?, terms.greeks(kind)?))
    }
}

/// What price and Greeks have in common.
struct Terms<'a> {
    option: &'a European,
    /// √T.
    root: Q64,
    /// σ√T.
    deviation: Q64,
    /// Ke^-rT.
    discounted: Q64,
    /// (ln(S/K) + (r + σ²/2)T)/(σ√T); the largest or least number stands for an infinite one.
    d1: Q64Signed,
    /// d1 − σ√T.
    d2: Q64Signed,
}

impl<'a> Terms<'a> {
    fn new(option: &'a European) -> Result<Self> {
        let drift = option.rate.mul_down(option.years.to_signed()?)?;
        let discounted = option.strike.mul_down(exp(drift.neg()?)?)?;
        let root = sqrt_down(option.years);
        let deviation = option.volatility.mul_down(root)?;
        let (d1, d2) = if deviation.0 == 0 || option.spot.0 == 0 || option.strike.0 == 0 {
            let certain = match option.spot.cmp(&discounted) {
                core::cmp::Ordering::Less => Q64Signed::MIN,
                core::cmp::Ordering::Equal => Q64Signed::ZERO,
                core::cmp::Ordering::Greater => Q64Signed::MAX,
            };
            (certain, certain)
        } else {
            // d1 and d2 as distance ± deviation/2: the square of the volatility, which may not fit, is not needed.
            let moneyness = ln(option.spot)?.checked_sub(ln(option.strike)?)?.checked_add(drift)?;
            let deviation = deviation.to_signed()?;
            let infinite = if moneyness.is_negative() { Q64Signed::MIN } else { Q64Signed::MAX };
            let distance = moneyness.div_down(deviation).unwrap_or(infinite).0;
            let half = deviation.0 >> 1;
            (Q64Signed(distance.saturating_add(half)), Q64Signed(distance.saturating_sub(half)))
        };
        Ok(Self { option, root, deviation, discounted, d1, d2 })
    }

    fn price(&self, kind: Kind) -> Result<Q64> {
        let (spot, discounted) = (self.option.spot, self.discounted);
        let (received, paid, most) = match kind {
            Kind::Call => (spot.mul_down(cdf(self.d1))?, discounted.mul_down(cdf(self.d2))?, spot),
            Kind::Put => (discounted.mul_down(complement(self.d2))?, spot.mul_down(complement(self.d1))?, discounted),
        };
        let least = match kind {
            Kind::Call => spot.0.saturating_sub(discounted.0),
            Kind::Put => discounted.0.saturating_sub(spot.0),
        };
        Ok(Q64(received.0.saturating_sub(paid.0).clamp(least, most.0)))
    }

    fn greeks(&self, kind: Kind) -> Result<Greeks> {
        let European { spot, rate, volatility, years, .. } = *self.option;
        let density = pdf(self.d1);
        let weighted = spot.mul_down(density)?;
        let gamma = if self.deviation.0 == 0 || spot.0 == 0 {
            Q64::ZERO
        } else {
            density.div_down(self.deviation)?.div_down(spot)?
        };
        let decay = if self.root.0 == 0 {
            Q64::ZERO
        } else {
            // √T is below 2^32.
            Q64(mul_div_u128_down(weighted.0, volatility.0, self.root.0 << 1)?)
        };
        // The present value of the strike where it is paid (call) or received (put).
        let (delta, strike) = match kind {
            Kind::Call => (cdf(self.d1).to_signed()?, self.discounted.mul_down(cdf(self.d2))?.to_signed()?),
            Kind::Put => {
                let strike = self.discounted.mul_down(complement(self.d2))?.to_signed()?;
                (complement(self.d1).to_signed()?.neg()?, strike.neg()?)
            }
        };
        Ok(Greeks {
            delta,
            gamma: gamma.to_signed()?,
            vega: weighted.mul_down(self.root)?.to_signed()?,
            theta: decay.to_signed()?.neg()?.checked_sub(rate.mul_down(strike)?)?,
            rho: strike.mul_down(years.to_signed()?)?,
        })
    }
}

/// 1 − Φ(d) = Φ(−d), exactly.
fn complement(d: Q64Signed) -> Q64 {
    Q64(Q64::ONE.0.saturating_sub(cdf(d).0))
}
