//! A cluster by JSON-RPC, through one node or several.
//!
//! | module | subject |
//! |---|---|
//! | [`options`] | addresses, monikers, limits |
//! | `sender`, `endpoint` | one node: time limits, pauses, what its errors mean |
//! | `quorum` | which of several nodes are believed |
//! | `ask`, `each` | which node gets a question, and what happens when it does not answer |
//! | `accounts` | accounts, the clock, fees |
//! | `blockhash`, `status`, `send` | a transaction until it is settled what became of it |
//! | `simulate`, `receipt`, `past` | what a transaction would do or has done |
//!
//! Reads come from a node whose slot is near the highest slot that a majority reaches, and are never older than what
//! was read before; transactions go to all nodes. With one node there is nothing to compare, and it is believed.

mod accounts;
mod ask;
mod blockhash;
mod each;
mod endpoint;
pub mod options;
mod past;
mod quorum;
mod receipt;
mod send;
mod sender;
mod simulate;
mod status;
mod token_changes;

use std::{
    fmt,
    sync::{
        atomic::{AtomicU64, AtomicUsize},
        Arc, Mutex,
    },
    time::Duration,
};

use anchor_lang::prelude::{Clock, Pubkey};
use solana_account::Account;
use solana_instruction::Instruction;
use solana_message::{AddressLookupTableAccount, Hash};
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;

use self::{blockhash::Blockhashes, endpoint::Endpoint, quorum::Observations};
use super::{Chain, ChainError, Receipt};
use crate::transaction;

pub use options::{expand_moniker, Commitment, RpcOptions};
pub use status::Status;

/// How often a transaction is built and signed anew after its blockhash ran out.
const MOST_SIGNATURES: usize = 3;
/// How long an answer may take where whole programs' accounts are read.
const LONG_TIMEOUT: Duration = Duration::from_secs(60);

/// A cluster behind one or several nodes.
pub struct RpcChain {
    options: RpcOptions,
    endpoints: Vec<Arc<Endpoint>>,
    observations: Mutex<Observations>,
    /// The node that answered last: staying with it avoids seeing the small differences between nodes.
    preferred: AtomicUsize,
    /// The newest slot that was read of; 0 for none.
    floor: AtomicU64,
    blockhashes: Mutex<Blockhashes>,
}

impl fmt::Debug for RpcChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nodes: Vec<&str> = self.endpoints.iter().map(|endpoint| endpoint.name.as_str()).collect();
        f.debug_struct("RpcChain").field("nodes", &nodes).finish_non_exhaustive()
    }
}

impl RpcChain {
    /// One node, read at the commitment `finalized`: what was read can not be undone by a fork.
    ///
    /// # Errors
    ///
    /// As [`connect`](Self::connect).
    pub fn new(url: &str) -> Result<Self, ChainError> {
        Self::connect(&RpcOptions { commitment: Commitment::Finalized, timeout: LONG_TIMEOUT, ..RpcOptions::of(url) })
    }

    /// The nodes that `options` name. Nothing is asked yet.
    ///
    /// # Errors
    ///
    /// [`ChainError::Backend`] if there is none, or one is neither a moniker nor an http address. Later questions refuse
    /// nodes of different clusters.
    pub fn connect(options: &RpcOptions) -> Result<Self, ChainError> {
        if options.urls.is_empty() {
            return Err(ChainError::Backend("no node is named: give --url".to_owned()));
        }
        let mut endpoints: Vec<Arc<Endpoint>> = Vec::with_capacity(options.urls.len());
        for url in &options.urls {
            let endpoint = Endpoint::new(url, options.timeout)?;
            // A node that is named twice has one voice.
            if endpoints.iter().all(|known| known.url != endpoint.url) {
                endpoints.push(Arc::new(endpoint));
            }
        }
        Ok(Self {
            options: options.clone(),
            observations: Mutex::new(Observations::new(endpoints.len())),
            endpoints,
            preferred: AtomicUsize::new(0),
            floor: AtomicU64::new(0),
            blockhashes: Mutex::default(),
        })
    }

