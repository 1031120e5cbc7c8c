//! Portfolio variance: a textbook example, numbers by numpy, the exact definition in 96 digits, and the room to a limit.

mod addition;
mod examples;
mod hedges;
mod properties;
#[path = "../reference/mod.rs"]
mod reference;
mod ring;

use gimbal_math::covariance::*;
use gimbal_math::volatility::Variance;
use reference::{int, scaled, sqrt, Real};

type Row = [i16; ASSETS];

fn gram_of(rows: &[Row], decay_bps: u16) -> Gram {
    let mut gram = Gram::default();
    // Rows are given newest first; a ring keeps the newest last.
    let ring: Vec<Row> = rows.iter().rev().copied().collect();
    let returns = Returns { rows: &ring, next: ring.len(), count: ring.len(), decay_bps };
    returns.gram(&mut gram).expect("at most 64 rows");
    gram
}

/// A daily volatility given as so many of `per`.
fn volatility(parts: u64, per: u64) -> Variance {
    let square = u128::from(parts * parts) << 56;
    Variance(u64::try_from(square / u128::from(per * per)).expect("below 16"))
}

fn assets<T: Copy, const K: usize>(values: [T; K], rest: T) -> [T; ASSETS] {
    std::array::from_fn(|i| values.get(i).copied().unwrap_or(rest))
}

/// The definition, term by term: √(Σ_t w_t (Σ_i x_i d_i z_ti)² / W), and the largest Σ_t w_t |z_ti|…² of its legs.
fn exact(rows: &[Row], decay_bps: u16, deltas: &[i64; ASSETS], variances: &[Variance; ASSETS]) -> Real {
    let mut weights = vec![1i64 << 20];
    for _ in 1..rows.len() {
        weights.push(weights[weights.len() - 1] * i64::from(decay_bps) / 10_000);
    }
    let total = weights.iter().sum::<i64>();
    let per_residual: Vec<Real> = (0..ASSETS)
        .map(|i| {
            let squares: i128 =
                rows.iter().zip(&weights).map(|(row, w)| i128::from(*w) * i128::from(row[i]).pow(2)).sum();
            if squares == 0 {
                return int(0);
            }
            int(deltas[i]) * sqrt(&(scaled(variances[i].0, -56) * int(total) / int(squares)))
        })
        .collect();
    let mut sum = int(0);
    for (row, weight) in rows.iter().zip(&weights) {
        let day = per_residual.iter().zip(row).fold(int(0), |day, (leg, z)| day + leg.clone() * int(*z));
        sum += day.clone() * day * int(*weight);
    }
    sqrt(&(sum / int(total)))
}

/// Σ |x_i| √h_i.
fn undiversified(deltas: &[i64; ASSETS], variances: &[Variance; ASSETS]) -> Real {
    deltas.iter().zip(variances).fold(int(0), |sum, (x, h)| sum + int(x.unsigned_abs()) * sqrt(&scaled(h.0, -56)))
}

/// Residuals drawn by numpy (seed 5) for four correlated assets, newest first.
const DRAWN: [[i16; 4]; 12] = [
    [-802, -1436, -874, 445],
    [1136, 975, 126, -1162],
    [749, 1580, 930, -1141],
    [-958, 193, 11, -1106],
    [-84, -765, -803, -666],
    [-713, -239, -299, -286],
    [410, 826, -1009, -605],
    [-981, -888, -1608, 38],
    [-38, -213, -960, -593],
    [-1091, -1686, -628, -784],
    [1170, 1366, -950, -429],
    [-1102, -862, -508, -1487],
];
