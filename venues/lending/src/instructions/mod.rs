//! One file per instruction: its accounts, its checks, its handler.

mod borrow_repay;
mod deposit_reserve_liquidity;
mod init_borrowers;
mod init_market;
mod init_reserve;
mod redeem_reserve_collateral;
mod refresh_reserve;
mod set_cohorts;
mod set_market;
mod set_reserve;
mod simulate_borrowers;
mod tokens;
mod write_off;

pub use borrow_repay::*;
pub use deposit_reserve_liquidity::*;
pub use init_borrowers::*;
pub use init_market::*;
pub use init_reserve::*;
pub use redeem_reserve_collateral::*;
pub use refresh_reserve::*;
pub use set_cohorts::*;
pub use set_market::*;
pub use set_reserve::*;
pub use simulate_borrowers::*;
pub use write_off::*;

use anchor_lang::prelude::*;

use crate::{error::LendingError, math::Now};

/// The chain's clock; a time before 1970 counts as 1970.
fn now() -> Result<Now> {
    let clock = Clock::get()?;
    Ok(Now { slot: clock.slot, unix: u64::try_from(clock.unix_timestamp).unwrap_or(0) })
}

/// klend's checks after a movement: the vault and the books moved by the same, expected amount. What
/// strangers sent to the vault before is a constant difference and does not matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct VaultState {
    balance: u64,
    available: u64,
}

impl VaultState {
    /// `before` grew by `amount` on both sides.
    fn require_grown_by(self, before: Self, amount: u64) -> Result<()> {
        Self::require(before, self, before.balance.checked_add(amount), before.available.checked_add(amount))
    }

    /// `before` fell by `amount` on both sides.
    fn require_fallen_by(self, before: Self, amount: u64) -> Result<()> {
        Self::require(before, self, before.balance.checked_sub(amount), before.available.checked_sub(amount))
    }

    fn require(before: Self, after: Self, balance: Option<u64>, available: Option<u64>) -> Result<()> {
        let gap = |state: Self| state.balance.checked_sub(state.available);
        require!(gap(before).is_some() && gap(before) == gap(after), LendingError::ReserveTokenBalanceMismatch);
        require!(balance == Some(after.balance), LendingError::ReserveVaultBalanceMismatch);
        require!(available == Some(after.available), LendingError::ReserveAccountingMismatch);
        Ok(())
    }
}
