//! What owner, curator and guardian set at once, and what they may not.

use anchor_lang::prelude::Pubkey;
use gimbal::chain::Chain;
use gimbal_control::Direction;
use risk_oracle::state::{Book, Feed};
use solana_signer::Signer;
use strategy_router::state::Ledger;
use vault::math::require_on_list;
use vault::state::Vault;

use crate::support::{Bench, USDC};

fn ledger(bench: &Bench) -> Ledger {
    gimbal::readers::read(&bench.chain, &bench.deployment.vault.addresses.ledger).expect("a ledger")
}

fn vault(bench: &Bench) -> Vault {
    gimbal::readers::read(&bench.chain, &bench.deployment.vault.addresses.vault).expect("a vault")
}

fn book(bench: &Bench) -> Book {
    gimbal::readers::read(&bench.chain, &bench.deployment.vault.addresses.book).expect("a book")
}

#[test]
fn each_direction_is_paused_and_lifted() {
    let bench = Bench::new();
    let actors = bench.deployment.actors.clone();
    let key = bench.vault();
    let paused = |direction| {
        let (vault, ledger) = (vault(&bench), ledger(&bench));
        let now = bench.chain.clock().expect("a clock").unix_timestamp;
        let pauses = if direction == Direction::NewMoney { ledger.pauses } else { vault.pauses };
        pauses.is_paused(direction, now)
    };
    for (word, direction) in [
        ("deposits", Direction::Deposits),
        ("instant-exits", Direction::InstantExits),
        ("new-money", Direction::NewMoney),
    ] {
        let error = bench.refused(&bench.wallet(8), &["admin", "pause", &key, word, "-y"]);
        assert!(error.contains("NotGuardian"), "{word}: {error}");
        bench.run(&actors.guardian, &["admin", "pause", &key, word, "-y"]);
        assert!(paused(direction), "{word}");
        let error = bench.refused(&actors.guardian, &["admin", "lift", &key, word, "-y"]);
        assert!(error.contains("NotCurator"), "a guardian stops and does not start: {error}");
        let said = bench.run(&actors.curator, &["admin", "lift", &key, word, "-y"]);
        assert!(said.told.contains("paused until ") && said.told.contains(" → open"), "{}", said.told);
        assert!(!paused(direction), "{word}");
        let error = bench.refused(&actors.curator, &["admin", "lift", &key, word, "-y"]);
        assert!(error.contains("there is no pause to lift"), "{error}");
    }
    let error = bench.refused(&actors.guardian, &["admin", "pause", &key, "instant-exits", "-y"]);
    assert!(error.contains("PauseCoolingDown"), "{error}");
}

#[test]
fn a_curator_moves_bounds_within_the_owners() {
    let bench = Bench::new();
    bench.live();
    let actors = bench.deployment.actors.clone();
    let key = bench.vault();
    let said = bench.run(
        &actors.curator,
        &["admin", "bounds", &key, "2", "--target-bps", "2000", "--cap", "500.5", "--cooldown", "1h30m", "-y"],
    );
    assert!(said.told.contains("10 min → 1 h 30 min"), "{}", said.told);
    assert!(said.told.contains("30% → 20%"), "{}", said.told);
    let line = ledger(&bench).lines[1];
    assert_eq!((line.target_bps, line.cap, line.cooldown, line.max_bps), (2_000, 500_500_000, 5_400, 6_000));
    // Raising the cap again is the owner's.
    let error = bench.refused(&actors.curator, &["admin", "bounds", &key, "2", "--cap", "600", "-y"]);
    assert!(error.contains("BoundsBeyondRole"), "{error}");
    let error = bench.refused(&actors.curator, &["admin", "bounds", &key, "2", "--cap", "500.5", "-y"]);
    assert!(error.contains("nothing would change"), "{error}");
    let error = bench.refused(&actors.curator, &["admin", "bounds", &key, "9", "--cap", "1", "-y"]);
    assert!(error.contains("has no line 9: it has 1, 2, 3"), "{error}");
    let error = bench.refused(&actors.curator, &["admin", "bounds", &key, "2", "--cap", "1.0000001", "-y"]);
    assert!(error.contains("this token has only 6"), "{error}");
    let error = bench.refused(&actors.curator, &["admin", "bounds", &key, "2", "--target-bps", "7000", "-y"]);
    assert!(error.contains("see `gimbal admin bounds --help`"), "{error}");
}

