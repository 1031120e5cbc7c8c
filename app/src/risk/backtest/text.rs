//! A backtest as tables for people.

use super::report::{AssetReport, Beside, Report, WindowReport};
use crate::cli::table::{table, words};

/// The whole report.
pub fn text(report: &Report) -> String {
    let Report { prices, programs, warmup, transactions, .. } = report;
    let mut out = format!(
        "Backtest of {prices} through the risk oracle ({programs}): {transactions} transactions on an embedded chain.\n\
         One-day value at risk at {}, each forecast made before its day; the first {warmup} bars are left out. All figures \
         come from what the chain's feeds hold.\n",
        percent(report.level, 1)
    );
    for asset in &report.assets {
        out.push_str(&of_asset(asset, report.level));
    }
    let limits = report.limits;
    out.push_str(&format!(
        "\n✓ passes, ✗ does not: Kupiec's LR below {} (coverage, 95%), Christoffersen's below {} (independence, 99%), the \
         default model's losses at most {} above the best of EWMA, GARCH and HAR.\nQLIKE: mean of x/h − ln(x/h) − 1, x \
         the range-based variance (Parkinson) or the squared return, at least 10⁻⁸. Quantile loss and VaR in basis points \
         of the price.\n",
        limits.kupiec_lr,
        limits.christoffersen_lr,
        percent(limits.above_best, 0)
    ));
    match report.passed {
        Some(true) => out.push_str("The default model passes everything.\n"),
        Some(false) => out.push_str("The default model does not pass everything.\n"),
        None => {}
    }
    out
}

fn of_asset(asset: &AssetReport, level: f64) -> String {
    let missing = match asset.missing {
        0 => String::new(),
        missing => format!(", {missing} between them missing"),
    };
    let mut out = format!("\n{}, {} to {}: {} days{missing}\n", asset.asset, asset.first, asset.last, asset.days);
    let mut shown = table(&[
        "window",
        "model",
        "days",
        "exceptions",
        "expected",
        "Kupiec",
        "Christoffersen",
        "worst 250",
        "QLIKE range",
        "QLIKE r²",
        &format!("{} loss", percent(1.0 - level, 1)),
        "mean VaR",
    ]);
    let names = asset.models.first().map(|model| model.windows.iter().map(|window| window.window.as_str()));
    for name in names.into_iter().flatten() {
        for model in &asset.models {
            if let Some(window) = model.windows.iter().find(|window| window.window == name) {
                shown.add_row(cells(model.model, window));
            }
        }
    }
    out.push_str(&shown.to_string());
    out.push('\n');
    if !asset.against_best.is_empty() {
        out.push_str("Default model against the best of EWMA, GARCH and HAR\n");
        let mut shown = words(&["window", "QLIKE range", "QLIKE r²", "quantile loss"]);
        for one in &asset.against_best {
            let [range, squared, loss] = one.all().map(|(_, beside)| distance(beside));
            shown.add_row([one.window.clone(), range, squared, loss]);
        }
        out.push_str(&shown.to_string());
        out.push('\n');
    }
    out
}

fn cells(model: &str, window: &WindowReport) -> [String; 12] {
    let measures = &window.measures;
    let zone = measures.basel_zone.map_or_else(String::new, |zone| format!(" {zone}"));
    [
        window.window.clone(),
        model.to_owned(),
        measures.days.to_string(),
        measures.exceptions.to_string(),
        format!("{:.1}", measures.expected),
        format!("{:.2} {}", measures.kupiec_lr, mark(window.kupiec_passed)),
        format!("{:.2} {}", measures.christoffersen_lr, mark(window.christoffersen_passed)),
        format!("{}{zone}", measures.worst_250),
        format!("{:.4}", measures.qlike_range),
        format!("{:.4}", measures.qlike_squared),
        format!("{:.2}", measures.quantile_loss * 10_000.0),
        format!("{:.0}", measures.mean_var * 10_000.0),
    ]
}

fn distance(beside: &Beside) -> String {
    format!("{:+.2} % of {} {}", beside.above * 100.0, beside.best_model, mark(beside.passed))
}

fn mark(passed: bool) -> &'static str {
    if passed {
        "✓"
    } else {
        "✗"
    }
}

/// A fraction as a percentage with at most so many digits, without zeros at its end.
fn percent(fraction: f64, digits: usize) -> String {
    let digits = format!("{:.digits$}", fraction * 100.0);
    let short = if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { &digits };
    format!("{short} %")
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn percentages_are_short() {
        assert_eq!(percent(0.99, 1), "99 %");
        assert_eq!(percent(0.975, 1), "97.5 %");
        assert_eq!(percent(0.02, 0), "2 %");
        assert_eq!(percent(0.9, 0), "90 %");
    }
}
