//! The embedded chain of a rehearsal.

use anchor_lang::prelude::Pubkey;
use gimbal::chain::{Chain, ChainError, EmbeddedChain, Receipt, Sandbox};
use gimbal::cli::output::Silence;
use gimbal::localnet::genesis;
use solana_account::Account;
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
    gimbal::forward! {
        [0]
        get_account get_multiple program_accounts latest_blockhash clock minimum_balance
        recent_priority_fee
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
