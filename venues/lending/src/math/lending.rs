//! What each call does to a reserve's books, with klend's checks in klend's order.
//!
//! Sources: `lending_operations` and `state::reserve` in klend's published code. Rounding: a deposit mints
//! cTokens down and takes their worth rounded up; a redemption pays down; a loan is booked exactly; a
//! repayment takes the debt rounded up. The dust stays with the holders of cTokens.

use gimbal_venue_wire::klend::{
    exchange::DepositQuote, fraction, layout as at, ReserveMut, ReserveStatus, ReserveView,
};

use super::{
    caps::{count_inflow, count_outflow},
    Now,
};
use crate::error::LendingError;

type Outcome<T> = Result<T, LendingError>;

/// Version and status allow deposits and loans.
pub fn require_open(reserve: &ReserveView) -> Outcome<()> {
    if reserve.status()? == ReserveStatus::Obsolete {
        return Err(LendingError::ReserveObsolete);
    }
    require_current(reserve)
}

/// The version is the program's and the reserve is not halted.
pub fn require_current(reserve: &ReserveView) -> Outcome<()> {
    if reserve.version() != at::PROGRAM_VERSION {
        return Err(LendingError::ReserveDeprecated);
    }
    if reserve.is_in_emergency_mode() {
        return Err(LendingError::ReserveEmergencyMode);
    }
    Ok(())
}

/// The reserve was refreshed in this slot and not touched since.
pub fn require_fresh(reserve: &ReserveView, now: Now) -> Outcome<()> {
    if reserve.is_marked_stale() || reserve.last_update_slot() != now.slot {
        return Err(LendingError::ReserveStale);
    }
    Ok(())
}

/// Books interest up to `now` and clears the stale mark.
pub fn refresh(reserve: &mut ReserveMut, now: Now, referral_fee_bps: u16) -> Outcome<()> {
    reserve.accrue(now.slot, referral_fee_bps)?;
    reserve.set(at::LAST_UPDATE_STALE, 0);
    Ok(())
}

/// Notes since when the deposit and borrow limits have been exceeded.
pub fn note_crossed_limits(reserve: &mut ReserveMut, now: Now) -> Outcome<()> {
    let view = reserve.view();
    let deposits_crossed = view.total_supply_sf()? > fraction::from_units(view.deposit_limit());
    let loans_crossed = view.borrowed_amount_sf() > fraction::from_units(view.borrow_limit());
    for (crossed, field) in
        [(deposits_crossed, at::DEPOSIT_LIMIT_CROSSED_TS), (loans_crossed, at::BORROW_LIMIT_CROSSED_TS)]
    {
        let since = reserve.get(field);
        let noted = match (crossed, since) {
            (false, _) => 0,
            (true, 0) => now.unix,
            (true, since) => since,
        };
        reserve.set(field, noted);
    }
    Ok(())
}

/// Books a deposit of at most `offered`; the reserve is refreshed already.
pub fn deposit(reserve: &mut ReserveMut, now: Now, offered: u64) -> Outcome<DepositQuote> {
    if offered == 0 {
        return Err(LendingError::InvalidAmount);
    }
    require_fresh(&reserve.view(), now)?;
    let supply = reserve.view().total_supply_sf()?;
    let quote = reserve.view().exchange()?.deposit(offered)?;
    let new_supply = supply.checked_add(fraction::from_units(quote.liquidity)).ok_or(LendingError::MathOverflow)?;
    if new_supply > fraction::from_units(reserve.view().deposit_limit()) {
        return Err(LendingError::DepositLimitExceeded);
    }
    let mut cap = reserve.view().deposit_withdrawal_cap();
    count_inflow(&mut cap, quote.liquidity, now.unix)?;
    reserve.set_deposit_withdrawal_cap(&cap);
    add(reserve, at::AVAILABLE_AMOUNT, quote.liquidity)?;
    add(reserve, at::COLLATERAL_MINT_TOTAL_SUPPLY, quote.collateral)?;
    mark_stale(reserve);
    Ok(quote)
}

/// Books a redemption of `collateral` and returns what it pays; the reserve is refreshed already.
pub fn redeem(reserve: &mut ReserveMut, now: Now, collateral: u64) -> Outcome<u64> {
    if collateral == 0 {
        return Err(LendingError::InvalidAmount);
    }
    require_fresh(&reserve.view(), now)?;
    let paid = reserve.view().exchange()?.redeem(collateral)?;
    if paid > reserve.view().freely_available()? {
        return Err(LendingError::InsufficientLiquidity);
    }
    subtract(reserve, at::AVAILABLE_AMOUNT, paid)?;
    subtract(reserve, at::COLLATERAL_MINT_TOTAL_SUPPLY, collateral)?;
    note_crossed_limits(reserve, now)?;
    mark_stale(reserve);
    let mut cap = reserve.view().deposit_withdrawal_cap();
    count_outflow(&mut cap, paid, now.unix)?;
    reserve.set_deposit_withdrawal_cap(&cap);
    Ok(paid)
}

