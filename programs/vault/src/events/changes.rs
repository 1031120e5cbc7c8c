//! What waits, and what has waited.

use anchor_lang::prelude::*;

/// The owner proposed a change: an instruction that waits.
#[event]
#[derive(Debug)]
pub struct ChangeProposed {
    /// The vault.
    pub vault: Pubkey,
    /// Slot of the change.
    pub slot: u64,
    /// Unix time of the change, seconds.
    pub time: i64,
    /// The change's account.
    pub change: Pubkey,
    /// Its number among the vault's changes, from 0.
    pub nonce: u64,
    /// Unix second from which it can be applied.
    pub ready_at: i64,
    /// Unix second from which it cannot be applied any more.
    pub expires_at: i64,
    /// The instruction's data: discriminator and arguments.
    pub data: Vec<u8>,
}

/// A change was vetoed, or withdrawn by the owner.
#[event]
#[derive(Debug)]
pub struct ChangeVetoed {
    /// The vault.
    pub vault: Pubkey,
    /// Slot of the change.
    pub slot: u64,
    /// Unix time of the change, seconds.
    pub time: i64,
    /// The change's account.
    pub change: Pubkey,
    /// Who signed.
    pub by: Pubkey,
}

/// A change that had waited was applied; what it set is told by an event of its own.
#[event]
#[derive(Debug)]
pub struct ChangeApplied {
    /// The vault.
    pub vault: Pubkey,
    /// Slot of the change.
    pub slot: u64,
    /// Unix time of the change, seconds.
    pub time: i64,
    /// The change's account.
    pub change: Pubkey,
}
