//! The embedded chain of a rehearsal.

use anchor_lang::prelude::{Clock, Pubkey};
use gimbal::chain::{Chain, ChainError, EmbeddedChain, Receipt, Sandbox};
use gimbal::cli::output::Silence;
use gimbal::localnet::genesis;
use solana_account::Account;
use solana_message::Hash;
use solana_transaction::versioned::VersionedTransaction;

use crate::cluster::Cluster;

/// An embedded chain with what a test cluster has before Gimbal. Its programs run as host code, whose log is printed: standard
/// output is set aside while they run.
pub struct Rehearsal(EmbeddedChain);

impl Rehearsal {
    /// The chain of a seed, on which `payer` holds `lamports`.
    ///
    /// # Errors
    ///
    /// The chain's: in bytecode mode a program file that is missing.
    pub fn new(seed: u64, payer: &Pubkey, lamports: u64) -> Result<Self, ChainError> {
        let _silence = silence()?;
        let (mut chain, _) = genesis::build(seed, EmbeddedChain::mode_from_environment()?)?;
        chain.fund(payer, lamports)?;
        Ok(Self(chain))
    }
}

fn silence() -> Result<Silence, ChainError> {
    Silence::begin().map_err(|error| ChainError::Backend(format!("{error:#}")))
}

impl Cluster for Rehearsal {
    fn next_slot(&mut self) -> Result<(), ChainError> {
        self.0.next_slot()
    }
}

impl Chain for Rehearsal {
    fn get_account(&self, key: &Pubkey) -> Result<Option<Account>, ChainError> {
        self.0.get_account(key)
    }

    fn get_multiple(&self, keys: &[Pubkey]) -> Result<Vec<Option<Account>>, ChainError> {
        self.0.get_multiple(keys)
    }

    fn program_accounts(&self, program: &Pubkey, prefix: &[u8]) -> Result<Vec<(Pubkey, Account)>, ChainError> {
        self.0.program_accounts(program, prefix)
    }

    fn latest_blockhash(&self) -> Result<Hash, ChainError> {
        self.0.latest_blockhash()
    }

    fn clock(&self) -> Result<Clock, ChainError> {
        self.0.clock()
    }

    fn minimum_balance(&self, bytes: usize) -> Result<u64, ChainError> {
        self.0.minimum_balance(bytes)
    }

    fn recent_priority_fee(&self, writable: &[Pubkey]) -> Result<u64, ChainError> {
        self.0.recent_priority_fee(writable)
    }

    fn send(&mut self, transaction: &VersionedTransaction) -> Result<Receipt, ChainError> {
        let _silence = silence()?;
        self.0.send(transaction)
    }

    fn simulate(&self, transaction: &VersionedTransaction) -> Result<Receipt, ChainError> {
        let _silence = silence()?;
        self.0.simulate(transaction)
    }

    fn simulate_reading(
        &self,
        transaction: &VersionedTransaction,
        keys: &[Pubkey],
    ) -> Result<(Receipt, Vec<Option<Account>>), ChainError> {
        let _silence = silence()?;
        self.0.simulate_reading(transaction, keys)
    }
}
