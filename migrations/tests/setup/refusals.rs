//! Who cannot pay, who cannot sign, programs that are not there, mainnet.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use gimbal::chain::{Chain, Sandbox, Snapshot};
use migrations::cluster::MAINNET;
use migrations::command::{self, Args};
use migrations::config::Config;
use migrations::keys::KeyFiles;
use serde_json::{json, Value};
use solana_signer::Signer;

use super::support::*;

#[test]
fn who_cannot_pay_to_the_end_does_not_begin() {
    let mut world = World::new();
    let owner = made_up("owner.json").pubkey();
    let poor = solana_account::Account { lamports: SOL / 10, ..Default::default() };
    world.chain.set_account(&owner, poor).unwrap();
    let mut watched = Watched::new(&mut world.chain);
    let refused = migrate(&mut watched, &text(), &world.files).unwrap_err().to_string();
    assert!(refused.starts_with(&format!("{owner}, who pays, holds 0.100000000 SOL and needs up to")), "{refused}");
    assert!(refused.contains("gimbal localnet airdrop"), "{refused}");
    assert_eq!(watched.sent, 0);
}

#[test]
fn an_owner_whose_key_is_not_there_has_to_sign() {
    let mut world = World::new();
    let key = made_up("elsewhere").pubkey();
    let config = edited(&[("owner = \"owner.json\"", &format!("owner = \"{key}\""))]);
    let refused = world.migrate(&config).unwrap_err().to_string();
    assert_eq!(refused, format!("roles.owner: {key} has to sign: give its keypair with --keypair"));

    // With somebody else to pay, the plan shows that every step waits for the owner.
    let with_payer = config.replace("[roles]", "[roles]\npayer = \"owner.json\"");
    let mut terminal = terminal();
    let parsed = Config::parse(&with_payer).unwrap();
    let mut watched = Watched::new(&mut world.chain);
    let refused = command::migrate(&mut watched, &unasked(), &parsed, &world.files, &mut terminal).unwrap_err();
    assert!(refused.to_string().contains("steps are blocked"), "{refused}");
    let printed = terminal.borrow().printed.clone();
    assert!(printed.contains(&format!("blocked: vault: {key} has to sign")), "{printed}");
    assert_eq!(watched.sent, 0);
}

#[test]
fn another_authoritys_feed_is_taken_as_it_is_or_waited_for() {
    let mut world = World::new();
    world.migrate(&text()).unwrap();
    let first = world.setup(&text());
    // A second vault of another owner, on the feeds of the first.
    let theirs = made_up("owner.json").pubkey();
    let own = made_up("second.json").pubkey();
    world.chain.fund(&own, 100 * SOL).unwrap();
    let config = edited(&[("owner = \"owner.json\"", "owner = \"second.json\"")])
        .replace("params = \"stable\"", &format!("params = \"stable\"\nauthority = \"{theirs}\""))
        .replace("params = \"moving\"", &format!("params = \"moving\"\nauthority = \"{own}\""));
    world.migrate(&config).unwrap();
    let second = world.setup(&config);
    assert_eq!(second.vault.base_feed, first.vault.base_feed);
    assert_ne!(second.vault.addresses.vault, first.vault.addresses.vault);
    assert_ne!(second.feeds[2].key, first.feeds[2].key);

    let nobody = made_up("nobody").pubkey();
    let missing = edited(&[("params = \"moving\"", &format!("params = \"moving\"\nauthority = \"{nobody}\""))]);
    let refused = world.migrate(&missing).unwrap_err().to_string();
    assert!(refused.contains("one step is blocked"), "{refused}");
}

#[test]
fn a_cluster_without_the_programs_is_refused() {
    struct Bare(Snapshot);
    // Accounts of another cluster: the mint is there, the programs are not.
    let world = World::new();
    let mut bare = Bare(Snapshot::new(world.chain.clock().unwrap(), []));
    let base = world.genesis.base.key;
    bare.0.insert(base, world.chain.require_account(&base).unwrap());
    let config = Config::parse(&text()).unwrap();
    let owner = made_up("owner.json").pubkey();
    let refused = migrations::setup::Setup::resolve(&config, &world.files, owner, &bare.0).unwrap_err().to_string();
    assert!(refused.contains("does not have the vault") && refused.contains("check --url"), "{refused}");
}

/// A node that only knows which cluster it is of; what it was asked.
fn node_of(genesis: &'static str) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = asked.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = BufReader::new(stream);
            let log = log.clone();
            std::thread::spawn(move || loop {
                let mut length = 0;
                loop {
                    let mut line = String::new();
                    if stream.read_line(&mut line).unwrap_or(0) == 0 {
                        return;
                    }
                    let line = line.trim().to_ascii_lowercase();
                    if let Some(value) = line.strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap();
                    }
                    if line.is_empty() {
                        break;
                    }
                }
                let mut body = vec![0; length];
                stream.read_exact(&mut body).unwrap();
                let asked: Value = serde_json::from_slice(&body).unwrap();
                let method = asked["method"].as_str().unwrap().to_owned();
                let answer = match method.as_str() {
                    "getGenesisHash" => json!({ "jsonrpc": "2.0", "id": asked["id"], "result": genesis }),
                    "getSlot" => json!({ "jsonrpc": "2.0", "id": asked["id"], "result": 1 }),
                    _ => json!({ "jsonrpc": "2.0", "id": asked["id"], "error": { "code": -32601, "message": "no" } }),
                };
                log.lock().unwrap().push(method);
                let text = answer.to_string();
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                    text.len()
                );
                stream.get_mut().write_all((head + &text).as_bytes()).unwrap();
            });
        }
    });
    (url, asked)
}

#[test]
fn mainnet_is_known_by_its_first_block_and_refused() {
    let directory = Directory::new();
    KeyFiles::of(&directory.0).create_missing(&Config::parse(&text()).unwrap(), None).unwrap();
    let args = |url: &str, yes_mainnet| Args {
        url: vec![url.to_owned()],
        keys: Some(directory.0.clone()),
        yes_mainnet,
        ..unasked()
    };
    let (url, asked) = node_of(MAINNET);
    let refused = command::main(&args(&url, false), &mut terminal()).unwrap_err().to_string();
    assert!(refused.contains("this is mainnet-beta") && refused.contains("--yes-mainnet"), "{refused}");
    let harmless = ["getGenesisHash", "getSlot"];
    assert!(asked.lock().unwrap().iter().all(|method| harmless.contains(&method.as_str())), "{asked:?}");

    let test_keys = Args { test_keys: true, create_keys: Some(directory.0.clone()), keys: None, ..args(&url, true) };
    let refused = command::main(&test_keys, &mut terminal()).unwrap_err().to_string();
    assert!(refused.contains("leave --test-keys out"), "{refused}");

    // Told twice it goes on, and is stopped by what the node cannot answer.
    let refused = format!("{:#}", command::main(&args(&url, true), &mut terminal()).unwrap_err());
    assert!(!refused.contains("mainnet-beta"), "{refused}");
    assert!(!asked.lock().unwrap().iter().any(|method| method == "sendTransaction"));
}

#[test]
fn a_rehearsal_is_of_the_chain_that_it_is_on() {
    // Another seed has other mints: the file does not fit it.
    let refused = program(&["--config", file().to_str().unwrap(), "--seed", "2"]).unwrap_err();
    assert!(refused.contains("\nerror: ") && refused.contains("does not fit this cluster"), "{refused}");
    assert!(refused.contains("vault.base_mint"), "{refused}");
}
