use anchor_lang::prelude::*;
use anchor_spl::token::{Mint, Token, TokenAccount};
use gimbal_venue_wire::{
    field::Layout,
    whirlpool::{
        layout as at, Whirlpool, WhirlpoolMut, MAX_FEE_RATE, MAX_PROTOCOL_FEE_RATE, MAX_SQRT_PRICE, MIN_SQRT_PRICE,
    },
};

use super::tokens::pull;
use crate::{
    error::SwapError,
    math,
    seeds::{POOL_SEED, VAULT_SEED},
};

/// A new pool.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct InitPoolArgs {
    /// √(price of A in B, smallest units), Q64.64.
    pub sqrt_price: u128,
    /// Liquidity of the full-range position, at most 2^64 − 1.
    pub liquidity: u128,
    /// Fee of a swap, millionths of the input.
    pub fee_rate: u16,
    /// The protocol's share of it, basis points.
    pub protocol_fee_rate: u16,
    /// Ticks between two usable ticks.
    pub tick_spacing: u16,
}

/// Accounts of `init_pool`.
#[derive(Accounts)]
pub struct InitPool<'info> {
    /// Opens the pool, pays rent and the position.
    #[account(mut)]
    pub owner: Signer<'info>,
    /// Mint A.
    pub mint_a: Box<Account<'info, Mint>>,
    /// Mint B.
    #[account(constraint = mint_a.key() < mint_b.key() @ SwapError::InvalidTokenMintOrder)]
    pub mint_b: Box<Account<'info, Mint>>,
    /// The new pool, in Whirlpools' layout.
    /// CHECK: created here.
    #[account(
        init,
        payer = owner,
        space = <Whirlpool as Layout>::LEN,
        owner = crate::ID,
        seeds = [POOL_SEED, owner.key().as_ref(), mint_a.key().as_ref(), mint_b.key().as_ref()],
        bump,
    )]
    pub pool: UncheckedAccount<'info>,
    /// The pool's account of A.
    #[account(
        init,
        payer = owner,
        seeds = [VAULT_SEED, pool.key().as_ref(), mint_a.key().as_ref()],
        bump,
        token::mint = mint_a,
        token::authority = pool,
    )]
    pub vault_a: Box<Account<'info, TokenAccount>>,
    /// The pool's account of B.
    #[account(
        init,
        payer = owner,
        seeds = [VAULT_SEED, pool.key().as_ref(), mint_b.key().as_ref()],
        bump,
        token::mint = mint_b,
        token::authority = pool,
    )]
    pub vault_b: Box<Account<'info, TokenAccount>>,
    /// Pays A.
    #[account(mut)]
    pub source_a: Box<Account<'info, TokenAccount>>,
    /// Pays B.
    #[account(mut)]
    pub source_b: Box<Account<'info, TokenAccount>>,
    /// The SPL Token program.
    pub token_program: Program<'info, Token>,
    /// The System program.
    pub system_program: Program<'info, System>,
}

impl<'info> InitPool<'info> {
    fn validate(args: &InitPoolArgs) -> Result<()> {
        require!(args.liquidity > 0 && args.liquidity <= math::MAX_LIQUIDITY, SwapError::LiquidityZero);
        require!(args.sqrt_price > MIN_SQRT_PRICE && args.sqrt_price < MAX_SQRT_PRICE, SwapError::SqrtPriceOutOfBounds);
        require!(args.fee_rate <= MAX_FEE_RATE, SwapError::FeeRateMaxExceeded);
        require!(args.protocol_fee_rate <= MAX_PROTOCOL_FEE_RATE, SwapError::ProtocolFeeRateMaxExceeded);
        Ok(())
    }

    /// - Numbers within Whirlpools' ranges.
    /// - The owner pays what the position holds at the price.
    #[access_control(Self::validate(&args))]
    pub fn handler(ctx: Context<'info, Self>, args: InitPoolArgs) -> Result<()> {
        let accounts = &ctx.accounts;
        let (a, b) = math::reserves_up(args.liquidity, args.sqrt_price)?;
        let token = accounts.token_program.to_account_info();
        let owner = accounts.owner.to_account_info();
        pull(&token, accounts.source_a.to_account_info(), accounts.vault_a.to_account_info(), owner.clone(), a)?;
        pull(&token, accounts.source_b.to_account_info(), accounts.vault_b.to_account_info(), owner, b)?;

        let mut data = accounts.pool.try_borrow_mut_data()?;
        let mut pool = WhirlpoolMut::init(&mut data).map_err(|_| SwapError::MalformedPool)?;
        // Whirlpools keeps the pool's configuration here; this venue's pools belong to whoever opened them.
        pool.set(at::WHIRLPOOLS_CONFIG, accounts.owner.key());
        pool.set(at::BUMP, ctx.bumps.pool);
        pool.set(at::TICK_SPACING, args.tick_spacing);
        pool.set(at::FEE_TIER_INDEX_SEED, args.tick_spacing.to_le_bytes());
        pool.set(at::FEE_RATE, args.fee_rate);
        pool.set(at::PROTOCOL_FEE_RATE, args.protocol_fee_rate);
        pool.set(at::LIQUIDITY, args.liquidity);
        pool.set(at::SQRT_PRICE, args.sqrt_price);
        pool.set(at::TOKEN_MINT_A, accounts.mint_a.key());
        pool.set(at::TOKEN_MINT_B, accounts.mint_b.key());
        pool.set(at::TOKEN_VAULT_A, accounts.vault_a.key());
        pool.set(at::TOKEN_VAULT_B, accounts.vault_b.key());
        Ok(())
    }
}
