//! A book derived anew from its history.
//!
//! The start is the book's creation, or its account in saved accounts. The inputs are the instructions that ran on it, from
//! transactions and from calls of the router, in the order in which they ran: an assessment has no event, and the data is
//! what ran. Each is taken by the program's own functions, which chain it into the hash as well. The feeds that an observation
//! read, and the network whose damages were taken over, are derived alongside from histories of their own, up to that
//! instruction and no further.
//!
//! Observations, runs of scenarios and damages taken over each tell the hash of all inputs so far: where it differs, a
//! transaction is missing since the last that agreed, or a feed was another than its history says. At the end the account is
//! compared byte by byte, roles and the queue's number included.
//!
//! | module | subject |
//! |---|---|
//! | [`calls`] | the instructions that ran on a book |
//! | [`sources`] | feeds and networks, derived alongside |
//! | [`inputs`] | each input as the program takes it |
//! | [`derive`](mod@derive) | the derivation |
//! | [`compare`] | where two states differ |

pub mod calls;
pub mod compare;
pub mod derive;
pub mod inputs;
pub mod sources;

pub use calls::{of_book, Call, Input};
pub use derive::derive;

use std::collections::{BTreeMap, HashSet};

use anchor_lang::prelude::Pubkey;
use risk_oracle::state::{Book, Feed, Network};
use serde::Serialize;
use solana_transaction::Signature;

use super::history::{each, settled, told, Watch};
use super::messages::Messages;
use super::network::{of_network, NetworkReplay};
use super::{Divergence, Hole, Replay, ReplayError, Told};
use crate::chain::{Chain, History};
use crate::readers;

/// What came of a book's replay.
#[derive(Clone, Debug, Serialize)]
pub struct BookReplay {
    /// The book.
    pub book: String,
    /// `creation` or `snapshot`.
    pub start: &'static str,
    /// Inputs that were repeated, the creation among them.
    pub inputs: u64,
    /// How many of each instruction.
    pub kinds: BTreeMap<&'static str, u64>,
    /// The feeds that observations read.
    pub feeds: Vec<FeedPart>,
    /// The networks that the book followed.
    pub networks: Vec<NetworkPart>,
    /// Whether the derived account is the stored one.
    pub same: bool,
    /// Where transactions are missing.
    pub holes: Vec<Hole>,
    /// Where states differ; the first few.
    pub divergences: Vec<Divergence>,
    /// The derived hash of all inputs, hexadecimal.
    pub inputs_hash: String,
}

impl BookReplay {
    /// Whether nothing is missing and nothing differs, in the book and in what it read.
    pub fn agrees(&self) -> bool {
        let feeds = self.feeds.iter().all(|feed| feed.divergences.is_empty());
        let networks = self.networks.iter().all(|part| part.holes.is_empty() && part.divergences.is_empty());
        self.same && self.holes.is_empty() && self.divergences.is_empty() && feeds && networks
    }
}

/// A feed up to where the book read it last.
#[derive(Clone, Debug, Serialize)]
pub struct FeedPart {
    /// The feed.
    pub feed: String,
    /// `registration` or `snapshot`.
    pub start: &'static str,
    /// Updates that were repeated.
    pub updates: u64,
    /// Price messages whose hash was derived.
    pub proven: u64,
    /// Updates whose message was not found, so that their hash was taken as told.
    pub unproven: u64,
    /// The first of those.
    pub first_unproven: Option<u64>,
    /// Where updates differ; the first few.
    pub divergences: Vec<Divergence>,
}

impl FeedPart {
    fn of(report: Replay) -> Self {
        let Replay { feed, start, updates, proven, unproven, first_unproven, divergences, .. } = report;
        Self { feed, start, updates, proven, unproven, first_unproven, divergences }
    }
}

/// A network up to where the book read it last.
#[derive(Clone, Debug, Serialize)]
pub struct NetworkPart {
    /// The network.
    pub network: String,
    /// `creation` or `snapshot`.
    pub start: &'static str,
    /// Inputs that were taken.
    pub inputs: u64,
    /// Solutions that were repeated.
    pub solutions: u64,
    /// Where transactions are missing.
    pub holes: Vec<Hole>,
    /// Where states differ; the first few.
    pub divergences: Vec<Divergence>,
}

impl NetworkPart {
    fn of(report: NetworkReplay) -> Self {
        let NetworkReplay { network, start, inputs, solutions, holes, divergences, .. } = report;
        Self { network, start, inputs, solutions, holes, divergences }
    }
}

