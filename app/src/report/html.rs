//! The report as one self-contained HTML page: no scripts, no fonts or pictures from elsewhere.

use super::charts::{self, Chart};
use super::palette::{self, Ink};
use super::summary::{PerformanceLine, Summary};
use super::text::{money, percent, ratio, signed_percent};
use crate::amount::grouped;
use crate::demo::engine::Record;
use std::fmt::Write as _;

/// Names the page's maker in its head, so that a later run knows that it may replace the page.
pub const GENERATOR: &str = "<meta name=\"generator\" content=\"gimbal demo\">";

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#17202e;--soft:#5b6676;--line:#e4e8ee;--page:#fff;--card:#f7f8fa;--good:#0d7a4f;--bad:#c81e3a}\
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);\
font:16px/1.55 system-ui,-apple-system,\"Segoe UI\",Roboto,sans-serif;font-variant-numeric:tabular-nums}\
main{max-width:1010px;margin:0 auto;padding:48px 24px 80px}h1{font-size:30px;line-height:1.2;margin:0 0 6px;letter-spacing:-.02em}\
h2{font-size:20px;margin:52px 0 4px;letter-spacing:-.01em}p{margin:0 0 14px}.soft{color:var(--soft)}\
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(170px,1fr));gap:12px;margin:28px 0}\
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px 16px}\
.card b{display:block;font-size:22px;font-weight:600;line-height:1.3}.card span{font-size:13px;color:var(--soft)}\
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:14px}\
th,td{padding:6px 10px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}\
th{font-weight:600;color:var(--soft)}th:first-child,td:first-child{text-align:left;padding-left:0}\
td.name{white-space:normal}figure{margin:10px 0 0}figure svg{display:block;width:100%;height:auto}svg text{font-family:inherit}\
.keys{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:13px;color:var(--soft);margin:0 0 6px}\
.keys svg{width:10px;height:10px;margin-right:6px}.good{color:var(--good)}.bad{color:var(--bad)}\
code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,monospace;overflow-wrap:anywhere}";

