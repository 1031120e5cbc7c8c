//! What one ledger is exposed to, and the limits of it.
//!
//! LINES AND RISKS. A line carries up to four risk ids ("asset:SOL", "venue:klend", "issuer:Circle"); the exposure to
//! a risk is the sum of the values of all lines that carry it.
//!
//! CAPS. Each line and each risk has a cap in base units and a cap in basis points of NAV; both bind. `u64::MAX` and
//! 10,000 mean "no limit of this kind". A line that the book does not know may take no money at all.
//!
//! ENGINE. The owner names up to eight assets by their feeds, says which one moves each line, and chooses limits of what the
//! whole may lose. `observe` reads the feeds, `assess` takes the ledger's exposures, `stress` revalues them. The regime and
//! the contagion network scale the caps: down at once, up slowly.

use anchor_lang::prelude::*;
use gimbal_control::Roles;
use solana_program::hash::hashv;

use super::{
    is_label, AssetRisk, Figures, LineModel, RegimeState, ReturnRing, RiskParams, Scenario, ASSETS, SCENARIOS,
    WHOLE_BPS,
};
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
    /// Oldest solution of the contagion network that new money is admitted on, seconds.
    pub contagion_max_age: u32,
    /// SHA-256 of the previous hash and each update's inputs; see [`Self::absorb`].
    pub inputs_hash: [u8; 32],
    /// Next nonce of a queued change.
    pub change_nonce: u64,

    /// The contagion network that the book follows; zero for none.
    pub network: Pubkey,
    /// Unix second of the solution that the lines' scales are of; 0 for none yet.
    pub contagion_at: i64,
    /// Unix second of the last observation.
    pub observed_at: i64,
    /// Observations so far.
    pub observations: u64,
    /// Limits of the engine, and its coefficients.
    pub params: RiskParams,
    /// How each line is seen, at the places of `lines`.
    pub models: [LineModel; LINES],
    /// The assets and what their feeds said.
    pub assets: [AssetRisk; ASSETS],
    /// Days of residuals of all assets.
    pub returns: ReturnRing,
    /// Stress scenarios.
    pub scenarios: [Scenario; SCENARIOS],
    /// When each scenario was worked out last, Unix second.
    pub stressed_at: [i64; SCENARIOS],
    /// The regime.
    pub regime: RegimeState,
    /// The book's risk.
    pub figures: Figures,
}

const _: () = {
    use core::mem::{align_of, size_of};
    assert!(size_of::<LineRisk>() == 2 + 2 + 4 + 8 + 8);
    assert!(size_of::<LineRisk>() == 24);
    assert!(size_of::<RiskLimit>() == 16 + 8 + 2 + 1 + 5 + 8);
    assert!(size_of::<RiskLimit>() == 40);
    let head = 3 + 5 + size_of::<Roles>() + 32 + LINES * 24 + RISKS * 40 + 5 * 8 + 4 + 4 + 32 + 8;
    let engine = 32 + 3 * 8 + size_of::<RiskParams>() + size_of::<Figures>() + size_of::<RegimeState>();
    let tables = LINES * size_of::<LineModel>() + ASSETS * size_of::<AssetRisk>() + size_of::<ReturnRing>();
    let stresses = SCENARIOS * (size_of::<Scenario>() + 8);
    assert!(size_of::<Book>() == head + engine + tables + stresses);
    assert!(size_of::<Book>() == 7520);
    // What a program may allocate in one instruction.
    assert!(Book::SPACE <= 10_240);
    assert!(align_of::<Book>() == 8 && size_of::<Book>().is_multiple_of(8));
};

impl LineRisk {
    /// A free row.
    pub const FREE: Self = Self { line_id: NO_LINE, cap_bps: 0, risks: [NO_RISK; RISKS_PER_LINE], cap: 0, exposure: 0 };

