//! The `Whirlpool` account, field by field; offsets include the discriminator.

use crate::field::{Field, Layout};
use solana_program::pubkey::Pubkey;

/// Marker of the `Whirlpool` account.
pub enum Whirlpool {}

impl Layout for Whirlpool {
    const LEN: usize = 653;
    const DISCRIMINATOR: [u8; 8] = [0x3f, 0x95, 0xd1, 0x0c, 0xe1, 0x80, 0x63, 0x09];
}

/// A field of the pool.
pub type At<T> = Field<Whirlpool, T>;

/// The configuration the pool belongs to.
pub const WHIRLPOOLS_CONFIG: At<Pubkey> = Field::at(8);
/// Bump of the pool's PDA.
pub const BUMP: At<u8> = Field::at(40);
/// Ticks between two usable ticks.
pub const TICK_SPACING: At<u16> = Field::at(41);
/// The tick spacing, or the fee tier's index, that the pool's address was derived with.
pub const FEE_TIER_INDEX_SEED: At<[u8; 2]> = Field::at(43);
/// Fee of a swap, millionths of the input.
pub const FEE_RATE: At<u16> = Field::at(45);
/// The protocol's share of that fee, basis points.
pub const PROTOCOL_FEE_RATE: At<u16> = Field::at(47);
/// Liquidity in range.
pub const LIQUIDITY: At<u128> = Field::at(49);
/// √(price of A in B, smallest units), Q64.64.
pub const SQRT_PRICE: At<u128> = Field::at(65);
/// The tick the price lies in.
pub const TICK_CURRENT_INDEX: At<i32> = Field::at(81);
/// The protocol's fees in A not yet taken out.
pub const PROTOCOL_FEE_OWED_A: At<u64> = Field::at(85);
/// The protocol's fees in B not yet taken out.
pub const PROTOCOL_FEE_OWED_B: At<u64> = Field::at(93);
/// Mint A; its key sorts before mint B's.
pub const TOKEN_MINT_A: At<Pubkey> = Field::at(101);
/// The pool's account of A.
pub const TOKEN_VAULT_A: At<Pubkey> = Field::at(133);
/// Fees in A a unit of liquidity has earned, Q64.64, wrapping.
pub const FEE_GROWTH_GLOBAL_A: At<u128> = Field::at(165);
/// Mint B.
pub const TOKEN_MINT_B: At<Pubkey> = Field::at(181);
/// The pool's account of B.
pub const TOKEN_VAULT_B: At<Pubkey> = Field::at(213);
/// Fees in B a unit of liquidity has earned, Q64.64, wrapping.
pub const FEE_GROWTH_GLOBAL_B: At<u128> = Field::at(245);
/// Unix time up to which rewards are counted.
pub const REWARD_LAST_UPDATED_TIMESTAMP: At<u64> = Field::at(261);
/// First of the three rewards, 128 bytes each: mint, vault, authority, two u128.
pub const REWARD_INFOS: usize = 269;

const _: () = {
    assert!(REWARD_LAST_UPDATED_TIMESTAMP.end() == REWARD_INFOS);
    assert!(REWARD_INFOS + 3 * (3 * 32 + 2 * 16) == Whirlpool::LEN);
};
