//! `gimbal vault deposit` and `mint`: to the unit, with every refusal before anything is sent.

use gimbal_control::Direction;
use solana_keypair::Keypair;
use solana_signer::Signer;
use vault::{FeesArgs, VaultLimitsArgs};

use crate::depositor::{text, units};
use crate::support::{Bench, USDC};

#[test]
fn the_first_deposit_buys_a_share_per_unit() {
    let bench = Bench::new();
    let wallet = bench.rich(1, 1_000);
    let said = bench.run(&wallet, &["vault", "deposit", &bench.vault(), "250.5", "-y"]);
    // An empty pool is priced at 1: virtual assets and virtual shares are equal.
    assert_eq!(bench.shares(&wallet.pubkey()), 250_500_000);
    assert_eq!(bench.assets(&wallet.pubkey()), 749_500_000);
    for part in [
        "Deposit 250.5 USDC",
        "Pays",
        "Receives",
        "250.5 shares",
        "at least 250.2495 shares, else nothing happens",
        "1.000000 USDC a share",
        "New account",
        "Network fee",
        "localnet (http://127.0.0.1:18900)",
    ] {
        assert!(said.told.contains(part), "the review lacks {part}: {}", said.told);
    }
    for part in ["Deposit 250.5 USDC: done", "Paid in", "Shares received", "Signature"] {
        assert!(said.printed.contains(part), "the result lacks {part}: {}", said.printed);
    }
}

#[test]
fn max_pays_in_all_that_the_wallet_holds() {
    let bench = Bench::new();
    let wallet = bench.rich(1, 1_000);
    let said = bench.run(&wallet, &["vault", "deposit", &bench.vault(), "max", "-y", "--output", "json"]);
    assert_eq!((bench.assets(&wallet.pubkey()), bench.shares(&wallet.pubkey())), (0, 1_000 * USDC));
    let result = said.json();
    assert_eq!(text(&result, "/result/paid_in"), "1000 USDC");
    assert_eq!(text(&result, "/result/shares_received"), "1000 shares");
    assert_eq!(text(&result, "/vault"), bench.vault());
    assert_eq!(result["events"], serde_json::json!(["Deposited"]));
    assert!(units(&result, "/slot") > 0 && !text(&result, "/signature").is_empty());
}

#[test]
fn a_mint_gives_exactly_the_shares_asked_for() {
    let bench = Bench::new();
    let wallet = bench.rich(1, 1_000);
    bench.run(&wallet, &["vault", "mint", &bench.vault(), "100.000001", "-y"]);
    assert_eq!(bench.shares(&wallet.pubkey()), 100_000_001);
    assert_eq!(bench.assets(&wallet.pubkey()), 899_999_999);
    // What is left buys as many shares, at a price of one.
    bench.run(&wallet, &["vault", "mint", &bench.vault(), "max", "-y"]);
    assert_eq!((bench.shares(&wallet.pubkey()), bench.assets(&wallet.pubkey())), (1_000 * USDC, 0));
}

#[test]
fn shares_go_to_the_recipient() {
    let bench = Bench::new();
    let (wallet, other) = (bench.rich(1, 500), Keypair::new());
    let recipient = other.pubkey().to_string();
    let said = bench.run(&wallet, &["vault", "deposit", &bench.vault(), "500", "--recipient", &recipient, "-y"]);
    assert_eq!((bench.shares(&wallet.pubkey()), bench.shares(&other.pubkey())), (0, 500 * USDC));
    let row = said.told.lines().find(|line| line.trim_start().starts_with("Recipient"));
    assert!(row.is_some_and(|row| row.ends_with(&recipient)), "{}", said.told);
}

