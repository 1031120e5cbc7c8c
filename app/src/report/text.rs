//! The report in a terminal: tables for people.

use super::summary::{Amount, PerformanceLine, Summary};
use crate::amount::grouped;
use crate::table::table;
use comfy_table::{Attribute, Cell, Table};
use std::fmt::Write as _;

/// Depositors shown one by one; more are summed up, and the JSON has them all.
const SHOWN: usize = 12;

/// The whole report as text.
pub fn text(summary: &Summary) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write!(out, "{}", head(summary));
    section(&mut out, "Against holding one venue", performance(summary));
    section(&mut out, "Where the money lies", lines(summary));
    if !summary.events.is_empty() {
        section(&mut out, "What happened", events(summary));
    }
    section(&mut out, "Transactions", transactions(summary));
    if !summary.refusals.is_empty() {
        section(&mut out, "Refusals by name", refusals(summary));
    }
    let measured =
        if summary.mode == "native" { "Compute units (nominal: native runs are not metered)" } else { "Compute units" };
    section(&mut out, measured, compute(summary));
    section(&mut out, "Depositors", depositors(summary));
    if !summary.adversaries.is_empty() {
        section(&mut out, "Adversaries, on copies of the chain (USDC, after fees)", adversaries(summary));
    }
    section(&mut out, "Accounting identities", identities(summary));
    let _ = writeln!(out, "\nAccounts hash  {}", summary.final_accounts_hash);
    out
}

fn head(summary: &Summary) -> String {
    let prices = &summary.prices;
    let origin = match &prices.file {
        Some(file) => format!("from {file}"),
        None => "generated (they never happened; give --prices for real ones)".to_owned(),
    };
    let changes: Vec<String> =
        prices.change.iter().map(|(asset, change)| format!("{asset} {}", signed_percent(*change))).collect();
    format!(
        "Gimbal demo: {} days, {} to {}, on the embedded chain ({}), seed {}\n\
         Prices {origin}: {}\n\n\
         NAV          {} USDC  (low {}, high {})\n\
         Share price  {:.6}  ({} over the run, {} a year)\n",
        summary.days,
        prices.first_day,
        prices.last_day,
        summary.mode,
        summary.seed,
        changes.join(", "),
        money(&summary.nav.mid),
        money(&summary.nav.low),
        money(&summary.nav.high),
        summary.share_price.last,
        signed_percent(summary.performance.total_return),
        signed_percent(summary.performance.yearly_return),
    )
}

fn section(out: &mut String, title: &str, table: Table) {
    let _ = writeln!(out, "\n{title}\n{table}");
}

fn performance(summary: &Summary) -> Table {
    let mut table = table(&["", "return", "a year", "volatility", "Sharpe", "Sortino", "max drawdown"]);
    let mut row = |name: &str, line: &PerformanceLine| {
        table.add_row([
            name.to_owned(),
            signed_percent(line.total_return),
            signed_percent(line.yearly_return),
            percent(line.yearly_volatility),
            ratio(line.sharpe),
            ratio(line.sortino),
            percent(line.max_drawdown),
        ]);
    };
    row("the vault", &summary.performance);
    for benchmark in &summary.benchmarks {
        row(&benchmark.venue, &benchmark.performance);
    }
    table
}

fn lines(summary: &Summary) -> Table {
    let mut table = table(&["", "USDC", "of NAV", "mean of NAV"]);
    for venue in &summary.venues {
        table.add_row([venue.name.clone(), money(&venue.value), percent(venue.weight), percent(venue.mean_weight)]);
    }
    let nav = summary.nav.mid.base_units.max(1) as f64;
    let mean: f64 = summary.venues.iter().map(|venue| venue.mean_weight).sum();
    table.add_row([
        "cash".to_owned(),
        money(&summary.cash),
        percent(summary.cash.base_units as f64 / nav),
        percent((1.0 - mean).max(0.0)),
    ]);
    table
}

fn events(summary: &Summary) -> Table {
    let mut table = table(&["event", "day", "venue", "lost by all suppliers"]);
    for event in &summary.events {
        let kind = match event.kind {
            "bad_debt" => "bad debt",
            _ => "illiquid week",
        };
        let staged = if event.staged { " (staged)" } else { "" };
        let day = event.to.as_ref().map_or(event.date.clone(), |to| format!("{} to {to}", event.date));
        table.add_row([
            format!("{kind}{staged}"),
            day,
            event.venue.clone(),
            event.amount.as_ref().map_or(String::new(), money),
        ]);
    }
    table
}

