use anchor_lang::prelude::*;
use gimbal_control::{Pauses, Roles};

use crate::{
    error::RouterError,
    seeds::LEDGER_SEED,
    state::{Epoch, Limits, Line, LockedGains, Nav, Totals},
};

/// Rows of a ledger.
pub const LINES: usize = 16;

/// How a rebalance finds direction and amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Policy {
    /// Fixed targets in bands.
    Bands = 0,
    /// Marginal-rate water-filling across lending lines.
    WaterFill = 1,
    /// Weights inversely proportional to forecast variance, with a volatility target.
    InverseVariance = 2,
}

impl TryFrom<u8> for Policy {
    type Error = RouterError;

    fn try_from(policy: u8) -> core::result::Result<Self, RouterError> {
        match policy {
            0 => Ok(Self::Bands),
            1 => Ok(Self::WaterFill),
            2 => Ok(Self::InverseVariance),
            _ => Err(RouterError::UnknownPolicy),
        }
    }
}

/// Where one vault's capital lies.
///
/// CASH. `cash_tracked` is what the router knows of in its one cash account; a donation changes nothing until
/// `harvest_cash` adopts it. `reserved` is what the ticket queue is worth: no rebalance deploys it.
///
/// NAV. cash − keeper pay owed + the lines' valuations; see [`Ledger::nav`].
///
/// BUSY. Set for the length of a venue call, so that nothing that the venue calls can price with half a move.
#[account(zero_copy)]
#[derive(Debug)]
pub struct Ledger {
    /// Layout version: 1.
    pub version: u8,
    /// Bump of the ledger's address.
    pub bump: u8,
    /// Bump of the cash account's address.
    pub cash_bump: u8,
    /// Decimals of the base mint.
    pub base_decimals: u8,
    /// Rows in use.
    pub line_count: u8,
    /// 1 for the length of a venue call.
    pub busy: u8,
    /// A [`Policy`].
    pub policy: u8,
    /// Aligns the roles.
    pub _pad0: u8,
    /// Who may do what.
    pub roles: Roles,
    /// What stands still; only new money is used here.
    pub pauses: Pauses,
    /// The vault whose capital this is; its signature moves money in and out.
    pub vault: Pubkey,
    /// Mint of the base asset.
    pub base_mint: Pubkey,
    /// Token program of that mint.
    pub base_token_program: Pubkey,
    /// The one cash account.
    pub cash: Pubkey,
    /// Feed of the base asset.
    pub base_feed: Pubkey,
    /// The risk oracle's book; zero until `open_book`.
    pub book: Pubkey,
    /// Cash known to the router, base units.
    pub cash_tracked: u64,
    /// What the ticket queue is worth, told by the vault, base units.
    pub reserved: u64,
    /// Pay promised to keepers and not yet collected, base units.
    pub keeper_owed: u64,
    /// Ever credited by the vault, base units.
    pub credited: u64,
    /// Ever paid out for the vault, base units.
    pub paid: u64,
    /// Ever adopted from untracked cash, base units.
    pub surplus_adopted: u64,
    /// Ever paid to keepers, base units.
    pub keeper_paid: u64,
    /// Ever moved into lines, removed ones included, base units.
    pub invested: u64,
    /// Ever moved out of lines, removed ones included, base units.
    pub returned: u64,
    /// Sums over the lines.
    pub totals: Totals,
    /// The owner's limits.
    pub limits: Limits,
    /// Budgets used.
    pub epoch: Epoch,
    /// Id of the next line.
    pub next_line_id: u16,
    /// Aligns the counters.
    pub _pad1: [u8; 6],
    /// Counts proposals of the change queue.
    pub change_nonce: u64,
    /// Counts venue calls.
    pub actions: u64,
    /// Adopted surplus not yet counted in low.
    pub gains: LockedGains,
    /// What the queue's overdue tickets are worth, told by the vault, base units; recalled at whatever it costs.
    pub overdue: u64,
    /// Ever paid as bounties, base units.
    pub bounties_paid: u64,
    /// Ids of the lines that exits draw on, in order; zero ends the list. The other lines follow in row order.
    pub withdraw_order: [u16; LINES],
    /// Room for later fields.
    pub room: [u64; 18],
    /// The lines.
    pub lines: [Line; LINES],
}

