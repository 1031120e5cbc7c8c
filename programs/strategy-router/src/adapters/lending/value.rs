//! What a reserve's receipt tokens are worth.
//!
//! LOW: the reserve's books as they were last accrued. HIGH: as the reserve's next call will accrue them in this slot.
//! MID: halfway, or both when the books are of this slot. Low is cut by the haircut for what the reserve could not pay
//! out now.

use anchor_lang::prelude::*;
use gimbal_math::Bps;
use gimbal_venue_wire::klend::{
    self, layout::CURVE_POINTS as RESERVE_POINTS, reserve::ReserveStatus, ReserveView, FRACTION_BITS,
};

use super::at;
use crate::{
    adapters::{Quote, VenueView},
    error::RouterError,
    state::{Curve, Line, CURVE_POINTS},
    venue::guard,
};

const _: () = assert!(RESERVE_POINTS == CURVE_POINTS);

/// A reserve read for one valuation, amounts in the reserve's asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tokens {
    low: u64,
    high: u64,
    liquidity: u64,
    room: u64,
}

pub(super) fn value(view: &VenueView, line: &Line) -> Result<Quote> {
    let reserve = view.account(at::RESERVE)?;
    require_keys_eq!(*reserve.owner, view.program, RouterError::MalformedVenueAccount);
    let held = guard::read(view.account(at::POSITION)?)?.amount;
    let data = reserve.try_borrow_data()?;
    let reserve = ReserveView::parse(&data).map_err(RouterError::from)?;
    // Receipt tokens that came by themselves are not counted until they are harvested; missing ones are missed at once.
    let tokens = read(&reserve, view, line, line.position.min(held))?;
    let curve = curve(&reserve)?;
    quote(view, line, &tokens, curve)
}

fn read(reserve: &ReserveView, view: &VenueView, line: &Line, position: u64) -> Result<Tokens> {
    let age = view.slot.saturating_sub(reserve.last_update_slot());
    let stale = age > u64::from(line.max_venue_age);
    require!(!(stale && view.refuse_stale), RouterError::StaleVenue);

    let booked = reserve.exchange().map_err(RouterError::from)?;
    let low = booked.liquidity_for_collateral_down(position).map_err(RouterError::from)?;
    // Old books as well: a high that left out what the next call will book could be bought into by whoever brings the
    // valuation about.
    let accrued = || reserve.exchange_at(view.slot)?.liquidity_for_collateral_up(position);
    let high = match accrued() {
        _ if age == 0 || position == 0 => low,
        Ok(high) => high,
        // Interest over a very long time leaves the range of the reserve's numbers; money must come back regardless.
        Err(_) if stale => low,
        Err(error) => return Err(RouterError::from(error).into()),
    };
    let room = if is_market_halted(view) { 0 } else { room(reserve)? };
    Ok(Tokens { low, high: high.max(low), liquidity: available(reserve, view.now)?, room })
}

/// What a plain redemption could be paid now, in the reserve's asset.
pub(super) fn available(reserve: &ReserveView, now: i64) -> Result<u64> {
    let free = reserve.freely_available().map_err(RouterError::from)?;
    let now = u64::try_from(now).map_err(|_| RouterError::OutOfDomain)?;
    Ok(free.min(reserve.deposit_withdrawal_cap().room(now)))
}

/// Whether the market's own emergency mode is on, where its account is at hand: a valuation alone takes the reserve only.
/// A market that does not read as one is left to the venue's own refusal.
fn is_market_halted(view: &VenueView) -> bool {
    let market = view.pinned.get(at::MARKET).filter(|market| *market.owner == view.program);
    market.is_some_and(|market| market.try_borrow_data().is_ok_and(|data| klend::is_market_halted(&data) == Ok(true)))
}

/// What a deposit could bring now, in the reserve's asset.
fn room(reserve: &ReserveView) -> Result<u64> {
    let open = matches!(reserve.status(), Ok(ReserveStatus::Active | ReserveStatus::Hidden))
        && !reserve.is_in_emergency_mode()
        && !reserve.is_ctoken_usage_blocked();
    if !open {
        return Ok(0);
    }
    Ok(reserve.deposit_limit().saturating_sub(total_supply_up(reserve)?))
}

fn total_supply_up(reserve: &ReserveView) -> Result<u64> {
    whole_up(reserve.total_supply_sf().map_err(RouterError::from)?)
}

/// Whole units of a U68F60 amount, rounded up.
fn whole_up(amount_sf: u128) -> Result<u64> {
    let floor = amount_sf >> FRACTION_BITS;
    let whole = if floor << FRACTION_BITS == amount_sf { floor } else { floor.saturating_add(1) };
    u64::try_from(whole).map_err(|_| error!(RouterError::MathOverflow))
}

/// The reserve's curve, amounts in its own asset.
fn curve(reserve: &ReserveView) -> Result<Curve> {
    let narrow = |bps: u32| u16::try_from(bps).unwrap_or(u16::MAX);
    let mut curve = Curve {
        supply: total_supply_up(reserve)?,
        borrowed: whole_up(reserve.borrowed_amount_sf())?,
        take_bps: u16::from(reserve.protocol_take_rate_pct()).saturating_mul(100),
        points: CURVE_POINTS as u8,
        _pad: 0,
        util_bps: [0; CURVE_POINTS],
        rate_bps: [0; CURVE_POINTS],
    };
    for (index, (util, rate)) in curve.util_bps.iter_mut().zip(curve.rate_bps.iter_mut()).enumerate() {
        let point = reserve.curve_point(index).unwrap_or_default();
        *util = narrow(point.utilization_bps);
        *rate = narrow(point.borrow_rate_bps);
    }
    Ok(curve)
}

fn quote(view: &VenueView, line: &Line, tokens: &Tokens, mut curve: Curve) -> Result<Quote> {
    let with_flight = |amount: u64| amount.checked_add(line.in_flight).ok_or(RouterError::MathOverflow);
    let illiquid = tokens.low.saturating_sub(tokens.liquidity);
    let haircut = Bps(line.haircut_bps).of_up(illiquid).map_err(RouterError::from)?;
    let low = with_flight(tokens.low.saturating_sub(haircut))?;
    let half = tokens.high.saturating_sub(tokens.low) >> 1;
    let mid = with_flight(tokens.low.saturating_add(half))?;
    let high = with_flight(tokens.high)?;
    if line.swapped == 0 {
        return Ok(Quote { low, mid, high, liquidity: tokens.liquidity, room: tokens.room, curve });
    }
    let prices = view.prices()?;
    curve.supply = prices.base_mid_down(curve.supply)?;
    curve.borrowed = prices.base_mid_down(curve.borrowed)?;
    let mid = prices.base_mid_down(mid)?;
    Ok(Quote {
        low: prices.base_low_down(low)?.min(mid),
        mid,
        high: prices.base_high_up(high)?.max(mid),
        liquidity: prices.base_mid_down(tokens.liquidity)?,
        // An unlimited reserve has a limit of u64::MAX, which has no value in another unit.
        room: prices.base_mid_down(tokens.room).unwrap_or(u64::MAX),
        curve,
    })
}
