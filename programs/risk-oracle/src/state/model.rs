use anchor_lang::prelude::*;

use crate::error::OracleError;

/// Coefficients of a feed's volatility models: governed constants, refitted through the change queue. The hard ranges
/// stand in code.
///
/// Basis points are of one; the engine that uses them is described at [`crate::policy::volatility`].
#[zero_copy]
#[derive(borsh::BorshSerialize, borsh::BorshDeserialize, Debug, PartialEq, Eq)]
#[borsh(crate = "anchor_lang::prelude::borsh")]
pub struct ModelParams {
    /// Decay λ of the EWMA, basis points: 8,000 to 9,900.
    pub ewma_bps: u16,
    /// α and β of GARCH(1,1), basis points: α from 100 to 5,000, α + β from 5,000 to 9,990. The rest weighs the long run.
    pub garch_bps: [u16; 2],
    /// HAR weights of the last day, week and month of range variance, basis points: together 8,000 to 15,000.
    pub har_bps: [u16; 3],
    /// α and β of GARCH(1,1) on range variance, basis points: ranges as `garch_bps`.
    pub range_bps: [u16; 2],
    /// Weights of EWMA, GARCH, HAR and range model before anything is learned, basis points: together 10,000.
    pub prior_bps: [u16; 4],
    /// Bars over which the long-run means are running means: 30 to 2,000.
    pub long_run_bars: u16,
    /// A return counts with at most this many standard deviations, in tenths: 30 to 100.
    pub clamp_tenths: u16,
    /// Learning rate η of the mixture, basis points: 0 (the weights stay at the prior) to 5,000.
    pub learning_bps: u16,
    /// What is left after a day of a model's score, basis points: 9,000 to 9,999.
    pub discount_bps: u16,
    /// Level of the tails, basis points: 10 to 500. 100 is a value at risk at 99%.
    pub tail_level_bps: u16,
    /// The tail quantile before any residual is seen, thousandths of a standard deviation: 1,000 to 10,000.
    pub tail_prior_milli: u16,
    /// Residuals that the prior quantile counts for: 50 to 5,000.
    pub tail_prior_weight: u16,
    /// A bar with samples in fewer hours than this is thin, and its range variance at least its squared return: 2 to 24.
    pub thin_samples: u16,
}

const _: () = assert!(core::mem::size_of::<ModelParams>() == 2 * (1 + 2 + 3 + 2 + 4 + 8));
const _: () = assert!(core::mem::size_of::<ModelParams>() == 40 && core::mem::align_of::<ModelParams>() == 2);

impl ModelParams {
    /// What a feed is registered with: chosen on daily bars of BTC, ETH and SOL before 2023.
    pub const DEFAULT: Self = Self {
        ewma_bps: 9_400,
        garch_bps: [1_000, 8_500],
        har_bps: [3_500, 3_500, 4_000],
        range_bps: [3_500, 5_500],
        prior_bps: [500, 1_500, 3_500, 4_500],
        long_run_bars: 500,
        clamp_tenths: 50,
        learning_bps: 1_000,
        discount_bps: 9_900,
        tail_level_bps: 100,
        tail_prior_milli: 2_600,
        tail_prior_weight: 500,
        thin_samples: 4,
    };

    /// Checks every coefficient against its hard range.
    ///
    /// # Errors
    /// One named error per coefficient, or per group that is bounded together.
    pub fn validate(&self) -> Result<()> {
        require!((8_000..=9_900).contains(&self.ewma_bps), OracleError::EwmaOutOfRange);
        require!(is_stationary(self.garch_bps), OracleError::GarchOutOfRange);
        require!((8_000..=15_000).contains(&sum(&self.har_bps)), OracleError::HarOutOfRange);
        require!(is_stationary(self.range_bps), OracleError::RangeModelOutOfRange);
        require!(sum(&self.prior_bps) == 10_000, OracleError::PriorWeightsOutOfRange);
        require!((30..=2_000).contains(&self.long_run_bars), OracleError::LongRunOutOfRange);
        require!((30..=100).contains(&self.clamp_tenths), OracleError::ClampOutOfRange);
        require!(self.learning_bps <= 5_000, OracleError::LearningOutOfRange);
        require!((9_000..=9_999).contains(&self.discount_bps), OracleError::DiscountOutOfRange);
        require!((10..=500).contains(&self.tail_level_bps), OracleError::TailLevelOutOfRange);
        require!((1_000..=10_000).contains(&self.tail_prior_milli), OracleError::TailPriorOutOfRange);
        require!((50..=5_000).contains(&self.tail_prior_weight), OracleError::TailPriorOutOfRange);
        require!((2..=24).contains(&self.thin_samples), OracleError::ThinBarOutOfRange);
        Ok(())
    }
}

/// Whether a shock moves the forecast and dies out.
fn is_stationary([alpha, beta]: [u16; 2]) -> bool {
    (100..=5_000).contains(&alpha) && (5_000..=9_990).contains(&sum(&[alpha, beta]))
}

fn sum(parts: &[u16]) -> u32 {
    parts.iter().fold(0, |total, part| total.saturating_add(u32::from(*part)))
}
