//! Who owes a reserve: the owner's loan and up to three simulated cohorts.
//!
//! DEBT. A loan keeps its debt at the reserve's debt index of its last touch; the debt now is that
//! times the growth of the index since, rounded down as klend does for an obligation. The sum over all
//! loans therefore never exceeds the reserve's borrowed amount by more than the last bits, and
//! repayments settle at most what the reserve still calls borrowed.
//!
//! COLLATERAL of a cohort is a number, not tokens: only its value matters to the reserve.

use anchor_lang::prelude::*;
use gimbal_venue_wire::klend::{fraction, FRACTION_ONE};

use crate::error::LendingError;

/// Cohorts of one reserve.
pub const MAX_COHORTS: usize = 3;
/// Version of the layout.
const VERSION: u8 = 1;

/// A debt at a debt index. Two u64 words each, low word first.
#[zero_copy]
#[repr(C)]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Loan {
    /// Debt at `index`, U68F60 units.
    pub debt_sf: [u64; 2],
    /// The reserve's debt index at the last touch, U68F60; 0 while never touched.
    pub index_sf: [u64; 2],
}

/// A group of borrowers with one kind of collateral.
#[zero_copy]
#[repr(C)]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Cohort {
    /// Name of the collateral, ASCII, zero padded.
    pub symbol: [u8; 8],
    /// Collateral, millionths of a whole token.
    pub collateral: u64,
    /// What the cohort rebuilds its collateral towards, millionths of a whole token.
    pub home_collateral: u64,
    /// Price at the last step, USD a whole token × 10^12.
    pub price: u64,
    /// Slow average of the price, same unit; 0 before the first step.
    pub slow_price: u64,
    /// What it owes.
    pub loan: Loan,
    /// Repaid by liquidators, units of the loan asset, cumulative.
    pub liquidated: u64,
    /// Never repaid, units of the loan asset rounded up, cumulative.
    pub defaulted: u64,
    /// Loan to value it wants at a flat price and free money, basis points.
    pub target_ltv_bps: u16,
    /// Loan to value from which it is liquidated, basis points.
    pub liquidation_ltv_bps: u16,
    /// What a liquidator gets on top of what it repays, basis points.
    pub bonus_bps: u16,
    /// Share of the debt one liquidation repays, basis points.
    pub close_factor_bps: u16,
    /// Yearly borrow rate at which it wants no loan, basis points.
    pub choke_rate_bps: u32,
    /// Share of the way to what it wants that one step goes, basis points.
    pub speed_bps: u16,
    /// Share of the missing collateral rebuilt in one step, basis points.
    pub refill_bps: u16,
    /// Weight of the newest price in the slow average, basis points.
    pub slow_bps: u16,
    /// Keeps the size a multiple of 8.
    pub _pad: [u8; 6],
}

/// A reserve's borrowers. Address: `["borrowers", reserve]`.
#[account(zero_copy)]
#[repr(C)]
#[derive(Debug, PartialEq, Eq)]
pub struct Borrowers {
    /// Version of the layout.
    pub version: u8,
    /// Bump of the address.
    pub bump: u8,
    /// Bump of the borrowers' wallet.
    pub wallet_bump: u8,
    /// Defined cohorts.
    pub cohort_count: u8,
    /// Aligns the next field.
    pub _pad: [u8; 4],
    /// The reserve.
    pub reserve: Pubkey,
    /// What the market's owner borrowed by hand.
    pub operator: Loan,
    /// The cohorts; the first `cohort_count` are defined.
    pub cohorts: [Cohort; MAX_COHORTS],
    /// Steps simulated.
    pub steps: u64,
    /// Slot of the last step.
    pub last_step_slot: u64,
    /// Lent to anyone, units, cumulative.
    pub borrowed: u64,
    /// Repaid by borrowers, units, cumulative.
    pub repaid: u64,
    /// Repaid by liquidators, units, cumulative.
    pub liquidated: u64,
    /// Given up, units rounded up, cumulative.
    pub written_off: u64,
}

const _: () = {
    assert!(core::mem::size_of::<Loan>() == 32);
    assert!(core::mem::size_of::<Cohort>() == 8 + 4 * 8 + 32 + 2 * 8 + 4 * 2 + 4 + 3 * 2 + 6);
    assert!(core::mem::size_of::<Cohort>() == 112);
    assert!(core::mem::size_of::<Borrowers>() == 8 + 32 + 32 + 3 * 112 + 6 * 8);
    assert!(core::mem::size_of::<Borrowers>() == 456);
    assert!(core::mem::align_of::<Borrowers>() == 8);
};

fn join(words: [u64; 2]) -> u128 {
    let [low, high] = words;
    u128::from(low) | (u128::from(high) << 64)
}

fn split(value: u128) -> [u64; 2] {
    [value as u64, (value >> 64) as u64]
}

impl Loan {
    /// The debt at `index_sf`, U68F60 units, rounded down.
    pub fn debt_at_down(&self, index_sf: u128) -> core::result::Result<u128, LendingError> {
        let debt = join(self.debt_sf);
        if debt == 0 {
            return Ok(0);
        }
        let growth = fraction::div_down(index_sf, join(self.index_sf)).ok_or(LendingError::MathOverflow)?;
        fraction::mul_down(debt, growth.max(FRACTION_ONE)).ok_or(LendingError::MathOverflow)
    }

    /// Sets the debt as of `index_sf`.
    pub fn set(&mut self, debt_sf: u128, index_sf: u128) {
        self.debt_sf = split(debt_sf);
        self.index_sf = split(index_sf);
    }
}

impl Borrowers {
    /// Bytes of the account, discriminator included.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();
    /// The number that means the owner's loan where a borrower is named.
    pub const OPERATOR: u8 = 255;

    pub(crate) fn open(&mut self, reserve: Pubkey, bump: u8, wallet_bump: u8) {
        self.version = VERSION;
        self.bump = bump;
        self.wallet_bump = wallet_bump;
        self.reserve = reserve;
    }

    /// The defined cohorts.
    pub fn cohorts(&self) -> &[Cohort] {
        self.cohorts.get(..usize::from(self.cohort_count)).unwrap_or(&[])
    }

    /// The loan of cohort `borrower`, or the owner's for [`Self::OPERATOR`].
    pub fn loan_mut(&mut self, borrower: u8) -> core::result::Result<&mut Loan, LendingError> {
        if borrower == Self::OPERATOR {
            return Ok(&mut self.operator);
        }
        let count = usize::from(self.cohort_count);
        self.cohorts
            .get_mut(..count)
            .and_then(|cohorts| cohorts.get_mut(usize::from(borrower)))
            .map(|cohort| &mut cohort.loan)
            .ok_or(LendingError::UnknownBorrower)
    }
}