#[test]
fn limits_that_tighten_are_at_once() {
    let bench = Bench::new();
    bench.live();
    let owner = &bench.deployment.actors.owner;
    let key = bench.vault();
    bench.run(owner, &["admin", "limits", "vault", &key, "--deposit-cap", "25000", "--ticket-deadline", "2d", "-y"]);
    let limits = vault(&bench).limits;
    assert_eq!((limits.deposit_cap, limits.ticket_deadline), (25_000 * USDC, 2 * 86_400));
    bench.run(owner, &["admin", "limits", "ledger", &key, "--min-cash-bps", "1000", "--keeper-pay", "0.005", "-y"]);
    let limits = ledger(&bench).limits;
    assert_eq!((limits.min_cash_bps, limits.keeper_pay), (1_000, 5_000));
    let error = bench.refused(owner, &["admin", "limits", "vault", &key, "--ticket-deadline", "30m", "-y"]);
    assert!(error.contains("see `gimbal admin limits vault --help`"), "{error}");
    let error = bench
        .refused(&bench.deployment.actors.curator, &["admin", "limits", "vault", &key, "--deposit-cap", "1", "-y"]);
    assert!(error.contains("NotOwner"), "{error}");
    let error = bench.refused(owner, &["admin", "fees", &key, "-y"]);
    assert!(error.contains("nothing to set"), "{error}");
    let error = bench.refused(owner, &["admin", "fees", &key, "--entry-bps", "101", "-y"]);
    assert!(error.contains("see `gimbal admin fees --help`"), "{error}");
}

#[test]
fn policy_order_and_table_are_the_curators() {
    let bench = Bench::new();
    let curator = &bench.deployment.actors.curator;
    let key = bench.vault();
    let said = bench.run(curator, &["admin", "policy", &key, "water-filling", "-y"]);
    assert!(said.told.contains("bands → water-filling"), "{}", said.told);
    assert_eq!(ledger(&bench).policy, 1);
    bench.run(curator, &["admin", "withdraw-order", &key, "2", "1", "-y"]);
    assert_eq!(ledger(&bench).withdraw_order[..3], [2, 1, 0]);
    let error = bench.refused(curator, &["admin", "withdraw-order", &key, "9", "-y"]);
    assert!(error.contains("UnknownLine"), "{error}");
    bench.run(curator, &["admin", "withdraw-order", &key, "-y"]);
    assert_eq!(ledger(&bench).withdraw_order[0], 0);

    let table = bench.deployment.table.key;
    let said = bench.run(curator, &["admin", "lookup-table", "set", &key, &table.to_string(), "-y"]);
    assert!(said.told.contains(&format!("{} addresses", bench.deployment.table.addresses.len())), "{}", said.told);
    assert_eq!(vault(&bench).lookup_table, table);
    let error =
        bench.refused(curator, &["admin", "lookup-table", "set", &key, &bench.deployment.base.key.to_string(), "-y"]);
    assert!(error.contains("lookup table"), "{error}");
    bench.run(curator, &["admin", "lookup-table", "set", &key, "none", "-y"]);
    assert_eq!(vault(&bench).lookup_table, Pubkey::default());
}

