//! What each flow would give, without a transaction: the code that the program itself runs, on a copy, so that a preview
//! equals the result to the unit while NAV stands still.
//!
//! Read the vault and the ledger, take the ledger's NAV at the time of the coming transaction, and ask here. NAV low
//! and high widen with the age of valuations: a preview for a later second can differ by that much, which is what the
//! bounds of the instructions are for.

use gimbal_math::Shares;
use strategy_router::state::Nav;

use crate::error::VaultError;
use crate::math::{self, Flow};
use crate::state::{Moment, Priced, Vault};

/// Shares for depositing `assets` base units, rounded down, at NAV high after the entry fee.
///
/// # Errors
/// Those of the instruction's arithmetic and limits: see [`Vault::deposit`].
pub fn deposit(vault: &Vault, nav: &Nav, now: i64, assets: u64) -> Result<Flow, VaultError> {
    on_copy(vault, |copy| copy.deposit(&Moment { now, nav: *nav }, assets))
}

/// Base units for minting `shares`, rounded up, at NAV high with the entry fee.
///
/// # Errors
/// As [`deposit`].
pub fn mint(vault: &Vault, nav: &Nav, now: i64, shares: u64) -> Result<Flow, VaultError> {
    on_copy(vault, |copy| copy.mint(&Moment { now, nav: *nav }, shares))
}

/// Shares for withdrawing `assets` base units, rounded up, at NAV low with the exit fee. Cash is a question of its own:
/// [`free_cash`].
///
/// # Errors
/// Those of the instruction's arithmetic and limits: see [`Vault::withdraw`].
pub fn withdraw(vault: &Vault, nav: &Nav, now: i64, assets: u64) -> Result<Flow, VaultError> {
    on_copy(vault, |copy| copy.withdraw(&Moment { now, nav: *nav }, assets))
}

/// Base units for redeeming `shares`, rounded down, at NAV low after the exit fee. Cash is a question of its own:
/// [`free_cash`].
///
/// # Errors
/// Those of the instruction's arithmetic and limits: see [`Vault::redeem`].
pub fn redeem(vault: &Vault, nav: &Nav, now: i64, shares: u64) -> Result<Flow, VaultError> {
    on_copy(vault, |copy| copy.redeem(&Moment { now, nav: *nav }, shares))
}

fn on_copy(vault: &Vault, flow: impl FnOnce(&mut Vault) -> Result<Priced, VaultError>) -> Result<Flow, VaultError> {
    let mut copy = Box::new(*vault);
    Ok(flow(&mut copy)?.flow)
}

/// Base units that instant exits may take now, rounded down: tracked cash less what keepers and the queue are owed.
///
/// # Errors
/// [`VaultError::AmountOverflow`].
pub fn free_cash(vault: &Vault, nav_low: u64, cash: u64, keeper_owed: u64) -> Result<u64, VaultError> {
    let pool = vault.pool(nav_low)?;
    Ok(math::free_cash_down(cash, keeper_owed, Shares(vault.queued_shares), pool)?.0)
}