/// The page.
pub fn page(record: &Record, summary: &Summary) -> Result<String, Box<dyn std::error::Error>> {
    let mut body = String::new();
    // Writing to a String cannot fail.
    head(&mut body, summary);
    for chart in charts::all(record, summary)? {
        figure(&mut body, &chart);
    }
    performance(&mut body, summary);
    events(&mut body, summary);
    forecasts(&mut body, summary);
    transactions(&mut body, summary);
    depositors(&mut body, summary);
    adversaries(&mut body, summary);
    identities(&mut body, summary);
    let dark = palette::dark_rules();
    Ok(format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n{GENERATOR}\n\
         <title>Gimbal demo: {} days</title>\n<style>{STYLE}\n@media(prefers-color-scheme:dark){{:root{{--ink:#e6ebf2;\
         --soft:#98a3b3;--line:#2a313c;--page:#10141a;--card:#171c24;--good:#4cc38a;--bad:#ff6b81}}{dark}}}</style>\n\
         </head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n",
        summary.days
    ))
}

fn head(out: &mut String, summary: &Summary) {
    let prices = &summary.prices;
    let origin = match (&prices.file, &prices.sha256) {
        (Some(file), Some(hash)) => {
            format!("Prices from <code>{}</code> (SHA-256 <code>{}…</code>).", escape(file), escape(&hash[..16]))
        }
        _ => "Prices are generated from a seed: they never happened.".to_owned(),
    };
    let _ = write!(
        out,
        "<h1>Gimbal demo</h1>\n<p class=\"soft\">{} days, {} to {}, on the embedded chain ({}), seed {}. {origin}</p>\n",
        grouped(summary.days as u128),
        prices.first_day,
        prices.last_day,
        summary.mode,
        summary.seed
    );
    let broken = summary.broken_identities().count();
    let (class, held) = match broken {
        0 => ("good", format!("all {} hold", summary.identities.len())),
        _ => ("bad", format!("{broken} of {} broken", summary.identities.len())),
    };
    let cards = [
        ("NAV, USDC", money(&summary.nav.mid), ""),
        ("share price", format!("{:.6}", summary.share_price.last), ""),
        ("return a year", signed_percent(summary.performance.yearly_return), ""),
        ("maximum drawdown", percent(summary.performance.max_drawdown), ""),
        ("user transactions", grouped(u128::from(summary.transactions.user.succeeded)), ""),
        ("refused by name", grouped(u128::from(summary.refusals.values().sum::<u64>())), ""),
        ("accounting identities", held, class),
    ];
    out.push_str("<div class=\"cards\">");
    for (name, value, class) in cards {
        let _ = write!(out, "<div class=\"card\"><b class=\"{class}\">{value}</b><span>{name}</span></div>");
    }
    out.push_str("</div>\n");
}

fn figure(out: &mut String, chart: &Chart) {
    let _ =
        write!(out, "<h2>{}</h2>\n<p class=\"soft\">{}</p>\n<div class=\"keys\">", chart.title, escape(&chart.caption));
    for (name, ink) in &chart.keys {
        let _ = write!(out, "<span>{}{}</span>", swatch(*ink), escape(name));
    }
    // A name for readers who hear the page; the tables carry the numbers.
    let svg = chart.svg.replacen("<svg ", &format!("<svg role=\"img\" aria-label=\"{}\" ", chart.title), 1);
    let _ = write!(out, "</div>\n<figure>{svg}</figure>\n");
}

fn swatch(ink: Ink) -> String {
    let color = ink.hex();
    format!("<svg viewBox=\"0 0 10 10\"><rect width=\"10\" height=\"10\" rx=\"2\" fill=\"{color}\"/></svg>")
}

/// A table of cells that are already escaped; the first column is words.
fn table(out: &mut String, title: &str, header: &[&str], rows: &[Vec<String>]) {
    let _ = write!(out, "<h2>{title}</h2>\n<div class=\"scroll\"><table><thead><tr>");
    for name in header {
        let _ = write!(out, "<th>{name}</th>");
    }
    out.push_str("</tr></thead><tbody>");
    for row in rows {
        out.push_str("<tr>");
        for (place, cell) in row.iter().enumerate() {
            let class = if place == 0 { " class=\"name\"" } else { "" };
            let _ = write!(out, "<td{class}>{cell}</td>");
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div>\n");
}

fn performance(out: &mut String, summary: &Summary) {
    let row = |name: &str, line: &PerformanceLine| {
        vec![
            escape(name),
            signed_percent(line.total_return),
            signed_percent(line.yearly_return),
            percent(line.yearly_volatility),
            ratio(line.sharpe),
            ratio(line.sortino),
            percent(line.max_drawdown),
        ]
    };
    let mut rows = vec![row("the vault", &summary.performance)];
    rows.extend(summary.benchmarks.iter().map(|benchmark| row(&benchmark.venue, &benchmark.performance)));
    let header = ["", "return", "a year", "volatility", "Sharpe", "Sortino", "max drawdown"];
    table(out, "Against holding one venue", &header, &rows);
}

fn events(out: &mut String, summary: &Summary) {
    let rows: Vec<Vec<String>> = summary
        .events
        .iter()
        .map(|event| {
            let kind = if event.kind == "bad_debt" { "bad debt" } else { "illiquid week" };
            vec![
                format!("{kind}{}", if event.staged { " (staged)" } else { "" }),
                event.to.as_ref().map_or(event.date.clone(), |to| format!("{} to {to}", event.date)),
                escape(&event.venue),
                event.amount.as_ref().map_or(String::new(), money),
            ]
        })
        .collect();
    if !rows.is_empty() {
        table(out, "What happened", &["event", "day", "venue", "lost by all suppliers, USDC"], &rows);
    }
}

fn forecasts(out: &mut String, summary: &Summary) {
    let rows: Vec<Vec<String>> = summary
        .risk
        .forecasts
        .iter()
        .map(|one| {
            vec![
                escape(&one.asset),
                percent(one.mean_forecast),
                percent(one.mean_realised),
                grouped(one.days as u128),
                grouped(one.exceedances as u128),
            ]
        })
        .collect();
    let header = ["", "mean forecast a day", "mean realised", "days forecast", "beyond the value at risk"];
    table(out, "Forecasts of the feeds", &header, &rows);
}

fn transactions(out: &mut String, summary: &Summary) {
    let senders = [
        ("depositor", &summary.transactions.user),
        ("keeper", &summary.transactions.keeper),
        ("owner, guardian", &summary.transactions.role),
    ];
    let mut rows = Vec::new();
    for (sender, totals) in senders {
        let mut names: Vec<&String> =
            totals.succeeded_by_instruction.keys().chain(totals.refused_by_instruction.keys()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let count =
                |counts: &crate::demo::world::Counts| grouped(u128::from(counts.get(name).copied().unwrap_or(0)));
            rows.push(vec![
                format!("<code>{}</code>", escape(name)),
                sender.to_owned(),
                count(&totals.succeeded_by_instruction),
                count(&totals.refused_by_instruction),
            ]);
        }
    }
    table(out, "Transactions", &["instruction", "by", "succeeded", "refused"], &rows);
    let mut refusals: Vec<(&String, &u64)> = summary.refusals.iter().collect();
    refusals.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let rows: Vec<Vec<String>> = refusals
        .into_iter()
        .map(|(name, count)| vec![format!("<code>{}</code>", escape(name)), grouped(u128::from(*count))])
        .collect();
    if !rows.is_empty() {
        table(out, "Refusals by name", &["error", "count"], &rows);
    }
}

fn depositors(out: &mut String, summary: &Summary) {
    let rows: Vec<Vec<String>> = summary
        .depositors
        .iter()
        .map(|one| {
            let class = if one.profit.base_units < 0 { "bad" } else { "good" };
            vec![
                format!("{} {}", one.number, one.temperament),
                money(&one.deposited),
                money(&one.withdrawn),
                money(&one.value),
                format!("<span class=\"{class}\">{}</span>", money(&one.profit)),
                grouped(u128::from(one.transactions)),
            ]
        })
        .collect();
    let header = ["", "deposited", "withdrawn", "value", "profit", "transactions"];
    table(out, "Depositors, USDC", &header, &rows);
}

fn adversaries(out: &mut String, summary: &Summary) {
    let rows: Vec<Vec<String>> = summary
        .adversaries
        .iter()
        .map(|one| {
            let class = if one.best_round.base_units > 0 { "bad" } else { "good" };
            vec![
                one.adversary.to_owned(),
                grouped(u128::from(one.rounds)),
                grouped(u128::from(one.attempts)),
                grouped(u128::from(one.refused)),
                format!("<span class=\"{class}\">{}</span>", money(&one.gained)),
                format!("<span class=\"{class}\">{}</span>", money(&one.best_round)),
                money(&one.others_lost),
            ]
        })
        .collect();
    if !rows.is_empty() {
        let header = ["", "rounds", "transactions", "refused", "gained", "best round", "others lost"];
        table(out, "Adversaries, on copies of the chain, USDC after fees", &header, &rows);
    }
}

fn identities(out: &mut String, summary: &Summary) {
    let rows: Vec<Vec<String>> = summary
        .identities
        .iter()
        .map(|identity| {
            let class = if identity.residual == 0 { "good" } else { "bad" };
            vec![
                escape(&identity.name),
                identity.expected.to_string(),
                identity.actual.to_string(),
                format!("<span class=\"{class}\">{}</span>", identity.residual),
            ]
        })
        .collect();
    table(out, "Accounting identities, smallest units", &["", "expected", "actual", "residual"], &rows);
    let _ = writeln!(
        out,
        "<p class=\"soft\" style=\"margin-top:32px\">Hash over all final accounts: <code>{}</code></p>",
        escape(&summary.final_accounts_hash)
    );
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
