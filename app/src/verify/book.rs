//! The book's risk engine: its figures made anew from what it stores, and what it promises of regime and scales.
//!
//! The formulas are written here a second time, sums in wide integers and roots in floating point: nothing is asked of
//! the program's own code.

use anchor_lang::prelude::Pubkey;
use risk_oracle::state::{AssetRisk, Book, Feed, SECONDS_PER_DAY};

use super::report::Check;
use super::Facts;
use crate::readers;

/// Residuals below this root mean square tell no correlation, and days before correlations are believed.
const LEAST_RESIDUAL: f64 = 10.0;
const SEASON: usize = 20;
/// Multipliers of the normal distribution at 99%, thousandths.
const NORMAL: [u32; 2] = [2_327, 2_666];
/// By what part of it, and by how many units, a figure may differ from the one made in floating point.
const TOLERANCE: (f64, f64) = (1e-6, 64.0);
/// What a variance of one is stored as.
const ONE: f64 = 72_057_594_037_927_936.0;

pub(super) fn check(facts: &Facts) -> Vec<Check> {
    let Some(book) = facts.book.as_deref() else { return Vec::new() };
    vec![
        feeds(facts, book),
        fresh(book, facts.now()),
        sums(book),
        returns(book),
        tail(book),
        concentration(book),
        stresses(book),
        regime(book),
    ]
}

fn used(book: &Book) -> impl Iterator<Item = (usize, &AssetRisk)> {
    book.assets.iter().enumerate().filter(|(_, asset)| asset.feed != Pubkey::default())
}

/// Every asset's feed is there, and no snapshot is of a price that its feed has not had yet.
fn feeds(facts: &Facts, book: &Book) -> Check {
    let mut broken = Vec::new();
    for (row, asset) in used(book) {
        match readers::read::<Feed>(&facts.chain, &asset.feed) {
            Ok(feed) if asset.publish_time > feed.publish_time => {
                broken.push(format!("asset {row} was observed with a price newer than its feed's"));
            }
            Ok(feed) if asset.publish_time == feed.publish_time && asset.price != 0 && asset.price != feed.price => {
                broken.push(format!("asset {row} was observed at {}, its feed says {}", asset.price, feed.price));
            }
            Ok(feed) if asset.publish_time == feed.publish_time && asset.price != 0 => {
                broken.extend(differs(row, asset, &feed));
            }
            Ok(_) => {}
            Err(error) => broken.push(format!("asset {row}: {error}")),
        }
    }
    Check::all("book.assets", "every asset follows a feed that is there", used(book).count(), &broken)
}

/// What of a snapshot is not what its feed says of the same price. The feed's flags may have changed since.
fn differs(row: usize, asset: &AssetRisk, feed: &Feed) -> Option<String> {
    let mut seen = AssetRisk::of(asset.feed);
    if seen.observe(feed).is_err() {
        return Some(format!("asset {row} was observed, and its feed has no price"));
    }
    seen.flags = asset.flags;
    (seen != *asset).then(|| format!("asset {row} is {asset:?}, its feed says {seen:?}"))
}

/// No price is older than the book admits new money on.
fn fresh(book: &Book, now: i64) -> Check {
    let most = i64::from(book.params.max_sample_age);
    let limited = book.params.max_sample_age != u32::MAX;
    let old = used(book).filter(|(_, asset)| limited && now.saturating_sub(asset.publish_time) > most);
    let broken: Vec<String> = old.map(|(row, _)| format!("asset {row}'s price is older than {most} seconds")).collect();
    let rule = "the prices that the book has observed are recent enough for new money";
    Check::all("book.fresh", rule, used(book).count(), &broken).excused(
        "no line takes new money until anybody updates the feeds and has the book observe them; money out is free",
    )
}

/// Greeks and debts are the sums over the lines.
fn sums(book: &Book) -> Check {
    let mut broken = Vec::new();
    let lines = || book.lines.iter().zip(&book.models).filter(|(line, _)| line.line_id != 0).map(|(_, model)| model);
    let within = |sum: i128| sum.clamp(i64::MIN.into(), i64::MAX.into());
    for row in 0..book.assets.len() {
        let of = || lines().filter(move |model| usize::from(model.asset) == row);
        let delta = within(of().map(|model| i128::from(model.exposure.delta)).sum());
        let gamma = within(of().map(|model| i128::from(model.exposure.gamma)).sum());
        if (delta, gamma) != (book.figures.deltas[row].into(), book.figures.gammas[row].into()) {
            broken.push(format!("asset {row}'s lines make a delta of {delta} and a gamma of {gamma}"));
        }
    }
    let debt = lines().map(|model| u128::from(model.exposure.debt)).sum::<u128>().min(u64::MAX.into());
    if debt != u128::from(book.figures.debt) {
        broken.push(format!("the lines owe {debt}, not {}", book.figures.debt));
    }
    Check::all("book.greeks", "each asset's delta and gamma, and all debts, are the sums over the lines", 17, &broken)
}