const _: () = assert!(
    core::mem::size_of::<Ledger>()
        == 8 + core::mem::size_of::<Roles>()
            + core::mem::size_of::<Pauses>()
            + 6 * 32
            + 9 * 8
            + core::mem::size_of::<Totals>()
            + core::mem::size_of::<Limits>()
            + core::mem::size_of::<Epoch>()
            + 8
            + 2 * 8
            + core::mem::size_of::<LockedGains>()
            + 2 * 8
            + LINES * 2
            + 18 * 8
            + LINES * core::mem::size_of::<Line>()
);
const _: () = assert!(core::mem::size_of::<Ledger>() == 4_944);
const _: () = assert!(core::mem::align_of::<Ledger>() == 8);

impl Ledger {
    /// Layout version.
    pub const VERSION: u8 = 1;
    /// Bytes of the account, discriminator included.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();

    /// Net asset value at `now`: cash − keeper pay owed + valuations, low and high moved apart by the age of the oldest
    /// valuation, low without the gains that are still locked. Reads the totals only: its cost does not depend on the
    /// number of lines. Below zero counts as zero.
    ///
    /// # Errors
    /// [`RouterError::LedgerBusy`] inside a venue call, [`RouterError::StaleNav`] when a line in use was valued more
    /// than `limits.max_valuation_age` seconds ago, [`RouterError::MathOverflow`].
    pub fn nav(&self, now: i64) -> Result<Nav> {
        self.require_idle()?;
        let margin = self.totals.margin_up(self.limits.max_valuation_age, now)?;
        let locked = self.gains.locked_up(now)?;
        let with_cash = |value: u64| self.cash_tracked.checked_add(value).ok_or(RouterError::MathOverflow);
        let high = with_cash(self.totals.high)?.checked_add(margin).ok_or(RouterError::MathOverflow)?;
        Ok(Nav {
            low: with_cash(self.totals.low.saturating_sub(margin))?
                .saturating_sub(self.keeper_owed)
                .saturating_sub(locked),
            mid: with_cash(self.totals.mid)?.saturating_sub(self.keeper_owed),
            high: high.saturating_sub(self.keeper_owed),
        })
    }

    /// Whether somebody's money depends on the ledger: from the first deposit on what raises risk must wait.
    pub fn is_live(&self) -> bool {
        self.credited > 0
    }

    /// Cash that is nobody's pay, base units.
    pub fn free_cash(&self) -> u64 {
        self.cash_tracked.saturating_sub(self.keeper_owed)
    }

    /// What the ticket queue is worth beyond the cash at hand, base units.
    pub fn queue_need(&self) -> u64 {
        self.reserved.saturating_sub(self.free_cash())
    }

    /// No venue call is in progress.
    ///
    /// # Errors
    /// [`RouterError::LedgerBusy`].
    pub fn require_idle(&self) -> Result<()> {
        require!(self.busy == 0, RouterError::LedgerBusy);
        Ok(())
    }

    /// The policy in force.
    ///
    /// # Errors
    /// [`RouterError::UnknownPolicy`].
    pub fn policy(&self) -> Result<Policy> {
        Ok(Policy::try_from(self.policy)?)
    }

    /// Index of the row that holds line `id`.
    ///
    /// # Errors
    /// [`RouterError::UnknownLine`].
    pub fn row_of(&self, id: u16) -> Result<usize> {
        self.lines
            .iter()
            .position(|line| line.is_used() && line.id == id)
            .ok_or_else(|| error!(RouterError::UnknownLine))
    }

