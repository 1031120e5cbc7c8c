//! The strategy router: where a vault's capital lies.
//!
//! CASH AND LINES. One ledger per vault holds one cash account and up to sixteen lines, each an adapter with one venue
//! position. The vault's signature alone moves money in and out of the house; the ledger's own address alone signs venue
//! calls.
//!
//! VALUATION. Anyone may `refresh` a line. NAV is read from the sums that each refresh remakes.
//!
//! MOVES. A keeper names a line; the program computes direction and amount by the curator's policy within the owner's
//! limits. New money asks the risk oracle; money coming back never does.
//!
//! CHANGES. Once money depends on the ledger, what raises risk waits in its queue, and the guardian may veto it.
//!
//! EXITS. `pay` and `recall` depend on no pause, no keeper and no oracle; `pay_in_kind` not even on a venue or a valuation.

#![warn(clippy::arithmetic_side_effects, clippy::integer_division)]
// Anchor's macros make these.
#![allow(clippy::result_large_err, clippy::diverging_sub_expression)]

use anchor_lang::prelude::*;
use gimbal_control::Direction;

pub mod adapters;
pub mod change;
pub mod error;
pub mod events;
pub mod instructions;
pub mod moves;
pub mod policy;
pub mod risk;
pub mod seeds;
pub mod state;
pub mod venue;

pub use error::RouterError;
pub use instructions::*;
pub use policy::bounds::LineParams;
pub use state::{Change, Keeper, Ledger, LimitsArgs, Line, LineVenue, Nav};

declare_id!("9nZsB2JRusjgVyC6Yg7thyhn84oXbWDPBymPsm3mkZDP");

/// Where the capital lies.
#[program]
pub mod strategy_router {
    use super::*;

