//! A vault's risk as tables for people.

use super::super::operation::Row;
use super::super::table::{pairs, row, table, words};
use crate::risk::view::{AssetView, ContagionView, LimitUse, RegimeView, RiskView, Side, Unit};
use crate::views::units::{percent, span, When};

/// `gimbal risk show`.
pub fn show(risk: &RiskView, symbol: &str) -> String {
    let mut out = format!("Risk of the vault {}\n{}", risk.vault, pairs(&head(risk, symbol)));
    section(&mut out, "Limits", &limits(&risk.limits));
    section(&mut out, "Regime", &regime(&risk.regime));
    section(&mut out, "Assets", &assets(&risk.assets, symbol));
    section(&mut out, "Lines", &lines(risk, symbol));
    if !risk.risks.is_empty() {
        section(&mut out, "Risks", &risks(risk, symbol));
    }
    section(&mut out, "Stress scenarios", &stresses(risk, symbol));
    match &risk.contagion {
        None => section(&mut out, "Contagion", "  the book follows no network"),
        Some(contagion) => section(&mut out, "Contagion", &network(contagion)),
    }
    out
}

fn section(out: &mut String, title: &str, body: &str) {
    out.push_str(&format!("\n{title}\n{}\n", body.trim_end_matches('\n')));
}

fn moment(when: Option<&When>) -> String {
    when.map_or_else(|| "never".to_owned(), |when| format!("{} UTC", when.short()))
}

fn head(risk: &RiskView, symbol: &str) -> Vec<Row> {
    let flags = match risk.last_flags.is_empty() {
        true => "nothing".to_owned(),
        false => risk.last_flags.join(", "),
    };
    vec![
        row("Book", &risk.book),
        row("NAV", format!("{} {symbol}", risk.nav.ui)),
        row("Assessed", moment(risk.assessed.as_ref())),
        row("Observed", moment(risk.observed.as_ref())),
        row("Last breached", flags),
        row("Hash of inputs", &risk.inputs_hash),
    ]
}

fn limits(limits: &[LimitUse]) -> String {
    let mut shown = table(&["limit", "used", "bound", ""]);
    for limit in limits {
        let value =
            |number: Option<u64>, none: &str| number.map_or_else(|| none.to_owned(), |it| amount(it, limit.unit));
        let bound = match (limit.bound, limit.side) {
            (None, _) => "none".to_owned(),
            (some, Side::Most) => format!("at most {}", value(some, "")),
            (some, Side::Least) => format!("at least {}", value(some, "")),
        };
        let mark = if limit.exceeded { "EXCEEDED" } else { "" };
        shown.add_row([limit.limit.replace('_', " "), value(limit.used, "–"), bound, mark.to_owned()]);
    }
    shown.to_string()
}

fn amount(number: u64, unit: Unit) -> String {
    match unit {
        Unit::Bps => percent(i64::try_from(number).unwrap_or(i64::MAX)),
        Unit::Days => format!("{number} d"),
        Unit::Seconds => span(i64::try_from(number).unwrap_or(i64::MAX)),
        Unit::MilliSigma => format!("{}.{:02} σ", number / 1_000, number % 1_000 / 10),
    }
}

fn regime(regime: &RegimeView) -> String {
    let since = regime.since.as_ref().map_or_else(String::new, |since| format!(" since {} UTC", since.short()));
    let reasons = match regime.reasons.is_empty() {
        true => "none".to_owned(),
        false => regime.reasons.join(", "),
    };
    let raised: Vec<String> = regime
        .signals
        .iter()
        .filter(|signal| signal.level != "calm")
        .map(|signal| format!("{} {}", signal.signal, signal.level))
        .collect();
    let raised = if raised.is_empty() { "all calm".to_owned() } else { raised.join(", ") };
    pairs(&[
        row("Regime", format!("{}{since}", regime.regime)),
        row("Reasons", reasons),
        row("Signals now", raised),
        row("Leaves", format!("{} of scaled caps and of leverage", percent(regime.scale_bps))),
        row("Calmer days", format!("{} of {} that lower it by a level", regime.calm_days, regime.calm_days_needed)),
    ])
}

