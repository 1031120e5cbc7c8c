//! A feed, a contagion network or a book derived anew from its history, and where that differs from what the chain has
//! stored.
//!
//! FEEDS. The start is the feed's registration, or its account in saved accounts. From there on every update is repeated
//! by the program's own state machine: the price out of its signed message, bar, stable price, status, engine. After each
//! one the derived state is held against what the program told, at the end against the account, byte by byte.
//!
//! The events name what was taken; that it was a signed message is shown by the hash ([`messages`]). Where no message leads
//! to the stored hash (a node has forgotten the posting), the event's price is taken, and counted as unproven.
//!
//! | module | subject |
//! |---|---|
//! | [`history`] | what a feed told, and the messages that were posted for it |
//! | [`messages`] | price messages and the hash that chains them |
//! | [`derive`](mod@derive) | the derivation |
//! | [`compare`] | where two states differ |
//! | [`network`] | the same of a contagion network |
//! | [`book`] | the same of a book, with the feeds and networks that it read |

pub mod book;
pub mod compare;
pub mod derive;
pub mod history;
pub mod messages;
pub mod network;

pub use derive::derive;
pub use history::{gather, of_feed, Place, Step, Told, Watch};

use anchor_lang::prelude::Pubkey;
use serde::Serialize;
use solana_transaction::Signature;

use crate::chain::ChainError;

/// Differences that are kept: the first are what matters.
const MOST_DIFFERENCES: usize = 20;

/// Why a feed, a network or a book cannot be derived. Each message is one line and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The chain's.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The history begins too late.
    #[error(
        "the history of {0} does not reach back to its beginning: ask a node that keeps everything, or begin at saved accounts \
         with --snapshot"
    )]
    NoBeginning(Pubkey),
    /// Updates are missing between two that are known.
    #[error("the history of the feed {feed} lacks the update {missing}: ask a node that keeps everything")]
    Gap {
        /// The feed.
        feed: Pubkey,
        /// The first that is missing.
        missing: u64,
    },
    /// An account's history lacks a transaction that another one's has.
    #[error(
        "the history of {account} lacks the transaction {signature}, in which the book read it: ask a node that keeps \
         everything"
    )]
    Unlisted {
        /// The feed or the network.
        account: Pubkey,
        /// The transaction.
        signature: Signature,
    },
    /// A transaction that the node lists cannot be had.
    #[error("the node lists the transaction {0} and does not have it: ask a node that keeps everything")]
    Lost(Signature),
    /// The account changed each time while its history was read.
    #[error("{0} changes while its history is read: try again when less is posted")]
    Moving(Pubkey),
}

/// Where the derived state differs from a stored or told one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Divergence {
    /// The feed's update, or the network's or the book's input, counted from the first.
    pub update: u64,
    /// The transaction; none for the account itself.
    pub transaction: Option<String>,
    /// What differs.
    pub what: String,
    /// What was derived.
    pub derived: String,
    /// What the chain has.
    pub stored: String,
}

/// Adds a difference, unless there are enough.
fn note(
    all: &mut Vec<Divergence>,
    number: u64,
    transaction: Option<&Signature>,
    what: &str,
    derived: String,
    stored: String,
) {
    if all.len() < MOST_DIFFERENCES {
        let (transaction, what) = (transaction.map(Signature::to_string), what.to_owned());
        all.push(Divergence { update: number, transaction, what, derived, stored });
    }
}

/// Two transactions between which one or more are missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hole {
    /// The last up to which all inputs are there; none for the saved accounts.
    pub after: Option<String>,
    /// The first whose hash has inputs that are not there; none for the account itself.
    pub before: Option<String>,
}

/// What came of a feed's replay.
#[derive(Clone, Debug, Serialize)]
pub struct Replay {
    /// The feed.
    pub feed: String,
    /// `registration` or `snapshot`.
    pub start: &'static str,
    /// Updates that were repeated.
    pub updates: u64,
    /// Bars that they closed.
    pub bars: u64,
    /// Price messages whose hash was derived.
    pub proven: u64,
    /// Updates whose message was not found, so that their hash was taken as stored.
    pub unproven: u64,
    /// The first of those.
    pub first_unproven: Option<u64>,
    /// Whether the derived account is the stored one.
    pub same: bool,
    /// Where they differ, and where events did; the first few.
    pub divergences: Vec<Divergence>,
    /// The derived hash of all inputs, hexadecimal.
    pub inputs_hash: String,
}
