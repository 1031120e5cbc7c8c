//! The swap of a swapped line: Whirlpools' `swap_v2` in one pinned pool, between our cash and our token account.

use anchor_lang::prelude::*;
use gimbal_venue_wire::whirlpool::{
    instruction::{swap_v2, SwapV2},
    oracle_address, WhirlpoolView, MEMO_PROGRAM_ID,
};

use super::{at, deploy::less_slippage_down};
use crate::{
    adapters::{Proposal, VenueCall},
    error::RouterError,
    policy::sandwich::Depth,
    state::Line,
    venue::guard,
};

/// Cash → token: spends at most `amount`; returns the tokens bought, at least the bound from both feeds.
pub(super) fn buy(call: &VenueCall, line: &Line, amount: u64) -> Result<u64> {
    let least = less_slippage_down(call.view.prices()?.tokens_low_down(amount)?, line.max_slippage_bps)?;
    swap(call, call.cash, call.view.account(at::TOKEN)?, true, amount, least)
}

/// Token → cash: sells at most `tokens`; cash grows by at least the bound from both feeds.
pub(super) fn sell(call: &VenueCall, line: &Line, tokens: u64) -> Result<()> {
    let least = less_slippage_down(call.view.prices()?.base_low_down(tokens)?, line.max_slippage_bps)?;
    swap(call, call.view.account(at::TOKEN)?, call.cash, false, tokens, least).map(drop)
}

fn swap<'info>(
    call: &VenueCall<'_, 'info>,
    source: &AccountInfo<'info>,
    destination: &AccountInfo<'info>,
    gives_base: bool,
    amount: u64,
    least: u64,
) -> Result<u64> {
    // A bound of zero would accept any price.
    require!(amount > 0 && least > 0, RouterError::ZeroAmount);
    let ledger = *call.ledger.key;
    let program = call.swap.ok_or(RouterError::VenueAccountMismatch)?;
    let pool = call.view.account(at::POOL)?;
    let base_is_a = base_is_a(pool, program.key, call.base_mint.key, call.view.account(at::LIQUIDITY_MINT)?.key)?;

    let source_before = guard::held_alone(source, &ledger)?.amount;
    let destination_before = guard::held_alone(destination, &ledger)?.amount;
    let order = SwapV2 {
        amount,
        other_amount_threshold: least,
        sqrt_price_limit: 0,
        amount_specified_is_input: true,
        a_to_b: base_is_a == gives_base,
    };
    let keys = keys(call, base_is_a)?;
    let instruction = swap_v2(program.key, &keys, &order);
    let own = [call.ledger, call.cash, call.base_mint, call.base_token_program, program];
    let accounts: Vec<AccountInfo<'info>> = own
        .into_iter()
        .chain([call.view.account(at::LIQUIDITY_MINT)?, call.view.account(at::LIQUIDITY_TOKEN_PROGRAM)?])
        .chain(call.view.pinned.get(at::TOKEN..at::SWAPPED_LEN).ok_or(RouterError::VenueAccountMismatch)?)
        .cloned()
        .collect();
    call.invoke(&instruction, &accounts)?;

    let source_after = guard::held_alone(source, &ledger)?.amount;
    let destination_after = guard::held_alone(destination, &ledger)?.amount;
    let spent = source_before.checked_sub(source_after).ok_or(RouterError::UnexpectedBalanceChange)?;
    let gained = destination_after.checked_sub(destination_before).ok_or(RouterError::UnexpectedBalanceChange)?;
    require!(spent <= amount, RouterError::UnexpectedBalanceChange);
    require!(gained >= least, RouterError::SlippageExceeded);
    Ok(gained)
}

