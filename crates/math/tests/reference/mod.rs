//! The reference: the same functions from their definitions, in binary floating point of 320 bits (96 digits).

// Each test binary uses its own part.
#![allow(dead_code)]

pub mod european;
pub mod liquidity;

use dashu_float::round::mode::HalfEven;
use dashu_float::FBig;
use dashu_int::IBig;

pub type Real = FBig<HalfEven, 2>;

const PRECISION: usize = 320;

/// significand · 2^exponent.
pub fn scaled(significand: impl Into<IBig>, exponent: isize) -> Real {
    Real::from_parts(significand.into(), exponent).with_precision(PRECISION).value()
}

pub fn int(value: impl Into<IBig>) -> Real {
    scaled(value, 0)
}

/// A number given in units of 2^-64.
pub fn q64(raw: impl Into<IBig>) -> Real {
    scaled(raw, -64)
}

pub fn ratio(numerator: i64, denominator: i64) -> Real {
    int(numerator) / int(denominator)
}

pub fn abs(x: Real) -> Real {
    if x < int(0) {
        -x
    } else {
        x
    }
}

pub fn max(a: Real, b: Real) -> Real {
    if a < b {
        b
    } else {
        a
    }
}

/// |raw - exact| in units of 2^-64.
pub fn ulps(raw: impl Into<IBig>, exact: &Real) -> Real {
    abs(int(raw) - exact.clone() * scaled(1, 64))
}

/// A short decimal, for messages and tables.
pub fn decimal(x: &Real) -> String {
    format!("{:.2e}", x.clone().with_base_and_precision::<10>(12).value())
}

/// π by Machin's formula.
pub fn pi() -> Real {
    int(16) * arctan_of_reciprocal(5) - int(4) * arctan_of_reciprocal(239)
}

fn arctan_of_reciprocal(n: i64) -> Real {
    let square = int(n * n);
    let mut power = int(1) / int(n);
    let mut sum = int(0);
    let mut k = 0i64;
    while power > scaled(1, -(PRECISION as isize)) {
        let term = power.clone() / int(2 * k + 1);
        sum = if k % 2 == 0 { sum + term } else { sum - term };
        power /= square.clone();
        k += 1;
    }
    sum
}

pub fn sqrt(x: &Real) -> Real {
    use dashu_float::ops::SquareRoot;
    x.sqrt()
}

/// The normal distribution, with π computed once.
pub struct Normal {
    inverse_sqrt_2_pi: Real,
}

impl Normal {
    pub fn new() -> Self {
        Self { inverse_sqrt_2_pi: int(1) / sqrt(&(int(2) * pi())) }
    }

    pub fn pdf(&self, x: &Real) -> Real {
        (-(x.clone() * x.clone()) / int(2)).exp() * self.inverse_sqrt_2_pi.clone()
    }

    /// Φ(x) = ½ + φ(x) · (x + x³/3 + x⁵/(3·5) + …), whose terms all have one sign.
    pub fn cdf(&self, x: &Real) -> Real {
        let square = x.clone() * x.clone();
        let mut term = x.clone();
        let mut sum = x.clone();
        let mut odd = 1i64;
        while abs(term.clone()) > scaled(1, -260) {
            odd += 2;
            term = term * square.clone() / int(odd);
            sum += term.clone();
        }
        ratio(1, 2) + self.pdf(x) * sum
    }

    /// The quantile of `p` by Newton's method from a value known to 15 digits, which two steps make 60.
    pub fn quantile(&self, p: &Real, near: Real) -> Real {
        let mut x = near;
        for _ in 0..2 {
            x = x.clone() - (self.cdf(&x) - p.clone()) / self.pdf(&x);
        }
        x
    }
}
