//! A chain whose word on what became of transactions is wrong: worse than any node behind the client, which believes no
//! single one.

use std::cell::Cell;

use anchor_lang::prelude::Pubkey;
use gimbal::chain::rpc::Status;
use gimbal::chain::{Chain, ChainError, Executed, History, Past, RpcChain};
use gimbal::keeper::journal::Recorded;
use gimbal::keeper::wire::Wire;
use solana_message::Hash;
use solana_transaction::Signature;

/// While it lies, nothing has landed and nothing ever will.
pub struct Liar {
    pub chain: RpcChain,
    pub lies: Cell<bool>,
}

impl Chain for Liar {
    gimbal::forward! {
        [chain]
        get_account get_multiple program_accounts latest_blockhash clock minimum_balance
        recent_priority_fee send simulate simulate_reading
    }
}

impl History for Liar {
    fn signatures(&self, address: &Pubkey, until: Option<Signature>, most: usize) -> Result<Vec<Past>, ChainError> {
        self.chain.signatures(address, until, most)
    }

    fn transaction(&self, signature: &Signature) -> Result<Option<Executed>, ChainError> {
        self.chain.transaction(signature)
    }
}

impl Wire for Liar {
    fn genesis_hash(&self) -> Result<Hash, ChainError> {
        self.chain.genesis_hash()
    }

    fn blockhash_until(&self) -> Result<(Hash, u64), ChainError> {
        self.chain.blockhash_until()
    }

    fn block_height(&self) -> Result<u64, ChainError> {
        match self.lies.get() {
            true => Ok(u64::MAX),
            false => self.chain.block_height(),
        }
    }

    fn hand_over(&self, recorded: &Recorded) -> Result<(), ChainError> {
        self.chain.broadcast(recorded.transaction())
    }

    fn statuses(&self, signatures: &[Signature]) -> Result<Vec<Option<Status>>, ChainError> {
        match self.lies.get() {
            true => Ok(vec![None; signatures.len()]),
            false => self.chain.statuses(signatures),
        }
    }

    fn is_lost(&self, signature: &Signature, last_valid_height: u64) -> bool {
        self.lies.get() || self.chain.is_lost(signature, last_valid_height)
    }

    fn signatures_since(&self, address: &Pubkey, since: i64) -> Result<Vec<Past>, ChainError> {
        match self.lies.get() {
            true => Ok(Vec::new()),
            false => self.chain.signatures_since(address, since),
        }
    }
}