    /// The line `id`.
    ///
    /// # Errors
    /// [`RouterError::UnknownLine`].
    pub fn line(&self, id: u16) -> Result<&Line> {
        self.lines.iter().find(|line| line.is_used() && line.id == id).ok_or_else(|| error!(RouterError::UnknownLine))
    }

    /// The line `id`, to be changed.
    ///
    /// # Errors
    /// [`RouterError::UnknownLine`].
    pub fn line_mut(&mut self, id: u16) -> Result<&mut Line> {
        self.lines
            .iter_mut()
            .find(|line| line.is_used() && line.id == id)
            .ok_or_else(|| error!(RouterError::UnknownLine))
    }

    /// Remakes the sums over the lines.
    ///
    /// # Errors
    /// [`RouterError::MathOverflow`].
    pub fn remake_totals(&mut self) -> Result<()> {
        self.totals = Totals::of(&self.lines)?;
        Ok(())
    }

    /// The identities that hold after every instruction:
    ///
    /// - the ledger is idle;
    /// - credited + returned + surplus_adopted = cash_tracked + paid + invested + keeper_paid + bounties_paid;
    /// - the totals are ordered.
    ///
    /// # Errors
    /// [`RouterError::InvariantViolated`], [`RouterError::LedgerBusy`].
    pub fn invariant(&self) -> Result<()> {
        self.require_idle()?;
        let sum = |parts: &[u64]| parts.iter().map(|part| u128::from(*part)).sum::<u128>();
        let sources = sum(&[self.credited, self.returned, self.surplus_adopted]);
        let uses = sum(&[self.cash_tracked, self.paid, self.invested, self.keeper_paid, self.bounties_paid]);
        require!(sources == uses, RouterError::InvariantViolated);
        require!(
            self.totals.low <= self.totals.mid && self.totals.mid <= self.totals.high,
            RouterError::InvariantViolated
        );
        Ok(())
    }

    /// Takes `assets` that arrived from the vault's depositor.
    ///
    /// # Errors
    /// [`RouterError::MathOverflow`].
    pub fn book_credit(&mut self, assets: u64) -> Result<()> {
        self.cash_tracked = self.cash_tracked.checked_add(assets).ok_or(RouterError::MathOverflow)?;
        self.credited = self.credited.checked_add(assets).ok_or(RouterError::MathOverflow)?;
        Ok(())
    }

    /// Takes out a bounty, against the epoch's budgets.
    ///
    /// # Errors
    /// [`RouterError::InsufficientCash`] when less is free of keepers' pay; [`RouterError::MathOverflow`].
    pub fn book_bounty(&mut self, amount: u64) -> Result<()> {
        require!(amount <= self.free_cash(), RouterError::InsufficientCash);
        let add = |a: u64, b: u64| a.checked_add(b).ok_or(RouterError::MathOverflow);
        self.cash_tracked = self.cash_tracked.checked_sub(amount).ok_or(RouterError::InsufficientCash)?;
        self.bounties_paid = add(self.bounties_paid, amount)?;
        self.epoch.bounty_used = add(self.epoch.bounty_used, amount)?;
        self.epoch.pay_used = add(self.epoch.pay_used, amount)?;
        Ok(())
    }

    /// Takes out `assets` that leave for the vault's users.
    ///
    /// # Errors
    /// [`RouterError::InsufficientCash`] when less is free of keepers' pay.
    pub fn book_payment(&mut self, assets: u64) -> Result<()> {
        require!(assets <= self.free_cash(), RouterError::InsufficientCash);
        self.cash_tracked = self.cash_tracked.checked_sub(assets).ok_or(RouterError::InsufficientCash)?;
        self.paid = self.paid.checked_add(assets).ok_or(RouterError::MathOverflow)?;
        Ok(())
    }
}

/// Seeds with which the ledger signs.
pub fn signer_seeds<'a>(vault: &'a Pubkey, bump: &'a [u8; 1]) -> [&'a [u8]; 3] {
    [LEDGER_SEED, vault.as_ref(), bump]
}
