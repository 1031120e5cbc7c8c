//! Statements for people.

use std::fmt::Write as _;

use super::report::{Position, Statement};
use crate::table::{pairs, row, table};

/// One statement.
pub fn text(it: &Statement) -> String {
    let mut out = String::new();
    let from = it.from.as_ref().map_or_else(|| "the beginning".to_owned(), |when| when.short());
    // Writing to a String cannot fail.
    let _ = writeln!(out, "Statement from {from} to {} (UTC)", it.to.short());
    out.push_str(&pairs(&[row("Vault", &it.vault), row("Owner", &it.owner)]));
    let _ = writeln!(out, "\n{}", positions(it));
    let _ = writeln!(out, "\nProfit and returns");
    out.push_str(&pairs(&profit(it)));
    if !it.flows.is_empty() {
        let _ = writeln!(out, "\nFlows\n{}", flows(it));
    }
    let _ = writeln!(out, "\nFees (part of values and profit already)\n{}", fees(it));
    if !it.disposals.is_empty() {
        let _ = writeln!(out, "\nDisposals, first in, first out\n{}", disposals(it));
    }
    if !it.lots.is_empty() {
        let _ = writeln!(out, "\nLots\n{}", lots(it));
    }
    if !it.tickets.is_empty() {
        let _ = writeln!(out, "\nTickets\n{}", tickets(it));
    }
    let _ = writeln!(
        out,
        "\nMid values take nothing off; exit values are NAV low less the running day's fees and the exit fee.\n\
         Management and performance fees are charged as new shares: each charge is borne by all shares alike.\n\
         Shares and tickets from or to other wallets count at the mid price of the moment when they were seen to move."
    );
    out
}

fn positions(it: &Statement) -> String {
    let mut table = table(&["", "opening", "closing"]);
    type Read = fn(&Position) -> &str;
    let rows: [(&str, Read); 6] = [
        ("shares", |it| &it.shares.ui),
        ("shares in escrow", |it| &it.escrowed.ui),
        ("to be claimed", |it| &it.claimable.ui),
        ("value at mid", |it| &it.value_mid.ui),
        ("value by exit", |it| &it.value_exit.ui),
        ("cost of the shares", |it| &it.cost.ui),
    ];
    for (name, read) in rows {
        table.add_row([name, read(&it.opening), read(&it.closing)]);
    }
    table.to_string()
}

fn profit(it: &Statement) -> Vec<(String, String)> {
    let returns = &it.returns;
    let days = returns.seconds as f64 / 86_400.0;
    let rate = |total: Option<f64>, yearly: Option<f64>| match (total, yearly) {
        (Some(total), Some(yearly)) => format!("{} ({} a year)", percent(total), percent(yearly)),
        (Some(total), None) => format!("{} in {days:.1} days", percent(total)),
        (None, _) => "none: nothing was at stake".to_owned(),
    };
    vec![
        row("Profit at mid", &it.profit.mid.ui),
        row("Profit by exit", &it.profit.exit.ui),
        row("Realised gain", &it.realised.ui),
        row("Unrealised gain", &it.unrealised.ui),
        row("Time-weighted return", rate(returns.time_weighted, returns.time_weighted_yearly)),
        row("Money-weighted return", rate(returns.money_weighted, returns.money_weighted_yearly)),
    ]
}

fn flows(it: &Statement) -> String {
    let mut table = table(&["time", "flow", "shares", "assets", "fee", "value", "ticket"]);
    for flow in &it.flows {
        table.add_row([
            flow.time.short(),
            flow.kind.to_owned(),
            flow.shares.ui.clone(),
            flow.assets.ui.clone(),
            flow.fee.ui.clone(),
            flow.value.ui.clone(),
            flow.ticket.map(|sequence| sequence.to_string()).unwrap_or_default(),
        ]);
    }
    table.to_string()
}

fn fees(it: &Statement) -> String {
    let mut table = table(&["entry", "exit", "management", "performance", "total"]);
    let fees = &it.fees;
    table
        .add_row([&fees.entry, &fees.exit, &fees.management, &fees.performance, &fees.total].map(|fee| fee.ui.clone()));
    table.to_string()
}

fn disposals(it: &Statement) -> String {
    let mut table = table(&["time", "by", "acquired", "shares", "proceeds", "cost", "gain"]);
    for line in &it.disposals {
        table.add_row([
            line.time.short(),
            line.kind.to_owned(),
            line.acquired.short(),
            line.shares.ui.clone(),
            line.proceeds.ui.clone(),
            line.cost.ui.clone(),
            line.gain.ui.clone(),
        ]);
    }
    table.to_string()
}

fn lots(it: &Statement) -> String {
    let mut table = table(&["acquired", "by", "shares", "cost", "value at mid"]);
    for line in &it.lots {
        let (shares, cost, value) = (line.shares.ui.clone(), line.cost.ui.clone(), line.value.ui.clone());
        table.add_row([line.acquired.short(), line.kind.to_owned(), shares, cost, value]);
    }
    table.to_string()
}

fn tickets(it: &Statement) -> String {
    let mut table =
        table(&["ticket", "status", "shares", "to be claimed", "requested", "overdue from", "in kind from"]);
    for line in &it.tickets {
        table.add_row([
            line.sequence.to_string(),
            line.status.to_owned(),
            line.shares.ui.clone(),
            line.claimable.ui.clone(),
            line.requested.short(),
            line.overdue.short(),
            line.in_kind.short(),
        ]);
    }
    table.to_string()
}

/// A fraction as a percentage with a sign.
pub fn percent(fraction: f64) -> String {
    format!("{:+.2}%", fraction * 100.0)
}
