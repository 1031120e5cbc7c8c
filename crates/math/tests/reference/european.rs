//! European options from the definition: Black and Scholes' price, and Greeks as its central differences.

use super::{abs, int, max, ratio, scaled, Normal, Real};

/// An option and its market.
#[derive(Clone, Debug)]
pub struct Market {
    pub spot: Real,
    pub strike: Real,
    pub rate: Real,
    pub volatility: Real,
    pub years: Real,
}

/// The derivatives of the price.
pub struct Derivatives {
    pub delta: Real,
    pub gamma: Real,
    pub vega: Real,
    pub theta: Real,
    pub rho: Real,
}

/// The relative step of the differences, 2^-80: its square, times the third derivative, is beyond every bound, and so are
/// the 78 digits of the distribution function divided by it twice.
fn step(of: &Real) -> Real {
    max(abs(of.clone()), ratio(1, 100)) * scaled(1, -80)
}

impl Market {
    pub fn price(&self, normal: &Normal, call: bool) -> Real {
        let deviation = self.volatility.clone() * super::sqrt(&self.years);
        let drift = self.rate.clone() * self.years.clone();
        let moneyness = (self.spot.clone() / self.strike.clone()).ln();
        let d1 = (moneyness + drift.clone()) / deviation.clone() + deviation.clone() / int(2);
        let d2 = d1.clone() - deviation;
        let discounted = self.strike.clone() * (-drift).exp();
        if call {
            self.spot.clone() * distribution(normal, d1) - discounted * distribution(normal, d2)
        } else {
            discounted * distribution(normal, -d2) - self.spot.clone() * distribution(normal, -d1)
        }
    }

    pub fn derivatives(&self, normal: &Normal, call: bool) -> Derivatives {
        let moved = |change: &dyn Fn(&mut Market, Real), by: Real| {
            let mut market = self.clone();
            change(&mut market, by);
            market.price(normal, call)
        };
        let slope = |change: &dyn Fn(&mut Market, Real), step: Real| {
            (moved(change, step.clone()) - moved(change, -step.clone())) / (int(2) * step)
        };
        let by_spot = |market: &mut Market, by: Real| market.spot += by;
        let h = step(&self.spot);
        let (up, down) = (moved(&by_spot, h.clone()), moved(&by_spot, -h.clone()));
        Derivatives {
            delta: (up.clone() - down.clone()) / (int(2) * h.clone()),
            gamma: (up + down - int(2) * self.price(normal, call)) / (h.clone() * h),
            vega: slope(&|market, by| market.volatility += by, step(&self.volatility)),
            theta: -slope(&|market, by| market.years += by, self.years.clone() * scaled(1, -80)),
            rho: slope(&|market, by| market.rate += by, step(&self.rate)),
        }
    }
}

/// Φ; beyond 16 its distance from zero or one is below 10^-56.
fn distribution(normal: &Normal, x: Real) -> Real {
    if x > int(16) {
        int(1)
    } else if x < int(-16) {
        int(0)
    } else {
        normal.cdf(&x)
    }
}
