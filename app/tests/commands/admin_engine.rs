//! `gimbal admin book asset|model|limits|scenario` and `gimbal risk observe|report`: the settings of the risk engine, from
//! a new book to one that somebody's money depends on.

use gimbal::setup::Asset;
use risk_oracle::state::{Book, Scenario, NO_ASSET, NO_LINE_PROTOCOL};
use risk_oracle::RiskParams;
use solana_signer::Signer;

use crate::support::Bench;

const WAIT: u64 = 2 * 86_400;

fn book(bench: &Bench) -> Book {
    gimbal::readers::read(&bench.chain, &bench.deployment.vault.addresses.book).expect("a book")
}

/// The feed of the token that the third line swaps into.
fn usdt(bench: &Bench) -> String {
    bench.deployment.feeds.get(Asset::Token).key.to_string()
}

fn label(text: &str) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..text.len()].copy_from_slice(text.as_bytes());
    bytes
}

#[test]
fn a_stranger_sets_nothing() {
    let bench = Bench::new();
    let (key, feed, stranger) = (bench.vault(), usdt(&bench), bench.wallet(8));
    let error = bench.refused(&stranger, &["admin", "book", "asset", &key, "0", &feed, "-y"]);
    assert!(error.contains("NotOwner"), "{error}");
    let commands: [&[&str]; 3] = [
        &["admin", "book", "model", &key, "1", "--scaled", "false", "-y"],
        &["admin", "book", "limits", &key, "--preset", "cautious", "-y"],
        &["admin", "book", "scenario", &key, "0", "--label", "crash", "--shocks-bps", "-5000", "-y"],
    ];
    for words in commands {
        let error = bench.refused(&stranger, words);
        assert!(error.contains("NotGuardian"), "{words:?}: {error}");
    }
}

#[test]
fn a_new_book_is_set_up_at_once() {
    let bench = Bench::new();
    let owner = bench.deployment.actors.owner.insecure_clone();
    let (key, feed) = (bench.vault(), usdt(&bench));
    let dry = bench.run(&owner, &["admin", "book", "asset", &key, "0", &feed, "--dry-run"]);
    assert!(format!("{}{}", dry.printed, dry.told).contains("follow the feed of USDT"), "{}", dry.told);
    assert!(!book(&bench).assets[0].is_used(), "nothing was sent");

    let said = bench.run(&owner, &["admin", "book", "asset", &key, "0", &feed, "-y"]);
    assert!(said.told.contains(&format!("none → {feed}")), "{}", said.told);
    assert_eq!(book(&bench).assets[0].feed.to_string(), feed);
    let words = ["admin", "book", "model", &key, "3", "--asset", "0", "--protocol", "2", "--scaled", "false", "-y"];
    let said = bench.run(&owner, &words);
    for part in ["none → 0", "none → 2", "true → false"] {
        assert!(said.told.contains(part), "{part}: {}", said.told);
    }
    // What is not given stays.
    bench.run(&owner, &["admin", "book", "model", &key, "3", "--protocol", "none", "-y"]);
    let model = *book(&bench).model(3).expect("the third line");
    assert_eq!((model.asset, model.protocol, model.scaled), (0, NO_LINE_PROTOCOL, 0));

    bench.run(&owner, &["admin", "book", "limits", &key, "--preset", "cautious", "--max-var-bps", "400", "-y"]);
    assert_eq!(book(&bench).params, RiskParams { max_var_bps: 400, ..RiskParams::CAUTIOUS });
    let words =
        ["admin", "book", "limits", &key, "--max-stress-bps", "none", "--jumps", "3,4,none", "--max-sample-age", "2h"];
    let said = bench.run(&owner, &[words.as_slice(), &["-y", "--output", "json"]].concat()).json();
    assert_eq!(said["result"]["risk_limits"], "in force", "{said}");
    let expected = RiskParams {
        max_var_bps: 400,
        max_stress_bps: u16::MAX,
        jumps: [3, 4, u16::MAX],
        max_sample_age: 7_200,
        ..RiskParams::CAUTIOUS
    };
    assert_eq!(book(&bench).params, expected);
    let said = bench.run(&owner, &["admin", "book", "limits", &key, "--preset", "none", "-y"]);
    for part in ["4% → no limit", "3, 4, never → never", "2 h → no limit"] {
        assert!(said.told.contains(part), "{part}: {}", said.told);
    }
    assert_eq!(book(&bench).params, RiskParams::NONE);

    let words = ["admin", "book", "scenario", &key, "2", "--label", "usdt-depeg", "--shocks-bps", "-2000,150", "-y"];
    let said = bench.run(&owner, &words);
    assert!(said.told.contains("none → usdt-depeg"), "{}", said.told);
    bench.run(&owner, &["admin", "book", "scenario", &key, "2", "--volatility-bps", "-500", "-y"]);
    let scenario = book(&bench).scenarios[2];
    let shocks_bps = [-2_000, 150, 0, 0, 0, 0, 0, 0];
    assert_eq!(scenario, Scenario { label: label("usdt-depeg"), shocks_bps, volatility_bps: -500, used: 1 });
    bench.run(&owner, &["admin", "book", "scenario", &key, "2", "--remove", "-y"]);
    assert_eq!(book(&bench).scenarios[2], Scenario::default());

    bench.run(&owner, &["admin", "book", "model", &key, "3", "--asset", "none", "-y"]);
    bench.run(&owner, &["admin", "book", "asset", &key, "0", "none", "-y"]);
    assert!(!book(&bench).assets[0].is_used());
    assert_eq!((book(&bench).model(3).expect("the third line").asset, book(&bench).change_nonce), (NO_ASSET, 0));
}