/// Books a loan of `amount`; the reserve is refreshed already.
pub fn borrow(reserve: &mut ReserveMut, now: Now, amount: u64) -> Outcome<()> {
    if amount == 0 {
        return Err(LendingError::InvalidAmount);
    }
    require_fresh(&reserve.view(), now)?;
    let view = reserve.view();
    let amount_sf = fraction::from_units(amount);
    let borrowed = view.borrowed_amount_sf().checked_add(amount_sf).ok_or(LendingError::MathOverflow)?;
    if borrowed > fraction::from_units(view.borrow_limit()) {
        return Err(LendingError::BorrowLimitExceeded);
    }
    let mut cap = view.debt_withdrawal_cap();
    count_outflow(&mut cap, amount, now.unix)?;
    if borrowed > utilization_ceiling(&view)? {
        return Err(LendingError::BorrowingAboveUtilizationRateDisabled);
    }
    if amount > view.freely_available()? {
        return Err(LendingError::InsufficientLiquidity);
    }
    reserve.set_debt_withdrawal_cap(&cap);
    subtract(reserve, at::AVAILABLE_AMOUNT, amount)?;
    reserve.set(at::BORROWED_AMOUNT_SF, borrowed);
    mark_stale(reserve);
    Ok(())
}

/// The most that [`borrow`] would grant now, units; 0 where it would refuse any amount.
pub fn borrowable(reserve: &ReserveView, now: Now) -> Outcome<u64> {
    if reserve.status()? == ReserveStatus::Obsolete {
        return Ok(0);
    }
    let borrowed = reserve.borrowed_amount_sf();
    let headroom = |ceiling: u128| fraction::to_units_down(ceiling.saturating_sub(borrowed)).unwrap_or(u64::MAX);
    let most = reserve
        .freely_available()?
        .min(headroom(fraction::from_units(reserve.borrow_limit())))
        .min(headroom(utilization_ceiling(reserve)?))
        .min(reserve.debt_withdrawal_cap().room(now.unix));
    Ok(most)
}

/// What may be lent in all under the utilisation limit, U68F60 units.
fn utilization_ceiling(reserve: &ReserveView) -> Outcome<u128> {
    match reserve.utilization_limit_pct() {
        0 => Ok(u128::MAX),
        pct => fraction::mul_down(reserve.total_supply_sf()?, fraction::from_pct_down(pct))
            .ok_or(LendingError::MathOverflow),
    }
}

/// What a repayment takes and settles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repayment {
    /// Taken, units.
    pub units: u64,
    /// Settled of the debt, U68F60 units: at most what is taken.
    pub settled_sf: u128,
}

/// Books a repayment of at most `offered` on a debt of `debt_sf`; the reserve is refreshed already.
pub fn repay(reserve: &mut ReserveMut, now: Now, offered: u64, debt_sf: u128) -> Outcome<Repayment> {
    if offered == 0 {
        return Err(LendingError::InvalidAmount);
    }
    require_fresh(&reserve.view(), now)?;
    let settled_sf = fraction::from_units(offered).min(debt_sf);
    let units = fraction::to_units_up(settled_sf).ok_or(LendingError::MathOverflow)?;
    if units == 0 {
        return Err(LendingError::RepayTooSmall);
    }
    let mut cap = reserve.view().debt_withdrawal_cap();
    count_inflow(&mut cap, units, now.unix)?;
    reserve.set_debt_withdrawal_cap(&cap);
    add(reserve, at::AVAILABLE_AMOUNT, units)?;
    settle(reserve, settled_sf);
    mark_stale(reserve);
    Ok(Repayment { units, settled_sf })
}

/// Gives up `debt_sf` of what the reserve has lent: what depositors own falls by as much.
pub fn forgive(reserve: &mut ReserveMut, now: Now, debt_sf: u128) -> Outcome<()> {
    require_fresh(&reserve.view(), now)?;
    settle(reserve, debt_sf);
    // Fees that exceed the assets would stop every later call: refuse to get there.
    reserve.view().total_supply_sf()?;
    mark_stale(reserve);
    Ok(())
}

fn settle(reserve: &mut ReserveMut, debt_sf: u128) {
    let borrowed = reserve.get(at::BORROWED_AMOUNT_SF);
    reserve.set(at::BORROWED_AMOUNT_SF, borrowed.saturating_sub(debt_sf));
}

fn mark_stale(reserve: &mut ReserveMut) {
    reserve.set(at::LAST_UPDATE_STALE, 1);
}

fn add(reserve: &mut ReserveMut, field: at::At<u64>, amount: u64) -> Outcome<()> {
    let sum = reserve.get(field).checked_add(amount).ok_or(LendingError::MathOverflow)?;
    reserve.set(field, sum);
    Ok(())
}

fn subtract(reserve: &mut ReserveMut, field: at::At<u64>, amount: u64) -> Outcome<()> {
    let rest = reserve.get(field).checked_sub(amount).ok_or(LendingError::MathOverflow)?;
    reserve.set(field, rest);
    Ok(())
}
