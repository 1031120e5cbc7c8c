//! What subscribers hear of.

use std::sync::Arc;

use anchor_lang::prelude::Pubkey;
use solana_account::AccountSharedData;
use solana_account_decoder::parse_account_data::AccountAdditionalDataV3;

use super::landed::Landed;

/// How far something is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Executed, which on one node is as good as confirmed.
    Confirmed,
    /// So many slots later that a cluster would not take it back.
    Finalized,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// A transaction was executed.
    Transaction(Arc<Landed>),
    /// Accounts changed in a slot.
    Accounts {
        /// The slot.
        slot: u64,
        /// The accounts as they are now.
        changed: Vec<Changed>,
    },
    /// A slot began.
    Slot {
        /// The slot.
        slot: u64,
        /// The one before it.
        parent: u64,
        /// The newest finalized one.
        root: u64,
    },
}

/// An account as a change left it; without lamports where it was closed.
#[derive(Clone)]
pub struct Changed {
    /// Its address.
    pub key: Pubkey,
    /// What it holds.
    pub account: AccountSharedData,
    /// What its parsed form needs beside it: the decimals of its mint.
    pub additional: Option<AccountAdditionalDataV3>,
}

impl std::fmt::Debug for Changed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Changed").field("key", &self.key).finish_non_exhaustive()
    }
}

impl Event {
    /// The slot that it happened in.
    pub fn slot(&self) -> u64 {
        match self {
            Self::Transaction(landed) => landed.slot,
            Self::Accounts { slot, .. } | Self::Slot { slot, .. } => *slot,
        }
    }
}

/// An event, and how far it is settled by now.
#[derive(Clone, Debug)]
pub struct Notice {
    /// How far.
    pub stage: Stage,
    /// What happened.
    pub event: Arc<Event>,
}
