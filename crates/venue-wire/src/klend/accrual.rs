//! How a reserve's debt grows: the borrow rate curve and klend's compounding.
//!
//! The steps and their rounding are klend's own (`BorrowRateCurve::get_borrow_rate`,
//! `approximate_compounded_interest` and `ReserveLiquidity::compound_interest` in its published
//! source), so that the amounts predicted here are the amounts klend books. Every multiplication and
//! division of U68F60 numbers rounds down.
//!
//! The compounding takes (1 + r)^n as 1 + rn + r²n(n−1)/2 + r³n(n−1)(n−2)/6 from five slots on. With r
//! a slot's rate, r² keeps few of its 60 bits and r³ none, so the sum falls short of the power: at 100 %
//! a year by 1.4·10⁻⁸ over a day. A reserve that nobody touches for long grows more slowly; the
//! shortfall is klend's, and copied.
//!
//! Not included: rewards a reserve's owner pays to depositors. They only raise the total supply.

use super::{
    exchange::Exchange,
    fraction::{from_bps_down, from_pct_down},
    layout as at,
    reserve::CurvePoint,
    ReserveView, FRACTION_BITS, FRACTION_ONE,
};
use crate::{
    wide::{div_sf_down, mul_sf_down},
    WireError,
};

/// klend's year: two slots a second for 365 days.
pub const SLOTS_PER_YEAR: u64 = 63_072_000;
/// Basis points in one.
pub const FULL_BPS: u32 = 10_000;

/// What a reserve's books say after accruing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accrued {
    /// The asset lent with interest, U68F60 units.
    pub borrowed_amount_sf: u128,
    /// The protocol's share not yet taken out, U68F60 units.
    pub accumulated_protocol_fees_sf: u128,
    /// Referrers' share not yet assigned, U68F60 units.
    pub pending_referrer_fees_sf: u128,
    /// What one unit of debt grew to, U68F60.
    pub growth_sf: u128,
}

/// The yearly borrow rate at `utilization_sf`, both U68F60, on the curve through `points`.
///
/// Above 100 % the last point's rate holds. On a segment the rate is linear; within half a basis
/// point of a point it is that point's.
pub fn borrow_rate_down(points: &[CurvePoint; at::CURVE_POINTS], utilization_sf: u128) -> Result<u128, WireError> {
    let utilization = utilization_sf.min(FRACTION_ONE);
    // Below 2^60 · 10^4 + 2^59: fits, and the result is at most 10,000.
    let bps = ((utilization * u128::from(FULL_BPS) + (FRACTION_ONE >> 1)) >> FRACTION_BITS) as u32;
    let (start, end) = points
        .iter()
        .zip(points.iter().skip(1))
        .find(|(start, end)| start.utilization_bps <= bps && bps <= end.utilization_bps)
        .ok_or(WireError::InvalidCurve)?;
    if bps == start.utilization_bps {
        return Ok(from_bps_down(start.borrow_rate_bps));
    }
    if bps == end.utilization_bps {
        return Ok(from_bps_down(end.borrow_rate_bps));
    }
    let rise = end.borrow_rate_bps.checked_sub(start.borrow_rate_bps).ok_or(WireError::InvalidCurve)?;
    // Strictly between the two, so the run is at least 2 and the offset is not negative.
    let run = end.utilization_bps - start.utilization_bps;
    let offset = utilization.checked_sub(from_bps_down(start.utilization_bps)).ok_or(WireError::InvalidCurve)?;
    Ok(offset * u128::from(rise) / u128::from(run) + from_bps_down(start.borrow_rate_bps))
}

/// (1 + `rate_sf` a year)^`slots`, U68F60, by klend's polynomial.
pub fn compounded_down(rate_sf: u128, slots: u64) -> Result<u128, WireError> {
    let overflow = WireError::AmountOverflow;
    let base = rate_sf / u128::from(SLOTS_PER_YEAR);
    let one_slot = FRACTION_ONE.checked_add(base).ok_or(overflow)?;
    let squared = || mul_sf_down(one_slot, one_slot).ok_or(overflow);
    match slots {
        0 => return Ok(FRACTION_ONE),
        1 => return Ok(one_slot),
        2 => return squared(),
        3 => return mul_sf_down(squared()?, one_slot).ok_or(overflow),
        4 => {
            let squared = squared()?;
            return mul_sf_down(squared, squared).ok_or(overflow);
        }
        _ => {}
    }
    let n = u128::from(slots);
    let squared = mul_sf_down(base, base).ok_or(overflow)?;
    let cubed = mul_sf_down(squared, base).ok_or(overflow)?;
    let first = base.checked_mul(n).ok_or(overflow)?;
    let second = squared.checked_mul(n).and_then(|term| term.checked_mul(n - 1)).ok_or(overflow)? / 2;
    let third = cubed
        .checked_mul(n)
        .and_then(|term| term.checked_mul(n - 1))
        .and_then(|term| term.checked_mul(n - 2))
        .ok_or(overflow)?
        / 6;
    FRACTION_ONE
        .checked_add(first)
        .and_then(|sum| sum.checked_add(second))
        .and_then(|sum| sum.checked_add(third))
        .ok_or(overflow)
}

