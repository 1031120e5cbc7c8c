//! Messages that are signed, or carried to a multisig, elsewhere.

use std::process::Command;

use anchor_lang::prelude::Pubkey;
use base64::{engine::general_purpose::STANDARD as BASE64, Engine};
use gimbal::chain::Chain;
use gimbal::setup::keys::keypair;
use gimbal::transaction;
use gimbal_control::Direction;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_message::VersionedMessage;
use solana_signer::Signer;

use crate::core_submit::deposits_paused;
use crate::process::Folder;
use crate::support::Bench;

/// The message that a pause of deposits by `authority` paid by `payer` compiles to, worked out apart from the commands.
fn pause_message(
    bench: &Bench,
    authority: &Pubkey,
    payer: &Pubkey,
    budget: &[solana_instruction::Instruction],
) -> VersionedMessage {
    let mut instructions = budget.to_vec();
    instructions.push(bench.deployment.vault.pause(authority, Direction::Deposits));
    let blockhash = bench.chain.latest_blockhash().expect("a blockhash");
    transaction::compile(payer, &instructions, &[], blockhash).expect("compiles")
}

#[test]
fn a_signature_made_offline_is_what_is_sent() {
    let bench = Bench::new();
    let (guardian, payer) = (bench.deployment.actors.guardian.insecure_clone(), bench.wallet(1));
    let (vault, hash) = (bench.vault(), bench.chain.latest_blockhash().expect("a blockhash").to_string());
    let payer_address = payer.pubkey().to_string();
    let offline = [
        "--fee-payer",
        &payer_address,
        "--output",
        "json",
        "admin",
        "pause",
        &vault,
        "deposits",
        "--sign-only",
        "--blockhash",
        &hash,
        "--dump-transaction-message",
        "--compute-unit-limit",
        "50000",
    ];
    let value = bench.run(&guardian, &offline).json();
    assert_eq!(value["blockhash"], hash.as_str());
    assert_eq!(value["absent"], serde_json::json!([payer_address]));
    let signature = value["signers"][0].as_str().expect("a signature").to_owned();
    assert!(!deposits_paused(&bench), "nothing was sent");

    // The bytes are those that anybody would compile, and the signature is the guardian's of them.
    let budget = [ComputeBudgetInstruction::set_compute_unit_limit(50_000)];
    let expected = pause_message(&bench, &guardian.pubkey(), &payer.pubkey(), &budget);
    let dumped = BASE64.decode(value["message"].as_str().expect("the message")).expect("base64");
    assert_eq!(dumped, expected.serialize());
    let by_hand = guardian.sign_message(&expected.serialize());
    assert_eq!(signature, format!("{}={by_hand}", guardian.pubkey()));

    // Elsewhere, the payer sends it with the signature alone.
    let (address, payer_file) = (guardian.pubkey().to_string(), bench.folder.keypair(&payer));
    let online = |signer: &str| {
        let words = [
            "--fee-payer",
            &payer_file,
            "admin",
            "pause",
            &vault,
            "deposits",
            "--blockhash",
            &hash,
            "--signer",
            signer,
            "--compute-unit-limit",
            "50000",
            "-y",
            "--output",
            "json",
        ];
        bench.try_run_with(&address, &words).map(|said| said.json())
    };
    let other = payer.sign_message(b"something else");
    let error = online(&format!("{address}={other}")).expect_err("not of this message");
    assert!(error.contains(&address) && error.contains("did not sign"), "{error}");
    assert!(!deposits_paused(&bench));
    let sent = online(&signature).expect("sent");
    assert_eq!(sent["fee_lamports"], 10_000);
    assert!(deposits_paused(&bench));
}

