//! `gimbal risk replay` over RPC against a test cluster: which account an address is, and what is said of it.

use std::process::{Command, Output};
use std::time::Duration;

use anchor_lang::prelude::Pubkey;
use gimbal::chain::{Chain, Sandbox};
use gimbal::instructions::network;
use gimbal::localnet::{Options, Server};
use gimbal::readers;
use gimbal::setup::{Deployment, Plan};
use risk_oracle::state::Network;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::direct::Direct;
use crate::process::Folder;
use crate::replay_book::World;
use crate::replay_network::{cap, create, protocol};

/// A time that no test takes.
const NEVER: Duration = Duration::from_secs(86_400);

#[test]
fn the_command_finds_out_what_an_address_is() {
    let options = Options { port: 0, volatility: 0, tick: NEVER, slot: NEVER, ..Options::default() };
    let server = Server::start(options).expect("the cluster starts");
    let mut chain = Direct(&server);
    let deployment = Deployment::create(&mut chain, Plan { seed: 5, ..Plan::default() }).expect("a deployment");
    let owner = deployment.actors.owner.insecure_clone();
    let key = owner.pubkey();
    chain.fund(&key, 1_000_000_000_000).expect("lamports");
    let web = network::network_address(&key, 7);
    let book = deployment.vault.addresses.book;
    for instruction in [
        network::create_network(&key, &key, create(Pubkey::default())),
        network::set_protocol(&key, &web, protocol(0, 20, 1_000)),
        network::set_protocol(&key, &web, protocol(1, 40, 0)),
        network::set_edge_cap(&key, &web, cap(1, 0, 4_000)),
        network::solve_contagion(&web, Some(&key)),
        network::set_network(&key, &book, &web),
    ] {
        chain.execute(&owner, &[instruction], &[], &[]).expect("it runs");
    }
    let run = |key: &Pubkey, form: &str| -> Output {
        let key = key.to_string();
        let arguments = ["risk", "replay", &key, "-u", &server.rpc_url, "--output", form];
        Command::new(env!("CARGO_BIN_EXE_gimbal")).args(arguments).output().expect("it runs")
    };
    let refused = |key: &Pubkey| {
        let output = run(key, "text");
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), error.lines().count()), (Some(1), 1), "{error}");
        error
    };
    let output = run(&web, "json");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one object");
    assert_eq!((&json["network"], &json["same"]), (&web.to_string().into(), &true.into()));
    assert_eq!((&json["inputs"], &json["solutions"]), (&5.into(), &1.into()));
    assert_eq!((&json["holes"], &json["divergences"]), (&serde_json::json!([]), &serde_json::json!([])));
    let said = String::from_utf8(run(&web, "text").stdout).expect("UTF-8");
    assert!(said.contains("the same, byte by byte") && said.contains("creation"), "{said}");
    let output = run(&book, "json");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one object");
    assert_eq!((&json["book"], &json["same"]), (&book.to_string().into(), &true.into()));
    let kinds = &json["kinds"];
    assert_eq!(
        (&kinds["create_book"], &kinds["set_network"], &kinds["set_line_risk"]),
        (&1.into(), &1.into(), &3.into())
    );
    assert_eq!((&json["networks"][0]["network"], &json["feeds"]), (&web.to_string().into(), &serde_json::json!([])));
    let said = String::from_utf8(run(&book, "text").stdout).expect("UTF-8");
    for part in ["the same, byte by byte", "creation", "set_network 1", "it observes no feed", "1 solution"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let error = refused(&deployment.vault.addresses.vault);
    assert!(
        error.contains("is not a feed, a contagion network or a book") && error.contains("gimbal feed list"),
        "{error}"
    );
    let error = refused(&Keypair::new().pubkey());
    assert!(error.contains("there is no account") && error.contains("gimbal feed list"), "{error}");
    // An account that was written to past the program.
    let mut account = chain.require_account(&web).expect("the network");
    let mut forged: Network = readers::parse(&web, &account).expect("the network");
    forged.protocols[1].damage += 1;
    account.data[8..].copy_from_slice(bytemuck::bytes_of(&forged));
    chain.set_account(&web, account).expect("written");
    let output = run(&web, "text");
    let (said, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("DIFFERS") && said.contains("protocol 1's damage"), "{said}");
    assert!(error.contains("is not what its history gives"), "{error}");
}

#[test]
fn the_command_derives_a_vaults_book_from_a_cluster() {
    let mut world = World::new();
    let folder = Folder::new("book");
    let file = folder.file("saved.json", &world.save().to_json().expect("JSON"));
    world.live();
    let book = world.book().to_string();
    let run = |more: &[&str]| {
        let arguments = ["risk", "replay", &book, "-u", &world.server.rpc_url];
        Command::new(env!("CARGO_BIN_EXE_gimbal")).args(arguments).args(more).output().expect("it runs")
    };
    let json = |more: &[&str]| -> serde_json::Value {
        let output = run(more);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("one object")
    };
    let whole = json(&["--output", "json"]);
    assert_eq!(
        (&whole["same"], &whole["start"], &whole["kinds"]["assess"]),
        (&true.into(), &"creation".into(), &3.into())
    );
    let later = json(&["--output", "json", "--snapshot", &file]);
    assert_eq!(
        (&later["same"], &later["start"], &later["kinds"]["assess"]),
        (&true.into(), &"snapshot".into(), &2.into())
    );
    assert_eq!(whole["inputs_hash"], later["inputs_hash"]);
    let said = String::from_utf8(run(&[]).stdout).expect("UTF-8");
    for part in ["the same, byte by byte", "assess 3", "observe 5", "proven", "2 solutions"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    // An account that was written to past the program.
    let mut chain = Direct(&world.server);
    let key = world.book();
    let mut account = chain.require_account(&key).expect("the book");
    let mut forged = world.stored();
    forged.figures.shortfall += 1;
    account.data[8..].copy_from_slice(bytemuck::bytes_of(&forged));
    chain.set_account(&key, account).expect("written");
    let output = run(&[]);
    let (said, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!((output.status.code(), error.lines().count()), (Some(1), 1), "{error}");
    assert!(said.contains("DIFFERS") && said.contains("figures' shortfall"), "{said}");
    assert!(error.contains(&format!("the book {book} is not what its history gives")), "{error}");
}