#[test]
fn what_makes_no_sense_is_refused_before_it_is_signed() {
    let bench = Bench::new();
    let owner = bench.deployment.actors.owner.insecure_clone();
    let (key, feed) = (bench.vault(), usdt(&bench));
    let stranger = bench.wallet(3).pubkey().to_string();
    let none = "nothing would change";
    let cases: [(&[&str], &str); 14] = [
        (&["asset", &key, "8", &feed], "the assets 0 to 7"),
        (&["asset", &key, "0", "none"], none),
        (&["asset", &key, "0", &stranger], &stranger),
        (&["model", &key, "1", "--asset", "5"], "the book has no asset 5"),
        (&["model", &key, "77", "--scaled", "true"], "does not know line 77"),
        (&["model", &key, "1", "--scaled", "true"], none),
        (&["limits", &key], none),
        (&["limits", &key, "--horizon-days", "31"], "HorizonOutOfRange"),
        (&["limits", &key, "--drawdown-bps", "3000,2000,4000"], "ThresholdsOutOfRange"),
        (&["limits", &key, "--scales-bps", "9000,7500,5000,2500"], "ScalesOutOfRange"),
        (&["scenario", &key, "8", "--label", "crash", "--shocks-bps", "-1"], "the scenarios 0 to 7"),
        (&["scenario", &key, "0", "--shocks-bps", "-1"], "give its name with --label"),
        (&["scenario", &key, "0", "--label", "crash"], "say what happens"),
        (&["scenario", &key, "0", "--remove"], none),
    ];
    for (words, reason) in cases {
        let words = [&["admin", "book"], words, &["-y"]].concat();
        let error = bench.refused(&owner, &words);
        assert!(error.contains(reason), "{words:?}: {error}");
    }
    // Words that are no numbers do not even get as far.
    let cases: [(&[&str], &str); 6] = [
        (&["model", &key, "1", "--asset", "8"], "a row from 0 to 7, or none"),
        (&["model", &key, "1", "--protocol", "16"], "a row from 0 to 15, or none"),
        (&["limits", &key, "--max-var-bps", "65536"], "or none"),
        (&["limits", &key, "--jumps", "1,2"], "3 whole numbers"),
        (&["scenario", &key, "0", "--label", "x", "--shocks-bps", "-10001"], "from -10000 to 100000"),
        (&["scenario", &key, "0", "--label", "x", "--remove"], "cannot be used with"),
    ];
    for (words, reason) in cases {
        let words = [&["admin", "book"], words].concat();
        let error = bench.try_run(&owner, &words).err().unwrap_or_else(|| panic!("{words:?} was not refused"));
        assert!(error.contains(reason), "{words:?}: {error}");
    }
}

