//! A vault's risk as tables for people.

use super::bar::bar;
use crate::risk::view::{
    AssetView, ContagionView, FlagView, LimitUse, LineRiskView, RegimeView, RiskView, Side, SignalView, Unit,
};
use crate::table::{pairs, row, section, table, words, Row};
use crate::views::units::{percent, span, When};
use comfy_table::{Cell, Color};
use risk_oracle::state::{engine::SEASON, WHOLE_BPS};

/// `gimbal risk show`.
pub fn show(risk: &RiskView, symbol: &str) -> String {
    let mut out = format!("Risk of the vault {}\n{}", risk.vault, pairs(&head(risk, symbol)));
    section(&mut out, "Limits", &limits(&risk.limits));
    section(&mut out, "Regime", &regime(&risk.regime));
    let observed = when_in("Assets, as observed", risk.observed.as_ref());
    section(&mut out, &observed, &assets(&risk.assets, symbol));
    let reported = when_in("Lines, as reported", risk.assessed.as_ref());
    section(&mut out, &reported, &lines(risk, symbol));
    if !risk.risks.is_empty() {
        section(&mut out, "Risks", &risks(risk, symbol));
    }
    section(&mut out, "Stress scenarios", &stresses(risk, symbol));
    match &risk.contagion {
        None => section(&mut out, "Contagion", "  the book follows no network"),
        Some(contagion) => section(&mut out, "Contagion", &network(contagion, &risk.vault)),
    }
    out
}

fn moment(when: Option<&When>) -> String {
    when.map_or_else(|| "never".to_owned(), |when| format!("{} UTC", when.short()))
}

/// A title with the moment that its figures are of.
fn when_in(title: &str, when: Option<&When>) -> String {
    format!("{title} {}", when.map_or_else(|| "never yet".to_owned(), |when| format!("{} UTC", when.short())))
}

fn head(risk: &RiskView, symbol: &str) -> Vec<Row> {
    let verdict = match risk.last_flags_explained.is_empty() {
        true => "nothing in the way of new money".to_owned(),
        false => risk.last_flags_explained.iter().map(in_words).collect::<Vec<_>>().join("\n"),
    };
    vec![
        row("Book", &risk.book),
        row("NAV", format!("{} {symbol}", risk.nav.ui)),
        row("Assessed", moment(risk.assessed.as_ref())),
        row("Observed", moment(risk.observed.as_ref())),
        row("Last verdict", verdict),
        row("Hash of inputs", &risk.inputs_hash),
    ]
}

/// A flag with its meaning, and what helps on a line of its own.
pub fn in_words(view: &FlagView) -> String {
    format!("{}: {}\n  → {}", view.flag, view.meaning, view.next_step)
}

