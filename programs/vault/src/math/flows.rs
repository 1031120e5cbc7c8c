//! The four flows: what moves when somebody enters or leaves.
//!
//! An entry is priced at NAV high and an exit at NAV low, so that nobody gains from the vault's uncertainty about
//! what it owns; every rounding is in favour of those who stay. The bounds of the caller are checked by the
//! instructions, which can name both sides of a refusal.
//!
//! Entry and exit fees stay in the pool, for those who stay; they are rounded up. An exit that leaves nobody behind pays
//! none: it would be nobody's.

use gimbal_math::muldiv::mul_div_up;
use gimbal_math::shares::{
    assets_for_mint_up, assets_for_redeem_down, shares_for_deposit_down, shares_for_withdraw_up, VIRTUAL,
};
use gimbal_math::{Assets, Pool, Shares};

use crate::error::VaultError;

/// The whole in basis points.
pub(super) const BPS: u64 = 10_000;

/// Base asset and shares that change sides, both above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// What the user pays or receives, base units.
    pub assets: Assets,
    /// Share units.
    pub shares: Shares,
    /// Of an entry, the part of `assets` that buys no shares; of an exit, what the shares were worth beyond `assets`. Stays
    /// in the pool, base units.
    pub fee: Assets,
}

impl Flow {
    fn new(assets: Assets, shares: Shares, fee: Assets) -> Result<Self, VaultError> {
        // A side that rounds to nothing would be a gift; whoever sends it does not mean one.
        if assets.is_zero() {
            return Err(VaultError::ZeroAssets);
        }
        if shares.is_zero() {
            return Err(VaultError::ZeroShares);
        }
        Ok(Self { assets, shares, fee })
    }
}

/// What leavers are priced by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exit<const V: u64 = VIRTUAL> {
    /// NAV low, or less, and all shares, those included that are due as fees of the running day.
    pub pool: Pool<V>,
    /// All shares there are, accrued fee shares included: an exit of so many leaves nobody behind.
    pub supply: Shares,
    /// Exit fee, basis points, at most 100.
    pub fee_bps: u16,
}

/// The fee on an amount that includes it, rounded up, base units.
///
/// # Errors
/// None for a fee below the whole.
pub fn fee_up(gross: Assets, bps: u16) -> Result<Assets, VaultError> {
    if bps == 0 {
        return Ok(Assets::ZERO);
    }
    Ok(Assets(mul_div_up(gross.0, u64::from(bps), BPS)?))
}

/// The least amount that leaves `net` after the fee: net · 10^4 / (10^4 − bps), rounded up, base units.
///
/// # Errors
/// [`VaultError::AmountOverflow`].
pub fn gross_up(net: Assets, bps: u16) -> Result<Assets, VaultError> {
    if bps == 0 {
        return Ok(net);
    }
    Ok(Assets(mul_div_up(net.0, BPS, BPS.saturating_sub(u64::from(bps)))?))
}

/// Exactly `assets` in, shares out rounded down.
///
/// # Errors
/// [`VaultError::ZeroAssets`], [`VaultError::ZeroShares`], [`VaultError::AmountOverflow`].
pub fn deposit<const V: u64>(assets: Assets, entry_bps: u16, pool: Pool<V>) -> Result<Flow, VaultError> {
    let fee = fee_up(assets, entry_bps)?;
    let net = assets.checked_sub(fee)?;
    Flow::new(assets, shares_for_deposit_down(net, pool)?, fee)
}

/// Exactly `shares` out, assets in rounded up.
///
/// # Errors
/// [`VaultError::ZeroShares`], [`VaultError::AmountOverflow`].
pub fn mint<const V: u64>(shares: Shares, entry_bps: u16, pool: Pool<V>) -> Result<Flow, VaultError> {
    if shares.is_zero() {
        return Err(VaultError::ZeroShares);
    }
    let net = assets_for_mint_up(shares, pool)?;
    let gross = gross_up(net, entry_bps)?;
    Flow::new(gross, shares, gross.checked_sub(net)?)
}

/// Exactly `assets` out, shares in rounded up.
///
/// # Errors
/// [`VaultError::ZeroAssets`], [`VaultError::AmountOverflow`].
pub fn withdraw<const V: u64>(assets: Assets, exit: &Exit<V>) -> Result<Flow, VaultError> {
    let shares = shares_for_withdraw_up(assets, exit.pool)?;
    if exit.fee_bps == 0 || shares >= exit.supply {
        return Flow::new(assets, shares, Assets::ZERO);
    }
    let gross = gross_up(assets, exit.fee_bps)?;
    Flow::new(assets, shares_for_withdraw_up(gross, exit.pool)?, gross.checked_sub(assets)?)
}

/// Exactly `shares` in, assets out rounded down and at most all there is.
///
/// # Errors
/// [`VaultError::ZeroShares`], [`VaultError::ZeroAssets`], [`VaultError::AmountOverflow`].
pub fn redeem<const V: u64>(shares: Shares, exit: &Exit<V>) -> Result<Flow, VaultError> {
    if shares.is_zero() {
        return Err(VaultError::ZeroShares);
    }
    let (assets, fee) = paid_down(shares, exit)?;
    Flow::new(assets, shares, fee)
}

/// What `shares` are paid and what is kept of their worth as exit fee: the payment is rounded down, the fee up.
///
/// # Errors
/// [`VaultError::AmountOverflow`].
pub fn paid_down<const V: u64>(shares: Shares, exit: &Exit<V>) -> Result<(Assets, Assets), VaultError> {
    let gross = worth_down(shares, exit.pool)?;
    let fee = if shares >= exit.supply { Assets::ZERO } else { fee_up(gross, exit.fee_bps)? };
    Ok((gross.checked_sub(fee)?, fee))
}

/// What `shares` are worth at `pool`, rounded down and at most all there is.
///
/// After a loss a share is worth less than one, and the virtual assets, which nobody put in, would make the last shares
/// worth more than the vault holds. Without the bound their holder could never leave.
///
/// # Errors
/// [`VaultError::AmountOverflow`].
pub(super) fn worth_down<const V: u64>(shares: Shares, pool: Pool<V>) -> Result<Assets, VaultError> {
    Ok(assets_for_redeem_down(shares, pool)?.min(pool.assets))
}