#[test]
fn on_a_live_book_what_loosens_is_proposed_and_what_tightens_is_at_once() {
    let bench = Bench::new();
    let owner = bench.deployment.actors.owner.insecure_clone();
    let guardian = bench.deployment.actors.guardian.insecure_clone();
    let (key, feed) = (bench.vault(), usdt(&bench));
    bench.live();
    bench.run(&guardian, &["admin", "book", "limits", &key, "--max-var-bps", "500", "-y"]);
    bench.run(&guardian, &["admin", "book", "model", &key, "1", "--protocol", "4", "-y"]);
    bench.run(&guardian, &["admin", "book", "scenario", &key, "0", "--label", "crash", "--shocks-bps", "-5000", "-y"]);
    assert_eq!((book(&bench).params.max_var_bps, book(&bench).change_nonce), (500, 0));
    assert!(book(&bench).scenarios[0].is_used() && book(&bench).model(1).is_some_and(|model| model.protocol == 4));
    for words in [
        ["limits", &key, "--max-var-bps", "600"].as_slice(),
        &["model", &key, "1", "--scaled", "false"],
        &["scenario", &key, "0", "--remove"],
    ] {
        let error = bench.refused(&guardian, &[&["admin", "book"], words, &["-y"]].concat());
        assert!(error.contains("OnlyOwnerMayRaise") || error.contains("NotOwner"), "{words:?}: {error}");
    }

    let said = bench.run(&owner, &["admin", "book", "limits", &key, "--max-var-bps", "600", "-y"]);
    assert!(said.told.contains("5% → 6%") && said.told.contains("must wait"), "{}", said.told);
    let said = bench.run(&owner, &["admin", "book", "asset", &key, "0", &feed, "-y"]);
    assert!(said.told.contains("as a change of the book"), "{}", said.told);
    bench.run(&owner, &["admin", "book", "scenario", &key, "0", "--shocks-bps", "-4000", "-y"]);
    let now = book(&bench);
    assert_eq!((now.params.max_var_bps, now.assets[0].is_used(), now.change_nonce), (500, false, 3));
    assert_eq!(now.scenarios[0].shocks_bps[0], -5_000);
    let listed = bench.run(&owner, &["admin", "change", "list", &key]).printed;
    for part in ["set_risk_params", "set_asset", "set_scenario"] {
        assert!(listed.contains(part), "{part}: {listed}");
    }
    bench.chain.0.borrow_mut().svm_mut().warp(WAIT).expect("time passes");
    for number in ["0", "1", "2"] {
        bench.run(&owner, &["admin", "change", "apply", &key, number, "--of", "book", "-y"]);
    }
    let now = book(&bench);
    assert_eq!((now.params.max_var_bps, now.assets[0].feed.to_string()), (600, feed.clone()));
    assert_eq!(now.scenarios[0].shocks_bps[0], -4_000);

    // What moves a line waits as well, and what tightens is proposed where that is asked for.
    bench.run(&owner, &["admin", "book", "model", &key, "3", "--asset", "0", "-y"]);
    let said = bench.run(&owner, &["admin", "book", "limits", &key, "--max-var-bps", "450", "--propose", "-y"]);
    assert!(said.told.contains("6% → 4.5%"), "{}", said.told);
    assert_eq!((book(&bench).params.max_var_bps, book(&bench).change_nonce), (600, 5));
}

#[test]
fn anybody_has_the_book_observe_and_reports_to_it() {
    let bench = Bench::new();
    let owner = bench.deployment.actors.owner.insecure_clone();
    let (key, feed, anybody) = (bench.vault(), usdt(&bench), bench.wallet(5));
    bench.run(&owner, &["admin", "book", "asset", &key, "0", &feed, "-y"]);
    bench.run(&owner, &["admin", "book", "model", &key, "3", "--asset", "0", "-y"]);
    let said = bench.run(&anybody, &["risk", "observe", &key, "-y"]);
    assert!(said.told.contains("never") && said.printed.contains("calm"), "{}{}", said.told, said.printed);
    assert_eq!((book(&bench).observations, book(&bench).assets[0].price > 0), (1, true));

    let error = bench.refused(&anybody, &["risk", "report", &key, "-y"]);
    assert!(error.contains("NothingToReport"), "{error}");
    bench.live();
    let before = book(&bench).assessments;
    bench.run(&anybody, &["risk", "report", &key, "-y"]);
    // Prices are new and valuations old: they are refreshed in front.
    bench.chain.0.borrow_mut().svm_mut().warp(86_400).expect("time passes");
    bench.deployment.post_prices(&mut *bench.chain.0.borrow_mut()).expect("prices");
    let said = bench.run(&anybody, &["risk", "report", &key, "-y", "--output", "json"]).json();
    assert_eq!(said["result"]["beyond_its_limit"], "nothing", "{said}");
    assert_eq!(book(&bench).assessments, before + 2);
}
