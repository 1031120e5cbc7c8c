//! `gimbal vault list`, `show` and `preview`.

use gimbal_control::Direction;
use solana_signer::Signer;
use vault::{FeesArgs, VaultLimitsArgs};

use crate::depositor::{text, units};
use crate::support::{Bench, USDC};

#[test]
fn vaults_are_listed_by_owner() {
    let bench = Bench::new();
    let wallet = bench.rich(1, 1_000);
    bench.run(&wallet, &["vault", "deposit", &bench.vault(), "1000", "-y"]);
    let said = bench.run(&wallet, &["vault", "list"]);
    for part in [bench.vault().as_str(), "USDC", "1000", "1.000000", "share price"] {
        assert!(said.printed.contains(part), "{part}: {}", said.printed);
    }
    let owner = bench.deployment.actors.owner.pubkey().to_string();
    let mine = bench.run(&wallet, &["vault", "list", "--owner", &owner, "--output", "json"]).json();
    assert_eq!(mine.as_array().map(Vec::len), Some(1));
    assert_eq!(text(&mine, "/0/vault"), bench.vault());
    assert_eq!(units(&mine, "/0/nav/mid/base_units"), 1_000 * USDC);
    assert_eq!(text(&mine, "/0/share_price/mid"), "1");
    let nobody = wallet.pubkey().to_string();
    let none = bench.run(&wallet, &["vault", "list", "--owner", &nobody]);
    assert_eq!(none.printed, "There are no vaults on localnet (http://127.0.0.1:18900).\n");
}

#[test]
fn a_vault_is_shown_with_everything() {
    let bench = Bench::new();
    bench.set_fees(FeesArgs {
        recipient: bench.deployment.actors.owner.pubkey(),
        management_bps: 100,
        performance_bps: 1_000,
        entry_bps: 5,
        exit_bps: 10,
    });
    bench.set_limits(VaultLimitsArgs {
        deposit_cap: 50_000 * USDC,
        min_ticket: USDC,
        outflow_bps: 2_000,
        ..VaultLimitsArgs::default()
    });
    let wallet = bench.live();
    bench.name_table();
    bench.run(&wallet, &["vault", "request", &bench.vault(), "100", "-y"]);
    let json = bench.run(&wallet, &["vault", "show", &bench.vault(), "--output", "json"]).json();
    assert_eq!(text(&json, "/vault"), bench.vault());
    assert_eq!(text(&json, "/base_mint"), bench.deployment.base.key.to_string());
    assert_eq!(text(&json, "/symbol"), "USDC");
    assert_eq!(text(&json, "/lookup_table"), bench.deployment.table.key.to_string());
    assert_eq!(units(&json, "/deposited/base_units"), 10_000 * USDC);
    assert_eq!(json["nav"]["fresh"], true);
    // 9,000 deposited and kept, 1,000 lent.
    assert_eq!(units(&json, "/cash/tracked/base_units"), 9_000 * USDC);
    assert_eq!(units(&json, "/lines/0/invested/base_units"), 1_000 * USDC);
    assert_eq!(units(&json, "/lines/0/weight/now_bps"), 999);
    assert_eq!(units(&json, "/lines/0/weight/target_bps"), 3_000);
    assert_eq!(text(&json, "/lines/0/weight/stands"), "inside");
    assert_eq!(json["lines"].as_array().map(Vec::len), Some(3));
    assert_eq!(json["lines"][2]["swapped"], true);
    assert_eq!((units(&json, "/fees/management_bps"), units(&json, "/fees/exit_bps")), (100, 10));
    assert_eq!(units(&json, "/limits/deposit_cap/limit/base_units"), 50_000 * USDC);
    assert_eq!(units(&json, "/queue/shares/base_units"), 100 * USDC);
    assert_eq!(text(&json, "/gate/kind"), "open");
    assert_eq!(json["roles"].as_array().map(Vec::len), Some(5), "vault, ledger, book, two feeds");
    assert_eq!(json["warnings"], serde_json::json!([]));

    let said = bench.run(&wallet, &["vault", "show", &bench.vault()]);
    for part in [
        "Lines",
        "Cash and queue",
        "1 ticket, 100 shares",
        "1% a year",
        "0.05%",
        "50000 USDC",
        "20% a day",
        "7 d, in kind after 14 d",
        "Roles",
        "Lookup table",
        "lending, swapped",
    ] {
        assert!(said.printed.contains(part), "{part}: {}", said.printed);
    }
}

