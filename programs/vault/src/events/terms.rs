//! What the vault charges, bounds and admits.

use anchor_lang::prelude::*;

use crate::state::{Crystallised, FeesArgs, VaultLimitsArgs};

/// Fees were charged up to now, as shares that wait for their recipient.
#[event]
#[derive(Debug)]
pub struct FeesCrystallised {
    /// The vault.
    pub vault: Pubkey,
    /// Slot of the change.
    pub slot: u64,
    /// Unix time of the change, seconds.
    pub time: i64,
    /// Management fee since the last time, base units.
    pub management: u64,
    /// Performance fee on what a share gained above the mark, base units.
    pub performance: u64,
    /// Fee shares accrued for both, share units.
    pub shares: u64,
    /// The mark after, base units per share unit × 2^40.
    pub mark: u64,
    /// NAV low, base units.
    pub nav: u64,
    /// Shares before, accrued fee shares included, share units.
    pub supply: u64,
}

impl FeesCrystallised {
    /// What was charged, at the clock's time.
    pub(crate) fn new(vault: &Pubkey, clock: &Clock, charged: &Crystallised) -> Self {
        let Crystallised { due, pool, mark } = *charged;
        Self {
            vault: *vault,
            slot: clock.slot,
            time: clock.unix_timestamp,
            management: due.management.0,
            performance: due.performance.0,
            shares: due.shares.0,
            mark,
            nav: pool.assets.0,
            supply: pool.shares.0,
        }
    }
}

/// Accrued fee shares were minted to their recipient.
#[event]
#[derive(Debug)]
pub struct FeesCollected {
    /// The vault.
    pub vault: Pubkey,
    /// Slot of the change.
    pub slot: u64,
    /// Unix time of the change, seconds.
    pub time: i64,
    /// Wallet that fees are paid to.
    pub recipient: Pubkey,
    /// Its share account.
    pub account: Pubkey,
    /// Minted, share units.
    pub shares: u64,
}

/// Rates came into force.
#[event]
#[derive(Debug)]
pub struct FeesSet {
    /// The vault.
    pub vault: Pubkey,
    /// Slot of the change.
    pub slot: u64,
    /// Unix time of the change, seconds.
    pub time: i64,
    /// The rates and who receives them.
    pub fees: FeesArgs,
}

/// Limits came into force.
#[event]
#[derive(Debug)]
pub struct VaultLimitsSet {
    /// The vault.
    pub vault: Pubkey,
    /// Slot of the change.
    pub slot: u64,
    /// Unix time of the change, seconds.
    pub time: i64,
    /// The limits.
    pub limits: VaultLimitsArgs,
}

/// The list of who may pay in was changed.
#[event]
#[derive(Debug)]
pub struct GateSet {
    /// The vault.
    pub vault: Pubkey,
    /// Slot of the change.
    pub slot: u64,
    /// Unix time of the change, seconds.
    pub time: i64,
    /// Who did it.
    pub authority: Pubkey,
    /// Root of the list; zero: anybody may pay in.
    pub root: [u8; 32],
}

/// Another lookup table was named to clients.
#[event]
#[derive(Debug)]
pub struct LookupTableSet {
    /// The vault.
    pub vault: Pubkey,
    /// Slot of the change.
    pub slot: u64,
    /// Unix time of the change, seconds.
    pub time: i64,
    /// Who did it.
    pub authority: Pubkey,
    /// The table; the zero key: none.
    pub table: Pubkey,
}

/// A wallet was found on the list.
#[event]
#[derive(Debug)]
pub struct Admitted {
    /// The vault.
    pub vault: Pubkey,
    /// Slot of the change.
    pub slot: u64,
    /// Unix time of the change, seconds.
    pub time: i64,
    /// The wallet.
    pub wallet: Pubkey,
    /// Root of the list.
    pub root: [u8; 32],
}
