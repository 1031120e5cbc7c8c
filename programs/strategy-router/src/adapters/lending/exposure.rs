//! What the risk oracle is told of a line, from its last valuation.
//!
//! All lines are told of in one instruction, so that the sums here are of 64 bits: to the basis point, which is enough.

use anchor_lang::prelude::*;
use gimbal_math::muldiv::mul_div_up;
use risk_oracle::state::{Exposure, PositionKind};

use crate::{
    error::RouterError,
    state::{Curve, Line},
};

/// All, basis points.
const WHOLE_BPS: u16 = 10_000;

/// - A same-asset line answers to no price; a swapped one is its token, to the unit.
/// - Lent out is what borrowers hold of what was supplied, rounded up.
/// - Leaving costs a swapped line up to its slippage bound.
pub(super) fn exposure(line: &Line) -> Result<Exposure> {
    let (delta, delta_bps, cost_bps) = match line.swapped {
        0 => (0, 0, 0),
        _ => (i64::try_from(line.mid).unwrap_or(i64::MAX), i32::from(WHOLE_BPS), line.max_slippage_bps),
    };
    let utilisation_bps = utilisation_up(&line.curve)?;
    Ok(Exposure {
        delta,
        delta_bps,
        cost_bps,
        liquidity: line.liquidity,
        carry_bps: carry_down(&line.curve, utilisation_bps),
        utilisation_bps,
        kind: PositionKind::Lending as u16,
        ..Exposure::none()
    })
}

/// Part of a market that is lent out, basis points, rounded up, at most all.
fn utilisation_up(curve: &Curve) -> core::result::Result<u16, RouterError> {
    if curve.borrowed >= curve.supply {
        return Ok(if curve.borrowed == 0 { 0 } else { WHOLE_BPS });
    }
    let part = mul_div_up(curve.borrowed, u64::from(WHOLE_BPS), curve.supply)?;
    Ok(u16::try_from(part).unwrap_or(WHOLE_BPS))
}

/// What depositors of the market earn a year at a utilisation, basis points, rounded down.
fn carry_down(curve: &Curve, utilisation_bps: u16) -> i32 {
    let (whole, lent) = (u64::from(WHOLE_BPS), u64::from(utilisation_bps));
    let kept = whole.saturating_sub(u64::from(curve.take_bps));
    // Each factor is below 2^16.
    let product = borrow_rate_down(curve, lent).saturating_mul(lent).saturating_mul(kept);
    let rate = product.checked_div(whole.saturating_mul(whole)).unwrap_or(0);
    i32::try_from(rate).unwrap_or(i32::MAX)
}

/// The borrow rate at a utilisation, both basis points, linear between the curve's points, rounded down.
fn borrow_rate_down(curve: &Curve, utilisation: u64) -> u64 {
    let mut left = (0_u64, 0_u64);
    for (util, rate) in curve.util_bps.iter().zip(&curve.rate_bps).take(usize::from(curve.points)) {
        let right = (u64::from(*util), u64::from(*rate));
        if utilisation <= right.0 {
            let (along, run) = (utilisation.saturating_sub(left.0), right.0.saturating_sub(left.0));
            let rise = right.1.saturating_sub(left.1).saturating_mul(along);
            return rise.checked_div(run).map_or(right.1, |rise| left.1.saturating_add(rise));
        }
        left = right;
    }
    left.1
}
