//! A protocol of a contagion network: how likely it is to fail, in scores, and what it has lost already.
//!
//! # Scores
//!
//! Each score is points of risk, 0 (least) to 100 (most); [`Scores::UNKNOWN`] means that nobody has looked, and counts
//! as 100. The steps are the owner's guide; values between them are his judgement.
//!
//! | points | `audits` | `age` of the code in use, holding funds | `upgradeability` and its authority | `incidents` | `size`, USD held for 90 days |
//! |---|---|---|---|---|---|
//! | 0 | the code in use verified formally, or audited three times, and a standing bounty | ≥ 3 years | nobody can replace the code | none | ≥ 1,000 m |
//! | 20 | audited twice, and a standing bounty | ≥ 2 years | a delay of 7 days or more, behind a multisig with outsiders | older than 2 years, nobody lost | ≥ 300 m |
//! | 40 | audited once | ≥ 1 year | a delay of 2 days or more, behind a multisig | within 2 years, nobody lost | ≥ 100 m |
//! | 60 | audited once, findings open | ≥ 6 months | a multisig without delay | older than 2 years, users lost | ≥ 30 m |
//! | 80 | audited, and changed since | ≥ 3 months | a multisig of the team alone, two keys | within 2 years, users lost | ≥ 10 m |
//! | 100 | not | less | one key | within 90 days, users lost | less |
//!
//! SOURCES. The five attributes are those of the ConsenSys DeFi Score (2019: code audits, bounty, time in use, funds
//! held, administrative keys) with incidents added, as most later ratings do. A delay of seven days and a council with
//! outsiders are what L2BEAT's stages ask of upgrades. That audits alone do not suffice, and that most attacks meet code
//! which is young or was changed, is in Zhou et al., "SoK: Decentralized Finance (DeFi) Attacks" (IEEE S&P 2023, 181
//! incidents). The steps themselves and their weights are Gimbal's judgement, and no statistics: see
//! `policy::contagion` for what is made of them.
//!
//! DECAY. What was looked at once is not known for ever: from 90 days after the scoring on, every score moves towards
//! 100, and reaches it two years after the scoring. On a live network a renewal waits in a change, also of scores that are
//! as they were; a score that is only worsened keeps its age.

use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};

use super::{is_label, ALL_LOST, WHOLE_BPS};
use crate::error::OracleError;

/// Points of risk by attribute, each 0 to 100 or [`Scores::UNKNOWN`]. The table of this module says what they mean.
#[repr(C)]
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
pub struct Scores {
    /// Audits and verification of the code in use.
    pub audits: u8,
    /// How long that code has held funds.
    pub age: u8,
    /// Who can replace the code, and how fast.
    pub upgradeability: u8,
    /// What has happened to it.
    pub incidents: u8,
    /// Funds that it holds.
    pub size: u8,
}

impl Scores {
    /// Nobody has looked: counts as [`Scores::WORST`].
    pub const UNKNOWN: u8 = 255;
    /// Most points of risk.
    pub const WORST: u8 = 100;
    /// Nothing is known.
    pub const NOTHING_KNOWN: Self = Self {
        audits: Self::UNKNOWN,
        age: Self::UNKNOWN,
        upgradeability: Self::UNKNOWN,
        incidents: Self::UNKNOWN,
        size: Self::UNKNOWN,
    };

    /// In the order of the fields, as they were set.
    pub const fn stored(&self) -> [u8; 5] {
        [self.audits, self.age, self.upgradeability, self.incidents, self.size]
    }

    /// In the order of the fields, what is unknown as the worst.
    pub fn points(&self) -> [u8; 5] {
        self.stored().map(|score| score.min(Self::WORST))
    }

    /// Each score is within its range.
    ///
    /// # Errors
    /// [`OracleError::ScoreOutOfRange`].
    pub fn validate(&self) -> Result<()> {
        let known = |score: &u8| *score <= Self::WORST || *score == Self::UNKNOWN;
        require!(self.stored().iter().all(known), OracleError::ScoreOutOfRange);
        Ok(())
    }
}

/// A protocol of a network.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct Protocol {
    /// Printable ASCII, padded with zeros, such as "klend-main".
    pub label: [u8; 16],
    /// Its program; zero where it is none of this chain.
    pub program: Pubkey,
    /// Points of risk, as of `scored_at`.
    pub scores: Scores,
    /// 1 when the row is defined.
    pub used: u8,
    /// Part of depositors' claims that was observed to be lost, basis points, 0 to 10,000, as of `loss_at`.
    pub loss_bps: u16,
    /// From when the scores age, Unix seconds: when they were set or renewed.
    pub scored_at: i64,
    /// From when the loss falls, Unix seconds: when it was posted or set.
    pub loss_at: i64,
    /// When the loss was observed, as its poster says, Unix seconds.
    pub loss_observed_at: i64,
    /// Damage without any neighbour at the last solution, Q2.30: of its scores or its loss, whichever is more.
    pub initial: u32,
    /// Damage at the last solution, Q2.30, 2^30 for all: at least `initial`. All for a protocol that was never solved.
    pub damage: u32,
}

const _: () = {
    use core::mem::{align_of, size_of};
    assert!(size_of::<Scores>() == 5 && align_of::<Scores>() == 1);
    assert!(size_of::<Protocol>() == 16 + 32 + 5 + 1 + 2 + 3 * 8 + 2 * 4);
    assert!(size_of::<Protocol>() == 88 && align_of::<Protocol>() == 8);
};

impl Protocol {
    /// Whether the row is defined.
    pub fn is_used(&self) -> bool {
        self.used == 1
    }

    /// Label, scores and loss are within their ranges.
    ///
    /// # Errors
    /// [`OracleError::LabelInvalid`]; as [`Self::validate_damage`].
    pub fn validate(&self) -> Result<()> {
        require!(is_label(&self.label), OracleError::LabelInvalid);
        self.validate_damage()
    }

    /// What damages are made of, and they themselves, are within their ranges.
    ///
    /// # Errors
    /// [`OracleError::ScoreOutOfRange`], [`OracleError::LossOutOfRange`]; [`OracleError::InvariantViolated`] for a damage
    /// beyond all, or less than what the protocol has by itself.
    pub fn validate_damage(&self) -> Result<()> {
        self.scores.validate()?;
        require!(self.loss_bps <= WHOLE_BPS, OracleError::LossOutOfRange);
        require!(self.initial <= self.damage && self.damage <= ALL_LOST, OracleError::InvariantViolated);
        Ok(())
    }
}
