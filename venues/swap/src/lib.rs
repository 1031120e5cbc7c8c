//! A reference pool that speaks Whirlpools' wire format, for localnet and tests.
//!
//! It is not Whirlpools and holds nobody's money. What a trader sees is Whirlpools': `swap_v2` under its discriminator
//! and account order, the 653-byte `Whirlpool`, the same rounding and the same error numbers. Its liquidity is one
//! full-range position, so that no swap crosses a tick; `docs/venues.md` lists what is left out.
//!
//! CONSERVATION. Tokens move by token transfers only, and each vault always holds at least what the position needs at the
//! pool's price plus the fees that it took.

#![warn(clippy::arithmetic_side_effects, clippy::integer_division)]
// Anchor's macros make these.
#![allow(clippy::result_large_err, clippy::diverging_sub_expression)]

use anchor_lang::prelude::*;
use gimbal_venue_wire::whirlpool::instruction as whirlpool;

pub mod error;
pub mod instructions;
#[warn(missing_docs)]
pub mod math;
#[warn(missing_docs)]
pub mod seeds;

pub use error::SwapError;
pub use instructions::*;

declare_id!("83BqwvUMMnuEDsXvN91W7d7vgEz5PVd2NafncrBtKRyf");

/// The reference pool.
#[program]
pub mod swap_venue {
    use super::*;

    /// Whirlpools: trades one token for the other at the pool's price.
    #[instruction(discriminator = &whirlpool::SWAP_V2)]
    #[allow(clippy::too_many_arguments)] // Whirlpools' own signature
    pub fn swap_v2<'info>(
        ctx: Context<'info, SwapV2<'info>>,
        amount: u64,
        other_amount_threshold: u64,
        sqrt_price_limit: u128,
        amount_specified_is_input: bool,
        a_to_b: bool,
        remaining_accounts_info: Option<Vec<u8>>,
    ) -> Result<()> {
        let order = Order { amount, other_amount_threshold, sqrt_price_limit, amount_specified_is_input, a_to_b };
        SwapV2::handler(ctx, &order, remaining_accounts_info.is_some())
    }

    /// Opens a pool at a price, with one full-range position that its owner pays for.
    pub fn init_pool<'info>(ctx: Context<'info, InitPool<'info>>, args: InitPoolArgs) -> Result<()> {
        InitPool::handler(ctx, args)
    }

    /// Opens one of the pool's tick arrays, which `swap_v2` names. Owner only.
    pub fn init_tick_array<'info>(ctx: Context<'info, InitTickArray<'info>>, start_tick_index: i32) -> Result<()> {
        InitTickArray::handler(ctx, start_tick_index)
    }

    /// Moves the pool to a price as outside arbitrage would: the owner pays one token and takes the other. Owner only.
    pub fn rebase<'info>(ctx: Context<'info, Rebase<'info>>, sqrt_price: u128) -> Result<()> {
        Rebase::handler(ctx, sqrt_price)
    }
}
