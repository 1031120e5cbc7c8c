//! The command line refuses bad input in one line, with the right exit code and nothing left behind.

mod process;

use std::path::Path;
use std::process::Command;

use process::{gimbal, refused, Folder};

const USAGE: i32 = 2;
const FAILED: i32 = 1;

const HEADER: &str = "date,asset,open,high,low,close\n";

fn rows(dates: &[&str]) -> String {
    let row = |asset: &str| dates.iter().map(|date| format!("{date},{asset},10,11,9,10\n")).collect::<String>();
    format!("{HEADER}{}{}{}", row("BTC"), row("ETH"), row("SOL"))
}

#[test]
fn usage_errors_are_one_line_and_exit_2() {
    let cases: [(&[&str], &str); 9] = [
        (&[], "no command is given; run `gimbal demo`"),
        (&["demp"], "unrecognized subcommand 'demp'; did you mean demo?"),
        (&["demo", "--days", "0"], "'0' for '--days <N>': give a whole number of days from 1 to 10000"),
        (&["demo", "--days", "-3"], "'-3' for '--days <N>': give a whole number of days"),
        (&["demo", "--depositors", "many"], "give a whole number of depositors from 1 to 5000"),
        (&["demo", "--seed", "1.5"], "give a whole number from 0"),
        (&["demo", "--native", "--bytecode"], "cannot be used with"),
        (&["demo", "--frobnicate"], "unexpected argument '--frobnicate' found"),
        (&["demo", "--output", "yaml"], "invalid value 'yaml'"),
    ];
    for (arguments, part) in cases {
        let line = refused(arguments, USAGE);
        assert!(line.starts_with("error: ") && line.contains(part), "{arguments:?}: {line}");
        assert!(line.contains("gimbal demo"), "says where to read more: {line}");
    }
}

#[test]
fn a_mistyped_flag_gets_a_suggestion() {
    assert!(refused(&["demo", "--price", "x"], USAGE).contains("did you mean --prices?"));
}

#[test]
fn help_and_version_are_answers() {
    for (arguments, part) in
        [(&["--help"][..], "Commands"), (&["demo", "--help"], "--prices <CSV>"), (&["--version"], "gimbal ")]
    {
        let output = gimbal(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stdout).contains(part), "{arguments:?}");
    }
}

#[test]
fn bad_price_files_are_refused_with_file_line_and_remedy() {
    let folder = Folder::new("prices");
    let good = rows(&["2021-01-01", "2021-01-02"]);
    let report = folder.path("report");
    let missing = folder.path("missing.csv");
    let refuse = |file: &str| refused(&["demo", "--prices", file, "--report", &report], FAILED);
    assert!(refuse(&missing).contains("cannot read"));
    assert!(refuse(&folder.path("")).contains("cannot read"));
    assert!(refuse(&folder.file("empty.csv", "")).contains("no price rows"));
    assert!(refuse(&folder.file("header.csv", "a,b\n1,2\n")).contains("header.csv:1: the header is"));
    let cases = [
        ("malformed.csv", good.replace("2021-01-02,BTC,10,11,9,10", "2021-01-02,BTC,10,11,9"), ":3: has 5 fields"),
        ("word.csv", good.replacen("10,11", "ten,11", 1), ":2: open \"ten\" is not a plain decimal"),
        ("negative.csv", good.replacen("10,11", "-10,11", 1), ":2: open \"-10\" is not above zero"),
        ("ohlc.csv", good.replacen("10,11,9", "10,8,9", 1), ":2: low lies above high"),
        ("asset.csv", good.replace("SOL", "DOGE"), ":6: asset \"DOGE\" is unknown"),
        ("order.csv", rows(&["2021-01-02", "2021-01-01"]), ":3: BTC goes back from 2021-01-02 to 2021-01-01"),
        ("gap.csv", rows(&["2021-01-01", "2021-01-03"]), ":3: BTC has no row for 2021-01-02"),
        ("twice.csv", rows(&["2021-01-01", "2021-01-01"]), ":3: BTC has a second row for 2021-01-01"),
        (
            "absent.csv",
            good.lines().filter(|line| !line.contains("SOL")).map(|l| format!("{l}\n")).collect(),
            "SOL has no rows",
        ),
    ];
    for (name, text, part) in cases {
        let line = refuse(&folder.file(name, &text));
        assert!(line.contains(name) && line.contains(part), "{line}");
    }
    assert!(!Path::new(&report).exists(), "nothing is half done");
}

#[test]
fn more_days_than_the_file_has_are_refused() {
    let folder = Folder::new("days");
    let file = folder.file("prices.csv", &rows(&["2021-01-01", "2021-01-02"]));
    let line = refused(&["demo", "--prices", &file, "--days", "3"], FAILED);
    assert!(line.contains("has 2 days, fewer than 3; ask for --days 2 or less"), "{line}");
}

