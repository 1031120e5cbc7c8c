//! The daemon, a single turn, and a turn that sends nothing.

use super::{print, Ground};
use crate::chain::RpcChain;
use crate::cli::arguments::Global;
use crate::cli::output;
use crate::keeper::daemon::{Daemon, Pace};
use crate::keeper::health::HealthState;
use crate::keeper::http::Server;
use crate::keeper::metrics::Metrics;
use crate::keeper::rehearsal::{self, Rehearsal};
use crate::keeper::stop::Stop;
use anyhow::{bail, Context, Result};
use std::time::Duration;

/// A loop that has not ended a turn for so many pauses is not healthy.
const PATIENCE: u32 = 10;
/// Nor for less than this long: a transaction takes up to two minutes to expire.
const LEAST_PATIENCE: Duration = Duration::from_secs(180);

pub fn run(ground: &Ground) -> Result<bool> {
    let stop = Stop::default();
    let _signals = stop.on_signals().context("cannot listen for signals on this system")?;
    let signer = ground.signer()?;
    let pause = Duration::from_secs(ground.config.intervals.poll_seconds);
    let (metrics, health) = (Metrics::new(), HealthState::new((pause * PATIENCE).max(LEAST_PATIENCE)));
    let server =
        ground.config.metrics.map(|address| Server::start(address, metrics.clone(), health.clone())).transpose()?;
    let mut desk = ground.desk()?;
    let executor = ground.executor(signer.as_ref(), &metrics, &stop)?;
    tracing::info!(
        keeper = %ground.key(),
        nodes = ground.chain.nodes().collect::<Vec<_>>().join(" "),
        journal = %ground.config.journal.display(),
        metrics = server.as_ref().map(|server| server.address().to_string()),
        under_way = executor.under_way(),
        "started"
    );
    let pace = Pace { pause, jitter_ms: ground.config.intervals.jitter_ms };
    Daemon::new(executor, &mut desk, pace, metrics, health, stop).run()?;
    Ok(true)
}

pub fn once(ground: &Ground, global: &Global) -> Result<bool> {
    let stop = Stop::default();
    let _signals = stop.on_signals().context("cannot listen for signals on this system")?;
    let signer = ground.signer()?;
    let mut desk = ground.desk()?;
    let mut executor = ground.executor(signer.as_ref(), &Metrics::new(), &stop)?;
    let end = executor.cycle(&mut desk)?;
    let attempts = executor.journal().attempts_of(executor.cycle_number())?;
    let turn = print::Turn::new(&end, &attempts, executor.under_way(), executor.told());
    output::print(&match global.output.is_json() {
        true => output::json(&turn, global.output)?,
        false => turn.text(),
    })?;
    if end.failed > 0 {
        bail!("{} of the transactions landed and were refused: somebody was faster; run it once more", end.failed);
    }
    Ok(true)
}

pub fn rehearse(ground: &Ground, global: &Global, again: bool) -> Result<bool> {
    let stop = Stop::default();
    let _signals = stop.on_signals().context("cannot listen for signals on this system")?;
    let records = ground.records()?;
    let mut desk = ground.desk()?;
    let chain: &RpcChain = &ground.chain;
    loop {
        let rehearsal: Rehearsal =
            rehearsal::rehearse(chain, &mut desk, &ground.key(), &ground.config, records.as_ref())?;
        output::print(&match global.output.is_json() {
            true => output::json(&rehearsal, global.output)?,
            false => print::rehearsal(&rehearsal),
        })?;
        if !again || stop.sleep(Duration::from_secs(ground.config.intervals.poll_seconds)) {
            return Ok(true);
        }
    }
}