    /// Opens a vault's ledger and its cash account. The vault signs.
    ///
    /// `roles`: who gets which role. `limits`: the owner's limits, within their hard ranges.
    pub fn initialize<'info>(
        ctx: Context<'info, Initialize<'info>>,
        roles: RolesArgs,
        limits: LimitsArgs,
    ) -> Result<()> {
        Initialize::handler(ctx, roles, limits)
    }

    /// Opens the ledger's book at the risk oracle. Owner only, once.
    pub fn open_book<'info>(ctx: Context<'info, OpenBook<'info>>) -> Result<()> {
        OpenBook::handler(ctx)
    }

    /// Sets the limits on valuations, cash and keepers. Owner only; looser ones wait on a live ledger.
    ///
    /// `limits`: within their hard ranges.
    pub fn set_limits<'info>(ctx: Context<'info, Configure<'info>>, limits: LimitsArgs) -> Result<()> {
        Configure::set_limits(ctx, limits)
    }

    /// Chooses the policy. Curator or owner.
    ///
    /// `policy`: 0 keeps fixed targets in bands, 1 fills lending lines by marginal rate, 2 weighs lines inversely to their
    /// forecast variance up to a volatility target.
    pub fn set_policy<'info>(ctx: Context<'info, Configure<'info>>, policy: u8) -> Result<()> {
        Configure::set_policy(ctx, policy)
    }

    /// Adds a line and pins its venue. Owner only; waits on a live ledger.
    ///
    /// `args`: adapter, bounds, the id that the ledger gives next, and the hash of the venue's accounts.
    pub fn add_strategy<'info>(ctx: Context<'info, AddStrategy<'info>>, args: AddStrategyArgs) -> Result<()> {
        AddStrategy::handler(ctx, args)
    }

    /// Sets a line's bounds. The owner sets all; the curator weights, band, cooldown and a lower cap; the guardian lowers.
    /// What only the owner may raise waits on a live ledger.
    ///
    /// `line`: the line's id. `params`: all of them as they shall be.
    pub fn set_bounds<'info>(ctx: Context<'info, LineSettings<'info>>, line: u16, params: LineParams) -> Result<()> {
        LineSettings::set_bounds(ctx, line, params)
    }

    /// Activates (owner; waits on a live ledger), freezes or winds down (guardian, curator or owner) a line.
    ///
    /// `line`: the line's id. `status`: 1 active, 2 frozen, 3 winding down.
    pub fn set_status<'info>(ctx: Context<'info, LineSettings<'info>>, line: u16, status: u8) -> Result<()> {
        LineSettings::set_status(ctx, line, status)
    }

    /// Approves the code that a line's venue runs now. Owner only; waits on a live ledger.
    ///
    /// `line`: the line's id. `program_slot`: slot in which the venue's code was deployed. `swap_slot`: that of the swap
    /// venue's, 0 for a same-asset line.
    pub fn approve_venue<'info>(
        ctx: Context<'info, ApproveVenue<'info>>,
        line: u16,
        program_slot: u64,
        swap_slot: u64,
    ) -> Result<()> {
        ApproveVenue::handler(ctx, line, program_slot, swap_slot)
    }

    /// Sets the order in which exits draw on same-asset lines. Curator or owner.
    ///
    /// `lines`: ids in order, each once; lines that are not named follow in row order.
    pub fn set_withdraw_order<'info>(ctx: Context<'info, SetWithdrawOrder<'info>>, lines: Vec<u16>) -> Result<()> {
        SetWithdrawOrder::handler(ctx, lines)
    }

    /// Removes an empty line. Curator or owner.
    ///
    /// `line`: the line's id.
    pub fn remove_strategy<'info>(ctx: Context<'info, RemoveStrategy<'info>>, line: u16) -> Result<()> {
        RemoveStrategy::handler(ctx, line)
    }

    /// Takes exactly `assets` from the vault's depositor into cash. The vault signs.
    ///
    /// `assets`: base units, above zero. `kept`: of them, the entry fee, locked as a gain.
    pub fn credit<'info>(ctx: Context<'info, Credit<'info>>, assets: u64, kept: u64) -> Result<()> {
        Credit::handler(ctx, assets, kept)
    }

    /// Pays exactly `assets` from cash to any account of the base asset that the vault names. The vault signs.
    ///
    /// `assets`: base units, above zero. `kept`: base units that stay as the exit fee, locked as a gain.
    pub fn pay<'info>(ctx: Context<'info, Pay<'info>>, assets: u64, kept: u64) -> Result<()> {
        Pay::handler(ctx, assets, kept)
    }

    /// Takes note of what the vault's ticket queue is worth: no rebalance deploys that cash. The vault signs.
    ///
    /// `amount`: of all tickets, base units. `overdue`: of the overdue ones, base units.
    pub fn reserve<'info>(ctx: Context<'info, Reserve<'info>>, amount: u64, overdue: u64) -> Result<()> {
        Reserve::handler(ctx, amount, overdue)
    }

    /// Pays a part of everything as it lies: cash, receipt tokens, tokens of swapped lines. The vault signs.
    ///
    /// `part`: of `whole`, above zero, at most `whole`. `whole`: what the part is measured in, as the vault's shares.
    pub fn pay_in_kind<'info>(ctx: Context<'info, PayInKind<'info>>, part: u64, whole: u64) -> Result<()> {
        PayInKind::handler(ctx, part, whole)
    }

    /// Brings money back from the line that is next in the withdraw order, for an exit that waits for it. The vault signs.
    ///
    /// `line`: the line's id. `amount`: base units; all of the line from its value on.
    pub fn recall_for_exit<'info>(ctx: Context<'info, RecallForExit<'info>>, line: u16, amount: u64) -> Result<()> {
        RecallForExit::handler(ctx, line, amount)
    }

    /// Values a line and remakes the totals. Anybody.
    ///
    /// `line`: the line's id.
    pub fn refresh<'info>(ctx: Context<'info, Refresh<'info>>, line: u16) -> Result<()> {
        Refresh::handler(ctx, line)
    }

    /// Puts new money of a deposit to work; does nothing, successfully, when there is no room. The vault signs.
    ///
    /// `line`: the line's id. `max`: base units at most.
    pub fn allocate<'info>(ctx: Context<'info, Allocate<'info>>, line: u16, max: u64) -> Result<()> {
        Allocate::handler(ctx, line, max)
    }

    /// Brings money back from a line. Guardian, curator or owner; anybody up to what the ticket queue lacks in cash.
    ///
    /// `line`: the line's id. `amount`: base units; all of the line from its value on.
    pub fn recall<'info>(ctx: Context<'info, Recall<'info>>, line: u16, amount: u64) -> Result<()> {
        Recall::handler(ctx, line, amount)
    }

    /// Moves a line as the policy says. A registered keeper.
    ///
    /// `line`: the line's id.
    pub fn rebalance<'info>(ctx: Context<'info, Rebalance<'info>>, line: u16) -> Result<()> {
        Rebalance::handler(ctx, line)
    }

    /// Adopts receipt tokens and tokens that lie untracked in a line's accounts. Anybody.
    ///
    /// `line`: the line's id.
    pub fn harvest<'info>(ctx: Context<'info, Harvest<'info>>, line: u16) -> Result<()> {
        Harvest::handler(ctx, line)
    }

    /// Adopts cash that lies untracked in the cash account. Anybody.
    pub fn harvest_cash<'info>(ctx: Context<'info, HarvestCash<'info>>) -> Result<()> {
        HarvestCash::handler(ctx)
    }

    /// Tells the risk oracle what lies where; moves nothing. Anybody.
    pub fn report<'info>(ctx: Context<'info, Report<'info>>) -> Result<()> {
        Report::handler(ctx)
    }

    /// Reduces a line whose status, bounds, feeds or venue call for it, or which the book's regime or contagion has cut.
    /// Anybody; a bounty is paid where the accounts for it are given.
    ///
    /// `line`: the line's id.
    pub fn derisk<'info>(ctx: Context<'info, Derisk<'info>>, line: u16) -> Result<()> {
        Derisk::handler(ctx, line)
    }

    /// Registers a keeper. Owner only.
    ///
    /// `key`: the key that will sign.
    pub fn register_keeper<'info>(ctx: Context<'info, RegisterKeeper<'info>>, key: Pubkey) -> Result<()> {
        RegisterKeeper::handler(ctx, key)
    }

    /// Activates (owner) or deactivates (guardian, curator or owner) a keeper.
    ///
    /// `active`: whether it may act.
    pub fn set_keeper_active<'info>(ctx: Context<'info, SetKeeperActive<'info>>, active: bool) -> Result<()> {
        SetKeeperActive::handler(ctx, active)
    }

    /// Pays a keeper what it is owed, as far as cash reaches. The keeper signs.
    pub fn collect_pay<'info>(ctx: Context<'info, CollectPay<'info>>) -> Result<()> {
        CollectPay::handler(ctx)
    }

    /// Pauses new money into lines, at once. Guardian, curator or owner.
    ///
    /// `direction`: NewMoney; the others belong to the vault.
    pub fn pause<'info>(ctx: Context<'info, SetPause<'info>>, direction: Direction) -> Result<()> {
        SetPause::pause(ctx, direction)
    }

    /// Lets new money in again. Curator or owner.
    ///
    /// `direction`: NewMoney; the others belong to the vault.
    pub fn lift<'info>(ctx: Context<'info, SetPause<'info>>, direction: Direction) -> Result<()> {
        SetPause::lift(ctx, direction)
    }

    /// Proposes the next owner; the zero key withdraws a proposal. Owner only.
    ///
    /// `owner`: the key that may accept.
    pub fn propose_owner<'info>(ctx: Context<'info, ChangeRole<'info>>, owner: Pubkey) -> Result<()> {
        ChangeRole::propose_owner(ctx, owner)
    }

    /// Accepts the ownership. The proposed owner signs.
    pub fn accept_owner<'info>(ctx: Context<'info, ChangeRole<'info>>) -> Result<()> {
        ChangeRole::accept_owner(ctx)
    }

    /// Names the curator; the zero key leaves the post empty. Owner only; a new one waits on a live ledger.
    ///
    /// `curator`: the new curator.
    pub fn set_curator<'info>(ctx: Context<'info, ChangeRole<'info>>, curator: Pubkey) -> Result<()> {
        ChangeRole::set_curator(ctx, curator)
    }

    /// Names the guardian; the zero key leaves the post empty. Owner only; the removal of the one in post waits on a live
    /// ledger.
    ///
    /// `guardian`: the new guardian.
    pub fn set_guardian<'info>(ctx: Context<'info, ChangeRole<'info>>, guardian: Pubkey) -> Result<()> {
        ChangeRole::set_guardian(ctx, guardian)
    }

    /// Gives a role up for ever. Its holder; the curator's also the owner.
    ///
    /// `role`: 0 owner, 1 curator, 2 guardian.
    pub fn renounce<'info>(ctx: Context<'info, ChangeRole<'info>>, role: u8) -> Result<()> {
        ChangeRole::renounce(ctx, role)
    }

    /// Queues an instruction that raises risk: it can be sent, with the change, once it has waited. Owner only.
    ///
    /// `data`: the instruction's data, discriminator and arguments, at most 640 bytes.
    pub fn propose_change<'info>(ctx: Context<'info, ProposeChange<'info>>, data: Vec<u8>) -> Result<()> {
        ProposeChange::handler(ctx, data)
    }

    /// Stops a queued change for good. Guardian, but for its own removal; owner.
    pub fn veto_change<'info>(ctx: Context<'info, VetoChange<'info>>) -> Result<()> {
        VetoChange::handler(ctx)
    }

    /// Closes a change that was applied or vetoed or has expired; the rent goes to who paid it. Anybody.
    pub fn close_change<'info>(ctx: Context<'info, CloseChange<'info>>) -> Result<()> {
        CloseChange::handler(ctx)
    }
}
