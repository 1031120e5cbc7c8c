//! A book's replay.

use super::super::super::session::Session;
use super::{between, differences, reading, Replay};
use crate::chain::{Chain, RpcChain};
use crate::risk::replay::book::{derive, gather, BookReplay, FeedPart, NetworkPart, Saved};
use crate::table::{pairs, row, words};
use anyhow::{bail, Context, Result};

/// Replays the book.
pub(super) fn replay(session: &mut Session, options: &Replay, chain: &RpcChain) -> Result<()> {
    let key = &options.account;
    let snapshot = options.saved()?;
    let saved = match &snapshot {
        Some(accounts) => Some(Saved { accounts, slot: accounts.clock()?.slot }),
        None => None,
    };
    let gathered = reading(session, |watch| gather(chain, key, saved, watch));
    let gathered = gathered.with_context(|| format!("the book {key} cannot be derived"))?;
    let spinner = session.terminal().wait("repeating every input");
    let report = derive(key, &gathered);
    spinner.finish_and_clear();
    let report = report.with_context(|| format!("the book {key} cannot be derived"))?;
    session.answer(&report, || text(&report))?;
    if let Some((network, hole)) =
        report.networks.iter().find_map(|part| part.holes.first().map(|hole| (&part.network, hole)))
    {
        bail!(
            "the history of the network {network}, which the book {key} follows, lacks a transaction {}, or it told something else than it did: ask a node that keeps everything",
            between(hole)
        );
    }
    if let Some(feed) = report.feeds.iter().find(|feed| !feed.divergences.is_empty()) {
        bail!(
            "the feed {}, which the book {key} observes, is not what its history gives: see `gimbal risk replay {}`",
            feed.feed,
            feed.feed
        );
    }
    match report.holes.first() {
        Some(hole) => bail!(
            "the history of the book {key} lacks a transaction {}, or it told something else than it did: ask a node that keeps everything",
            between(hole)
        ),
        None if report.agrees() => Ok(()),
        None => bail!(
            "the book {key} is not what its history gives: see the differences; ask another node, then report them as a fault of the suite unless the program was replaced in between"
        ),
    }
}

fn text(report: &BookReplay) -> String {
    let kinds: Vec<String> = report.kinds.iter().map(|(name, count)| format!("{name} {count}")).collect();
    let mut rows = vec![
        row("Derived from", report.start),
        row("Inputs", format!("{}: {}", report.inputs, kinds.join(", "))),
        row("Price messages", messages(&report.feeds)),
        row("Account", if report.same { "the same, byte by byte" } else { "DIFFERS" }),
        row("Hash of inputs", &report.inputs_hash),
    ];
    rows.extend(report.holes.iter().map(|hole| row("Missing", between(hole))));
    let mut text = format!("Book {}\n{}", report.book, pairs(&rows));
    if !report.feeds.is_empty() || !report.networks.is_empty() {
        let mut read = words(&["read", "derived from", "inputs", "proven", "account"]);
        for feed in &report.feeds {
            let proven = format!("{} of {}", feed.proven, feed.proven + feed.unproven);
            read.add_row(["feed", feed.start, &feed.updates.to_string(), &proven, &feed.feed]);
        }
        for part in &report.networks {
            read.add_row(["network", part.start, &part.inputs.to_string(), &solutions(part), &part.network]);
        }
        text += &format!("\n{read}\n");
    }
    text += &differences(&report.divergences, "input");
    for feed in report.feeds.iter().filter(|feed| !feed.divergences.is_empty()) {
        text += &format!("\nFeed {}{}", feed.feed, differences(&feed.divergences, "update"));
    }
    for part in &report.networks {
        part.holes.iter().for_each(|hole| text += &format!("\nNetwork {}: missing {}\n", part.network, between(hole)));
        if !part.divergences.is_empty() {
            text += &format!("\nNetwork {}{}", part.network, differences(&part.divergences, "input"));
        }
    }
    text
}

/// How many of the feeds' messages lead to the stored hashes.
fn messages(feeds: &[FeedPart]) -> String {
    let proven: u64 = feeds.iter().map(|feed| feed.proven).sum();
    let unproven: u64 = feeds.iter().map(|feed| feed.unproven).sum();
    match (feeds.len(), unproven) {
        (0, _) => "none: it observes no feed".to_owned(),
        (_, 0) => format!("all {proven} proven"),
        _ => format!(
            "{proven} proven; {unproven} updates rest on their events, since no posted message leads to their hash"
        ),
    }
}

fn solutions(part: &NetworkPart) -> String {
    match part.solutions {
        1 => "1 solution".to_owned(),
        many => format!("{many} solutions"),
    }
}
