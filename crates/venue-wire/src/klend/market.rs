//! The little that is read of a `LendingMarket`.
//!
//! Only fields at the front, which have kept their places since the program's first version (published source,
//! `state/lending_market.rs`): what follows them is not looked at, and may grow.

use crate::{
    field::{Field, Layout, Plain},
    WireError,
};

/// Marker of klend's `LendingMarket`: 4,656 bytes behind an 8-byte discriminator.
pub enum LendingMarket {}

impl Layout for LendingMarket {
    const LEN: usize = 4_664;
    const DISCRIMINATOR: [u8; 8] = [0xf6, 0x72, 0x32, 0x62, 0x48, 0x9d, 0x1c, 0x78];
}

/// Not 0 while the market's owner has halted deposits and redemptions of all reserves. Behind the discriminator: version
/// 8, bump 8, owner 32, cached owner 32, quote currency 32, referral fee 2.
pub const EMERGENCY_MODE: Field<LendingMarket, u8> = Field::at(122);

/// Whether a market's own emergency mode is on: then it takes no deposit, whatever its reserves say of themselves.
///
/// # Errors
/// [`WireError::WrongLength`] when the field is not there, [`WireError::WrongDiscriminator`] when it is no market.
pub fn is_market_halted(data: &[u8]) -> Result<bool, WireError> {
    if data.len() < EMERGENCY_MODE.end() {
        return Err(WireError::WrongLength);
    }
    if <[u8; 8]>::read(data, 0) != LendingMarket::DISCRIMINATOR {
        return Err(WireError::WrongDiscriminator);
    }
    Ok(EMERGENCY_MODE.read(data) != 0)
}