fn limits(limits: &[LimitUse]) -> String {
    let mut shown = table(&["limit", "used", "bound", "of the bound", ""]);
    for limit in limits {
        let value =
            |number: Option<u64>, none: &str| number.map_or_else(|| none.to_owned(), |it| amount(it, limit.unit));
        let bound = match (limit.bound, limit.side) {
            (None, _) => "none".to_owned(),
            (some, Side::Most) => format!("at most {}", value(some, "")),
            (some, Side::Least) => format!("at least {}", value(some, "")),
        };
        let mark = Cell::new(if limit.exceeded { "EXCEEDED" } else { "" }).fg(Color::Red);
        let name = limit.limit.replace('_', " ");
        let none = if limit.exceeded { "never" } else { "–" };
        shown.add_row([name.into(), value(limit.used, none).into(), bound.into(), bar(limit.use_bps), mark]);
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
    let words = |signal: &SignalView| format!("{}: {}", signal.signal, signal.meaning);
    let reasons: Vec<String> = regime.signals.iter().filter(|signal| signal.reason).map(words).collect();
    let raised: Vec<String> = regime
        .signals
        .iter()
        .filter(|signal| signal.level != "calm")
        .map(|signal| format!("{} {}", signal.signal, signal.level))
        .collect();
    pairs(&[
        row("Regime", format!("{}{since}", regime.regime)),
        row("Reasons", if reasons.is_empty() { "none".to_owned() } else { reasons.join("\n") }),
        row("Signals now", if raised.is_empty() { "all calm".to_owned() } else { raised.join(", ") }),
        row("Leaves", format!("{} of scaled caps and of leverage", percent(regime.scale_bps))),
        row("Calmer days", format!("{} of {} that lower it by a level", regime.calm_days, regime.calm_days_needed)),
    ])
}

fn assets(assets: &[AssetView], symbol: &str) -> String {
    if assets.is_empty() {
        return "  none: no line is moved by a price that the book follows".to_owned();
    }
    let mut prices = table(&[
        "asset",
        "USD",
        "age",
        "volatility\na day",
        "long run\na day",
        "99% tail",
        "drawdown",
        "jumps\n22 days",
        "moved\ntoday",
    ]);
    let mut exposures =
        table(&["asset", &format!("delta {symbol}"), &format!("gamma {symbol}"), &format!("VaR part {symbol}")]);
    let mut notes = String::new();
    for asset in assets {
        // Of a stable coin the first digits come later.
        let volatility = |volatility: f64| match volatility * 100.0 {
            percent if percent < 0.1 => format!("{percent:.4}%"),
            percent => format!("{percent:.2}%"),
        };
        let (forecast, observed) = (asset.volatility.is_some(), asset.price.0 > 0);
        let known = |text: String| if forecast { text } else { "–".to_owned() };
        let name = format!("{} {}", asset.row, asset.symbol.unwrap_or("(below)"));
        prices.add_row([
            name.clone(),
            if observed { asset.price.cut(4) } else { "–".to_owned() },
            if observed { span(asset.age) } else { "never".to_owned() },
            asset.volatility.map_or_else(|| "–".to_owned(), volatility),
            known(volatility(asset.long_run_volatility)),
            known(format!("{:.2} σ", asset.tail[0])),
            percent(asset.drawdown_bps),
            asset.jumps.to_string(),
            known(format!("{:+.2} σ", asset.moved)),
        ]);
        exposures.add_row([name, asset.delta.ui.clone(), asset.gamma.ui.clone(), asset.component_var.ui.clone()]);
        if asset.symbol.is_none() {
            notes.push_str(&format!("  {}: the feed {}\n", asset.row, asset.feed));
        }
        if !forecast {
            let closed = asset.closed_days.map_or_else(String::new, |days| format!(", it has {days}"));
            notes.push_str(&format!("  {}: no forecast before {SEASON} closed days{closed}\n", asset.row));
        }
    }
    format!("{prices}\n{exposures}\n{notes}")
}

fn lines(risk: &RiskView, symbol: &str) -> String {
    if risk.lines.is_empty() {
        return "  none: nothing may be deployed".to_owned();
    }
    let mut exposures =
        table(&["line", "asset", &format!("value {symbol}"), "delta", "gamma", "debt", "carry\na year", "liquidation"]);
    let mut caps = table(&[
        "line",
        "cap",
        "of the cap",
        "regime\nleaves",
        "protocol",
        "contagion\nleaves",
        "venue\nlent",
        "venue\ncan pay",
    ]);
    let number = |number: Option<u8>| number.map_or_else(|| "–".to_owned(), |number| number.to_string());
    for line in &risk.lines {
        exposures.add_row([
            line.line.to_string(),
            number(line.asset),
            line.value.ui.clone(),
            line.delta.ui.clone(),
            line.gamma.ui.clone(),
            line.debt.ui.clone(),
            percent(line.carry_bps),
            line.liquidation_bps.map_or_else(|| "–".to_owned(), |bps| format!("at {}", percent(bps))),
        ]);
        // A part of nothing is no cap to speak of.
        let cap = match (risk.nav.base_units, &line.cap) {
            (_, None) => "none".to_owned(),
            (0, Some(_)) => "–".to_owned(),
            (_, Some(cap)) => cap.ui.clone(),
        };
        caps.add_row([
            line.line.to_string().into(),
            cap.into(),
            bar(line.cap_use_bps),
            percent(line.regime_bps).into(),
            number(line.protocol).into(),
            percent(line.contagion_bps).into(),
            percent(line.utilisation_bps).into(),
            line.liquidity.as_ref().map_or_else(|| "unbounded".to_owned(), |amount| amount.ui.clone()).into(),
        ] as [Cell; 8]);
    }
    let reduced = |line: &&LineRiskView| line.regime_bps.min(line.contagion_bps) < WHOLE_BPS;
    let over = risk.lines.iter().filter(|line| line.cap_use_bps.is_some_and(|bps| bps > 10_000)).filter(reduced);
    let notes: String = over
        .map(|line| {
            format!(
                "  {}: beyond what is left of its cap: no new money, and anybody may take it down to it\n",
                line.line
            )
        })
        .collect();
    format!("{exposures}\n{caps}\n{notes}")
}

fn risks(risk: &RiskView, symbol: &str) -> String {
    let mut shown = table(&["risk", &format!("exposure {symbol}"), "cap", "cap of NAV", "of the cap"]);
    for one in &risk.risks {
        shown.add_row([
            one.risk.clone().into(),
            one.exposure.ui.clone().into(),
            one.cap.as_ref().map_or_else(|| "none".to_owned(), |cap| cap.ui.clone()).into(),
            percent(one.cap_bps).into(),
            bar(one.cap_use_bps),
        ] as [Cell; 5]);
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

fn network(contagion: &ContagionView, vault: &str) -> String {
    let old = match (contagion.stale, contagion.current) {
        (false, _) => String::new(),
        (true, true) => format!("; too old for new money\n  → `gimbal admin network sync {vault}`"),
        (true, false) => format!(
            "; too old for new money\n  → `gimbal admin network solve {}`\n  → `gimbal admin network sync {vault}`",
            contagion.network
        ),
    };
    let mut out = pairs(&[
        row("Network", &contagion.network),
        row("Solved", format!("{}{old}", moment(contagion.solved.as_ref()))),
    ]);
    let mut shown = words(&["protocol", "by itself", "with the others", "suffers from", "lines"]);
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
            percent(protocol.initial_bps),
            percent(protocol.damage_bps),
            if suffers.is_empty() { "nobody".to_owned() } else { suffers.join(", ") },
            lines.join(", "),
        ]);
    }
    out.push_str(&shown.to_string());
    out
}
