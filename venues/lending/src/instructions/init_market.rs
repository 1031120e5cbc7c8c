use anchor_lang::prelude::*;

use crate::{
    error::LendingError,
    seeds::{LENDING_MARKET_AUTHORITY_SEED, MARKET_SEED},
    state::Market,
};

/// A new market.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct InitMarketArgs {
    /// Index among the creator's markets.
    pub index: u16,
    /// Referrers' share of the protocol's interest, basis points.
    pub referral_fee_bps: u16,
}

/// Accounts of `init_market`.
#[derive(Accounts)]
#[instruction(args: InitMarketArgs)]
pub struct InitMarket<'info> {
    /// Opens the market, pays its rent and becomes its owner.
    #[account(mut)]
    pub owner: Signer<'info>,
    /// The new market.
    #[account(
        init,
        payer = owner,
        space = Market::SPACE,
        seeds = [MARKET_SEED, owner.key().as_ref(), &args.index.to_le_bytes()],
        bump,
    )]
    pub market: AccountLoader<'info, Market>,
    /// The future owner of the market's vaults.
    /// CHECK: only its address and bump matter.
    #[account(seeds = [LENDING_MARKET_AUTHORITY_SEED, market.key().as_ref()], bump)]
    pub market_authority: UncheckedAccount<'info>,
    /// The System program.
    pub system_program: Program<'info, System>,
}

impl<'info> InitMarket<'info> {
    /// - The signer owns the market for ever.
    pub fn handler(ctx: Context<'info, Self>, args: InitMarketArgs) -> Result<()> {
        require!(args.referral_fee_bps <= 10_000, LendingError::InvalidConfig);
        let accounts = ctx.accounts;
        *accounts.market.load_init()? = Market::open(
            accounts.owner.key(),
            args.index,
            ctx.bumps.market,
            ctx.bumps.market_authority,
            args.referral_fee_bps,
        );
        Ok(())
    }
}
