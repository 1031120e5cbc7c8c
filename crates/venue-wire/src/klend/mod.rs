//! Kamino Lend (klend): a reserve per asset, cTokens as shares of it.
//!
//! Source: the IDL in the npm package `@kamino-finance/klend-sdk` 8.0.2, `dist/idl/klend.json`
//! (program version 1.22.0, MIT), and the program's published source. `docs/venues.md` lists each
//! rule.

pub mod accrual;
pub mod error_code;
pub mod exchange;
pub mod fraction;
pub mod instruction;
pub mod layout;
pub mod market;
pub mod reserve;
mod reserve_mut;

pub use exchange::Exchange;
pub use layout::Reserve;
pub use market::{is_market_halted, LendingMarket};
pub use reserve::{CurvePoint, ReserveStatus, ReserveView, WithdrawalCap};
pub use reserve_mut::ReserveMut;

use solana_program::{pubkey, pubkey::Pubkey};

/// The program on mainnet.
pub const PROGRAM_ID: Pubkey = pubkey!("KLend2g3cP87fffoy8q1mQqGKjrxjC8boSyAYavgmjD");
/// The program's public staging deployment.
pub const STAGING_PROGRAM_ID: Pubkey = pubkey!("SLendK7ySfcEzyaFqy93gDnD3RtrpXJcnRwb6zFHJSh");

/// Seed of the PDA that owns a market's vaults and mints its cTokens, followed by the market's key.
pub const LENDING_MARKET_AUTHORITY_SEED: &[u8] = b"lma";

/// The authority of a lending market: owner of its vaults, mint authority of its cTokens.
pub fn lending_market_authority(lending_market: &Pubkey, program_id: &Pubkey) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[LENDING_MARKET_AUTHORITY_SEED, lending_market.as_ref()], program_id)
}

/// Bits after the binary point of klend's `_sf` fields (U68F60 in a u128).
pub const FRACTION_BITS: u32 = 60;
/// One, as an `_sf` field.
pub const FRACTION_ONE: u128 = 1 << FRACTION_BITS;
