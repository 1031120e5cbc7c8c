//! Which forecast a backtest runs, as parameters of a feed's engine.
//!
//! A single model is the mixture with all of its prior on that model: a weight that begins at nothing stays there, since it
//! is only ever multiplied. So every model runs through the same program, with its own clamp and its own residuals.

use gimbal_math::{error::MathError, normal::quantile, Q64};
use risk_oracle::ModelParams;

/// Basis points of one.
const ONE_BPS: u16 = 10_000;

/// A forecast of the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Model {
    /// All four, weighted by their scores: what a feed is registered with.
    Mixture,
    /// Exponentially weighted squared returns.
    Ewma,
    /// GARCH(1,1) on squared returns.
    Garch,
    /// HAR on range-based variance: a day, a week, a month.
    Har,
    /// GARCH's recursion on range-based variance.
    Range,
}

impl Model {
    /// All of them, the default one first.
    pub const ALL: [Self; 5] = [Self::Mixture, Self::Ewma, Self::Garch, Self::Har, Self::Range];

    /// The name in commands and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mixture => "mixture",
            Self::Ewma => "ewma",
            Self::Garch => "garch",
            Self::Har => "har",
            Self::Range => "range",
        }
    }

    /// Its place among an engine's forecasts.
    pub fn place(self) -> usize {
        match self {
            Self::Ewma => 0,
            Self::Garch => 1,
            Self::Har => 2,
            Self::Range => 3,
            Self::Mixture => 4,
        }
    }

    /// The engine's parameters for this model alone and a tail of `level_bps`; everything else as a feed is registered.
    ///
    /// The prior of the tail's quantile moves with the level as the quantile of the normal distribution does.
    ///
    /// # Errors
    ///
    /// For a level without a quantile: zero, or all.
    pub fn params(self, level_bps: u16) -> Result<ModelParams, MathError> {
        let mut params = ModelParams::DEFAULT;
        if self != Self::Mixture {
            params.prior_bps = [0; 4];
            if let Some(prior) = params.prior_bps.get_mut(self.place()) {
                *prior = ONE_BPS;
            }
        }
        if level_bps != params.tail_level_bps {
            params.tail_prior_milli = prior_milli(level_bps)?;
            params.tail_level_bps = level_bps;
        }
        Ok(params)
    }
}

/// The default prior, times the normal quantile at `level_bps` over that of the default level, rounded up.
fn prior_milli(level_bps: u16) -> Result<u16, MathError> {
    let normal = |bps: u16| {
        let beyond = Q64::from_ratio_down(u128::from(bps), u128::from(ONE_BPS))?;
        quantile(beyond).map(|z| z.0.unsigned_abs())
    };
    let default = ModelParams::DEFAULT;
    let scaled = u128::from(default.tail_prior_milli);
    // Below 2^16 · 2^68.
    let milli = (scaled * normal(level_bps)?).div_ceil(normal(default.tail_level_bps)?.max(1));
    u16::try_from(milli).map_err(|_| MathError::Overflow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_model_has_the_whole_prior() {
        assert_eq!(Model::Mixture.params(100), Ok(ModelParams::DEFAULT));
        assert_eq!(Model::Ewma.params(100).map(|params| params.prior_bps), Ok([10_000, 0, 0, 0]));
        assert_eq!(Model::Range.params(100).map(|params| params.prior_bps), Ok([0, 0, 0, 10_000]));
        for model in Model::ALL {
            let mut params = model.params(100).expect("a level");
            params.prior_bps = ModelParams::DEFAULT.prior_bps;
            assert_eq!(params, ModelParams::DEFAULT, "{}", model.name());
        }
    }

    #[test]
    fn the_tails_prior_moves_with_the_level() {
        // 2,600 · 1.6448536 / 2.3263479 = 1,838.3 and 2,600 · 3.0902323 / 2.3263479 = 3,453.7 (scipy.stats.norm.ppf).
        let prior = |bps| Model::Garch.params(bps).map(|params| (params.tail_level_bps, params.tail_prior_milli));
        assert_eq!(prior(500), Ok((500, 1_839)));
        assert_eq!(prior(10), Ok((10, 3_454)));
        assert_eq!(prior(100), Ok((100, 2_600)));
        assert!(prior(0).is_err());
    }
}
