//! The four flows: what moves when somebody enters or leaves.
//!
//! An entry is priced at NAV high and an exit at NAV low, so that nobody gains from the vault's uncertainty about
//! what it owns; every rounding is in favour of those who stay. The bounds of the caller are checked by the
//! instructions, which can name both sides of a refusal.

use gimbal_math::shares::{
    assets_for_mint_up, assets_for_redeem_down, shares_for_deposit_down, shares_for_withdraw_up,
};
use gimbal_math::{Assets, Pool, Shares};

use crate::error::VaultError;

/// Base asset and shares that change sides, both above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Base units.
    pub assets: Assets,
    /// Share units.
    pub shares: Shares,
}

impl Flow {
    fn new(assets: Assets, shares: Shares) -> Result<Self, VaultError> {
        // A side that rounds to nothing would be a gift; whoever sends it does not mean one.
        if assets.is_zero() {
            return Err(VaultError::ZeroAssets);
        }
        if shares.is_zero() {
            return Err(VaultError::ZeroShares);
        }
        Ok(Self { assets, shares })
    }
}

/// Exactly `assets` in, shares out rounded down.
///
/// # Errors
/// [`VaultError::ZeroAssets`], [`VaultError::ZeroShares`], [`VaultError::AmountOverflow`].
pub fn deposit(assets: Assets, pool: Pool) -> Result<Flow, VaultError> {
    Flow::new(assets, shares_for_deposit_down(assets, pool)?)
}

/// Exactly `shares` out, assets in rounded up.
///
/// # Errors
/// [`VaultError::ZeroShares`], [`VaultError::AmountOverflow`].
pub fn mint(shares: Shares, pool: Pool) -> Result<Flow, VaultError> {
    if shares.is_zero() {
        return Err(VaultError::ZeroShares);
    }
    Flow::new(assets_for_mint_up(shares, pool)?, shares)
}

/// Exactly `assets` out, shares in rounded up.
///
/// # Errors
/// [`VaultError::ZeroAssets`], [`VaultError::AmountOverflow`].
pub fn withdraw(assets: Assets, pool: Pool) -> Result<Flow, VaultError> {
    Flow::new(assets, shares_for_withdraw_up(assets, pool)?)
}

/// Exactly `shares` in, assets out rounded down and at most all there is.
///
/// # Errors
/// [`VaultError::ZeroShares`], [`VaultError::ZeroAssets`], [`VaultError::AmountOverflow`].
pub fn redeem(shares: Shares, pool: Pool) -> Result<Flow, VaultError> {
    if shares.is_zero() {
        return Err(VaultError::ZeroShares);
    }
    Flow::new(worth_down(shares, pool)?, shares)
}

/// What `shares` are paid at `pool`, rounded down and at most all there is.
///
/// After a loss a share is worth less than one, and the virtual assets, which nobody put in, would make the last shares
/// worth more than the vault holds. Without the bound their holder could never leave.
///
/// # Errors
/// [`VaultError::AmountOverflow`].
pub(super) fn worth_down(shares: Shares, pool: Pool) -> Result<Assets, VaultError> {
    Ok(assets_for_redeem_down(shares, pool)?.min(pool.assets))
}
