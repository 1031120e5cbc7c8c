//! Cash into a reserve.

use anchor_lang::prelude::*;
use gimbal_math::Bps;
use gimbal_venue_wire::klend::{
    instruction::{deposit_reserve_liquidity, DepositorAccounts},
    ReserveView,
};

use super::{at, swap, DUST};
use crate::{adapters::VenueCall, error::RouterError, state::Line, venue::guard};

/// - A same-asset line deposits at most `amount`; a swapped one what the swap gave, with what lay there before.
/// - The receipt tokens are at least what the accrued books give for what was taken, less the slippage bound.
pub(super) fn deploy(call: &VenueCall, line: &Line, amount: u64) -> Result<()> {
    if line.swapped == 0 {
        return deposit(call, line, call.cash, amount);
    }
    let bought = swap::buy(call, line, amount)?;
    let tokens = bought.checked_add(line.in_flight).ok_or(RouterError::MathOverflow)?;
    deposit(call, line, call.view.account(at::TOKEN)?, tokens)
}

fn deposit<'info>(call: &VenueCall<'_, 'info>, line: &Line, source: &AccountInfo<'info>, tokens: u64) -> Result<()> {
    let ledger = *call.ledger.key;
    let position = call.view.account(at::POSITION)?;
    let rate = {
        let data = call.view.account(at::RESERVE)?.try_borrow_data()?;
        let reserve = ReserveView::parse(&data).map_err(RouterError::from)?;
        reserve.exchange_at(call.view.slot).map_err(RouterError::from)?
    };
    // A deposit of dust can mint nothing.
    let expected = rate.collateral_for_liquidity_down(tokens).map_err(RouterError::from)?;
    require!(expected > 0, RouterError::ZeroAmount);

    let source_before = guard::held_alone(source, &ledger)?.amount;
    let position_before = guard::held_alone(position, &ledger)?.amount;
    let accounts = depositor(call, *source.key)?;
    let instruction = deposit_reserve_liquidity(&call.view.program, &accounts.deposit(), tokens);
    call.invoke(&instruction, &account_infos(call, source)?)?;
    let source_after = guard::held_alone(source, &ledger)?.amount;
    let position_after = guard::held_alone(position, &ledger)?.amount;

    let spent = source_before.checked_sub(source_after).ok_or(RouterError::UnexpectedBalanceChange)?;
    let minted = position_after.checked_sub(position_before).ok_or(RouterError::UnexpectedBalanceChange)?;
    require!(spent <= tokens, RouterError::UnexpectedBalanceChange);
    let fair = rate.collateral_for_liquidity_down(spent).map_err(RouterError::from)?;
    let least = less_slippage_down(fair, line.max_slippage_bps)?.saturating_sub(DUST);
    require!(minted > 0 && minted >= least, RouterError::SlippageExceeded);
    Ok(())
}

/// `amount` less `bps` of it, rounded down.
pub(super) fn less_slippage_down(amount: u64, bps: u16) -> Result<u64> {
    let slippage = Bps(bps).of_up(amount).map_err(RouterError::from)?;
    Ok(amount.saturating_sub(slippage))
}

/// The list's keys by their role at the reserve; `liquidity` is our account of the reserve's asset.
pub(super) fn depositor(call: &VenueCall, liquidity: Pubkey) -> Result<DepositorAccounts> {
    let key = |index: usize| call.view.account(index).map(|account| *account.key);
    Ok(DepositorAccounts {
        owner: *call.ledger.key,
        reserve: key(at::RESERVE)?,
        lending_market: key(at::MARKET)?,
        lending_market_authority: key(at::MARKET_AUTHORITY)?,
        liquidity_mint: key(at::LIQUIDITY_MINT)?,
        liquidity_supply: key(at::LIQUIDITY_SUPPLY)?,
        collateral_mint: key(at::COLLATERAL_MINT)?,
        user_liquidity: liquidity,
        user_collateral: key(at::POSITION)?,
        collateral_token_program: key(at::COLLATERAL_TOKEN_PROGRAM)?,
        liquidity_token_program: key(at::LIQUIDITY_TOKEN_PROGRAM)?,
        // Deposits and redemptions take no oracle.
        oracles: [call.view.program; 4],
    })
}

/// The accounts behind [`depositor`], for the call.
pub(super) fn account_infos<'info>(
    call: &VenueCall<'_, 'info>,
    liquidity: &AccountInfo<'info>,
) -> Result<Vec<AccountInfo<'info>>> {
    let own = [call.ledger, liquidity, call.venue];
    let pinned = call.view.pinned.get(..at::SAME_ASSET_LEN).ok_or(RouterError::VenueAccountMismatch)?;
    Ok(own.into_iter().chain(pinned).cloned().collect())
}
