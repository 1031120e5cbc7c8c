//! The rate between a reserve's liquidity and its cTokens.
//!
//! rate = total supply ÷ cTokens in existence, liquidity per cToken. klend computes over wider
//! integers than its fields, so that only the final result is rounded; the same holds here.

use super::FRACTION_BITS;
use crate::{
    wide::{mul_div, Quotient},
    WireError,
};

/// What a deposit moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DepositQuote {
    /// Liquidity taken, smallest units: at most what was offered.
    pub liquidity: u64,
    /// cTokens minted, smallest units.
    pub collateral: u64,
}

/// The rate between liquidity and cTokens, as the two exact amounts it is the quotient of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange {
    total_supply_sf: u128,
    collateral: u64,
}

impl Exchange {
    /// `total_supply_sf`: the depositors' assets, U68F60 units. `collateral`: cTokens in existence.
    ///
    /// While either is 0 the rate is one to one.
    pub fn new(total_supply_sf: u128, collateral: u64) -> Self {
        if total_supply_sf == 0 || collateral == 0 {
            return Self { total_supply_sf: super::FRACTION_ONE, collateral: 1 };
        }
        Self { total_supply_sf, collateral }
    }

    /// cTokens for `liquidity`, rounded down: the dust stays with the holders.
    pub fn collateral_for_liquidity_down(&self, liquidity: u64) -> Result<u64, WireError> {
        let collateral_sf = u128::from(self.collateral) << FRACTION_BITS;
        mul_div(collateral_sf, liquidity, self.total_supply_sf)
            .map(|quotient| quotient.floor)
            .ok_or(WireError::AmountOverflow)
    }

    /// Liquidity for `collateral`, rounded down: the dust stays with the holders.
    pub fn liquidity_for_collateral_down(&self, collateral: u64) -> Result<u64, WireError> {
        self.liquidity(collateral).map(|quotient| quotient.floor)
    }

    /// Liquidity for `collateral`, rounded up: the least that buys it.
    pub fn liquidity_for_collateral_up(&self, collateral: u64) -> Result<u64, WireError> {
        self.liquidity(collateral)?.ceil().ok_or(WireError::AmountOverflow)
    }

    fn liquidity(&self, collateral: u64) -> Result<Quotient, WireError> {
        let collateral_sf = u128::from(self.collateral) << FRACTION_BITS;
        mul_div(self.total_supply_sf, collateral, collateral_sf).ok_or(WireError::AmountOverflow)
    }

    /// What klend takes and mints for a deposit of `offered`: the cTokens rounded down, and of the
    /// liquidity only what these are worth, rounded up.
    pub fn deposit(&self, offered: u64) -> Result<DepositQuote, WireError> {
        let collateral = self.collateral_for_liquidity_down(offered)?;
        let liquidity = self.liquidity_for_collateral_up(collateral)?;
        Ok(DepositQuote { liquidity, collateral })
    }

    /// What klend pays for `collateral`, rounded down.
    pub fn redeem(&self, collateral: u64) -> Result<u64, WireError> {
        self.liquidity_for_collateral_down(collateral)
    }

    /// cTokens to burn to be paid at least `liquidity`, rounded up: the least number for which
    /// [`Self::redeem`] gives so much.
    pub fn collateral_for_redemption_up(&self, liquidity: u64) -> Result<u64, WireError> {
        let collateral_sf = u128::from(self.collateral) << FRACTION_BITS;
        mul_div(collateral_sf, liquidity, self.total_supply_sf)
            .and_then(Quotient::ceil)
            .ok_or(WireError::AmountOverflow)
    }
}
