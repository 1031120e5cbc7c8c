//! `gimbal keeper` from the outside: what it prints, how it ends, and one line for everything that is wrong.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use gimbal::chain::Chain;
use gimbal::keeper::journal::Records;
use serde_json::Value;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::process::{refusal, Folder};
use crate::transfers::LIMIT;
use crate::vaults::{World, USDC};

const SLOT: Duration = Duration::from_millis(25);

/// A cluster with a vault, and a folder with the keeper's key and configuration.
pub struct Bench {
    pub world: World,
    folder: Folder,
}

fn keyfile(folder: &Path, name: &str, keypair: &Keypair) {
    let bytes = serde_json::to_string(&keypair.to_bytes().to_vec()).unwrap();
    std::fs::write(folder.join(name), bytes).unwrap();
}

impl Bench {
    fn new() -> Self {
        Self::with_slot(SLOT)
    }

    /// With slots of this length.
    pub fn with_slot(slot: Duration) -> Self {
        let bench = Self { world: World::start(slot), folder: Folder::new("command") };
        keyfile(&bench.folder.0, "keeper.json", bench.world.keeper(0));
        bench.configure("");
        bench
    }

    /// Writes the configuration, with more of it at the end.
    pub fn configure(&self, more: &str) {
        let text = format!(
            "urls = [\"{}\"]\nkeypair = \"keeper.json\"\njournal = \"keeper.sqlite\"\n{more}\n[intervals]\npoll_seconds = 1\njitter_ms = 0\n",
            self.world.server.rpc_url
        );
        std::fs::write(self.folder.0.join("keeper.toml"), text).unwrap();
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gimbal"));
        command.arg("keeper").args(words).arg("--config").arg(self.folder.0.join("keeper.toml"));
        command
    }

