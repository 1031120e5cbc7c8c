//! The swap pool of a swapped line.

use anchor_lang::prelude::Pubkey;
use gimbal_venue_wire::whirlpool::MEMO_PROGRAM_ID;
use solana_signer::Signer;
use swap_venue::InitPoolArgs;

use super::{
    tokens::{self, Mint},
    Actors,
};
use crate::chain::{Chain, ChainError};
use crate::instructions::swap::PoolContext;

/// Liquidity of the pool's position, as two stable assets concentrate it: about as many units of each token at a price of
/// one as the position would hold over all prices.
const LIQUIDITY: u64 = 5_000_000_000_000_000;
/// Fee of a swap: one basis point, in millionths.
const FEE_RATE: u16 = 100;
/// The protocol's share of it, basis points.
const PROTOCOL_FEE_RATE: u16 = 1_300;
/// Ticks between two usable ticks, as pools of two stable assets have it.
const TICK_SPACING: u16 = 1;
/// First ticks of the arrays around a price of one: 88 ticks each.
const TICK_ARRAYS: [i32; 3] = [0, 88, -88];

/// A pool as a line pins it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    /// The swap venue.
    pub program: Pubkey,
    /// The pool and its owner.
    pub context: PoolContext,
    /// The tick arrays that a swap names.
    pub tick_arrays: [Pubkey; 3],
}

impl Pool {
    /// The pool's part of the lending adapter's pinned list.
    pub fn pinned(&self) -> [Pubkey; 8] {
        let [a, b] = self.context.vaults();
        let [first, second, third] = self.tick_arrays;
        [self.context.pool, a, b, first, second, third, self.context.oracle(), MEMO_PROGRAM_ID]
    }
}

/// Opens a pool of two mints at prices of equal exponent, and gives its owner as much again to move it with.
///
/// # Errors
///
/// The chain's.
pub fn open(
    chain: &mut impl Chain,
    actors: &Actors,
    base: (&Mint, u64),
    token: (&Mint, u64),
) -> Result<Pool, ChainError> {
    let owner = actors.venue_owner.pubkey();
    for mint in [base.0, token.0] {
        // Away from a price of one, one side holds more than the liquidity.
        tokens::issue(chain, actors, mint, &owner, LIQUIDITY * 4)?;
    }
    let context = PoolContext::new(&owner, &base.0.key, &token.0.key);
    let args = InitPoolArgs {
        sqrt_price: context.sqrt_price(&base.0.key, base.1, token.1),
        liquidity: u128::from(LIQUIDITY),
        fee_rate: FEE_RATE,
        protocol_fee_rate: PROTOCOL_FEE_RATE,
        tick_spacing: TICK_SPACING,
    };
    let mut execute = |instruction| chain.execute(&actors.payer, &[instruction], &[&actors.venue_owner], &[]);
    execute(context.init_pool(args))?;
    for start in TICK_ARRAYS {
        execute(context.init_tick_array(start))?;
    }
    let tick_arrays = TICK_ARRAYS.map(|start| context.tick_array(start));
    Ok(Pool { program: swap_venue::ID, context, tick_arrays })
}
