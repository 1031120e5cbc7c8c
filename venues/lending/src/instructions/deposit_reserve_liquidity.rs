use anchor_lang::prelude::*;
use anchor_spl::{
    token::Token,
    token_interface::{Mint, TokenAccount, TokenInterface},
};
use gimbal_venue_wire::klend::{exchange::DepositQuote, instruction::INSTRUCTIONS_SYSVAR, layout as at};

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

/// Accounts of `deposit_reserve_liquidity`, in klend's order.
///
/// `dup` marks accounts that may be one of the reserve's own: the handler's checks refuse that with klend's number,
/// where Anchor would refuse it with its own.
#[derive(Accounts)]
pub struct DepositReserveLiquidity<'info> {
    /// Owns the source account.
    pub owner: Signer<'info>,
    /// The reserve.
    /// CHECK: owner, length and discriminator are checked on every access.
    #[account(
        mut,
        constraint = reserve::field(&reserve, at::LENDING_MARKET)? == lending_market.key() @ ErrorCode::ConstraintHasOne,
    )]
    pub reserve: UncheckedAccount<'info>,
    /// Its market.
    pub lending_market: AccountLoader<'info, Market>,
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
    /// The reserve's vault of the asset.
    #[account(mut, address = reserve::field(&reserve, at::LIQUIDITY_SUPPLY_VAULT)?)]
    pub reserve_liquidity_supply: Box<InterfaceAccount<'info, TokenAccount>>,
    /// Mint of the cToken.
    #[account(
        mut,
        address = reserve::field(&reserve, at::COLLATERAL_MINT)?,
        mint::token_program = collateral_token_program,
    )]
    pub reserve_collateral_mint: Box<InterfaceAccount<'info, Mint>>,
    /// Where the asset comes from.
    #[account(mut, dup, token::mint = reserve_liquidity_mint, token::token_program = liquidity_token_program)]
    pub user_source_liquidity: Box<InterfaceAccount<'info, TokenAccount>>,
    /// Where the cTokens go; anyone's account.
    #[account(mut, dup, token::mint = reserve_collateral_mint, token::token_program = collateral_token_program)]
    pub user_destination_collateral: Box<InterfaceAccount<'info, TokenAccount>>,
    /// Token program of the cToken.
    pub collateral_token_program: Program<'info, Token>,
    /// Token program of the asset.
    pub liquidity_token_program: Interface<'info, TokenInterface>,
    /// The instructions sysvar, which klend requires here.
    /// CHECK: only its address matters.
    #[account(address = INSTRUCTIONS_SYSVAR)]
    pub instruction_sysvar_account: UncheckedAccount<'info>,
}

impl<'info> DepositReserveLiquidity<'info> {
    fn validate(&self) -> Result<()> {
        self.lending_market.load()?.require_running()?;
        reserve::read(&self.reserve, |books| {
            require_keys_neq!(
                books.supply_vault(),
                self.user_source_liquidity.key(),
                LendingError::InvalidAccountInput
            );
            require_keys_neq!(
                books.collateral_supply_vault(),
                self.user_destination_collateral.key(),
                LendingError::InvalidAccountInput
            );
            lending::require_open(books)?;
            require!(!books.is_ctoken_usage_blocked(), LendingError::CTokenUsageBlocked);
            Ok(())
        })
    }

    /// - Interest is booked first; a stale price does not matter.
    /// - cTokens are rounded down; of the liquidity only their worth, rounded up, is taken.
    /// - Vault and books grow by what is taken.
    #[access_control(ctx.accounts.validate())]
    pub fn handler(ctx: Context<'info, Self>, liquidity_amount: u64) -> Result<()> {
        let accounts = ctx.accounts;
        let now = now()?;
        let (signer, referral_fee_bps) = {
            let market = accounts.lending_market.load()?;
            let signer = MarketSigner { market: accounts.lending_market.key(), bump: market.authority_bump };
            (signer, market.referral_fee_bps)
        };
        let before = accounts.vault_state()?;
        let DepositQuote { liquidity, collateral } = reserve::write(&accounts.reserve, |books| {
            lending::refresh(books, now, referral_fee_bps)?;
            Ok(lending::deposit(books, now, liquidity_amount)?)
        })?;

        let asset = Asset { mint: &accounts.reserve_liquidity_mint, program: accounts.liquidity_token_program.key() };
        asset.pull(
            &accounts.user_source_liquidity,
            &accounts.reserve_liquidity_supply,
            accounts.owner.to_account_info(),
            liquidity,
        )?;
        let ctoken =
            Asset { mint: &accounts.reserve_collateral_mint, program: accounts.collateral_token_program.key() };
        ctoken.mint_to(
            &accounts.user_destination_collateral,
            accounts.lending_market_authority.to_account_info(),
            &signer,
            collateral,
        )?;

        accounts.reserve_liquidity_supply.reload()?;
        accounts.vault_state()?.require_grown_by(before, liquidity)
    }

    fn vault_state(&self) -> Result<VaultState> {
        Ok(VaultState {
            balance: self.reserve_liquidity_supply.amount,
            available: reserve::field(&self.reserve, at::AVAILABLE_AMOUNT)?,
        })
    }
}
