//! The lending markets under the lines, opened and played by the venue's owner.

use anchor_spl::token as spl_token;
use gimbal_venue_wire::klend::FRACTION_ONE;
use lending_venue::{
    seeds::{find_market, ReserveAddresses},
    InitMarketArgs, InitReserveArgs,
};
use solana_signer::Signer;

use super::{
    tokens::{self, Mint},
    Actors, LinePlan,
};
use crate::chain::{Chain, ChainError};
use crate::instructions::{
    lending::{init_market, ReserveContext},
    token,
};

/// First deposit of a reserve that nobody can redeem, units.
pub const INITIAL_DEPOSIT: u64 = 100_000;

/// What the market's owner holds for liquidations, as a multiple of a market's liquidity.
const LIQUIDATOR_SHARE: u64 = 4;

/// The reserve of `mint` in the market `index` that the venue's owner opens, whether or not it is there yet.
pub fn reserve_of(actors: &Actors, index: u16, mint: &Mint) -> ReserveContext {
    let owner = actors.venue_owner.pubkey();
    let addresses = ReserveAddresses::find(&find_market(&owner, index), &mint.key);
    ReserveContext { owner, addresses, token_program: mint.program, pyth: None }
}

/// Opens the market `index` with one reserve of `mint`, lets its owner deposit what others would have, and borrow.
///
/// # Errors
///
/// The chain's.
pub fn open(
    chain: &mut impl Chain,
    actors: &Actors,
    index: u16,
    mint: &Mint,
    plan: &LinePlan,
) -> Result<ReserveContext, ChainError> {
    let owner = actors.venue_owner.pubkey();
    let context = reserve_of(actors, index, mint);
    let funds = INITIAL_DEPOSIT + plan.liquidity + plan.liquidity / LIQUIDATOR_SHARE;
    tokens::issue(chain, actors, mint, &owner, funds)?;
    let mut execute = |instructions: &[_]| chain.execute(&actors.payer, instructions, &[&actors.venue_owner], &[]);

    execute(&[init_market(&owner, InitMarketArgs { index, referral_fee_bps: 0 })])?;
    execute(&[context.init_reserve(InitReserveArgs { initial_deposit: INITIAL_DEPOSIT, config: plan.reserve })])?;
    execute(&[context.init_borrowers(), context.set_price(FRACTION_ONE), context.refresh()])?;
    if plan.liquidity > 0 {
        let receipts = token::create_associated(&owner, &owner, &context.addresses.collateral_mint, &spl_token::ID);
        execute(&[receipts, context.deposit(&owner, plan.liquidity)])?;
    }
    if plan.borrowed > 0 {
        execute(&[context.refresh(), context.borrow(plan.borrowed)])?;
    }
    if !plan.cohorts.is_empty() {
        execute(&[context.set_cohorts(plan.cohorts.clone())])?;
    }
    Ok(context)
}
