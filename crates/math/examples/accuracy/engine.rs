//! What a book is judged by: distances, deviations, margins, revaluations and damages.

use gimbal_math::contagion::{self, PROTOCOLS};
use gimbal_math::covariance::{Gram, Portfolio, Returns, ASSETS, MAX_ROWS};
use gimbal_math::margin::{delta_gamma_var, gamma_cost, over_days_up, Terms};
use gimbal_math::option::Kind;
use gimbal_math::position::hedge::Hedged;
use gimbal_math::position::leverage::Leveraged;
use gimbal_math::scenario::{revalue, Position, Shock};
use gimbal_math::volatility::Variance;
use gimbal_math::Bps;

use crate::reference::european::Market;
use crate::reference::liquidity::Position as Exact;
use crate::reference::{int, max, ratio, scaled, sqrt, Normal, Real};
use crate::{row, Points};

/// One, as a ratio of a scenario.
const ONE: u64 = 1 << 32;

/// Rows of the first table.
pub fn engine() {
    distances();
    portfolios();
    margins();
    revaluations();
    damages();
}

fn distances() {
    row(
        "`Leveraged::drop_to_liquidation_bps_down`",
        "health of one to infinity",
        "basis points below",
        "exact, rounded once",
        |points| {
            let collateral = points.next() | 1 << 60;
            let threshold = 1 + (points.next() % 10_000) as u16;
            let supported = u128::from(collateral) * u128::from(threshold) / 10_000;
            let debt = 1 + (points.next() >> (points.next() % 32)) % u64::try_from(supported).expect("a part");
            let loan = Leveraged { collateral, debt, threshold: Bps(threshold) };
            let exact = int(1) - int(debt) * int(10_000) / (int(collateral) * int(threshold));
            max(exact * int(10_000), int(0)) - int(loan.drop_to_liquidation_bps_down().expect("a debt"))
        },
    );
    row(
        "`Hedged::rise_to_liquidation_bps_down`",
        "margins to a hundred times the short",
        "basis points below",
        "exact, rounded once",
        |points| {
            let short = points.next() >> 8 | 1 << 50;
            let maintenance = Bps((points.next() % 10_001) as u16);
            let margin = short / 100 * (points.next() % 10_000);
            let hedged = Hedged { spot: 0, short, margin, maintenance };
            let exact = (int(margin) + int(short)) / (int(short) * ratio(10_000 + i64::from(maintenance.0), 10_000));
            let rise = max((exact - int(1)) * int(10_000), int(0));
            rise - int(hedged.rise_to_liquidation_bps_down().expect("a short"))
        },
    );
}

/// Rows that share a common part, volatilities of 0.1% to 26%, amounts of 2^40 to 2^60 on either side.
struct Drawn {
    rows: Vec<[i16; ASSETS]>,
    deltas: [i64; ASSETS],
    variances: [Variance; ASSETS],
}

fn draw(points: &mut Points) -> Drawn {
    let rows = (0..MAX_ROWS).map(|_| {
        let common = (points.next() % 4_001) as i16 - 2_000;
        [0; ASSETS].map(|_| common + (points.next() % 2_001) as i16 - 1_000)
    });
    let rows = rows.collect();
    let deltas = [0; ASSETS].map(|_| {
        let size = (points.next() >> 4 >> (points.next() % 20)) as i64 | 1 << 39;
        if points.next().is_multiple_of(3) {
            -size
        } else {
            size
        }
    });
    let variances = [0; ASSETS].map(|_| Variance(72_057_594_038 + (points.next() >> 12 >> (points.next() % 16))));
    Drawn { rows, deltas, variances }
}

fn gram(drawn: &Drawn) -> Gram {
    let mut gram = Gram::default();
    let returns = Returns { rows: &drawn.rows, next: 0, count: MAX_ROWS, decay_bps: 9_700 };
    returns.gram(&mut gram).expect("a ring");
    gram
}

/// x_i √h_i, by asset.
fn legs(drawn: &Drawn) -> Vec<Real> {
    drawn.deltas.iter().zip(drawn.variances).map(|(x, h)| int(*x) * sqrt(&scaled(h.0, -56))).collect()
}

