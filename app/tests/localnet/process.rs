//! The command line: a cluster in a process of its own, played from others, stopped by Ctrl-C.

use crate::support::LIMIT;
use serde_json::{json, Value};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::Instant;

const GIMBAL: &str = env!("CARGO_BIN_EXE_gimbal");

struct Process {
    child: Child,
    out: BufReader<ChildStdout>,
    url: String,
}

fn start(more: &[&str]) -> Process {
    let mut child = Command::new(GIMBAL)
        .args(["localnet", "--port", "0", "--volatility", "0", "--output", "json-compact"])
        .args(more)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    let told: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
    Process { child, out, url: told["rpcUrl"].as_str().unwrap().to_owned() }
}

impl Process {
    /// Runs a command against it; its output must succeed.
    fn play(&self, line: &[&str]) -> String {
        let output = self.try_play(line);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{line:?}: {text} {}", String::from_utf8_lossy(&output.stderr));
        text
    }

    fn try_play(&self, line: &[&str]) -> Output {
        // Away from whatever configuration the machine has.
        Command::new(GIMBAL)
            .arg("localnet")
            .args(line)
            .args(["--url", &self.url])
            .env("HOME", "/nonexistent")
            .output()
            .unwrap()
    }

    /// Asks it to stop, and gives its exit code, further output and standard error.
    fn stop(mut self, signal: &str) -> (Option<i32>, String, String) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        let begun = Instant::now();
        let status = loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status,
                None => {
                    assert!(begun.elapsed() < LIMIT, "it does not stop");
                    std::thread::sleep(std::time::Duration::from_millis(20));
                }
            }
        };
        let (mut out, mut error) = (String::new(), String::new());
        self.out.read_to_string(&mut out).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
        (status.code(), out, error)
    }
}

#[test]
fn it_runs_is_played_and_stops() {
    let process = start(&[]);
    let info: Value = serde_json::from_str(&process.play(&["info", "--output", "json"])).unwrap();
    assert_eq!(info["mints"][0]["symbol"], "USDC");
    let text = process.play(&["info"]);
    assert!(text.contains(info["mints"][0]["mint"].as_str().unwrap()) && text.contains("60000"), "{text}");
    assert_eq!(process.play(&["price", "SOL", "140.5"]), "SOL is 140.5 dollars\n");
    let to = "CeLyDKjYAq63rQHb4dSHe8jetCYEgY4xr4MCMBcKjF5Z";
    assert!(process.play(&["airdrop", to, "2.5"]).starts_with("2.5 SOL to "));
    assert!(process.play(&["mint", "USDC", "1000", "--to", to]).starts_with("1000 USDC to "));
    assert!(process.play(&["warp", "2d"]).starts_with("172800 s later: slot "));
    let ready = process.play(&["venue", "1", "drain"]);
    assert!(ready.starts_with("  Ready  0 USDC\n  Lent   "), "{ready}");
    // Nothing of what the programs log is printed; a line for each transaction is.
    let (code, out, error) = process.stop("-INT");
    assert_eq!((code, error.as_str()), (Some(0), "stopping\n"));
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3, "an airdrop, tokens, a loan: {out}");
    assert!(lines.iter().all(|line| line["error"] == Value::Null && line["signature"].is_string()));
}

#[test]
fn its_state_outlives_it() {
    let state = std::env::temp_dir().join(format!("gimbal-localnet-process-{}.json", std::process::id()));
    let to = "6xQ2Jp1GzUrcBSPh2yhpbMAHhb8c25tTSw7DnKdjgrp7";
    let options = ["--quiet", "--state", state.to_str().unwrap()];
    let process = start(&options);
    process.play(&["airdrop", to, "2.5"]);
    let (code, out, error) = process.stop("-TERM");
    assert_eq!((code, out.as_str()), (Some(0), ""));
    assert!(error.starts_with("stopping, saving to "), "{error}");
    assert!(Path::new(&state).exists());
    let process = start(&options);
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "getBalance", "params": [to] }).to_string();
    let answer = reqwest::blocking::Client::new().post(&process.url).body(body).send().unwrap().text().unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["result"]["value"], 2_500_000_000_u64);
    process.stop("-INT");
    std::fs::remove_file(state).unwrap();
}

#[test]
fn what_goes_wrong_is_one_line_with_a_next_step() {
    let process = start(&["--quiet"]);
    let refused = |line: &[&str], text: &str| {
        let output = process.try_play(line);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && output.stdout.is_empty(), "{line:?}");
        assert!(
            error.starts_with("error: ") && error.lines().count() == 1 && error.contains(text),
            "{line:?}: {error}"
        );
    };
    refused(&["price", "DOGE", "1"], "the assets here are USDC, USDT, BTC, ETH, SOL");
    refused(&["price", "SOL", "-1"], "unexpected argument");
    refused(&["price", "SOL", "x"], "is not an amount");
    refused(&["mint", "EURC", "1", "--to", "11111111111111111111111111111111"], "give USDC or USDT");
    refused(&["mint", "USDC", "0.0000001", "--to", "11111111111111111111111111111111"], "has only 6");
    refused(&["mint", "USDC", "1"], "--to ADDRESS");
    refused(&["airdrop", "nobody", "1"], "address in base58");
    refused(&["venue", "7", "drain"], "give a number from 1 to 3");
    refused(&["venue", "1", "borrow", "100000000"], "the market refuses");
    refused(&["warp", "2y"], "give a span of time such as 45s");
    let url = process.url.clone();
    process.stop("-INT");
    let gone =
        Command::new(GIMBAL).args(["localnet", "info", "-u", &url]).env("HOME", "/nonexistent").output().unwrap();
    let error = String::from_utf8(gone.stderr).unwrap();
    assert!(
        error.starts_with(&format!("error: no node answers at {url}: start a cluster with `gimbal localnet`")),
        "{error}"
    );
}
