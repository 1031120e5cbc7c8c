//! Who owns what: shares of a portfolio that the strategy router holds and the risk oracle watches.
//!
//! SHARES. A deposit buys shares at NAV high, an exit sells them at NAV low. Virtual amounts on both sides keep the
//! price of the first share at one and leave nothing to inflate. Every rounding favours those who stay.
//!
//! CASH. The vault holds no working capital: the router takes and pays it, on the vault's signature alone.
//!
//! EXITS. Instant exits use the cash that neither keepers nor the queue are owed. Whoever finds too little of it queues
//! a ticket; tickets are paid in order, by anyone, and nothing pauses them. What a filled ticket is owed lies apart
//! and is no part of NAV; only its owner claims it.
//!
//! ROLES. The owner may change everything, the curator may lift a pause, the guardian may set one.
//!
//! PREVIEWS. [`preview`] is the program's own arithmetic, for clients.

#![warn(clippy::arithmetic_side_effects, clippy::integer_division)]
// Anchor's macros make these.
#![allow(unexpected_cfgs, clippy::result_large_err, clippy::diverging_sub_expression)]

use anchor_lang::prelude::*;
use gimbal_control::Direction;

mod create;
#[warn(missing_docs)]
pub mod error;
#[warn(missing_docs)]
pub mod events;
pub mod instructions;
#[warn(missing_docs)]
pub mod math;
#[warn(missing_docs)]
pub mod preview;
mod router;
#[warn(missing_docs)]
pub mod seeds;
#[warn(missing_docs)]
pub mod state;
mod token;

pub use error::VaultError;
pub use instructions::*;
pub use state::{Ticket, TicketStatus, Vault};

declare_id!("CeLyDKjYAq63rQHb4dSHe8jetCYEgY4xr4MCMBcKjF5Z");

/// The vault: shares, instant exits, and the queue of tickets.
#[program]
pub mod vault {
    use super::*;

    /// Makes a vault, its share mint, its token accounts and its ledger. The creator signs and becomes the owner.
    ///
    /// `args`: the vault's number, its first roles, its smallest first deposit, and the ledger's limits.
    pub fn initialize<'info>(ctx: Context<'info, Initialize<'info>>, args: InitializeArgs) -> Result<()> {
        Initialize::handler(ctx, args)
    }

    /// Pays in `assets` base units for shares: at least `min_shares`, rounded down, at NAV high.
    pub fn deposit<'info>(ctx: Context<'info, Deposit<'info>>, assets: u64, min_shares: u64) -> Result<()> {
        Deposit::deposit(ctx, assets, min_shares)
    }

    /// Pays in `assets` base units for at least `min_shares`, as `deposit` does; then as much of it goes into `line` as
    /// the router allows, possibly nothing.
    pub fn deposit_and_allocate<'info>(
        ctx: Context<'info, DepositAndAllocate<'info>>,
        assets: u64,
        min_shares: u64,
        line: u16,
    ) -> Result<()> {
        DepositAndAllocate::handler(ctx, assets, min_shares, line)
    }

    /// Buys exactly `shares` for base asset: at most `max_assets`, rounded up, at NAV high.
    pub fn mint<'info>(ctx: Context<'info, Deposit<'info>>, shares: u64, max_assets: u64) -> Result<()> {
        Deposit::mint(ctx, shares, max_assets)
    }

    /// Takes out exactly `assets` base units for shares: at most `max_shares`, rounded up, at NAV low.
    pub fn withdraw<'info>(ctx: Context<'info, Redeem<'info>>, assets: u64, max_shares: u64) -> Result<()> {
        Redeem::withdraw(ctx, assets, max_shares)
    }

    /// Gives `shares` for base asset: at least `min_assets`, rounded down, at NAV low.
    pub fn redeem<'info>(ctx: Context<'info, Redeem<'info>>, shares: u64, min_assets: u64) -> Result<()> {
        Redeem::redeem(ctx, shares, min_assets)
    }

    /// Queues `shares` for redemption as a ticket. Always open.
    pub fn request_redeem<'info>(ctx: Context<'info, RequestRedeem<'info>>, shares: u64) -> Result<()> {
        RequestRedeem::handler(ctx, shares)
    }

    /// Pays up to `n` tickets in order as far as cash goes, at NAV low. Anybody may call.
    pub fn fill_tickets<'info>(ctx: Context<'info, FillTickets<'info>>, n: u8) -> Result<()> {
        FillTickets::handler(ctx, n)
    }

    /// Pays out what a ticket was paid, and closes a spent one. The ticket's owner signs.
    pub fn claim<'info>(ctx: Context<'info, Claim<'info>>) -> Result<()> {
        Claim::handler(ctx)
    }

    /// Takes the unpaid shares of a ticket out of the queue. The ticket's owner signs.
    pub fn cancel<'info>(ctx: Context<'info, Cancel<'info>>) -> Result<()> {
        Cancel::handler(ctx)
    }

    /// Pauses a `direction`, deposits or instant exits, at once. Guardian, curator or owner.
    pub fn pause<'info>(ctx: Context<'info, ChangePause<'info>>, direction: Direction) -> Result<()> {
        ChangePause::pause(ctx, direction)
    }

    /// Ends the pause of a `direction`. Curator or owner.
    pub fn lift<'info>(ctx: Context<'info, ChangePause<'info>>, direction: Direction) -> Result<()> {
        ChangePause::lift(ctx, direction)
    }

    /// Proposes `next` as owner; the zero key withdraws a proposal. Owner only.
    pub fn propose_owner<'info>(ctx: Context<'info, ChangeRole<'info>>, next: Pubkey) -> Result<()> {
        ChangeRole::propose_owner(ctx, next)
    }

    /// Accepts the ownership. The proposed owner signs.
    pub fn accept_owner<'info>(ctx: Context<'info, ChangeRole<'info>>) -> Result<()> {
        ChangeRole::accept_owner(ctx)
    }

    /// Names the `curator`; the zero key leaves the post empty. Owner only.
    pub fn set_curator<'info>(ctx: Context<'info, ChangeRole<'info>>, curator: Pubkey) -> Result<()> {
        ChangeRole::set_curator(ctx, curator)
    }

    /// Names the `guardian`; the zero key leaves the post empty. Owner only.
    pub fn set_guardian<'info>(ctx: Context<'info, ChangeRole<'info>>, guardian: Pubkey) -> Result<()> {
        ChangeRole::set_guardian(ctx, guardian)
    }
}