    /// The cap is within its range, and the line carries defined risks, each once. A free row holds nothing.
    ///
    /// `table`: the book's risks.
    ///
    /// # Errors
    /// [`OracleError::CapBpsOutOfRange`], [`OracleError::RiskOutOfRange`], [`OracleError::RiskUndefined`],
    /// [`OracleError::RiskRepeated`]; [`OracleError::InvariantViolated`] for a free row that holds something.
    pub fn validate(&self, table: &[RiskLimit; RISKS]) -> Result<()> {
        if self.line_id == NO_LINE {
            require!(self.exposure == 0, OracleError::InvariantViolated);
            return Ok(());
        }
        require!(self.cap_bps <= WHOLE_BPS, OracleError::CapBpsOutOfRange);
        for (place, index) in self.risks.into_iter().enumerate().filter(|(_, index)| *index != NO_RISK) {
            let risk = table.get(usize::from(index)).ok_or(OracleError::RiskOutOfRange)?;
            require!(risk.used == 1, OracleError::RiskUndefined);
            require!(!self.risks.iter().take(place).any(|other| *other == index), OracleError::RiskRepeated);
        }
        Ok(())
    }
}

impl RiskLimit {
    /// Label and cap are within their ranges. A row that is not defined holds nothing.
    ///
    /// # Errors
    /// [`OracleError::LabelInvalid`], [`OracleError::CapBpsOutOfRange`]; [`OracleError::InvariantViolated`] for a row that
    /// is neither defined nor empty.
    pub fn validate(&self) -> Result<()> {
        if self.used != 1 {
            let empty = bytemuck::bytes_of(self).iter().all(|byte| *byte == 0);
            require!(empty, OracleError::InvariantViolated);
            return Ok(());
        }
        require!(is_label(&self.label), OracleError::LabelInvalid);
        require!(self.cap_bps <= WHOLE_BPS, OracleError::CapBpsOutOfRange);
        Ok(())
    }
}

impl Book {
    /// Bytes of the account.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();

    /// The limits of a line, or `None` when the book does not know it.
    pub fn line(&self, line_id: u16) -> Option<&LineRisk> {
        self.lines.iter().find(|line| line_id != NO_LINE && line.line_id == line_id)
    }

    /// Makes a new book's engine: it knows no asset, limits nothing and is calm.
    pub fn start_engine(&mut self) {
        self.params = RiskParams::NONE;
        for model in &mut self.models {
            *model = LineModel::NEW;
        }
        self.regime = RegimeState::calm();
    }

    /// The used assets with their rows.
    pub fn used_assets(&self) -> impl Iterator<Item = (usize, &AssetRisk)> {
        self.assets.iter().enumerate().filter(|(_, asset)| asset.is_used())
    }

    /// Whether another row than `index` follows `feed`.
    pub fn follows_elsewhere(&self, index: usize, feed: &Pubkey) -> bool {
        self.used_assets().any(|(at, asset)| at != index && asset.feed == *feed)
    }

    /// Chains an input into `inputs_hash`: SHA-256 of the previous hash, the instruction's data (its discriminator and its
    /// arguments in Borsh), what it read of other accounts, and the clock's Unix second in eight bytes, little-endian. The same
    /// rule for every instruction that changes the book, the creation first, where the previous hash is zero; roles and the
    /// number of the next change are the only state outside of it. What is read is said where each input is taken
    /// ([`crate::policy::inputs`]); most read nothing but the book.
    ///
    /// `data` and `read` are given in pieces, which are joined without anything in between.
    pub fn absorb(&mut self, data: &[&[u8]], read: &[&[u8]], now: i64) {
        let now = now.to_le_bytes();
        let mut parts: Vec<&[u8]> = Vec::with_capacity(data.len().saturating_add(read.len()).saturating_add(2));
        parts.push(&self.inputs_hash);
        parts.extend_from_slice(data);
        parts.extend_from_slice(read);
        parts.push(&now);
        self.inputs_hash = hashv(&parts).to_bytes();
    }

    /// Whether somebody's money depends on the book: the router has asked it.
    pub fn is_live(&self) -> bool {
        self.assessments > 0
    }
}