fn assets(assets: &[AssetView], symbol: &str) -> String {
    if assets.is_empty() {
        return "  none: no line is moved by a price that the book follows".to_owned();
    }
    let part = format!("VaR part {symbol}");
    let mut shown = table(&[
        "asset",
        "USD",
        "age",
        "volatility a day",
        "long run",
        "99% tail",
        "drawdown",
        "jumps",
        "moved",
        "delta",
        "gamma",
        &part,
    ]);
    for asset in assets {
        let volatility = |volatility: f64| format!("{:.2}%", volatility * 100.0);
        let name = asset.symbol.map_or_else(|| asset.feed.clone(), str::to_owned);
        shown.add_row([
            format!("{} {name}", asset.row),
            asset.price.cut(4),
            span(asset.age),
            asset.volatility.map_or_else(|| "none".to_owned(), volatility),
            volatility(asset.long_run_volatility),
            format!("{:.2} σ", asset.tail[0]),
            percent(asset.drawdown_bps),
            asset.jumps.to_string(),
            format!("{:+.2} σ", asset.moved),
            asset.delta.ui.clone(),
            asset.gamma.ui.clone(),
            asset.component_var.ui.clone(),
        ]);
    }
    shown.to_string()
}

fn lines(risk: &RiskView, symbol: &str) -> String {
    if risk.lines.is_empty() {
        return "  none: nothing may be deployed".to_owned();
    }
    let value = format!("value {symbol}");
    let mut shown = table(&[
        "line",
        "asset",
        "protocol",
        &value,
        "delta",
        "gamma",
        "debt",
        "carry",
        "liquidation",
        "venue lent",
        "venue can pay",
        "cap",
        "regime leaves",
        "contagion leaves",
    ]);
    let number = |number: Option<u8>| number.map_or_else(|| "–".to_owned(), |number| number.to_string());
    for line in &risk.lines {
        shown.add_row([
            line.line.to_string(),
            number(line.asset),
            number(line.protocol),
            line.value.ui.clone(),
            line.delta.ui.clone(),
            line.gamma.ui.clone(),
            line.debt.ui.clone(),
            percent(line.carry_bps),
            line.liquidation_bps.map_or_else(|| "–".to_owned(), |bps| format!("at {}", percent(bps))),
            percent(line.utilisation_bps),
            line.liquidity.as_ref().map_or_else(|| "unbounded".to_owned(), |amount| amount.ui.clone()),
            line.cap.as_ref().map_or_else(|| "none".to_owned(), |amount| amount.ui.clone()),
            percent(line.regime_bps),
            percent(line.contagion_bps),
        ]);
    }
    shown.to_string()
}

fn risks(risk: &RiskView, symbol: &str) -> String {
    let mut shown = table(&["risk", &format!("exposure {symbol}"), "cap", "cap of NAV"]);
    for one in &risk.risks {
        shown.add_row([
            one.risk.clone(),
            one.exposure.ui.clone(),
            one.cap.as_ref().map_or_else(|| "none".to_owned(), |cap| cap.ui.clone()),
            percent(one.cap_bps),
        ]);
    }
    shown.to_string()
}

fn stresses(risk: &RiskView, symbol: &str) -> String {
    if risk.stresses.is_empty() {
        return "  none are defined".to_owned();
    }
    let mut shown =
        table(&["scenario", "moves of the assets", &format!("loss {symbol}"), "of NAV", "worked out", "usable"]);
    for stress in &risk.stresses {
        let moves: Vec<String> = stress.shocks_bps.iter().map(|bps| percent(*bps)).collect();
        shown.add_row([
            stress.scenario.clone(),
            moves.join(" / "),
            stress.loss.ui.clone(),
            stress.loss_bps.map_or_else(|| "–".to_owned(), percent),
            moment(stress.at.as_ref()),
            if stress.usable { "yes" } else { "no" }.to_owned(),
        ]);
    }
    shown.to_string()
}

fn network(contagion: &ContagionView) -> String {
    let old = if contagion.stale { "; too old for new money" } else { "" };
    let mut out = pairs(&[
        row("Network", &contagion.network),
        row("Solved", format!("{}{old}", moment(contagion.solved.as_ref()))),
    ]);
    let mut shown = words(&["protocol", "by itself", "with the others", "suffers from", "lines"]);
    let damage = |part: f64| format!("{:.2}%", part * 100.0);
    for protocol in &contagion.protocols {
        let name = |row: usize| contagion.protocols.iter().find(|one| one.row == row).map(|one| one.protocol.as_str());
        let suffers: Vec<String> = contagion
            .edges
            .iter()
            .filter(|edge| edge.protocol == protocol.row)
            .map(|edge| format!("{} {}", name(edge.counterparty).unwrap_or("?"), percent(edge.bps)))
            .collect();
        let lines: Vec<String> = protocol.lines.iter().map(u16::to_string).collect();
        shown.add_row([
            format!("{} {}", protocol.row, protocol.protocol),
            damage(protocol.initial),
            damage(protocol.damage),
            if suffers.is_empty() { "nobody".to_owned() } else { suffers.join(", ") },
            lines.join(", "),
        ]);
    }
    out.push_str(&shown.to_string());
    out
}
