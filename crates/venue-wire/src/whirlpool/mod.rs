//! Orca Whirlpools: concentrated liquidity.
//!
//! Source: the IDL in the npm package `@orca-so/whirlpools-sdk` 0.13.16,
//! `dist/artifacts/whirlpool.json` (Apache-2.0).

pub mod error_code;
pub mod instruction;
pub mod layout;
pub mod pool;

pub use layout::Whirlpool;
pub use pool::{WhirlpoolMut, WhirlpoolView};

use solana_program::{pubkey, pubkey::Pubkey};

/// The program on mainnet.
pub const PROGRAM_ID: Pubkey = pubkey!("whirLbMiicVdio4qvUfM5KAg6Ct8VwpYzGff3uctyCc");
/// The memo program, which `swap_v2` takes as an account.
pub const MEMO_PROGRAM_ID: Pubkey = pubkey!("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");

/// Least √price of any pool, Q64.64: tick −443,636.
pub const MIN_SQRT_PRICE: u128 = 4_295_048_016;
/// Greatest √price of any pool, Q64.64: tick 443,636.
pub const MAX_SQRT_PRICE: u128 = 79_226_673_515_401_279_992_447_579_055;
/// Denominator of a pool's fee rate: hundredths of a basis point.
pub const FEE_RATE_DENOMINATOR: u32 = 1_000_000;
/// Greatest fee rate of a pool.
pub const MAX_FEE_RATE: u16 = 60_000;
/// Denominator of the protocol's share of the fee: basis points.
pub const PROTOCOL_FEE_RATE_DENOMINATOR: u32 = 10_000;
/// Greatest share of the fee the protocol takes.
pub const MAX_PROTOCOL_FEE_RATE: u16 = 2_500;

/// The pool's account of volatility-dependent fees, which `swap_v2` takes even where unused.
pub fn oracle_address(pool: &Pubkey, program_id: &Pubkey) -> Pubkey {
    Pubkey::find_program_address(&[b"oracle", pool.as_ref()], program_id).0
}
