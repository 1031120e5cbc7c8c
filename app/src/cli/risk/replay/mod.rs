//! `gimbal risk replay`.

mod book;
mod feed;
mod network;

use super::super::arguments::address;
use super::super::session::Session;
use super::super::verify::SnapshotFile;
use crate::chain::{Chain, ChainError, RpcChain, RpcOptions, Snapshot};
use crate::readers;
use crate::risk::replay::{Divergence, Hole, Watch};
use crate::table::words;
use anchor_lang::prelude::Pubkey;
use anchor_lang::{Owner, ZeroCopy};
use anyhow::{bail, Context, Result};
use clap::Args;
use risk_oracle::state::{Book, Feed, Network};
use std::path::PathBuf;

/// Derive a feed, a contagion network or a vault's book anew from its history and compare it with what the chain has stored
///
/// Reads every transaction of the account, from its beginning or from saved accounts on, repeats every input with the
/// program's own code, and compares what the program told of each, and at the end the whole account.
///
/// Of a feed every update is repeated: price, bar, stable price, status, forecasts, weights, counters, hash. A price message
/// counts as proven where it leads to the stored hash. Of a network every input is: protocols, caps, posters, posts,
/// solutions. Of a book every instruction that ran on it is, also inside of the router's: limits, observations, assessments,
/// scenarios, damages taken over, roles. What it read of feeds and of its network is derived from their own histories, up to
/// that very instruction.
///
/// Solutions and a book's observations tell the hash of all inputs before them, so that a transaction that the node does not
/// have is noticed, and named by its neighbours. `gimbal risk show VAULT` names a vault's book.
///
/// Exit code: 0 everything agrees, 1 something differs or it could not be derived.
#[derive(Args, Debug)]
pub struct Replay {
    /// The address of a feed, a contagion network or a book
    #[arg(value_name = "ADDRESS", value_parser = address)]
    pub account: Pubkey,

    /// Begin at the account as it stands in these saved accounts, instead of at its beginning; a book with its feeds and its
    /// network
    #[arg(long, value_name = "FILE")]
    pub snapshot: Option<PathBuf>,
}

impl Replay {
    /// The account in the saved accounts, and the slot in which they were saved; none where none were given.
    fn start<T: ZeroCopy + Owner>(&self) -> Result<Option<(T, u64)>> {
        let Some(snapshot) = self.saved()? else { return Ok(None) };
        Ok(Some((readers::read(&snapshot, &self.account)?, snapshot.clock()?.slot)))
    }

    /// The saved accounts, which hold this one; none where none were given.
    fn saved(&self) -> Result<Option<Snapshot>> {
        let Some(file) = self.snapshot.as_deref() else { return Ok(None) };
        let snapshot = SnapshotFile::read(file)?;
        snapshot
            .require_account(&self.account)
            .with_context(|| format!("{} does not hold the account; leave --snapshot out", file.display()))?;
        Ok(Some(snapshot))
    }
}

/// Runs it.
///
/// # Errors
///
/// If the address is neither a feed nor a network nor a book, the history has holes, or what was derived differs.
pub fn replay(session: &mut Session, options: &Replay) -> Result<()> {
    let config = &session.config;
    let connection = RpcOptions { urls: config.urls.clone(), commitment: config.commitment, ..RpcOptions::default() };
    let chain = RpcChain::connect(&connection)?;
    let key = &options.account;
    let slot = chain.clock()?.slot;
    let Some(account) = chain.get_account(key)? else {
        bail!(
            "there is no account {key}; see `gimbal feed list`, and `gimbal risk show` for a vault's book and network"
        );
    };
    let begins = |discriminator: &[u8]| account.owner == risk_oracle::ID && account.data.starts_with(discriminator);
    if begins(discriminator::<Network>()) {
        return network::replay(session, options, &chain);
    }
    if begins(discriminator::<Book>()) {
        return book::replay(session, options, &chain);
    }
    match readers::parse::<Feed>(key, &account) {
        Err(ChainError::WrongAccount { reason, .. }) => bail!(
            "{key} is not a feed, a contagion network or a book: {reason}; see `gimbal feed list`, and `gimbal risk show` for a vault's book and network"
        ),
        stored => feed::replay(session, options, &chain, (&stored?, slot)),
    }
}

fn discriminator<T: ZeroCopy>() -> &'static [u8] {
    T::DISCRIMINATOR
}

/// Reads a history with a spinner that counts its transactions.
fn reading<T>(session: &mut Session, read: impl FnOnce(Watch) -> T) -> T {
    let spinner = session.terminal().wait("reading the history");
    let mut watch = |account: &Pubkey, count: u64| {
        spinner.set_message(format!("reading the history of {account}: {count} transactions"));
    };
    let result = read(&mut watch);
    spinner.finish_and_clear();
    result
}

/// Where a transaction is missing, in words.
fn between(hole: &Hole) -> String {
    let after = hole.after.as_deref().unwrap_or("the saved accounts");
    match &hole.before {
        Some(before) => format!("between {after} and {before}"),
        None => format!("after {after}"),
    }
}

/// The differences as a table; nothing where there are none.
fn differences(all: &[Divergence], number: &str) -> String {
    if all.is_empty() {
        return String::new();
    }
    let mut shown = words(&[number, "what", "derived", "stored", "transaction"]);
    for one in all {
        let transaction = one.transaction.clone().unwrap_or_else(|| "account".to_owned());
        shown.add_row([one.update.to_string(), one.what.clone(), one.derived.clone(), one.stored.clone(), transaction]);
    }
    format!("\nDifferences\n{shown}\n")
}