#[test]
fn what_stands_in_the_way_is_said_first() {
    let bench = Bench::new();
    let wallet = bench.live();
    bench.pause(Direction::Deposits);
    // A rise of fees on a live vault waits.
    let owner = &bench.deployment.actors.owner;
    let vault = bench.deployment.vault.addresses.vault;
    let fees = FeesArgs { exit_bps: 50, ..FeesArgs::default() };
    let set = bench.deployment.vault.set_fees(&owner.pubkey(), fees);
    let queue = gimbal::instructions::changes::Queue::Vault(vault);
    let payer = bench.deployment.actors.payer.pubkey();
    bench.execute(owner, &[queue.propose(&owner.pubkey(), &payer, 0, &set, [])]);
    bench.wait(1_200);
    let json = bench.run(&wallet, &["vault", "show", &bench.vault(), "--output", "json"]).json();
    assert_eq!(json["nav"]["fresh"], false);
    assert_eq!(text(&json, "/pauses/0/direction"), "deposits");
    assert_eq!(text(&json, "/waiting_changes/0/instruction"), "set_fees");
    assert_eq!(text(&json, "/waiting_changes/0/state"), "waiting");
    assert_eq!(json["waiting_changes"][0]["arguments"][4], serde_json::json!(["exit_bps", "50"]));
    assert_eq!(json["base_feed_flags"], serde_json::json!(["STALE"]));
    assert_eq!(json["lines"][0]["stale"], true);
    let said = bench.run(&wallet, &["vault", "show", &bench.vault()]);
    for part in [
        "! NAV is stale (line 1)",
        "gimbal strategy refresh",
        "! the base asset's feed is flagged (STALE)",
        "! deposits paused until",
        "! 1 change(s) wait",
        "exit_bps = 50",
        "STALE, shown as it was",
    ] {
        assert!(said.printed.contains(part), "{part}: {}", said.printed);
    }
}

#[test]
fn previews_name_what_would_refuse() {
    let bench = Bench::new();
    let wallet = bench.live();
    let vault = bench.vault();
    let preview = |flow: &str, amount: &str| {
        bench.run(&wallet, &["vault", "preview", &vault, flow, amount, "--output", "json"]).json()
    };
    // 9,000 in cash, with the queue empty.
    let over = preview("withdraw", "9500");
    assert_eq!(text(&over, "/refused/name"), "InsufficientCash");
    assert!(units(&over, "/shares/base_units") > 9_499 * USDC);
    let redeem = preview("redeem", "9500");
    assert_eq!(text(&redeem, "/refused/name"), "InsufficientCash");
    let instantly = units(&redeem, "/exits/instantly/assets/base_units");
    assert!((8_990 * USDC..=9_000 * USDC).contains(&instantly), "{instantly}");
    assert_eq!(units(&redeem, "/exits/recall_line"), 1);
    assert_eq!(units(&redeem, "/exits/by_recall/shares/base_units"), 9_500 * USDC);
    assert_eq!(text(&redeem, "/exits/by_ticket/waits_for"), "recall");

    bench.pause(Direction::Deposits);
    let paused = preview("deposit", "100");
    assert_eq!(text(&paused, "/refused/name"), "DepositsPaused");
    assert!(units(&paused, "/shares/base_units") > 99 * USDC, "shows what it would give otherwise");
    let said = bench.run(&wallet, &["vault", "preview", &vault, "deposit", "100"]);
    assert!(said.printed.starts_with("Deposit would be refused (DepositsPaused)"), "{}", said.printed);
}

#[test]
fn a_preview_of_max_is_that_of_the_flow() {
    let bench = Bench::new();
    let wallet = bench.rich(1, 1_000);
    let vault = bench.vault();
    let preview = |flow: &str| {
        bench
            .run(&wallet, &["vault", "preview", &vault, flow, "max", "--slippage-bps", "50", "--output", "json"])
            .json()
    };
    let deposit = preview("deposit");
    assert_eq!(
        (units(&deposit, "/assets/base_units"), units(&deposit, "/shares/base_units")),
        (1_000 * USDC, 1_000 * USDC)
    );
    assert_eq!(text(&deposit, "/bound/what"), "min_shares");
    assert_eq!(units(&deposit, "/bound/amount/base_units"), 995 * USDC);
    bench.run(&wallet, &["vault", "deposit", &vault, "400", "-y"]);
    bench.wait(10);
    assert_eq!(units(&preview("redeem"), "/shares/base_units"), 400 * USDC);
    assert_eq!(units(&preview("withdraw"), "/assets/base_units"), 400 * USDC);
    assert_eq!(units(&preview("mint"), "/shares/base_units"), 600 * USDC);
}

#[test]
fn reading_needs_no_keypair() {
    let bench = Bench::new();
    bench.live();
    let vault = bench.vault();
    bench.wait(1_200);
    bench.post();
    let nowhere = bench.folder.path("missing.json");
    for words in [
        &["vault", "list"][..],
        &["vault", "show", &vault],
        &["vault", "preview", &vault, "deposit", "100"],
        &["vault", "preview", &vault, "redeem", "100"],
    ] {
        let said = bench.try_run_with(&nowhere, words).unwrap_or_else(|error| panic!("{words:?}: {error}"));
        assert!(!said.printed.is_empty(), "{words:?}");
    }
    let error = bench.try_run_with(&nowhere, &["vault", "preview", &vault, "deposit", "max"]).err().expect("refused");
    assert!(error.contains("max asks what a wallet holds"), "{error}");
}
