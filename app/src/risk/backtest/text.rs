//! A backtest as tables for people, at most a hundred columns wide.

use super::report::{AssetReport, Beside, Comparison, Limits, Report, WindowReport};
use crate::amount::grouped;
use crate::table::table;

/// Below so many expected exceptions the tests can hardly fail.
const FEW: f64 = 3.0;

/// The whole report.
pub fn text(report: &Report) -> String {
    let Report { prices, programs, warmup, limits, .. } = report;
    let level = percent(report.level, 1);
    let mut out = format!(
        "Backtest of {prices} through the risk oracle ({programs}): {} transactions on an embedded chain.\n\
         One-day value at risk at {level}, each forecast made before its day; the first {warmup} bars are left out.\n\
         All figures come from what the chain's feeds hold.\n",
        grouped(report.transactions as u128)
    );
    for asset in &report.assets {
        out.push_str(&of_asset(asset, report.level, limits));
    }
    let tail = percent(1.0 - report.level, 1);
    out.push_str(&format!(
        "\n✓ passes, ✗ does not. Kupiec: as many exceptions as promised (LR below {}, 95 %). Christoffersen:\n\
         they come independently (LR below {}, 99 %). Worst 250: most exceptions in 250 days on end, and\n\
         Basel's zone. QLIKE: mean of x/h − ln(x/h) − 1; x is the range-based variance (Parkinson), or the\n\
         squared return, at least 10⁻⁸. {tail} loss: quantile loss in basis points of the price. Mean VaR: in\n\
         percent of it. The default model is the mixture of the other four.\n",
        limits.kupiec_lr, limits.christoffersen_lr,
    ));
    if few_expected(report) {
        out.push_str(&format!(
            "Where fewer than {FEW} exceptions are expected, a ✓ of Kupiec and Christoffersen says little: add days.\n"
        ));
    }
    out.push_str(&verdict(report));
    out
}

fn of_asset(asset: &AssetReport, level: f64, limits: &Limits) -> String {
    let missing = match asset.missing {
        0 => String::new(),
        missing => format!(", {missing} between them missing"),
    };
    let mut out = format!("\n{}, {} to {}: {} days{missing}\n", asset.asset, asset.first, asset.last, asset.days);
    if asset.price_exponent != 0 {
        out.push_str(&format!(
            "Prices are brought times 10^{}: a feed carries 0.000001 to 10,000,000. Returns are the same.\n",
            asset.price_exponent
        ));
    }
    let windows = asset.models.first().map(|model| model.windows.as_slice()).unwrap_or_default();
    for (place, window) in windows.iter().enumerate() {
        let earlier = windows.iter().take(place).find(|other| (&other.from, &other.to) == (&window.from, &window.to));
        match earlier {
            Some(same) => out.push_str(&format!("\n  {}: the same days as {}\n", window.window, same.window)),
            None => out.push_str(&of_window(asset, window, level, limits)),
        }
    }
    out
}

fn of_window(asset: &AssetReport, first: &WindowReport, level: f64, limits: &Limits) -> String {
    let name = &first.window;
    let dates = format!("{} to {}", first.from, first.to);
    let dates = if dates == *name { String::new() } else { format!(", {dates}") };
    let mut shown = table(&[
        "model",
        "exceptions",
        &format!("Kupiec\nLR < {}", limits.kupiec_lr),
        &format!("Christoff.\nLR < {}", limits.christoffersen_lr),
        "worst 250\ndays",
        "QLIKE\nrange",
        "QLIKE\nr²",
        &format!("{} loss\nbp", percent(1.0 - level, 1)),
        "mean\nVaR %",
    ]);
    for model in &asset.models {
        if let Some(window) = model.windows.iter().find(|window| window.window == *name) {
            shown.add_row(cells(model.model, window));
        }
    }
    let measures = &first.measures;
    let mut out =
        format!("\n  {name}{dates}: {} days, {:.1} exceptions expected\n{shown}\n", measures.days, measures.expected);
    if let Some(one) = asset.against_best.iter().find(|one| one.window == *name) {
        out.push_str(&against_best(one, limits));
    }
    out
}

