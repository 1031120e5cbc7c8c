//! `gimbal position show`: shares, tickets, worth, ways out.

use gimbal::chain::Executed;
use gimbal::index::Indexer;
use solana_signer::Signer;
use vault::FeesArgs;

use crate::depositor::{text, units};
use crate::support::{Bench, USDC};

#[test]
fn a_position_is_shown_with_its_tickets_and_ways_out() {
    let bench = Bench::new();
    let (wallet, other) = (bench.rich(1, 1_000), bench.rich(2, 500));
    let vault = bench.vault();
    bench.run(&wallet, &["vault", "deposit", &vault, "1000", "-y"]);
    bench.run(&other, &["vault", "deposit", &vault, "500", "-y"]);
    bench.wait(10);
    bench.run(&other, &["vault", "request", &vault, "200", "-y"]);
    bench.run(&wallet, &["vault", "request", &vault, "300", "-y"]);
    let owner = wallet.pubkey().to_string();
    let json = bench.run(&wallet, &["position", "show", &owner, "--output", "json"]).json();
    assert_eq!(json.as_array().map(Vec::len), Some(1));
    assert_eq!(text(&json, "/0/vault"), vault);
    // All is cash at a price of one.
    assert_eq!(units(&json, "/0/shares/base_units"), 700 * USDC);
    for side in ["low", "mid", "high"] {
        assert_eq!(units(&json, &format!("/0/value/{side}/base_units")), 700 * USDC, "{side}");
        assert_eq!(units(&json, &format!("/0/ticket_value/{side}/base_units")), 300 * USDC, "{side}");
    }
    assert_eq!((units(&json, "/0/tickets/0/ticket"), text(&json, "/0/tickets/0/state")), (1, "waiting"));
    assert_eq!(
        (units(&json, "/0/tickets/0/ahead"), units(&json, "/0/tickets/0/ahead_shares/base_units")),
        (1, 200 * USDC)
    );
    assert_eq!(text(&json, "/0/tickets/0/waits_for"), "fill");
    assert_eq!(units(&json, "/0/tickets/0/overdue/unix"), u64::try_from(bench.now()).expect("after 1970") + 7 * 86_400);
    // 1,500 in cash, of which the queue keeps 500: all 700 can leave at once, with a thousandth left alone.
    assert_eq!(units(&json, "/0/exits/instantly/shares/base_units"), 700 * USDC);
    let said = bench.run(&wallet, &["position", "show", &owner]);
    for part in [
        "Position in vault",
        "700",
        "Tickets",
        "waiting",
        "Ways out for the shares",
        "Instantly",
        "By ticket",
        "in 7 d",
    ] {
        assert!(said.printed.contains(part), "{part}: {}", said.printed);
    }

    bench.run(&other, &["vault", "fulfil", &vault, "-y"]);
    let json = bench.run(&wallet, &["position", "show", &owner, "--output", "json"]).json();
    assert_eq!(units(&json, "/0/claimable/base_units"), 300 * USDC);
    assert_eq!(text(&json, "/0/tickets/0/state"), "over");
    let said = bench.run(&wallet, &["position", "show", &owner]);
    assert!(said.printed.contains(&format!("gimbal vault claim {vault}")), "{}", said.printed);
}

#[test]
fn low_is_what_leaving_pays_and_high_what_entering_costs() {
    let bench = Bench::new();
    bench.set_fees(FeesArgs { exit_bps: 100, ..FeesArgs::default() });
    let (wallet, other) = (bench.rich(1, 1_000), bench.rich(2, 1_000));
    let vault = bench.vault();
    for who in [&wallet, &other] {
        bench.run(who, &["vault", "deposit", &vault, "1000", "-y"]);
    }
    bench.wait(10);
    let owner = wallet.pubkey().to_string();
    let json = bench.run(&wallet, &["position", "show", &owner, "--output", "json"]).json();
    // A percent stays when it leaves.
    assert_eq!(units(&json, "/0/value/low/base_units"), 990 * USDC);
    assert_eq!(units(&json, "/0/value/mid/base_units"), 1_000 * USDC);
    bench.run(&wallet, &["vault", "redeem", &vault, "max", "-y"]);
    assert_eq!(bench.assets(&wallet.pubkey()), 990 * USDC);
}