    /// The nodes, by scheme and host.
    pub fn nodes(&self) -> impl Iterator<Item = &str> {
        self.endpoints.iter().map(|endpoint| endpoint.name.as_str())
    }

    /// How they are asked.
    pub fn options(&self) -> &RpcOptions {
        &self.options
    }

    /// The hash of the cluster's first block, which tells clusters apart.
    ///
    /// # Errors
    ///
    /// The node's.
    pub fn genesis_hash(&self) -> Result<Hash, ChainError> {
        self.ask(|client| client.get_genesis_hash())
    }
}

impl Chain for RpcChain {
    fn get_account(&self, key: &Pubkey) -> Result<Option<Account>, ChainError> {
        Ok(self.multiple(&[*key], None)?.pop().flatten())
    }

    /// Of one slot up to 100 addresses; beyond that by several questions.
    fn get_multiple(&self, keys: &[Pubkey]) -> Result<Vec<Option<Account>>, ChainError> {
        self.multiple(keys, None)
    }

    fn get_prefix(&self, key: &Pubkey, length: usize) -> Result<Option<Account>, ChainError> {
        Ok(self.multiple(&[*key], Some(length))?.pop().flatten())
    }

    fn program_accounts(&self, program: &Pubkey, prefix: &[u8]) -> Result<Vec<(Pubkey, Account)>, ChainError> {
        self.accounts_of(program, prefix)
    }

    fn latest_blockhash(&self) -> Result<Hash, ChainError> {
        Ok(self.blockhash_until()?.0)
    }

    fn clock(&self) -> Result<Clock, ChainError> {
        self.read_clock()
    }

    fn minimum_balance(&self, bytes: usize) -> Result<u64, ChainError> {
        self.ask(|client| client.get_minimum_balance_for_rent_exemption(bytes))
    }

    fn recent_priority_fee(&self, writable: &[Pubkey]) -> Result<u64, ChainError> {
        self.priority_fee(writable)
    }

    /// Tries the transaction out first, so that a refusal costs no fee; then sends the same bytes to all nodes until a
    /// block holds it or its blockhash has run out.
    ///
    /// # Errors
    ///
    /// [`ChainError::Refused`], before or after it was sent; [`ChainError::Expired`] if it did not land and never will;
    /// [`ChainError::Unknown`] if that could not be learnt within [`RpcOptions::deadline`]; [`ChainError::Unreachable`]
    /// if nothing was sent.
    fn send(&mut self, transaction: &VersionedTransaction) -> Result<Receipt, ChainError> {
        self.deliver(transaction)
    }

    /// Of instructions that the node has parsed itself (tokens and the like) the receipt's calls hold no data.
    fn simulate(&self, transaction: &VersionedTransaction) -> Result<Receipt, ChainError> {
        self.rehearse(transaction)
    }

    /// A transaction that is not signed yet is tried with the node's own blockhash.
    fn simulate_reading(
        &self,
        transaction: &VersionedTransaction,
        keys: &[Pubkey],
    ) -> Result<(Receipt, Vec<Option<Account>>), ChainError> {
        self.rehearse_reading(transaction, keys)
    }

    /// Signs anew, up to three times in all, once it is sure that the earlier transaction can not land any more.
    fn execute(
        &mut self,
        payer: &dyn Signer,
        instructions: &[Instruction],
        signers: &[&dyn Signer],
        tables: &[AddressLookupTableAccount],
    ) -> Result<Receipt, ChainError> {
        let mut signed = 0;
        loop {
            let blockhash = self.latest_blockhash()?;
            let transaction = transaction::build(payer, instructions, signers, tables, blockhash)?;
            signed += 1;
            match self.deliver(&transaction) {
                Err(ChainError::Expired) if signed < MOST_SIGNATURES => {}
                settled => return settled,
            }
        }
    }
}
