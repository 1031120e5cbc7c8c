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
//! FEES. Managers are paid in new shares, for time and for gains above a mark, charged at NAV low at most daily; entry and
//! exit fees stay in the pool. The caps are in code, and a rise waits until every ticket could be out.
//!
//! LIMITS. A cap on NAV, a daily limit of instant exits, and a limit of the share price's speed: entries wait while it
//! falls fast, instant exits are paid at the day's start while it rises fast. A list may bound who pays in, never who leaves.
//!
//! ROLES. The owner may change everything, but what raises risk or price in a live vault only after a wait; the curator may
//! lift a pause and renew a list, the guardian may set a pause and veto what waits.
//!
//! PREVIEWS. [`preview`] is the program's own arithmetic, for clients.

#![warn(clippy::arithmetic_side_effects, clippy::integer_division)]
// Anchor's macros make these.
#![allow(unexpected_cfgs, clippy::result_large_err, clippy::diverging_sub_expression)]

use anchor_lang::prelude::*;
use gimbal_control::Direction;

#[warn(missing_docs)]
pub mod change;
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
pub use router::{exit_nav, last_known_pool, ExitNav};
pub use state::{FeesArgs, Member, Ticket, TicketStatus, Vault, VaultLimitsArgs};

declare_id!("CeLyDKjYAq63rQHb4dSHe8jetCYEgY4xr4MCMBcKjF5Z");

/// The vault: shares, instant exits, and the queue of tickets.
#[program]
pub mod vault {
    use super::*;

    /// Makes a vault, its share mint, its token accounts and its ledger. The creator signs and becomes the owner.
    ///
    /// `args`: the vault's number, its first roles, its smallest first deposit, its fees and limits, and the
    /// ledger's limits.
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

