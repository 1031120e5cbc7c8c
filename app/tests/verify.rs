//! `gimbal verify` from the outside: exit codes, forms of output, and what it says of bad input.

mod process;

use std::process::Output;

use process::{gimbal, Folder};
use serde_json::Value;

const BROKEN: i32 = 1;
const USAGE: i32 = 2;

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn error(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Runs, expects that nothing could be verified, and returns the one line.
fn refused(arguments: &[&str]) -> String {
    process::refused(arguments, USAGE)
}

const VAULT: &str = "CeLyDKjYAq63rQHb4dSHe8jetCYEgY4xr4MCMBcKjF5Z";

#[test]
fn a_saved_run_verifies_and_a_changed_one_does_not() {
    let folder = Folder::new("run");
    let file = folder.path("accounts.json");
    let run = gimbal(&["demo", "--days", "1", "--depositors", "4", "--save", &file]);
    assert_eq!(run.status.code(), Some(0), "{}", error(&run));
    let text = std::fs::read_to_string(&file).expect("the snapshot");
    let saved: Value = serde_json::from_str(&text).expect("JSON");
    let vault = saved["vault"].as_str().expect("a vault").to_owned();
    assert!(error(&run).contains(&format!("gimbal verify {vault} --snapshot {file}")), "{}", error(&run));
    assert_eq!(std::fs::read_dir(&folder.0).expect("a folder").count(), 1, "one file and nothing else");

    let held = gimbal(&["verify", &vault, "--snapshot", &file]);
    assert_eq!(held.status.code(), Some(0), "{}", error(&held));
    assert!(error(&held).is_empty() && out(&held).contains("checks hold") && out(&held).contains("Who may replace"));
    let compact = gimbal(&["verify", &vault, "--snapshot", &file, "--output", "json-compact"]);
    assert_eq!(out(&compact).lines().count(), 1);
    let report: Value = serde_json::from_str(&out(&compact)).expect("JSON");
    assert_eq!((&report["holds"], report["vault"].as_str()), (&Value::Bool(true), Some(vault.as_str())));
    let pretty = gimbal(&["verify", &vault, "--snapshot", &file, "--output", "json"]);
    assert_eq!(serde_json::from_str::<Value>(&out(&pretty)).expect("JSON"), report);

    // The cash account with one unit less: a token account's amount is eight bytes from its 64th on.
    let mut robbed = saved.clone();
    let cash = report["checks"].as_array().expect("checks").iter().find(|check| check["name"] == "cash.authority");
    let cash = cash.and_then(|check| check["expectation"].as_str()).expect("the cash account is named");
    let cash = cash.split(' ').nth(3).expect("its address").to_owned();
    let account = robbed["accounts"].as_array_mut().expect("accounts").iter_mut().find(|one| one["address"] == cash);
    let account = account.expect("the cash account");
    let data = account["data"].as_str().expect("data");
    account["data"] = Value::String(less_by_one(data));
    let robbed = folder.file("robbed.json", &robbed.to_string());
    let broken = gimbal(&["verify", &vault, "--snapshot", &robbed]);
    assert_eq!(broken.status.code(), Some(BROKEN));
    assert!(
        error(&broken).starts_with("error: 1 of ") && error(&broken).contains("cash.balance"),
        "{}",
        error(&broken)
    );
    assert!(out(&broken).contains("BROKEN"));

    // Another vault than the file's; a file that is no snapshot; a second run may replace its own file only.
    assert!(refused(&["verify", VAULT, "--snapshot", &file]).contains(&format!("was saved for the vault {vault}")));
    let foreign = folder.file("notes.txt", "mine");
    let kept = gimbal(&["demo", "--days", "1", "--save", &foreign]);
    assert_eq!((kept.status.code(), out(&kept)), (Some(1), String::new()));
    assert!(error(&kept).contains("not a snapshot of gimbal"), "{}", error(&kept));
    assert_eq!(std::fs::read_to_string(&foreign).expect("still there"), "mine");
}

/// The data of a token account, base64, with one unit less.
fn less_by_one(data: &str) -> String {
    use base64::{engine::general_purpose::STANDARD, Engine};
    let mut bytes = STANDARD.decode(data).expect("base64");
    let amount = u64::from_le_bytes(bytes[64..72].try_into().expect("eight bytes"));
    bytes[64..72].copy_from_slice(&(amount - 1).to_le_bytes());
    STANDARD.encode(bytes)
}

#[test]
fn what_cannot_be_verified_is_one_line_and_exit_2() {
    let folder = Folder::new("usage");
    let (missing, bad) = (folder.path("missing.json"), folder.file("bad.json", "{}"));
    let cases: [(&[&str], &str); 8] = [
        (&["verify"], "<VAULT>"),
        (&["verify", VAULT], "--snapshot <FILE>"),
        (&["verify", "nowhere", "--url", "l"], "give an address in base58"),
        (&["verify", VAULT, "--url", "l", "--snapshot", "x"], "cannot be used with"),
        (&["verify", VAULT, "--url", "nowhere"], "'nowhere' is not the address of a node"),
        (&["verify", VAULT, "--snapshot", &missing], "cannot read"),
        (&["verify", VAULT, "--snapshot", &bad], "it is not a snapshot file"),
        (&["verify", VAULT, "--url", "http://127.0.0.1:9"], "gives no answer"),
    ];
    for (arguments, part) in cases {
        let line = refused(arguments);
        assert!(line.starts_with("error: ") && line.contains(part), "{arguments:?}: {line}");
    }
    assert!(refused(&["verify", VAULT]).contains("gimbal verify --help"));
    assert!(out(&gimbal(&["verify", "--help"])).contains("--allow-upgrade-key <KEY>"));
}
