use anchor_lang::prelude::*;
use anchor_spl::{
    token::Token,
    token_interface::{Mint, TokenAccount, TokenInterface},
};
use gimbal_venue_wire::{
    field::Layout,
    klend::{layout as at, Reserve, ReserveMut},
};

use super::{now, tokens::Asset};
use crate::{
    error::LendingError,
    math::Now,
    seeds::{
        COLLATERAL_MINT_SEED, COLLATERAL_SUPPLY_SEED, FEE_VAULT_SEED, LENDING_MARKET_AUTHORITY_SEED, RESERVE_SEED,
        SUPPLY_VAULT_SEED,
    },
    state::{Market, ReserveConfig},
};

/// Least first deposit, units: what klend's markets ask for by default.
pub const MIN_INITIAL_DEPOSIT: u64 = 100_000;
/// Bytes of a mint without extensions.
const PLAIN_MINT_LEN: usize = 82;

/// A new reserve.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct InitReserveArgs {
    /// First deposit, units, at least [`MIN_INITIAL_DEPOSIT`]: its cTokens exist in the books only, so that
    /// nobody can ever drive the rate of an empty reserve.
    pub initial_deposit: u64,
    /// The configuration.
    pub config: ReserveConfig,
}

/// Accounts of `init_reserve`.
#[derive(Accounts)]
pub struct InitReserve<'info> {
    /// The market's owner; pays rent and first deposit.
    #[account(mut)]
    pub owner: Signer<'info>,
    /// The market.
    #[account(has_one = owner @ LendingError::InvalidMarketOwner)]
    pub market: AccountLoader<'info, Market>,
    /// The market's authority.
    /// CHECK: only its address matters.
    #[account(
        seeds = [LENDING_MARKET_AUTHORITY_SEED, market.key().as_ref()],
        bump = market.load()?.authority_bump,
    )]
    pub market_authority: UncheckedAccount<'info>,
    /// Mint of the asset.
    #[account(mint::token_program = liquidity_token_program)]
    pub liquidity_mint: Box<InterfaceAccount<'info, Mint>>,
    /// The new reserve, in klend's layout.
    /// CHECK: created here.
    #[account(
        init,
        payer = owner,
        space = <Reserve as Layout>::LEN,
        owner = crate::ID,
        seeds = [RESERVE_SEED, market.key().as_ref(), liquidity_mint.key().as_ref()],
        bump,
    )]
    pub reserve: UncheckedAccount<'info>,
    /// The vault of the asset.
    #[account(
        init,
        payer = owner,
        seeds = [SUPPLY_VAULT_SEED, reserve.key().as_ref()],
        bump,
        token::mint = liquidity_mint,
        token::authority = market_authority,
        token::token_program = liquidity_token_program,
    )]
    pub supply_vault: Box<InterfaceAccount<'info, TokenAccount>>,
    /// The vault of fees.
    #[account(
        init,
        payer = owner,
        seeds = [FEE_VAULT_SEED, reserve.key().as_ref()],
        bump,
        token::mint = liquidity_mint,
        token::authority = market_authority,
        token::token_program = liquidity_token_program,
    )]
    pub fee_vault: Box<InterfaceAccount<'info, TokenAccount>>,
    /// The cToken. Six decimals whatever the asset has, as in klend.
    #[account(
        init,
        payer = owner,
        seeds = [COLLATERAL_MINT_SEED, reserve.key().as_ref()],
        bump,
        mint::decimals = 6,
        mint::authority = market_authority,
        mint::token_program = collateral_token_program,
    )]
    pub collateral_mint: Box<InterfaceAccount<'info, Mint>>,
    /// The vault of pledged cTokens.
    #[account(
        init,
        payer = owner,
        seeds = [COLLATERAL_SUPPLY_SEED, reserve.key().as_ref()],
        bump,
        token::mint = collateral_mint,
        token::authority = market_authority,
        token::token_program = collateral_token_program,
    )]
    pub collateral_supply: Box<InterfaceAccount<'info, TokenAccount>>,
    /// Where the first deposit comes from.
    #[account(mut, token::mint = liquidity_mint, token::token_program = liquidity_token_program)]
    pub source: Box<InterfaceAccount<'info, TokenAccount>>,
    /// Token program of the cToken.
    pub collateral_token_program: Program<'info, Token>,
    /// Token program of the asset.
    pub liquidity_token_program: Interface<'info, TokenInterface>,
    /// The System program.
    pub system_program: Program<'info, System>,
}

impl<'info> InitReserve<'info> {
    fn validate(&self, args: &InitReserveArgs) -> Result<()> {
        args.config.validate()?;
        require!(args.initial_deposit >= MIN_INITIAL_DEPOSIT, LendingError::ReserveHasNotReceivedInitialDeposit);
        require!(
            self.liquidity_mint.to_account_info().data_len() == PLAIN_MINT_LEN,
            LendingError::UnsupportedTokenExtension
        );
        Ok(())
    }

    /// - The reserve starts with the first deposit at a rate of one to one.
    /// - The first deposit's cTokens are counted and never minted.
    #[access_control(ctx.accounts.validate(&args))]
    pub fn handler(ctx: Context<'info, Self>, args: InitReserveArgs) -> Result<()> {
        let accounts = ctx.accounts;
        let now = now()?;
        accounts.write_books(&args, now)?;
        let asset = Asset { mint: &accounts.liquidity_mint, program: accounts.liquidity_token_program.key() };
        asset.pull(&accounts.source, &accounts.supply_vault, accounts.owner.to_account_info(), args.initial_deposit)?;
        accounts.supply_vault.reload()?;
        require!(accounts.supply_vault.amount == args.initial_deposit, LendingError::ReserveVaultBalanceMismatch);
        Ok(())
    }

    fn write_books(&self, args: &InitReserveArgs, now: Now) -> Result<()> {
        let mut data = self.reserve.try_borrow_mut_data()?;
        let mut books = ReserveMut::init(&mut data).map_err(|_| ErrorCode::AccountDidNotSerialize)?;
        books.set(at::LAST_UPDATE_SLOT, now.slot);
        books.set(at::LAST_UPDATE_STALE, 1);
        books.set(at::LENDING_MARKET, self.market.key());
        books.set(at::LIQUIDITY_MINT, self.liquidity_mint.key());
        books.set(at::LIQUIDITY_SUPPLY_VAULT, self.supply_vault.key());
        books.set(at::LIQUIDITY_FEE_VAULT, self.fee_vault.key());
        books.set(at::LIQUIDITY_TOKEN_PROGRAM, self.liquidity_token_program.key());
        books.set(at::MINT_DECIMALS, u64::from(self.liquidity_mint.decimals));
        books.set(at::AVAILABLE_AMOUNT, args.initial_deposit);
        books.set(at::COLLATERAL_MINT, self.collateral_mint.key());
        books.set(at::COLLATERAL_MINT_TOTAL_SUPPLY, args.initial_deposit);
        books.set(at::COLLATERAL_SUPPLY_VAULT, self.collateral_supply.key());
        args.config.store(&mut books);
        Ok(())
    }
}
