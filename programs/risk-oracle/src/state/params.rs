use anchor_lang::prelude::*;

use crate::error::OracleError;

/// What an owner chooses for a feed. The hard ranges stand in code: no owner can leave them.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedParams {
    /// Oldest price that is taken or used, seconds: 1 to 172,800 (two days, for assets priced once a day).
    pub max_age: u32,
    /// How far a price may be ahead of the clock, seconds: 0 to 300.
    pub max_future: u32,
    /// Confidence above this is refused, basis points of the price: 1 to 1,000.
    pub max_confidence_bps: u16,
    /// Confidence above this raises WIDE_CONFIDENCE, basis points of the price: 1 to `max_confidence_bps`.
    pub wide_confidence_bps: u16,
    /// Two sources further apart than this raise DIVERGENT, basis points of the smaller price: 1 to 2,000.
    pub max_divergence_bps: u16,
    /// A price further than this from the stable price raises STABLE_GAP, basis points of the stable price:
    /// 1 to 10,000.
    pub max_stable_gap_bps: u16,
    /// A price further than this from the peg raises DEPEGGED, basis points of the peg: 1 to 5,000; ignored without
    /// a peg.
    pub peg_band_bps: u16,
    /// Speed limit of the stable price, basis points of itself per hour: 1 to 10,000.
    pub stable_bps_per_hour: u16,
    /// The peg in USD per whole token times 10^12; 0 for an asset without one.
    pub peg: u64,
}

impl FeedParams {
    /// Largest `max_age`, seconds.
    pub const MAX_AGE: u32 = 2 * 86_400;
    /// Largest `max_future`, seconds.
    pub const MAX_FUTURE: u32 = 300;
    /// Largest `max_confidence_bps`.
    pub const MAX_CONFIDENCE_BPS: u16 = 1_000;
    /// Largest `max_divergence_bps`.
    pub const MAX_DIVERGENCE_BPS: u16 = 2_000;
    /// Largest `max_stable_gap_bps`.
    pub const MAX_STABLE_GAP_BPS: u16 = 10_000;
    /// Largest `stable_bps_per_hour`.
    pub const MAX_STABLE_BPS_PER_HOUR: u16 = 10_000;
    /// Largest `peg_band_bps`.
    pub const MAX_PEG_BAND_BPS: u16 = 5_000;

    /// Whether prices or actions pass under these that do not pass under `now`: a wider bound, a faster stable price, a peg
    /// moved or given up. A first peg only adds a reason to stop.
    pub fn loosens(&self, now: &Self) -> bool {
        let peg_loosens = now.peg != 0 && (self.peg != now.peg || self.peg_band_bps > now.peg_band_bps);
        peg_loosens
            || self.max_age > now.max_age
            || self.max_future > now.max_future
            || self.max_confidence_bps > now.max_confidence_bps
            || self.wide_confidence_bps > now.wide_confidence_bps
            || self.max_divergence_bps > now.max_divergence_bps
            || self.max_stable_gap_bps > now.max_stable_gap_bps
            || self.stable_bps_per_hour > now.stable_bps_per_hour
    }

    /// Checks every parameter against its hard range.
    ///
    /// # Errors
    /// One named error per parameter.
    pub fn validate(&self) -> Result<()> {
        require!((1..=Self::MAX_AGE).contains(&self.max_age), OracleError::MaxAgeOutOfRange);
        require!(self.max_future <= Self::MAX_FUTURE, OracleError::MaxFutureOutOfRange);
        require!(
            (1..=Self::MAX_CONFIDENCE_BPS).contains(&self.max_confidence_bps),
            OracleError::MaxConfidenceOutOfRange
        );
        require!(
            (1..=self.max_confidence_bps).contains(&self.wide_confidence_bps),
            OracleError::WideConfidenceOutOfRange
        );
        require!(
            (1..=Self::MAX_DIVERGENCE_BPS).contains(&self.max_divergence_bps),
            OracleError::MaxDivergenceOutOfRange
        );
        require!(
            (1..=Self::MAX_STABLE_GAP_BPS).contains(&self.max_stable_gap_bps),
            OracleError::MaxStableGapOutOfRange
        );
        require!(
            (1..=Self::MAX_STABLE_BPS_PER_HOUR).contains(&self.stable_bps_per_hour),
            OracleError::StableSpeedOutOfRange
        );
        require!(
            self.peg == 0 || (1..=Self::MAX_PEG_BAND_BPS).contains(&self.peg_band_bps),
            OracleError::PegBandOutOfRange
        );
        Ok(())
    }
}
