//! Exits.

use anchor_lang::prelude::*;

/// A part of everything left as it lay.
#[event]
pub struct PaidInKind {
    /// The ledger.
    pub ledger: Pubkey,
    /// Slot.
    pub slot: u64,
    /// Unix second.
    pub time: i64,
    /// The part that left, of `whole`.
    pub part: u64,
    /// What the part was measured in.
    pub whole: u64,
    /// Cash that left.
    pub cash: u64,
    /// What left the lines that held something, by row; zeros where it was forgone.
    pub lines: Vec<PaidUnits>,
}

/// What left one line, in units of its tokens.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaidUnits {
    /// The line.
    pub line: u16,
    /// Receipt tokens.
    pub position: u64,
    /// Tokens of a swapped line.
    pub token: u64,
}

/// The curator set the order in which exits draw on lines.
#[event]
pub struct WithdrawOrderSet {
    /// The ledger.
    pub ledger: Pubkey,
    /// Slot.
    pub slot: u64,
    /// Unix second.
    pub time: i64,
    /// Who signed.
    pub by: Pubkey,
    /// The lines, in order.
    pub lines: Vec<u16>,
}
