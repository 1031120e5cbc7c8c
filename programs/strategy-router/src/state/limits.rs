use anchor_lang::prelude::*;

use crate::error::RouterError;

/// The owner's limits on valuations, keepers and cash.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct Limits {
    /// Oldest valuation of a line that NAV may be made of, seconds.
    pub max_valuation_age: u32,
    /// Length of an epoch of budgets, seconds.
    pub epoch: u32,
    /// Cash that no rebalance may deploy, basis points of mid NAV.
    pub min_cash_bps: u16,
    /// What all keepers together may lose in an epoch, basis points of NAV at its start.
    pub loss_budget_bps: u16,
    /// What one keeper may lose in an epoch, basis points of NAV at its start.
    pub keeper_loss_budget_bps: u16,
    /// Volatility that the inverse-variance policy aims at, basis points a year; `u16::MAX` in effect for none.
    pub target_volatility_bps: u16,
    /// Pay of one useful action, base units.
    pub keeper_pay: u64,
    /// Pay of all keepers in one epoch, base units; in force at most [`MAX_KEEPER_PAY_BPS`] of NAV.
    ///
    /// [`MAX_KEEPER_PAY_BPS`]: crate::policy::loss::MAX_KEEPER_PAY_BPS
    pub keeper_pay_budget: u64,
    /// All bounties of one epoch, base units; they count in the pay of all keepers as well.
    pub bounty_budget: u64,
    /// Bounty for a reduction that anybody may make, basis points of what came back.
    pub bounty_bps: u16,
    /// Fills the last eight bytes.
    pub _pad: [u8; 6],
}

const _: () = assert!(core::mem::size_of::<Limits>() == 4 + 4 + 4 * 2 + 3 * 8 + 2 + 6);
const _: () = assert!(core::mem::size_of::<Limits>() == 48);

/// [`Limits`] as an argument.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitsArgs {
    /// Oldest valuation that NAV may be made of, 1 second to 1 day.
    pub max_valuation_age: u32,
    /// Length of an epoch of budgets, 1 hour to 30 days.
    pub epoch: u32,
    /// Cash that no rebalance may deploy, basis points of mid NAV, at most 10,000.
    pub min_cash_bps: u16,
    /// What all keepers together may lose in an epoch, basis points of NAV at its start, at most 500.
    pub loss_budget_bps: u16,
    /// What one keeper may lose in an epoch, basis points of NAV at its start, at most `loss_budget_bps`.
    pub keeper_loss_budget_bps: u16,
    /// Pay of one useful action, base units, at most `keeper_pay_budget`.
    pub keeper_pay: u64,
    /// Pay of all keepers in one epoch, base units.
    pub keeper_pay_budget: u64,
    /// Volatility that the inverse-variance policy aims at, basis points a year; 65,535 in effect for none.
    pub target_volatility_bps: u16,
    /// Bounty for a reduction that anybody may make, basis points of what came back, at most 50.
    pub bounty_bps: u16,
    /// All bounties of one epoch, base units, at most `keeper_pay_budget`.
    pub bounty_budget: u64,
}

/// Greatest `max_valuation_age`, seconds.
pub const MAX_VALUATION_AGE: u32 = 86_400;
/// Shortest epoch, seconds.
pub const MIN_EPOCH: u32 = 3_600;
/// Longest epoch, seconds.
pub const MAX_EPOCH: u32 = 30 * 86_400;
/// Greatest loss budget of an epoch, basis points.
pub const MAX_LOSS_BUDGET_BPS: u16 = 500;
/// Greatest bounty, basis points of what came back.
pub const MAX_BOUNTY_BPS: u16 = 50;

impl TryFrom<LimitsArgs> for Limits {
    type Error = RouterError;

    /// Checks the hard ranges.
    fn try_from(args: LimitsArgs) -> core::result::Result<Self, RouterError> {
        let sound = (1..=MAX_VALUATION_AGE).contains(&args.max_valuation_age)
            && (MIN_EPOCH..=MAX_EPOCH).contains(&args.epoch)
            && args.min_cash_bps <= 10_000
            && args.loss_budget_bps <= MAX_LOSS_BUDGET_BPS
            && args.keeper_loss_budget_bps <= args.loss_budget_bps
            && args.keeper_pay <= args.keeper_pay_budget
            && args.bounty_bps <= MAX_BOUNTY_BPS
            && args.bounty_budget <= args.keeper_pay_budget;
        if !sound {
            return Err(RouterError::InvalidLimits);
        }
        Ok(Self {
            max_valuation_age: args.max_valuation_age,
            epoch: args.epoch,
            min_cash_bps: args.min_cash_bps,
            loss_budget_bps: args.loss_budget_bps,
            keeper_loss_budget_bps: args.keeper_loss_budget_bps,
            target_volatility_bps: args.target_volatility_bps,
            keeper_pay: args.keeper_pay,
            keeper_pay_budget: args.keeper_pay_budget,
            bounty_budget: args.bounty_budget,
            bounty_bps: args.bounty_bps,
            _pad: [0; 6],
        })
    }
}

/// Budgets used since the epoch began.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct Epoch {
    /// Unix second at which the epoch began.
    pub start: i64,
    /// Mid NAV at its first keeper action, base units.
    pub nav_at_start: u64,
    /// Lost in keepers' moves, base units.
    pub loss_used: u64,
    /// Promised to keepers and paid as bounties, base units.
    pub pay_used: u64,
    /// Paid as bounties, base units.
    pub bounty_used: u64,
}

const _: () = assert!(core::mem::size_of::<Epoch>() == 5 * 8);

impl Epoch {
    /// Begins a new epoch when `length` seconds have passed since the last one's start.
    pub fn roll(&mut self, length: u32, now: i64, nav: u64) {
        if now >= self.start.saturating_add(i64::from(length)) {
            *self = Self { start: now, nav_at_start: nav, loss_used: 0, pay_used: 0, bounty_used: 0 };
        }
    }
}
