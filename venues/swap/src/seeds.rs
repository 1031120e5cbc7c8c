//! Every address this program derives.

use anchor_lang::prelude::*;
pub use gimbal_venue_wire::whirlpool::oracle_address;

/// First seed of a pool; then its owner and both mints.
pub const POOL_SEED: &[u8] = b"whirlpool";
/// First seed of a vault; then the pool and the mint.
pub const VAULT_SEED: &[u8] = b"vault";
/// First seed of a tick array; then the pool and the first tick in decimal digits, as Whirlpools has it.
pub const TICK_ARRAY_SEED: &[u8] = b"tick_array";

/// A pool's address.
pub fn pool_address(owner: &Pubkey, mint_a: &Pubkey, mint_b: &Pubkey) -> Pubkey {
    let seeds = [POOL_SEED, owner.as_ref(), mint_a.as_ref(), mint_b.as_ref()];
    Pubkey::find_program_address(&seeds, &crate::ID).0
}

/// The address of a pool's vault of one mint.
pub fn vault_address(pool: &Pubkey, mint: &Pubkey) -> Pubkey {
    Pubkey::find_program_address(&[VAULT_SEED, pool.as_ref(), mint.as_ref()], &crate::ID).0
}

/// The address of the tick array that begins at a tick.
pub fn tick_array_address(pool: &Pubkey, start_tick_index: i32) -> Pubkey {
    let start = start_tick_index.to_string();
    Pubkey::find_program_address(&[TICK_ARRAY_SEED, pool.as_ref(), start.as_bytes()], &crate::ID).0
}
