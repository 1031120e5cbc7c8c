//! Calls to the strategy router, signed by the vault, and what the vault reads of its ledger.

use anchor_lang::prelude::*;
use gimbal_math::{Pool, Shares};
use strategy_router::cpi;
use strategy_router::cpi::accounts::{Allocate, Credit, Pay, Reserve};
use strategy_router::state::Ledger;

use crate::error::VaultError;
use crate::math;
use crate::seeds::VaultSigner;
use crate::state::Vault;

/// Takes `assets` base units from the depositor's account into cash.
pub fn credit<'info>(accounts: Credit<'info>, signer: &VaultSigner, assets: u64) -> Result<()> {
    cpi::credit(CpiContext::new_with_signer(strategy_router::ID, accounts, &[&signer.seeds()]), assets)
}

/// Pays `assets` base units out of cash.
pub fn pay<'info>(accounts: Pay<'info>, signer: &VaultSigner, assets: u64) -> Result<()> {
    cpi::pay(CpiContext::new_with_signer(strategy_router::ID, accounts, &[&signer.seeds()]), assets)
}

/// Puts up to `max` base units of new cash into a line, by the router's own rules; `venue` is what the line's call takes.
pub fn allocate<'info>(
    accounts: Allocate<'info>,
    venue: &[AccountInfo<'info>],
    signer: &VaultSigner,
    line: u16,
    max: u64,
) -> Result<()> {
    let seeds = [&signer.seeds()[..]];
    let context = CpiContext::new_with_signer(strategy_router::ID, accounts, &seeds);
    cpi::allocate(context.with_remaining_accounts(venue.to_vec()), line, max)
}

/// Tells the router what the queue is worth, at the price of [`last_known_pool`], rounded up.
///
/// # Errors
/// [`VaultError::AmountOverflow`], or the router's.
pub fn reserve<'info>(
    vault: &AccountLoader<'info, Vault>,
    ledger: &AccountLoader<'info, Ledger>,
    signer: &VaultSigner,
) -> Result<()> {
    let amount = {
        let vault = vault.load()?;
        let pool = last_known_pool(&vault, &*ledger.load()?)?;
        math::queue_value_up(Shares(vault.queued_shares), pool)?
    };
    let accounts = Reserve { vault: vault.as_ref().clone(), ledger: ledger.as_ref().clone() };
    cpi::reserve(CpiContext::new_with_signer(strategy_router::ID, accounts, &[&signer.seeds()]), amount.0)
}

/// The pool at the lines' last low values, however old: the price that a queue is provided for at.
///
/// Joining and leaving the queue must work when no line can be valued, so it asks for no age; and since neither the
/// widening by age nor locked gains are taken off, what it keeps is never less than the price of a fill asks for.
///
/// # Errors
/// [`VaultError::AmountOverflow`].
pub fn last_known_pool(vault: &Vault, ledger: &Ledger) -> core::result::Result<Pool, VaultError> {
    let with_lines = ledger.cash_tracked.checked_add(ledger.totals.low).ok_or(VaultError::AmountOverflow)?;
    vault.pool(with_lines.saturating_sub(ledger.keeper_owed))
}