#[test]
fn an_entry_fee_is_shown_and_taken() {
    let bench = Bench::new();
    bench.set_fees(FeesArgs { entry_bps: 50, ..FeesArgs::default() });
    let wallet = bench.rich(1, 1_000);
    let said = bench.run(&wallet, &["vault", "deposit", &bench.vault(), "1000", "-y"]);
    // Half a percent of 1,000 is 5: 995 buy shares at a price of one.
    assert_eq!(bench.shares(&wallet.pubkey()), 995 * USDC);
    assert!(said.told.contains("5 USDC (0.5%)") && said.printed.contains("Entry fee"), "{}{}", said.told, said.printed);
}

/// A flow behind `refreshes` gives what was previewed, whether they fit into its transaction or not.
fn previewed_to_the_unit(bench: &Bench, flow: &str, amount: &str, refreshes: &[&str]) {
    let wallet = bench.rich(3, 5_000);
    bench.wait(1_200);
    bench.post();
    let previewed = bench.run(&wallet, &["vault", "preview", &bench.vault(), flow, amount, "--output", "json"]).json();
    assert_eq!(previewed["refused"], serde_json::Value::Null);
    assert_eq!(previewed["refreshes"], serde_json::json!(refreshes));
    let said = bench.run(&wallet, &["vault", flow, &bench.vault(), amount, "-y", "--output", "json"]);
    let (paid, received) = (5_000 * USDC - bench.assets(&wallet.pubkey()), bench.shares(&wallet.pubkey()));
    assert_eq!(paid, units(&previewed, "/assets/base_units"), "{}", said.printed);
    assert_eq!(received, units(&previewed, "/shares/base_units"), "{}", said.printed);
    // The line has earned twenty minutes of interest: a share costs more than one, and not much more.
    assert!(paid > received && paid - received < received / 1_000, "{paid} for {received}");
}

#[test]
fn what_is_old_is_refreshed_first_and_the_preview_holds_to_the_unit() {
    for (flow, amount) in [("deposit", "1234.567891"), ("mint", "987.654321")] {
        let bench = Bench::new();
        bench.live();
        previewed_to_the_unit(&bench, flow, amount, &["feed USDC", "line 1"]);
    }
}

#[test]
fn the_vaults_lookup_table_is_used() {
    let bench = Bench::new();
    bench.live();
    bench.name_table();
    previewed_to_the_unit(&bench, "deposit", "1000", &["feed USDC", "line 1"]);
}

#[test]
fn every_line_in_use_is_valued_first_in_as_many_transactions_as_it_takes() {
    let all = ["feed USDC", "feed USDT", "line 1", "line 2", "line 3"];
    for has_table in [false, true] {
        let bench = Bench::new();
        bench.live();
        if has_table {
            bench.name_table();
        }
        bench.deploy();
        previewed_to_the_unit(&bench, "deposit", "1234.567891", &all);
        let (mint, wallet) = (bench.shares(&bench.wallet(3).pubkey()), bench.wallet(3));
        bench.wait(1_200);
        bench.post();
        let words = ["vault", "preview", &bench.vault(), "redeem", "max", "--output", "json"];
        let previewed = bench.run(&wallet, &words).json();
        let before = bench.assets(&wallet.pubkey());
        let said = bench.run(&wallet, &["vault", "redeem", &bench.vault(), "max", "-y"]);
        assert_eq!(units(&previewed, "/shares/base_units"), mint);
        assert_eq!(
            bench.assets(&wallet.pubkey()) - before,
            units(&previewed, "/assets/base_units"),
            "{}",
            said.printed
        );
    }
}

#[test]
fn a_dry_run_shows_and_sends_nothing() {
    let bench = Bench::new();
    let wallet = bench.rich(1, 100);
    let before = bench.chain.0.borrow().accounts_hash();
    let said = bench.run(&wallet, &["vault", "deposit", &bench.vault(), "100", "--dry-run"]);
    assert_eq!(bench.chain.0.borrow().accounts_hash(), before);
    for part in ["Simulated: Shares received", "100 shares", "Dry run: nothing was signed and nothing was sent."] {
        assert!(said.printed.contains(part), "{part}: {}", said.printed);
    }
}

