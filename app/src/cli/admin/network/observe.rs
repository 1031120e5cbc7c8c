//! What posters post, and what anybody has computed.

use super::super::super::operation::Operation;
use super::super::super::session::Session;
use super::super::super::submit;
use super::super::effects;
use super::super::target::{Part, Target};
use super::settings::named;
use super::{read, PostEdge, PostLoss, Solve, Sync};
use crate::decode::events::{Event, OracleEvent};
use crate::instructions::network;
use crate::readers;
use crate::table::row;
use crate::views::units::percent;
use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Result};
use risk_oracle::policy::contagion::{edge_in_force, least_edge, loss_now};
use risk_oracle::state::{Book, NO_LINE, NO_LINE_PROTOCOL};
use risk_oracle::{PostEdgeArgs, PostLossArgs};

pub(super) fn post_edge(session: &mut Session, options: &PostEdge) -> Result<()> {
    let state = read(session, &options.network)?;
    let now = session.chain()?.clock()?.unix_timestamp;
    let (protocol, counterparty, bps) = (options.protocol, options.counterparty, options.bps);
    let edge = state.edge(protocol, counterparty).map_err(|error| anyhow::anyhow!("{error}"))?;
    let poster = session.owner_key()?;
    let args = PostEdgeArgs { protocol, counterparty, bps, observed_at: options.observed_at.unwrap_or(now) };
    let instruction = network::post_edge(&poster, &options.network, args);
    let [loser, fails] = [protocol, counterparty].map(|row| named(&state, row));
    let title = format!("Post what {loser} loses when {fails} fails");
    let mut operation = Operation::new(title, poster, vec![instruction]).reads(effects::read);
    let counts = edge_in_force(edge, &state.params, now);
    operation.review.push(row("Counts now", format!("{}, cap {}", percent(counts), percent(edge.cap_bps))));
    operation.review.push(row("Posted", percent(bps)));
    let least = least_edge(edge, &state.params, now);
    operation.review.push(row("Least that is taken now", percent(least)));
    submit::submit(session, &options.transaction, operation).map(drop)
}

pub(super) fn post_loss(session: &mut Session, options: &PostLoss) -> Result<()> {
    let state = read(session, &options.network)?;
    let now = session.chain()?.clock()?.unix_timestamp;
    let known = state.protocol(options.protocol).map_err(|error| anyhow::anyhow!("{error}"))?;
    let poster = session.owner_key()?;
    let args =
        PostLossArgs { protocol: options.protocol, bps: options.bps, observed_at: options.observed_at.unwrap_or(now) };
    let instruction = network::post_loss(&poster, &options.network, args);
    let title = format!("Post a loss of {}", named(&state, options.protocol));
    let mut operation = Operation::new(title, poster, vec![instruction]).reads(effects::read);
    operation.review.push(row("Stands now", percent(loss_now(known, &state.params, now))));
    operation.review.push(row("Posted", percent(options.bps)));
    submit::submit(session, &options.transaction, operation).map(drop)
}

pub(super) fn solve(session: &mut Session, options: &Solve) -> Result<()> {
    let authority = session.owner_key()?;
    let key = &options.network;
    if !options.first && !options.transaction.sign_only && !read(session, key)?.is_live() {
        bail!("the network {key} is still being set up: its owner ends that by adding --first");
    }
    let instruction = network::solve_contagion(&options.network, options.first.then_some(&authority));
    let operation = Operation::new("Compute the network's damages", authority, vec![instruction])
        .shows("Network", options.network.to_string())
        .reads(effects::read);
    submit::submit(session, &options.transaction, operation).map(drop)
}

/// Solves in front where the solution is not of all inputs.
pub(super) fn sync(session: &mut Session, options: &Sync) -> Result<()> {
    let authority = session.owner_key()?;
    let target = Target::of_vault(&options.vault, Part::Book);
    let book: Book = readers::read(session.chain()?, &target.key)?;
    if book.network == Pubkey::default() {
        bail!("the vault's book follows no network: its owner names one with `gimbal admin network follow`");
    }
    let state = read(session, &book.network)?;
    let now = session.chain()?.clock()?.unix_timestamp;
    let mut instructions = Vec::new();
    if !state.is_current(now) {
        instructions.push(network::solve_contagion(&book.network, None));
    }
    instructions.push(network::sync_contagion(&target.key, &book.network));
    let reached = book.lines.iter().zip(&book.models).enumerate();
    let reached = reached.filter(|(_, (line, model))| line.line_id != NO_LINE && model.protocol != NO_LINE_PROTOCOL);
    let reached: Vec<(usize, u16, u16)> =
        reached.map(|(place, (line, model))| (place, line.line_id, model.contagion_bps)).collect();
    let of_book = target.key;
    let before: Vec<_> =
        reached.iter().map(|(_, line, bps)| row(format!("Line {line} keeps"), percent(*bps))).collect();
    let mut operation = Operation::new("Take the network's damages over", authority, instructions)
        .of_vault(&options.vault)
        .shows("Network", book.network.to_string())
        .reads(move |receipt| {
            let told = receipt.events();
            let scales = told.iter().find_map(|event| match event {
                Event::Oracle(OracleEvent::ContagionSynced(it)) if it.book == of_book => Some(&it.scales_bps),
                _ => None,
            });
            let kept = |(place, line, _): &(usize, u16, u16)| {
                Some(row(format!("Line {line} keeps"), percent(*scales?.get(*place)?)))
            };
            reached.iter().filter_map(kept).collect()
        });
    operation.review.extend(before);
    submit::submit(session, &options.transaction, operation).map(drop)
}
