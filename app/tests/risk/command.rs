//! `gimbal risk backtest` as people and machines call it.

use std::process::Output;

use crate::process::{refusal, Folder};
use crate::support::{csv, rows, series};

const USAGE: i32 = 2;
const FAILED: i32 = 1;

fn gimbal(arguments: &[&str]) -> Output {
    crate::process::gimbal(&[&["risk", "backtest"], arguments].concat())
}

/// Runs, expects a refusal of one line, and returns it.
fn refused(arguments: &[&str], code: i32) -> String {
    refusal(&gimbal(arguments), code)
}

/// Runs, expects an answer, and returns it.
fn answer(arguments: &[&str]) -> serde_json::Value {
    let output = gimbal(&[arguments, &["--output", "json"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("one object")
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
    let error = refused(&["--prices", &short, "--asset", "Zinc"], FAILED);
    assert!(error.contains("short.csv has no asset Zinc; it has Tin"), "{error}");
}

#[test]
fn a_file_of_another_tool_gives_the_same_figures() {
    let folder = Folder::new("forms");
    let made = series("Tin", 4, 45);
    let plain = folder.file("plain.csv", &csv(&[&made]));
    // Newest first, one asset, other columns and their order, times and separators.
    let mut other: Vec<String> = rows(&made).lines().map(other_tools).collect();
    other.reverse();
    let other = format!("\u{feff}Volume;Close;Low;High;Open;Unix\r\n{}\r\n", other.join("\r\n"));
    let other = folder.file("Tin.csv", &other);
    let run = |file: &str| answer(&["--prices", file, "--warmup", "30", "--model", "mixture"])["assets"].clone();
    assert_eq!(run(&plain), run(&other));
}

/// A row as seconds, and with everything else elsewhere.
fn other_tools(row: &str) -> String {
    let cells: Vec<&str> = row.split(',').collect();
    let [date, _, open, high, low, close] = cells[..] else { panic!("six cells: {row}") };
    let date = gimbal::date::Date::parse(date).expect("a day");
    format!("\"1,234\";{close};{low};{high};{open};{}", date.start())
}

#[test]
fn an_asset_with_too_few_days_is_named_and_the_others_are_tested() {
    let folder = Folder::new("skipped");
    let file = folder.file("prices.csv", &csv(&[&series("New", 4, 30), &series("Old", 5, 31)]));
    let arguments = ["--prices", &file, "--warmup", "30"];
    let json = answer(&arguments);
    assert_eq!(json["assets"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&json["assets"][0]["asset"], &json["assets"][0]["models"][0]["windows"][0]["days"]),
        (&"Old".into(), &1.into())
    );
    let skipped = serde_json::json!([{ "asset": "New", "days": 30, "reason": "no day left behind the warm-up" }]);
    assert_eq!(json["skipped"], skipped);
    // What was not tested has not passed.
    assert_ne!(json["passed"], true);
    let said = String::from_utf8(gimbal(&arguments).stdout).expect("UTF-8");
    assert!(said.contains("New: 30 days; add days, or give a smaller --warmup"), "{said}");
    assert!(said.contains("a ✓ of Kupiec and Christoffersen says little"), "{said}");
    // Alone it is refused, and the other alone is whole.
    assert!(refused(&["--prices", &file, "--warmup", "30", "--asset", "New"], FAILED).contains("New has 30 days"));
    let alone = answer(&["--prices", &file, "--warmup", "30", "--asset", "Old"]);
    assert_eq!((&alone["skipped"], &alone["assets"]), (&serde_json::json!([]), &json["assets"]));
}

#[test]
fn missed_marks_are_named_with_their_limits() {
    // The ratio of QLIKE against r² to the best of three is above its limit on these days: `tests/risk/backtest.rs` has it
    // from an independent computation.
    let folder = Folder::new("missed");
    let file = folder.file("prices.csv", &csv(&[&series("Tin", 11, 400)]));
    let arguments = ["--prices", &file, "--warmup", "100", "--from", "2024-01-01"];
    let json = answer(&arguments);
    assert_eq!(json["passed"], false);
    let missed = json["missed"].as_array().expect("a list");
    let [one] = &missed[..] else { panic!("one is missed: {missed:?}") };
    assert_eq!(
        (&one["asset"], &one["model"], &one["mark"]),
        (&"Tin".into(), &"mixture".into(), &"qlike_squared".into())
    );
    assert_eq!(one["limit"], 0.02);
    let figure = one["figure"].as_f64().expect("a number");
    assert!((figure - (1.937820 / 1.873439 - 1.0)).abs() < 1e-4, "{figure}");
    let said = String::from_utf8(gimbal(&arguments).stdout).expect("UTF-8");
    assert!(
        said.contains("Missed\n  Tin, from 2024-01-01, mixture:\n    QLIKE r² 3.4 % above that of garch, limit 2 %"),
        "{said}"
    );
    assert!(said.ends_with("The default model does not pass everything.\n"), "{said}");
    assert!(said.lines().all(|line| line.chars().count() <= 100), "{said}");
}

#[test]
fn prices_of_any_size_have_the_same_figures() {
    let folder = Folder::new("sizes");
    let made = series("Tin", 4, 45);
    let file = |name: &str, power: &str| {
        let plain = rows(&made);
        let scaled = plain.lines().map(|row| {
            let cells: Vec<&str> = row.split(',').collect();
            let [date, asset, ref prices @ ..] = cells[..] else { panic!("six cells: {row}") };
            format!(
                "{date},{asset},{}\n",
                prices.iter().map(|price| format!("{price}{power}")).collect::<Vec<_>>().join(",")
            )
        });
        folder.file(name, &format!("date,asset,open,high,low,close\n{}", scaled.collect::<String>()))
    };
    let run = |file: &str| {
        let asset = answer(&["--prices", file, "--warmup", "30", "--model", "mixture"])["assets"][0].clone();
        (asset["price_exponent"].clone(), asset["models"].clone())
    };
    // Near 42,000 as they are; then 42 trillion, and 0.00000000042.
    let (plain, dear, cheap) = (run(&file("a.csv", "")), run(&file("b.csv", "e9")), run(&file("c.csv", "e-14")));
    assert_eq!((&plain.0, &dear.0), (&0.into(), &(-8).into()));
    assert!(cheap.0.as_i64().expect("a power") >= 5, "{}", cheap.0);
    let figure = |run: &(serde_json::Value, serde_json::Value), key: &str| {
        run.1[0]["windows"][0][key].as_f64().expect("a number")
    };
    for key in ["exceptions", "qlike_range", "qlike_squared", "quantile_loss", "mean_var"] {
        for other in [&dear, &cheap] {
            let (one, two) = (figure(&plain, key), figure(other, key));
            assert!((one - two).abs() <= 1e-6 * one.abs().max(1e-3), "{key}: {one} {two}");
        }
    }
}

#[test]
fn the_help_has_examples_and_exit_codes() {
    let output = gimbal(&["--help"]);
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.status.success());
    for part in
        ["Examples:", "gimbal risk backtest --prices prices.csv", "Exit codes: 0 the backtest ran", "in any order"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
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
