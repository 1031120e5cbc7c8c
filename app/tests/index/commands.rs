//! The commands as processes: the demo's index, forms of output, and one line for whatever is wrong.

use serde_json::Value;

use crate::process::{gimbal, refused, Folder};

const VAULT: &str = "CeLyDKjYAq63rQHb4dSHe8jetCYEgY4xr4MCMBcKjF5Z";

fn json(words: &[&str]) -> Value {
    let output = gimbal(words);
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn the_demos_history_is_told_and_reconciled() {
    let folder = Folder::new("demo");
    let (index, saved) = (folder.path("new/index.sqlite"), folder.path("accounts.json"));
    let run = gimbal(&["demo", "--days", "9", "--depositors", "6", "--index", &index, "--save", &saved]);
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(run.status.success(), "{said}");
    let line = said.lines().find(|line| line.contains("gimbal history")).expect("a next step");
    let vault = line.split("gimbal history ").nth(1).and_then(|rest| rest.split(' ').next()).expect("a vault");

    let told = json(&["history", vault, "--index", &index, "--offline", "--output", "json"]);
    assert_eq!(told["days"].as_array().map(Vec::len), Some(9));
    let keys: Vec<&str> = told["days"][0].as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected = vec![
        "date",
        "share_price",
        "nav",
        "supply",
        "deposited",
        "redeemed",
        "filled",
        "requested",
        "kept",
        "management",
        "performance",
        "keeper_pay",
        "keeper_loss",
        "actions",
    ];
    expected.sort_unstable();
    assert_eq!(keys.len(), expected.len());
    assert!(keys.iter().all(|key| expected.contains(key)), "{keys:?}");

    let whole = ["statement", "--everybody", "--vault", vault, "--index", &index, "--offline"];
    let all = json(&[&whole[..], &["--format", "json"]].concat());
    let all = all.as_array().expect("a list");
    assert_eq!(all.len(), 7, "six people and the fee recipient");
    let mut stable: Vec<&str> = all[0].as_object().unwrap().keys().map(String::as_str).collect();
    stable.sort_unstable();
    let mut expected = vec![
        "vault",
        "owner",
        "decimals",
        "from",
        "to",
        "opening",
        "closing",
        "flows",
        "totals",
        "fees",
        "profit",
        "returns",
        "disposals",
        "lots",
        "realised",
        "unrealised",
        "tickets",
    ];
    expected.sort_unstable();
    assert_eq!(stable, expected);
    let owner = all[0]["owner"].as_str().expect("an owner");
    let text = gimbal(&["statement", owner, "--index", &index, "--offline"]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    for part in ["Statement from the beginning", "value by exit", "Time-weighted return", "Lots", "Fees"] {
        assert!(text.contains(part), "{part}: {text}");
    }

    let reconcile = ["statement", "--reconcile", vault, "--index", &index, "--offline", "--snapshot", &saved];
    let held = gimbal(&reconcile);
    let shown = String::from_utf8_lossy(&held.stdout).into_owned();
    assert!(held.status.success() && shown.contains("26 of 26 hold"), "{shown}");
    // A payment more in the accounts than anybody's statement knows.
    let mut accounts: Value = serde_json::from_str(&std::fs::read_to_string(&saved).unwrap()).unwrap();
    let tampered = folder.path("tampered.json");
    tamper(&mut accounts, vault);
    std::fs::write(&tampered, accounts.to_string()).unwrap();
    let broken = gimbal(&["statement", "--reconcile", vault, "--index", &index, "--offline", "--snapshot", &tampered]);
    let error = String::from_utf8_lossy(&broken.stderr).into_owned();
    assert_eq!(broken.status.code(), Some(1));
    assert!(error.contains("statements.in (residual -1)"), "{error}");

    // The same seed again is another history of the same vault.
    let again = refused(&["demo", "--days", "3", "--depositors", "6", "--index", &index], 1);
    assert!(again.contains("already holds a run of this seed"), "{again}");
}

/// Adds one unit to the vault's count of deposits.
fn tamper(accounts: &mut Value, vault: &str) {
    use base64::{engine::general_purpose::STANDARD, Engine};
    let offset = 8 + std::mem::offset_of!(vault::state::Vault, deposited);
    let place = find(accounts, vault).expect("the vault's account");
    let text = place.as_str().expect("data").to_owned();
    let mut data = STANDARD.decode(text).expect("base64");
    let bytes: [u8; 8] = data[offset..offset + 8].try_into().expect("eight bytes");
    data[offset..offset + 8].copy_from_slice(&(u64::from_le_bytes(bytes) + 1).to_le_bytes());
    *place = Value::String(STANDARD.encode(data));
}

/// Where the snapshot keeps the data of an account.
fn find<'a>(accounts: &'a mut Value, key: &str) -> Option<&'a mut Value> {
    let list = accounts["accounts"].as_array_mut()?;
    let account = list
        .iter_mut()
        .find(|account| account["key"] == key || account["address"] == key || account["pubkey"] == key)?;
    account.get_mut("data")
}

#[test]
fn whatever_is_wrong_is_one_line_with_a_next_step() {
    let folder = Folder::new("errors");
    let (empty, text, missing) =
        (folder.path("empty.sqlite"), folder.path("text.sqlite"), folder.path("missing.sqlite"));
    gimbal::index::Database::open(&empty).expect("an empty index");
    std::fs::write(&text, "this is no database, and long enough to be told from one".repeat(20)).unwrap();
    let offline = |words: &[&'static str], index: &str| -> String {
        let words: Vec<&str> = words.iter().copied().chain(["--index", index, "--offline"]).collect();
        refused(&words, 1)
    };
    assert!(offline(&["history", VAULT], &empty).contains("holds no vault: fill it without --offline"));
    assert!(offline(&["statement", VAULT], &empty).contains("holds no vault yet"));
    assert!(offline(&["statement", VAULT, "--vault", VAULT], &empty).contains("holds no vault"));
    assert!(offline(&["history", VAULT], &missing).contains("there is no index"));
    assert!(!std::path::Path::new(&missing).exists(), "reading makes nothing");
    assert!(offline(&["history", VAULT], &text).contains("cannot be opened"));
    assert!(offline(&["history", VAULT], "mysql://host/name").contains("names no index"));
    let nowhere = refused(&["demo", "--days", "1", "--index", "/dev/null/index.sqlite"], 1);
    assert!(nowhere.contains("cannot be opened"), "{nowhere}");
    let gone = "postgres://nobody:secret@127.0.0.1:1/none?connect_timeout=2";
    let error = offline(&["history", VAULT], gone);
    assert!(error.contains("cannot be opened") && !error.contains("secret"), "{error}");
    let backwards = ["statement", VAULT, "--from", "2026-02-01", "--to", "2026-01-01"];
    assert!(offline(&backwards, &empty).contains("before it begins"));
    assert!(offline(&["statement", "--reconcile", VAULT], &empty).contains("give --snapshot FILE"));
    let unreachable = refused(&["history", VAULT, "--index", &empty, "--url", "http://127.0.0.1:1"], 1);
    assert!(unreachable.contains("127.0.0.1:1"), "{unreachable}");

    for wrong in [
        &["history"][..],
        &["history", "nobody"],
        &["history", VAULT, "--days", "0"],
        &["statement"],
        &["statement", VAULT, "--from", "yesterday"],
        &["statement", VAULT, "--format", "xml"],
        &["statement", "--everybody"],
        &["statement", VAULT, "--reconcile", VAULT],
        &["statement", "--reconcile", VAULT, "--snapshot", "x"],
    ] {
        refused(wrong, 2);
    }
}
