use anchor_lang::prelude::*;
use anchor_spl::{
    token::Token,
    token_interface::{Mint, TokenAccount, TokenInterface},
};
use gimbal_venue_wire::klend::{instruction::INSTRUCTIONS_SYSVAR, layout as at};

use super::{
    now,
    tokens::{Asset, MarketSigner},
    VaultState,
};
use crate::{
    error::LendingError,
    math::lending,
    seeds::LENDING_MARKET_AUTHORITY_SEED,
    state::{reserve, Market},
};

/// Accounts of `redeem_reserve_collateral`, in klend's order. On `dup` see `DepositReserveLiquidity`.
#[derive(Accounts)]
pub struct RedeemReserveCollateral<'info> {
    /// Owns the cTokens.
    pub owner: Signer<'info>,
    /// The reserve's market.
    pub lending_market: AccountLoader<'info, Market>,
    /// The reserve.
    /// CHECK: owner, length and discriminator are checked on every access.
    #[account(
        mut,
        constraint = reserve::field(&reserve, at::LENDING_MARKET)? == lending_market.key() @ ErrorCode::ConstraintHasOne,
    )]
    pub reserve: UncheckedAccount<'info>,
    /// The market's authority.
    /// CHECK: only its address matters.
    #[account(
        seeds = [LENDING_MARKET_AUTHORITY_SEED, lending_market.key().as_ref()],
        bump = lending_market.load()?.authority_bump,
    )]
    pub lending_market_authority: UncheckedAccount<'info>,
    /// Mint of the asset.
    #[account(
        address = reserve::field(&reserve, at::LIQUIDITY_MINT)?,
        mint::token_program = liquidity_token_program,
    )]
    pub reserve_liquidity_mint: Box<InterfaceAccount<'info, Mint>>,
    /// Mint of the cToken.
    #[account(
        mut,
        address = reserve::field(&reserve, at::COLLATERAL_MINT)?,
        mint::token_program = collateral_token_program,
    )]
    pub reserve_collateral_mint: Box<InterfaceAccount<'info, Mint>>,
    /// The reserve's vault of the asset.
    #[account(mut, address = reserve::field(&reserve, at::LIQUIDITY_SUPPLY_VAULT)?)]
    pub reserve_liquidity_supply: Box<InterfaceAccount<'info, TokenAccount>>,
    /// Where the cTokens come from.
    #[account(mut, dup, token::mint = reserve_collateral_mint, token::token_program = collateral_token_program)]
    pub user_source_collateral: Box<InterfaceAccount<'info, TokenAccount>>,
    /// Where the asset goes; anyone's account.
    #[account(mut, dup, token::mint = reserve_liquidity_mint, token::token_program = liquidity_token_program)]
    pub user_destination_liquidity: Box<InterfaceAccount<'info, TokenAccount>>,
    /// Token program of the cToken.
    pub collateral_token_program: Program<'info, Token>,
    /// Token program of the asset.
    pub liquidity_token_program: Interface<'info, TokenInterface>,
    /// The instructions sysvar, which klend requires here.
    /// CHECK: only its address matters.
    #[account(address = INSTRUCTIONS_SYSVAR)]
    pub instruction_sysvar_account: UncheckedAccount<'info>,
}

impl<'info> RedeemReserveCollateral<'info> {
    fn validate(&self) -> Result<()> {
        self.lending_market.load()?.require_running()?;
        reserve::read(&self.reserve, |books| {
            require_keys_neq!(
                books.collateral_supply_vault(),
                self.user_source_collateral.key(),
                LendingError::InvalidAccountInput
            );
            require_keys_neq!(
                books.supply_vault(),
                self.user_destination_liquidity.key(),
                LendingError::InvalidAccountInput
            );
            Ok(lending::require_current(books)?)
        })
    }

    /// - Interest is booked first; a stale price or an obsolete reserve does not stop an exit.
    /// - What is paid is rounded down and must be available beyond the withdraw queue.
    /// - Vault and books fall by what is paid.
    #[access_control(ctx.accounts.validate())]
    pub fn handler(ctx: Context<'info, Self>, collateral_amount: u64) -> Result<()> {
        let accounts = ctx.accounts;
        let now = now()?;
        let (signer, referral_fee_bps) = {
            let market = accounts.lending_market.load()?;
            let signer = MarketSigner { market: accounts.lending_market.key(), bump: market.authority_bump };
            (signer, market.referral_fee_bps)
        };
        let before = accounts.vault_state()?;
        let paid = reserve::write(&accounts.reserve, |books| {
            lending::refresh(books, now, referral_fee_bps)?;
            Ok(lending::redeem(books, now, collateral_amount)?)
        })?;

        let ctoken =
            Asset { mint: &accounts.reserve_collateral_mint, program: accounts.collateral_token_program.key() };
        ctoken.burn(&accounts.user_source_collateral, accounts.owner.to_account_info(), collateral_amount)?;
        let asset = Asset { mint: &accounts.reserve_liquidity_mint, program: accounts.liquidity_token_program.key() };
        asset.push(
            &accounts.reserve_liquidity_supply,
            &accounts.user_destination_liquidity,
            accounts.lending_market_authority.to_account_info(),
            &signer,
            paid,
        )?;

        accounts.reserve_liquidity_supply.reload()?;
        accounts.vault_state()?.require_fallen_by(before, paid)
    }

    fn vault_state(&self) -> Result<VaultState> {
        Ok(VaultState {
            balance: self.reserve_liquidity_supply.amount,
            available: reserve::field(&self.reserve, at::AVAILABLE_AMOUNT)?,
        })
    }
}