impl ReserveView<'_> {
    /// All points of the borrow rate curve.
    pub fn curve(&self) -> [CurvePoint; at::CURVE_POINTS] {
        core::array::from_fn(|index| self.curve_point(index).unwrap_or_default())
    }

    /// Lent ÷ total supply, U68F60, rounded down; 0 for an empty reserve. Exceeds one where the fees
    /// owed exceed what is available.
    pub fn utilization_down(&self) -> Result<u128, WireError> {
        utilization_of(self.borrowed_amount_sf(), self.total_supply_sf()?)
    }

    /// The curve's yearly borrow rate at the reserve's utilisation, U68F60, without the host's rate.
    pub fn borrow_rate_down(&self) -> Result<u128, WireError> {
        borrow_rate_down(&self.curve(), self.utilization_down()?)
    }

    /// The yearly simple rate depositors would earn if the total supply were `total_supply_sf` and
    /// the loans as they are, U68F60: what a depositor compares after its own impact.
    pub fn supply_rate_down(&self, total_supply_sf: u128) -> Result<u128, WireError> {
        let utilization = utilization_of(self.borrowed_amount_sf(), total_supply_sf)?;
        let rate = borrow_rate_down(&self.curve(), utilization)?;
        let take = from_pct_down(self.protocol_take_rate_pct());
        let kept = FRACTION_ONE.saturating_sub(take);
        mul_sf_down(rate, utilization).and_then(|gross| mul_sf_down(gross, kept)).ok_or(WireError::AmountOverflow)
    }

    /// The books after accruing up to `slot`, as klend's next call will find them.
    ///
    /// `referral_fee_bps` is the market's; it moves fees between protocol and referrers and never
    /// touches what depositors own.
    pub fn accrue(&self, slot: u64, referral_fee_bps: u16) -> Result<Accrued, WireError> {
        let overflow = WireError::AmountOverflow;
        let slots = slot.checked_sub(self.last_update_slot()).ok_or(WireError::SlotBeforeUpdate)?;
        let debt = self.borrowed_amount_sf();
        let protocol_fees = self.accumulated_protocol_fees_sf();
        let pending_fees = self.pending_referrer_fees_sf();
        if slots == 0 {
            return Ok(Accrued {
                borrowed_amount_sf: debt,
                accumulated_protocol_fees_sf: protocol_fees,
                pending_referrer_fees_sf: pending_fees,
                growth_sf: FRACTION_ONE,
            });
        }
        let host_rate = from_bps_down(u32::from(self.host_fixed_interest_rate_bps()));
        let rate = self.borrow_rate_down()?.checked_add(host_rate).ok_or(overflow)?;
        let growth_sf = compounded_down(rate, slots)?;
        let new_debt = mul_sf_down(debt, growth_sf).ok_or(overflow)?;
        let with_host = mul_sf_down(debt, compounded_down(host_rate, slots)?).ok_or(overflow)?;
        let host_fee = with_host.checked_sub(debt).ok_or(overflow)?;
        let variable_interest = new_debt.checked_sub(with_host).ok_or(overflow)?;
        let take = from_pct_down(self.protocol_take_rate_pct());
        let protocol_fee = mul_sf_down(variable_interest, take).ok_or(overflow)?;
        let referral_rate = mul_sf_down(take, from_bps_down(u32::from(referral_fee_bps))).ok_or(overflow)?;
        let referrers_fee = mul_sf_down(variable_interest, referral_rate).ok_or(overflow)?;
        Ok(Accrued {
            borrowed_amount_sf: new_debt,
            accumulated_protocol_fees_sf: protocol_fees
                .checked_add(host_fee)
                .and_then(|fees| fees.checked_add(protocol_fee))
                .and_then(|fees| fees.checked_sub(referrers_fee))
                .ok_or(overflow)?,
            pending_referrer_fees_sf: pending_fees.checked_add(referrers_fee).ok_or(overflow)?,
            growth_sf,
        })
    }

    /// What the depositors will own at `slot`, U68F60 units.
    pub fn total_supply_at(&self, slot: u64) -> Result<u128, WireError> {
        let accrued = self.accrue(slot, 0)?;
        (u128::from(self.available_amount()) << FRACTION_BITS)
            .checked_add(accrued.borrowed_amount_sf)
            .ok_or(WireError::AmountOverflow)?
            .checked_sub(accrued.accumulated_protocol_fees_sf)
            .and_then(|rest| rest.checked_sub(self.accumulated_referrer_fees_sf()))
            .and_then(|rest| rest.checked_sub(accrued.pending_referrer_fees_sf))
            .ok_or(WireError::FeesExceedAssets)
    }

    /// The rate between liquidity and cTokens at `slot`: what a deposit or redemption in that slot
    /// will be booked at.
    pub fn exchange_at(&self, slot: u64) -> Result<Exchange, WireError> {
        Ok(Exchange::new(self.total_supply_at(slot)?, self.collateral_mint_total_supply()))
    }

    /// Liquidity that can be taken out now by a plain redemption, smallest units: what is available
    /// less what the withdraw queue has a claim on.
    pub fn freely_available(&self) -> Result<u64, WireError> {
        let queued = self.exchange()?.liquidity_for_collateral_down(self.queued_collateral_amount())?;
        Ok(self.available_amount().saturating_sub(queued))
    }
}

fn utilization_of(borrowed_sf: u128, total_supply_sf: u128) -> Result<u128, WireError> {
    if total_supply_sf == 0 {
        return Ok(0);
    }
    div_sf_down(borrowed_sf, total_supply_sf).ok_or(WireError::AmountOverflow)
}
