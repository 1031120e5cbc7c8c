//! The room under a limit of value at risk and of shortfall, against the definition of the loss in floating point: no part of it
//! breaches the limit, and little more does. Any book of three assets, held or short, curved or hedged.

mod support;

use gimbal_math::covariance::ASSETS;
use proptest::prelude::*;
use risk_oracle::policy::limits::assess;
use risk_oracle::state::{TailRisk, RETURN_DAYS, SEASON_DAYS};
use risk_oracle::{AssessArgs, Book, Exposure, Verdict};
use support::*;

/// Lines, each on an asset of its own.
const N: usize = 3;

#[derive(Clone, Debug)]
struct Asset {
    /// Standard deviation of a day, hundredths of a percent.
    volatility: u64,
    /// Quantile and shortfall of losses and of gains, thousandths.
    low: [u32; 2],
    high: [u32; 2],
    delta: i64,
    gamma: i64,
}

#[derive(Clone, Debug)]
struct Case {
    assets: [Asset; N],
    /// Newest last.
    rows: Vec<[i16; N]>,
    days: u16,
    /// Of value at risk and of shortfall, basis points of NAV.
    limits: [u16; 2],
    target: usize,
    delta_bps: i32,
    gamma_bps: i32,
    amount: u64,
}

fn book_of(case: &Case) -> Box<Book> {
    let mut book = with(|params| {
        params.horizon_days = case.days;
        [params.max_var_bps, params.max_shortfall_bps] = case.limits;
    });
    for (at, of) in case.assets.iter().enumerate() {
        let variance = (u128::from(of.volatility * of.volatility) << 56) / 100_000_000;
        book.assets[at] = asset(at as u8, variance as u64);
        let tail = |[quantile_milli, shortfall_milli]: [u32; 2]| TailRisk { quantile_milli, shortfall_milli };
        (book.assets[at].tail_low, book.assets[at].tail_high) = (tail(of.low), tail(of.high));
        book.models[at].asset = at as u8;
    }
    for (day, row) in (1..).zip(&case.rows) {
        let mut residuals = [0; ASSETS];
        residuals[..N].copy_from_slice(row);
        book.returns.append(day, &residuals, 9_700).unwrap();
    }
    book
}

fn question(case: &Case, amount: u64) -> AssessArgs {
    let exposures = [0, 1, 2].map(|at| {
        let Asset { delta, gamma, .. } = case.assets[at];
        let (delta_bps, gamma_bps) = if at == case.target { (case.delta_bps, case.gamma_bps) } else { (0, 0) };
        Exposure { delta, gamma, delta_bps, gamma_bps, ..Exposure::none() }
    });
    ask(case.target as u8, amount, [0; N], exposures)
}

/// The definition.
struct Reference<'a> {
    case: &'a Case,
    /// None for an asset that is not known.
    correlations: [[Option<f64>; N]; N],
}

impl<'a> Reference<'a> {
    fn new(case: &'a Case) -> Self {
        let (mut weight, mut total, mut sums) = (f64::from(1 << 20), 0.0, [[0.0; N]; N]);
        for row in case.rows.iter().rev().take(RETURN_DAYS) {
            total += weight;
            for (sums, a) in sums.iter_mut().zip(row) {
                sums.iter_mut().zip(row).for_each(|(sum, b)| *sum += weight * f64::from(*a) * f64::from(*b));
            }
            weight = (weight * 0.97).floor();
        }
        let known = |i: usize| case.rows.len() >= SEASON_DAYS && sums[i][i] >= 100.0 * total;
        let correlations = [0, 1, 2].map(|i: usize| {
            [0, 1, 2].map(|j| (known(i) && known(j)).then(|| sums[i][j] / (sums[i][i] * sums[j][j]).sqrt()))
        });
        Self { case, correlations }
    }

    fn sigma(&self, asset: usize) -> f64 {
        self.case.assets[asset].volatility as f64 / 1e4
    }

