//! What the vault charges, and up to where it has charged it.

use anchor_lang::prelude::*;
use core::mem::size_of;

use crate::error::VaultError;

/// Most that the management fee may be, basis points of NAV a year.
pub const MAX_MANAGEMENT_BPS: u16 = 500;
/// Most that the performance fee may be, basis points of the gain above the mark.
pub const MAX_PERFORMANCE_BPS: u16 = 3_000;
/// Most that the entry fee may be, basis points of what is paid in.
pub const MAX_ENTRY_BPS: u16 = 100;
/// Most that the exit fee may be, basis points of what the shares are worth.
pub const MAX_EXIT_BPS: u16 = 100;

/// The rates in force, and what was charged so far. All zero: no fees.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct Fees {
    /// The wallet that owns the share account which fees are minted to; zero: none, and no fee accrues.
    pub recipient: Pubkey,
    /// Basis points of NAV low a year.
    pub management_bps: u16,
    /// Basis points of what a share gains above the mark.
    pub performance_bps: u16,
    /// Basis points of what is paid in; stays in the pool.
    pub entry_bps: u16,
    /// Basis points of what leaving shares are worth; stays in the pool.
    pub exit_bps: u16,
    /// Highest share price that a performance fee was charged up to, base units per share unit × 2^40, rounded up.
    pub mark: u64,
    /// Unix second up to which fees are charged.
    pub crystallised_at: i64,
    /// Fee shares ever minted to a recipient, share units.
    pub minted: u64,
}

const _: () = assert!(size_of::<Fees>() == 64 && core::mem::align_of::<Fees>() == 8);

/// The rates of a vault, as its owner sets them.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeesArgs {
    /// The wallet that owns the share account which fees are minted to; zero only where nothing accrues.
    pub recipient: Pubkey,
    /// Basis points of NAV low a year, at most 500.
    pub management_bps: u16,
    /// Basis points of what a share gains above the mark, at most 3,000.
    pub performance_bps: u16,
    /// Basis points of what is paid in, at most 100.
    pub entry_bps: u16,
    /// Basis points of what leaving shares are worth, at most 100.
    pub exit_bps: u16,
}

impl FeesArgs {
    /// The caps that no owner can lift. What accrues needs somebody to accrue to.
    ///
    /// # Errors
    /// [`VaultError::FeeOutOfRange`], [`VaultError::FeeRecipientMissing`].
    pub fn validate(&self) -> core::result::Result<(), VaultError> {
        let within = self.management_bps <= MAX_MANAGEMENT_BPS
            && self.performance_bps <= MAX_PERFORMANCE_BPS
            && self.entry_bps <= MAX_ENTRY_BPS
            && self.exit_bps <= MAX_EXIT_BPS;
        if !within {
            return Err(VaultError::FeeOutOfRange);
        }
        let accrues = self.management_bps > 0 || self.performance_bps > 0;
        if accrues && self.recipient == Pubkey::default() {
            return Err(VaultError::FeeRecipientMissing);
        }
        Ok(())
    }

    /// Whether these rates are worse for a holder than `fees`, or pay somebody else: any rate rises or the recipient
    /// changes.
    pub fn raises(&self, fees: &Fees) -> bool {
        self.recipient != fees.recipient
            || self.management_bps > fees.management_bps
            || self.performance_bps > fees.performance_bps
            || self.entry_bps > fees.entry_bps
            || self.exit_bps > fees.exit_bps
    }
}

impl Fees {
    /// Whether anything accrues with time or gains.
    pub fn accrue(&self) -> bool {
        self.management_bps > 0 || self.performance_bps > 0
    }

    /// Puts rates in force; what was charged so far stays.
    pub fn set(&mut self, args: &FeesArgs) {
        self.recipient = args.recipient;
        self.management_bps = args.management_bps;
        self.performance_bps = args.performance_bps;
        self.entry_bps = args.entry_bps;
        self.exit_bps = args.exit_bps;
    }

    /// The rates in force.
    pub fn args(&self) -> FeesArgs {
        FeesArgs {
            recipient: self.recipient,
            management_bps: self.management_bps,
            performance_bps: self.performance_bps,
            entry_bps: self.entry_bps,
            exit_bps: self.exit_bps,
        }
    }
}
