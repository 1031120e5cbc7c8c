//! Bounds on what may come in and go out, and how fast the queue is.

use anchor_lang::prelude::*;
use core::mem::size_of;

use crate::error::VaultError;

/// Shortest deadline of a ticket, seconds.
pub const MIN_TICKET_DEADLINE: u32 = 3_600;
/// Longest deadline of a ticket, seconds: 14 days.
pub const MAX_TICKET_DEADLINE: u32 = 14 * 86_400;
/// The deadline of vaults that name none, seconds: 7 days.
pub const DEFAULT_TICKET_DEADLINE: u32 = 7 * 86_400;
/// Longest least age of a ticket, seconds: one day.
pub const MAX_TICKET_MIN_AGE: u32 = 86_400;
/// Smallest limit of instant exits, basis points of all shares a day.
pub const MIN_OUTFLOW_BPS: u16 = 500;
/// Smallest limit of the share price's speed, basis points a window.
pub const MIN_SPEED_BPS: u16 = 50;
/// All of it, basis points.
const ALL_BPS: u16 = 10_000;

/// The limits in force. Zero switches a limit off.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct VaultLimits {
    /// Most that NAV high may be after an entry, base units; zero: no cap.
    pub deposit_cap: u64,
    /// Fewest shares of a ticket, share units, unless it takes a holder's whole account.
    pub min_ticket: u64,
    /// From a request to the forced recall, seconds; as long again to the redemption in kind. Zero: the default.
    pub ticket_deadline: u32,
    /// From a request to the first fill, seconds.
    pub ticket_min_age: u32,
    /// Most shares that leave at once within a day, basis points of all shares; zero: no limit.
    pub outflow_bps: u16,
    /// Rise of the share price within a window beyond which instant exits are paid at its start; zero: no limit.
    pub speed_up_bps: u16,
    /// Fall of the share price within a window beyond which entries wait; zero: no limit.
    pub speed_down_bps: u16,
    /// Keeps the account's length a multiple of eight bytes.
    pub _pad: u16,
}

const _: () = assert!(size_of::<VaultLimits>() == 32 && core::mem::align_of::<VaultLimits>() == 8);

/// The limits of a vault, as its owner sets them.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct VaultLimitsArgs {
    /// Most that NAV high may be after an entry, base units; zero: no cap.
    pub deposit_cap: u64,
    /// Fewest shares of a ticket, share units, unless it takes a holder's whole account.
    pub min_ticket: u64,
    /// From a request to the forced recall, seconds: one hour to 14 days.
    pub ticket_deadline: u32,
    /// From a request to the first fill, seconds: at most a day, and less than the deadline.
    pub ticket_min_age: u32,
    /// Most shares that leave at once within a day, basis points of all shares: zero for no limit, or 500 to 10,000.
    pub outflow_bps: u16,
    /// Rise of the share price within a day beyond which instant exits are paid at its start, basis points: zero for no
    /// limit, or 50 to 10,000.
    pub speed_up_bps: u16,
    /// Fall of the share price within a day beyond which entries wait, basis points: zero for no limit, or 50 to 10,000.
    pub speed_down_bps: u16,
}

impl Default for VaultLimitsArgs {
    /// Tickets have 7 days; nothing else is limited.
    fn default() -> Self {
        Self {
            deposit_cap: 0,
            min_ticket: 0,
            ticket_deadline: DEFAULT_TICKET_DEADLINE,
            ticket_min_age: 0,
            outflow_bps: 0,
            speed_up_bps: 0,
            speed_down_bps: 0,
        }
    }
}

impl VaultLimitsArgs {
    /// The ranges that no owner can leave.
    ///
    /// # Errors
    /// [`VaultError::DeadlineOutOfRange`], [`VaultError::MinAgeOutOfRange`], [`VaultError::OutflowOutOfRange`],
    /// [`VaultError::SpeedOutOfRange`].
    pub fn validate(&self) -> core::result::Result<(), VaultError> {
        if !(MIN_TICKET_DEADLINE..=MAX_TICKET_DEADLINE).contains(&self.ticket_deadline) {
            return Err(VaultError::DeadlineOutOfRange);
        }
        if self.ticket_min_age > MAX_TICKET_MIN_AGE || self.ticket_min_age >= self.ticket_deadline {
            return Err(VaultError::MinAgeOutOfRange);
        }
        if self.outflow_bps != 0 && !(MIN_OUTFLOW_BPS..=ALL_BPS).contains(&self.outflow_bps) {
            return Err(VaultError::OutflowOutOfRange);
        }
        let speeds = [self.speed_up_bps, self.speed_down_bps];
        if speeds.iter().any(|speed| *speed != 0 && !(MIN_SPEED_BPS..=ALL_BPS).contains(speed)) {
            return Err(VaultError::SpeedOutOfRange);
        }
        Ok(())
    }

    /// Whether these limits do more than lower the deposit cap or speed the queue up.
    pub fn raises(&self, limits: &VaultLimits) -> bool {
        // No cap is the highest cap.
        let height = |cap: u64| if cap == 0 { u64::MAX } else { cap };
        height(self.deposit_cap) > height(limits.deposit_cap)
            || self.ticket_deadline > limits.deadline()
            || self.ticket_min_age > limits.ticket_min_age
            || self.min_ticket != limits.min_ticket
            || self.outflow_bps != limits.outflow_bps
            || self.speed_up_bps != limits.speed_up_bps
            || self.speed_down_bps != limits.speed_down_bps
    }
}

impl VaultLimits {
    /// From a request to the forced recall, seconds. Vaults from before there were deadlines have the default.
    pub fn deadline(&self) -> u32 {
        match self.ticket_deadline {
            0 => DEFAULT_TICKET_DEADLINE,
            seconds => seconds,
        }
    }

    /// Puts limits in force.
    pub fn set(&mut self, args: &VaultLimitsArgs) {
        self.deposit_cap = args.deposit_cap;
        self.min_ticket = args.min_ticket;
        self.ticket_deadline = args.ticket_deadline;
        self.ticket_min_age = args.ticket_min_age;
        self.outflow_bps = args.outflow_bps;
        self.speed_up_bps = args.speed_up_bps;
        self.speed_down_bps = args.speed_down_bps;
    }

    /// The limits in force.
    pub fn args(&self) -> VaultLimitsArgs {
        VaultLimitsArgs {
            deposit_cap: self.deposit_cap,
            min_ticket: self.min_ticket,
            ticket_deadline: self.deadline(),
            ticket_min_age: self.ticket_min_age,
            outflow_bps: self.outflow_bps,
            speed_up_bps: self.speed_up_bps,
            speed_down_bps: self.speed_down_bps,
        }
    }
}
