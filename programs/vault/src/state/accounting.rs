//! All that a flow does to the vault's counts, at one moment.
//!
//! The instructions and the previews run this same code. Order: fees that are due for more than a day are charged, the
//! speed window moves on, the flow is priced, the limits are held against it, the counts follow.

use gimbal_math::{Assets, Pool, Shares};
use strategy_router::state::Nav;

use super::vault::{minus, plus};
use crate::error::VaultError;
use crate::math::{self, Due, Exit, Flow};
use crate::state::Vault;

/// When a flow happens, and what the router's ledger owns then.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// Unix time, seconds.
    pub now: i64,
    /// The ledger's NAV, base units.
    pub nav: Nav,
}

/// A flow that was counted, and how it was priced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Priced {
    /// What moves.
    pub flow: Flow,
    /// The pool that it was priced at.
    pub pool: Pool,
    /// Fees that were charged before, if they were due.
    pub crystallised: Option<Crystallised>,
}

/// Fees that were charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crystallised {
    /// What was due.
    pub due: Due,
    /// The pool that it was charged at, before.
    pub pool: Pool,
    /// The mark after, base units per share unit × 2^40.
    pub mark: u64,
}

type Result<T> = core::result::Result<T, VaultError>;

impl Vault {
    /// Takes exactly `assets` base units in.
    ///
    /// # Errors
    /// [`VaultError::ZeroAssets`], [`VaultError::ZeroShares`], [`VaultError::FirstDepositTooSmall`],
    /// [`VaultError::NavFallingFast`], [`VaultError::DepositCapExceeded`], [`VaultError::AmountOverflow`].
    pub fn deposit(&mut self, at: &Moment, assets: u64) -> Result<Priced> {
        let entry_bps = self.fees.entry_bps;
        self.enter(at, |pool| math::deposit(Assets(assets), entry_bps, pool))
    }

    /// Gives exactly `shares` out.
    ///
    /// # Errors
    /// As [`Self::deposit`].
    pub fn mint(&mut self, at: &Moment, shares: u64) -> Result<Priced> {
        let entry_bps = self.fees.entry_bps;
        self.enter(at, |pool| math::mint(Shares(shares), entry_bps, pool))
    }

    /// Pays exactly `assets` base units out at once. Whether cash is there is for the caller to ask, before.
    ///
    /// # Errors
    /// [`VaultError::ZeroAssets`], [`VaultError::OutflowLimitReached`], [`VaultError::InsufficientShares`],
    /// [`VaultError::AmountOverflow`].
    pub fn withdraw(&mut self, at: &Moment, assets: u64) -> Result<Priced> {
        self.exit(at, |exit| math::withdraw(Assets(assets), exit))
    }

    /// Takes exactly `shares` back at once. Whether cash is there is for the caller to ask, before.
    ///
    /// # Errors
    /// [`VaultError::ZeroShares`], [`VaultError::ZeroAssets`], [`VaultError::OutflowLimitReached`],
    /// [`VaultError::InsufficientShares`], [`VaultError::AmountOverflow`].
    pub fn redeem(&mut self, at: &Moment, shares: u64) -> Result<Priced> {
        self.exit(at, |exit| math::redeem(Shares(shares), exit))
    }

    fn enter(&mut self, at: &Moment, price: impl FnOnce(Pool) -> Result<Flow>) -> Result<Priced> {
        let crystallised = self.crystallise_if_due(at.now, at.nav.low)?;
        let pool = self.pool(at.nav.high)?;
        if pool.shares.is_zero() {
            // Nobody is left who was charged or is owed: time and gains begin with this entry, at its own price.
            self.fees.crystallised_at = at.now;
            self.fees.mark = math::share_price_up(pool);
        }
        let mid = self.touch_speed(at)?;
        if math::fell_too_fast(&self.speed, mid, self.limits.speed_down_bps) {
            return Err(VaultError::NavFallingFast);
        }

        let flow = price(pool)?;
        self.require_first_deposit(flow.assets)?;
        self.require_below_cap(pool.assets, flow.assets)?;
        self.shares = plus(self.shares, flow.shares.0)?;
        self.deposited = plus(self.deposited, flow.assets.0)?;
        self.entry = math::cheapest(self.entry, pool, at.now);
        self.outflow =
            math::outflow_after_entry(self.outflow, self.limits.outflow_bps, pool.shares, flow.shares, at.now);
        Ok(Priced { flow, pool, crystallised })
    }

