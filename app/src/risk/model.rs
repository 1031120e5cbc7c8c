//! Which forecast a backtest runs, as parameters of a feed's engine.
//!
//! A single model is the mixture with all of its prior on that model: a weight that begins at nothing stays there, since it
//! is only ever multiplied. So every model runs through the same program, with its own clamp and its own residuals.

use gimbal_math::error::MathError;
use risk_oracle::ModelParams;
use std::f64::consts::{FRAC_PI_2, PI};

/// Basis points of one.
const ONE_BPS: u16 = 10_000;
/// Halvings after which a double has no finer place.
const HALVINGS: u32 = 60;

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
    /// The prior of the tail's quantile at another level is that of the distribution whose quantile at 1 % the default is:
    /// Student's t with five degrees of freedom, of unit variance.
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

/// The loss that Student's t with five degrees of freedom, scaled to unit variance, exceeds with this probability, in
/// thousandths, rounded up.
///
/// With t = √5·tan θ the probability beyond t is 1/2 − (θ + sin θ·cos θ·(1 + 2/3·cos² θ))/π (Abramowitz and Stegun 26.7.3), and
/// t over its standard deviation √(5/3) is √3·tan θ. It falls as θ rises, so halving finds it.
fn prior_milli(level_bps: u16) -> Result<u16, MathError> {
    if level_bps == 0 || level_bps >= ONE_BPS / 2 {
        return Err(MathError::Domain);
    }
    let level = f64::from(level_bps) / f64::from(ONE_BPS);
    let beyond = |angle: f64| {
        let (sine, cosine) = angle.sin_cos();
        0.5 - (angle + sine * cosine * (1.0 + 2.0 / 3.0 * cosine * cosine)) / PI
    };
    let (mut low, mut high) = (0.0, FRAC_PI_2);
    for _ in 0..HALVINGS {
        let middle = (low + high) / 2.0;
        if beyond(middle) > level {
            low = middle;
        } else {
            high = middle;
        }
    }
    // At most 7,497, at a hundredth of a percent.
    Ok((1_000.0 * 3_f64.sqrt() * high.tan()).ceil() as u16)
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
        // 1000 · scipy.stats.t.ppf(1 − level, 5) · √0.6: 1560.85, 1991.16, 3123.28, 4565.03; and 2606.46 at 1 %, where the
        // default stays as it is.
        let prior = |bps| Model::Garch.params(bps).map(|params| (params.tail_level_bps, params.tail_prior_milli));
        assert_eq!(prior(500), Ok((500, 1_561)));
        assert_eq!(prior(250), Ok((250, 1_992)));
        assert_eq!(prior(50), Ok((50, 3_124)));
        assert_eq!(prior(10), Ok((10, 4_566)));
        assert_eq!(prior(100), Ok((100, 2_600)));
        for wrong in [0, 5_000, 10_000] {
            assert!(prior(wrong).is_err(), "{wrong}");
        }
    }
}
