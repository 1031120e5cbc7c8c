//! A cluster that is saved and resumed.

use crate::support::{options, World};
use gimbal::chain::{Chain, Snapshot};
use gimbal::localnet::{Options, Server};
use gimbal::setup::Asset;
use serde_json::json;
use solana_signer::Signer;
use std::path::PathBuf;

fn file(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("gimbal-localnet-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

#[test]
fn accounts_and_clock_go_on_where_they_were_left() {
    let state = file("state.json");
    let with_state = || Options { state: Some(state.clone()), ..options() };
    let world = World::with(with_state());
    let key = world.funded().pubkey();
    let account = world.mint("USDC", &key, 123_456);
    world.result("gimbal_warp", json!({ "seconds": 864_000 }));
    world.result("gimbal_setPrice", json!({ "asset": "SOL", "price": "99" }));
    world.result("gimbal_venue", json!({ "market": 1, "action": "drain" }));
    let (slot, time, hash, accounts) = {
        let node = world.server.chain();
        (node.slot(), node.unix_time(), node.genesis_hash(), node.chain().accounts_hash())
    };
    world.server.stop().unwrap();
    let saved = Snapshot::from_json(&std::fs::read_to_string(&state).unwrap()).unwrap();
    assert_eq!(saved.clock().unwrap().slot, slot);

    let resumed = World::with(with_state());
    {
        let node = resumed.server.chain();
        assert_eq!((node.genesis_hash(), node.unix_time(), node.slot()), (hash, time, slot));
        // Fresh prices are posted, with the time and slot at which they stood: nothing has moved.
        assert_eq!(node.chain().accounts_hash(), accounts);
    }
    assert_eq!(resumed.client.get_balance(&key).unwrap(), 10_000_000_000);
    assert_eq!(resumed.client.get_token_account_balance(&account).unwrap().amount, "123456");
    let info = resumed.result("gimbal_info", json!([]));
    assert_eq!(info["feeds"][Asset::Sol.index()]["price"], 9_900_000_000_u64);
    // It works: money is given, the market is filled again.
    resumed.mint("USDC", &key, 1);
    resumed.result("gimbal_venue", json!({ "market": 1, "action": "fill" }));
    resumed.server.stop().unwrap();

    let other = Options { seed: 2, ..with_state() };
    let refused = format!("{:#}", Server::start(other).err().unwrap());
    assert!(refused.contains("saved with --seed 1, not 2"), "{refused}");
}

#[test]
fn a_file_that_is_something_else_is_left_alone() {
    for (name, text, expected) in [
        ("text.json", "hello", "not a snapshot file"),
        ("other.json", r#"{"format":"other","version":1}"#, "calls itself 'other'"),
    ] {
        let path = file(name);
        std::fs::write(&path, text).unwrap();
        let refused = Server::start(Options { state: Some(path.clone()), ..options() });
        let message = format!("{:#}", refused.err().unwrap());
        assert!(message.contains(expected), "{message}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
    // Nowhere to save to is found out before there is anything to lose.
    let nowhere = file("none").join("state.json");
    let message = format!("{:#}", Server::start(Options { state: Some(nowhere), ..options() }).err().unwrap());
    assert!(message.contains("give --state a file in another folder"), "{message}");
    // A snapshot of the demo's has no cluster's mark.
    let path = file("demo.json");
    let snapshot = Snapshot::default();
    std::fs::write(&path, snapshot.to_json().unwrap()).unwrap();
    let message = format!("{:#}", Server::start(Options { state: Some(path), ..options() }).err().unwrap());
    assert!(message.contains("not saved by `gimbal localnet`"), "{message}");
}

#[test]
fn two_fresh_clusters_of_one_seed_differ_only_in_their_hash() {
    let (one, other) = (World::start(), World::start());
    let addresses = |world: &World| serde_json::to_value(world.server.chain().genesis().info()).unwrap();
    assert_eq!(addresses(&one), addresses(&other));
    assert_ne!(one.server.rpc_url, other.server.rpc_url);
    other.server.chain().chain().get_account(&one.server.chain().identity()).unwrap();
    let third = World::with(Options { seed: 9, ..options() });
    assert_ne!(addresses(&one), addresses(&third));
    assert_ne!(one.server.chain().genesis_hash(), third.server.chain().genesis_hash());
}

#[test]
fn a_taken_port_is_told() {
    let world = World::start();
    let port = world.server.rpc_url.rsplit(':').next().unwrap().parse().unwrap();
    let message = format!("{:#}", Server::start(Options { port, ..options() }).err().unwrap());
    assert!(message.contains(&format!("cannot listen on 127.0.0.1:{port}; stop what uses it")), "{message}");
}
