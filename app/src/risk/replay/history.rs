//! What a feed told in all of its transactions, and the price messages that were posted for it.

use anchor_lang::prelude::Pubkey;
use risk_oracle::state::Feed;
use solana_transaction::Signature;

use super::messages::Messages;
use super::ReplayError;
use crate::chain::{Chain, Executed, History};
use crate::decode::events::{decode_all, Event, OracleEvent};

/// Signatures that are asked for at a time.
const PAGE: usize = 1_000;

/// One thing that a feed told, and the transaction that it was told in.
#[derive(Debug)]
pub struct Step {
    /// The transaction.
    pub signature: Signature,
    /// Its slot.
    pub slot: u64,
    /// What was told.
    pub event: OracleEvent,
}

/// What the feed at `key` told, oldest first, and the price messages that were posted for it.
///
/// # Errors
///
/// [`ReplayError::Lost`]; the chain's.
pub fn gather(chain: &(impl Chain + History), key: &Pubkey, feed: &Feed) -> Result<(Vec<Step>, Messages), ReplayError> {
    let mut steps = Vec::new();
    each(chain, key, |executed| steps.extend(of_feed(key, &executed)))?;
    let mut messages = Messages::default();
    let second = feed.has_second_source().then_some(feed.second_feed_id);
    for id in std::iter::once(feed.feed_id).chain(second) {
        each(chain, &crate::setup::feeds::price_account(&id), |executed| messages.add(&executed.receipt.inner))?;
    }
    Ok((steps, messages))
}

/// Every transaction of an address that succeeded, oldest first.
pub(super) fn each(
    chain: &(impl Chain + History),
    address: &Pubkey,
    mut take: impl FnMut(Executed),
) -> Result<(), ReplayError> {
    let mut last = None;
    loop {
        let page = chain.signatures(address, last, PAGE)?;
        let Some(newest) = page.last() else { return Ok(()) };
        last = Some(newest.signature);
        for past in page.iter().filter(|past| !past.failed) {
            take(chain.transaction(&past.signature)?.ok_or(ReplayError::Lost(past.signature))?);
        }
    }
}

/// What a transaction's events say of a feed.
pub fn of_feed(key: &Pubkey, executed: &Executed) -> Vec<Step> {
    let receipt = &executed.receipt;
    let ours = |event: &OracleEvent| match event {
        OracleEvent::FeedRegistered(event) => event.feed == *key,
        OracleEvent::FeedParamsSet(event) => event.feed == *key,
        OracleEvent::ModelSet(event) => event.feed == *key,
        OracleEvent::FeedUpdated(event) => event.feed == *key,
        OracleEvent::BarClosed(event) => event.feed == *key,
        OracleEvent::VarianceForecast(event) => event.feed == *key,
        _ => false,
    };
    let told = decode_all(&receipt.inner).into_iter().filter_map(|event| match event {
        Event::Oracle(event) if ours(&event) => Some(event),
        _ => None,
    });
    told.map(|event| Step { signature: receipt.signature, slot: receipt.slot, event }).collect()
}
