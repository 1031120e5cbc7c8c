//! A reserve's liquidity back into cash.

use anchor_lang::prelude::*;
use gimbal_venue_wire::klend::{instruction::redeem_reserve_collateral, ReserveView};

use super::{
    at,
    deploy::{account_infos, depositor, less_slippage_down},
    swap, value, DUST,
};
use crate::{adapters::VenueCall, error::RouterError, state::Line, venue::guard};

/// - Redeems what `amount` takes, at most the position, at most what the reserve can pay.
/// - What is paid is at least the books' worth of it before accruing, less the slippage bound.
/// - A swapped line sells all that it holds of the token then.
pub(super) fn recall(call: &VenueCall, line: &Line, amount: u64) -> Result<()> {
    if line.swapped == 0 {
        return redeem(call, line, call.cash, amount);
    }
    let token = call.view.account(at::TOKEN)?;
    let wanted = if amount == u64::MAX { u64::MAX } else { call.view.prices()?.tokens_mid_up(amount)? };
    // Tokens that lie in the account go first: they earn nothing.
    let missing = wanted.saturating_sub(line.in_flight);
    let ledger = *call.ledger.key;
    let before = guard::held_alone(token, &ledger)?.amount;
    if missing > 0 && line.position > 0 {
        redeem(call, line, token, missing)?;
    }
    let after = guard::held_alone(token, &ledger)?.amount;
    let redeemed = after.checked_sub(before).ok_or(RouterError::UnexpectedBalanceChange)?;
    let selling = redeemed.checked_add(line.in_flight).ok_or(RouterError::MathOverflow)?.min(wanted.max(redeemed));
    swap::sell(call, line, selling)
}

fn redeem<'info>(
    call: &VenueCall<'_, 'info>,
    line: &Line,
    destination: &AccountInfo<'info>,
    tokens: u64,
) -> Result<()> {
    let ledger = *call.ledger.key;
    let position = call.view.account(at::POSITION)?;
    let position_before = guard::held_alone(position, &ledger)?.amount;
    let destination_before = guard::held_alone(destination, &ledger)?.amount;
    let (collateral, worth) = {
        let data = call.view.account(at::RESERVE)?.try_borrow_data()?;
        let reserve = ReserveView::parse(&data).map_err(RouterError::from)?;
        collateral_for(&reserve, call, line.position.min(position_before), tokens)?
    };

    let accounts = depositor(call, *destination.key)?;
    let instruction = redeem_reserve_collateral(&call.view.program, &accounts.redeem(), collateral);
    call.invoke(&instruction, &account_infos(call, destination)?)?;

    let position_after = guard::held_alone(position, &ledger)?.amount;
    let destination_after = guard::held_alone(destination, &ledger)?.amount;
    let burnt = position_before.checked_sub(position_after).ok_or(RouterError::UnexpectedBalanceChange)?;
    let paid = destination_after.checked_sub(destination_before).ok_or(RouterError::UnexpectedBalanceChange)?;
    require!(burnt <= collateral, RouterError::UnexpectedBalanceChange);
    let least = less_slippage_down(worth, line.max_slippage_bps)?.saturating_sub(DUST);
    require!(paid > 0 && paid >= least, RouterError::SlippageExceeded);
    Ok(())
}

/// Receipt tokens to burn for `tokens`, and what the books before accruing give for them, rounded down.
fn collateral_for(reserve: &ReserveView, call: &VenueCall, position: u64, tokens: u64) -> Result<(u64, u64)> {
    let booked = reserve.exchange().map_err(RouterError::from)?;
    // What the call itself will be booked at; where that leaves the range of the numbers, the books must do.
    let accrued = reserve.exchange_at(call.view.slot).unwrap_or(booked);
    let all = accrued.liquidity_for_collateral_down(position).map_err(RouterError::from)?;
    let wanted = if tokens >= all {
        position
    } else {
        accrued.collateral_for_redemption_up(tokens).map_err(RouterError::from)?.min(position)
    };
    let available = value::available(reserve, call.view.now)?;
    let payable = accrued.collateral_for_liquidity_down(available).unwrap_or(u64::MAX);
    let collateral = wanted.min(payable);
    require!(collateral > 0, RouterError::VenueIlliquid);
    let worth = booked.liquidity_for_collateral_down(collateral).map_err(RouterError::from)?;
    require!(worth > 0, RouterError::VenueIlliquid);
    Ok((collateral, worth))
}
