//! A depositor's transactions that are signed or sent by others.

use gimbal::chain::Chain;
use solana_signer::Signer;

use crate::depositor::text;
use crate::support::{Bench, USDC};

/// What a wallet signs elsewhere, and what its fee payer signs, must be the same bytes.
#[test]
fn all_who_sign_elsewhere_come_to_the_same_message() {
    let bench = Bench::new();
    bench.live();
    let (wallet, payer) = (bench.rich(1, 1_000), bench.wallet(2));
    let vault = bench.vault();
    // Old enough to be refreshed first: what is signed elsewhere carries none of it.
    bench.wait(1_200);
    bench.post();
    let blockhash = bench.chain.latest_blockhash().expect("a blockhash").to_string();
    let fixed = ["--sign-only", "--blockhash", &blockhash, "--dump-transaction-message", "--output", "json"];
    let deposit = [&["vault", "deposit", &vault, "100", "--min-shares", "99"], &fixed[..]].concat();
    let before = bench.chain.0.borrow().accounts_hash();
    let payer_key = payer.pubkey().to_string();
    let owners = bench.run(&wallet, &[&deposit[..], &["--fee-payer", &payer_key]].concat());
    assert!(owners.told.contains("gimbal strategy refresh"), "{}", owners.told);
    let owners = owners.json();
    bench.refresh();
    let payer_file = bench.folder.keypair(&payer);
    let words = [&deposit[..], &["--fee-payer", &payer_file]].concat();
    let payers = bench.try_run_with(&wallet.pubkey().to_string(), &words);
    let payers = payers.unwrap_or_else(|error| panic!("{error}")).json();
    assert_eq!(text(&owners, "/message"), text(&payers, "/message"));
    assert_eq!(
        (owners["absent"][0].as_str(), payers["absent"][0].as_str()),
        (Some(payer_key.as_str()), Some(wallet.pubkey().to_string().as_str()))
    );

    // Both signatures together are sent by whoever has them.
    let signer = text(&owners, "/signers/0").to_owned();
    let sent = bench.try_run_with(
        &wallet.pubkey().to_string(),
        &[
            "vault",
            "deposit",
            &vault,
            "100",
            "--min-shares",
            "99",
            "--blockhash",
            &blockhash,
            "--signer",
            &signer,
            "--fee-payer",
            &payer_file,
            "-y",
        ],
    );
    sent.unwrap_or_else(|error| panic!("{error}"));
    assert!(bench.shares(&wallet.pubkey()) > 99 * USDC);
    assert_ne!(bench.chain.0.borrow().accounts_hash(), before);
}

#[test]
fn what_is_signed_elsewhere_names_its_own_bound_and_amount() {
    let bench = Bench::new();
    let wallet = bench.rich(1, 1_000);
    let vault = bench.vault();
    let blockhash = bench.chain.latest_blockhash().expect("a blockhash").to_string();
    let fixed = ["--sign-only", "--blockhash", &blockhash];
    let refused = |words: &[&str]| bench.refused(&wallet, &[words, &fixed[..]].concat());
    assert!(refused(&["vault", "deposit", &vault, "100"]).contains("give the bound itself, with --min-shares"));
    assert!(refused(&["vault", "mint", &vault, "100"]).contains("--max-assets"));
    assert!(
        refused(&["vault", "deposit", &vault, "max", "--min-shares", "1"]).contains("give the amount instead of max")
    );
    assert!(refused(&["vault", "redeem", &vault, "100"]).contains("--min-assets"));
    assert!(refused(&["vault", "withdraw", &vault, "100"]).contains("--max-shares"));
}

#[test]
fn a_multisigs_message_is_printed_and_nothing_is_sent() {
    let bench = Bench::new();
    let multisig = bench.rich(1, 1_000);
    let before = bench.chain.0.borrow().accounts_hash();
    let words = ["vault", "deposit", &bench.vault(), "100", "--multisig"];
    let said = bench.try_run_with(&multisig.pubkey().to_string(), &words).unwrap_or_else(|error| panic!("{error}"));
    let message = bs58::decode(said.printed.trim()).into_vec().expect("base58");
    // Version 0, one signature, then the keys behind their count: the multisig's vault pays and signs alone.
    assert_eq!(message[..2], [0x80, 1]);
    assert_eq!(message[5..37], multisig.pubkey().to_bytes());
    assert!(said.told.contains("Simulated"), "{}", said.told);
    assert_eq!(bench.chain.0.borrow().accounts_hash(), before);
}
