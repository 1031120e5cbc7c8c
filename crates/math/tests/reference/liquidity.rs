//! Concentrated liquidity from the definition: the value of what the two tokens' curves leave, by the square root of the price.

use super::{int, scaled, sqrt, Real};

/// A position; square roots of prices.
#[derive(Clone, Debug)]
pub struct Position {
    pub liquidity: Real,
    pub lower: Real,
    pub upper: Real,
}

impl Position {
    fn limited(&self, root: &Real) -> Real {
        if *root < self.lower {
            self.lower.clone()
        } else if *root > self.upper {
            self.upper.clone()
        } else {
            root.clone()
        }
    }

    pub fn amount_a(&self, root: &Real) -> Real {
        self.liquidity.clone() * (int(1) / self.limited(root) - int(1) / self.upper.clone())
    }

    pub fn amount_b(&self, root: &Real) -> Real {
        self.liquidity.clone() * (self.limited(root) - self.lower.clone())
    }

    pub fn value(&self, root: &Real) -> Real {
        root.clone() * root.clone() * self.amount_a(root) + self.amount_b(root)
    }

    /// P·dV/dP and P²·d²V/dP², by central differences of the value with a relative step of the price of 2^-80. They do not
    /// exist at the range's edges.
    pub fn dollar_derivatives(&self, root: &Real) -> (Real, Real) {
        let step = scaled(1, -80);
        let price = root.clone() * root.clone();
        let moved = |by: Real| self.value(&sqrt(&(price.clone() * (int(1) + by))));
        let (up, down) = (moved(step.clone()), moved(-step.clone()));
        let slope = (up.clone() - down.clone()) / (int(2) * step.clone());
        (slope, (up + down - int(2) * self.value(root)) / (step.clone() * step))
    }
}
