//! The run's transactions on their way into an index.

use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Result};
use solana_account::Account;
use solana_transaction::versioned::VersionedTransaction;

use crate::chain::{Chain, ChainError, EmbeddedChain, Executed, Receipt, Sandbox};
use crate::index::{watched, Indexer};

/// Keeps what was executed until it is written.
pub(super) struct Recorder {
    indexer: Indexer,
    vault: Pubkey,
    unwritten: Vec<Executed>,
}

impl Recorder {
    /// Into an index that does not know the vault yet: the same seed makes the same vault, and two runs are two histories.
    pub(super) fn new(mut indexer: Indexer, vault: Pubkey, setup: Vec<Executed>) -> Result<Self> {
        if watched(indexer.database(), &vault)?.is_some() {
            let url = indexer.database().url();
            bail!(
                "the index {url} already holds a run of this seed: give --index another file, or --seed another number"
            );
        }
        Ok(Self { indexer, vault, unwritten: setup })
    }

    /// Takes note of a transaction.
    pub(super) fn keep(&mut self, chain: &EmbeddedChain, receipt: Receipt, payer: Pubkey) -> Result<(), ChainError> {
        self.unwritten.push(executed(chain, receipt, payer)?);
        Ok(())
    }

    /// Writes what was kept, and what a share costs now.
    pub(super) fn write(&mut self, chain: &EmbeddedChain) -> Result<()> {
        self.indexer.watch(chain, &self.vault)?;
        let all = std::mem::take(&mut self.unwritten);
        self.indexer.record_all(chain, &all)?;
        self.indexer.sample(chain, &self.vault)?;
        Ok(())
    }

    /// The index, at the end.
    pub(super) fn into_indexer(self) -> Indexer {
        self.indexer
    }
}

fn executed(chain: &EmbeddedChain, receipt: Receipt, payer: Pubkey) -> Result<Executed, ChainError> {
    let payer_change = 0_i64.saturating_sub(i64::try_from(receipt.fee).unwrap_or(i64::MAX));
    let time = chain.clock()?.unix_timestamp;
    // Nobody in the run sends shares from wallet to wallet, or lets another redeem for him.
    Ok(Executed { receipt, time, failed: None, fee_payer: payer, payer_change, tokens: None })
}

/// A chain that keeps what it executes, for the setup, which sends to whatever chain it is given.
pub(super) struct Recording<'a> {
    chain: &'a mut EmbeddedChain,
    /// In order.
    pub(super) log: Vec<Executed>,
}

impl<'a> Recording<'a> {
    pub(super) fn over(chain: &'a mut EmbeddedChain) -> Self {
        Self { chain, log: Vec::new() }
    }
}

impl Chain for Recording<'_> {
    crate::forward! {
        [chain]
        get_account get_multiple program_accounts latest_blockhash clock minimum_balance
        recent_priority_fee simulate simulate_reading
    }

    fn send(&mut self, transaction: &VersionedTransaction) -> Result<Receipt, ChainError> {
        let receipt = self.chain.send(transaction)?;
        let payer = transaction.message.static_account_keys().first().copied().unwrap_or_default();
        self.log.push(executed(self.chain, receipt.clone(), payer)?);
        Ok(receipt)
    }
}

impl Sandbox for Recording<'_> {
    fn fund(&mut self, key: &Pubkey, lamports: u64) -> Result<(), ChainError> {
        self.chain.fund(key, lamports)
    }

    fn set_account(&mut self, key: &Pubkey, account: Account) -> Result<(), ChainError> {
        self.chain.set_account(key, account)
    }

    fn warp(&mut self, seconds: u64) -> Result<(), ChainError> {
        self.chain.warp(seconds)
    }

    fn advance_slots(&mut self, slots: u64) -> Result<(), ChainError> {
        self.chain.advance_slots(slots)
    }
}
