//! `gimbal risk show` and `gimbal risk stress`.

use gimbal::instructions::{network, oracle, router};
use gimbal::setup::Asset;
use risk_oracle::state::{NetworkParams, Scenario, Scores};
use risk_oracle::{
    CreateNetworkArgs, RegisterFeedArgs, RiskParams, SetAssetArgs, SetEdgeCapArgs, SetLineModelArgs, SetProtocolArgs,
    SetScenarioArgs,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::depositor::text;
use crate::support::Bench;

fn label(text: &str) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..text.len()].copy_from_slice(text.as_bytes());
    bytes
}

/// A book with one asset (USDT, which the swapped third line holds), limits, a scenario and a network of two protocols, the
/// second of which is the third line's and depends on the first.
fn modelled(bench: &Bench) -> Keypair {
    let owner = bench.deployment.actors.owner.insecure_clone();
    let (key, payer) = (owner.pubkey(), bench.deployment.actors.payer.pubkey());
    let book = bench.deployment.vault.addresses.book;
    let usdt = bench.deployment.feeds.get(Asset::Token).key;
    let crash =
        Scenario { label: label("usdt-depeg"), shocks_bps: [-2_000, 0, 0, 0, 0, 0, 0, 0], volatility_bps: 0, used: 1 };
    let web = network::network_address(&key, 0);
    let params = NetworkParams {
        max_edge_age: 86_400,
        min_post_interval: 60,
        max_solution_age: 86_400,
        edge_fall_bps: 1_000,
        loss_fall_bps: 1_000,
    };
    let scores = Scores { audits: 20, age: 20, upgradeability: 20, incidents: 20, size: 20 };
    let protocol = |index, name, loss_bps| {
        let args = SetProtocolArgs { index, label: label(name), program: Default::default(), scores, loss_bps };
        network::set_protocol(&key, &web, args)
    };
    let edge = |protocol, counterparty, cap_bps| {
        network::set_edge_cap(&key, &web, SetEdgeCapArgs { protocol, counterparty, cap_bps })
    };
    let none = Default::default();
    bench.execute(
        &owner,
        &[
            oracle::set_asset(&key, &book, SetAssetArgs { index: 0, feed: usdt }),
            oracle::set_line_model(&key, &book, SetLineModelArgs { line: 3, asset: 0, protocol: 1, scaled: true }),
            oracle::set_risk_params(&key, &book, RiskParams::CAUTIOUS),
            oracle::set_scenario(&key, &book, SetScenarioArgs { index: 2, scenario: crash }),
        ],
    );
    bench.execute(
        &owner,
        &[
            network::create_network(&key, &payer, CreateNetworkArgs { id: 0, curator: none, guardian: none, params }),
            protocol(0, "lender", 5_000),
            protocol(1, "issuer", 0),
            edge(0, 1, 0),
            edge(1, 0, 4_000),
        ],
    );
    bench.execute(
        &owner,
        &[
            network::solve_contagion(&web, Some(&key)),
            network::set_network(&key, &book, &web),
            network::sync_contagion(&book, &web),
            oracle::observe(&book, &[usdt]),
        ],
    );
    owner
}

