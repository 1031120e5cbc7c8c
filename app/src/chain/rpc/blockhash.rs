//! Until when a signed transaction can land.

use std::{collections::VecDeque, sync::PoisonError};

use serde_json::json;
use solana_commitment_config::CommitmentConfig;
use solana_message::Hash;
use solana_rpc_client_api::{
    config::RpcContextConfig,
    request::RpcRequest,
    response::{Response, RpcBlockhash},
};

use super::RpcChain;
use crate::chain::ChainError;

/// Blocks during which a blockhash stays good.
const MAX_AGE: u64 = 150;
/// Blocks after which a blockhash that no node knew has had time to become known.
const GRACE: u64 = 32;
/// How many given-out blockhashes are remembered.
const REMEMBERED: usize = 1_024;

/// Until when a blockhash is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Life {
    /// The last block height at which a block may hold a transaction with it.
    pub last_valid: u64,
    /// Whether that is sure; else the nodes are asked once more when it is reached.
    pub sure: bool,
}

/// The blockhashes that were given out, with their last valid block heights; the newest last.
#[derive(Debug, Default)]
pub(super) struct Blockhashes(VecDeque<(Hash, u64)>);

impl Blockhashes {
    fn remember(&mut self, hash: Hash, last_valid: u64) {
        // Of two nodes with different words for one blockhash, the later end is the safe one.
        if let Some((_, known)) = self.0.iter_mut().find(|(known, _)| *known == hash) {
            *known = last_valid.max(*known);
            return;
        }
        if self.0.len() == REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back((hash, last_valid));
    }

    fn find(&self, hash: &Hash) -> Option<u64> {
        self.0.iter().rev().find(|(known, _)| known == hash).map(|(_, last_valid)| *last_valid)
    }
}

impl RpcChain {
    /// The latest blockhash, and the last block height at which a transaction that names it may land. Once a majority
    /// of the nodes has finalized a higher block, it cannot any more.
    ///
    /// # Errors
    ///
    /// The node's.
    pub fn blockhash_until(&self) -> Result<(Hash, u64), ChainError> {
        let config = RpcContextConfig { commitment: Some(self.settled()), min_context_slot: self.floor() };
        let question = json!([config]);
        let answer: Response<RpcBlockhash> =
            self.ask(|client| client.send(RpcRequest::GetLatestBlockhash, question.clone()))?;
        self.seen(answer.context.slot);
        let told = &answer.value;
        let hash: Hash = told.blockhash.parse().map_err(|_| {
            ChainError::Backend(format!("the node named '{}', which is no blockhash: try another node", told.blockhash))
        })?;
        let last_valid = match self.endpoints.len() {
            1 => told.last_valid_block_height,
            // A node that names too low a height would have the transaction signed anew while it can still land.
            _ => self.verdict().map_or(told.last_valid_block_height, |verdict| {
                let earliest = verdict.height.saturating_add(MAX_AGE);
                let latest = earliest.saturating_add(self.options.max_slot_lag);
                told.last_valid_block_height.clamp(earliest, latest)
            }),
        };
        self.blockhashes.lock().unwrap_or_else(PoisonError::into_inner).remember(hash, last_valid);
        Ok((hash, last_valid))
    }

    /// The block height that a majority of the nodes reaches at the chosen commitment.
    ///
    /// # Errors
    ///
    /// [`ChainError::Unreachable`] if no node answers.
    pub fn block_height(&self) -> Result<u64, ChainError> {
        match self.endpoints.len() {
            1 => {
                let commitment = self.commitment();
                Ok(self.ask(|client| client.get_epoch_info_with_commitment(commitment))?.block_height)
            }
            _ => match self.verdict() {
                Some(verdict) => Ok(verdict.height),
                None => Err(self.unreachable(0, "no node answered".to_owned())),
            },
        }
    }

    /// Until when a transaction that names `hash` may land.
    pub(super) fn life_of(&self, hash: &Hash) -> Result<Life, ChainError> {
        let known = self.blockhashes.lock().unwrap_or_else(PoisonError::into_inner).find(hash);
        if let Some(last_valid) = known {
            return Ok(Life { last_valid, sure: true });
        }
        // It came from elsewhere: no hash that is good now is good for longer than a new one.
        let good = self.is_valid(hash)?;
        let last_valid = self.block_height()?.saturating_add(if good { MAX_AGE + GRACE } else { GRACE });
        Ok(Life { last_valid, sure: false })
    }

    /// What follows where `life` is over: none where that is the end, else until when the nodes say it goes on.
    pub(super) fn extended(&self, hash: &Hash, life: Life) -> Option<Life> {
        if life.sure {
            return None;
        }
        match (self.is_valid(hash), self.block_height()) {
            (Ok(false), _) => None,
            (_, Ok(height)) => Some(Life { last_valid: height.saturating_add(MAX_AGE), sure: false }),
            // Nothing was learnt: ask again the next time.
            (_, Err(_)) => Some(life),
        }
    }

    /// Whether any node takes the blockhash for good now.
    fn is_valid(&self, hash: &Hash) -> Result<bool, ChainError> {
        self.ask_until(|valid| *valid, |client| client.is_blockhash_valid(hash, CommitmentConfig::processed()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_ends_the_later_counts_and_old_hashes_are_forgotten() {
        let hash = |n: u64| {
            let mut bytes = [0; 32];
            bytes[..8].copy_from_slice(&n.to_le_bytes());
            Hash::new_from_array(bytes)
        };
        let mut book = Blockhashes::default();
        book.remember(hash(1), 200);
        book.remember(hash(1), 150);
        assert_eq!(book.find(&hash(1)), Some(200));
        for n in 2..=REMEMBERED as u64 {
            book.remember(hash(n), n);
        }
        assert_eq!(book.find(&hash(1)), Some(200));
        book.remember(hash(0), 7);
        assert_eq!((book.find(&hash(1)), book.find(&hash(0))), (None, Some(7)));
    }
}