#[test]
fn where_nav_is_stale_it_is_shown_as_a_flow_would_find_it() {
    let bench = Bench::new();
    let wallet = bench.live();
    let owner = wallet.pubkey().to_string();
    bench.wait(3 * 86_400);
    let json = bench.run(&wallet, &["position", "show", &owner, "--vault", &bench.vault(), "--output", "json"]).json();
    assert_eq!(json[0]["fresh"], true);
    let low = units(&json, "/0/value/low/base_units");
    let previewed =
        bench.run(&wallet, &["vault", "preview", &bench.vault(), "redeem", "max", "--output", "json"]).json();
    assert_eq!(low, units(&previewed, "/assets/base_units"));
    assert!(low > 10_000 * USDC, "three days of interest: {low}");
}

#[test]
fn where_a_line_cannot_be_valued_a_ticket_is_the_way_out() {
    let bench = Bench::new();
    let wallet = bench.live();
    let owner = wallet.pubkey().to_string();
    bench.wait(1_200);
    // The market stands still: its own refresh is refused, so that the line cannot be valued.
    bench.halt(0);
    let said = bench.run(&wallet, &["position", "show", &owner]);
    assert!(
        said.told.contains("shown by its last valuations") && said.told.contains("line 1 cannot be valued"),
        "{}",
        said.told
    );
    for part in ["STALE: values are of the last valuations", "10000", "asks for no fresh NAV"] {
        assert!(said.printed.contains(part), "{part}: {}", said.printed);
    }
    let vault = bench.vault();
    let error = bench.refused(&wallet, &["vault", "redeem", &vault, "1", "-y"]);
    assert!(error.contains("NAV is stale (StaleNav): line 1 cannot be valued"), "{error}");
    assert!(error.contains("leave by a ticket"), "{error}");
    bench.run(&wallet, &["vault", "request", &vault, "max", "-y"]);
    assert_eq!(bench.state().queued_shares, 10_000 * USDC);
}

#[test]
fn cost_profit_and_fees_come_from_the_index() {
    let bench = Bench::new();
    bench.set_fees(FeesArgs { entry_bps: 100, ..FeesArgs::default() });
    let wallet = bench.rich(1, 2_000);
    let (vault, owner) = (bench.deployment.vault.addresses.vault, wallet.pubkey());
    let file = bench.folder.path("index.sqlite");
    let mut indexer = Indexer::open(&file, "a test's chain").expect("an index");
    indexer.watch(&bench.chain, &vault).expect("watched");
    let account = bench.deployment.vault.create_share_account(&bench.deployment.actors.payer.pubkey(), &owner);
    let receipt = bench.execute(&wallet, &[account, bench.deployment.vault.deposit(&owner, 1_000 * USDC, 1)]);
    let executed = Executed {
        receipt,
        time: bench.now(),
        failed: None,
        fee_payer: bench.deployment.actors.payer.pubkey(),
        payer_change: 0,
        tokens: None,
    };
    assert_eq!(indexer.record(&bench.chain, &executed).expect("recorded"), 1);
    drop(indexer);

    let owner = owner.to_string();
    let show = |form: &[&str]| bench.run(&wallet, &[&["position", "show", &owner, "--index", &file], form].concat());
    let json = show(&["--output", "json"]).json();
    // A percent of 1,000 stays in the pool at the entry: 990 shares for 1,000. Alone in the vault, its own fee is its gain.
    assert_eq!(units(&json, "/0/shares/base_units"), 990 * USDC);
    assert_eq!(units(&json, "/0/past/cost/base_units"), 1_000 * USDC);
    assert_eq!(units(&json, "/0/past/fees_paid/base_units"), 10 * USDC);
    assert_eq!(json[0]["past"]["behind"], false);
    let said = show(&[]);
    for part in ["1000 USDC of the shares held", "Profit", "Fees paid", "10 USDC", "UTC by the index"] {
        assert!(said.printed.contains(part), "{part}: {}", said.printed);
    }
    // What the index was not told of is noticed.
    bench.run(&wallet, &["vault", "deposit", &bench.vault(), "500", "-y"]);
    assert_eq!(show(&["--output", "json"]).json()[0]["past"]["behind"], true);
    assert!(show(&[]).printed.contains("by the index, which lags: `gimbal history"));
    let error = bench.refused(&wallet, &["position", "show", &owner, "--index", "mysql://nowhere"]);
    assert!(error.contains("mysql"), "{error}");
}

#[test]
fn who_has_nothing_is_told_so() {
    let bench = Bench::new();
    let wallet = bench.wallet(1);
    let owner = wallet.pubkey().to_string();
    let said = bench.run(&wallet, &["position", "show", &owner]);
    assert!(said.printed.contains("has nothing in any vault on localnet"), "{}", said.printed);
    let json = bench.run(&wallet, &["position", "show", &owner, "--output", "json"]).json();
    assert_eq!(json, serde_json::json!([]));
}