#[test]
fn a_book_without_an_engine_is_shown_as_it_is() {
    let bench = Bench::new();
    let wallet = bench.live();
    let json = bench.run(&wallet, &["risk", "show", &bench.vault(), "--output", "json"]).json();
    assert_eq!(text(&json, "/book"), bench.deployment.vault.addresses.book.to_string());
    assert_eq!(json["regime"]["regime"], "calm");
    let nothing = serde_json::json!([[], [], null]);
    assert_eq!((&json["assets"], &json["stresses"], &json["contagion"]), (&nothing[0], &nothing[1], &nothing[2]));
    // Every limit is listed, none is set.
    let limits = json["limits"].as_array().expect("limits");
    assert_eq!(limits.len(), 9);
    assert!(limits.iter().all(|limit| limit["bound"].is_null() && limit["exceeded"] == false), "{limits:?}");
    let lines: Vec<u64> =
        json["lines"].as_array().expect("lines").iter().filter_map(|line| line["line"].as_u64()).collect();
    assert_eq!(lines, [1, 2, 3]);
    let said = bench.run(&wallet, &["risk", "show", &bench.vault()]).printed;
    for part in ["value at risk", "none are defined", "the book follows no network", "Regime", "calm"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let error = bench.refused(&wallet, &["risk", "stress", &bench.vault(), "-y"]);
    assert!(error.contains("has no stress scenario"), "{error}");
    let unknown = Keypair::new().pubkey().to_string();
    let error = bench.refused(&wallet, &["risk", "show", &unknown]);
    assert!(error.contains("there is no vault") && error.contains("gimbal vault list"), "{error}");
}

#[test]
fn everything_that_the_book_knows_is_shown() {
    let bench = Bench::new();
    modelled(&bench);
    let wallet = bench.live();
    bench.refresh();
    bench.execute(&wallet, &[router::report(&bench.deployment.vault)]);
    let json = bench.run(&wallet, &["risk", "show", &bench.vault(), "--output", "json"]).json();
    let limit = |name: &str| {
        let all = json["limits"].as_array().expect("limits");
        all.iter().find(|limit| limit["limit"] == name).unwrap_or_else(|| panic!("{name}: {all:?}")).clone()
    };
    assert_eq!(limit("value_at_risk")["bound"], 500);
    assert_eq!(
        (&limit("liquidation_distance")["bound"], &limit("liquidation_distance")["side"]),
        (&4_000.into(), &"least".into())
    );
    // A tenth of NAV in one line: (0.1)² is a hundredth, a little more by interest.
    let concentration = limit("concentration")["used"].as_u64().expect("measured");
    assert!((100..=102).contains(&concentration), "{concentration}");
    let asset = &json["assets"][0];
    assert_eq!((&asset["symbol"], &asset["row"], &asset["volatility"]), (&"USDT".into(), &0.into(), &().into()));
    assert_eq!((&json["lines"][2]["asset"], &json["lines"][2]["protocol"]), (&0.into(), &1.into()));
    let stress = &json["stresses"][0];
    assert_eq!((&stress["scenario"], &stress["row"], &stress["at"]), (&"usdt-depeg".into(), &2.into(), &().into()));
    assert_eq!(stress["shocks_bps"], serde_json::json!([-2_000]));
    // Half lost by itself; the issuer's own scores are 0.04 = 0.2², and 0.4 of the lender's half comes on top: 0.24.
    let protocols = json["contagion"]["protocols"].as_array().expect("protocols");
    assert_eq!((&protocols[0]["protocol"], &protocols[1]["protocol"]), (&"lender".into(), &"issuer".into()));
    let near = |value: &serde_json::Value, expected: f64| {
        assert!((value.as_f64().expect("a part") - expected).abs() < 1e-3, "{value} {expected}");
    };
    near(&protocols[0]["damage"], 0.5);
    near(&protocols[1]["initial"], 0.04);
    near(&protocols[1]["damage"], 0.24);
    assert_eq!(protocols[1]["lines"], serde_json::json!([3]));
    assert_eq!(json["contagion"]["edges"], serde_json::json!([{ "protocol": 1, "counterparty": 0, "bps": 4_000 }]));
    assert!(json["lines"][2]["contagion_bps"].as_u64().expect("a scale") < 10_000);
    assert_eq!(json["lines"][0]["contagion_bps"], 10_000);
    let said = bench.run(&wallet, &["risk", "show", &bench.vault()]).printed;
    // Half of NAV is the limit.
    assert_eq!(limit("concentration")["use_bps"], 2 * concentration);
    for part in
        ["at most 5%", "at least 4.00 σ", "usdt-depeg", "-20%", "0 lender", "lender 40%", "USDT", "│ 0 lender ┆ 50%"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn stresses_are_worked_out_by_anybody() {
    let bench = Bench::new();
    modelled(&bench);
    let wallet = bench.live();
    bench.refresh();
    bench.execute(&wallet, &[router::report(&bench.deployment.vault)]);
    let dry = bench.run(&wallet, &["risk", "stress", &bench.vault(), "--dry-run"]);
    let shown = format!("{}{}", dry.printed, dry.told);
    assert!(shown.contains("Scenario usdt-depeg"), "{shown}");
    let at = |bench: &Bench| {
        let json = bench.run(&wallet, &["risk", "show", &bench.vault(), "--output", "json"]).json();
        (json["stresses"][0]["at"]["unix"].as_i64(), json["stresses"][0]["loss"]["base_units"].as_i64())
    };
    assert_eq!(at(&bench).0, None, "nothing was sent");
    let said = bench.run(&wallet, &["risk", "stress", &bench.vault(), "-y"]);
    let shown = format!("{}{}", said.printed, said.told);
    // All is in the first line, which no price moves.
    assert!(shown.contains("Scenario usdt-depeg") && shown.contains("loses 0 USDC"), "{shown}");
    let (when, loss) = at(&bench);
    assert!(when.is_some());
    assert_eq!(loss, Some(0));
}

#[test]
fn what_is_in_the_way_is_told_with_what_helps() {
    let bench = Bench::new();
    modelled(&bench);
    let wallet = bench.live();
    bench.refresh();
    let reported = bench.run(&wallet, &["risk", "report", &bench.vault(), "-y"]);
    let said = format!("{}{}", reported.printed, reported.told);
    // The scenario was never worked out.
    for part in ["Beyond its limit", "What helps", "STALE_RISK: prices or scenarios are older", "`gimbal risk stress`"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    let json = bench.run(&wallet, &["risk", "show", &bench.vault(), "--output", "json"]).json();
    assert_eq!(json["last_flags"], serde_json::json!(["STALE_RISK"]));
    assert_eq!(json["last_flags_explained"][0]["flag"], "STALE_RISK");
    assert!(json["last_flags_explained"][0]["next_step"]
        .as_str()
        .is_some_and(|step| step.contains("gimbal feed update")));
    let closed = json["assets"][0]["closed_days"].as_u64().expect("a feed");
    let said = bench.run(&wallet, &["risk", "show", &bench.vault()]).printed;
    for part in [
        format!("0: no forecast before 30 closed days, it has {closed}"),
        "Last verdict    STALE_RISK: prices or scenarios are older".to_owned(),
        "→ `gimbal feed update` for each feed".to_owned(),
        "Lines, as reported 20".to_owned(),
    ] {
        assert!(said.contains(&part), "{part}: {said}");
    }
    assert!(said.lines().all(|line| line.chars().count() <= 110), "{said}");
}

#[test]
fn a_feed_without_a_price_is_named_with_the_command_that_brings_one() {
    let bench = Bench::new();
    let owner = modelled(&bench);
    let (key, payer) = (owner.pubkey(), bench.deployment.actors.payer.pubkey());
    let feed = oracle::feed_address(&key, &[9; 32]);
    let args = RegisterFeedArgs {
        feed_id: [9; 32],
        second_feed_id: [0; 32],
        curator: Default::default(),
        guardian: Default::default(),
        params: bench.deployment.plan.feed_params,
    };
    let book = bench.deployment.vault.addresses.book;
    bench.execute(
        &owner,
        &[oracle::register_feed(&key, &payer, args), oracle::set_asset(&key, &book, SetAssetArgs { index: 1, feed })],
    );
    let wallet = bench.live();
    let error = bench.refused(&wallet, &["risk", "observe", &bench.vault(), "-y"]);
    assert!(
        error.contains(&format!("the feed {feed} has no price yet: bring one with `gimbal feed update {feed}`")),
        "{error}"
    );
    let json = bench.run(&wallet, &["risk", "show", &bench.vault(), "--output", "json"]).json();
    let age =
        json["limits"].as_array().expect("limits").iter().find(|one| one["limit"] == "price_age").expect("an age");
    assert_eq!((&age["used"], &age["use_bps"], &age["exceeded"]), (&().into(), &().into(), &true.into()));
    let said = bench.run(&wallet, &["risk", "show", &bench.vault()]).printed;
    assert!(
        said.contains("never") && said.contains("EXCEEDED") && said.contains(&format!("1: the feed {feed}")),
        "{said}"
    );
}