/// What every asset adds to σ², x_i √h_i Σ_j ρ_ij x_j √h_j.
fn terms(gram: &Gram, legs: &[Real]) -> Vec<Real> {
    let norm = |i: usize| sqrt(&int(gram.entry(i, i)));
    let norms: Vec<_> = (0..ASSETS).map(norm).collect();
    let together = |i: usize, j: usize| {
        legs[i].clone() * legs[j].clone() * int(gram.entry(i, j)) / (norms[i].clone() * norms[j].clone())
    };
    (0..ASSETS).map(|i| (0..ASSETS).fold(int(0), |sum, j| sum + together(i, j))).collect()
}

fn largest(legs: &[Real]) -> Real {
    legs.iter().fold(int(1), |largest, leg| max(largest, crate::reference::abs(leg.clone())))
}

fn portfolios() {
    let domain = "8 assets, 64 rows, 2^39 to 2^60 of each, up to 26% a day";
    row("`Portfolio::deviation_up`", domain, "of the largest leg, above", "a quadratic form in integers", |points| {
        let drawn = draw(points);
        let (gram, legs) = (gram(&drawn), legs(&drawn));
        let exact = sqrt(&terms(&gram, &legs).into_iter().fold(int(0), |sum, term| sum + term));
        let found = Portfolio::new(&gram, &drawn.deltas, &drawn.variances).deviation_up();
        (int(found) - exact) / largest(&legs)
    });
    row("`Portfolio::contributions`", domain, "of the largest leg", "x ∂σ/∂x of the same form", |points| {
        let drawn = draw(points);
        let (gram, legs) = (gram(&drawn), legs(&drawn));
        let terms = terms(&gram, &legs);
        let deviation = sqrt(&terms.iter().fold(int(0), |sum, term| sum + term.clone()));
        let parts = Portfolio::new(&gram, &drawn.deltas, &drawn.variances).contributions();
        let errors = parts
            .into_iter()
            .zip(terms)
            .map(|(part, term)| crate::reference::abs(int(part) - term / deviation.clone()));
        errors.fold(int(0), max) / largest(&legs)
    });
}

fn margins() {
    let variance = |points: &mut Points| Variance(72_057_594_038 + (points.next() >> 8 >> (points.next() % 16)));
    let domain = "up to 100% a day, 1 to 30 days, multipliers of 1 to 11";
    row("`delta_gamma_var`", domain, "of m + m² + 2 units, above", "three roundings up", |points| {
        let (h, days) = (variance(points), 1 + (points.next() % 30) as u32);
        let (deviation, gamma) = (points.next() >> 16, -((points.next() >> 16) as i64));
        let milli = 1_000 + (points.next() % 10_000) as u32;
        let period = Variance(h.0 * u64::from(days));
        let multiplier = ratio(milli.into(), 1_000);
        // What the roundings of the deviation, of the curvature and of their multiples can make together.
        let unit = multiplier.clone() + multiplier.clone() * multiplier.clone() + int(2);
        let exact = multiplier.clone() * int(deviation) * sqrt(&int(days))
            + multiplier.clone() * multiplier * int(-gamma) * scaled(period.0, -57);
        let found = delta_gamma_var(over_days_up(deviation, days), gamma_cost(gamma, period), milli);
        (int(found) - exact) / unit
    });
    row("`Terms::move_bps_up`", domain, "basis points above", "m √(h days)", |points| {
        let terms = Terms {
            variance: variance(points),
            horizon_days: 1 + (points.next() % 30) as u32,
            multiplier_milli: 1_000 + (points.next() % 10_000) as u32,
        };
        let deviation = sqrt(&(scaled(terms.variance.0, -56) * int(terms.horizon_days)));
        int(terms.move_bps_up()) - deviation * int(terms.multiplier_milli) * int(10)
    });
    row("`Terms::distance_sigma_milli`", domain, "thousandths below", "distance/√(h days)", |points| {
        let horizon_days = 1 + (points.next() % 30) as u32;
        let terms = Terms { variance: variance(points), horizon_days, multiplier_milli: 0 };
        let distance = (points.next() % 10_001) as u32;
        let deviation = sqrt(&(scaled(terms.variance.0, -56) * int(horizon_days)));
        int(distance) / (deviation * int(10)) - int(terms.distance_sigma_milli(distance))
    });
}