    fn deltas(&self, money: f64) -> [f64; N] {
        let mut deltas = [0, 1, 2].map(|i| self.case.assets[i].delta as f64);
        deltas[self.case.target] += money * f64::from(self.case.delta_bps) / 1e4;
        deltas
    }

    /// x √h of every asset.
    fn legs(&self, money: f64) -> Vec<f64> {
        self.deltas(money).into_iter().enumerate().map(|(i, x)| x * self.sigma(i)).collect()
    }

    /// Of one day.
    fn deviation(&self, money: f64) -> f64 {
        let legs = self.legs(money);
        let (mut known, mut unknown) = (0.0, 0.0);
        for (i, (leg, correlations)) in legs.iter().zip(&self.correlations).enumerate() {
            if correlations[i].is_none() {
                unknown += leg.abs();
            }
            known += correlations.iter().zip(&legs).map(|(rho, other)| rho.unwrap_or(0.0) * leg * other).sum::<f64>();
        }
        known.max(0.0).sqrt() + unknown
    }

    /// The worst multiplier, `which` of quantile and shortfall, of what is held after `money`.
    fn multiplier(&self, money: f64, which: usize) -> f64 {
        let deltas = self.deltas(money);
        let mut worst = [2_327, 2_666][which];
        for (i, asset) in self.case.assets.iter().enumerate() {
            let curved = asset.gamma < 0 || (i == self.case.target && self.case.gamma_bps < 0);
            if deltas[i] > 0.0 || curved {
                worst = worst.max(asset.low[which]);
            }
            if deltas[i] < 0.0 || curved {
                worst = worst.max(asset.high[which]);
            }
        }
        f64::from(worst) / 1e3
    }

    fn loss(&self, money: f64, which: usize) -> f64 {
        let days = f64::from(self.case.days);
        let mut curvature = 0.0;
        for (i, asset) in self.case.assets.iter().enumerate() {
            let mut gamma = asset.gamma as f64;
            if i == self.case.target && self.case.gamma_bps < 0 {
                gamma += money * f64::from(self.case.gamma_bps) / 1e4;
            }
            curvature += 0.5 * (-gamma).max(0.0) * self.sigma(i).powi(2) * days;
        }
        // Without money nothing curved is added.
        let k = if money > 0.0 { self.multiplier(money, which) } else { self.before(which) };
        k * self.deviation(money) * days.sqrt() + k * k * curvature
    }

    fn before(&self, which: usize) -> f64 {
        let case = Case { gamma_bps: 0, delta_bps: 0, ..self.case.clone() };
        Reference { case: &case, correlations: self.correlations }.multiplier(0.0, which)
    }

    /// The slope of the deviation at the first of the money, in parts of what the money alone would make.
    fn slope(&self) -> f64 {
        let target = self.case.target;
        let sign = f64::from(self.case.delta_bps.signum());
        let legs = self.legs(0.0);
        let own = self.correlations[target][target].is_none();
        let product: f64 = if own {
            legs[target]
        } else {
            self.correlations[target].iter().zip(&legs).map(|(rho, leg)| rho.unwrap_or(0.0) * leg).sum()
        };
        sign * product / legs.iter().map(|leg| leg.abs()).fold(1.0, f64::max)
    }
}

fn asset_strategy() -> impl Strategy<Value = Asset> {
    let size = || prop_oneof![Just(0i64), -300_000_000_000i64..300_000_000_000, -3_000_000i64..3_000_000];
    (50u64..1_000, [1_500u32..5_000, 0u32..2_000], [1_500u32..5_000, 0u32..2_000], size(), size()).prop_map(
        |(volatility, [low, low_more], [high, high_more], delta, gamma)| Asset {
            volatility,
            low: [low, low + low_more],
            high: [high, high + high_more],
            delta,
            gamma,
        },
    )
}

