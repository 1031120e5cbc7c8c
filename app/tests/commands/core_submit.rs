//! How a transaction is reviewed, signed and sent.

use gimbal::chain::{Chain, Sandbox};
use gimbal::cli::operation::{Operation, Outcome, TransactionArgs};
use gimbal::cli::submit::submit;
use gimbal::setup::Asset;
use gimbal_control::Direction;
use risk_oracle::state::Feed;
use solana_signer::Signer;
use vault::state::Vault;

use crate::support::{Bench, SOL};

/// Whether deposits stand still now.
pub fn deposits_paused(bench: &Bench) -> bool {
    let vault: Vault = gimbal::readers::read(&bench.chain, &bench.deployment.vault.addresses.vault).expect("a vault");
    let now = bench.chain.clock().expect("a clock").unix_timestamp;
    vault.pauses.is_paused(Direction::Deposits, now)
}

#[test]
fn nothing_is_sent_without_a_yes() {
    let bench = Bench::new();
    let guardian = bench.deployment.actors.guardian.insecure_clone();
    let vault = bench.vault();
    // Nobody is there.
    let error = bench.refused(&guardian, &["admin", "pause", &vault, "deposits"]);
    assert!(error.contains("add -y to send, or --dry-run to look only"), "{error}");
    // Somebody says no.
    bench.terminal.borrow_mut().answers = vec![false];
    let error = bench.refused(&guardian, &["admin", "pause", &vault, "deposits"]);
    assert!(error.contains("you said no; nothing was signed"), "{error}");
    let told = bench.terminal.borrow().told.clone();
    for part in [
        "Pause deposits\n",
        "Cluster      localnet (http://127.0.0.1:18900)",
        &format!("Vault        {vault}"),
        &format!("Authority    {}", guardian.pubkey()),
        "open → paused for 14 d",
        "Network fee  0.000005 SOL (1 signature, ",
        "Simulated: Deposits",
    ] {
        assert!(told.contains(part) || squeezed(&told).contains(&squeezed(part)), "{part}: {told}");
    }
    assert_eq!(bench.terminal.borrow().asked, ["Pause deposits?"]);
    assert!(!deposits_paused(&bench));
    // Somebody says yes.
    bench.terminal.borrow_mut().answers = vec![true];
    let said = bench.run(&guardian, &["admin", "pause", &vault, "deposits"]);
    assert!(
        said.printed.starts_with("Pause deposits: done\n") && said.printed.contains("Signature"),
        "{}",
        said.printed
    );
    assert!(deposits_paused(&bench));
}

/// Words with one space between them.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_dry_run_shows_and_changes_nothing() {
    let bench = Bench::new();
    let guardian = bench.deployment.actors.guardian.insecure_clone();
    let vault = bench.vault();
    let before = bench.chain.0.borrow().accounts_hash();
    let said = bench.run(&guardian, &["admin", "pause", &vault, "deposits", "--dry-run"]);
    assert!(said.printed.contains("Dry run: nothing was signed and nothing was sent."), "{}", said.printed);
    let value = bench.run(&guardian, &["admin", "pause", &vault, "deposits", "--dry-run", "--output", "json"]).json();
    assert_eq!(value["dry_run"], true);
    assert_eq!(value["review"]["state"], "open → paused for 14 d");
    assert!(value["compute_units"].as_u64() > Some(0));
    // An address can look as well: a dry run needs no signature.
    let address = guardian.pubkey().to_string();
    let payer = bench.folder.keypair(&bench.wallet(3));
    let words = ["--fee-payer", &payer, "admin", "pause", &vault, "deposits", "--dry-run"];
    bench.try_run_with(&address, &words).expect("looked at");
    assert_eq!(bench.terminal.borrow().asked.len(), 0);
    // The funding of the wallet apart, nothing changed.
    assert_ne!(bench.chain.0.borrow().accounts_hash(), before);
    assert!(!deposits_paused(&bench));
}

#[test]
fn machines_get_one_object() {
    let bench = Bench::new();
    let guardian = bench.deployment.actors.guardian.insecure_clone();
    let vault = bench.vault();
    let words = ["admin", "pause", &vault, "deposits", "-y", "--output", "json-compact"];
    let said = bench.run(&guardian, &words);
    assert_eq!(said.printed.lines().count(), 1);
    assert!(said.told.is_empty(), "a machine that says yes gets no review: {}", said.told);
    let value = said.json();
    assert_eq!((value["vault"].as_str(), value["title"].as_str()), (Some(vault.as_str()), Some("Pause deposits")));
    assert_eq!(value["cluster"], "localnet (http://127.0.0.1:18900)");
    assert_eq!(value["fee_lamports"], 5_000);
    assert_eq!(value["events"], serde_json::json!(["PauseChanged"]));
    assert!(value["result"]["deposits"].as_str().is_some_and(|text| text.starts_with("paused until ")), "{value}");
    assert_eq!(
        value["signature"].as_str().map(|text| text.parse::<solana_transaction::Signature>().is_ok()),
        Some(true)
    );
}

#[test]
fn an_empty_fee_payer_is_told_what_it_lacks() {
    let bench = Bench::new();
    let poor = gimbal::setup::keys::keypair(9, "poor", 0);
    let error = bench.refused(&poor, &["admin", "pause", &bench.vault(), "deposits", "-y"]);
    assert!(error.contains(&format!("the fee payer {} holds 0 SOL on localnet", poor.pubkey())), "{error}");
    assert!(error.contains("--fee-payer"), "{error}");
}

