//! The fleet as a chain that only answers.

use super::*;

use anchor_lang::prelude::Clock;
use anchor_lang::Discriminator;
use gimbal::chain::{Chain, ChainError, Receipt};
use solana_message::Hash;
use solana_transaction::versioned::VersionedTransaction;
use strategy_router::state::Keeper;

fn answers_only() -> ChainError {
    ChainError::Backend("this chain only answers: it runs nothing".to_owned())
}

impl Chain for Fleet {
    fn get_account(&self, key: &Pubkey) -> Result<Option<Account>, ChainError> {
        self.single.set(self.single.get() + 1);
        Ok(self.places.get(key).map(|place| self.make(*place)))
    }

    fn get_multiple(&self, keys: &[Pubkey]) -> Result<Vec<Option<Account>>, ChainError> {
        self.batches.borrow_mut().push(keys.len());
        Ok(keys.iter().map(|key| self.places.get(key).map(|place| self.make(*place))).collect())
    }

    fn program_accounts(&self, program: &Pubkey, prefix: &[u8]) -> Result<Vec<(Pubkey, Account)>, ChainError> {
        self.scans.set(self.scans.get() + 1);
        if *program != strategy_router::ID || prefix != Keeper::DISCRIMINATOR {
            return Ok(Vec::new());
        }
        let keepers = self.places.iter().filter(|(_, place)| matches!(place, Place::Keeper(_)));
        Ok(keepers.map(|(key, place)| (*key, self.make(*place))).collect())
    }

    fn latest_blockhash(&self) -> Result<Hash, ChainError> {
        Ok(Hash::default())
    }

    fn clock(&self) -> Result<Clock, ChainError> {
        Ok(Clock { slot: SLOT, unix_timestamp: NOW, ..Clock::default() })
    }

    fn minimum_balance(&self, bytes: usize) -> Result<u64, ChainError> {
        Ok((bytes as u64 + 128) * 6_960)
    }

    fn recent_priority_fee(&self, _writable: &[Pubkey]) -> Result<u64, ChainError> {
        Ok(0)
    }

    fn send(&mut self, _transaction: &VersionedTransaction) -> Result<Receipt, ChainError> {
        Err(answers_only())
    }

    fn simulate(&self, _transaction: &VersionedTransaction) -> Result<Receipt, ChainError> {
        Err(answers_only())
    }

    fn simulate_reading(
        &self,
        _transaction: &VersionedTransaction,
        _keys: &[Pubkey],
    ) -> Result<(Receipt, Vec<Option<Account>>), ChainError> {
        Err(answers_only())
    }
}
