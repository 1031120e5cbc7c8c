//! What raises risk waits: from the proposal to its end.

use gimbal_control::{CHANGE_DELAY, CHANGE_WINDOW};
use solana_signer::Signer;
use strategy_router::state::Ledger;
use vault::state::Vault;

use crate::support::{Bench, Said, USDC};

const DAY: u64 = 86_400;

fn ledger(bench: &Bench) -> Ledger {
    gimbal::readers::read(&bench.chain, &bench.deployment.vault.addresses.ledger).expect("a ledger")
}

fn vault(bench: &Bench) -> Vault {
    gimbal::readers::read(&bench.chain, &bench.deployment.vault.addresses.vault).expect("a vault")
}

fn now(bench: &Bench) -> i64 {
    use gimbal::chain::Chain;
    bench.chain.clock().expect("a clock").unix_timestamp
}

/// The field of a listed change.
fn states(said: &Said) -> Vec<(String, u64, String)> {
    let value = said.json();
    let text = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
    let all = value.as_array().expect("a list").iter();
    all.map(|one| (text(&one["of"]), one["number"].as_u64().expect("a number"), text(&one["state"]))).collect()
}

#[test]
fn before_anybody_paid_in_everything_is_at_once() {
    let bench = Bench::new();
    let owner = bench.deployment.actors.owner.insecure_clone();
    let key = bench.vault();
    let said = bench.run(&owner, &["admin", "fees", &key, "--entry-bps", "20", "-y", "--output", "json"]);
    assert_eq!(said.json()["result"]["fees"], "in force");
    assert_eq!(vault(&bench).fees.entry_bps, 20);
    // What was not given stays.
    bench.run(&owner, &["admin", "fees", &key, "--exit-bps", "10", "-y"]);
    assert_eq!((vault(&bench).fees.entry_bps, vault(&bench).fees.exit_bps), (20, 10));
    assert_eq!(vault(&bench).change_nonce, 0);
    // Unless it is asked for.
    let said = bench.run(&owner, &["admin", "fees", &key, "--exit-bps", "15", "--propose", "-y", "--output", "json"]);
    assert_eq!((said.json()["result"]["change"].as_str(), vault(&bench).fees.exit_bps), (Some("0"), 10));
}