#[test]
fn a_list_closes_the_gate_and_proves_its_wallets() {
    let bench = Bench::new();
    let owner = &bench.deployment.actors.owner;
    let key = bench.vault();
    let wallets: Vec<Pubkey> = (0..5).map(|number| bench.wallet(number).pubkey()).collect();
    let text: String = wallets.iter().map(|wallet| format!("{wallet}  # one of five\n")).collect();
    let list = bench.folder.file("list.txt", &format!("# who may pay in\n\n{text}"));
    let root = bench.run(owner, &["admin", "gate", "list-root", &key, "--list", &list]).printed.trim().to_owned();
    bench.run(owner, &["admin", "gate", "set", &key, "--list", &list, "-y"]);
    assert_eq!(hex::encode(vault(&bench).gate_root), root);

    // The vault's own check takes the printed proof.
    let wallet = wallets[3].to_string();
    let proof =
        bench.run(owner, &["admin", "gate", "proof", &key, &wallet, "--list", &list, "--output", "json"]).json();
    let hashes = proof["proof"].as_array().expect("hashes").iter().map(|hash| {
        let bytes = hex::decode(hash.as_str().expect("text")).expect("hexadecimal");
        <[u8; 32]>::try_from(bytes).expect("32 bytes")
    });
    let vault_key = bench.deployment.vault.addresses.vault;
    assert!(require_on_list(&vault_key, &wallets[3], &hashes.collect::<Vec<_>>(), &vault(&bench).gate_root).is_ok());
    let stranger = bench.wallet(9).pubkey().to_string();
    let error = bench.refused(owner, &["admin", "gate", "proof", &key, &stranger, "--list", &list]);
    assert!(error.contains("is not on the list"), "{error}");
    let wrong = bench.folder.file("wrong.txt", "what\n");
    let error = bench.refused(owner, &["admin", "gate", "set", &key, "--list", &wrong, "-y"]);
    assert!(error.contains("wrong.txt:1: 'what' is"), "{error}");

    // The curator renews a list, and only the owner opens the gate.
    let curator = &bench.deployment.actors.curator;
    let other = "11".repeat(32);
    bench.run(curator, &["admin", "gate", "set", &key, "--root", &other, "-y"]);
    assert_eq!(hex::encode(vault(&bench).gate_root), other);
    let error = bench.refused(curator, &["admin", "gate", "set", &key, "--open", "-y"]);
    assert!(error.contains("NotOwner"), "{error}");
    let said = bench.run(owner, &["admin", "gate", "set", &key, "--open", "-y"]);
    assert!(said.printed.contains("open to everybody"), "{}", said.printed);
    assert_eq!(vault(&bench).gate_root, [0; 32]);
}

#[test]
fn lines_are_frozen_at_once_and_thawed_after_a_wait() {
    let bench = Bench::new();
    bench.live();
    let (owner, guardian) = (&bench.deployment.actors.owner, &bench.deployment.actors.guardian);
    let key = bench.vault();
    bench.run(guardian, &["admin", "line", "status", &key, "2", "frozen", "-y"]);
    assert_eq!(ledger(&bench).lines[1].status, 2);
    let error = bench.refused(guardian, &["admin", "line", "status", &key, "2", "frozen", "-y"]);
    assert!(error.contains("line 2 is frozen already"), "{error}");
    let said = bench.run(owner, &["admin", "line", "status", &key, "2", "active", "-y"]);
    assert!(said.told.contains("frozen → active") && said.told.contains("must wait"), "{}", said.told);
    assert_eq!(ledger(&bench).lines[1].status, 2);
    bench.pass(2 * 86_400);
    bench.run(owner, &["admin", "change", "apply", &key, "0", "--of", "ledger", "-y"]);
    assert_eq!(ledger(&bench).lines[1].status, 1);

    let error = bench.refused(owner, &["admin", "line", "remove", &key, "1", "-y"]);
    assert!(error.contains("line 1 is not empty (worth ") && error.contains("winding-down"), "{error}");
    bench.run(owner, &["admin", "line", "remove", &key, "3", "-y"]);
    assert_eq!(ledger(&bench).line_count, 2);
    // The approval of a venue's code names the line's venue account when it is proposed.
    let said = bench.run(owner, &["admin", "line", "approve-venue", &key, "1", "--propose", "-y", "--output", "json"]);
    assert_eq!(said.json()["result"]["change"], "1");
    let shown = bench.run(owner, &["admin", "change", "show", &key, "1", "--of", "ledger", "--output", "json"]).json();
    assert_eq!(shown["instruction"], "approve_venue");
    bench.chain.0.borrow_mut().svm_mut().warp(2 * 86_400).expect("time passes");
    bench.run(owner, &["admin", "change", "apply", &key, "1", "--of", "ledger", "-y"]);
}

