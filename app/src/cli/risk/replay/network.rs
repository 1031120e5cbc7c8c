//! A contagion network's replay.

use super::super::super::session::Session;
use super::{between, differences, reading, Replay};
use crate::chain::RpcChain;
use crate::risk::replay::network::{derive, gather, NetworkReplay};
use crate::table::{pairs, row};
use anyhow::{bail, Result};
use risk_oracle::state::Network;

/// Replays the network.
pub(super) fn replay(session: &mut Session, options: &Replay, chain: &RpcChain) -> Result<()> {
    let key = &options.account;
    let start = options.start::<Network>()?;
    let since = start.as_ref().map_or(0, |(_, slot)| *slot);
    let (stored, steps) = reading(session, |watch| gather(chain, key, since, watch))?;
    let from = start.as_ref().map(|(network, slot)| (network, *slot));
    let report = derive(key, &steps, from, &stored)?;
    session.answer(&report, || text(&report))?;
    match report.holes.first() {
        Some(hole) => bail!(
            "the history of the network {key} lacks a transaction {}, or it told something else than it did: ask a node that keeps everything",
            between(hole)
        ),
        None if report.agrees() => Ok(()),
        None => bail!(
            "the network {key} is not what its history gives: see the differences; ask another node, then report them as a fault of the suite unless the program was replaced in between"
        ),
    }
}

fn text(report: &NetworkReplay) -> String {
    let mut rows = vec![
        row("Derived from", report.start),
        row("Inputs", report.inputs),
        row("Solutions", report.solutions),
        row("Account", if report.same { "the same, byte by byte" } else { "DIFFERS" }),
        row("Hash of inputs", &report.inputs_hash),
    ];
    rows.extend(report.holes.iter().map(|hole| row("Missing", between(hole))));
    format!("Network {}\n{}{}", report.network, pairs(&rows), differences(&report.divergences, "input"))
}
