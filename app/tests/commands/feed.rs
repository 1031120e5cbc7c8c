//! `gimbal feed`: prices, status, bars, updates.

use gimbal::setup::Asset;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::depositor::{text, units, DAY};
use crate::support::Bench;

#[test]
fn feeds_are_listed_of_a_vault_or_all() {
    let bench = Bench::new();
    let wallet = bench.wallet(1);
    let all = bench.run(&wallet, &["feed", "list", "--output", "json"]).json();
    assert_eq!(all.as_array().map(Vec::len), Some(5));
    let of_vault = bench.run(&wallet, &["feed", "list", &bench.vault(), "--output", "json"]).json();
    assert_eq!(of_vault.as_array().map(Vec::len), Some(2));
    assert_eq!((text(&of_vault, "/0/symbol"), text(&of_vault, "/1/symbol")), ("USDC", "USDT"));
    let said = bench.run(&wallet, &["feed", "list"]);
    for part in ["BTC", "60000.000000", "150.000000", "sound"] {
        assert!(said.printed.contains(part), "{part}: {}", said.printed);
    }
}

#[test]
fn a_feed_is_shown_with_its_bars() {
    let mut bench = Bench::new();
    let wallet = bench.wallet(1);
    let sol = *bench.deployment.feeds.get(Asset::Sol);
    for (day, price) in [15_100_000_000, 14_700_000_000, 15_300_000_000].into_iter().enumerate() {
        bench.wait(DAY);
        bench.deployment.set_price(Asset::Sol, price);
        bench.deployment.post_prices(&mut *bench.chain.0.borrow_mut()).unwrap_or_else(|error| panic!("{day}: {error}"));
    }
    let key = sol.key.to_string();
    let json = bench.run(&wallet, &["feed", "show", &key, "--output", "json"]).json();
    assert_eq!(text(&json, "/symbol"), "SOL");
    assert_eq!(text(&json, "/price"), "153");
    // One basis point of the price.
    assert_eq!(text(&json, "/confidence"), "0.0153");
    assert_eq!(text(&json, "/price_account"), sol.price_account.to_string());
    // The open day, and three that are closed: 150, 151 and 147 dollars.
    let closes: Vec<&str> = (0..4).map(|place| json["bars"][place]["close"].as_str().expect("a price")).collect();
    assert_eq!(closes, ["153", "147", "151", "150"]);
    assert_eq!((&json["bars"][0]["closed"], &json["bars"][1]["closed"]), (&false.into(), &true.into()));
    let said = bench.run(&wallet, &["feed", "show", &key, "--bars", "2"]);
    for part in ["153.00000000 USD ± 0.01530000", "deposits, valuations, exits", "(open)", "147.000000"] {
        assert!(said.printed.contains(part), "{part}: {}", said.printed);
    }
    assert!(!said.printed.contains("151.000000"), "only two days were asked for: {}", said.printed);
}

#[test]
fn a_posted_price_is_brought_in_by_anybody_and_once() {
    let mut bench = Bench::new();
    let wallet = bench.wallet(1);
    let sol = *bench.deployment.feeds.get(Asset::Sol);
    let key = sol.key.to_string();
    let error = bench.refused(&wallet, &["feed", "update", &key, "-y"]);
    assert!(error.contains("has the posted price already"), "{error}");
    bench.wait(60);
    bench.deployment.set_price(Asset::Sol, 14_000_000_000);
    bench.post();
    let said = bench.run(&wallet, &["feed", "update", &key, "-y"]);
    assert!(said.told.contains("Update the feed of SOL"), "{}", said.told);
    assert!(said.printed.contains("140.000000 USD"), "{}", said.printed);
    let json = bench.run(&wallet, &["feed", "show", &key, "--output", "json"]).json();
    assert_eq!((text(&json, "/price"), units(&json, "/age")), ("140", 0));
}

#[test]
fn old_prices_and_foreign_accounts_are_named() {
    let bench = Bench::new();
    let wallet = bench.wallet(1);
    let base = bench.deployment.vault.base_feed.to_string();
    bench.wait(1_200);
    let error = bench.refused(&wallet, &["feed", "update", &base, "-y"]);
    assert!(error.contains("is not taken by the feed") && error.contains("PriceTooOld"), "{error}");
    let json = bench.run(&wallet, &["feed", "show", &base, "--output", "json"]).json();
    assert_eq!(
        (&json["flags"], &json["deposits"], &json["values"]),
        (&serde_json::json!(["STALE"]), &false.into(), &false.into())
    );
    let unknown = Keypair::new().pubkey().to_string();
    for (words, part) in [
        (["feed", "show", unknown.as_str()], "there is no feed"),
        (["feed", "show", bench.vault().as_str()], "is not a feed"),
    ] {
        let error = bench.refused(&wallet, &words);
        assert!(error.contains(part) && error.contains("gimbal feed list"), "{error}");
    }
    let error = bench.refused(&wallet, &["feed", "update", &unknown, "-y"]);
    assert!(error.contains("there is no feed"), "{error}");
}
