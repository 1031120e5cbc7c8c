//! The node: one embedded chain with the memory of what happened on it.
//!
//! Everything is done under one lock, one request after the other. There are no forks, so that every commitment reads the
//! newest state; only how a transaction's status is told, the slots of `finalized` and the subscriptions at that
//! commitment follow [`FINALITY`].

pub mod events;
mod execute;
pub mod history;
pub mod landed;
mod state;
mod time;

use std::collections::VecDeque;
use std::sync::Arc;

use anchor_lang::prelude::Pubkey;
use gimbal_svm::clock::ORIGIN_SLOT;
use sha2::{Digest, Sha256};
use solana_commitment_config::{CommitmentConfig, CommitmentLevel};
use solana_keypair::Keypair;
use solana_message::Hash;
use solana_signer::Signer;
use tokio::sync::broadcast;

use super::error::RpcError;
use super::genesis::{self, Genesis};
use super::market::Market;
use super::Options;
use crate::chain::{Chain, EmbeddedChain, Sandbox};
use crate::setup::keys::keypair;
use events::{Event, Notice, Stage};
use history::History;

pub use execute::{transaction_error, Refusal};
pub use state::StateError;

/// Slots until a block is final.
pub const FINALITY: u64 = 32;
/// What the faucet begins with: 500,000,000 SOL.
const FAUCET_LAMPORTS: u64 = 500_000_000_000_000_000;
/// Notices that a slow subscriber may lag behind before it is cut off.
const NOTICES: usize = 4_096;

/// The chain and its memory.
pub struct Node {
    pub(super) chain: EmbeddedChain,
    pub(super) genesis: Genesis,
    pub(super) history: History,
    pub(super) market: Market,
    /// Whether prices are posted on the chain as they move.
    pub(super) posts: bool,
    faucet: Keypair,
    identity: Pubkey,
    genesis_hash: Hash,
    notices: broadcast::Sender<Notice>,
    /// What is not final yet, the oldest first.
    pending: VecDeque<Arc<Event>>,
}

impl Node {
    /// A node as `options` say: begun anew at the time `now` (Unix seconds), or from the state that was saved.
    ///
    /// # Errors
    ///
    /// In words for people: programs or a state file that cannot be used.
    pub fn new(options: &Options, now: i64) -> anyhow::Result<Self> {
        let saved = options.state.as_deref().map(state::load).transpose()?.flatten();
        let faucet = keypair(options.seed, "faucet", 0);
        let (mut chain, genesis, genesis_hash) = match saved {
            Some(saved) => saved.resume(options, now)?,
            None => {
                let (mut chain, genesis) = genesis::build_at(options.seed, options.mode.clone(), now)?;
                chain.fund(&faucet.pubkey(), FAUCET_LAMPORTS)?;
                let hash = genesis_hash(options.seed, chain.svm().unix_time());
                (chain, genesis, hash)
            }
        };
        let svm = chain.svm_mut();
        svm.set_blockhash_per_transaction(false);
        let hash = svm.make_blockhash();
        let (notices, _) = broadcast::channel(NOTICES);
        let mut node = Self {
            market: Market::new(options, &chain, genesis.prices),
            posts: options.posts,
            history: History::default(),
            identity: keypair(options.seed, "identity", 0).pubkey(),
            pending: VecDeque::new(),
            chain,
            genesis,
            faucet,
            genesis_hash,
            notices,
        };
        node.history.open_block(node.slot(), hash, node.chain.svm().unix_time());
        node.post_prices()?;
        Ok(node)
    }

    /// The chain, to look at.
    pub fn chain(&self) -> &EmbeddedChain {
        &self.chain
    }

    /// The chain, to change it behind the node's back: subscribers hear nothing of it.
    pub fn chain_mut(&mut self) -> &mut EmbeddedChain {
        &mut self.chain
    }

    /// The prices of the outside world.
    pub fn market(&self) -> &Market {
        &self.market
    }

    /// What the cluster began with.
    pub fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// What tells this cluster from every other; kept over a restart from saved state.
    pub fn genesis_hash(&self) -> Hash {
        self.genesis_hash
    }

    /// The node's own key.
    pub fn identity(&self) -> Pubkey {
        self.identity
    }

    /// The slot.
    pub fn slot(&self) -> u64 {
        self.chain.svm().slot()
    }

    /// The newest final slot.
    pub fn root(&self) -> u64 {
        self.slot().saturating_sub(FINALITY)
    }

    /// The slot at a commitment; final where none is said, as on a cluster.
    pub fn slot_at(&self, commitment: Option<CommitmentConfig>) -> u64 {
        match commitment.map_or(CommitmentLevel::Finalized, |config| config.commitment) {
            CommitmentLevel::Finalized => self.root(),
            _ => self.slot(),
        }
    }

    /// The number of blocks that came before a slot.
    pub fn height(slot: u64) -> u64 {
        // Slots begin at that of the embedded chain's origin, and none counts as skipped.
        slot.saturating_sub(ORIGIN_SLOT)
    }

    /// The slot that an answer is of.
    ///
    /// # Errors
    ///
    /// The caller waits for a later one.
    pub fn context(&self, min_context_slot: Option<u64>) -> Result<u64, RpcError> {
        Self::reached(self.slot(), min_context_slot)
    }

    /// `slot`, unless the caller waits for a later one.
    ///
    /// # Errors
    ///
    /// That.
    pub fn reached(slot: u64, min_context_slot: Option<u64>) -> Result<u64, RpcError> {
        match min_context_slot {
            Some(least) if slot < least => Err(RpcError::min_context_slot(slot)),
            _ => Ok(slot),
        }
    }

    /// Hears of everything from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Notice> {
        self.notices.subscribe()
    }

    /// Tells subscribers, and keeps the event until it is final.
    fn tell(&mut self, event: Event) {
        let event = Arc::new(event);
        // Without subscribers there is nobody to tell; that is no failure.
        let _ = self.notices.send(Notice { stage: Stage::Confirmed, event: event.clone() });
        if !matches!(*event, Event::Slot { .. }) {
            self.pending.push_back(event);
        }
    }

    /// Tells subscribers of what has become final.
    fn settle(&mut self) {
        let root = self.root();
        while self.pending.front().is_some_and(|event| event.slot() <= root) {
            if let Some(event) = self.pending.pop_front() {
                let _ = self.notices.send(Notice { stage: Stage::Finalized, event });
            }
        }
    }

    /// The clock's time, Unix seconds.
    pub fn unix_time(&self) -> i64 {
        self.chain.svm().unix_time()
    }

    /// Lamports that make an account of `bytes` exempt from rent.
    pub fn minimum_balance(&self, bytes: usize) -> u64 {
        self.chain.minimum_balance(bytes).unwrap_or(u64::MAX)
    }
}

/// Differs with the seed and the moment of birth.
fn genesis_hash(seed: u64, born: i64) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(b"gimbal localnet");
    hasher.update(seed.to_le_bytes());
    hasher.update(born.to_le_bytes());
    Hash::new_from_array(hasher.finalize().into())
}