#[test]
fn a_report_place_that_cannot_be_used_is_refused_before_the_run() {
    let folder = Folder::new("report");
    let file = folder.file("taken", "mine");
    assert!(refused(&["demo", "--report", &file], FAILED).contains("is not a folder"));
    assert!(refused(&["demo", "--report", &format!("{file}/below")], FAILED).contains("is not a folder"));
    folder.file("index.html", "<p>mine</p>");
    assert!(refused(&["demo", "--report", &folder.path("")], FAILED).contains("is not a report of gimbal"));
    assert_eq!(std::fs::read_to_string(folder.0.join("index.html")).expect("untouched"), "<p>mine</p>");
    assert!(refused(&["demo", "--report", ""], USAGE).contains("a value is required for '--report <DIR>'"));
}

#[test]
fn missing_bytecode_names_the_build_command() {
    let folder = Folder::new("bytecode");
    let output = Command::new(env!("CARGO_BIN_EXE_gimbal"))
        .args(["demo", "--bytecode"])
        .env("GIMBAL_DEPLOY_DIR", &folder.0)
        .output()
        .expect("the binary runs");
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(FAILED), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(error.contains("vault.so") && error.contains("cargo build-sbf"), "{error}");
}

/// A run whose output is one JSON object.
fn json(arguments: &[&str]) -> serde_json::Value {
    let output = gimbal(&[&["demo", "--output", "json"], arguments].concat());
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{error}");
    serde_json::from_slice(&output.stdout).expect("standard output is one JSON object and nothing else")
}

#[test]
fn a_month_on_generated_prices_meets_everything_and_balances() {
    let folder = Folder::new("run");
    let report = folder.path("report");
    let run = json(&["--days", "45", "--report", &report]);
    assert_eq!((run["mode"].as_str(), run["prices"]["source"].as_str()), (Some("native"), Some("generated")));
    assert_eq!(run["depositors"].as_array().map(Vec::len), Some(50));
    let identities = run["identities"].as_array().expect("a list");
    assert!(identities.len() > 10);
    assert!(identities.iter().all(|identity| identity["residual"] == 0), "{identities:?}");
    let events: Vec<_> = run["events"].as_array().expect("a list").iter().map(|event| event["kind"].as_str()).collect();
    assert!(events.contains(&Some("bad_debt")) && events.contains(&Some("illiquid_week")), "{events:?}");
    let user = &run["transactions"]["user"]["succeeded_by_instruction"];
    for instruction in ["deposit", "deposit_and_allocate", "mint", "withdraw", "redeem", "request_redeem", "claim"] {
        assert!(user[instruction].as_u64() > Some(0), "{instruction}: {user}");
    }
    let keeper = &run["keeper_actions"];
    for instruction in [
        "update_feed",
        "refresh",
        "rebalance",
        "fill_tickets",
        "recall",
        "derisk",
        "harvest",
        "harvest_cash",
        "collect_pay",
    ] {
        assert!(keeper[instruction].as_u64() > Some(0), "{instruction}: {keeper}");
    }
    for refusal in ["InsufficientCash", "StaleNav", "ZeroAssets", "SlippageExceeded"] {
        assert!(run["refusals"][refusal].as_u64() > Some(0), "{refusal}: {}", run["refusals"]);
    }
    let page = std::fs::read_to_string(folder.0.join("report/index.html")).expect("the report");
    assert!(page.contains("<svg") && page.contains(run["final_accounts_hash"].as_str().expect("a hash")));
    assert_eq!(std::fs::read_dir(&report).expect("a folder").count(), 1, "one page and nothing else");

    // The report may replace its own page.
    assert_eq!(json(&["--days", "2", "--report", &report])["days"], 2);
}

#[test]
fn a_seed_decides_the_accounts_to_the_byte_and_prices_decide_the_value() {
    let run = |seed| json(&["--days", "8", "--depositors", "12", "--seed", seed]);
    let (one, again, other) = (run("3"), run("3"), run("4"));
    assert_eq!(one, again);
    assert_ne!(one["final_accounts_hash"], other["final_accounts_hash"]);

    let folder = Folder::new("paths");
    let days = ["2021-01-01", "2021-01-02", "2021-01-03"];
    let calm = folder.file("calm.csv", &rows(&days));
    let wild = folder.file("wild.csv", &rows(&days).replace("2021-01-02,SOL,10,11,9,10", "2021-01-02,SOL,10,11,2,3"));
    let nav = |file: &str| json(&["--prices", file])["nav"]["mid"]["base_units"].clone();
    assert_ne!(nav(&calm), nav(&wild), "another path, another value");
}