/// Rows of residuals, the newest first, with their weights.
fn weighted(book: &Book) -> Vec<(i128, [i16; 8])> {
    let ring = &book.returns;
    let places = ring.rows.len();
    let mut weight = 1i128 << 20;
    let newest_first =
        (1..=usize::from(ring.count).min(places)).map(|back| (usize::from(ring.next) + places - back) % places);
    newest_first
        .map(|at| {
            let of = weight;
            weight = weight * i128::from(book.params.decay_bps) / 10_000;
            (of, ring.rows[at])
        })
        .collect()
}

/// Σ w z_i z_j, and Σ w.
fn gram(rows: &[(i128, [i16; 8])], i: usize, j: usize) -> i128 {
    rows.iter().map(|(weight, row)| weight * i128::from(row[i]) * i128::from(row[j])).sum()
}

/// The Gram matrix that is kept is that of the rows that are kept.
fn returns(book: &Book) -> Check {
    let rows = weighted(book);
    let believed: &[_] = if rows.len() < SEASON { &[] } else { &rows };
    let mut broken = Vec::new();
    let total: i128 = believed.iter().map(|(weight, _)| weight).sum();
    let mut words = vec![total];
    words.extend((0..8).flat_map(|i| (0..=i).map(move |j| (i, j))).map(|(i, j)| gram(believed, i, j)));
    for (place, (made, kept)) in words.into_iter().zip(book.returns.words).enumerate() {
        if made != i128::from(kept as i64) {
            broken.push(format!("word {place} is {}, and follows as {made}", kept as i64));
        }
    }
    let unused = (0..8).filter(|row| book.assets[*row].feed == Pubkey::default());
    let stray = unused.filter(|row| rows.iter().any(|(_, residuals)| residuals[*row] != 0)).count();
    if stray > 0 {
        broken.push(format!("{stray} unused assets have residuals"));
    }
    let ring = &book.returns;
    if usize::from(ring.next) >= ring.rows.len() || usize::from(ring.count) > ring.rows.len() {
        broken.push("the ring has no such place".to_owned());
    }
    Check::all("book.returns", "the matrix of residuals is that of the days that are kept", 38, &broken)
}

/// Deviation of one day: known assets by their correlations, the rest in full.
fn deviation(book: &Book) -> f64 {
    let rows = weighted(book);
    let rows: &[_] = if rows.len() < SEASON { &[] } else { &rows };
    let total: i128 = rows.iter().map(|(weight, _)| weight).sum();
    let legs: Vec<f64> = (0..8).map(|i| book.figures.deltas[i] as f64 * (variance(book, i)).sqrt()).collect();
    let norm = |i: usize| (gram(rows, i, i) as f64 / total as f64).sqrt();
    let known = |i: usize| total > 0 && norm(i) >= LEAST_RESIDUAL;
    let mut square = 0.0;
    for i in (0..8).filter(|i| known(*i)) {
        for j in (0..8).filter(|j| known(*j)) {
            let correlation = gram(rows, i, j) as f64 / total as f64 / norm(i) / norm(j);
            square += legs[i] * legs[j] * correlation;
        }
    }
    let unknown: f64 = (0..8).filter(|i| !known(*i)).map(|i| legs[i].abs()).sum();
    square.max(0.0).sqrt() + unknown
}

fn variance(book: &Book, asset: usize) -> f64 {
    // An asset without a forecast counts with the least variance, and is told as unmodelled.
    match book.assets[asset].variance {
        0 => 1e-9,
        variance => variance as f64 / ONE,
    }
}

