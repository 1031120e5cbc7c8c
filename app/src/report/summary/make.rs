//! The summary of a record.

use super::*;
use crate::date::Date;
use crate::demo::engine::{AdversaryAccount, DepositorAccount, Event, Point, Record};
use crate::demo::statistics::median;
use crate::demo::world;
use crate::prices::Asset;

impl Summary {
    /// Sums up a run.
    pub fn of(settings: &Settings, record: &Record) -> Self {
        let prices: Vec<f64> = record.points.iter().map(|point| point.share_price).collect();
        let [low, mid, high] = record.vault.nav;
        Self {
            mode: settings.mode,
            seed: settings.seed,
            days: record.points.len(),
            prices: price_source(settings, record),
            nav: Nav { low: Amount::of(low), mid: Amount::of(mid), high: Amount::of(high) },
            share_price: SharePrice {
                first: prices.first().copied().unwrap_or(1.0),
                last: prices.last().copied().unwrap_or(1.0),
                min: prices.iter().copied().fold(f64::INFINITY, f64::min),
                max: prices.iter().copied().fold(0.0, f64::max),
            },
            shares: Amount::of(record.vault.shares),
            cash: Amount::of(record.vault.cash),
            performance: PerformanceLine::of(&prices),
            benchmarks: benchmarks(record),
            venues: venues(record),
            events: record.events.iter().map(|event| event_line(event, &record.venues)).collect(),
            transactions: Transactions {
                user: Totals::of(&record.tally.user),
                keeper: Totals::of(&record.tally.keeper),
                role: Totals::of(&record.tally.role),
            },
            keeper_actions: record.tally.keeper_instructions.clone(),
            refusals: record.tally.refusals.clone(),
            compute_units: compute(record),
            risk: super::risk::summary(&record.risk),
            adversaries: adversaries(record),
            identities: identities(record),
            depositors: depositors(record),
            final_accounts_hash: record.accounts_hash.clone(),
        }
    }

    /// Identities that do not hold.
    pub fn broken_identities(&self) -> impl Iterator<Item = &IdentityLine> {
        self.identities.iter().filter(|identity| identity.residual != 0)
    }
}

fn adversaries(record: &Record) -> Vec<AdversaryLine> {
    let line = |account: &AdversaryAccount| AdversaryLine {
        adversary: account.adversary.name(),
        rounds: account.rounds,
        attempts: account.attempts,
        refused: account.refused,
        gained: Amount::of(account.gained),
        best_round: Amount::of(account.best),
        others_lost: Amount::of(account.others_lost),
    };
    record.adversaries.iter().map(line).collect()
}

fn price_source(settings: &Settings, record: &Record) -> PriceSource {
    let day = |date: Option<Date>| date.map_or_else(String::new, |date| date.to_string());
    let (first, last) = settings.ends;
    let change = |asset: Asset| last[asset.index()] as f64 / first[asset.index()].max(1) as f64 - 1.0;
    let (source, file, sha256, seed) = match &settings.source {
        Source::File { name, sha256 } => ("file", Some(name.clone()), Some(sha256.clone()), None),
        Source::Generated { seed } => ("generated", None, None, Some(*seed)),
    };
    PriceSource {
        source,
        file,
        sha256,
        seed,
        first_day: day(record.points.first().map(|point| point.date)),
        last_day: day(record.points.last().map(|point| point.date)),
        change: Asset::ALL.into_iter().map(|asset| (asset.ticker(), change(asset))).collect(),
    }
}

/// Each venue's series of what was 1 at the end of the first day.
pub(in crate::report) fn benchmark_series(record: &Record, venue: usize) -> Vec<f64> {
    let value = |point: &Point| point.benchmarks.get(venue).copied().unwrap_or(0) as f64;
    let first = record.points.first().map_or(1.0, value).max(1.0);
    record.points.iter().map(|point| value(point) / first).collect()
}

fn benchmarks(record: &Record) -> Vec<Benchmark> {
    let line = |(venue, name): (usize, &String)| {
        let series = benchmark_series(record, venue);
        Benchmark {
            venue: name.clone(),
            final_value: series.last().copied().unwrap_or(1.0),
            performance: PerformanceLine::of(&series),
        }
    };
    record.venues.iter().enumerate().map(line).collect()
}

fn venues(record: &Record) -> Vec<VenueLine> {
    let part = |value: u64, nav: u64| if nav == 0 { 0.0 } else { value as f64 / nav as f64 };
    let line = |(index, name): (usize, &String)| {
        let value = record.vault.lines.get(index).map_or(0, |line| line.mid);
        let weights: Vec<f64> = record
            .points
            .iter()
            .map(|point| part(point.lines.get(index).copied().unwrap_or(0), point.nav[1]))
            .collect();
        VenueLine {
            name: name.clone(),
            value: Amount::of(value),
            weight: part(value, record.vault.nav[1]),
            mean_weight: weights.iter().sum::<f64>() / weights.len().max(1) as f64,
        }
    };
    record.venues.iter().enumerate().map(line).collect()
}

fn event_line(event: &Event, venues: &[String]) -> EventLine {
    let name = |venue: usize| venues.get(venue).cloned().unwrap_or_default();
    match event {
        Event::BadDebt { date, venue, amount, staged } => EventLine {
            kind: "bad_debt",
            date: date.to_string(),
            to: None,
            venue: name(*venue),
            amount: Some(Amount::of(*amount)),
            staged: *staged,
        },
        Event::Illiquid { from, to, venue } => EventLine {
            kind: "illiquid_week",
            date: from.to_string(),
            to: Some(to.to_string()),
            venue: name(*venue),
            amount: None,
            staged: true,
        },
    }
}

fn compute(record: &Record) -> BTreeMap<String, Compute> {
    let line = |units: &Vec<u64>| Compute {
        median: median(units).unwrap_or(0),
        max: units.iter().copied().max().unwrap_or(0),
        count: units.len(),
    };
    record.tally.compute.iter().map(|(name, units)| ((*name).to_owned(), line(units))).collect()
}

fn identities(record: &Record) -> Vec<IdentityLine> {
    let line = |identity: &world::Identity| IdentityLine {
        name: identity.name.clone(),
        expected: identity.expected,
        actual: identity.actual,
        residual: identity.residual(),
    };
    record.identities.iter().map(line).collect()
}

fn depositors(record: &Record) -> Vec<DepositorLine> {
    let line = |(index, account): (usize, &DepositorAccount)| DepositorLine {
        number: index + 1,
        temperament: account.temperament.name(),
        deposited: Amount::of(account.deposited),
        withdrawn: Amount::of(account.withdrawn),
        shares: Amount::of(account.shares),
        value: Amount::of(account.value),
        profit: Amount::of(account.profit()),
        transactions: account.transactions,
    };
    record.depositors.iter().enumerate().map(line).collect()
}