#[test]
fn a_raise_on_a_live_ledger_is_proposed_waits_and_is_applied() {
    let bench = Bench::new();
    bench.live();
    let owner = bench.deployment.actors.owner.insecure_clone();
    let key = bench.vault();
    let words = ["admin", "bounds", &key, "1", "--cap", "2000000000", "-y"];
    let said = bench.run(&owner, &words);
    assert!(said.told.contains("so it must wait: proposing it as a change of the ledger"), "{}", said.told);
    assert!(said.told.contains("1000000000 → 2000000000"), "the review shows both caps: {}", said.told);
    assert!(said.printed.contains("Can be applied from"), "{}", said.printed);
    assert_eq!(ledger(&bench).lines[0].cap, 1_000_000_000 * USDC, "nothing moved yet");

    // It is listed under its vault, and shown in words.
    let listed = states(&bench.run(&owner, &["admin", "change", "list", &key, "--output", "json"]));
    assert_eq!(listed, [("ledger".to_owned(), 0, "waiting".to_owned())]);
    let shown = bench.run(&owner, &["admin", "change", "show", &key, "0", "--of", "ledger", "--output", "json"]).json();
    assert_eq!(
        (shown["instruction"].as_str(), shown["fields"]["cap"].as_str()),
        (Some("set_bounds"), Some("1000000000 → 2000000000"))
    );
    assert_eq!(shown["fields"]["line"], "1");
    assert_eq!(shown["ready"]["unix"].as_i64(), Some(now(&bench) + CHANGE_DELAY));
    let text = bench.run(&owner, &["admin", "change", "show", &key, "0", "--of", "ledger"]).printed;
    assert!(text.starts_with("Change 0: set_bounds\n") && text.contains("waiting, ready in 2 d"), "{text}");

    // Too early.
    let apply = ["admin", "change", "apply", &key, "0", "--of", "ledger", "-y"];
    let error = bench.refused(&owner, &apply);
    assert!(error.contains("still waits: apply it from ") && error.contains("(in 2 d)"), "{error}");
    bench.pass(CHANGE_DELAY as u64);
    // Not by anybody.
    let stranger = bench.wallet(8);
    let error = bench.refused(&stranger, &apply);
    assert!(
        error.contains("NotOwner") || error.contains("BoundsBeyondRole") || error.contains("NotGuardian"),
        "{error}"
    );
    let said = bench.run(&owner, &apply);
    assert!(
        said.printed.contains("Apply change 0 of the ledger") && said.printed.contains("Applied"),
        "{}",
        said.printed
    );
    assert_eq!(ledger(&bench).lines[0].cap, 2_000_000_000 * USDC);

    // It is over: no second time, and its rent goes back.
    let error = bench.refused(&owner, &apply);
    assert!(error.contains("was applied before"), "{error}");
    assert!(states(&bench.run(&owner, &["admin", "change", "list", &key, "--output", "json"])).is_empty());
    let all = bench.run(&owner, &["admin", "change", "list", &key, "--all", "--output", "json"]);
    assert_eq!(states(&all), [("ledger".to_owned(), 0, "applied".to_owned())]);
    let lamports = |bench: &Bench| {
        use gimbal::chain::Chain;
        bench.chain.get_account(&owner.pubkey()).expect("read").expect("there").lamports
    };
    let before = lamports(&bench);
    let stranger_file = bench.folder.keypair(&stranger);
    let close = ["admin", "change", "close", &key, "0", "--of", "ledger", "-y"];
    bench.try_run_with(&stranger_file, &close).expect("anybody closes");
    // The rent of 784 bytes: (784 + 128) × 6,960 lamports.
    assert_eq!(lamports(&bench) - before, 912 * 6_960);
    let error = bench.refused(&owner, &apply);
    assert!(error.contains("has no change 0: it was closed, or never proposed"), "{error}");
}

#[test]
fn a_guardian_vetoes_for_good() {
    let bench = Bench::new();
    bench.live();
    let (owner, guardian) =
        (bench.deployment.actors.owner.insecure_clone(), bench.deployment.actors.guardian.insecure_clone());
    let (key, ledger_key) = (bench.vault(), bench.deployment.vault.addresses.ledger.to_string());
    bench.run(&owner, &["admin", "limits", "ledger", &key, "--min-cash-bps", "100", "-y"]);
    let veto = ["admin", "change", "veto", &ledger_key, "0", "-y"];
    let error = bench.refused(&bench.wallet(8), &veto);
    assert!(error.contains("NotVetoer"), "{error}");
    let said = bench.run(&guardian, &veto);
    assert!(said.told.contains("5% → 1%"), "the review says what is stopped: {}", said.told);
    bench.pass(CHANGE_DELAY as u64);
    let error = bench.refused(&owner, &["admin", "change", "apply", &ledger_key, "0", "-y"]);
    assert!(error.contains("was vetoed before"), "{error}");
    assert_eq!(ledger(&bench).limits.min_cash_bps, 500);
    let error = bench.refused(&guardian, &veto);
    assert!(error.contains("ChangeVetoed"), "{error}");
}

#[test]
fn a_change_expires() {
    let bench = Bench::new();
    bench.live();
    let owner = bench.deployment.actors.owner.insecure_clone();
    let key = bench.vault();
    bench.run(&owner, &["admin", "limits", "vault", &key, "--outflow-bps", "1000", "-y"]);
    bench.pass((CHANGE_DELAY + CHANGE_WINDOW) as u64);
    let error = bench.refused(&owner, &["admin", "change", "apply", &key, "0", "-y"]);
    assert!(error.contains("expired at") && error.contains("propose it again"), "{error}");
    assert_eq!(vault(&bench).limits.outflow_bps, 0);
}

