//! `gimbal risk replay`.

mod feed;
mod network;

use super::super::arguments::address;
use super::super::session::Session;
use super::super::table::words;
use super::super::verify::SnapshotFile;
use crate::chain::{Chain, ChainError, RpcChain, RpcOptions};
use crate::readers;
use crate::risk::replay::Divergence;
use anchor_lang::prelude::Pubkey;
use anchor_lang::{Owner, ZeroCopy};
use anyhow::{bail, Context, Result};
use clap::Args;
use risk_oracle::state::{Book, Feed, Network};
use std::path::PathBuf;

/// Derive a feed or a contagion network anew from its history and compare it with what the chain has stored
///
/// Reads every transaction of the account, from its beginning or from saved accounts on, repeats every input with the
/// program's own code, and compares what the program told of each, and at the end the whole account.
///
/// Of a feed every update is repeated: price, bar, stable price, status, forecasts, weights, counters, hash. A price message
/// counts as proven where it leads to the stored hash. Of a network every input is: protocols, caps, posters, posts,
/// solutions. Each solution tells the hash of all inputs before it, so that a transaction that the node does not have is
/// noticed. Books are not replayed yet; the feeds and the network that one rests on are.
///
/// Exit code: 0 everything agrees, 1 something differs or it could not be derived.
#[derive(Args, Debug)]
pub struct Replay {
    /// The address of a feed or a contagion network
    #[arg(value_name = "ADDRESS", value_parser = address)]
    pub account: Pubkey,

    /// Begin at the account as it stands in these saved accounts, instead of at its beginning
    #[arg(long, value_name = "FILE")]
    pub snapshot: Option<PathBuf>,
}

impl Replay {
    /// The account in the saved accounts, and the slot in which they were saved; none where none were given.
    fn start<T: ZeroCopy + Owner>(&self) -> Result<Option<(T, u64)>> {
        let Some(file) = self.snapshot.as_deref() else { return Ok(None) };
        let snapshot = SnapshotFile::read(file)?;
        let account = readers::read(&snapshot, &self.account)
            .with_context(|| format!("{} does not hold the account; leave --snapshot out", file.display()))?;
        Ok(Some((account, snapshot.clock()?.slot)))
    }
}

/// Runs it.
///
/// # Errors
///
/// If the address is neither a feed nor a network, the history has holes, or what was derived differs.
pub fn replay(session: &mut Session, options: &Replay) -> Result<()> {
    let config = &session.config;
    let connection = RpcOptions { urls: config.urls.clone(), commitment: config.commitment, ..RpcOptions::default() };
    let chain = RpcChain::connect(&connection)?;
    let key = &options.account;
    let slot = chain.clock()?.slot;
    let Some(account) = chain.get_account(key)? else {
        bail!("there is no account {key}; see `gimbal feed list`, and `gimbal risk show` for a vault's network");
    };
    let begins = |discriminator: &[u8]| account.owner == risk_oracle::ID && account.data.starts_with(discriminator);
    if begins(discriminator::<Network>()) {
        return network::replay(session, options, &chain);
    }
    if begins(discriminator::<Book>()) {
        bail!("{}", rests_on(&readers::parse(key, &account)?));
    }
    match readers::parse::<Feed>(key, &account) {
        Err(ChainError::WrongAccount { reason, .. }) => bail!(
            "{key} is not a feed or a contagion network: {reason}; see `gimbal feed list`, and `gimbal risk show` for a vault's network"
        ),
        stored => feed::replay(session, options, &chain, (&stored?, slot)),
    }
}

fn discriminator<T: ZeroCopy>() -> &'static [u8] {
    T::DISCRIMINATOR
}

/// What can be replayed instead of a book.
fn rests_on(book: &Book) -> String {
    let known = |key: &&Pubkey| **key != Pubkey::default();
    let feeds: Vec<String> = book.assets.iter().map(|asset| &asset.feed).filter(known).map(Pubkey::to_string).collect();
    let feeds = match feeds.is_empty() {
        true => "it has no feeds".to_owned(),
        false => format!("feeds {}", feeds.join(", ")),
    };
    let network = match book.follows_network() {
        true => format!("network {}", book.network),
        false => "it follows no network".to_owned(),
    };
    format!(
        "books are not replayed yet, the feeds and the network of one are: replay those instead ({feeds}; {network})"
    )
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

#[cfg(test)]
mod tests {
    use super::*;
    use bytemuck::Zeroable;

    #[test]
    fn a_book_names_what_it_rests_on() {
        let mut book = Book::zeroed();
        assert!(rests_on(&book).contains("(it has no feeds; it follows no network)"));
        let [first, second, network] = [3, 4, 5].map(|byte| Pubkey::new_from_array([byte; 32]));
        (book.assets[0].feed, book.assets[7].feed, book.network) = (first, second, network);
        let said = rests_on(&book);
        assert!(said.starts_with("books are not replayed yet") && said.lines().count() == 1, "{said}");
        assert!(said.ends_with(&format!("(feeds {first}, {second}; network {network})")), "{said}");
    }
}
