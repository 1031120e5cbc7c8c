use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};

use crate::error::OracleError;

/// What an owner chooses for a network. The hard ranges stand in code.
#[repr(C)]
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
pub struct NetworkParams {
    /// An edge observed longer ago counts as its cap, seconds: 3,600 to 1,209,600 (14 days).
    pub max_edge_age: u32,
    /// Least time between two posts of one edge of which the second lowers it, seconds: 1 to 86,400.
    pub min_post_interval: u32,
    /// A solution older than this counts as all lost, seconds: 3,600 to 604,800 (7 days).
    pub max_solution_age: u32,
    /// Most that posts lower an edge by in a day, basis points: 1 to 2,500.
    pub edge_fall_bps: u16,
    /// What an observed loss falls by in a day by itself, basis points: 1 to 1,000.
    pub loss_fall_bps: u16,
}

impl NetworkParams {
    /// Least `max_edge_age` and `max_solution_age`, seconds.
    pub const MIN_AGE: u32 = 3_600;
    /// Largest `max_edge_age`, seconds.
    pub const MAX_EDGE_AGE: u32 = 14 * 86_400;
    /// Largest `min_post_interval`, seconds.
    pub const MAX_POST_INTERVAL: u32 = 86_400;
    /// Largest `max_solution_age`, seconds.
    pub const MAX_SOLUTION_AGE: u32 = 7 * 86_400;
    /// Largest `edge_fall_bps`.
    pub const MAX_EDGE_FALL_BPS: u16 = 2_500;
    /// Largest `loss_fall_bps`.
    pub const MAX_LOSS_FALL_BPS: u16 = 1_000;
    /// What suits a network whose posters look daily.
    pub const DEFAULT: Self = Self {
        max_edge_age: 3 * 86_400,
        min_post_interval: 3_600,
        max_solution_age: 2 * 86_400,
        edge_fall_bps: 500,
        loss_fall_bps: 100,
    };

    /// Whether a damage could be smaller, or be trusted longer, under these than under `now`.
    pub fn loosens(&self, now: &Self) -> bool {
        self.max_edge_age > now.max_edge_age
            || self.min_post_interval < now.min_post_interval
            || self.max_solution_age > now.max_solution_age
            || self.edge_fall_bps > now.edge_fall_bps
            || self.loss_fall_bps > now.loss_fall_bps
    }

    /// Checks every parameter against its hard range.
    ///
    /// # Errors
    /// One named error per parameter.
    pub fn validate(&self) -> Result<()> {
        require!((Self::MIN_AGE..=Self::MAX_EDGE_AGE).contains(&self.max_edge_age), OracleError::EdgeAgeOutOfRange);
        require!((1..=Self::MAX_POST_INTERVAL).contains(&self.min_post_interval), OracleError::PostIntervalOutOfRange);
        require!(
            (Self::MIN_AGE..=Self::MAX_SOLUTION_AGE).contains(&self.max_solution_age),
            OracleError::SolutionAgeOutOfRange
        );
        require!((1..=Self::MAX_EDGE_FALL_BPS).contains(&self.edge_fall_bps), OracleError::EdgeFallOutOfRange);
        require!((1..=Self::MAX_LOSS_FALL_BPS).contains(&self.loss_fall_bps), OracleError::LossFallOutOfRange);
        Ok(())
    }
}
