//! Running a cluster until somebody stops it.

use super::Run;
use crate::cli::arguments::Output;
use crate::cli::demo::mode;
use crate::cli::output::{json, Silence};
use crate::localnet::node::events::{Event, Stage};
use crate::localnet::node::landed::Landed;
use crate::localnet::{Handle, Options, Server};
use crate::prices::read_csv;
use crate::table::{pairs, row};
use anyhow::{Context, Result};
use serde_json::json;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::io::Write;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;

pub fn run(options: &Run, output: Output) -> Result<()> {
    let (mode, _) = mode(options.bytecode)?;
    let prices = options.prices.as_deref().map(read_csv).transpose()?;
    let resumed = options.state.as_deref().is_some_and(std::path::Path::exists);
    // From now on, so that a stop asked for while it starts is a stop as well.
    let mut signals = Signals::new([SIGINT, SIGTERM]).context("cannot listen for Ctrl-C on this system")?;
    let silence = Silence::begin()?;
    let mut out = silence.aside()?;
    let server = Server::start(Options {
        port: options.port,
        seed: options.seed,
        mode,
        prices,
        posts: !options.hermes_only,
        volatility: options.volatility,
        tick: Duration::from_secs(options.tick),
        state: options.state.clone(),
        ..Options::default()
    })?;
    let text = match output {
        Output::Text => greeting(&server, options, resumed),
        _ => json(&announced(&server), output)?,
    };
    // Nobody has to read it for the cluster to run.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    if !options.quiet {
        follow(&server, out, output);
    }
    signals.forever().next();
    drop(signals);
    tell(match &options.state {
        Some(file) => format!("stopping, saving to {}", file.display()),
        None => "stopping".to_owned(),
    });
    server.stop()
}

/// One line of news on standard error.
fn tell(message: String) {
    // News that nobody reads are no failure.
    let _ = writeln!(std::io::stderr(), "{message}");
}

fn announced(server: &Handle) -> serde_json::Value {
    let node = server.chain();
    json!({
        "rpcUrl": server.rpc_url,
        "wsUrl": server.ws_url,
        "genesisHash": node.genesis_hash().to_string(),
        "slot": node.slot(),
        "unixTime": node.unix_time(),
        "cluster": node.genesis(),
    })
}

fn greeting(server: &Handle, options: &Run, resumed: bool) -> String {
    let node = server.chain();
    let info = node.genesis().info();
    let mut rows = vec![
        row("JSON-RPC", &server.rpc_url),
        row("Subscriptions", &server.ws_url),
        row("Seed", options.seed),
        row("Slot", node.slot()),
    ];
    rows.extend(info.mints.iter().map(|mint| row(&mint.symbol, &mint.mint)));
    let from = if resumed { "resumed" } else { "new" };
    format!(
        "Gimbal localnet ({from}). Its keys are public: nothing of worth belongs here.\n\n{}\n\
         In another terminal: `gimbal localnet info`, `gimbal localnet airdrop ADDRESS 10`, or any Solana tool with \
         --url {}.\nCtrl-C stops it.\n\n",
        pairs(&rows),
        server.rpc_url
    )
}

/// Prints a line for each transaction from a thread of its own, until the server ends.
fn follow(server: &Handle, mut out: Box<dyn Write + Send>, output: Output) {
    let mut notices = server.chain().subscribe();
    let spawned = std::thread::Builder::new().name("localnet log".to_owned()).spawn(move || loop {
        match notices.blocking_recv() {
            Ok(notice) => {
                if let (Stage::Confirmed, Event::Transaction(landed)) = (notice.stage, &*notice.event) {
                    // A reader who closes the pipe has read enough; the cluster goes on.
                    if writeln!(out, "{}", line(landed, output)).and_then(|()| out.flush()).is_err() {
                        return;
                    }
                }
            }
            Err(RecvError::Lagged(missed)) => tell(format!("{missed} lines were too many to print")),
            Err(RecvError::Closed) => return,
        }
    });
    if let Err(error) = spawned {
        tell(format!("transactions are not printed: {error}"));
    }
}

fn line(landed: &Landed, output: Output) -> String {
    let outcome = landed.error.as_ref().map_or("ok".to_owned(), ToString::to_string);
    match output {
        Output::Text => {
            format!("slot {}  {}  {} units  {outcome}", landed.slot, landed.signature(), landed.compute_units)
        }
        _ => json!({
            "slot": landed.slot,
            "signature": landed.signature().to_string(),
            "computeUnits": landed.compute_units,
            "error": landed.error.as_ref().map(ToString::to_string),
        })
        .to_string(),
    }
}