#[test]
fn without_consent_nothing_is_sent() {
    let bench = Bench::new();
    let wallet = bench.rich(1, 100);
    let deposit = ["vault", "deposit", &bench.vault(), "100"];
    assert!(bench.refused(&wallet, &deposit).contains("add -y to send"));
    bench.terminal.borrow_mut().answers = vec![false];
    assert!(bench.refused(&wallet, &deposit).contains("you said no"));
    bench.terminal.borrow_mut().answers = vec![true];
    bench.run(&wallet, &deposit);
    assert_eq!(bench.shares(&wallet.pubkey()), 100 * USDC);
}

#[test]
fn amounts_are_taken_exactly_or_not_at_all() {
    let bench = Bench::new();
    let wallet = bench.rich(1, 1_000);
    let refused = |amount: &str| bench.refused(&wallet, &["vault", "deposit", &bench.vault(), amount, "-y"]);
    assert!(refused("1.0000001").contains("has 7 digits after the point, but this token has only 6: shorten it"));
    assert!(refused("0").contains("an amount of zero moves nothing"));
    assert!(refused("ten").contains("'ten' is not an amount"));
    assert!(refused("1000.000001").contains("holds 1000 USDC, and this takes 1000.000001 USDC: get more of the mint"));
    // In an empty vault the first deposit must be of one whole USDC.
    let small = refused("0.5");
    assert!(small.contains("FirstDepositTooSmall") && small.contains("gimbal vault show"), "{small}");
    let poor = bench.wallet(2);
    let empty = bench.refused(&poor, &["vault", "deposit", &bench.vault(), "max", "-y"]);
    assert!(empty.contains("holds nothing of the mint"), "{empty}");
}

#[test]
fn another_account_is_no_vault() {
    let bench = Bench::new();
    let wallet = bench.rich(1, 100);
    let unknown = Keypair::new().pubkey().to_string();
    let error = bench.refused(&wallet, &["vault", "deposit", &unknown, "1", "-y"]);
    assert!(error.contains(&format!("there is no vault {unknown}")) && error.contains("gimbal vault list"), "{error}");
    assert!(error.contains("this is localnet"), "says which cluster: {error}");
    for other in [bench.deployment.vault.addresses.ledger, bench.deployment.base.key, wallet.pubkey()] {
        let error = bench.refused(&wallet, &["vault", "deposit", &other.to_string(), "1", "-y"]);
        assert!(error.contains(&format!("{other} is not a vault")), "{error}");
    }
}

#[test]
fn a_bound_that_cannot_be_met_is_refused_before_signing() {
    let bench = Bench::new();
    let wallet = bench.rich(1, 1_000);
    let vault = bench.vault();
    let error = bench.refused(&wallet, &["vault", "deposit", &vault, "100", "--min-shares", "100.000001", "-y"]);
    assert!(error.contains("comes to 100 shares now, beyond the bound of at least 100.000001 shares"), "{error}");
    assert!(error.contains("SlippageExceeded") && error.contains("widen --min-shares"), "{error}");
    let error = bench.refused(&wallet, &["vault", "mint", &vault, "100", "--max-assets", "99.999999", "-y"]);
    assert!(error.contains("at most 99.999999 USDC") && error.contains("--max-assets"), "{error}");
    // Exactly what it comes to is a bound that is met.
    bench.run(&wallet, &["vault", "deposit", &vault, "100", "--min-shares", "100", "-y"]);
    bench.run(&wallet, &["vault", "mint", &vault, "100", "--max-assets", "100", "-y"]);
    assert_eq!(bench.shares(&wallet.pubkey()), 200 * USDC);
}

#[test]
fn paused_deposits_are_refused() {
    let bench = Bench::new();
    let wallet = bench.rich(1, 100);
    bench.pause(Direction::Deposits);
    let error = bench.refused(&wallet, &["vault", "deposit", &bench.vault(), "100", "-y"]);
    assert!(error.contains("deposits are paused") && error.contains("DepositsPaused"), "{error}");
}