    /// Gives `shares` for at least `min_assets`, as `redeem` does; what free cash lacks is recalled from `line` before, which
    /// must be the next that exits draw on.
    pub fn redeem_and_recall<'info>(
        ctx: Context<'info, RedeemAndRecall<'info>>,
        shares: u64,
        min_assets: u64,
        line: u16,
    ) -> Result<()> {
        RedeemAndRecall::handler(ctx, shares, min_assets, line)
    }

    /// Queues `shares` for redemption as a ticket: for at least `min_assets` base units, pro rata for parts, or it is passed
    /// and keeps its shares. Always open.
    pub fn request_redeem<'info>(
        ctx: Context<'info, RequestRedeem<'info>>,
        shares: u64,
        min_assets: u64,
    ) -> Result<()> {
        RequestRedeem::handler(ctx, shares, min_assets)
    }

    /// Pays up to `n` tickets in order as far as cash goes, at NAV low; overdue ones even without a fresh NAV. Anybody may
    /// call.
    pub fn fill_tickets<'info>(ctx: Context<'info, FillTickets<'info>>, n: u8) -> Result<()> {
        FillTickets::handler(ctx, n)
    }

    /// Pays out what a ticket was paid, and closes a spent one. The ticket's owner signs.
    pub fn claim<'info>(ctx: Context<'info, Claim<'info>>) -> Result<()> {
        Claim::handler(ctx)
    }

    /// Hands a ticket to `new_owner` with all that it will be paid. The ticket's owner signs.
    pub fn transfer_ticket<'info>(ctx: Context<'info, TransferTicket<'info>>, new_owner: Pubkey) -> Result<()> {
        TransferTicket::handler(ctx, new_owner)
    }

    /// Demands cash for the ticket at the head, once its first deadline is over: anybody may then recall it, whatever that
    /// loses within the lines' bounds. Anybody may call.
    pub fn demand<'info>(ctx: Context<'info, Demand<'info>>) -> Result<()> {
        Demand::handler(ctx)
    }

    /// Pays the unpaid shares of a ticket their part of everything as it lies, once its second deadline is over. The
    /// ticket's owner signs.
    pub fn redeem_in_kind<'info>(ctx: Context<'info, RedeemInKind<'info>>) -> Result<()> {
        RedeemInKind::handler(ctx)
    }

    /// Takes the unpaid shares of a ticket back, out of the queue or after it was passed. The ticket's owner signs.
    pub fn cancel<'info>(ctx: Context<'info, Cancel<'info>>) -> Result<()> {
        Cancel::handler(ctx)
    }

    /// Charges fees up to now, once a day has passed since the last time. Anybody may call.
    pub fn crystallise<'info>(ctx: Context<'info, Crystallise<'info>>) -> Result<()> {
        Crystallise::handler(ctx)
    }

    /// Mints the shares accrued as fees to their recipient. Anybody may call.
    pub fn collect_fees<'info>(ctx: Context<'info, CollectFees<'info>>) -> Result<()> {
        CollectFees::handler(ctx)
    }

    /// Puts `fees` in force. Owner only; in a live vault a rise or another recipient is a change that must have waited.
    pub fn set_fees<'info>(ctx: Context<'info, SetFees<'info>>, fees: FeesArgs) -> Result<()> {
        SetFees::handler(ctx, fees)
    }

    /// Puts the vault's own `limits` in force. Owner only; in a live vault all but a lower deposit cap and a faster queue
    /// is a change that must have waited.
    pub fn set_limits<'info>(ctx: Context<'info, SetLimits<'info>>, limits: VaultLimitsArgs) -> Result<()> {
        SetLimits::handler(ctx, limits)
    }

    /// Sets the `root` of the list of who may pay in; zero opens the vault to everybody. The owner; a list that is in
    /// force the curator may renew.
    pub fn set_gate<'info>(ctx: Context<'info, SetGate<'info>>, root: [u8; 32]) -> Result<()> {
        SetGate::handler(ctx, root)
    }

    /// Names the address lookup `table` that clients shorten their messages with; the zero key names none. Curator or owner.
    pub fn set_lookup_table<'info>(ctx: Context<'info, SetLookupTable<'info>>, table: Pubkey) -> Result<()> {
        SetLookupTable::handler(ctx, table)
    }

    /// Admits a wallet that `proof` shows on the vault's list: the other hash of each pair from its leaf up. Anybody may
    /// call.
    pub fn admit<'info>(ctx: Context<'info, Admit<'info>>, proof: Vec<[u8; 32]>) -> Result<()> {
        Admit::handler(ctx, proof)
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

    /// Names the `curator`; the zero key leaves the post empty. Owner only; in a live vault a new one has waited in a change.
    pub fn set_curator<'info>(ctx: Context<'info, ChangeRole<'info>>, curator: Pubkey) -> Result<()> {
        ChangeRole::set_curator(ctx, curator)
    }

    /// Names the `guardian`; the zero key leaves the post empty. Owner only; in a live vault the removal of one in post has
    /// waited in a change.
    pub fn set_guardian<'info>(ctx: Context<'info, ChangeRole<'info>>, guardian: Pubkey) -> Result<()> {
        ChangeRole::set_guardian(ctx, guardian)
    }

    /// Gives a `role` up for ever: 0 owner, 1 curator, 2 guardian. Who holds it; the owner also the curator's.
    pub fn renounce<'info>(ctx: Context<'info, ChangeRole<'info>>, role: u8) -> Result<()> {
        ChangeRole::renounce(ctx, role)
    }

    /// Proposes a change: `data` is the instruction that waits, discriminator and arguments. Owner only.
    pub fn propose_change<'info>(ctx: Context<'info, ProposeChange<'info>>, data: Vec<u8>) -> Result<()> {
        ProposeChange::handler(ctx, data)
    }

    /// Stops a change for good. Guardian or owner; the owner alone where the guardian itself is to go.
    pub fn veto_change<'info>(ctx: Context<'info, VetoChange<'info>>) -> Result<()> {
        VetoChange::handler(ctx)
    }

    /// Closes a change that was applied or vetoed or has expired. Anybody.
    pub fn close_change<'info>(ctx: Context<'info, CloseChange<'info>>) -> Result<()> {
        CloseChange::handler(ctx)
    }
}