/// Keys in the order of `swap_v2`.
fn keys(call: &VenueCall, base_is_a: bool) -> Result<[Pubkey; 15]> {
    let key = |index: usize| call.view.account(index).map(|account| *account.key);
    let base = (*call.base_token_program.key, *call.base_mint.key, *call.cash.key);
    let token = (key(at::LIQUIDITY_TOKEN_PROGRAM)?, key(at::LIQUIDITY_MINT)?, key(at::TOKEN)?);
    let (a, b) = if base_is_a { (base, token) } else { (token, base) };
    Ok([
        a.0,
        b.0,
        key(at::MEMO)?,
        *call.ledger.key,
        key(at::POOL)?,
        a.1,
        b.1,
        a.2,
        key(at::POOL_VAULT_A)?,
        b.2,
        key(at::POOL_VAULT_B)?,
        key(at::TICK_ARRAYS)?,
        key(at::TICK_ARRAYS.saturating_add(1))?,
        key(at::TICK_ARRAYS.saturating_add(2))?,
        key(at::POOL_ORACLE)?,
    ])
}

/// What one trade may move without being worth a sandwich, base units.
pub(super) fn calm_size_down(call: &VenueCall) -> Result<u64> {
    let program = call.swap.ok_or(RouterError::VenueAccountMismatch)?;
    let pool = call.view.account(at::POOL)?;
    require_keys_eq!(*pool.owner, *program.key, RouterError::MalformedVenueAccount);
    let data = pool.try_borrow_data()?;
    let pool = WhirlpoolView::parse(&data).map_err(RouterError::from)?;
    let depth = Depth {
        liquidity: pool.liquidity(),
        sqrt_price: pool.sqrt_price(),
        fee_rate: pool.fee_rate(),
        base_is_a: mint_a_is_base(&pool, call.base_mint.key, call.view.account(at::LIQUIDITY_MINT)?.key)?,
    };
    Ok(depth.sandwich_proof_down()?)
}

/// Whether the pool's mint A is the base asset; its other mint must be the token.
fn base_is_a(pool: &AccountInfo, program: &Pubkey, base_mint: &Pubkey, token_mint: &Pubkey) -> Result<bool> {
    require_keys_eq!(*pool.owner, *program, RouterError::MalformedVenueAccount);
    let data = pool.try_borrow_data()?;
    let pool = WhirlpoolView::parse(&data).map_err(RouterError::from)?;
    mint_a_is_base(&pool, base_mint, token_mint)
}

fn mint_a_is_base(pool: &WhirlpoolView, base_mint: &Pubkey, token_mint: &Pubkey) -> Result<bool> {
    let mints = (pool.token_mint_a(), pool.token_mint_b());
    if mints == (*base_mint, *token_mint) {
        return Ok(true);
    }
    require!(mints == (*token_mint, *base_mint), RouterError::PoolMismatch);
    Ok(false)
}

/// The pool trades the two mints, and the list names its own accounts.
pub(super) fn inspect(proposal: &Proposal) -> Result<()> {
    let account = |index: usize| proposal.pinned.get(index).ok_or_else(|| error!(RouterError::VenueAccountMismatch));
    require_keys_neq!(proposal.token_mint, proposal.base_mint, RouterError::MintMismatch);
    let program = proposal.swap_program.ok_or(RouterError::VenueAccountMismatch)?;
    let pool = account(at::POOL)?;
    base_is_a(pool, &program, &proposal.base_mint, &proposal.token_mint)?;
    let data = pool.try_borrow_data()?;
    let view = WhirlpoolView::parse(&data).map_err(RouterError::from)?;
    let expected = [
        (at::POOL_VAULT_A, view.token_vault_a()),
        (at::POOL_VAULT_B, view.token_vault_b()),
        (at::POOL_ORACLE, oracle_address(pool.key, &program)),
        (at::MEMO, MEMO_PROGRAM_ID),
    ];
    for (index, key) in expected {
        require_keys_eq!(*account(index)?.key, key, RouterError::VenueAccountMismatch);
    }
    for index in at::TICK_ARRAYS..at::TICK_ARRAYS_END {
        require_keys_eq!(*account(index)?.owner, program, RouterError::VenueAccountMismatch);
    }
    Ok(())
}