fn cells(model: &str, window: &WindowReport) -> [String; 9] {
    let measures = &window.measures;
    let zone = measures.basel_zone.map_or_else(String::new, |zone| format!(" {zone}"));
    [
        model.to_owned(),
        measures.exceptions.to_string(),
        format!("{:.2} {}", measures.kupiec_lr, mark(window.kupiec_passed)),
        format!("{:.2} {}", measures.christoffersen_lr, mark(window.christoffersen_passed)),
        format!("{}{zone}", measures.worst_250),
        format!("{:.4}", measures.qlike_range),
        format!("{:.4}", measures.qlike_squared),
        digits(measures.quantile_loss * 10_000.0),
        digits(measures.mean_var * 100.0),
    ]
}

fn against_best(one: &Comparison, limits: &Limits) -> String {
    let parts = one.all().map(|(name, beside)| format!("{name} {}", distance(beside)));
    format!(
        "  Default model against the best of EWMA, GARCH and HAR, at most {} above:\n  {}\n",
        percent(limits.above_best, 0),
        parts.join(" · ")
    )
}

fn distance(beside: &Beside) -> String {
    format!("{:+.2} % of {} {}", beside.above * 100.0, beside.best_model, mark(beside.passed))
}

fn few_expected(report: &Report) -> bool {
    let windows = report.assets.iter().flat_map(|asset| &asset.models).flat_map(|model| &model.windows);
    windows.into_iter().any(|window| window.measures.expected < FEW)
}

/// What was missed and what was not tested, and the answer to whether the default model passes.
fn verdict(report: &Report) -> String {
    let mut out = String::new();
    if !report.missed.is_empty() {
        out.push_str("\nMissed\n");
        for one in &report.missed {
            out.push_str(&format!("  {}, {}, {}:\n    {}\n", one.asset, one.window, one.model, one.words));
        }
    }
    if !report.skipped.is_empty() {
        out.push_str(&format!("\nNot tested, since only days behind the first {} count\n", report.warmup));
        for one in &report.skipped {
            out.push_str(&format!("  {}: {} days; add days, or give a smaller --warmup\n", one.asset, one.days));
        }
    }
    out.push('\n');
    match (report.passed, report.skipped.is_empty()) {
        (Some(true), _) => out.push_str("The default model passes everything.\n"),
        (Some(false), _) => out.push_str("The default model does not pass everything.\n"),
        (None, false) if report.assets.iter().all(|asset| asset.passed() == Some(true)) => {
            out.push_str("The default model passes everything that was tested.\n");
        }
        (None, _) => out.push_str(
            "Whether the default model passes is said where mixture, ewma, garch and har are all run (--model all).\n",
        ),
    }
    out
}

fn mark(passed: bool) -> &'static str {
    if passed {
        "✓"
    } else {
        "✗"
    }
}

/// Two digits after the point, or for what is small as many as show three of its own.
fn digits(value: f64) -> String {
    let places = match value.abs() {
        size if size >= 0.1 || size == 0.0 => 2,
        size => (2.0 - size.log10().floor()).min(9.0) as usize,
    };
    format!("{value:.places$}")
}

/// A fraction as a percentage with at most so many digits, without zeros at its end.
fn percent(fraction: f64, digits: usize) -> String {
    let digits = format!("{:.digits$}", fraction * 100.0);
    let short = if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { &digits };
    format!("{short} %")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_short() {
        assert_eq!(percent(0.99, 1), "99 %");
        assert_eq!(percent(0.975, 1), "97.5 %");
        assert_eq!(percent(0.02, 0), "2 %");
        assert_eq!(percent(0.9, 0), "90 %");
    }

    #[test]
    fn small_figures_keep_three_digits() {
        assert_eq!(
            [14.481, 0.1, 0.0, 0.0123, 0.000_456_7].map(digits),
            ["14.48", "0.10", "0.00", "0.0123", "0.000457"]
        );
    }
}
