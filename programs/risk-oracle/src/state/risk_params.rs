use anchor_lang::prelude::*;

use crate::error::OracleError;

/// Levels above calm: elevated, stressed, crisis.
pub const RAISED_LEVELS: usize = 3;

/// What an owner chooses for a book's risk engine. The hard ranges stand in code: no owner can leave them.
///
/// "No limit" is the largest value of a maximum and zero of a minimum. A threshold with the largest value is never
/// reached. Basis points are of NAV where nothing else is said.
#[zero_copy]
#[derive(borsh::BorshSerialize, borsh::BorshDeserialize, Debug, PartialEq, Eq)]
#[borsh(crate = "anchor_lang::prelude::borsh")]
pub struct RiskParams {
    /// Most leverage of a line, (value + debt) / value in basis points: 10,000 (no debt) and more.
    pub max_leverage_bps: u32,
    /// Least distance of a line's liquidation, thousandths of a standard deviation over the horizon.
    pub min_liquidation_sigma_milli: u32,
    /// Oldest price, and oldest stress, with which new money is admitted, seconds: 60 and more.
    pub max_sample_age: u32,
    /// For how long utilisation and depth must have shown a level without a break before it counts, seconds: 0 to 86,400.
    pub venue_confirm_seconds: u32,
    /// Forecast volatility against that of the long run from which each level begins, basis points.
    pub volatility_bps: [u32; RAISED_LEVELS],
    /// Confidence against its mean of a month from which each level begins, basis points.
    pub confidence_bps: [u32; RAISED_LEVELS],
    /// λ of the covariance, basis points: 9,000 to 10,000.
    pub decay_bps: u16,
    /// Most value at risk.
    pub max_var_bps: u16,
    /// Most expected shortfall.
    pub max_shortfall_bps: u16,
    /// Most that any scenario may lose.
    pub max_stress_bps: u16,
    /// Most concentration: Σ (line's value / NAV)².
    pub max_concentration_bps: u16,
    /// Most days that leaving a line may take.
    pub max_exit_days: u16,
    /// What of a venue's available liquidity can be taken a day, basis points of it: 1 to 10,000.
    pub exit_share_bps: u16,
    /// Most that a line may be of its venue's available liquidity, basis points of it.
    pub max_liquidity_share_bps: u16,
    /// Days over which risk is measured: 1 to 30.
    pub horizon_days: u16,
    /// Consecutive calmer bars after which the regime goes down by one level: 1 to 365.
    pub calm_days: u16,
    /// Speed at which scales loosen, basis points a day: 1 to 2,500.
    pub loosen_bps_per_day: u16,
    /// Least initial margin of a leveraged line, basis points of its collateral: 1 to 10,000.
    pub margin_floor_bps: u16,
    /// Fall of the price if all of what a venue can take were sold, for the margin's share of the position's size, basis
    /// points: at most 10,000.
    pub impact_bps: u16,
    /// What each regime leaves of scaled lines' caps and of leverage, basis points: 10,000 for calm, and never rising.
    pub scales_bps: [u16; RAISED_LEVELS + 1],
    /// Move since the last close from which each level begins, thousandths of a standard deviation.
    pub move_milli: [u16; RAISED_LEVELS],
    /// Drawdown from the highest close of the kept bars, basis points of it.
    pub drawdown_bps: [u16; RAISED_LEVELS],
    /// Jumps in the last 22 bars.
    pub jumps: [u16; RAISED_LEVELS],
    /// Lent share of a venue that holds value, basis points.
    pub utilisation_bps: [u16; RAISED_LEVELS],
    /// How far a venue's liquidity is below its slow mean, basis points of the mean.
    pub depth_drop_bps: [u16; RAISED_LEVELS],
}

const _: () = {
    assert!(core::mem::size_of::<RiskParams>() == 4 * 4 + 2 * 12 + 13 * 2 + 4 * 2 + 5 * 6);
    assert!(core::mem::size_of::<RiskParams>() == 104 && core::mem::align_of::<RiskParams>() == 4);
};

const NO_LIMIT: u16 = u16::MAX;
const NEVER: [u16; RAISED_LEVELS] = [u16::MAX; RAISED_LEVELS];

impl RiskParams {
    /// What a new book has: no limits, no thresholds, nothing scaled.
    pub const NONE: Self = Self {
        max_leverage_bps: u32::MAX,
        min_liquidation_sigma_milli: 0,
        max_sample_age: u32::MAX,
        venue_confirm_seconds: 600,
        volatility_bps: [u32::MAX; RAISED_LEVELS],
        confidence_bps: [u32::MAX; RAISED_LEVELS],
        decay_bps: 9_700,
        max_var_bps: NO_LIMIT,
        max_shortfall_bps: NO_LIMIT,
        max_stress_bps: NO_LIMIT,
        max_concentration_bps: NO_LIMIT,
        max_exit_days: NO_LIMIT,
        exit_share_bps: 2_500,
        max_liquidity_share_bps: NO_LIMIT,
        horizon_days: 1,
        calm_days: 5,
        loosen_bps_per_day: 500,
        margin_floor_bps: 1_000,
        impact_bps: 1_000,
        scales_bps: [10_000; RAISED_LEVELS + 1],
        move_milli: NEVER,
        drawdown_bps: NEVER,
        jumps: NEVER,
        utilisation_bps: NEVER,
        depth_drop_bps: NEVER,
    };