/// A book's history, and those of what it read.
pub struct Gathered {
    /// The account.
    pub stored: Book,
    /// An earlier state to begin at, and the slot in which it was saved; none to begin at the creation.
    pub start: Option<(Book, u64)>,
    /// What ran on it, oldest first.
    pub inputs: Vec<Input>,
    /// The feeds that observations named.
    pub feeds: BTreeMap<Pubkey, FeedHistory>,
    /// The networks that the book was told to follow.
    pub networks: BTreeMap<Pubkey, NetworkHistory>,
}

/// A feed's history.
#[derive(Default)]
pub struct FeedHistory {
    /// An earlier state to begin at, and its slot; none to begin at the registration.
    pub start: Option<(Feed, u64)>,
    /// What it told.
    pub told: Told,
    /// The price messages that were posted for it.
    pub messages: Messages,
}

/// A network's history.
#[derive(Default)]
pub struct NetworkHistory {
    /// An earlier state to begin at, and its slot; none to begin at the creation.
    pub start: Option<(Network, u64)>,
    /// What it told.
    pub told: Told,
}

/// Saved accounts to begin at, and their slot.
pub struct Saved<'a> {
    /// The accounts. What is not among them begins at its own beginning.
    pub accounts: &'a dyn Chain,
    /// The slot.
    pub slot: u64,
}

/// Everything that ran on the book at `key` up to its present state, and on what it read.
///
/// # Errors
///
/// [`ReplayError::Moving`], [`ReplayError::Lost`]; the chain's, and those of the saved accounts.
pub fn gather(
    chain: &(impl Chain + History),
    key: &Pubkey,
    saved: Option<Saved>,
    watch: Watch,
) -> Result<Gathered, ReplayError> {
    let start = match &saved {
        Some(saved) => Some((readers::read::<Book>(saved.accounts, key)?, saved.slot)),
        None => None,
    };
    let since = saved.as_ref().map_or(0, |saved| saved.slot);
    let (mut last, mut inputs) = (None, Vec::new());
    let read =
        |watch: Watch| each(chain, key, &mut last, since, watch, |executed| inputs.extend(of_book(key, &executed)));
    let stored = settled(chain, key, read, watch)?;
    let [feeds, networks] = [feeds_of, networks_of].map(|of: fn(&Input) -> Vec<Pubkey>| {
        let mut wanted: BTreeMap<Pubkey, HashSet<Signature>> = BTreeMap::new();
        for input in &inputs {
            of(input).into_iter().for_each(|key| {
                wanted.entry(key).or_default().insert(input.signature);
            });
        }
        wanted
    });
    let mut gathered = Gathered { stored, start, inputs, feeds: BTreeMap::new(), networks: BTreeMap::new() };
    for (feed, wanted) in feeds {
        let start = begin::<Feed>(saved.as_ref(), &feed)?;
        let since = start.as_ref().map_or(0, |(_, slot)| *slot);
        let account = readers::read(chain, &feed)?;
        let (told, messages) = super::gather(chain, &feed, &account, since, &wanted, watch)?;
        gathered.feeds.insert(feed, FeedHistory { start, told, messages });
    }
    for (network, wanted) in networks {
        let start = begin::<Network>(saved.as_ref(), &network)?;
        let since = start.as_ref().map_or(0, |(_, slot)| *slot);
        let told = told(chain, &network, since, &wanted, of_network, watch)?;
        gathered.networks.insert(network, NetworkHistory { start, told });
    }
    Ok(gathered)
}

/// An account in saved accounts.
fn begin<T: anchor_lang::ZeroCopy + anchor_lang::Owner>(
    saved: Option<&Saved>,
    key: &Pubkey,
) -> Result<Option<(T, u64)>, ReplayError> {
    let Some(saved) = saved else { return Ok(None) };
    Ok(readers::read_if_exists(saved.accounts, key)?.map(|account| (account, saved.slot)))
}

/// The feeds that an observation named.
fn observed(input: &Input) -> &[Pubkey] {
    // Behind the book and the two accounts that emit the event.
    input.accounts.get(3..).unwrap_or_default()
}

fn feeds_of(input: &Input) -> Vec<Pubkey> {
    match &input.call {
        Call::Observe(_) => observed(input).to_vec(),
        _ => Vec::new(),
    }
}

fn networks_of(input: &Input) -> Vec<Pubkey> {
    match &input.call {
        Call::SetNetwork(call) if call.network != Pubkey::default() => vec![call.network],
        Call::SyncContagion(_) => vec![input.account(1)],
        _ => Vec::new(),
    }
}
