use anchor_lang::prelude::*;

use super::ASSETS;
use crate::error::OracleError;

/// Stress scenarios of a book.
pub const SCENARIOS: usize = 8;

/// One stress: what happens at once to every asset's price and to volatility.
#[zero_copy]
#[derive(borsh::BorshSerialize, borsh::BorshDeserialize, Debug, Default, PartialEq, Eq)]
#[borsh(crate = "anchor_lang::prelude::borsh")]
pub struct Scenario {
    /// Printable ASCII, padded with zeros, such as "crash-2020"; all zero for an unused row.
    pub label: [u8; 16],
    /// Move of each asset's price, basis points of it: −10,000 to 100,000.
    pub shocks_bps: [i32; ASSETS],
    /// Move of the volatility that options are priced with, basis points of it: −10,000 to 100,000.
    pub volatility_bps: i32,
    /// 1 when the row is defined.
    pub used: u32,
}

const _: () = assert!(core::mem::size_of::<Scenario>() == 16 + ASSETS * 4 + 4 + 4);
const _: () = assert!(core::mem::size_of::<Scenario>() == 56 && core::mem::align_of::<Scenario>() == 4);

impl Scenario {
    /// Smallest and largest move, basis points.
    pub const MOVES: core::ops::RangeInclusive<i32> = -10_000..=100_000;

    /// Whether the row is defined.
    pub const fn is_used(&self) -> bool {
        self.used == 1
    }

    /// Label and moves are within their ranges; a row that is freed is zero throughout.
    ///
    /// # Errors
    /// [`OracleError::LabelInvalid`], [`OracleError::ShockOutOfRange`].
    pub fn validate(&self) -> Result<()> {
        if *self == Self::default() {
            return Ok(());
        }
        require!(self.used == 1, OracleError::ShockOutOfRange);
        require!(super::is_label(&self.label), OracleError::LabelInvalid);
        let all = self.shocks_bps.iter().chain([&self.volatility_bps]);
        require!(all.into_iter().all(|shock| Self::MOVES.contains(shock)), OracleError::ShockOutOfRange);
        Ok(())
    }
}