fn case() -> impl Strategy<Value = Case> {
    let row = (-2_000i16..2_000, prop::array::uniform3(-1_500i16..1_500), -1i16..=1);
    let rows = prop::collection::vec(row, 0..70).prop_map(|rows| {
        let of =
            |(common, own, turned): (i16, [i16; N], i16)| [common + own[0], common + own[1], common * turned + own[2]];
        rows.into_iter().map(of).collect()
    });
    let gamma_bps = prop_oneof![Just(0i32), -80_000i32..0, 1i32..10_000];
    let delta_bps = prop_oneof![Just(0i32), -30_000i32..0, 1i32..30_000, Just(10_000), Just(-10_000)];
    let limits = [10u16..4_000, 10u16..4_000];
    (prop::array::uniform3(asset_strategy()), rows, 1u16..=10, limits, 0usize..N, delta_bps, gamma_bps, 0u64..NAV)
        .prop_map(|(assets, rows, days, limits, target, delta_bps, gamma_bps, amount)| Case {
            assets,
            rows,
            days,
            limits,
            target,
            delta_bps,
            gamma_bps,
            amount,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn no_part_of_the_room_breaches_and_little_more_does(case in case()) {
        let mut book = book_of(&case);
        let reference = Reference::new(&case);
        let verdict = assess(&mut book, &question(&case, case.amount), NOW).unwrap();
        let tails = Verdict::VAR | Verdict::SHORTFALL;
        prop_assert_eq!(verdict.flags & !tails & !Verdict::LINE_CAP_BPS, 0);
        let moved = case.delta_bps != 0 || case.gamma_bps < 0;
        if !moved {
            prop_assert_eq!(verdict.room, NAV);
            return Ok(());
        }
        let hedges = case.delta_bps != 0 && reference.slope() < 0.0;
        // Where the slope is nearly flat either is right.
        prop_assume!(case.delta_bps == 0 || reference.slope().abs() > 1e-6);
        let (mut limits, mut largest) = ([0.0; 2], 1.0f64);
        for (which, (limited, bps)) in limits.iter_mut().zip(case.limits).enumerate() {
            let limit = (NAV as f64 * f64::from(bps) / 1e4).floor();
            let now = reference.loss(0.0, which);
            *limited = if hedges && now > limit { now } else { limit };
            largest = largest.max(now);
        }
        // The hedge's millionth, and the rounding of integers.
        let slack = |limit: f64| limit * 2e-6 + largest * 1e-6 + 200.0;
        let breaks = |money: f64, by: f64| {
            (0..2).any(|which| reference.loss(money, which) > limits[which] + by * slack(limits[which]))
        };
        for part in 1..=200 {
            let money = verdict.room as f64 * f64::from(part) / 200.0;
            prop_assert!(money < 1.0 || !breaks(money, 1.0), "{money} of {} breaches", verdict.room);
        }
        // Curved money is looked for by halves: a part in 2^10 of NAV may be missing; where it hedges as well it may have far less
        // room than there is, and `flags` say whether the whole of it is let through.
        let bounded = if case.gamma_bps < 0 { verdict.room < NAV - NAV / 500 } else { verdict.room < NAV };
        if bounded && !(hedges && case.gamma_bps < 0) {
            // Something between the room and a little more breaches: a part in 2^10 of what could be asked where money is curved,
            // the rounding of the deviation elsewhere.
            let more = if case.gamma_bps < 0 { NAV as f64 / 500.0 } else { 5_000.0 + NAV as f64 * 2e-6 };
            let beyond = verdict.room as f64 * 1.001 + more;
            let found = (1..=400).any(|step| {
                let money = verdict.room as f64 + (beyond - verdict.room as f64) * f64::from(step) / 400.0;
                breaks(money, -1.0)
            });
            prop_assert!(found, "{} is less than there is", verdict.room);
        }
        // What is asked is flagged where it breaches, and a hedge nowhere that the whole of it does not.
        for (which, flag) in [Verdict::VAR, Verdict::SHORTFALL].into_iter().enumerate() {
            let whole = reference.loss(case.amount as f64, which);
            if verdict.flags & flag == 0 && case.amount > 0 {
                prop_assert!(whole <= limits[which] + slack(limits[which]), "{whole} was let through");
            }
        }
    }
}
