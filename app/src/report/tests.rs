//! The three forms of the report, made from a run on the model world.

use super::*;
use crate::demo::engine::{depositors, model::Model, run, Record};
use crate::prices::{generate, PricePath};

fn play(days: u32) -> (PricePath, Record) {
    let path = generate(1, days);
    let mut world = Model::new(&depositors(1, 50));
    let record = run(&mut world, &path, 1, 50, &mut |_| {}).expect("a run");
    (path, record)
}

fn summary(path: &PricePath, record: &Record) -> Summary {
    let ends = (path.days[0].steps()[0], path.days[path.days.len() - 1].steps()[3]);
    Summary::of(&Settings { mode: "native", source: path.source.clone(), seed: 1, ends }, record)
}

#[test]
fn the_json_has_stable_keys() {
    let (path, record) = play(60);
    let text = json(&summary(&path, &record)).expect("json");
    let value: serde_json::Value = serde_json::from_str(&text).expect("valid JSON");
    for key in [
        "mode",
        "seed",
        "days",
        "prices",
        "nav",
        "share_price",
        "shares",
        "cash",
        "performance",
        "benchmarks",
        "venues",
        "events",
        "transactions",
        "keeper_actions",
        "refusals",
        "compute_units",
        "risk",
        "identities",
        "depositors",
        "final_accounts_hash",
    ] {
        assert!(value.get(key).is_some(), "{key}");
    }
    assert_eq!(value["prices"]["source"], "generated");
    assert_eq!(value["nav"]["mid"]["base_units"], record.vault.nav[1]);
    assert_eq!(value["depositors"].as_array().map(Vec::len), Some(50));
    assert_eq!(value["compute_units"]["any"]["median"], 1_000);
    for key in ["sharpe", "sortino", "max_drawdown"] {
        assert!(value["performance"].get(key).is_some() && value["benchmarks"][0].get(key).is_some(), "{key}");
    }
    for identity in value["identities"].as_array().expect("a list") {
        assert_eq!(identity["residual"], 0);
        assert!(identity["name"].is_string() && identity["expected"].is_number() && identity["actual"].is_number());
    }
    let user = &value["transactions"]["user"];
    let by_instruction: u64 =
        user["succeeded_by_instruction"].as_object().expect("counts").values().filter_map(|n| n.as_u64()).sum();
    assert_eq!(user["succeeded"], by_instruction);
}

#[test]
fn the_page_is_self_contained_and_serves_both_lights() {
    let (path, record) = play(90);
    let page = page(&record, &summary(&path, &record)).expect("a page");
    assert_eq!(page.matches("<figure><svg ").count(), 10);
    assert!(page.contains(GENERATOR) && page.contains("prefers-color-scheme:dark"));
    for outside in ["<script", "<link", "src=", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
    // The only addresses are the names of the SVG namespace.
    assert_eq!(page.matches("http").count(), page.matches("xmlns=\"http://www.w3.org/2000/svg\"").count());
    assert!(!page.contains("NaN") && !page.contains("inf"));
    if let Some(folder) = std::env::var_os("GIMBAL_TEST_PAGE") {
        std::fs::write(std::path::Path::new(&folder).join("page.html"), &page).expect("written");
    }
}

#[test]
fn the_text_says_what_matters() {
    let (path, record) = play(60);
    let text = text(&summary(&path, &record));
    for part in
        ["generated (they never happened", "Sharpe", "Sortino", "max drawdown", "residual", "illiquid week", "others"]
    {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn the_charts_of_risk_show_what_the_record_holds() {
    let (path, record) = play(90);
    let summary = summary(&path, &record);
    let page = page(&record, &summary).expect("a page");
    let part = |title: &str| {
        let from = page.find(&format!("<h2>{title}</h2>")).unwrap_or_else(|| panic!("{title}"));
        let rest = &page[from..];
        rest[..rest.find("</figure>").expect("a figure")].to_owned()
    };
    let exposure = part("Exposure by risk id");
    assert!((1..=3).all(|venue| exposure.contains(&format!("venue {venue}</span>"))));
    // A line of each kind for each of the three assets.
    let forecast = part("Forecast against realised volatility");
    let polylines = |text: &str, color: &str| {
        text.matches("<polyline ").count().min(text.matches(&format!("stroke=\"{color}\"")).count())
    };
    assert_eq!((polylines(&forecast, "#1D4ED8"), polylines(&forecast, "#94A3B8")), (3, 3));
    assert!(["BTC", "ETH", "SOL"].iter().all(|asset| forecast.contains(asset)));
    // Every exceedance is marked, and counted in the panel's name, in the table and in the JSON.
    let exceedances = part("Exceedances of the value at risk");
    let expected: Vec<usize> =
        (0..3).map(|asset| record.risk.course(asset).iter().filter(|day| day.exceeds()).count()).collect();
    assert_eq!(exceedances.matches("<rect ").count(), expected.iter().sum::<usize>() + 3, "and three keys");
    for (line, count) in summary.risk.forecasts.iter().zip(&expected) {
        // Ninety days: the first has no bar before it, the last none of its own, and thirty have no forecast.
        assert_eq!((line.days, line.exceedances), (59, *count));
        assert!(exceedances.contains(&format!("{}: {count} of 59 days", line.asset)));
    }
    // Three protocols of three circles each, but no red one where nothing is lost; three edges.
    let contagion = part("Contagion");
    assert_eq!((contagion.matches("<circle ").count(), contagion.matches("<polygon ").count()), (8, 3));
    assert!(contagion.contains("market 1: 5.0 %"), "the dry week was posted");
    assert!((summary.risk.damages[0].damage - 0.05).abs() < 1e-6);
    assert_eq!(summary.risk.regime_days.values().sum::<usize>(), 90);
}

#[test]
fn a_run_of_one_day_can_be_shown() {
    let (path, record) = play(1);
    let summary = summary(&path, &record);
    assert!(page(&record, &summary).is_ok());
    assert!(text(&summary).contains("1 days"));
}