    fn exit(&mut self, at: &Moment, price: impl FnOnce(&Exit) -> Result<Flow>) -> Result<Priced> {
        let crystallised = self.crystallise_if_due(at.now, at.nav.low)?;
        let mid = self.touch_speed(at)?;
        let mut exit = self.leaving(at.now, at.nav.low)?;
        let unhurried = Pool { shares: exit.supply, ..exit.pool };
        exit.pool.assets = math::exit_assets_down(&self.speed, mid, self.limits.speed_up_bps, unhurried)
            .min(math::held_to_entry_down(&self.entry, unhurried, at.now));

        let flow = price(&exit)?;
        if flow.shares.0 > self.shares {
            return Err(VaultError::InsufficientShares);
        }
        self.outflow =
            math::outflow_after_exit(self.outflow, self.limits.outflow_bps, exit.supply, flow.shares, at.now)?;
        self.shares = minus(self.shares, flow.shares.0)?;
        self.withdrawn = plus(self.withdrawn, flow.assets.0)?;
        Ok(Priced { flow, pool: exit.pool, crystallised })
    }

    /// What who leaves at `now` is priced by, at a NAV of `low` base units: with the fee of the running day, before the
    /// limit of the price's speed.
    ///
    /// # Errors
    /// [`VaultError::AmountOverflow`].
    pub fn leaving(&self, now: i64, low: u64) -> Result<Exit> {
        let pool = self.pool(low)?;
        let due = math::due(&self.fees, pool, now).shares_up();
        let priced = Pool { assets: pool.assets, shares: Shares(pool.shares.0.saturating_add(due.0)) };
        Ok(Exit { pool: priced, supply: pool.shares, fee_bps: self.fees.exit_bps })
    }

    /// Charges fees at a NAV of `low` base units, if a day has passed since the last time.
    ///
    /// # Errors
    /// [`VaultError::AmountOverflow`] where all shares together exceed 64 bits.
    pub fn crystallise_if_due(&mut self, now: i64, low: u64) -> Result<Option<Crystallised>> {
        match math::is_due(&self.fees, now) {
            true => self.crystallise(now, low).map(Some),
            false => Ok(None),
        }
    }

    /// Charges fees at a NAV of `low` base units, whenever the last time was.
    ///
    /// # Errors
    /// As [`Self::crystallise_if_due`].
    #[inline(never)]
    pub fn crystallise(&mut self, now: i64, low: u64) -> Result<Crystallised> {
        let pool = self.pool(low)?;
        let due = math::due(&self.fees, pool, now);
        self.fee_shares = plus(self.fee_shares, due.shares.0)?;
        self.fee_shares_made = plus(self.fee_shares_made, due.shares.0)?;
        // Without shares there is no price to remember; the next entry sets the mark.
        if !pool.shares.is_zero() {
            self.fees.mark = math::mark_up(self.fees.mark, pool, due.shares);
        }
        self.fees.crystallised_at = self.fees.crystallised_at.max(now);
        Ok(Crystallised { due, pool, mark: self.fees.mark })
    }

    /// Takes what has accrued as fees, to be minted to its recipient.
    ///
    /// # Errors
    /// [`VaultError::FeeRecipientMissing`], [`VaultError::NothingToCollect`], [`VaultError::AmountOverflow`].
    pub fn collect_fees(&mut self) -> Result<Shares> {
        if self.fees.recipient == Default::default() {
            return Err(VaultError::FeeRecipientMissing);
        }
        let shares = core::mem::take(&mut self.fee_shares);
        if shares == 0 {
            return Err(VaultError::NothingToCollect);
        }
        self.shares = plus(self.shares, shares)?;
        self.fees.minted = plus(self.fees.minted, shares)?;
        Ok(Shares(shares))
    }

    /// Moves the speed window on, and returns the share price at NAV mid. With both limits off there is no window.
    ///
    /// # Errors
    /// [`VaultError::AmountOverflow`].
    pub fn touch_speed(&mut self, at: &Moment) -> Result<u64> {
        if self.limits.speed_up_bps == 0 && self.limits.speed_down_bps == 0 {
            return Ok(0);
        }
        let pool = self.pool(at.nav.mid)?;
        let price = math::share_price_down(pool);
        // Without holders a price is nobody's: the window begins anew.
        let known = if pool.shares.is_zero() { Default::default() } else { self.speed };
        self.speed = math::touched(known, price, at.now);
        Ok(price)
    }

    fn require_below_cap(&self, nav_high: Assets, assets: Assets) -> Result<()> {
        let cap = self.limits.deposit_cap;
        if cap != 0 && nav_high.checked_add(assets)?.0 > cap {
            return Err(VaultError::DepositCapExceeded);
        }
        Ok(())
    }
}
