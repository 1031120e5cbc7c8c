//! Over JSON-RPC, against the project's own test cluster.

use std::time::Duration;

use gimbal::chain::{Chain, RpcChain, RpcOptions, Sandbox};
use gimbal::localnet::{Handle, Options, Server};
use migrations::command::{self, Args};
use migrations::config::Config;
use migrations::keys::KeyFiles;
use solana_keypair::read_keypair_file;
use solana_signer::Signer;

use super::support::*;

/// A cluster whose slots pass quickly.
fn cluster() -> Handle {
    let options = Options { port: 0, slot: Duration::from_millis(50), ..Options::default() };
    Server::start(options).unwrap()
}

fn run(args: &Args, answers: &[bool]) -> (Result<(), String>, String) {
    let mut terminal = terminal();
    terminal.borrow_mut().answers = answers.to_vec();
    let result = command::main(args, &mut terminal).map_err(|error| format!("{error:#}"));
    let printed = terminal.borrow().printed.clone();
    (result, printed)
}

#[test]
fn a_cluster_is_set_up_once() {
    let directory = Directory::new();
    let cluster = cluster();
    let args = Args { url: vec![cluster.rpc_url.clone()], create_keys: Some(directory.0.clone()), ..unasked() };

    let (refused, _) = run(&args, &[]);
    assert!(refused.unwrap_err().contains("gimbal localnet airdrop"), "the owner has no SOL yet");
    let owner = read_keypair_file(directory.0.join("owner.json")).unwrap().pubkey();
    cluster.chain().chain_mut().fund(&owner, 10 * SOL).unwrap();

    let (dry, printed) = run(&Args { dry_run: true, ..args.clone() }, &[]);
    dry.unwrap();
    assert!(printed.contains("dry run: nothing was sent"), "{printed}");
    let (refused, _) = run(&Args { yes: false, ..args.clone() }, &[]);
    assert!(refused.unwrap_err().contains("add -y"));

    let (done, printed) = run(&Args { yes: false, ..args.clone() }, &[true]);
    done.unwrap();
    assert!(printed.contains("accounts hold") && printed.contains(&format!("--url {}", cluster.rpc_url)), "{printed}");
    let spent = 10 * SOL - cluster.chain().chain().get_account(&owner).unwrap().unwrap().lamports;

    let (again, printed) = run(&args, &[]);
    again.unwrap();
    assert!(printed.contains("nothing to do: everything is as"), "{printed}");
    let after = 10 * SOL - cluster.chain().chain().get_account(&owner).unwrap().unwrap().lamports;
    assert_eq!(after, spent);

    // Everything is there for whoever reads over the wire.
    let config = Config::parse(&text()).unwrap();
    let chain = RpcChain::connect(&RpcOptions::of(&cluster.rpc_url)).unwrap();
    let files = KeyFiles::of(&directory.0);
    let setup = migrations::setup::Setup::resolve(&config, &files, owner, &chain).unwrap();
    let suite = gimbal::bundle::Suite::read(&chain, &setup.vault.addresses.vault).unwrap();
    assert_eq!(suite.lines.len(), 3);
    assert_eq!(setup.vault.lookup_table(&chain).unwrap().unwrap().addresses, setup.table);
    cluster.stop().unwrap();
}

#[test]
fn a_node_that_is_not_there_is_named() {
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let directory = Directory::new();
    let url = format!("http://127.0.0.1:{port}");
    let args = Args { url: vec![url.clone()], create_keys: Some(directory.0.clone()), ..unasked() };
    let (refused, printed) = run(&args, &[]);
    let refused = refused.unwrap_err();
    assert!(refused.contains(&format!("127.0.0.1:{port}")), "{refused}");
    assert!(printed.is_empty());
}
