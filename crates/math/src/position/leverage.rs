//! Collateral against debt: a lending loop, or any position that a lending protocol may liquidate.

use super::{difference, moved_bps, FULL};
use crate::error::{MathError, Result};
use crate::muldiv::{div_u128_down, div_u128_up, mul_div_down, mul_div_u128_down, mul_div_u128_up, wide_mul};
use crate::q64::Q64;
use crate::units::{Bps, Price};

/// Collateral and debt of one position, both valued in base units at the same moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Leveraged {
    /// What the collateral is worth.
    pub collateral: u64,
    /// What is owed.
    pub debt: u64,
    /// The liquidation threshold LT: the position may be liquidated once the debt exceeds this part of the collateral.
    pub threshold: Bps,
}

impl Leveraged {
    /// LT · collateral / debt, rounded down once; liquidation is allowed below one. [`Q64::MAX`] without debt, and where the
    /// ratio exceeds it.
    pub fn health_factor_down(&self) -> Q64 {
        // Both products are below 2^80.
        mul_div_u128_down(self.supported(), Q64::ONE.0, self.owed()).map_or(Q64::MAX, Q64)
    }

    /// The price of the collateral, which now is `price`, at which the health factor is one: price · debt / (LT ·
    /// collateral), rounded up once. Zero without debt.
    ///
    /// # Errors
    ///
    /// [`MathError::DivisionByZero`] if there is debt but neither collateral nor a threshold above zero;
    /// [`MathError::Overflow`] above the largest price.
    pub fn liquidation_price_up(&self, price: Price) -> Result<Price> {
        if self.debt == 0 {
            return Ok(Price::ZERO);
        }
        let trigger = mul_div_u128_up(u128::from(price.0), self.owed(), self.supported())?;
        u64::try_from(trigger).map(Price).map_err(|_| MathError::Overflow)
    }

    /// By how much the collateral may fall against the debt until the health factor is one, 1 − debt/(LT · collateral), in
    /// basis points, rounded down once: zero where liquidation is possible now. `None` without debt.
    pub fn drop_to_liquidation_bps_down(&self) -> Option<u16> {
        if self.debt == 0 {
            return None;
        }
        let room = self.supported().saturating_sub(self.owed());
        let bps = mul_div_u128_down(room, u128::from(FULL), self.supported()).unwrap_or(0);
        // At most 10,000.
        Some(u16::try_from(bps).unwrap_or(0))
    }

    /// collateral / (collateral − debt), in basis points (10,000 is no leverage), rounded up once. [`u32::MAX`] where the
    /// debt is no less than the collateral or the ratio exceeds it; 10,000 where there is neither.
    pub fn leverage_bps_up(&self) -> u32 {
        if self.debt == 0 {
            return FULL as u32;
        }
        let equity = u128::from(self.collateral.saturating_sub(self.debt));
        let leverage = div_u128_up(wide_mul(self.collateral, FULL), equity);
        leverage.ok().and_then(|bps| u32::try_from(bps).ok()).unwrap_or(u32::MAX)
    }

    /// How much of the debt to repay out of the collateral so that the leverage is at most `target_bps`, rounded up: zero if
    /// it is already, all the debt if nothing less will do.
    ///
    /// # Errors
    ///
    /// [`MathError::Domain`] if the target is below 10,000, which is no leverage, or if the debt is no less than the
    /// collateral: no sale brings leverage down then.
    pub fn repay_for_leverage_up(&self, target_bps: u32) -> Result<u64> {
        if u64::from(target_bps) < FULL {
            return Err(MathError::Domain);
        }
        if self.debt == 0 {
            return Ok(0);
        }
        let equity = self.collateral.checked_sub(self.debt).filter(|equity| *equity > 0).ok_or(MathError::Domain)?;
        // A sale leaves the equity; the collateral may be target · equity, rounded down.
        let supported = div_u128_down(wide_mul(equity, target_bps.into()), u128::from(FULL))?;
        Ok(u64::try_from(supported).map_or(0, |supported| self.collateral.saturating_sub(supported)))
    }

    /// By how much the equity, collateral − debt, changes when the collateral's value against the debt moves by `move_bps`,
    /// rounded down. Past the threshold a liquidator repays the whole debt and takes `bonus_bps` of it besides, as far as
    /// the collateral reaches. A debt beyond the collateral is not paid: the equity is never less than zero.
    ///
    /// # Errors
    ///
    /// [`MathError::Domain`] for a fall by more than 100%; [`MathError::Overflow`] if the change exceeds 63 bits.
    pub fn profit_down(&self, move_bps: i32, bonus_bps: Bps) -> Result<i64> {
        let collateral = div_u128_down(wide_mul(self.collateral, moved_bps(move_bps)?), u128::from(FULL))?;
        // Below 2^81 against below 2^80; the moved collateral is below 2^83.
        let liquidated = collateral.saturating_mul(self.threshold.0.into()) < self.owed();
        let bonus = if liquidated { div_u128_up(wide_mul(self.debt, bonus_bps.0.into()), FULL.into())? } else { 0 };
        let equity = collateral.saturating_sub(self.debt.into()).saturating_sub(bonus);
        difference(equity, u128::from(self.collateral.saturating_sub(self.debt)))
    }

    /// LT · collateral, in units of 1/10,000.
    fn supported(&self) -> u128 {
        wide_mul(self.collateral, self.threshold.0.into())
    }

    /// The debt, in units of 1/10,000.
    fn owed(&self) -> u128 {
        wide_mul(self.debt, FULL)
    }
}

/// The greatest leverage at which the collateral may still fall by `distance_bps` before liquidation: 1/(1 − LT(1 − d)),
/// in basis points, rounded down once. [`u32::MAX`] if any leverage will do.
///
/// # Errors
///
/// [`MathError::Domain`] if the distance exceeds 100%.
pub fn max_leverage_bps_down(threshold: Bps, distance_bps: u16) -> Result<u32> {
    let left = FULL.checked_sub(distance_bps.into()).ok_or(MathError::Domain)?;
    // In units of 10^-8.
    let financed = u64::from(threshold.0).saturating_mul(left);
    let paid = FULL.saturating_mul(FULL).saturating_sub(financed);
    // 10^12 / paid, at least 10,000 since paid is at most 10^8.
    Ok(mul_div_down(FULL.saturating_mul(FULL), FULL, paid)
        .ok()
        .and_then(|bps| u32::try_from(bps).ok())
        .unwrap_or(u32::MAX))
}
