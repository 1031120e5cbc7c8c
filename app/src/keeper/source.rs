//! Where a keeper's prices come from.
//!
//! A feed takes a price from an account that a Pyth receiver owns. Somebody must have written that account: sponsored
//! push feeds are written by others, and [`Posted`](posted::Posted) only reads them; other sources bring the signed
//! message along and write an account of their own first.

mod hermes;
mod posted;

use anchor_lang::prelude::{AccountInfo, Pubkey};
use risk_oracle::policy::price;
use risk_oracle::state::{Feed, Sample};
use solana_account::Account;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use thiserror::Error;

pub use hermes::HermesSource;
pub use posted::Posted;

use super::config::{SourceConfig, SourceKind};
use crate::chain::{Chain, ChainError};

/// Why a source brings no price.
#[derive(Debug, Error)]
pub enum SourceError {
    /// The chain did not answer.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The service did not answer, or not with prices.
    #[error("the price service {url} {reason}: check the address and its status, or set source.kind to \"posted\"")]
    Service {
        /// Where it is.
        url: String,
        /// What it did, such as "answered 503".
        reason: String,
    },
}

/// A price that a source can bring, as the account that would hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The receiver program that owns, or would own, the account.
    pub receiver: Pubkey,
    /// The account's bytes: a `PriceUpdateV2`.
    pub data: Vec<u8>,
}

impl Offer {
    /// The contents of a posted account.
    pub fn of(account: &Account) -> Self {
        Self { receiver: account.owner, data: account.data.clone() }
    }

    /// What the oracle would take from it for `feed` at `now` (Unix seconds), by the oracle's own checks; none where
    /// that price is stored already. `second`: as its second source.
    ///
    /// # Errors
    ///
    /// The oracle's error by name and sentence: why `update_feed` would refuse it.
    pub fn sample(&self, feed: &Feed, second: bool, now: i64) -> Result<Option<Sample>, String> {
        let (key, mut lamports, mut data) = (Pubkey::default(), 0, self.data.clone());
        let account = AccountInfo::new(&key, false, false, &mut lamports, &mut data, &self.receiver, false);
        let (id, stored) = match second {
            true => (&feed.second_feed_id, feed.second_publish_time),
            false => (&feed.feed_id, feed.publish_time),
        };
        price::read(&account)
            .and_then(|update| price::check(&update, id, &feed.params(), stored, now))
            .map_err(|error| super::sentence(&error))
    }
}

/// What brings one price to the chain, where it is not there already.
#[derive(Debug, Default)]
pub struct Delivery {
    /// Transactions to land first, in order, each with whoever signs beside the keeper; none for a price that is posted.
    pub before: Vec<(Vec<Instruction>, Vec<Keypair>)>,
    /// The account that `update_feed` names.
    pub account: Pubkey,
    /// What gives rent back once the feed has taken the price; runs in the transaction of the update.
    pub after: Vec<Instruction>,
    /// Lamports that `before` costs and `after` does not return, network fees included.
    pub cost: u64,
}

/// A source of prices.
pub trait PriceSource: Send {
    /// The name in the configuration.
    fn name(&self) -> &'static str;

    /// The account that holds what is on offer for a Pyth id, to be read with everything else; none where the offer
    /// comes from elsewhere.
    fn account(&self, price_id: &[u8; 32]) -> Option<Pubkey>;

    /// What is on offer now for each of `price_ids`. `posted`: the contents of [`Self::account`] of each, in the same
    /// order, none where it does not exist.
    ///
    /// # Errors
    ///
    /// [`SourceError`] where nothing can be said of any of them.
    fn offers(&mut self, price_ids: &[[u8; 32]], posted: &[Option<Account>])
        -> Result<Vec<Option<Offer>>, SourceError>;

    /// How the price last offered for `price_id` gets to the chain.
    ///
    /// # Errors
    ///
    /// [`SourceError`] where it cannot any more.
    fn delivery(&mut self, chain: &dyn Chain, payer: &Pubkey, price_id: &[u8; 32]) -> Result<Delivery, SourceError>;
}

/// The source that a configuration names.
///
/// # Errors
///
/// [`SourceError::Service`] for an address that is none.
pub fn open(config: &SourceConfig) -> Result<Box<dyn PriceSource>, SourceError> {
    match config.kind {
        SourceKind::Posted => Ok(Box::new(Posted::new(config.shard))),
        SourceKind::Hermes => Ok(Box::new(HermesSource::new(config.url.as_deref().unwrap_or_default())?)),
    }
}
