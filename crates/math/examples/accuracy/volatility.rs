//! The rows of the volatility models and of the backtest.

use gimbal_math::backtest::{christoffersen, kupiec, Counts};
use gimbal_math::volatility::{
    log_return, loss_at, parkinson, qlike, residual, weights, Score, Variance, WHOLE_WEIGHT,
};

use crate::reference::{abs, int, max, q64, ratio, scaled, sqrt, Real};
use crate::{absolute, row, unsigned, Points};

/// Measures of a bar, scores, weights and residuals.
pub fn volatility() {
    row("`volatility::log_return`", "prices of [1, 2^64)", "absolute", "ln of the larger over the smaller", |points| {
        let (close, previous) = (price(points), price(points));
        absolute(log_return(close, previous).expect("not zero").0, &(int(close) / int(previous)).ln())
    });
    row("`volatility::parkinson`", "a range of at most a factor of two", "absolute, above", "ln²/(4 ln 2)", |points| {
        let low = points.next() >> 1 >> (points.next() % 20);
        let high = low + points.next() % low;
        let range = (int(high) / int(low)).ln();
        let exact = max(range.clone() * range / (int(4) * int(2).ln()), scaled(Variance::FLOOR.0, -56));
        scaled(parkinson(high, low).expect("ordered").0, -56) - exact
    });
    row(
        "`volatility::qlike`",
        "x/h of [2^-20, 2^20)",
        "absolute",
        "x/h − ln(x/h) − 1 in units of 2^-32",
        |points| {
            let of = |points: &mut Points| Variance((1 << 55 | points.next() >> 9) >> (points.next() % 20));
            let (x, h) = (of(points), of(points));
            let part = int(x.0) / int(h.0);
            abs(scaled(qlike(x, h).expect("not zero").0, -32) - (part.clone() - part.ln() - int(1)))
        },
    );
    let domain = "priors of 100 to 10,000, scores to 64 apart, η of 0.1";
    row("`volatility::weights`", domain, "absolute", "prior · e^(−η score), in units of 2^-16", |points| {
        let prior = [0; 4].map(|_| 100 + (points.next() % 9_901) as u16);
        let scores = [0; 4].map(|_| Score(points.next() >> 26));
        let parts = [0, 1, 2, 3].map(|i| int(prior[i]) * (-scaled(scores[i].0, -32) / int(10)).exp());
        let total = parts.iter().fold(int(0), |sum, part| sum + part.clone());
        let found = weights(&prior, &scores, 1_000).map(|weight| int(weight) / int(WHOLE_WEIGHT));
        found.into_iter().zip(parts).fold(int(0), |worst, (found, part)| max(worst, abs(found - part / total.clone())))
    });
    let deviation = |h: Variance| sqrt(&scaled(h.0, -56));
    let domain = "daily volatility of 0.1% to 100%";
    row("`volatility::loss_at`", domain, "relative, above", "√h · thousandths", |points| {
        let (h, milli) = (daily(points), 500 + points.next() % 10_000);
        let found = q64(unsigned(loss_at(h, milli as u32).0));
        found / (deviation(h) * int(milli) / int(1_000)) - int(1)
    });
    row(
        "`volatility::residual`",
        "the same volatilities, within ±30 of them",
        "absolute",
        "r/√h in thousandths",
        |points| {
            let h = daily(points);
            let r = points.between(-30, 30).mul_down(h.deviation_down().to_signed().expect("small")).expect("small");
            abs(ratio(residual(r, h, 1).into(), 1_000) - q64(r.0) / deviation(h))
        },
    );
}

/// The likelihood ratios.
pub fn backtests() {
    row("`backtest::kupiec`", "to 4,000 days, 1%", "absolute", "two logarithms of exact ratios", |points| {
        let days = 1 + (points.next() % 4_000) as u32;
        let exceptions = (points.next() % u64::from(days / 20 + 1)) as u32;
        let term = |count: u32, of: Real| if count == 0 { int(0) } else { int(count) * of.ln() };
        let rate = int(exceptions) / int(days);
        let hit = term(exceptions, rate.clone() / ratio(1, 100));
        let miss = term(days - exceptions, (int(1) - rate) / ratio(99, 100));
        abs(q64(kupiec(days, exceptions, 100).expect("possible").0) - int(2) * (hit + miss))
    });
    row(
        "`backtest::christoffersen`",
        "to 4,419 days, to 419 exceptions",
        "absolute",
        "the G test's logarithms",
        |points| {
            let n01 = (points.next() % 200) as u32;
            let counts = Counts {
                n00: 1 + (points.next() % 4_000) as u32,
                n01,
                n10: n01,
                n11: (points.next() % 20) as u32,
                ..Counts::default()
            };
            let table = [[counts.n00, counts.n01], [counts.n10, counts.n11]];
            let all = table.iter().flatten().sum::<u32>();
            let mut exact = int(0);
            for (i, row) in table.iter().enumerate() {
                for (j, count) in row.iter().enumerate().filter(|(_, count)| **count > 0) {
                    let expected = int(table[i][0] + table[i][1]) * int(table[0][j] + table[1][j]) / int(all);
                    exact += int(2) * int(*count) * (int(*count) / expected).ln();
                }
            }
            abs(q64(christoffersen(&counts).expect("few").0) - exact)
        },
    );
}

fn price(points: &mut Points) -> u64 {
    (points.next() >> (points.next() % 64)).max(1)
}

/// From 10^-6 to 1.
fn daily(points: &mut Points) -> Variance {
    let least = (1u64 << 56) / 1_000_000;
    Variance((points.next() >> 8 >> (points.next() % 20)).max(least))
}
