//! What one ledger is exposed to, and the limits of it.
//!
//! LINES AND RISKS. A line carries up to four risk ids ("asset:SOL", "venue:klend", "issuer:Circle"); the exposure to
//! a risk is the sum of the values of all lines that carry it.
//!
//! CAPS. Each line and each risk has a cap in base units and a cap in basis points of NAV; both bind. `u64::MAX` and
//! 10,000 mean "no limit of this kind". A line that the book does not know may take no money at all.

use anchor_lang::prelude::*;
use gimbal_control::Roles;

use crate::error::OracleError;

/// Rows of a ledger, and lines that a book can know.
pub const LINES: usize = 16;
/// Rows of the risk table.
pub const RISKS: usize = 32;
/// Risk ids that one line can carry.
pub const RISKS_PER_LINE: usize = 4;
/// An unused place among a line's risk ids.
pub const NO_RISK: u8 = 255;
/// The id that no line has: it marks a free row. The ids of lines begin at 1.
pub const NO_LINE: u16 = 0;

/// What a line is exposed to, and its caps.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct LineRisk {
    /// The ledger's id of the line; [`NO_LINE`] for a free row.
    pub line_id: u16,
    /// Cap in basis points of NAV, 0 to 10,000.
    pub cap_bps: u16,
    /// Indices into the risk table; [`NO_RISK`] for none.
    pub risks: [u8; RISKS_PER_LINE],
    /// Cap in base units; `u64::MAX` for none.
    pub cap: u64,
    /// Value of the line at the last assessment, base units, before the move that was assessed.
    pub exposure: u64,
}

/// One risk id and its caps.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct RiskLimit {
    /// Printable ASCII, padded with zeros, such as "asset:SOL".
    pub label: [u8; 16],
    /// Cap in base units; `u64::MAX` for none.
    pub cap: u64,
    /// Cap in basis points of NAV, 0 to 10,000.
    pub cap_bps: u16,
    /// 1 when the row is defined.
    pub used: u8,
    /// Aligns `exposure`.
    pub _pad: [u8; 5],
    /// Sum of the values of the lines that carry this risk, at the last assessment, base units, before the move.
    pub exposure: u64,
}

/// A ledger's exposures, limits and last verdict. Address: `["book", ledger]`.
#[account(zero_copy)]
#[derive(Debug)]
pub struct Book {
    /// Layout version.
    pub version: u8,
    /// Bump of the address.
    pub bump: u8,
    /// Defined rows of the risk table.
    pub risk_count: u8,
    /// Aligns `roles`.
    pub _pad: [u8; 5],
    /// Who may set limits.
    pub roles: Roles,
    /// The ledger that this book belongs to; only its signature can assess.
    pub ledger: Pubkey,
    /// Lines that the book knows, in no order.
    pub lines: [LineRisk; LINES],
    /// Risk table.
    pub risks: [RiskLimit; RISKS],
    /// NAV at the last assessment, base units.
    pub nav: u64,
    /// Slot of the last assessment.
    pub assessed_slot: u64,
    /// Unix second of the last assessment.
    pub assessed_at: i64,
    /// Assessments so far.
    pub assessments: u64,
    /// Assessments whose verdict had a flag.
    pub refusals: u64,
    /// Flags of the last verdict.
    pub last_flags: u32,
    /// Regime of the risk engine: 0, calm.
    pub regime: u8,
    /// Aligns `inputs_hash`.
    pub _pad2: [u8; 3],
    /// SHA-256 of the previous hash and each assessment's arguments.
    pub inputs_hash: [u8; 32],
    /// Room for covariance, Greeks, stresses, margin, regime and contagion.
    pub room: [u64; 192],
    /// Next nonce of a queued change.
    pub change_nonce: u64,
}

const _: () = {
    use core::mem::{align_of, size_of};
    assert!(size_of::<LineRisk>() == 2 + 2 + 4 + 8 + 8);
    assert!(size_of::<LineRisk>() == 24);
    assert!(size_of::<RiskLimit>() == 16 + 8 + 2 + 1 + 5 + 8);
    assert!(size_of::<RiskLimit>() == 40);
    assert!(
        size_of::<Book>()
            == 3 + 5 + size_of::<Roles>() + 32 + LINES * 24 + RISKS * 40 + 5 * 8 + 4 + 1 + 3 + 32 + 192 * 8 + 8
    );
    assert!(size_of::<Book>() == 3464);
    assert!(align_of::<Book>() == 8 && size_of::<Book>().is_multiple_of(8));
};

impl LineRisk {
    /// A free row.
    pub const FREE: Self = Self { line_id: NO_LINE, cap_bps: 0, risks: [NO_RISK; RISKS_PER_LINE], cap: 0, exposure: 0 };
}

impl Book {
    /// Bytes of the account.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();

    /// The limits of a line, or `None` when the book does not know it.
    pub fn line(&self, line_id: u16) -> Option<&LineRisk> {
        self.lines.iter().find(|line| line_id != NO_LINE && line.line_id == line_id)
    }

    /// Whether somebody's money depends on the book: the router has asked it.
    pub fn is_live(&self) -> bool {
        self.assessments > 0
    }

    /// What must always hold.
    ///
    /// # Errors
    /// [`OracleError::InvariantViolated`].
    pub fn invariant(&self) -> Result<()> {
        let used = self.risks.iter().filter(|risk| risk.used == 1).count();
        require!(usize::from(self.risk_count) == used, OracleError::InvariantViolated);
        require!(self.refusals <= self.assessments, OracleError::InvariantViolated);
        for line in self.lines.iter().filter(|line| line.line_id != NO_LINE) {
            require!(line.cap_bps <= 10_000, OracleError::InvariantViolated);
            for index in line.risks.into_iter().filter(|index| *index != NO_RISK) {
                let defined = self.risks.get(usize::from(index)).is_some_and(|risk| risk.used == 1);
                require!(defined, OracleError::InvariantViolated);
            }
        }
        require!(self.risks.iter().all(|risk| risk.cap_bps <= 10_000), OracleError::InvariantViolated);
        Ok(())
    }
}
