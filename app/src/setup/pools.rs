//! The swap pool of a swapped line.

use anchor_lang::prelude::Pubkey;
use solana_signer::Signer;
use swap_venue::InitPoolArgs;

use super::{
    tokens::{self, Mint},
    venues::PoolAccounts,
    Actors, Asset, Plan,
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
    /// The pool of two mints that the venue's owner opens, whether or not it is there yet.
    pub fn of(actors: &Actors, base: &Mint, token: &Mint) -> Self {
        let context = PoolContext::new(&actors.venue_owner.pubkey(), &base.key, &token.key);
        let tick_arrays = TICK_ARRAYS.map(|start| context.tick_array(start));
        Self { program: swap_venue::ID, context, tick_arrays }
    }

    /// The pool's part of the lending adapter's pinned list.
    pub fn pinned(&self) -> [Pubkey; 8] {
        self.accounts().pinned()
    }

    /// What the pool names.
    pub fn accounts(&self) -> PoolAccounts {
        let PoolContext { mints, pool, .. } = self.context;
        PoolAccounts {
            program: self.program,
            pool,
            mints,
            vaults: self.context.vaults(),
            tick_arrays: self.tick_arrays,
            oracle: self.context.oracle(),
        }
    }
}

/// Opens the pool of base asset and token at the plan's prices.
///
/// # Errors
///
/// The chain's.
pub fn open_at_feeds(
    chain: &mut impl Chain,
    actors: &Actors,
    base: &Mint,
    token: &Mint,
    plan: &Plan,
) -> Result<Pool, ChainError> {
    let price = |asset: Asset| plan.price(asset).unsigned_abs();
    open(chain, actors, (base, price(Asset::Base)), (token, price(Asset::Token)))
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
    let pool = Pool::of(actors, base.0, token.0);
    let context = pool.context;
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
    Ok(pool)
}
