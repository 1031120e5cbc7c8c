//! What the keeper's loop asks of a chain beyond what every client does: to hand over signed bytes without waiting, and
//! to learn later, perhaps in another process, what became of them.

use anchor_lang::prelude::Pubkey;
use solana_message::Hash;
use solana_transaction::Signature;

use super::journal::Recorded;
use crate::chain::{rpc::Status, Chain, ChainError, History, Past, RpcChain};

/// A chain on which a keeper can work.
pub trait Wire: Chain + History {
    /// What tells this chain from every other.
    ///
    /// # Errors
    ///
    /// The node's.
    fn genesis_hash(&self) -> Result<Hash, ChainError>;

    /// A blockhash, and the last block height at which a transaction that names it can land.
    ///
    /// # Errors
    ///
    /// The node's.
    fn blockhash_until(&self) -> Result<(Hash, u64), ChainError>;

    /// The present block height.
    ///
    /// # Errors
    ///
    /// The node's.
    fn block_height(&self) -> Result<u64, ChainError>;

    /// Hands the signed bytes over, once more if they were before, and does not wait. Only what the journal holds can
    /// be handed over.
    ///
    /// # Errors
    ///
    /// [`ChainError::Unreachable`] if no node can be reached, [`ChainError::Refused`] if none passes them on. Whatever
    /// it answers, the bytes may have landed.
    fn hand_over(&self, recorded: &Recorded) -> Result<(), ChainError>;

    /// Where each of these signatures stands; none for one that is not known.
    ///
    /// # Errors
    ///
    /// The node's.
    fn statuses(&self, signatures: &[Signature]) -> Result<Vec<Option<Status>>, ChainError>;

    /// Whether the signature can never land any more: every block in which it could is final and holds it not.
    fn is_lost(&self, signature: &Signature, last_valid_height: u64) -> bool;

    /// The transactions that named `address` since then, Unix seconds of the chain, oldest first.
    ///
    /// # Errors
    ///
    /// The node's.
    fn signatures_since(&self, address: &Pubkey, since: i64) -> Result<Vec<Past>, ChainError>;
}

impl Wire for RpcChain {
    fn genesis_hash(&self) -> Result<Hash, ChainError> {
        Self::genesis_hash(self)
    }

    fn blockhash_until(&self) -> Result<(Hash, u64), ChainError> {
        Self::blockhash_until(self)
    }

    fn block_height(&self) -> Result<u64, ChainError> {
        Self::block_height(self)
    }

    fn hand_over(&self, recorded: &Recorded) -> Result<(), ChainError> {
        self.broadcast(recorded.transaction())
    }

    fn statuses(&self, signatures: &[Signature]) -> Result<Vec<Option<Status>>, ChainError> {
        Self::statuses(self, signatures)
    }

    fn is_lost(&self, signature: &Signature, last_valid_height: u64) -> bool {
        Self::is_lost(self, signature, last_valid_height)
    }

    fn signatures_since(&self, address: &Pubkey, since: i64) -> Result<Vec<Past>, ChainError> {
        Self::signatures_since(self, address, since)
    }
}
