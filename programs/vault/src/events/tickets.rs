//! What happens to tickets besides being requested, paid, claimed and cancelled.

use anchor_lang::prelude::*;

/// A ticket's turn came at a price below its owner's bound; it left the queue unpaid.
#[event]
#[derive(Debug)]
pub struct TicketPassed {
    /// The vault.
    pub vault: Pubkey,
    /// Slot of the change.
    pub slot: u64,
    /// Unix time of the change, seconds.
    pub time: i64,
    /// The ticket.
    pub ticket: Pubkey,
    /// Its place in the queue.
    pub sequence: u64,
    /// Its shares, which stay in escrow, share units.
    pub shares: u64,
    /// What the fill would have paid for them, base units.
    pub offered: u64,
    /// What the owner's bound asks for them, base units.
    pub bound: u64,
}

/// A ticket went to another owner.
#[event]
#[derive(Debug)]
pub struct TicketTransferred {
    /// The vault.
    pub vault: Pubkey,
    /// Slot of the change.
    pub slot: u64,
    /// Unix time of the change, seconds.
    pub time: i64,
    /// The ticket.
    pub ticket: Pubkey,
    /// Its place in the queue.
    pub sequence: u64,
    /// Who owned it.
    pub previous: Pubkey,
    /// Who owns it now.
    pub owner: Pubkey,
}

/// Cash was demanded for an overdue ticket: recalls for it are free of the loss budget from now on.
#[event]
#[derive(Debug)]
pub struct OverdueDemanded {
    /// The vault.
    pub vault: Pubkey,
    /// Slot of the change.
    pub slot: u64,
    /// Unix time of the change, seconds.
    pub time: i64,
    /// The ticket.
    pub ticket: Pubkey,
    /// Its place in the queue.
    pub sequence: u64,
    /// Its unpaid shares, share units.
    pub shares: u64,
    /// What the router was told that they are worth, base units.
    pub overdue: u64,
}

/// A ticket's owner took his part of everything as it lies.
#[event]
#[derive(Debug)]
pub struct RedeemedInKind {
    /// The vault.
    pub vault: Pubkey,
    /// Slot of the change.
    pub slot: u64,
    /// Unix time of the change, seconds.
    pub time: i64,
    /// The ticket.
    pub ticket: Pubkey,
    /// Its place in the queue.
    pub sequence: u64,
    /// Its owner.
    pub owner: Pubkey,
    /// Burnt, share units.
    pub shares: u64,
    /// All shares before, accrued fee shares included, share units: the owner was paid shares / supply of each balance.
    pub supply: u64,
    /// What of it was cash, base units.
    pub cash: u64,
    /// Whether nothing was left to claim, and the ticket was closed.
    pub closed: bool,
}
