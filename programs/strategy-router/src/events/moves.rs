//! Valuations, and money in and out of lines.

use anchor_lang::prelude::*;

/// A line was valued.
#[event]
pub struct Valued {
    /// The ledger.
    pub ledger: Pubkey,
    /// Slot.
    pub slot: u64,
    /// Unix second.
    pub time: i64,
    /// The line.
    pub line: u16,
    /// Least favourable value.
    pub low: u64,
    /// Central value.
    pub mid: u64,
    /// Most favourable value.
    pub high: u64,
    /// What the venue could pay out now.
    pub liquidity: u64,
}

/// New money of a deposit went into a line.
#[event]
pub struct Allocated {
    /// The ledger.
    pub ledger: Pubkey,
    /// Slot.
    pub slot: u64,
    /// Unix second.
    pub time: i64,
    /// The line.
    pub line: u16,
    /// Moved in.
    pub amount: u64,
    /// The line's mid value after.
    pub mid: u64,
}

/// Money came back from a line.
#[event]
pub struct Recalled {
    /// The ledger.
    pub ledger: Pubkey,
    /// Slot.
    pub slot: u64,
    /// Unix second.
    pub time: i64,
    /// The line.
    pub line: u16,
    /// Who signed.
    pub by: Pubkey,
    /// Moved out.
    pub amount: u64,
    /// The line's mid value after.
    pub mid: u64,
}

/// A keeper moved a line by the policy.
#[event]
pub struct Rebalanced {
    /// The ledger.
    pub ledger: Pubkey,
    /// Slot.
    pub slot: u64,
    /// Unix second.
    pub time: i64,
    /// The line.
    pub line: u16,
    /// The keeper.
    pub keeper: Pubkey,
    /// Whether money went in; else it came out.
    pub deployed: bool,
    /// Moved.
    pub amount: u64,
    /// Lost in the move.
    pub loss: u64,
    /// Promised to the keeper.
    pub pay: u64,
    /// The line's mid value after.
    pub mid: u64,
}

/// Untracked surplus was adopted as a gain.
#[event]
pub struct Harvested {
    /// The ledger.
    pub ledger: Pubkey,
    /// Slot.
    pub slot: u64,
    /// Unix second.
    pub time: i64,
    /// The line; 0 for cash.
    pub line: u16,
    /// Receipt tokens, tokens or cash adopted, in their own unit.
    pub tokens: u64,
    /// Their mid value.
    pub gain: u64,
}

/// A line was reduced because its status, bounds, feed or venue called for it.
#[event]
pub struct Derisked {
    /// The ledger.
    pub ledger: Pubkey,
    /// Slot.
    pub slot: u64,
    /// Unix second.
    pub time: i64,
    /// The line.
    pub line: u16,
    /// Who signed.
    pub by: Pubkey,
    /// Why: bits of `policy::derisk::Causes`.
    pub causes: u8,
    /// Moved out.
    pub amount: u64,
    /// Paid out of cash to whoever brought it about.
    pub bounty: u64,
    /// The line's mid value after.
    pub mid: u64,
}

/// The risk oracle was told what lies where.
#[event]
pub struct Reported {
    /// The ledger.
    pub ledger: Pubkey,
    /// Slot.
    pub slot: u64,
    /// Unix second.
    pub time: i64,
    /// Mid NAV.
    pub nav: u64,
    /// What the oracle found wrong: bits of its verdict.
    pub flags: u32,
}
