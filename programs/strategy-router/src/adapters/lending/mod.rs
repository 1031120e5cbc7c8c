//! Lending markets that speak klend's wire format: a reserve per asset, receipt tokens as shares of it.
//!
//! SAME ASSET. Cash is deposited as it is.
//!
//! SWAPPED. Cash is swapped in one pinned Whirlpools pool into the reserve's asset, which is deposited; on the way back
//! redeemed and swapped. What a swap must give is computed here from both assets' feeds; the pool's own price decides
//! nothing.

use anchor_lang::prelude::*;
use gimbal_venue_wire::klend::{instruction::INSTRUCTIONS_SYSVAR, lending_market_authority, ReserveView};
use risk_oracle::state::Exposure;

use crate::{
    adapters::{Adapter, OwnAccounts, Proposal, Quote, VenueCall, VenueView},
    error::RouterError,
    state::Line,
};

mod deploy;
mod exposure;
mod recall;
mod swap;
mod value;

/// Places in the pinned list.
pub mod at {
    /// The reserve.
    pub const RESERVE: usize = 0;
    /// Our receipt tokens.
    pub const POSITION: usize = 1;
    /// The lending market.
    pub const MARKET: usize = 2;
    /// Its authority.
    pub const MARKET_AUTHORITY: usize = 3;
    /// Mint of the reserve's asset.
    pub const LIQUIDITY_MINT: usize = 4;
    /// The reserve's vault.
    pub const LIQUIDITY_SUPPLY: usize = 5;
    /// Mint of the receipt tokens.
    pub const COLLATERAL_MINT: usize = 6;
    /// Token program of the receipt tokens.
    pub const COLLATERAL_TOKEN_PROGRAM: usize = 7;
    /// Token program of the reserve's asset.
    pub const LIQUIDITY_TOKEN_PROGRAM: usize = 8;
    /// The instructions sysvar.
    pub const INSTRUCTIONS: usize = 9;
    /// Length of a same-asset line's list.
    pub const SAME_ASSET_LEN: usize = 10;
    /// Our account of the reserve's asset.
    pub const TOKEN: usize = 10;
    /// The pool.
    pub const POOL: usize = 11;
    /// The pool's account of its mint A.
    pub const POOL_VAULT_A: usize = 12;
    /// The pool's account of its mint B.
    pub const POOL_VAULT_B: usize = 13;
    /// The first of three tick arrays.
    pub const TICK_ARRAYS: usize = 14;
    /// After the last tick array.
    pub const TICK_ARRAYS_END: usize = 17;
    /// The pool's oracle account.
    pub const POOL_ORACLE: usize = 17;
    /// The memo program.
    pub const MEMO: usize = 18;
    /// Length of a swapped line's list.
    pub const SWAPPED_LEN: usize = 19;
}

/// What rounding inside the venue may cost in one direction, smallest units.
const DUST: u64 = 1;

/// The adapter.
pub struct Lending;

impl Adapter for Lending {
    fn value(&self, view: &VenueView, line: &Line) -> Result<Quote> {
        value::value(view, line)
    }

    fn exposure(&self, line: &Line) -> Result<Exposure> {
        exposure::exposure(line)
    }

    fn deploy(&self, call: &VenueCall, line: &Line, amount: u64) -> Result<()> {
        deploy::deploy(call, line, amount)
    }

    fn recall(&self, call: &VenueCall, line: &Line, amount: u64) -> Result<()> {
        recall::recall(call, line, amount)
    }

    fn calm_size_down(&self, call: &VenueCall, line: &Line) -> Result<u64> {
        if line.swapped == 0 {
            return Ok(u64::MAX);
        }
        swap::calm_size_down(call)
    }

    fn inspect(&self, proposal: &Proposal) -> Result<()> {
        inspect(proposal)
    }

    fn value_count(&self) -> u8 {
        2
    }

    fn own_accounts(&self, swapped: bool) -> OwnAccounts {
        OwnAccounts { position: at::POSITION, token: swapped.then_some(at::TOKEN) }
    }

    fn moving(&self, swapped: bool) -> core::ops::Range<usize> {
        if swapped {
            at::TICK_ARRAYS..at::TICK_ARRAYS_END
        } else {
            0..0
        }
    }
}

/// Every account that the reserve names is the one in the list, so that a list cannot mix two markets.
fn inspect(proposal: &Proposal) -> Result<()> {
    let swapped = proposal.swap_program.is_some();
    let length = if swapped { at::SWAPPED_LEN } else { at::SAME_ASSET_LEN };
    require!(proposal.pinned.len() == length, RouterError::VenueAccountMismatch);
    let account = |index: usize| proposal.pinned.get(index).ok_or_else(|| error!(RouterError::VenueAccountMismatch));
    let is = |index: usize, key: &Pubkey| -> Result<()> {
        require_keys_eq!(*account(index)?.key, *key, RouterError::VenueAccountMismatch);
        Ok(())
    };

    let reserve = account(at::RESERVE)?;
    require_keys_eq!(*reserve.owner, proposal.program, RouterError::VenueAccountMismatch);
    let data = reserve.try_borrow_data()?;
    let reserve = ReserveView::parse(&data).map_err(RouterError::from)?;
    let market = reserve.lending_market();
    is(at::MARKET, &market)?;
    is(at::MARKET_AUTHORITY, &lending_market_authority(&market, &proposal.program).0)?;
    is(at::LIQUIDITY_MINT, &reserve.liquidity_mint())?;
    is(at::LIQUIDITY_MINT, &proposal.token_mint)?;
    is(at::LIQUIDITY_SUPPLY, &reserve.supply_vault())?;
    is(at::COLLATERAL_MINT, &reserve.collateral_mint())?;
    is(at::COLLATERAL_MINT, &proposal.position_mint)?;
    is(at::COLLATERAL_TOKEN_PROGRAM, account(at::COLLATERAL_MINT)?.owner)?;
    is(at::LIQUIDITY_TOKEN_PROGRAM, account(at::LIQUIDITY_MINT)?.owner)?;
    is(at::INSTRUCTIONS, &INSTRUCTIONS_SYSVAR)?;
    if swapped {
        return swap::inspect(proposal);
    }
    require_keys_eq!(proposal.token_mint, proposal.base_mint, RouterError::MintMismatch);
    Ok(())
}