#[test]
fn the_book_lowers_at_once_and_raises_after_a_wait() {
    let bench = Bench::new();
    bench.live();
    let (owner, curator) = (&bench.deployment.actors.owner, &bench.deployment.actors.curator);
    let key = bench.vault();
    let shown = bench.run(owner, &["admin", "book", "show", &key, "--output", "json"]).json();
    let risks = shown["risks"].as_array().expect("risks").clone();
    assert!(!risks.is_empty() && shown["lines"].as_array().expect("lines").len() == 3, "{shown}");
    let (index, label) = (risks[0]["index"].to_string(), risks[0]["label"].as_str().expect("a name").to_owned());
    bench.run(curator, &["admin", "book", "risk", &key, &index, "--cap-bps", "8000", "--cap", "50000", "-y"]);
    let row = book(&bench).risks[index.parse::<usize>().expect("a row")];
    assert_eq!((row.cap_bps, row.cap), (8_000, 50_000 * USDC));
    let error = bench.refused(curator, &["admin", "book", "risk", &key, &index, "--cap", "none", "-y"]);
    assert!(error.contains("OnlyOwnerMayRaise"), "{error}");
    let said = bench.run(owner, &["admin", "book", "risk", &key, &index, "--cap", "none", "-y"]);
    assert!(
        said.told.contains("50000 → no cap") && said.told.contains(&label) && said.told.contains("must wait"),
        "{}",
        said.told
    );
    // A new risk needs a name, and is there at once.
    let error = bench.refused(owner, &["admin", "book", "risk", &key, "20", "--cap-bps", "100", "-y"]);
    assert!(error.contains("risk 20 is new: give its name with --label"), "{error}");
    bench.run(owner, &["admin", "book", "risk", &key, "20", "--label", "asset:NEW", "-y"]);
    assert_eq!(&book(&bench).risks[20].label[..9], b"asset:NEW");
    // A line that carries one risk more is tighter.
    let line = *book(&bench).line(1).expect("known");
    let mut all: Vec<String> = line.risks.iter().filter(|risk| **risk != 255).map(u8::to_string).collect();
    all.push("20".to_owned());
    bench.run(owner, &["admin", "book", "line-risk", &key, "1", "--risks", &all.join(","), "-y"]);
    assert!(book(&bench).line(1).expect("known").risks.contains(&20));
    let table = bench.run(owner, &["admin", "book", "show", &key]).printed;
    assert!(table.contains("asset:NEW") && table.contains(&label), "{table}");
}

#[test]
fn a_feed_tightens_at_once() {
    let bench = Bench::new();
    let owner = &bench.deployment.actors.owner;
    let feed = bench.deployment.vault.base_feed;
    let params = |bench: &Bench| gimbal::readers::read::<Feed>(&bench.chain, &feed).expect("a feed").params();
    let said = bench.run(owner, &["admin", "feed", "params", &feed.to_string(), "--max-age", "5m", "-y"]);
    assert!(said.told.contains("10 min → 5 min"), "{}", said.told);
    assert_eq!(params(&bench).max_age, 300);
    let said =
        bench.run(owner, &["admin", "feed", "params", &feed.to_string(), "--max-age", "10m", "-y", "--output", "json"]);
    assert!(said.told.contains("must wait"), "{}", said.told);
    assert_eq!((params(&bench).max_age, said.json()["result"]["change"].as_str()), (300, Some("0")));
    let listed = bench.run(owner, &["admin", "change", "list", &feed.to_string()]).printed;
    assert!(listed.contains("set_feed_params"), "{listed}");
}

#[test]
fn a_refit_of_a_feeds_models_is_proposed() {
    let bench = Bench::new();
    let owner = &bench.deployment.actors.owner;
    let feed = bench.deployment.vault.base_feed;
    let key = feed.to_string();
    let model = |bench: &Bench| gimbal::readers::read::<Feed>(&bench.chain, &feed).expect("a feed").engine.params;
    let before = model(&bench);
    let options = ["--ewma-bps", "9700", "--garch-bps", "500,9000"];
    let said = bench.run(owner, &[&["admin", "feed", "model", &key, "-y"][..], &options].concat());
    assert!(said.told.contains("must wait"), "{}", said.told);
    assert!(said.told.contains("[1000, 8500] basis points → [500, 9000] basis points"), "{}", said.told);
    assert_eq!(model(&bench), before, "nothing is in force yet");
    let listed = bench.run(owner, &["admin", "change", "list", &key]).printed;
    assert!(listed.contains("set_model"), "{listed}");

    let error = bench.refused(owner, &["admin", "feed", "model", &key, "--ewma-bps", "9400", "-y"]);
    assert!(error.contains("nothing would change"), "{error}");
    let error = bench.refused(owner, &["admin", "feed", "model", &key, "--har-bps", "1,2,3", "-y"]);
    assert!(error.contains("har_bps must together be from 8000 to 15000"), "{error}");
}
