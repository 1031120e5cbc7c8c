use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};
use gimbal_venue_wire::klend::layout as at;

use crate::{
    error::LendingError,
    seeds::{BORROWERS_SEED, BORROWERS_WALLET_SEED, LENDING_MARKET_AUTHORITY_SEED},
    state::{reserve, Borrowers, Market},
};

/// Accounts of `init_borrowers`.
#[derive(Accounts)]
pub struct InitBorrowers<'info> {
    /// The market's owner; pays rent.
    #[account(mut)]
    pub owner: Signer<'info>,
    /// The market.
    #[account(has_one = owner @ LendingError::InvalidMarketOwner)]
    pub market: AccountLoader<'info, Market>,
    /// The market's authority, which owns the wallet.
    /// CHECK: only its address matters.
    #[account(
        seeds = [LENDING_MARKET_AUTHORITY_SEED, market.key().as_ref()],
        bump = market.load()?.authority_bump,
    )]
    pub market_authority: UncheckedAccount<'info>,
    /// Its reserve.
    /// CHECK: owner, length and discriminator are checked on every access.
    #[account(
        constraint = reserve::field(&reserve, at::LENDING_MARKET)? == market.key() @ ErrorCode::ConstraintHasOne,
    )]
    pub reserve: UncheckedAccount<'info>,
    /// Mint of the asset.
    #[account(
        address = reserve::field(&reserve, at::LIQUIDITY_MINT)?,
        mint::token_program = liquidity_token_program,
    )]
    pub liquidity_mint: Box<InterfaceAccount<'info, Mint>>,
    /// The reserve's borrowers.
    #[account(
        init,
        payer = owner,
        space = Borrowers::SPACE,
        seeds = [BORROWERS_SEED, reserve.key().as_ref()],
        bump,
    )]
    pub borrowers: AccountLoader<'info, Borrowers>,
    /// What the cohorts borrowed.
    #[account(
        init,
        payer = owner,
        seeds = [BORROWERS_WALLET_SEED, reserve.key().as_ref()],
        bump,
        token::mint = liquidity_mint,
        token::authority = market_authority,
        token::token_program = liquidity_token_program,
    )]
    pub borrowers_wallet: Box<InterfaceAccount<'info, TokenAccount>>,
    /// Token program of the asset.
    pub liquidity_token_program: Interface<'info, TokenInterface>,
    /// The System program.
    pub system_program: Program<'info, System>,
}

impl<'info> InitBorrowers<'info> {
    /// - Nobody owes anything yet.
    pub fn handler(ctx: Context<'info, Self>) -> Result<()> {
        let reserve = ctx.accounts.reserve.key();
        ctx.accounts.borrowers.load_init()?.open(reserve, ctx.bumps.borrowers, ctx.bumps.borrowers_wallet);
        Ok(())
    }
}
