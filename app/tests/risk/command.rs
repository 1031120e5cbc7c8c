//! `gimbal risk backtest` as people and machines call it.

use std::process::{Command, Output};

use crate::support::{csv, series, Folder};

const USAGE: i32 = 2;
const FAILED: i32 = 1;

fn gimbal(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gimbal")).args(["risk", "backtest"]).args(arguments).output().expect("it runs")
}

/// Runs, expects a refusal of one line, and returns it.
fn refused(arguments: &[&str], code: i32) -> String {
    let output = gimbal(arguments);
    let error = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {error}");
    assert!(output.stdout.is_empty(), "{arguments:?} printed {:?}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(error.lines().count(), 1, "{arguments:?}: {error}");
    error.trim_end().to_owned()
}

#[test]
fn what_is_wrong_is_one_line_with_a_next_step() {
    let folder = Folder::new("wrong");
    assert!(refused(&[], USAGE).contains("--prices <CSV>"));
    assert!(refused(&["--prices", "p.csv", "--level", "1"], USAGE).contains("from 0.95 to 0.999"));
    assert!(refused(&["--prices", "p.csv", "--model", "garhc"], USAGE).contains("did you mean garch"));
    assert!(refused(&["--prices", "p.csv", "--warmup", "10"], USAGE).contains("from 30 to"));
    assert!(refused(&["--prices", "no/such.csv"], FAILED).contains("give --prices a readable CSV file"));
    let short = folder.file("short.csv", &csv(&[&series("Tin", 1, 40)]));
    let error = refused(&["--prices", &short], FAILED);
    assert!(error.contains("Tin has 40 days, and the first 250 only warm up"), "{error}");
    let error = refused(&["--prices", &short, "--warmup", "30", "--from", "2030-01-01"], FAILED);
    // Generated prices begin on 2024-01-01; the 31st bar is the first that is tested.
    assert!(error.contains("tested days from 2024-01-31 to 2024-02-09"), "{error}");
    let uneven = folder.file("uneven.csv", "date,asset,open,high,low,close\n2024-01-01,Tin,1,2,3,1\n");
    assert!(refused(&["--prices", &uneven], FAILED).contains("uneven.csv:2: low lies above high"));
}

#[test]
fn any_assets_are_tested_and_the_answer_is_one_object() {
    let folder = Folder::new("answer");
    let mut later = series("Gold 999", 5, 70);
    for (date, _) in &mut later.days {
        date.0 += 2_000;
    }
    // Two days on which nobody brought a price.
    later.days.drain(40..42);
    let file = folder.file("prices.csv", &csv(&[&series("DOGE", 4, 50), &later]));
    let arguments = ["--prices", &file, "--warmup", "30", "--model", "garch,mixture", "--output", "json"];
    let output = gimbal(&arguments);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    assert!(error.contains(" transactions in "), "{error}");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one object");
    assert_eq!((&json["prices"], &json["level"], &json["warmup"]), (&"prices.csv".into(), &0.99.into(), &30.into()));
    // Both models of both assets: the registration, four prices a day and one that closes the last day.
    assert_eq!(json["transactions"], 2 * (1 + 4 * 50 + 1) + 2 * (1 + 4 * 68 + 1));
    let [doge, gold] = [&json["assets"][0], &json["assets"][1]];
    assert_eq!((&doge["asset"], &doge["days"], &doge["missing"]), (&"DOGE".into(), &50.into(), &0.into()));
    assert_eq!((&gold["asset"], &gold["days"], &gold["missing"]), (&"Gold 999".into(), &68.into(), &2.into()));
    assert_ne!(doge["feed_id"], gold["feed_id"]);
    assert_eq!((&doge["models"][0]["model"], &doge["models"][1]["model"]), (&"mixture".into(), &"garch".into()));
    assert_eq!(doge["models"][1]["weights"], serde_json::json!([0.0, 1.0, 0.0, 0.0]));
    // All days are later than 2023: no window before it.
    let windows: Vec<&str> = doge["models"][0]["windows"]
        .as_array()
        .expect("windows")
        .iter()
        .filter_map(|one| one["window"].as_str())
        .collect();
    assert_eq!(windows, ["all", "from 2023-01-01"]);
    let all = &doge["models"][0]["windows"][0];
    assert_eq!((&all["days"], &all["from"], &all["to"]), (&20.into(), &"2024-01-31".into(), &"2024-02-19".into()));
    for key in [
        "exceptions",
        "expected",
        "kupiec_lr",
        "christoffersen_lr",
        "worst_250",
        "qlike_range",
        "qlike_squared",
        "quantile_loss",
        "mean_var",
    ] {
        assert!(all[key].is_number(), "{key}: {all}");
    }
    assert!(all["kupiec_passed"].is_boolean() && all["basel_zone"].is_string(), "{all}");
    // Without EWMA and HAR there is no best of three.
    assert_eq!(doge["against_best"], serde_json::json!([]));
    let again = gimbal(&arguments);
    assert_eq!(again.stdout, output.stdout, "the same prices give the same answer");
}

#[test]
fn the_tables_name_every_model_and_mark() {
    let folder = Folder::new("tables");
    let file = folder.file("prices.csv", &csv(&[&series("Tin", 9, 60)]));
    let output = gimbal(&["--prices", &file, "--warmup", "30", "--from", "2024-02-10", "--to", "2024-02-19"]);
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for part in [
        "Tin, 2024-01-01 to 2024-02-29: 60 days",
        "2024-02-10 to 2024-02-19",
        "One-day value at risk at 99 %",
        "Default model against the best of EWMA, GARCH and HAR",
        "mixture",
        "ewma",
        "garch",
        "har",
        "range",
        "QLIKE range",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(said.contains('✓') || said.contains('✗'), "{said}");
    assert!(!said.contains("before 2023"), "one window was asked for: {said}");
}
