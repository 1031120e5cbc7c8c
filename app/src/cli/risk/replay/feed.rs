//! A feed's replay.

use super::super::super::session::Session;
use super::{differences, reading, Replay};
use crate::chain::RpcChain;
use crate::risk::replay::{derive, gather, Replay as Report};
use crate::table::{pairs, row};
use anyhow::{bail, Result};
use risk_oracle::state::Feed;
use std::collections::HashSet;

/// Replays the feed that was read after `stored`'s slot.
pub(super) fn replay(session: &mut Session, options: &Replay, chain: &RpcChain, stored: (&Feed, u64)) -> Result<()> {
    let (stored, slot) = stored;
    let start = options.start::<Feed>()?;
    let since = start.as_ref().map_or(0, |(_, slot)| *slot);
    let gathered = reading(session, |watch| gather(chain, &options.account, stored, since, &HashSet::new(), watch));
    let (told, messages) = gathered?;
    // The account may be younger than the clock that was read before it.
    let slot = slot.max(stored.updated_slot);
    let from = start.as_ref().map(|(feed, slot)| (feed, *slot));
    let report = derive(&options.account, &told.steps, &messages, from, (stored, slot))?;
    session.answer(&report, || text(&report))?;
    match report.divergences.is_empty() {
        true => Ok(()),
        false => bail!(
            "the feed {} is not what its history gives: see the differences; report them as a fault of the suite unless the program was replaced in between",
            options.account
        ),
    }
}

fn text(report: &Report) -> String {
    let proven = match report.first_unproven {
        None => format!("all {} messages", report.proven),
        Some(first) => format!(
            "{} messages; {} updates, the first of them {first}, rest on their events, since no posted message leads to their hash",
            report.proven, report.unproven
        ),
    };
    let rows = pairs(&[
        row("Derived from", report.start),
        row("Updates", report.updates),
        row("Bars closed", report.bars),
        row("Proven by hash", proven),
        row("Account", if report.same { "the same, byte by byte" } else { "DIFFERS" }),
        row("Hash of inputs", &report.inputs_hash),
    ]);
    format!("Feed {}\n{rows}{}", report.feed, differences(&report.divergences, "update"))
}
