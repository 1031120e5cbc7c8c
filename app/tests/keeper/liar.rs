//! A chain whose word on what became of transactions is wrong: worse than any node behind the client, which believes no
//! single one.

use std::cell::Cell;

use anchor_lang::prelude::{Clock, Pubkey};
use gimbal::chain::rpc::Status;
use gimbal::chain::{Chain, ChainError, Executed, History, Past, Receipt, RpcChain};
use gimbal::keeper::journal::Recorded;
use gimbal::keeper::wire::Wire;
use solana_account::Account;
use solana_message::Hash;
use solana_transaction::{versioned::VersionedTransaction, Signature};

/// While it lies, nothing has landed and nothing ever will.
pub struct Liar {
    pub chain: RpcChain,
    pub lies: Cell<bool>,
}

impl Chain for Liar {
    fn get_account(&self, key: &Pubkey) -> Result<Option<Account>, ChainError> {
        self.chain.get_account(key)
    }

    fn get_multiple(&self, keys: &[Pubkey]) -> Result<Vec<Option<Account>>, ChainError> {
        self.chain.get_multiple(keys)
    }

    fn program_accounts(&self, program: &Pubkey, prefix: &[u8]) -> Result<Vec<(Pubkey, Account)>, ChainError> {
        self.chain.program_accounts(program, prefix)
    }

    fn latest_blockhash(&self) -> Result<Hash, ChainError> {
        self.chain.latest_blockhash()
    }

    fn clock(&self) -> Result<Clock, ChainError> {
        self.chain.clock()
    }

    fn minimum_balance(&self, bytes: usize) -> Result<u64, ChainError> {
        self.chain.minimum_balance(bytes)
    }

    fn recent_priority_fee(&self, writable: &[Pubkey]) -> Result<u64, ChainError> {
        self.chain.recent_priority_fee(writable)
    }

    fn send(&mut self, transaction: &VersionedTransaction) -> Result<Receipt, ChainError> {
        self.chain.send(transaction)
    }

    fn simulate(&self, transaction: &VersionedTransaction) -> Result<Receipt, ChainError> {
        self.chain.simulate(transaction)
    }

    fn simulate_reading(
        &self,
        transaction: &VersionedTransaction,
        keys: &[Pubkey],
    ) -> Result<(Receipt, Vec<Option<Account>>), ChainError> {
        self.chain.simulate_reading(transaction, keys)
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
