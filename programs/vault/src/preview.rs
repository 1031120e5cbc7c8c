//! What each flow would give, without a transaction: the functions that the program itself runs, so that a preview
//! equals the result to the unit while NAV stands still.
//!
//! Read the vault and the ledger, take the ledger's NAV at the time of the coming transaction, and ask here. NAV low
//! and high widen with the age of valuations: a preview for a later second can differ by that much, which is what the
//! bounds of the instructions are for.

use gimbal_math::{Assets, Shares};

use crate::error::VaultError;
use crate::math::{self, Flow};
use crate::state::Vault;

/// Shares for depositing `assets` base units at `nav_high`, rounded down.
///
/// # Errors
/// Those of the instruction: [`VaultError::ZeroAssets`], [`VaultError::ZeroShares`],
/// [`VaultError::FirstDepositTooSmall`], [`VaultError::AmountOverflow`].
pub fn deposit(vault: &Vault, nav_high: u64, assets: u64) -> Result<Flow, VaultError> {
    let flow = math::deposit(Assets(assets), vault.pool(nav_high)?)?;
    vault.require_first_deposit(flow.assets)?;
    Ok(flow)
}

/// Base units for minting `shares` at `nav_high`, rounded up.
///
/// # Errors
/// Those of the instruction: [`VaultError::ZeroShares`], [`VaultError::FirstDepositTooSmall`],
/// [`VaultError::AmountOverflow`].
pub fn mint(vault: &Vault, nav_high: u64, shares: u64) -> Result<Flow, VaultError> {
    let flow = math::mint(Shares(shares), vault.pool(nav_high)?)?;
    vault.require_first_deposit(flow.assets)?;
    Ok(flow)
}

/// Shares for withdrawing `assets` base units at `nav_low`, rounded up. Cash is a question of its own: [`free_cash`].
///
/// # Errors
/// Those of the instruction: [`VaultError::ZeroAssets`], [`VaultError::AmountOverflow`].
pub fn withdraw(vault: &Vault, nav_low: u64, assets: u64) -> Result<Flow, VaultError> {
    math::withdraw(Assets(assets), vault.pool(nav_low)?)
}

/// Base units for redeeming `shares` at `nav_low`, rounded down. Cash is a question of its own: [`free_cash`].
///
/// # Errors
/// Those of the instruction: [`VaultError::ZeroShares`], [`VaultError::ZeroAssets`], [`VaultError::AmountOverflow`].
pub fn redeem(vault: &Vault, nav_low: u64, shares: u64) -> Result<Flow, VaultError> {
    math::redeem(Shares(shares), vault.pool(nav_low)?)
}

/// Base units that instant exits may take now, rounded down: tracked cash less what keepers and the queue are owed.
///
/// # Errors
/// [`VaultError::AmountOverflow`].
pub fn free_cash(vault: &Vault, nav_low: u64, cash: u64, keeper_owed: u64) -> Result<u64, VaultError> {
    let pool = vault.pool(nav_low)?;
    Ok(math::free_cash_down(cash, keeper_owed, Shares(vault.queued_shares), pool)?.0)
}

/// Base units that the queue is worth, rounded up: what the vault tells the router to keep.
///
/// # Errors
/// [`VaultError::AmountOverflow`].
pub fn queue_value(vault: &Vault, nav_low: u64) -> Result<u64, VaultError> {
    Ok(math::queue_value_up(Shares(vault.queued_shares), vault.pool(nav_low)?)?.0)
}