#[test]
fn the_deposit_cap_holds() {
    let bench = Bench::new();
    bench.set_limits(VaultLimitsArgs { deposit_cap: 100 * USDC, ..VaultLimitsArgs::default() });
    let wallet = bench.rich(1, 1_000);
    let error = bench.refused(&wallet, &["vault", "deposit", &bench.vault(), "100.000001", "-y"]);
    assert!(error.contains("DepositCapExceeded") && error.contains("pay in less"), "{error}");
    bench.run(&wallet, &["vault", "deposit", &bench.vault(), "100", "-y"]);
    assert_eq!(bench.shares(&wallet.pubkey()), 100 * USDC);
}

#[test]
fn a_feed_without_a_newer_price_stops_deposits_with_the_next_step() {
    let bench = Bench::new();
    let wallet = bench.rich(1, 100);
    bench.wait(1_200);
    let feed = bench.deployment.vault.base_feed;
    let error = bench.refused(&wallet, &["vault", "deposit", &bench.vault(), "100", "-y"]);
    assert!(error.contains(&format!("the feed {feed} has no usable price")), "{error}");
    assert!(error.contains("PriceTooOld") && error.contains(&format!("gimbal feed update {feed}")), "{error}");
    bench.post();
    bench.run(&wallet, &["vault", "deposit", &bench.vault(), "100", "-y"]);
    assert_eq!(bench.shares(&wallet.pubkey()), 100 * USDC);
}

#[test]
fn a_price_off_its_peg_stops_deposits() {
    let mut bench = Bench::new();
    let wallet = bench.rich(1, 100);
    bench.wait(30);
    // Three percent below a dollar, where two are allowed.
    bench.deployment.set_price(gimbal::setup::Asset::Base, 97_000_000);
    bench.deployment.post_prices(&mut *bench.chain.0.borrow_mut()).expect("prices");
    let error = bench.refused(&wallet, &["vault", "deposit", &bench.vault(), "100", "-y"]);
    assert!(error.contains("FeedDepegged") && error.contains("outside its peg's band"), "{error}");
}

#[test]
fn a_line_that_cannot_be_valued_is_named() {
    let bench = Bench::new();
    bench.live();
    let wallet = bench.rich(1, 100);
    bench.wait(1_200);
    bench.post();
    bench.halt(0);
    let error = bench.refused(&wallet, &["vault", "deposit", &bench.vault(), "100", "-y"]);
    assert!(
        error.contains("NAV is stale (StaleNav): line 1 cannot be valued: its venue's account cannot be read"),
        "{error}"
    );
    let error = bench.refused(&wallet, &["strategy", "refresh", &bench.vault(), "-y"]);
    assert!(error.contains("line 1 cannot be valued"), "{error}");
}

#[test]
fn a_gated_vault_names_the_command_that_admits() {
    let bench = Bench::new();
    let wallet = bench.rich(1, 100);
    let vault = &bench.deployment.vault;
    let list = gimbal::gate::List::new(&vault.addresses.vault, [wallet.pubkey()]);
    let owner = &bench.deployment.actors.owner;
    bench.execute(owner, &[vault.set_gate(&owner.pubkey(), list.root().expect("a root"))]);
    let error = bench.refused(&wallet, &["vault", "deposit", &bench.vault(), "100", "-y"]);
    let step = format!("gimbal vault admit {} {} --list FILE", bench.vault(), wallet.pubkey());
    assert!(error.contains(&step) && error.contains("NotAdmitted"), "{error}");
}

#[test]
fn a_wallet_without_lamports_is_told_so() {
    let bench = Bench::new();
    let wallet = Keypair::new();
    bench.issue(&wallet.pubkey(), 100 * USDC);
    let error = bench.refused(&wallet, &["vault", "deposit", &bench.vault(), "100", "-y"]);
    assert!(error.contains("fund it") && error.contains(&wallet.pubkey().to_string()), "{error}");
}
