//! Over JSON-RPC, against a whole test cluster: what a node tells is enough.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::Duration;

use anchor_lang::prelude::Pubkey;
use gimbal::bundle::with_budget;
use gimbal::chain::{Chain, Commitment, RpcChain, RpcOptions, Sandbox};
use gimbal::index::{follow, read, Indexer};
use gimbal::instructions::{router, token};
use gimbal::localnet::{Handle, Options, Server};
use gimbal::readers;
use gimbal::setup::{keys::keypair, tokens, Deployment, Plan};
use gimbal::statement::{self, reconcile, Period};
use serde_json::Value;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;
use vault::FeesArgs;

use crate::direct::Direct;
use crate::scenario::{DAY, PURSE, USDC};

/// A time that no test takes.
const NEVER: Duration = Duration::from_secs(86_400);

/// A cluster whose clock stands, with a vault and two people.
struct Cluster {
    server: Handle,
    deployment: Deployment,
    people: [Keypair; 2],
    folder: PathBuf,
}

impl Cluster {
    fn start(name: &str) -> Self {
        let options = Options { port: 0, volatility: 0, tick: NEVER, slot: NEVER, ..Options::default() };
        let server = Server::start(options).expect("the cluster starts");
        let mut chain = Direct(&server);
        let fees = FeesArgs {
            recipient: keypair(77, "fee recipient", 0).pubkey(),
            management_bps: 200,
            performance_bps: 1_000,
            entry_bps: 10,
            exit_bps: 10,
        };
        let plan = Plan { seed: 77, fees, ..Plan::default() };
        let deployment = Deployment::create(&mut chain, plan).expect("a deployment");
        let people = [0, 1].map(|index| keypair(77, "person", index));
        for person in &people {
            chain.fund(&person.pubkey(), 10_000_000_000).expect("lamports");
            tokens::issue(&mut chain, &deployment.actors, &deployment.base, &person.pubkey(), PURSE).expect("money");
            let account = deployment.vault.create_share_account(&person.pubkey(), &person.pubkey());
            chain.execute(person, &[account], &[], &[]).expect("an account");
        }
        let folder = std::env::temp_dir().join(format!("gimbal-index-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        Self { server, deployment, people, folder }
    }

    fn vault(&self) -> Pubkey {
        self.deployment.vault.addresses.vault
    }

    fn send(&self, person: usize, instruction: Instruction) {
        let table = std::slice::from_ref(&self.deployment.table);
        Direct(&self.server).execute(&self.people[person], &with_budget(&[instruction]), &[], table).expect("accepted");
        self.server.chain().advance(1).expect("a slot");
    }

    fn wait(&self, seconds: u64) {
        let mut chain = Direct(&self.server);
        chain.warp(seconds).expect("time");
        self.deployment.post_prices(&mut chain).expect("prices");
        self.deployment.refresh_all(&mut chain).expect("valuations");
    }

    /// Pays in, earns, moves shares in three ways, and leaves a ticket half done.
    fn live(&self) {
        let vault = self.deployment.vault;
        let [anna, ben] = [0, 1].map(|person| self.people[person].pubkey());
        self.send(0, vault.deposit(&anna, 2_000 * USDC, 0));
        let keeper = self.deployment.actors.keepers[0].insecure_clone();
        let rebalance = router::rebalance(&vault, &self.deployment.lines[0].context, &keeper.pubkey());
        let table = std::slice::from_ref(&self.deployment.table);
        Direct(&self.server).execute(&keeper, &with_budget(&[rebalance]), &[], table).expect("accepted");
        self.wait(DAY + 1);
        let (from, to) = (vault.share_account(&anna), vault.share_account(&ben));
        let mint = vault.addresses.share_mint;
        self.send(0, token::transfer(&from, &mint, &to, &anna, 300 * USDC, 6, &anchor_spl::token::ID));
        self.send(1, vault.redeem(&ben, 100 * USDC, 0));
        self.send(0, vault.request_redeem(&anna, &anna, 0, 400 * USDC));
        self.wait(60);
        self.send(1, vault.fill_tickets(0, 1));
        #[allow(deprecated)]
        let unseen = anchor_spl::token::spl_token::instruction::transfer(
            &anchor_spl::token::ID,
            &from,
            &to,
            &anna,
            &[],
            50 * USDC,
        );
        self.send(0, unseen.expect("an instruction"));
    }

    fn connect(&self) -> RpcChain {
        let options = RpcOptions {
            urls: vec![self.server.rpc_url.clone()],
            commitment: Commitment::Confirmed,
            ..RpcOptions::default()
        };
        RpcChain::connect(&options).expect("connected")
    }

    fn run(&self, words: &[&str]) -> Output {
        let index = format!("sqlite:{}", self.folder.join("cli.sqlite").display());
        let mut command = Command::new(env!("CARGO_BIN_EXE_gimbal"));
        command.args(words).args(["--url", &self.server.rpc_url, "--commitment", "confirmed", "--index", &index]);
        command.output().expect("the binary runs")
    }

    fn json(&self, words: &[&str]) -> Value {
        let output = self.run(&[words, &["--output", "json"]].concat());
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?}: {error}");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{words:?}: {error}"))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn a_clusters_history_is_indexed_over_rpc() {
    let cluster = Cluster::start("rpc");
    cluster.live();
    let (chain, vault) = (cluster.connect(), cluster.vault());
    let genesis = chain.genesis_hash().unwrap().to_string();
    let mut indexer = Indexer::open("sqlite::memory:", genesis).unwrap();
    let new = follow(&chain, &mut indexer, &vault, 7).unwrap();
    assert!(new > 20, "{new}");
    assert_eq!(follow(&chain, &mut indexer, &vault, 7).unwrap(), 0);
    // The transfer that names no mint is in no list.
    assert_eq!(indexer.reconcile_holders(&chain, &vault).unwrap(), 2);
    assert_eq!(indexer.reconcile_holders(&chain, &vault).unwrap(), 0);
    indexer.sample(&chain, &vault).unwrap();
    let checks = reconcile(&chain, indexer.database(), &vault, true).unwrap();
    assert!(checks.len() >= 25 && checks.iter().all(|check| check.holds()), "{checks:#?}");

    let of = |indexer: &mut Indexer, person: usize| {
        let owner = cluster.people[person].pubkey();
        statement::of(indexer.database(), &vault, &owner, &Period::EVER).unwrap()
    };
    let (anna, ben) = (of(&mut indexer, 0), of(&mut indexer, 1));
    let kinds = |it: &statement::Statement| it.flows.iter().map(|flow| flow.kind).collect::<Vec<_>>();
    assert_eq!(kinds(&anna), ["deposit", "sent", "request", "fill", "sent"]);
    assert_eq!(kinds(&ben), ["received", "redeem", "received"]);
    let purse = |person: usize| {
        let account = cluster.deployment.base.account_of(&cluster.people[person].pubkey());
        readers::balance(&chain, &account).unwrap()
    };
    assert_eq!(purse(0), PURSE - 2_000 * USDC, "nothing is claimed yet");
    assert_eq!(anna.closing.claimable.base_units, anna.totals.filled.base_units);
    assert_eq!(purse(1), PURSE + ben.totals.redeemed.base_units);
    assert_eq!(anna.fees.entry.base_units, 2 * USDC, "ten basis points");
    let payers = read::keeper_actions(indexer.database(), &vault, 0).unwrap();
    assert!(payers
        .iter()
        .any(|it| it.kind == "rebalance_in" && it.actor == cluster.deployment.actors.keepers[0].pubkey()));
}

/// Every fact in an index but the prices that were read from accounts, whose moments depend on who looked when.
fn facts(index: &str) -> Vec<(String, Vec<String>)> {
    let mut database = gimbal::index::Database::open(index).expect("an index");
    let mut tables = crate::scenario::dump(&mut database);
    for (table, rows) in &mut tables {
        rows.retain(|row| table != "prices" || !row.contains("\"accounts:"));
    }
    tables
}

#[test]
fn killed_at_any_moment_it_loses_nothing() {
    let cluster = Cluster::start("killed");
    cluster.live();
    let vault = cluster.vault().to_string();
    let [whole, broken] = ["whole", "broken"].map(|name| format!("sqlite:{}", cluster.folder.join(name).display()));
    let start = |index: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gimbal"));
        command.args([
            "history",
            &vault,
            "--url",
            &cluster.server.rpc_url,
            "--commitment",
            "confirmed",
            "--index",
            index,
        ]);
        command.stdout(std::process::Stdio::null()).spawn().expect("the binary runs")
    };
    let began = std::time::Instant::now();
    assert!(start(&whole).wait().expect("an end").success());
    let took = began.elapsed();
    for part in 1..=20 {
        let mut running = start(&broken);
        // Somewhere on the way, wherever that is on this machine today.
        std::thread::sleep(took * part / 21);
        running.kill().expect("killed, or over");
        running.wait().expect("an end");
    }
    assert!(start(&broken).wait().expect("an end").success());
    assert_eq!(facts(&broken), facts(&whole));
}

