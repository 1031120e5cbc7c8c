//! What a share is worth: the four flows of ERC-4626 with virtual amounts.
//!
//! # Virtual amounts
//!
//! Every pool is priced as if it held [`VIRTUAL`] more assets and [`VIRTUAL`] more shares than it does, owned by nobody.
//! The price of a share in an empty pool is therefore exactly one, and there is no first depositor to speak of: to move
//! the price by a factor `k` before a victim arrives, an attacker must lose about `k - 1` millions of base units to the
//! virtual shares and gains at most the dust of one rounding. (OpenZeppelin's ERC-4626 uses the same defence.) The
//! virtual shares earn their part of every gain for nobody: with `S` shares in issue that is `VIRTUAL / (S + VIRTUAL)`.
//!
//! # Rounding
//!
//! Always for the pool, that is for those who stay: out down, in up. The mover loses the dust, at most one base unit of
//! assets, or one share. No sequence of flows at unchanged prices yields more than was paid.
//!
//! # Range
//!
//! Assets and shares of a pool are at most `u64::MAX - VIRTUAL`, else [`MathError::Overflow`].
//!
//! # The virtual amount as a parameter
//!
//! It is a const parameter `V` of [`Pool`] with [`VIRTUAL`] as its default, which is what every program uses. Other values
//! serve proof: with `V` from 0 to 4 *every* small pool and *every* amount can be tried on this very code
//! (`tests/exhaustive.rs`), while a million would drown small pools. Without virtual amounts (`V` = 0) an empty pool
//! has no price: [`MathError::DivisionByZero`].

use crate::error::{MathError, Result};
use crate::muldiv::{mul_div_down, mul_div_up};
use crate::units::{Assets, Shares};

/// The virtual assets of a pool in base units, and equally its virtual shares.
pub const VIRTUAL: u64 = 1_000_000;

/// The scale of [`price_per_share_down`].
pub const PRICE_PER_SHARE_SCALE: u64 = 1_000_000_000_000;

/// What all shares together own, and how many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Pool<const V: u64 = VIRTUAL> {
    /// The net assets, at whichever valuation favours those who stay: high for who enters, low for who leaves.
    pub assets: Assets,
    /// The shares in issue, including those accrued as fees and not yet minted.
    pub shares: Shares,
}

impl<const V: u64> Pool<V> {
    fn priced_assets(self) -> Result<u64> {
        self.assets.0.checked_add(V).ok_or(MathError::Overflow)
    }

    fn priced_shares(self) -> Result<u64> {
        self.shares.0.checked_add(V).ok_or(MathError::Overflow)
    }
}

/// Shares for depositing `assets`, rounded down: the depositor loses the dust.
pub fn shares_for_deposit_down<const V: u64>(assets: Assets, pool: Pool<V>) -> Result<Shares> {
    mul_div_down(assets.0, pool.priced_shares()?, pool.priced_assets()?).map(Shares)
}

/// Assets to pay for minting `shares`, rounded up: the minter loses the dust.
pub fn assets_for_mint_up<const V: u64>(shares: Shares, pool: Pool<V>) -> Result<Assets> {
    mul_div_up(shares.0, pool.priced_assets()?, pool.priced_shares()?).map(Assets)
}

/// Shares to burn for withdrawing `assets`, rounded up: the withdrawer loses the dust.
pub fn shares_for_withdraw_up<const V: u64>(assets: Assets, pool: Pool<V>) -> Result<Shares> {
    mul_div_up(assets.0, pool.priced_shares()?, pool.priced_assets()?).map(Shares)
}

/// Assets for redeeming `shares`, rounded down: the redeemer loses the dust. Never more than the pool holds: after a loss
/// the virtual shares count for less than the virtual assets, and the last to leave would otherwise be owed up to
/// [`VIRTUAL`] that are not there.
pub fn assets_for_redeem_down<const V: u64>(shares: Shares, pool: Pool<V>) -> Result<Assets> {
    let assets = mul_div_down(shares.0, pool.priced_assets()?, pool.priced_shares()?).map(Assets)?.min(pool.assets);
    // A seeded fault for mutation testing only; a program must not be built with it except by a test that expects to fail.
    #[cfg(feature = "mutant-rounding")]
    let assets = assets.checked_add(Assets(1))?;
    Ok(assets)
}

/// Base units for one base unit of shares, times 10^12, rounded down. For display and high-water marks; flows are
/// priced by the functions above, which do not round twice.
pub fn price_per_share_down<const V: u64>(pool: Pool<V>) -> Result<u64> {
    mul_div_down(PRICE_PER_SHARE_SCALE, pool.priced_assets()?, pool.priced_shares()?)
}
