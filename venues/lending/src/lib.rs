//! A reference lending market that speaks klend's wire format, for localnet and tests.
//!
//! It is not klend and holds nobody's money: it exists so that an adapter written for klend can be
//! run, attacked and measured where klend itself is not to be had. What the adapter sees is klend's:
//! the three instructions below under klend's discriminators and account orders, the 8,624-byte
//! `Reserve`, the exchange rate and the interest to the last unit, and the same error numbers.
//! `docs/venues.md` lists each rule and what is left out.
//!
//! THE DEPOSITOR'S SIDE. `refresh_reserve`, `deposit_reserve_liquidity` and
//! `redeem_reserve_collateral` as klend has them.
//!
//! THE MARKET'S SIDE. Everything else is this program's own. A market's owner opens reserves, sets
//! their configuration, and plays the borrowers: by hand with `borrow`, `repay` and `write_off`, or
//! by `simulate_borrowers`, which lets up to three cohorts with volatile collateral borrow, repay, be
//! liquidated and default along a path of prices.
//!
//! CONSERVATION. Tokens only move by token transfers. A reserve's vault holds what the reserve calls
//! available, and every instruction checks that both moved together.

#![warn(clippy::arithmetic_side_effects, clippy::integer_division)]
// Anchor's macros make these.
#![allow(clippy::result_large_err, clippy::diverging_sub_expression)]

use anchor_lang::prelude::*;
use gimbal_venue_wire::klend::instruction as klend;

#[warn(missing_docs)]
pub mod client;
pub mod error;
pub mod instructions;
#[warn(missing_docs)]
pub mod math;
#[warn(missing_docs)]
pub mod seeds;
pub mod state;

pub use error::LendingError;
pub use instructions::*;
pub use state::{Cap, CurvePoint, ReserveConfig};

declare_id!("9TnGwRdjXc2p7za9LdeZMs6b9qyetVeZmCGzFk8uYhd6");

/// The reference lending market.
#[program]
pub mod lending_venue {
    use super::*;

    /// klend: accrues interest and takes the oracle's price.
    #[instruction(discriminator = &klend::REFRESH_RESERVE)]
    pub fn refresh_reserve<'info>(ctx: Context<'info, RefreshReserve<'info>>) -> Result<()> {
        RefreshReserve::handler(ctx)
    }

    /// klend: takes liquidity, mints cTokens.
    #[instruction(discriminator = &klend::DEPOSIT_RESERVE_LIQUIDITY)]
    pub fn deposit_reserve_liquidity<'info>(
        ctx: Context<'info, DepositReserveLiquidity<'info>>,
        liquidity_amount: u64,
    ) -> Result<()> {
        DepositReserveLiquidity::handler(ctx, liquidity_amount)
    }

    /// klend: burns cTokens, pays liquidity.
    #[instruction(discriminator = &klend::REDEEM_RESERVE_COLLATERAL)]
    pub fn redeem_reserve_collateral<'info>(
        ctx: Context<'info, RedeemReserveCollateral<'info>>,
        collateral_amount: u64,
    ) -> Result<()> {
        RedeemReserveCollateral::handler(ctx, collateral_amount)
    }

    /// Opens a market; the signer becomes its owner.
    pub fn init_market<'info>(ctx: Context<'info, InitMarket<'info>>, args: InitMarketArgs) -> Result<()> {
        InitMarket::handler(ctx, args)
    }

    /// Halts a market, or stops its lending. Owner only.
    pub fn set_market<'info>(ctx: Context<'info, SetMarket<'info>>, args: SetMarketArgs) -> Result<()> {
        SetMarket::handler(ctx, args)
    }

    /// Opens a reserve with its vaults, its cToken and a first deposit that nobody can redeem. Owner only.
    pub fn init_reserve<'info>(ctx: Context<'info, InitReserve<'info>>, args: InitReserveArgs) -> Result<()> {
        InitReserve::handler(ctx, args)
    }

    /// Opens the books of a reserve's borrowers. Owner only.
    pub fn init_borrowers<'info>(ctx: Context<'info, InitBorrowers<'info>>) -> Result<()> {
        InitBorrowers::handler(ctx)
    }

    /// Sets a reserve's curve, limits, caps and rates. Owner only.
    pub fn set_config<'info>(ctx: Context<'info, SetReserve<'info>>, config: ReserveConfig) -> Result<()> {
        SetReserve::set_config(ctx, config)
    }

    /// Opens, closes or hides a reserve. Owner only.
    pub fn set_status<'info>(ctx: Context<'info, SetReserve<'info>>, status: u8) -> Result<()> {
        SetReserve::set_status(ctx, status)
    }

    /// Sets the price of a reserve that has no oracle. Owner only.
    pub fn set_price<'info>(ctx: Context<'info, SetReserve<'info>>, price_sf: [u64; 2]) -> Result<()> {
        SetReserve::set_price(ctx, price_sf)
    }

    /// Lends to the owner's account: tests force illiquidity with it. Owner only.
    pub fn borrow<'info>(ctx: Context<'info, MoveLoan<'info>>, amount: u64) -> Result<()> {
        MoveLoan::borrow(ctx, amount)
    }

    /// Takes back what the owner borrowed, at most its debt. Owner only.
    pub fn repay<'info>(ctx: Context<'info, MoveLoan<'info>>, amount: u64) -> Result<()> {
        MoveLoan::repay(ctx, amount)
    }

    /// Gives up debt of the owner's loan or of a cohort: the holders of cTokens bear it. Owner only.
    pub fn write_off<'info>(ctx: Context<'info, WriteOff<'info>>, args: WriteOffArgs) -> Result<()> {
        WriteOff::handler(ctx, args)
    }

    /// Defines the simulated borrowers of a reserve. Owner only.
    pub fn set_cohorts<'info>(ctx: Context<'info, SetCohorts<'info>>, cohorts: Vec<CohortParams>) -> Result<()> {
        SetCohorts::handler(ctx, cohorts)
    }

    /// Lets every cohort borrow, repay, be liquidated or default at the prices given. Owner only.
    pub fn simulate_borrowers<'info>(
        ctx: Context<'info, SimulateBorrowers<'info>>,
        args: SimulateBorrowersArgs,
    ) -> Result<()> {
        SimulateBorrowers::handler(ctx, args)
    }
}
