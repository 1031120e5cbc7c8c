//! Measures every approximated function against 96 digits and prints the table of errors as Markdown:
//!
//! ```text
//! cargo run --release -p gimbal-math --example accuracy
//! ```

#[path = "../tests/reference/mod.rs"]
mod reference;

#[path = "accuracy/engine.rs"]
mod engine;
#[path = "accuracy/positions.rs"]
mod positions;
#[path = "accuracy/volatility.rs"]
mod volatility;

use gimbal_math::functions::{exp, ln, pow, sqrt_down};
use gimbal_math::normal::{cdf, pdf, quantile};
use gimbal_math::rates::{compound_down, compound_up, SLOTS_PER_YEAR};
use gimbal_math::{Q64Signed, Slots, Q64};
use reference::{abs, decimal, int, max, q64, scaled, ulps, Normal, Real};

const POINTS: u32 = 4_000;

/// SplitMix64: the same points on every run.
struct Points(u64);

impl Points {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform between two integers, to the last place.
    fn between(&mut self, low: i64, high: i64) -> Q64Signed {
        let whole = low + (self.next() % (high - low).unsigned_abs()) as i64;
        Q64Signed((i128::from(whole) << 64) + i128::from(self.next()))
    }

    /// Of every magnitude from 2^-64 to 2^64.
    fn magnitude(&mut self) -> Q64 {
        let value = (u128::from(self.next()) << 64) | u128::from(self.next());
        Q64((value >> (self.next() % 128)).max(1))
    }
}

/// The greatest of `measure` over the points, printed as a row.
fn row(function: &str, domain: &str, kind: &str, method: &str, mut measure: impl FnMut(&mut Points) -> Real) {
    let mut points = Points(20);
    let worst = (0..POINTS).fold(int(0), |worst, _| max(worst, measure(&mut points)));
    println!("| {function} | {domain} | {POINTS} | {} {kind} | {method} |", decimal(&worst));
}

fn absolute(raw: i128, exact: &Real) -> Real {
    ulps(raw, exact) * scaled(1, -64)
}

fn relative(raw: u128, exact: &Real) -> Real {
    abs(q64(raw) / exact.clone() - int(1))
}

fn unsigned(raw: u128) -> i128 {
    i128::try_from(raw).expect("the domains keep results below 2^63")
}

fn main() {
    println!("| function | domain | points | maximum error | method |");
    println!("|---|---|---|---|---|");
    elementary();
    normal();
    interest();
    volatility::volatility();
    volatility::backtests();
    positions::positions();
    engine::engine();
    positions::options();
}

fn elementary() {
    row("`sqrt_down`", "[2^-64, 2^64)", "ulp", "integer square root of 256 bits", |points| {
        let x = points.magnitude();
        ulps(sqrt_down(x).0, &reference::sqrt(&q64(x.0)))
    });
    row(
        "`ln`",
        "[2^-64, 2^64)",
        "absolute",
        "2 artanh((m − 1)/(m + 1)) to the 25th power, m ∈ [√½, √2]",
        |points| {
            let x = points.magnitude();
            absolute(ln(x).expect("positive").0, &q64(x.0).ln())
        },
    );
    let method = "2^(n/16) by table, Taylor to the 10th power";
    row("`exp`", "[0, 44)", "relative", method, |points| {
        let x = points.between(0, 44);
        relative(exp(x).expect("in range").0, &q64(x.0).exp())
    });
    row("`exp`", "[−46, 0)", "absolute", method, |points| {
        let x = points.between(-46, 0);
        absolute(unsigned(exp(x).expect("in range").0), &q64(x.0).exp())
    });
    row("`pow`", "base [1/16, 16), exponent [−4, 4), result ≥ 1", "relative", "exp(y ln x)", |points| loop {
        let base = Q64(u128::from(points.next()) << 4 | 1 << 60);
        let exponent = points.between(-4, 4);
        let exact = (q64(base.0).ln() * q64(exponent.0)).exp();
        if exact >= int(1) {
            return relative(pow(base, exponent).expect("in range").0, &exact);
        }
    });
}

fn normal() {
    let normal = Normal::new();
    row("`pdf`", "[−10, 10)", "absolute", "exp(−x²/2)/√2π", |points| {
        let x = points.between(-10, 10);
        absolute(unsigned(pdf(x).0), &normal.pdf(&q64(x.0)))
    });
    row("`cdf`", "[−10, 10)", "absolute", "Taylor to the 14th power about midpoints 1/4 apart", |points| {
        let x = points.between(-10, 10);
        absolute(unsigned(cdf(x).0), &normal.cdf(&q64(x.0)))
    });
    let measured = |p: Q64| {
        let x = quantile(p).expect("between zero and one").0;
        absolute(x, &normal.quantile(&q64(p.0), q64(x)))
    };
    row("`quantile`", "[0.001, 0.999]", "absolute", "AS 241 and a Newton step", |points| {
        let p = u128::from(points.next()) * 998 / 1_000 + (1 << 64) / 1_000;
        measured(Q64(p))
    });
    row("`quantile`", "[10^-8, 0.001]", "absolute", "AS 241, and within ±3 a Newton step", |points| loop {
        let p = points.next() >> (points.next() % 20) >> 9;
        if p >= 184_467_440_738 {
            return measured(Q64(p.into()));
        }
    });
    row("`quantile`", "[2^-64, 10^-8]", "absolute", "AS 241", |points| {
        let p = (points.next() >> 27 >> (points.next() % 37)).max(1);
        measured(Q64(p.into()))
    });
}

fn interest() {
    // Up to 25% simple interest over up to a year of Kamino Lend's slots.
    let draw = |points: &mut Points| {
        let slots = 1 + points.next() % SLOTS_PER_YEAR;
        let rate = Q64(u128::from(points.next() >> 2) / u128::from(slots));
        let exact = ((int(1) + q64(rate.0)).ln() * int(slots)).exp();
        (rate, Slots(slots), exact)
    };
    let domain = "rate · slots < 0.25, slots ≤ a year";
    row("`compound_down`", domain, "below", "binomial series to the third power", |points| {
        let (rate, slots, exact) = draw(points);
        exact - q64(compound_down(rate, slots).expect("in range").0)
    });
    row("`compound_up`", domain, "above", "series of e^x, its rest majorised", |points| {
        let (rate, slots, exact) = draw(points);
        q64(compound_up(rate, slots).expect("in range").0) - exact
    });
}