#[test]
fn the_review_shows_balances_that_change() {
    let bench = Bench::new();
    let owner = bench.deployment.actors.owner.insecure_clone();
    let keeper = bench.wallet(5).pubkey().to_string();
    let words = ["admin", "keeper", "register", &bench.vault(), &keeper, "--dry-run", "--output", "json"];
    let value = bench.run(&owner, &words).json();
    let rent = bench.chain.minimum_balance(128).expect("rent");
    let before = bench.chain.0.borrow().get_account(&owner.pubkey()).expect("read").expect("there").lamports;
    let shown = |lamports: u64| format!("{} SOL", gimbal::amount::format(lamports, 9));
    let expected = format!("{}: {} → {}", owner.pubkey(), shown(before), shown(before - rent));
    assert_eq!(value["review"]["simulated_sol"], expected.as_str(), "{value}");
    assert!(before > SOL);
}

/// An operation that needs a price brought to a feed before it.
fn with_a_crank(bench: &Bench) -> Operation {
    let guardian = bench.deployment.actors.guardian.pubkey();
    let pause = bench.deployment.vault.pause(&guardian, Direction::Deposits);
    let mut operation = Operation::new("Pause after a price", guardian, vec![pause]);
    operation.before = vec![vec![bench.deployment.suite().base_feed.update()]];
    operation
}

fn feed_updates(bench: &Bench) -> u64 {
    let feed: Feed = gimbal::readers::read(&bench.chain, &bench.deployment.vault.base_feed).expect("a feed");
    feed.updates
}

/// Posts a newer price, so that bringing it to the feed is an update.
fn newer_price(bench: &Bench) {
    let chain = &mut *bench.chain.0.borrow_mut();
    chain.warp(5).expect("time passes");
    let feed = bench.deployment.feeds.get(Asset::Base);
    feed.post(chain, bench.deployment.plan.price(Asset::Base), 0).expect("posted");
}

#[test]
fn what_must_run_before_is_asked_for_first() {
    let bench = Bench::new();
    newer_price(&bench);
    let file = bench.folder.keypair(&bench.deployment.actors.guardian);
    let submit = |args: &TransactionArgs, answers: &[bool]| {
        bench.terminal.borrow_mut().answers = answers.to_vec();
        let (mut session, _) = bench.session(&file, &["blockhash"]).expect("a session");
        submit(&mut session, args, with_a_crank(&bench))
    };
    let updates = feed_updates(&bench);
    let ordinary = TransactionArgs::default();
    // A dry run tries the first of them and sends nothing.
    let outcome = submit(&TransactionArgs { dry_run: true, ..ordinary.clone() }, &[]).expect("looked at");
    assert!(matches!(outcome, Outcome::Simulated { receipt: None, .. }));
    assert!(bench.terminal.borrow().printed.contains("1 crank transaction, of which the first was simulated"));
    // No to the first question: nothing. Yes and no: only the crank.
    let error = submit(&ordinary, &[false]).expect_err("refused").to_string();
    assert!(error.contains("you said no"), "{error}");
    assert_eq!((feed_updates(&bench), deposits_paused(&bench)), (updates, false));
    submit(&ordinary, &[true, false]).expect_err("refused");
    assert_eq!(bench.terminal.borrow().asked, ["Send 1 crank transaction now?", "Pause after a price?"]);
    assert_eq!((feed_updates(&bench), deposits_paused(&bench)), (updates + 1, false));
    // Yes to both.
    newer_price(&bench);
    let outcome = submit(&ordinary, &[true, true]).expect("sent");
    assert!(outcome.receipt().is_some_and(|receipt| receipt.fee == 5_000));
    assert_eq!((feed_updates(&bench), deposits_paused(&bench)), (updates + 2, true));
    // What is signed for elsewhere leaves it out and says so.
    let blockhash = bench.chain.latest_blockhash().expect("a blockhash");
    let offline = TransactionArgs { sign_only: true, blockhash: Some(blockhash), ..ordinary };
    let outcome = submit(&offline, &[]).expect("signed");
    assert!(matches!(outcome, Outcome::Signed(made) if made.signers.len() == 1 && made.absent.is_empty()));
    assert!(bench.terminal.borrow().told.contains("are left out"), "{}", bench.terminal.borrow().told);
    assert_eq!(feed_updates(&bench), updates + 2);
}

#[test]
fn units_and_their_price_are_as_asked_for() {
    let bench = Bench::new();
    let guardian = bench.deployment.actors.guardian.insecure_clone();
    let vault = bench.vault();
    let words = [
        "admin",
        "pause",
        &vault,
        "deposits",
        "-y",
        "--output",
        "json",
        "--compute-unit-limit",
        "50000",
        "--compute-unit-price",
        "1001",
    ];
    // 50,000 units at 1,001 micro-lamports are 50.05 lamports, rounded up.
    assert_eq!(bench.run(&guardian, &words).json()["fee_lamports"], 5_051);
    // Too few units: the simulation says so, and nothing is sent.
    let words = ["admin", "pause", &vault, "new-money", "-y", "--compute-unit-limit", "400"];
    let error = bench.refused(&guardian, &words);
    assert!(error.contains("ComputationalBudgetExceeded") || error.contains("compute"), "{error}");
}
