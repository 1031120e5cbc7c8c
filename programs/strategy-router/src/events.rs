//! What the router tells the world: past tense, raw integers, one event per state change, by `emit_cpi!`.
//!
//! Every event begins with the ledger, the slot and the Unix second. Amounts are base units.

use anchor_lang::prelude::*;
use gimbal_control::Direction;

mod changes;
mod exits;
mod moves;

pub use changes::*;
pub use exits::*;
pub use moves::*;

/// A ledger came into being.
#[event]
pub struct LedgerInitialized {
    /// The ledger.
    pub ledger: Pubkey,
    /// Slot.
    pub slot: u64,
    /// Unix second.
    pub time: i64,
    /// Its vault.
    pub vault: Pubkey,
    /// Mint of the base asset.
    pub base_mint: Pubkey,
    /// Owner.
    pub owner: Pubkey,
}

/// The risk oracle opened a book for the ledger.
#[event]
pub struct BookOpened {
    /// The ledger.
    pub ledger: Pubkey,
    /// Slot.
    pub slot: u64,
    /// Unix second.
    pub time: i64,
    /// The book.
    pub book: Pubkey,
}

/// The owner set the limits, or the curator the policy.
#[event]
pub struct LimitsSet {
    /// The ledger.
    pub ledger: Pubkey,
    /// Slot.
    pub slot: u64,
    /// Unix second.
    pub time: i64,
    /// Who signed.
    pub by: Pubkey,
    /// Policy in force.
    pub policy: u8,
    /// Oldest valuation that NAV may be made of, seconds.
    pub max_valuation_age: u32,
    /// Length of an epoch, seconds.
    pub epoch: u32,
    /// Cash that no rebalance may deploy, basis points.
    pub min_cash_bps: u16,
    /// All keepers' loss budget, basis points.
    pub loss_budget_bps: u16,
    /// One keeper's loss budget, basis points.
    pub keeper_loss_budget_bps: u16,
    /// Pay of one useful action.
    pub keeper_pay: u64,
    /// Pay of all keepers in an epoch.
    pub keeper_pay_budget: u64,
    /// What the inverse-variance policy aims at, basis points a year.
    pub target_volatility_bps: u16,
    /// Bounty for a reduction, basis points of what came back.
    pub bounty_bps: u16,
    /// All bounties of an epoch.
    pub bounty_budget: u64,
}

/// A line was added.
#[event]
pub struct StrategyAdded {
    /// The ledger.
    pub ledger: Pubkey,
    /// Slot.
    pub slot: u64,
    /// Unix second.
    pub time: i64,
    /// The line.
    pub line: u16,
    /// Adapter kind.
    pub adapter: u8,
    /// Whether the base asset is swapped first.
    pub swapped: bool,
    /// The venue's program.
    pub program: Pubkey,
    /// sha256 over the pinned list.
    pub accounts_hash: [u8; 32],
}

/// A line's bounds or valuation parameters were set.
#[event]
pub struct BoundsSet {
    /// The ledger.
    pub ledger: Pubkey,
    /// Slot.
    pub slot: u64,
    /// Unix second.
    pub time: i64,
    /// The line.
    pub line: u16,
    /// Who signed.
    pub by: Pubkey,
    /// Least weight, basis points.
    pub min_bps: u16,
    /// Target weight, basis points.
    pub target_bps: u16,
    /// Greatest weight, basis points.
    pub max_bps: u16,
    /// Band, basis points.
    pub band_bps: u16,
    /// Cooldown, seconds.
    pub cooldown: u32,
    /// Greatest value.
    pub cap: u64,
    /// Widening with age, parts per 10^9 per √second.
    pub widen_rate: u32,
    /// Slippage bound, basis points.
    pub max_slippage_bps: u16,
    /// Haircut of the illiquid part, basis points.
    pub haircut_bps: u16,
    /// Oldest venue state, slots.
    pub max_venue_age: u32,
}

/// A line was activated, frozen or set to wind down.
#[event]
pub struct StatusSet {
    /// The ledger.
    pub ledger: Pubkey,
    /// Slot.
    pub slot: u64,
    /// Unix second.
    pub time: i64,
    /// The line.
    pub line: u16,
    /// Who signed.
    pub by: Pubkey,
    /// The new status.
    pub status: u8,
}

/// The owner approved the code that a line's venue runs now.
#[event]
pub struct VenueApproved {
    /// The ledger.
    pub ledger: Pubkey,
    /// Slot.
    pub slot: u64,
    /// Unix second.
    pub time: i64,
    /// The line.
    pub line: u16,
    /// Slot of the venue's last deployment.
    pub program_data_slot: u64,
    /// Who may replace the venue's code.
    pub upgrade_authority: Pubkey,
    /// Slot of the swap venue's last deployment.
    pub swap_program_data_slot: u64,
    /// Who may replace the swap venue's code.
    pub swap_upgrade_authority: Pubkey,
}

/// An empty line was removed.
#[event]
pub struct StrategyRemoved {
    /// The ledger.
    pub ledger: Pubkey,
    /// Slot.
    pub slot: u64,
    /// Unix second.
    pub time: i64,
    /// The line.
    pub line: u16,
}

/// A keeper was registered, activated or deactivated.
#[event]
pub struct KeeperChanged {
    /// The ledger.
    pub ledger: Pubkey,
    /// Slot.
    pub slot: u64,
    /// Unix second.
    pub time: i64,
    /// The keeper.
    pub keeper: Pubkey,
    /// Who signed.
    pub by: Pubkey,
    /// Whether it may act.
    pub active: bool,
}

/// A keeper collected its pay.
#[event]
pub struct KeeperPaid {
    /// The ledger.
    pub ledger: Pubkey,
    /// Slot.
    pub slot: u64,
    /// Unix second.
    pub time: i64,
    /// The keeper.
    pub keeper: Pubkey,
    /// Paid.
    pub amount: u64,
}

/// Who may do what was changed; the event carries all roles after the change.
#[event]
pub struct RoleChanged {
    /// The ledger.
    pub ledger: Pubkey,
    /// Slot.
    pub slot: u64,
    /// Unix second.
    pub time: i64,
    /// Who signed.
    pub by: Pubkey,
    /// Owner.
    pub owner: Pubkey,
    /// Proposed owner; zero for none.
    pub pending_owner: Pubkey,
    /// Curator; zero for none.
    pub curator: Pubkey,
    /// Guardian; zero for none.
    pub guardian: Pubkey,
}

/// New money was paused, or the pause lifted.
#[event]
pub struct PauseChanged {
    /// The ledger.
    pub ledger: Pubkey,
    /// Slot.
    pub slot: u64,
    /// Unix second.
    pub time: i64,
    /// Who signed.
    pub by: Pubkey,
    /// What stands still.
    pub direction: Direction,
    /// Whether it stands still now.
    pub paused: bool,
}
