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
//! EXITS. `pay` and `recall` depend on no pause, no keeper and no oracle.

use anchor_lang::prelude::*;

pub mod error;
pub mod events;
pub mod instructions;
pub mod seeds;
pub mod state;
pub mod venue;

pub use instructions::*;
use state::LimitsArgs;

declare_id!("9nZsB2JRusjgVyC6Yg7thyhn84oXbWDPBymPsm3mkZDP");

/// Where the capital lies.
#[program]
pub mod strategy_router {
    use super::*;

    /// Opens a vault's ledger and its cash account.
    ///
    /// # Arguments
    /// * `roles` - who gets which role
    /// * `limits` - the owner's limits, within their hard ranges
    pub fn initialize<'info>(
        ctx: Context<'info, Initialize<'info>>,
        roles: RolesArgs,
        limits: LimitsArgs,
    ) -> Result<()> {
        Initialize::handler(ctx, roles, limits)
    }

    /// Takes exactly `assets` from the vault's depositor into cash.
    ///
    /// # Arguments
    /// * `assets` - base units, above zero
    pub fn credit<'info>(ctx: Context<'info, Credit<'info>>, assets: u64) -> Result<()> {
        Credit::handler(ctx, assets)
    }

    /// Pays exactly `assets` from cash to any account of the base asset that the vault names.
    ///
    /// # Arguments
    /// * `assets` - base units, above zero
    pub fn pay<'info>(ctx: Context<'info, Pay<'info>>, assets: u64) -> Result<()> {
        Pay::handler(ctx, assets)
    }

    /// Takes note of what the vault's ticket queue is worth: no rebalance deploys that cash.
    ///
    /// # Arguments
    /// * `amount` - base units
    pub fn reserve<'info>(ctx: Context<'info, Reserve<'info>>, amount: u64) -> Result<()> {
        Reserve::handler(ctx, amount)
    }
}
