//! What an account told in all of its transactions, and the price messages that were posted for a feed.

use std::collections::{HashMap, HashSet};

use anchor_lang::prelude::Pubkey;
use anchor_lang::{Owner, ZeroCopy};
use risk_oracle::state::Feed;
use solana_transaction::Signature;

use super::messages::Messages;
use super::ReplayError;
use crate::chain::{Chain, Executed, History, InnerCall};
use crate::decode::events::{decode, Event, OracleEvent};
use crate::readers;

/// Signatures that are asked for at a time.
const PAGE: usize = 1_000;
/// So often what is new of a history is read because the account moved meanwhile.
const TRIES: usize = 10;

/// Hears of progress: the account whose history is read, and how many of its transactions were read.
pub type Watch<'a> = &'a mut dyn FnMut(&Pubkey, u64);

/// Where in its transaction something ran. What ran earlier is smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The transaction's own instruction.
    pub outer: usize,
    /// The call among all that programs made in the transaction, from 1; 0 for the transaction's own instruction itself.
    pub inner: usize,
}

/// One thing that an account told, and the transaction that it was told in.
#[derive(Debug)]
pub struct Step {
    /// The transaction.
    pub signature: Signature,
    /// Its slot.
    pub slot: u64,
    /// Where in the transaction.
    pub place: Place,
    /// What was told.
    pub event: OracleEvent,
}

/// What an account told, oldest first.
#[derive(Debug, Default)]
pub struct Told {
    /// All of it.
    pub steps: Vec<Step>,
    /// How many of these were told before each of the transactions that were asked for.
    pub before: HashMap<Signature, usize>,
}

/// What the feed at `key` told, and the price messages that were posted for it. Transactions of slots before `since` are left
/// out; `wanted` are those whose place among the others matters.
///
/// # Errors
///
/// [`ReplayError::Lost`]; the chain's.
pub fn gather(
    chain: &(impl Chain + History),
    key: &Pubkey,
    feed: &Feed,
    since: u64,
    wanted: &HashSet<Signature>,
    watch: Watch,
) -> Result<(Told, Messages), ReplayError> {
    let told = told(chain, key, since, wanted, of_feed, watch)?;
    let mut messages = Messages::default();
    let second = feed.has_second_source().then_some(feed.second_feed_id);
    for id in std::iter::once(feed.feed_id).chain(second) {
        // From the beginning: a price may be posted long before it is brought to the feed.
        let account = crate::setup::feeds::price_account(&id);
        each(chain, &account, &mut None, 0, watch, |executed| messages.add(&executed.receipt.inner))?;
    }
    Ok((told, messages))
}

/// What an account told in transactions of slots from `since` on, as `of` reads it.
pub(super) fn told(
    chain: &(impl Chain + History),
    key: &Pubkey,
    since: u64,
    wanted: &HashSet<Signature>,
    of: impl Fn(&Pubkey, &Executed) -> Vec<Step>,
    watch: Watch,
) -> Result<Told, ReplayError> {
    let mut told = Told::default();
    each(chain, key, &mut None, since, watch, |executed| {
        if wanted.contains(&executed.receipt.signature) {
            told.before.insert(executed.receipt.signature, told.steps.len());
        }
        told.steps.extend(of(key, &executed));
    })?;
    Ok(told)
}

/// The account at `key`, after `read` has read its history up to this state. `read` goes on where it stopped when it is called
/// again, as long as the account moves meanwhile.
pub(super) fn settled<T: ZeroCopy + Owner>(
    chain: &impl Chain,
    key: &Pubkey,
    mut read: impl FnMut(Watch) -> Result<(), ReplayError>,
    watch: Watch,
) -> Result<T, ReplayError> {
    let mut before: T = readers::read(chain, key)?;
    for _ in 0..TRIES {
        read(watch)?;
        // Nothing was taken meanwhile when the account is as it was.
        let after: T = readers::read(chain, key)?;
        if bytemuck::bytes_of(&after) == bytemuck::bytes_of(&before) {
            return Ok(after);
        }
        before = after;
    }
    Err(ReplayError::Moving(*key))
}

/// Every transaction of an address that succeeded, in slots from `since` on, oldest first. It begins after `last`, and `last`
/// becomes the newest.
pub(super) fn each(
    chain: &(impl Chain + History),
    address: &Pubkey,
    last: &mut Option<Signature>,
    since: u64,
    watch: Watch,
    mut take: impl FnMut(Executed),
) -> Result<(), ReplayError> {
    let mut read = 0;
    loop {
        let page = chain.signatures(address, *last, PAGE)?;
        let Some(newest) = page.last() else { return Ok(()) };
        *last = Some(newest.signature);
        for past in page.iter().filter(|past| !past.failed && past.slot >= since) {
            take(chain.transaction(&past.signature)?.ok_or(ReplayError::Lost(past.signature))?);
            read += 1;
            watch(address, read);
        }
    }
}

/// The events of the risk oracle in a transaction, each with its place.
pub(super) fn oracle_events(calls: &[InnerCall]) -> impl Iterator<Item = (Place, OracleEvent)> + '_ {
    calls.iter().zip(1..).filter_map(|(call, inner)| match decode(&call.program, &call.data) {
        Some(Event::Oracle(event)) => Some((Place { outer: call.outer_index, inner }, event)),
        _ => None,
    })
}

/// What of a transaction's events `ours` picks.
pub(super) fn steps(executed: &Executed, ours: impl Fn(&OracleEvent) -> bool) -> Vec<Step> {
    let receipt = &executed.receipt;
    let told = oracle_events(&receipt.inner).filter(|(_, event)| ours(event));
    told.map(|(place, event)| Step { signature: receipt.signature, slot: receipt.slot, place, event }).collect()
}

/// What a transaction's events say of a feed.
pub fn of_feed(key: &Pubkey, executed: &Executed) -> Vec<Step> {
    steps(executed, |event| match event {
        OracleEvent::FeedRegistered(event) => event.feed == *key,
        OracleEvent::FeedParamsSet(event) => event.feed == *key,
        OracleEvent::ModelSet(event) => event.feed == *key,
        OracleEvent::FeedUpdated(event) => event.feed == *key,
        OracleEvent::BarClosed(event) => event.feed == *key,
        OracleEvent::VarianceForecast(event) => event.feed == *key,
        _ => false,
    })
}