#[test]
fn the_commands_tell_what_happened() {
    let cluster = Cluster::start("commands");
    cluster.live();
    let (vault, anna) = (cluster.vault().to_string(), cluster.people[0].pubkey().to_string());

    let told = cluster.json(&["history", &vault, "--days", "7"]);
    assert_eq!(told["vault"], Value::from(vault.as_str()));
    assert_eq!(told["days"].as_array().map(Vec::len), Some(2));
    assert_eq!(told["apy"][0]["days"], 1);
    assert_eq!(told["days"][0]["deposited"]["ui"], "2000");
    let text = cluster.run(&["history", &vault]);
    let text = String::from_utf8_lossy(&text.stdout);
    assert!(text.contains("share price") && text.contains("24 hours"), "{text}");

    let statement = cluster.json(&["statement", &anna]);
    assert_eq!(statement[0]["totals"]["deposited"]["ui"], "2000");
    assert_eq!(statement[0]["closing"]["shares"]["base_units"].as_u64(), Some(shares(&cluster, 0)));
    assert_eq!(statement[0]["tickets"][0]["status"], "claimable");
    // By day: all of it is today's and yesterday's; a period before has nothing in it.
    let early = cluster.json(&["statement", &anna, "--to", "2020-01-01"]);
    assert_eq!(
        (&early[0]["flows"], &early[0]["closing"]["value_mid"]["base_units"]),
        (&Value::Array(Vec::new()), &0.into())
    );
    let csv = cluster.run(&["statement", "--everybody", "--vault", &vault, "--format", "csv"]);
    let csv = String::from_utf8_lossy(&csv.stdout).into_owned();
    assert!(csv.starts_with("vault,owner,record,time,kind") && csv.contains("\r\n"), "{csv}");

    let compared = cluster.json(&["statement", "--reconcile", &vault]);
    assert_eq!(compared["holds"], true);
    assert!(compared["checks"].as_array().is_some_and(|checks| checks.len() >= 24));
    // What happens next is caught up with, without being asked to.
    cluster.send(0, cluster.deployment.vault.claim(&cluster.people[0].pubkey(), 0));
    let statement = cluster.json(&["statement", &anna, "--vault", &vault]);
    assert_eq!(statement[0]["totals"]["claimed"], statement[0]["totals"]["filled"]);
    // And without the cluster nothing is.
    let before = cluster.json(&["statement", &anna, "--offline"]);
    assert_eq!(before[0]["flows"], statement[0]["flows"]);
}

fn shares(cluster: &Cluster, person: usize) -> u64 {
    let account = cluster.deployment.vault.share_account(&cluster.people[person].pubkey());
    readers::balance(&Direct(&cluster.server), &account).expect("a balance")
}
