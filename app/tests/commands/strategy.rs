//! `gimbal strategy`: lines, and valuing them anew.

use solana_signer::Signer;

use crate::depositor::{text, units};
use crate::support::{Bench, USDC};

#[test]
fn lines_are_listed_and_shown() {
    let bench = Bench::new();
    let wallet = bench.live();
    let vault = bench.vault();
    let lines = bench.run(&wallet, &["strategy", "list", &vault, "--output", "json"]).json();
    assert_eq!(lines.as_array().map(Vec::len), Some(3));
    assert_eq!(
        (units(&lines, "/0/line"), text(&lines, "/0/status"), text(&lines, "/0/adapter")),
        (1, "active", "lending")
    );
    // 70 % of the market is lent, at about 3.5 % to lenders of the plan's first curve: (0 %, 0.5 %) to (80 %, 4 %).
    // Borrowers pay 0.5 + 3.5 · 70/80 = 3.5625 %; lenders get 70 % of it less a tenth: 2.2443 %.
    assert_eq!(units(&lines, "/0/rate_bps"), 224);
    assert_eq!(lines[1]["value"]["mid"]["base_units"], 0);
    let said = bench.run(&wallet, &["strategy", "list", &vault]);
    for part in ["line", "lending, swapped", "0% – 60%", "30%", "2.24%"] {
        assert!(said.printed.contains(part), "{part}: {}", said.printed);
    }

    let line = bench.run(&wallet, &["strategy", "show", &vault, "3", "--output", "json"]).json();
    let feed = bench.deployment.feeds.get(gimbal::setup::Asset::Token).key.to_string();
    assert_eq!(text(&line, "/token_feed"), feed);
    assert_eq!(text(&line, "/token_mint"), bench.deployment.token.key.to_string());
    assert_eq!(line["risk"]["risks"], serde_json::json!(["issuer:Tether", "venue:lending-3"]));
    let said = bench.run(&wallet, &["strategy", "show", &vault, "1"]);
    for part in ["Line 1", "Moved in", "1000 USDC", "carries issuer:Circle, venue:lending-1", "Reserve"] {
        assert!(said.printed.contains(part), "{part}: {}", said.printed);
    }
    let error = bench.refused(&wallet, &["strategy", "show", &vault, "9"]);
    assert!(error.contains("has no line 9: its lines are 1, 2, 3"), "{error}");
}

#[test]
fn a_stale_line_is_valued_anew_by_anybody() {
    let bench = Bench::new();
    bench.live();
    let anybody = bench.wallet(5);
    let vault = bench.vault();
    let error = bench.refused(&anybody, &["strategy", "refresh", &vault, "-y"]);
    assert!(error.contains("no line of") && error.contains("add --all"), "{error}");
    bench.wait(1_200);
    let said = bench.run(&anybody, &["strategy", "refresh", &vault, "-y"]);
    assert!(
        said.told.contains("Value line 1") && said.printed.contains("Line 1 valued"),
        "{}{}",
        said.told,
        said.printed
    );
    let shown = bench.run(&anybody, &["vault", "show", &vault, "--output", "json"]).json();
    assert_eq!((&shown["nav"]["fresh"], units(&shown, "/nav/age")), (&serde_json::json!(true), 0));
}

#[test]
fn every_line_is_valued_in_as_many_transactions_as_it_takes() {
    let bench = Bench::new();
    bench.live();
    let anybody = bench.wallet(5);
    let vault = bench.vault();
    bench.wait(1_200);
    bench.post();
    let said = bench.run(&anybody, &["strategy", "refresh", &vault, "--all", "-y"]);
    assert!(said.told.contains("Value lines 1, 2, 3") && said.told.contains("Updated first"), "{}", said.told);
    let lines = bench.run(&anybody, &["strategy", "list", &vault, "--output", "json"]).json();
    for place in 0..3 {
        assert_eq!(units(&lines, &format!("/{place}/age")), 0, "line {}", place + 1);
    }
    // One swapped line alone, with the feeds that it is priced by.
    bench.wait(1_200);
    bench.post();
    let said = bench.run(&anybody, &["strategy", "refresh", &vault, "3", "-y"]);
    assert!(said.printed.contains("Line 3 valued"), "{}", said.printed);
    let error = bench.refused(&anybody, &["strategy", "refresh", &vault, "4", "-y"]);
    assert!(error.contains("has no line 4"), "{error}");
}

#[test]
fn a_swapped_line_without_a_price_is_told_which_feed() {
    let bench = Bench::new();
    bench.live();
    let anybody = bench.wallet(5);
    bench.wait(1_200);
    let error = bench.refused(&anybody, &["strategy", "refresh", &bench.vault(), "3", "-y"]);
    assert!(error.contains("has no usable price") && error.contains("gimbal feed update"), "{error}");
}

#[test]
fn a_gain_is_what_came_back_beyond_what_went_in() {
    let bench = Bench::new();
    let wallet = bench.live();
    bench.pass(30 * 86_400);
    let line = bench.run(&wallet, &["strategy", "show", &bench.vault(), "1", "--output", "json"]).json();
    let (value, gain) = (units(&line, "/value/mid/base_units"), line["gain"]["base_units"].as_i64().expect("a number"));
    assert_eq!(i64::try_from(value - 1_000 * USDC).expect("fits"), gain);
    // 2.2443 % a year for 30 days on 1,000 USDC are 1.845; the venue counts a year of 63,072,000 slots (two a second) while
    // slots take 400 ms, which makes a quarter more: 2.306.
    assert!((2_300_000..2_310_000).contains(&gain), "{gain}");
    let _ = wallet.pubkey();
}
