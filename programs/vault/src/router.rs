//! Calls to the strategy router, signed by the vault, and what the vault reads of its ledger.

use anchor_lang::prelude::*;
use anchor_lang::solana_program::{
    instruction::{AccountMeta, Instruction},
    program::invoke_signed,
};
use anchor_lang::InstructionData;
use gimbal_math::{Pool, Shares};
use strategy_router::cpi;
use strategy_router::cpi::accounts::{Allocate, Credit, Pay, PayInKind, RecallForExit, Reserve};
use strategy_router::state::Ledger;

use crate::error::VaultError;
use crate::math;
use crate::seeds::VaultSigner;
use crate::state::{Ticket, Vault};

/// Takes `assets` base units from the depositor's account into cash; `kept` of them are the entry fee.
///
/// Fees that stay are gains of those who stay, and locked like any other: else whoever comes in for one slot and sets off
/// another's exit would carry a part of its fee away.
pub fn credit<'info>(accounts: Credit<'info>, signer: &VaultSigner, assets: u64, kept: u64) -> Result<()> {
    cpi::credit(CpiContext::new_with_signer(strategy_router::ID, accounts, &[&signer.seeds()]), assets, kept)
}

/// Pays `assets` base units out of cash, where `kept` more were the exit fee; see [`credit`].
pub fn pay<'info>(accounts: Pay<'info>, signer: &VaultSigner, assets: u64, kept: u64) -> Result<()> {
    cpi::pay(CpiContext::new_with_signer(strategy_router::ID, accounts, &[&signer.seeds()]), assets, kept)
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

/// Brings about `amount` base units back from the line whose turn it is; `venue` is what the line's call takes.
pub fn recall_for_exit<'info>(
    accounts: RecallForExit<'info>,
    venue: &[AccountInfo<'info>],
    signer: &VaultSigner,
    line: u16,
    amount: u64,
) -> Result<()> {
    let seeds = [&signer.seeds()[..]];
    let context = CpiContext::new_with_signer(strategy_router::ID, accounts, &seeds);
    cpi::recall_for_exit(context.with_remaining_accounts(venue.to_vec()), line, amount)
}

/// Pays `part` of `whole` of everything as it lies; `lines` are the groups of accounts that the router asks for.
pub fn pay_in_kind<'info>(
    accounts: PayInKind<'info>,
    lines: &[AccountInfo<'info>],
    signer: &VaultSigner,
    part: u64,
    whole: u64,
) -> Result<()> {
    // By hand: lists of as many accounts as a transaction holds, each copied as it grows, do not fit a program's heap.
    let own = (accounts.to_account_metas(None), accounts.to_account_infos());
    let mut metas = Vec::with_capacity(own.0.len().saturating_add(lines.len()));
    metas.extend(own.0);
    metas.extend(lines.iter().map(|account| AccountMeta {
        pubkey: *account.key,
        is_signer: false,
        is_writable: account.is_writable,
    }));
    let mut infos = Vec::with_capacity(own.1.len().saturating_add(lines.len()));
    infos.extend(own.1);
    infos.extend_from_slice(lines);
    let data = strategy_router::instruction::PayInKind { part, whole }.data();
    let instruction = Instruction { program_id: strategy_router::ID, accounts: metas, data };
    Ok(invoke_signed(&instruction, &infos, &[&signer.seeds()])?)
}

/// What the router is to know as overdue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overdue {
    /// What it knows already: the ticket that cash was demanded for still waits.
    Kept,
    /// These shares of the ticket at the head, share units.
    Head(Shares),
}

impl Overdue {
    /// Nothing is.
    pub const NONE: Self = Self::Head(Shares::ZERO);

    /// What is overdue once `ticket` has left the queue. Cash is only ever demanded for the ticket at the head.
    pub fn without(vault: &Vault, ticket: &Ticket) -> Self {
        if vault.is_head(ticket) {
            Self::NONE
        } else {
            Self::Kept
        }
    }
}

/// Tells the router what the queue is worth, and what is overdue of it, at the price of [`last_known_pool`], rounded up.
///
/// # Errors
/// [`VaultError::AmountOverflow`], or the router's.
pub fn reserve<'info>(
    vault: &AccountLoader<'info, Vault>,
    ledger: &AccountLoader<'info, Ledger>,
    signer: &VaultSigner,
    overdue: Overdue,
) -> Result<()> {
    let (amount, overdue) = {
        let (vault, ledger) = (vault.load()?, ledger.load()?);
        let pool = last_known_pool(&vault, &ledger)?;
        let amount = math::queue_value_up(Shares(vault.queued_shares), pool)?.0;
        let overdue = match overdue {
            Overdue::Kept => ledger.overdue,
            Overdue::Head(shares) => math::queue_value_up(shares, pool)?.0,
        };
        (amount, overdue.min(amount))
    };
    let accounts = Reserve { vault: vault.as_ref().clone(), ledger: ledger.as_ref().clone() };
    cpi::reserve(CpiContext::new_with_signer(strategy_router::ID, accounts, &[&signer.seeds()]), amount, overdue)
}

/// The pool at the lines' last low values, however old: the price that a queue is provided for at.
///
/// Joining and leaving the queue must work when no line can be valued, so it asks for no age; and since neither the
/// widening by age nor locked gains nor the running day's fee are taken off, what it keeps is never less than the price of
/// a fill asks for.
///
/// # Errors
/// [`VaultError::AmountOverflow`].
pub fn last_known_pool(vault: &Vault, ledger: &Ledger) -> core::result::Result<Pool, VaultError> {
    let with_lines = ledger.cash_tracked.checked_add(ledger.totals.low).ok_or(VaultError::AmountOverflow)?;
    vault.pool(with_lines.saturating_sub(ledger.keeper_owed))
}

/// What tickets are paid from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitNav {
    /// NAV low; where it is too old, its substitute for overdue tickets. Base units.
    pub low: u64,
    /// What NAV low would be more if every line were valued now and found unchanged, base units; zero where it is too old.
    pub margin: u64,
    /// Age of the oldest valuation, seconds.
    pub age: i64,
    /// Whether NAV is too old for anything but overdue tickets.
    pub is_stale: bool,
}

/// What tickets are paid from at `now`, Unix seconds.
///
/// Locked gains are in neither `low` nor `margin`: they are not the leavers', and a refresh does not release them. Were
/// they in `margin`, whoever adopts a few units of gain could have a tight bound hold up the queue behind it.
///
/// # Errors
/// The router's, when a venue call is in progress or a sum leaves its range.
pub fn exit_nav(ledger: &Ledger, now: i64) -> Result<ExitNav> {
    let totals = &ledger.totals;
    let age = if totals.oldest_at == i64::MAX { 0 } else { now.saturating_sub(totals.oldest_at).max(0) };
    if age > i64::from(ledger.limits.max_valuation_age) {
        return Ok(ExitNav { low: ledger.nav_overdue(now)?, margin: 0, age, is_stale: true });
    }
    let low = ledger.nav(now)?.low;
    let unwidened = ledger.cash_tracked.checked_add(totals.low).ok_or(VaultError::AmountOverflow)?;
    let locked = ledger.gains.locked_up(now)?;
    let refreshed = unwidened.saturating_sub(ledger.keeper_owed).saturating_sub(locked);
    Ok(ExitNav { low, margin: refreshed.saturating_sub(low), age, is_stale: false })
}