/// Deviation, value at risk and expected shortfall follow from exposures, forecasts and residuals.
fn tail(book: &Book) -> Check {
    let (figures, days) = (&book.figures, f64::from(book.params.horizon_days));
    let deviation = deviation(book) * days.sqrt();
    let mut multipliers = NORMAL;
    let mut curvature = 0.0;
    for (asset, (delta, gamma)) in book.assets.iter().zip(figures.deltas.iter().zip(figures.gammas)) {
        let mut worse = |tail: risk_oracle::state::TailRisk| {
            multipliers = [multipliers[0].max(tail.quantile_milli), multipliers[1].max(tail.shortfall_milli)];
        };
        if *delta > 0 || gamma < 0 {
            worse(asset.tail_low);
        }
        if *delta < 0 || gamma < 0 {
            worse(asset.tail_high);
        }
        if gamma < 0 {
            curvature += 0.5 * gamma.unsigned_abs() as f64 * asset.variance as f64 / ONE * days;
        }
    }
    let mut broken = Vec::new();
    if multipliers != figures.multipliers_milli {
        broken.push(format!("the tails make the multipliers {multipliers:?}"));
    }
    let loss = |milli: u32| {
        let m = f64::from(milli) / 1_000.0;
        m * deviation + m * m * curvature
    };
    let figures = [
        ("deviation", figures.deviation, deviation),
        ("cost of gamma", figures.gamma_cost, curvature),
        ("value at risk", figures.value_at_risk, loss(multipliers[0])),
        ("value at risk with the normal quantile", figures.normal_value_at_risk, loss(NORMAL[0])),
        ("expected shortfall", figures.shortfall, loss(multipliers[1])),
    ];
    for (name, stored, made) in figures {
        if (stored as f64 - made).abs() > made * TOLERANCE.0 + TOLERANCE.1 {
            broken.push(format!("{name} is {stored}, and follows as {made:.0}"));
        }
    }
    let rule = "deviation, value at risk and shortfall follow from exposures, forecasts and residuals";
    Check::all("book.tail", rule, 6, &broken)
}

/// Σ (value / NAV)², basis points, rounded up.
fn concentration(book: &Book) -> Check {
    let squares: u128 = book.lines.iter().map(|line| u128::from(line.exposure).pow(2)).fold(0, u128::saturating_add);
    let nav = u128::from(book.nav).pow(2);
    let made = match squares {
        0 => 0.0,
        _ => squares as f64 / nav as f64 * 10_000.0,
    };
    let found = f64::from(book.figures.concentration_bps);
    let rule = "the concentration is the sum of the lines' squared parts of NAV";
    let holds = (found - made).abs() <= 1.0 + made * TOLERANCE.0 || (found >= f64::from(u32::MAX) && made >= found);
    Check::must("book.concentration", rule, holds, format!("{made:.0} bps"), format!("{found:.0} bps"))
}

/// Each scenario's loss is the sum of the lines' values times their losses.
fn stresses(book: &Book) -> Check {
    let mut broken = Vec::new();
    for (row, scenario) in book.scenarios.iter().enumerate() {
        let lines = book.lines.iter().zip(&book.models);
        let exact: i128 = match scenario.used {
            0 => 0,
            _ => lines.map(|(line, model)| i128::from(line.exposure) * i128::from(model.stress_bps[row])).sum(),
        };
        let up = exact.div_euclid(10_000) + i128::from(exact.rem_euclid(10_000) != 0);
        let made = up.clamp(i64::MIN.into(), i64::MAX.into());
        if made != i128::from(book.figures.stress_losses[row]) {
            broken.push(format!("scenario {row} loses {made}, not {}", book.figures.stress_losses[row]));
        }
        if scenario.used == 0 && book.stressed_at[row] != 0 {
            broken.push(format!("scenario {row} was worked out and is not defined"));
        }
    }
    Check::all("book.stress", "each scenario's loss is the sum over the lines", book.scenarios.len(), &broken)
}

/// The regime is at least what the signals say, and leaves no more than its level allows.
fn regime(book: &Book) -> Check {
    let (state, scales) = (&book.regime, &book.params.scales_bps);
    let mut broken = Vec::new();
    if state.level > 3 || state.level < state.measured {
        broken.push(format!("it is at level {}, the signals at {}", state.level, state.measured));
    }
    if scales.get(usize::from(state.level)).is_none_or(|most| state.scale_bps > *most) {
        broken.push(format!("it leaves {} bps at level {}", state.scale_bps, state.level));
    }
    let prices = state.levels[..5].iter().max().copied().unwrap_or(0);
    if state.measured < prices {
        broken.push(format!("prices are at level {prices}, and {} was measured", state.measured));
    }
    if scales[0] != 10_000 || scales.windows(2).any(|pair| pair[0] < pair[1]) {
        broken.push(format!("the scales {scales:?} rise"));
    }
    let over = book.models.iter().filter(|model| model.contagion_bps > 10_000).count();
    if over > 0 {
        broken.push(format!("contagion leaves {over} lines more than everything"));
    }
    let now = i64::from(state.day) * SECONDS_PER_DAY;
    if now > book.observed_at.saturating_add(SECONDS_PER_DAY) {
        broken.push(format!("day {} is counted and has not been", state.day));
    }
    let rule = "the regime is at least what the signals say, and leaves no more than its level allows";
    Check::all("book.regime", rule, 6, &broken)
}
