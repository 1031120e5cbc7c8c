//! What a chain remembers of transactions.

use anchor_lang::prelude::Pubkey;
use solana_transaction::Signature;

use super::{ChainError, Receipt};

/// A transaction in the list of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// Its name.
    pub signature: Signature,
    /// The slot it landed in.
    pub slot: u64,
    /// When, in Unix seconds, where the node knows.
    pub time: Option<i64>,
    /// Whether it was refused, and changed nothing but the fee payer's balance.
    pub failed: bool,
}

/// A transaction that landed, whether it succeeded or not.
#[derive(Clone, Debug)]
pub struct Executed {
    /// What it did. Of a failed one: the log, units and fee; calls and events in it were undone.
    pub receipt: Receipt,
    /// When it landed, in Unix seconds.
    pub time: i64,
    /// The name of the error, if it failed, as [`Refused::name`](super::Refused::name) gives it.
    pub failed: Option<String>,
    /// Who paid the fee.
    pub fee_payer: Pubkey,
    /// Lamports that the fee payer has more afterwards than before: the fee, rent and transfers, mostly negative.
    pub payer_change: i64,
    /// The token accounts that it could write; none where the chain cannot tell.
    pub tokens: Option<Vec<TokenChange>>,
}

/// One token account around a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenChange {
    /// The account.
    pub account: Pubkey,
    /// The mint of its tokens.
    pub mint: Pubkey,
    /// The wallet that owns it.
    pub owner: Pubkey,
    /// Base units before; zero where it did not exist.
    pub before: u64,
    /// Base units after; zero where it was closed.
    pub after: u64,
}

/// A chain that can be asked about the past.
pub trait History {
    /// The transactions that named `address`, after `until` (not itself included; from the beginning where none), the
    /// oldest first: at most `most`, the oldest of those, so that a caller who goes on with the last as `until` misses
    /// none. All of them are walked through, since nodes list from the newest on.
    ///
    /// # Errors
    ///
    /// The node's.
    fn signatures(&self, address: &Pubkey, until: Option<Signature>, most: usize) -> Result<Vec<Past>, ChainError>;

    /// The transaction of this name; none where the chain has not taken it (yet), or no longer remembers it.
    ///
    /// # Errors
    ///
    /// The node's, and [`ChainError::Backend`] where its answer cannot be read.
    fn transaction(&self, signature: &Signature) -> Result<Option<Executed>, ChainError>;
}