#[test]
fn whoever_cannot_sign_is_told_before_anything_is_signed() {
    let bench = Bench::new();
    let (address, vault) = (bench.deployment.actors.guardian.pubkey().to_string(), bench.vault());
    let payer = bench.folder.keypair(&bench.wallet(1));
    let words = ["--fee-payer", &payer, "admin", "pause", &vault, "deposits", "-y"];
    let error = bench.try_run_with(&address, &words).err().expect("refused");
    assert!(error.contains(&format!("{address} must sign: give its keypair with -k")), "{error}");
    assert!(error.contains("--multisig"), "{error}");
    assert!(!deposits_paused(&bench));
}

#[test]
fn a_multisig_gets_its_message() {
    let bench = Bench::new();
    let (guardian, vault) = (bench.deployment.actors.guardian.pubkey(), bench.vault());
    let expected = pause_message(&bench, &guardian, &guardian, &[]);
    let said = bench
        .try_run_with(&guardian.to_string(), &["admin", "pause", &vault, "deposits", "--multisig"])
        .expect("printed");
    let bytes = bs58::decode(said.printed.trim()).into_vec().expect("base58");
    assert_eq!(bytes, expected.serialize());
    assert!(said.told.contains(&vault), "the review goes beside it: {}", said.told);
    let words = ["admin", "pause", &vault, "deposits", "--multisig", "--output", "json"];
    let value = bench.try_run_with(&guardian.to_string(), &words).expect("printed").json();
    assert_eq!((value["message"].as_str(), value["encoding"].as_str()), (Some(said.printed.trim()), Some("base58")));
    assert_eq!(value["signers"], serde_json::json!([guardian.to_string()]));
    // What the chain would refuse is not handed to a multisig.
    let stranger = bench.wallet(2).pubkey().to_string();
    let error =
        bench.try_run_with(&stranger, &["admin", "pause", &vault, "deposits", "--multisig"]).err().expect("refused");
    assert!(error.contains("NotGuardian"), "{error}");
    assert!(!deposits_paused(&bench));
}

#[test]
fn a_machine_without_a_network_signs() {
    let folder = Folder::new("commands");
    let owner = keypair(1, "owner", 0);
    let (file, vault) = (folder.keypair(&owner), keypair(2, "some vault", 0).pubkey().to_string());
    let key = keypair(3, "somebody", 0).pubkey().to_string();
    let blockhash = "EkSnNWid2cvwEVnVx9aBqawnmiCNiDgp3gUdkDPTKN1N";
    let rates = ["--management-bps", "1", "--performance-bps", "2", "--entry-bps", "0", "--exit-bps", "1"];
    let fees = [&["admin", "fees", &vault, "--recipient", &key][..], &rates].concat();
    let commands: [&[&str]; 13] = [
        &fees,
        &[&fees[..], &["--propose", "--number", "3"]].concat(),
        &["admin", "policy", &vault, "bands"],
        &["admin", "withdraw-order", &vault, "1", "2"],
        &["admin", "lookup-table", "set", &vault, "none"],
        &["admin", "gate", "set", &vault, "--open"],
        &["admin", "role", "propose-owner", &vault, &key, "--whole"],
        &["admin", "role", "set-guardian", &vault, "none", "--of", "ledger", "--propose", "--number", "0"],
        &["admin", "role", "renounce", &vault, "curator", "--of", "book"],
        &["admin", "keeper", "register", &vault, &key],
        &["admin", "line", "status", &vault, "1", "frozen"],
        &["admin", "change", "veto", &vault, "0", "--of", "ledger"],
        &["admin", "lift", &vault, "new-money"],
    ];
    for words in commands {
        // Nobody listens on that port.
        let fixed = ["-u", "http://127.0.0.1:9", "-k", &file, "--sign-only", "--blockhash", blockhash];
        let arguments = [words, &fixed].concat();
        let output = Command::new(env!("CARGO_BIN_EXE_gimbal")).args(&arguments).output().expect("the binary runs");
        let (printed, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(0), "{words:?}: {told}");
        assert!(printed.contains(&format!(" {}=", owner.pubkey())), "{words:?}: {printed}");
        assert!(!printed.contains("Absent"), "{words:?}: {printed}");
    }
}
