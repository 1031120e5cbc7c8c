//! The queue of changes.

use anchor_lang::prelude::*;

/// The owner proposed a change: an instruction that waits.
#[event]
pub struct ChangeProposed {
    /// The ledger.
    pub ledger: Pubkey,
    /// Slot.
    pub slot: u64,
    /// Unix second.
    pub time: i64,
    /// The change's account.
    pub change: Pubkey,
    /// Its number among the ledger's changes, from 0.
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
pub struct ChangeVetoed {
    /// The ledger.
    pub ledger: Pubkey,
    /// Slot.
    pub slot: u64,
    /// Unix second.
    pub time: i64,
    /// The change's account.
    pub change: Pubkey,
    /// Who signed.
    pub by: Pubkey,
}

/// A change that had waited was applied; what it set is told by an event of its own.
#[event]
pub struct ChangeApplied {
    /// The ledger.
    pub ledger: Pubkey,
    /// Slot.
    pub slot: u64,
    /// Unix second.
    pub time: i64,
    /// The change's account.
    pub change: Pubkey,
}
