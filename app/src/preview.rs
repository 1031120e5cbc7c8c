//! What a flow would give, without a transaction.
//!
//! A preview runs the functions that the program runs, on the accounts as they are and at the chain's time, and equals
//! the result to the unit as long as neither changes. NAV low and high move apart with the age of the valuations, and
//! a refresh in front of the flow revalues the lines: preview after a refresh, and bound the flow by what was shown.

use anchor_lang::{error::Error as AnchorError, prelude::Pubkey};
use strategy_router::state::{Ledger, Nav};
use thiserror::Error;
use vault::{error::VaultError, math::Flow, preview, state::Vault};

use crate::chain::{Chain, ChainError};
use crate::readers;

/// Why there is no preview.
#[derive(Debug, Error)]
pub enum PreviewError {
    /// The chain could not be read.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The flow itself would refuse.
    #[error("{name}: {error}", name = .error.name())]
    Vault {
        /// What it refuses with.
        error: VaultError,
    },
    /// The ledger has no NAV to price with.
    #[error("{0}")]
    Ledger(String),
}

impl From<VaultError> for PreviewError {
    fn from(error: VaultError) -> Self {
        Self::Vault { error }
    }
}

impl From<AnchorError> for PreviewError {
    fn from(error: AnchorError) -> Self {
        Self::Ledger(match error {
            AnchorError::AnchorError(error) => format!("{}: {}", error.error_name, error.error_msg),
            AnchorError::ProgramError(error) => error.to_string(),
        })
    }
}

/// One vault as it stands, ready to be asked.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The vault.
    pub vault: Vault,
    /// Its ledger.
    pub ledger: Ledger,
    /// The ledger's NAV at the chain's time.
    pub nav: Nav,
    /// That time, Unix seconds.
    pub now: i64,
}

impl Preview {
    /// Reads the vault at `key`, its ledger and the clock.
    ///
    /// # Errors
    ///
    /// [`PreviewError::Ledger`] with `StaleNav` when a line must be refreshed first.
    pub fn read(chain: &(impl Chain + ?Sized), key: &Pubkey) -> Result<Self, PreviewError> {
        let vault: Vault = readers::read(chain, key)?;
        let ledger: Ledger = readers::read(chain, &vault.ledger)?;
        Self::new(vault, ledger, chain.clock()?.unix_timestamp)
    }

    /// From accounts read before, at `now` (Unix seconds).
    ///
    /// # Errors
    ///
    /// As [`Preview::read`].
    pub fn new(vault: Vault, ledger: Ledger, now: i64) -> Result<Self, PreviewError> {
        let nav = ledger.nav(now)?;
        Ok(Self { vault, ledger, nav, now })
    }

    /// Shares for depositing `assets` base units.
    ///
    /// # Errors
    ///
    /// [`PreviewError::Vault`] with what the deposit would refuse.
    pub fn deposit(&self, assets: u64) -> Result<Flow, PreviewError> {
        Ok(preview::deposit(&self.vault, &self.nav, self.now, assets)?)
    }

    /// Base units to pay for `shares`.
    ///
    /// # Errors
    ///
    /// As [`Preview::deposit`].
    pub fn mint(&self, shares: u64) -> Result<Flow, PreviewError> {
        Ok(preview::mint(&self.vault, &self.nav, self.now, shares)?)
    }

    /// Shares to burn for `assets` base units, which must lie in free cash.
    ///
    /// # Errors
    ///
    /// [`PreviewError::Vault`] with what the withdrawal would refuse.
    pub fn withdraw(&self, assets: u64) -> Result<Flow, PreviewError> {
        self.paid_from_cash(preview::withdraw(&self.vault, &self.nav, self.now, assets)?)
    }

    /// Base units for `shares`, which must lie in free cash.
    ///
    /// # Errors
    ///
    /// As [`Preview::withdraw`].
    pub fn redeem(&self, shares: u64) -> Result<Flow, PreviewError> {
        self.paid_from_cash(preview::redeem(&self.vault, &self.nav, self.now, shares)?)
    }

    /// Base units that instant exits may take now; more queues.
    ///
    /// # Errors
    ///
    /// [`PreviewError::Vault`] if the amounts overflow.
    pub fn free_cash(&self) -> Result<u64, PreviewError> {
        let Ledger { cash_tracked, keeper_owed, .. } = self.ledger;
        Ok(preview::free_cash(&self.vault, self.nav.low, cash_tracked, keeper_owed)?)
    }

    /// What one whole share is worth to who leaves, before the exit fee, base units × 10^12, rounded down.
    ///
    /// # Errors
    ///
    /// [`PreviewError::Vault`] if the amounts overflow.
    pub fn share_price(&self) -> Result<u64, PreviewError> {
        let pool = self.vault.leaving(self.now, self.nav.low)?.pool;
        gimbal_math::shares::price_per_share_down(pool).map_err(|_| VaultError::AmountOverflow.into())
    }

    fn paid_from_cash(&self, flow: Flow) -> Result<Flow, PreviewError> {
        match flow.assets.0 <= self.free_cash()? {
            true => Ok(flow),
            false => Err(VaultError::InsufficientCash.into()),
        }
    }
}