    /// A cautious vault's: what the guides begin with and the scenario tests run on.
    pub const CAUTIOUS: Self = Self {
        max_leverage_bps: 30_000,
        min_liquidation_sigma_milli: 4_000,
        max_sample_age: 3 * 3_600,
        volatility_bps: [15_000, 20_000, 30_000],
        confidence_bps: [30_000, 60_000, 120_000],
        max_var_bps: 500,
        max_shortfall_bps: 700,
        max_stress_bps: 2_500,
        max_concentration_bps: 5_000,
        max_exit_days: 4,
        max_liquidity_share_bps: 5_000,
        scales_bps: [10_000, 7_500, 5_000, 2_500],
        move_milli: [3_000, 5_000, 8_000],
        drawdown_bps: [2_000, 3_500, 5_000],
        jumps: [2, 3, 5],
        utilisation_bps: [9_200, 9_600, 9_900],
        depth_drop_bps: [5_000, 7_000, 9_000],
        ..Self::NONE
    };

    /// Whether any limit is set that needs a model of every line which a price moves.
    pub fn needs_models(&self) -> bool {
        [self.max_var_bps, self.max_shortfall_bps, self.max_stress_bps].iter().any(|limit| *limit != NO_LIMIT)
    }

    /// The limit in basis points, unless it is none.
    pub fn limit(bps: u16) -> Option<u16> {
        (bps != NO_LIMIT).then_some(bps)
    }

    /// Whether a book may take more, or take it sooner or on older evidence, under these than under `now`. Another horizon or decay
    /// may be either, and counts as loosening unless the horizon grows.
    pub fn loosens(&self, now: &Self) -> bool {
        let above = |new: &[u16], old: &[u16]| new.iter().zip(old).any(|(new, old)| new > old);
        let above_wide = |new: &[u32], old: &[u32]| new.iter().zip(old).any(|(new, old)| new > old);
        let limits = |params: &Self| {
            [
                params.max_var_bps,
                params.max_shortfall_bps,
                params.max_stress_bps,
                params.max_concentration_bps,
                params.max_exit_days,
                params.exit_share_bps,
                params.max_liquidity_share_bps,
                params.loosen_bps_per_day,
            ]
        };
        above_wide(
            &[self.max_leverage_bps, self.max_sample_age, self.venue_confirm_seconds],
            &[now.max_leverage_bps, now.max_sample_age, now.venue_confirm_seconds],
        ) || above(&limits(self), &limits(now))
            || self.min_liquidation_sigma_milli < now.min_liquidation_sigma_milli
            || self.horizon_days < now.horizon_days
            || self.calm_days < now.calm_days
            || self.margin_floor_bps < now.margin_floor_bps
            || self.impact_bps < now.impact_bps
            || self.decay_bps != now.decay_bps
            || above(&self.scales_bps, &now.scales_bps)
            || above_wide(&self.volatility_bps, &now.volatility_bps)
            || above_wide(&self.confidence_bps, &now.confidence_bps)
            || above(&self.move_milli, &now.move_milli)
            || above(&self.drawdown_bps, &now.drawdown_bps)
            || above(&self.jumps, &now.jumps)
            || above(&self.utilisation_bps, &now.utilisation_bps)
            || above(&self.depth_drop_bps, &now.depth_drop_bps)
    }

    /// Checks every parameter against its hard range.
    ///
    /// # Errors
    /// One named error per parameter or group.
    pub fn validate(&self) -> Result<()> {
        require!(self.max_leverage_bps >= 10_000, OracleError::MaxLeverageOutOfRange);
        require!(self.max_sample_age >= 60, OracleError::SampleAgeOutOfRange);
        require!(self.venue_confirm_seconds <= 86_400, OracleError::VenueConfirmOutOfRange);
        require!((9_000..=10_000).contains(&self.decay_bps), OracleError::DecayOutOfRange);
        require!(self.max_exit_days >= 1, OracleError::ExitTermsOutOfRange);
        require!((1..=10_000).contains(&self.exit_share_bps), OracleError::ExitTermsOutOfRange);
        require!((1..=30).contains(&self.horizon_days), OracleError::HorizonOutOfRange);
        require!((1..=365).contains(&self.calm_days), OracleError::CalmDaysOutOfRange);
        require!((1..=2_500).contains(&self.loosen_bps_per_day), OracleError::LoosenRateOutOfRange);
        require!((1..=10_000).contains(&self.margin_floor_bps), OracleError::MarginTermsOutOfRange);
        require!(self.impact_bps <= 10_000, OracleError::MarginTermsOutOfRange);
        let [calm, ..] = self.scales_bps;
        let falling = self.scales_bps.windows(2).all(|pair| matches!(pair, [calmer, worse] if calmer >= worse));
        require!(calm == 10_000 && falling, OracleError::ScalesOutOfRange);
        let narrow = [&self.move_milli, &self.drawdown_bps, &self.jumps, &self.utilisation_bps, &self.depth_drop_bps];
        let rising = narrow.into_iter().all(|levels| rises(levels.map(u32::from)))
            && rises(self.volatility_bps)
            && rises(self.confidence_bps);
        require!(rising, OracleError::ThresholdsOutOfRange);
        Ok(())
    }
}

/// Whether the first threshold is not zero and no level begins below a lower one.
fn rises([elevated, stressed, crisis]: [u32; RAISED_LEVELS]) -> bool {
    elevated > 0 && elevated <= stressed && stressed <= crisis
}