    pub fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    fn text(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    pub fn json(&self, words: &[&str]) -> Value {
        serde_json::from_str(&self.text(&[words, &["--output", "json"]].concat())).unwrap()
    }

    /// What the key holds: nothing was sent while it stays.
    pub fn wallet(&self) -> u64 {
        let key = self.world.keeper(0).pubkey();
        self.world.server.chain().chain().get_account(&key).unwrap().unwrap().lamports
    }
}

/// Expects exit code 1 and one line; that line.
fn refused(output: &Output) -> String {
    refusal(output, 1)
}

#[test]
fn a_turn_is_planned_shown_and_done() {
    let bench = Bench::new();
    let status = bench.json(&["status"]);
    assert_eq!((&status["journal"], &status["vaults"][0]["registered"]), (&Value::Null, &true.into()));
    assert!(bench.text(&["status"]).contains("none yet at "));

    bench.world.deposit(100_000 * USDC);
    let before = bench.wallet();
    let rehearsed = bench.json(&["once", "--dry-run"]);
    let verdicts: Vec<&str> = rehearsed["actions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["verdict"]["verdict"].as_str().unwrap())
        .collect();
    assert!(verdicts.len() >= 3 && verdicts.contains(&"would_be_sent"), "{rehearsed}");
    assert!(bench.text(&["once", "--dry-run"]).contains("nothing: this is a dry run"));
    assert_eq!(bench.wallet(), before, "a dry run sends nothing");
    assert!(!bench.folder.journal().exists(), "and leaves nothing behind");

    let (mut moved, begun) = (0, Instant::now());
    while moved < 3 {
        assert!(begun.elapsed() < LIMIT, "the lines are not moved");
        let done = bench.json(&["once"]);
        assert_eq!((&done["failed"], &done["under_way"]), (&0.into(), &0.into()), "{done}");
        let transactions = done["transactions"].as_array().unwrap();
        let actions = transactions.iter().flat_map(|one| one["actions"].as_array().unwrap());
        moved += actions.filter(|one| one["action"].as_str().unwrap().starts_with("rebalance:")).count();
        assert!(transactions.iter().all(|one| one["outcome"] == "landed"), "{done}");
    }
    let status = bench.json(&["status"]);
    assert_eq!(status["journal"]["spent"]["settled"], before - bench.wallet());
    // Three moves at a cent each, promised; nothing of it is due for collection yet.
    assert_eq!(status["vaults"][0]["owed"]["base_units"], 30_000);
    let shown = bench.text(&["status"]);
    assert!(shown.contains("Spent in the last hour") && shown.contains(" of 0.05 SOL"), "{shown}");
    bench.world.assert_exact(&bench.world.keeper(0).pubkey(), &Records::open(&bench.folder.journal()).unwrap());
}

/// A daemon, ended with the test.
struct Daemon(Child);

impl Daemon {
    fn start(bench: &Bench) -> Self {
        Self(bench.command(&["run", "--log", "json"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// Ends it as a service manager does; its log.
    fn stop(mut self) -> String {
        let id = i32::try_from(self.0.id()).unwrap();
        let killed = Command::new("kill").args(["-s", "TERM", &id.to_string()]).status().unwrap();
        assert!(killed.success());
        let begun = Instant::now();
        let status = loop {
            match self.0.try_wait().unwrap() {
                Some(status) => break status,
                None => assert!(begun.elapsed() < LIMIT, "it does not stop"),
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        assert_eq!(status.code(), Some(0));
        let mut log = String::new();
        self.0.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        log
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// One question over HTTP: the status and the body; none while nobody answers.
fn ask(address: &str, path: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let code = answer.split(' ').nth(1)?.parse().ok()?;
    Some((code, answer.split_once("\r\n\r\n")?.1.to_owned()))
}

#[test]
fn the_daemon_works_tells_how_it_is_and_stops() {
    let bench = Bench::new();
    // A port that was free a moment ago.
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    bench.configure(&format!("metrics = \"{address}\""));
    bench.world.deposit(100_000 * USDC);
    let daemon = Daemon::start(&bench);
    let keeper = bench.world.keeper(0).pubkey();
    let begun = Instant::now();
    while bench.world.moves(&keeper).len() < 3 {
        assert!(begun.elapsed() < LIMIT, "the lines are not moved");
        std::thread::sleep(Duration::from_millis(50));
    }
    let (code, health) = ask(&address, "/healthz").unwrap();
    let health: Value = serde_json::from_str(&health).unwrap();
    assert!(code == 200 && health["journal"] == true && health["chain"] == true, "{code} {health}");
    let (code, metrics) = ask(&address, "/metrics").unwrap();
    assert!(code == 200 && metrics.contains("gimbal_keeper_vaults 1\n"), "{metrics}");

    // A second process on the same journal, for as long as this one lives.
    let second = refused(&bench.run(&["once"]));
    assert!(second.contains("another keeper (process "), "{second}");
    let status = bench.json(&["status"]);
    assert!(status["journal"]["last_cycle"]["id"].as_u64().unwrap() >= 1, "reading needs no lock");

    let log = daemon.stop();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let said = |message: &str| lines.iter().filter(|line| line["message"] == message).count();
    assert_eq!((said("started"), said("stopped")), (1, 1), "{log}");
    assert!(said("sent") >= 1 && said("landed") >= 1 && said("cycle") >= 1, "{log}");
    assert!(ask(&address, "/healthz").is_none());
    bench.world.assert_exact(&keeper, &Records::open(&bench.folder.journal()).unwrap());
}

#[test]
fn whatever_is_wrong_is_told_in_one_line_with_a_next_step() {
    let bench = Bench::new();
    let gimbal = |words: &[&str]| Command::new(env!("CARGO_BIN_EXE_gimbal")).args(words).output().unwrap();
    let error = refused(&gimbal(&["keeper", "status"]));
    assert!(error.contains("give --config keeper.toml"), "{error}");
    let error = refused(&gimbal(&["keeper", "once", "--config", "/nowhere/keeper.toml"]));
    assert!(error.contains("/nowhere/keeper.toml cannot be read"), "{error}");

    bench.configure("budget = 7");
    let error = refused(&bench.run(&["once"]));
    assert!(error.contains("budget"), "{error}");
    bench.configure("");
    let error = refused(&bench.run(&["once", "--keypair", "/nowhere/key.json"]));
    assert!(error.contains("/nowhere/key.json") && error.contains("solana-keygen new"), "{error}");
    let error = refused(&bench.run(&["once", "--keypair", &bench.world.keeper(0).pubkey().to_string()]));
    assert!(error.contains("is only the address"), "{error}");
    let error = refused(&bench.run(&["status", "--url", "nowhere"]));
    assert!(error.contains("'nowhere' is not the address of a node"), "{error}");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = refused(&bench.run(&["once", "--url", &format!("http://{closed}")]));
    assert!(error.contains("check --url"), "{error}");

    std::fs::write(bench.folder.journal(), "something else, of somebody else, not to be lost").unwrap();
    let error = refused(&bench.run(&["once"]));
    assert!(error.contains("is not a keeper's journal"), "{error}");
    std::fs::remove_file(bench.folder.journal()).unwrap();
    bench.configure(&format!("metrics = \"{}\"", bench.world.server.rpc_url.trim_start_matches("http://")));
    let output = bench.run(&["run", "--log", "json"]);
    assert!(refused(&output).contains("metrics cannot be served at"));
    assert_eq!(bench.wallet(), crate::vaults::WALLET);
}
