//! An asset held, against a short perpetual future on it.
//!
//! All values are taken at one reference price. With today's price, the margin is the short's equity today (what was paid in,
//! profit or loss, and funding); with the price of entry, it is what was paid in: the formulas are the same.

use super::{difference, moved_bps, FULL};
use crate::error::Result;
use crate::muldiv::{div_u128_down, div_u128_up, mul_div_u128_down, wide_mul};
use crate::units::{Bps, Price};

/// A holding and a short position in isolated margin, in base units at the reference price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hedged {
    /// What the asset held is worth.
    pub spot: u64,
    /// What the asset sold short is worth, N.
    pub short: u64,
    /// The short's equity, M.
    pub margin: u64,
    /// The maintenance margin mm: the short is liquidated once its equity falls to this part of its value.
    pub maintenance: Bps,
}

impl Hedged {
    /// The change of value for a move by +100%: spot − short, saturating at 63 bits. Gamma and vega are zero.
    pub fn dollar_delta(&self) -> i64 {
        let wide = i128::from(self.spot).saturating_sub(i128::from(self.short));
        i64::try_from(wide).unwrap_or(if wide < 0 { i64::MIN } else { i64::MAX })
    }

    /// The price at which the short is liquidated, P · (M + N)/(N · (1 + mm)), rounded down once; below the reference where
    /// it could be now. `None` without a short, and where the price exceeds the largest.
    pub fn liquidation_price_down(&self, reference: Price) -> Option<Price> {
        // None without a short: division by zero. Products are below 2^81, their product with a price below 2^145.
        let price = mul_div_u128_down(u128::from(reference.0), self.covered(), self.required()).ok()?;
        u64::try_from(price).ok().map(Price)
    }

    /// By how much the price may rise until the short is liquidated, (M − mm · N)/(N · (1 + mm)), in basis points, rounded
    /// down once and saturating: zero where it could be now. `None` without a short.
    pub fn rise_to_liquidation_bps_down(&self) -> Option<u32> {
        if self.short == 0 {
            return None;
        }
        let room = self.covered().saturating_sub(self.required());
        let bps = mul_div_u128_down(room, u128::from(FULL), self.required()).unwrap_or(u128::MAX);
        Some(u32::try_from(bps).unwrap_or(u32::MAX))
    }

    /// Profit or loss when the price moves by `move_bps` from the reference, rounded down. Where the move liquidates the
    /// short, the worse of two: the hedge as if it had held, and the holding alone with the whole margin lost. At
    /// the reference it is zero, unless the short could be liquidated already.
    ///
    /// # Errors
    ///
    /// [`MathError::Domain`](crate::MathError::Domain) for a fall by more than 100%;
    /// [`MathError::Overflow`](crate::MathError::Overflow) beyond 63 bits.
    pub fn profit_down(&self, move_bps: i32) -> Result<i64> {
        let moved = moved_bps(move_bps)?;
        let after = div_u128_down(wide_mul(self.spot, moved), u128::from(FULL))?;
        let bought_back = div_u128_up(wide_mul(self.short, moved), u128::from(FULL))?;
        let (spot, short) = (u128::from(self.spot), u128::from(self.short));
        // M + N ≤ N(1 + move)(1 + mm), in units of 10^-8: below 2^93 against below 2^114.
        let covered = self.covered().saturating_mul(FULL.into());
        let required = wide_mul(self.short, moved).saturating_mul(self.factor().into());
        // To lose the margin is to buy back at M + N.
        let lost = short.saturating_add(self.margin.into());
        let liquidated = self.short != 0 && covered <= required;
        let paid = if liquidated { bought_back.max(lost) } else { bought_back };
        difference(after.saturating_add(short), spot.saturating_add(paid))
    }

    /// M + N, in units of 1/10,000.
    fn covered(&self) -> u128 {
        u128::from(self.margin).saturating_add(self.short.into()).saturating_mul(FULL.into())
    }

    /// N(1 + mm), in units of 1/10,000.
    fn required(&self) -> u128 {
        wide_mul(self.short, self.factor())
    }

    /// 1 + mm, in basis points.
    fn factor(&self) -> u64 {
        FULL.saturating_add(self.maintenance.0.into())
    }
}