fn transactions(summary: &Summary) -> Table {
    let mut table = table(&["", "succeeded", "refused"]);
    let senders = [
        ("depositors", &summary.transactions.user),
        ("keepers", &summary.transactions.keeper),
        ("owner, guardian", &summary.transactions.role),
    ];
    for (name, totals) in senders {
        table.add_row([
            Cell::new(name).add_attribute(Attribute::Bold),
            Cell::new(grouped(u128::from(totals.succeeded))),
            Cell::new(grouped(u128::from(totals.refused))),
        ]);
        let mut names: Vec<&String> =
            totals.succeeded_by_instruction.keys().chain(totals.refused_by_instruction.keys()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let count = |counts: &crate::demo::world::Counts| counts.get(name).copied().unwrap_or(0);
            table.add_row([
                format!("  {name}"),
                grouped(u128::from(count(&totals.succeeded_by_instruction))),
                grouped(u128::from(count(&totals.refused_by_instruction))),
            ]);
        }
    }
    table
}

fn refusals(summary: &Summary) -> Table {
    let mut table = table(&["error", "count"]);
    let mut refusals: Vec<_> = summary.refusals.iter().collect();
    refusals.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    for (name, count) in refusals {
        table.add_row([name.clone(), grouped(u128::from(*count))]);
    }
    table
}

fn compute(summary: &Summary) -> Table {
    let mut table = table(&["instruction", "median", "max", "count"]);
    for (name, compute) in &summary.compute_units {
        table.add_row([
            name.clone(),
            grouped(u128::from(compute.median)),
            grouped(u128::from(compute.max)),
            grouped(compute.count as u128),
        ]);
    }
    table
}

fn depositors(summary: &Summary) -> Table {
    let mut table = table(&["", "deposited", "withdrawn", "value", "profit", "transactions"]);
    // The largest gains and losses say most; the rest is one line.
    let mut order: Vec<_> = summary.depositors.iter().collect();
    order.sort_by_key(|one| (std::cmp::Reverse(one.profit.base_units), one.number));
    let (head, tail) =
        if order.len() > SHOWN { (SHOWN / 2, order.len() - SHOWN / 2) } else { (order.len(), order.len()) };
    for (place, one) in order.iter().enumerate() {
        if place == head && head < tail {
            let between = &order[head..tail];
            let sum = |part: fn(&super::summary::DepositorLine) -> i128| {
                money(&Amount::of(between.iter().map(|one| part(one)).sum::<i128>()))
            };
            table.add_row([
                format!("{} others", between.len()),
                sum(|one| one.deposited.base_units),
                sum(|one| one.withdrawn.base_units),
                sum(|one| one.value.base_units),
                sum(|one| one.profit.base_units),
                grouped(between.iter().map(|one| u128::from(one.transactions)).sum()),
            ]);
        }
        if place < head || place >= tail {
            table.add_row([
                format!("{:>3} {}", one.number, one.temperament),
                money(&one.deposited),
                money(&one.withdrawn),
                money(&one.value),
                money(&one.profit),
                grouped(u128::from(one.transactions)),
            ]);
        }
    }
    table
}

fn adversaries(summary: &Summary) -> Table {
    let mut table = table(&["", "rounds", "transactions", "refused", "gained", "best round", "others lost"]);
    for one in &summary.adversaries {
        table.add_row([
            one.adversary.to_owned(),
            grouped(u128::from(one.rounds)),
            grouped(u128::from(one.attempts)),
            grouped(u128::from(one.refused)),
            money(&one.gained),
            money(&one.best_round),
            money(&one.others_lost),
        ]);
    }
    table
}

fn identities(summary: &Summary) -> Table {
    let mut table = table(&["identity", "expected", "actual", "residual"]);
    for identity in &summary.identities {
        table.add_row([
            identity.name.clone(),
            identity.expected.to_string(),
            identity.actual.to_string(),
            identity.residual.to_string(),
        ]);
    }
    table
}

/// Whole tokens with two decimals, rounded to nearest, with separators.
pub(super) fn money(amount: &Amount) -> String {
    let cents = (amount.base_units.unsigned_abs() + 5_000) / 10_000;
    let sign = if amount.base_units < 0 && cents > 0 { "−" } else { "" };
    format!("{sign}{}.{:02}", grouped(cents / 100), cents % 100)
}

pub(super) fn percent(fraction: f64) -> String {
    format!("{:.2} %", fraction * 100.0)
}

pub(super) fn signed_percent(fraction: f64) -> String {
    let shown = format!("{:.2} %", fraction.abs() * 100.0);
    match fraction {
        _ if shown == "0.00 %" => shown,
        below if below < 0.0 => format!("−{shown}"),
        _ => format!("+{shown}"),
    }
}

pub(super) fn ratio(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.2}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(money(&Amount::of(1_234_567_894_999u64)), "1,234,567.89");
        assert_eq!(money(&Amount::of(-1_995_000)), "−2.00");
        assert_eq!(money(&Amount::of(-4_999)), "0.00");
        assert_eq!(signed_percent(0.12345), "+12.35 %");
        assert_eq!(signed_percent(-0.5), "−50.00 %");
        assert_eq!(signed_percent(-0.00001), "0.00 %");
        assert_eq!(ratio(None), "–");
    }
}