#[test]
fn higher_fees_wait_for_all_tickets_and_are_charged_on_a_fresh_nav() {
    let bench = Bench::new();
    bench.live();
    let owner = bench.deployment.actors.owner.insecure_clone();
    let (key, recipient) = (bench.vault(), bench.wallet(4).pubkey().to_string());
    let words = ["admin", "fees", &key, "--management-bps", "100", "--recipient", &recipient, "-y", "--output", "json"];
    let proposed = bench.run(&owner, &words).json();
    // Twice the tickets' 7 days and one day more.
    let ready = gimbal::views::units::When::new(now(&bench) + 15 * DAY as i64).utc;
    assert_eq!(proposed["result"]["can_be_applied_from"].as_str(), Some(ready.as_str()));
    // A cut is at once.
    bench.run(&owner, &["admin", "fees", &key, "--entry-bps", "0", "--propose", "-y"]);

    // By then valuations are old: they are brought up to date in front.
    bench.chain.0.borrow_mut().svm_mut().warp(15 * DAY).expect("time passes");
    bench.deployment.post_prices(&mut *bench.chain.0.borrow_mut()).expect("prices");
    bench.chain.0.borrow_mut().svm_mut().warp(700).expect("time passes");
    bench.deployment.post_prices(&mut *bench.chain.0.borrow_mut()).expect("prices");
    let applied = bench.run(&owner, &["admin", "change", "apply", &key, "0", "-y", "--output", "json"]).json();
    assert_eq!(applied["result"]["fees"], "in force", "{applied}");
    assert_eq!(vault(&bench).fees.management_bps, 100);
}

#[test]
fn proposals_can_be_made_offline_and_from_bytes() {
    use gimbal::chain::Chain;
    let bench = Bench::new();
    bench.live();
    let owner = bench.deployment.actors.owner.insecure_clone();
    let key = bench.vault();
    bench.run(&owner, &["admin", "role", "set-curator", &key, &owner.pubkey().to_string(), "-y"]);
    let shown = bench.run(&owner, &["admin", "change", "show", &key, "0", "--output", "json"]).json();
    let data = shown["data"].as_str().expect("bytes").to_owned();
    // The same bytes again, as change 1, signed offline and sent with the signature.
    let (hash, address) =
        (bench.chain.latest_blockhash().expect("a blockhash").to_string(), owner.pubkey().to_string());
    let payer = bench.wallet(1);
    let words = |payer: &str| {
        let words = [
            "--fee-payer",
            payer,
            "admin",
            "change",
            "propose",
            &key,
            "--of",
            "vault",
            "--data",
            &data,
            "--number",
            "1",
            "--propose",
            "--blockhash",
            &hash,
            "--output",
            "json",
        ];
        words.map(str::to_owned).to_vec()
    };
    let run = |source: &str, words: Vec<String>, more: &[&str]| {
        let mut all: Vec<&str> = words.iter().map(String::as_str).collect();
        all.extend(more);
        bench.try_run_with(source, &all)
    };
    let signed = run(&bench.folder.keypair(&owner), words(&payer.pubkey().to_string()), &["--sign-only"])
        .expect("signed")
        .json();
    let signature = signed["signers"][0].as_str().expect("a signature").to_owned();
    assert!(signature.starts_with(&address));
    let sent =
        run(&address, words(&bench.folder.keypair(&payer)), &["--signer", &signature, "-y"]).expect("sent").json();
    assert_eq!(sent["result"]["change"], "1");
    assert_eq!(vault(&bench).change_nonce, 2);
    let error = bench.refused(&owner, &["admin", "change", "propose", &key, "--data", "00ff", "-y"]);
    assert!(error.contains("no change of the vault") && error.contains("is such an instruction"), "{error}");
}