fn revaluations() {
    let shocked = |bps: i32| ratio(10_000 + i64::from(bps), 10_000);
    row(
        "`revalue`, a range",
        "ends within a third of the price, −100% to +200%",
        "of the value, below",
        "scaled from a liquidity of 2^54",
        |points| {
            let value = 1 << 60 | points.next() >> 8;
            let lower = ONE * 82 / 100 + points.next() % (ONE * 33 / 100);
            let upper = (lower + lower / 20_000 + 1 + points.next() % (ONE / 2)).max(ONE * 86 / 100);
            let price_bps = (points.next() % 30_001) as i32 - 10_000;
            let exact = |root: &Real| {
                Exact { liquidity: int(1), lower: scaled(lower, -32), upper: scaled(upper, -32) }.value(root)
            };
            let shock = Shock { price_bps, volatility_bps: 0 };
            let profit = revalue(&Position::Liquidity { value, lower, upper }, &shock).expect("in range");
            let after = int(value) * exact(&sqrt(&shocked(price_bps))) / exact(&int(1));
            (after.clone() - int(value) - int(profit)) / max(after, int(value))
        },
    );
    let normal = Normal::new();
    row(
        "`revalue`, an option",
        "the grid of the options below, −70% to +200%, volatility ±50%",
        "of the notional, below",
        "two prices by Black and Scholes",
        |points| {
            let notional = 1 << 60 | points.next() >> 8;
            let strike = ONE / 4 + points.next() % (15 * ONE / 4);
            let years = ONE / 8_760 + points.next() % (3 * ONE);
            let volatility = ONE / 20 + points.next() % (2 * ONE);
            let rate_bps = (points.next() % 2_201) as i32 - 200;
            let price_bps = (points.next() % 27_001) as i32 - 7_000;
            let volatility_bps = (points.next() % 10_001) as i32 - 5_000;
            let (call, written) = (points.next() % 2 == 0, points.next() % 2 == 0);
            let kind = if call { Kind::Call } else { Kind::Put };
            let position = Position::Option { kind, notional, strike, years, volatility, rate_bps, written };
            let profit = revalue(&position, &Shock { price_bps, volatility_bps }).expect("in range");
            let present = Market {
                spot: int(1),
                strike: scaled(strike, -32),
                rate: ratio(rate_bps.into(), 10_000),
                volatility: scaled(volatility, -32),
                years: scaled(years, -32),
            };
            let after = Market {
                spot: shocked(price_bps),
                volatility: present.volatility.clone() * shocked(volatility_bps),
                ..present.clone()
            };
            let gain = after.price(&normal, call) - present.price(&normal, call);
            (if written { -gain } else { gain }) - int(profit) / int(notional)
        },
    );
}

/// With rows that sum to one half and own damages up to a half nobody loses all, and the least solution is that of the linear
/// equations, here by elimination in 96 digits.
fn damages() {
    let domain = "16 protocols, rows that sum to at most a half";
    row("`contagion::solve`", domain, "absolute, above", "passes, elimination, proof", |points| {
        let edges = [0; PROTOCOLS].map(|_| [0; PROTOCOLS].map(|_| (points.next() % 334) as u16));
        let initial = [0; PROTOCOLS].map(|_| (points.next() % (1 << 29)) as u32);
        let mut rows: Vec<Vec<Real>> = (0..PROTOCOLS)
            .map(|i| {
                let factor = |j: usize| if i == j { int(1) } else { -ratio(edges[i][j].into(), 10_000) };
                (0..PROTOCOLS).map(factor).chain([scaled(initial[i], -30)]).collect()
            })
            .collect();
        for k in 0..PROTOCOLS {
            let pivot = rows[k].clone();
            for (_, row) in rows.iter_mut().enumerate().filter(|(i, _)| *i != k) {
                let factor = row[k].clone() / pivot[k].clone();
                row.iter_mut().zip(&pivot).skip(k).for_each(|(entry, of)| *entry -= factor.clone() * of.clone());
            }
        }
        let solution = contagion::solve(&initial, &edges, PROTOCOLS, contagion::ITERATIONS);
        let errors = rows
            .iter()
            .zip(solution.damage)
            .enumerate()
            .map(|(i, (row, damage))| scaled(damage, -30) - row[PROTOCOLS].clone() / row[i].clone());
        errors.fold(int(0), max)
    });
}
