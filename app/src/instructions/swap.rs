//! Instructions of the reference pool, which exists on test chains only: opening it, and moving its price as outside
//! trade would. What an adapter sends to it is Whirlpools', and built by the router.

use anchor_lang::{prelude::Pubkey, system_program};
use anchor_spl::token;
use solana_instruction::Instruction;
use swap_venue::{
    accounts, instruction,
    seeds::{oracle_address, pool_address, tick_array_address, vault_address},
    InitPoolArgs, ID,
};

use super::{build, token::associated};

/// One pool and its owner, who plays all outside traders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolContext {
    /// The pool's owner, who signs everything here.
    pub owner: Pubkey,
    /// Mints A and B, in this order.
    pub mints: [Pubkey; 2],
    /// The pool.
    pub pool: Pubkey,
}

impl PoolContext {
    /// The pool that `owner` opens for two mints.
    pub fn new(owner: &Pubkey, one: &Pubkey, other: &Pubkey) -> Self {
        let mints = if one < other { [*one, *other] } else { [*other, *one] };
        Self { owner: *owner, mints, pool: pool_address(owner, &mints[0], &mints[1]) }
    }

    /// The pool's accounts of mints A and B.
    pub fn vaults(&self) -> [Pubkey; 2] {
        self.mints.map(|mint| vault_address(&self.pool, &mint))
    }

    /// The tick array that begins at a tick.
    pub fn tick_array(&self, start_tick_index: i32) -> Pubkey {
        tick_array_address(&self.pool, start_tick_index)
    }

    /// The pool's account of volatility-dependent fees.
    pub fn oracle(&self) -> Pubkey {
        oracle_address(&self.pool, &ID)
    }

    fn owner_accounts(&self) -> [Pubkey; 2] {
        self.mints.map(|mint| associated(&self.owner, &mint, &token::ID))
    }

    /// Opens the pool with a position that the owner's associated accounts pay.
    pub fn init_pool(&self, args: InitPoolArgs) -> Instruction {
        let [mint_a, mint_b] = self.mints;
        let [vault_a, vault_b] = self.vaults();
        let [source_a, source_b] = self.owner_accounts();
        let accounts = accounts::InitPool {
            owner: self.owner,
            mint_a,
            mint_b,
            pool: self.pool,
            vault_a,
            vault_b,
            source_a,
            source_b,
            token_program: token::ID,
            system_program: system_program::ID,
        };
        build(ID, accounts, instruction::InitPool { args })
    }

    /// Opens a tick array.
    pub fn init_tick_array(&self, start_tick_index: i32) -> Instruction {
        let accounts = accounts::InitTickArray {
            owner: self.owner,
            pool: self.pool,
            tick_array: self.tick_array(start_tick_index),
            system_program: system_program::ID,
        };
        build(ID, accounts, instruction::InitTickArray { start_tick_index })
    }

    /// Moves the pool to √(price of A in B), Q64.64, from and to the owner's associated accounts.
    pub fn rebase(&self, sqrt_price: u128) -> Instruction {
        let [vault_a, vault_b] = self.vaults();
        let [owner_a, owner_b] = self.owner_accounts();
        let accounts = accounts::Rebase {
            owner: self.owner,
            pool: self.pool,
            vault_a,
            vault_b,
            owner_a,
            owner_b,
            token_program: token::ID,
        };
        build(ID, accounts, instruction::Rebase { sqrt_price })
    }

    /// √(price of A in B), Q64.64, at which the pool agrees with two prices of equal exponent: that of `mint` and that
    /// of the other one. For mints of equal decimals; rounded down to 32 binary places.
    pub fn sqrt_price(&self, mint: &Pubkey, price: u64, other_price: u64) -> u128 {
        let (a, b) = if self.mints[0] == *mint { (price, other_price) } else { (other_price, price) };
        let ratio = (u128::from(a) << 64) / u128::from(b.max(1));
        ratio.isqrt() << 32
    }
}
