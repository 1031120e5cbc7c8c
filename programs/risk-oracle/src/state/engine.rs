//! A feed's volatility engine: what it has learned from closed bars, and how its forecasts have fared.

use anchor_lang::prelude::*;
use bytemuck::write_zeroes;
use gimbal_math::backtest::Zone;
use gimbal_math::volatility::{weights, Score, Variance};

use super::{ModelParams, Tested};
use crate::error::OracleError;

/// Models whose forecasts are mixed.
pub const MODELS: usize = 4;
/// Place of the EWMA among the models.
pub const EWMA: usize = 0;
/// Place of GARCH(1,1) on squared returns.
pub const GARCH: usize = 1;
/// Place of HAR on range variance.
pub const HAR: usize = 2;
/// Place of GARCH(1,1) on range variance.
pub const RANGE: usize = 3;
/// Place of the mixture, after the models.
pub const MIXTURE: usize = 4;
/// Closed bars of a trading month, which HAR, the jump window and the mean confidence look back on.
pub const MONTH: usize = 22;
/// Bits of [`Engine::jump_window`] that are in use.
pub const MONTH_BITS: u32 = (1 << MONTH) - 1;
/// Standardised residuals that the tails are made of.
pub const RESIDUALS: usize = 500;
/// Bars before a forecast may be used, and is tested.
pub const SEASON: u32 = 30;
/// What the weights sum to.
pub const WEIGHT_ONE: u32 = 65_536;

/// One side's tail of the standardised residuals, in thousandths of a standard deviation, rounded up.
#[zero_copy]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct TailRisk {
    /// The quantile at the model's tail level.
    pub quantile_milli: u32,
    /// The mean beyond it.
    pub shortfall_milli: u32,
}

/// The engine. Variances are in units of 2^-56 per day, scores in units of 2^-32.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct Engine {
    /// Forecasts for the day after `last_day`: EWMA, GARCH, HAR, range model, mixture.
    pub variances: [u64; MODELS + 1],
    /// Running means of the squared returns and of the range variances.
    pub long_run: [u64; 2],
    /// Range variances of the last bars; `month_next` gives the order.
    pub ranges: [u64; MONTH],
    /// Discounted scores of the models.
    pub scores: [u64; MODELS],
    /// Close of the last bar, USD per whole token times 10^12; 0 before the first.
    pub last_close: u64,
    /// How the forecasts have fared.
    pub tested: Tested,
    /// Weights of the models in the mixture, of [`WEIGHT_ONE`].
    pub weights: [u32; MODELS],
    /// Widest confidence of each of the last bars, parts per million of the price; in the order of `ranges`.
    pub confidences: [u32; MONTH],
    /// Widest confidence in the open bar.
    pub open_confidence: u32,
    /// Bars digested. Stops at `u32::MAX`.
    pub bars: u32,
    /// Day of the last bar, days since 1970-01-01 UTC.
    pub last_day: u32,
    /// Returns that were clamped. Stops at `u32::MAX`.
    pub jumps: u32,
    /// Which of the last [`MONTH`] bars jumped; bit 0 is the last.
    pub jump_window: u32,
    /// Times that the coefficients were set on a feed with prices.
    pub refits: u32,
    /// Tail of the losses: what a long position fears.
    pub tail_low: TailRisk,
    /// Tail of the gains: what a short position fears.
    pub tail_high: TailRisk,
    /// Coefficients.
    pub params: ModelParams,
    /// Returns in thousandths of the standard deviation that was forecast for them; `residual_next` gives the order.
    pub residuals: [i16; RESIDUALS],
    /// Where the next residual goes.
    pub residual_next: u16,
    /// Residuals kept, at most [`RESIDUALS`].
    pub residual_count: u16,
    /// The last residual.
    pub last_residual: i16,
    /// Where the next range variance and confidence go.
    pub month_next: u8,
    /// Keeps the struct a multiple of eight bytes.
    pub _pad: [u8; 1],
}

const _: () = {
    use core::mem::{align_of, size_of};
    let wide = (5 + 2 + MONTH + MODELS + 1) * 8 + size_of::<Tested>();
    let narrow = (MODELS + MONTH + 6) * 4 + 2 * 8;
    assert!(size_of::<Engine>() == wide + narrow + size_of::<ModelParams>() + RESIDUALS * 2 + 3 * 2 + 2);
    assert!(align_of::<Engine>() == 8);
};

impl Engine {
    /// Clears everything and takes the coefficients.
    pub fn start(&mut self, params: &ModelParams) {
        // In place: the engine is too large for a stack frame of the chain's machine.
        write_zeroes(self);
        self.params = *params;
        self.weigh();
    }

    /// Takes other coefficients. Forecasts and weights stay what they are until the next bar closes; the backtest goes on,
    /// unless the level that it tests is another.
    ///
    /// `live`: whether the feed has prices, so that this is a refit.
    pub fn refit(&mut self, params: &ModelParams, live: bool) {
        if params.tail_level_bps != self.params.tail_level_bps {
            self.tested = Tested::default();
        }
        self.params = *params;
        if live {
            self.refits = self.refits.saturating_add(1);
        }
        if self.bars == 0 {
            self.weigh();
        }
    }

    /// Makes the weights of the prior and the scores.
    pub(crate) fn weigh(&mut self) {
        self.weights = weights(&self.params.prior_bps, &self.scores.map(Score), self.params.learning_bps);
    }

    /// Whether enough bars were digested for the forecast to be used.
    pub fn is_seasoned(&self) -> bool {
        self.bars >= SEASON
    }

    /// The mixture's variance of the day after the last bar; none before it is seasoned.
    pub fn forecast(&self) -> Option<Variance> {
        self.is_seasoned().then_some(self.mixture())
    }

    /// The mixture, seasoned or not.
    pub fn mixture(&self) -> Variance {
        let [.., mixture] = self.variances;
        Variance(mixture)
    }

    /// Tails of losses and of gains; none before the forecast is seasoned.
    pub fn tails(&self) -> Option<(TailRisk, TailRisk)> {
        self.is_seasoned().then_some((self.tail_low, self.tail_high))
    }

    /// Mean of the range variances over the long run: how volatile the asset usually is. Zero before the first bar.
    pub fn long_run(&self) -> Variance {
        let [_, range] = self.long_run;
        Variance(range)
    }

    /// Jumps among the last [`MONTH`] bars.
    pub fn jumps_in_window(&self) -> u32 {
        self.jump_window.count_ones()
    }

    /// Bars of the last month that were digested, at most [`MONTH`].
    pub fn month_bars(&self) -> usize {
        usize::try_from(self.bars).map_or(MONTH, |bars| bars.min(MONTH))
    }

    /// Mean of the widest confidences of the last month's bars, parts per million of the price, rounded down so that the
    /// present one looks no smaller than it is; none before the first bar.
    pub fn mean_confidence(&self) -> Option<u32> {
        let sum = self.confidences.iter().fold(0u64, |sum, each| sum.saturating_add(u64::from(*each)));
        // Places that no bar has filled hold zero.
        let mean = sum.checked_div(u64::try_from(self.month_bars()).ok()?)?;
        u32::try_from(mean).ok()
    }

    /// Basel's traffic light of the last 250 tested days. It is made for a level of 1%.
    pub fn zone(&self) -> Zone {
        self.tested.zone()
    }

    /// What must always hold, as far as it can be checked at every update; `gimbal verify` checks the rest.
    ///
    /// # Errors
    /// [`OracleError::InvariantViolated`], or the error that names a coefficient out of its range.
    pub fn invariant(&self) -> Result<()> {
        self.params.validate()?;
        let weights = self.weights.iter().fold(0u32, |sum, weight| sum.saturating_add(*weight));
        require!(weights == WEIGHT_ONE, OracleError::InvariantViolated);
        let begun = self.bars > 0;
        require!(begun == (self.last_close > 0), OracleError::InvariantViolated);
        let floor = if begun { Variance::FLOOR.0 } else { 0 };
        require!(self.variances.iter().all(|variance| *variance >= floor), OracleError::InvariantViolated);
        // The first bar leaves no residual, every other one.
        let residuals = usize::try_from(self.bars.saturating_sub(1)).unwrap_or(RESIDUALS).min(RESIDUALS);
        require!(usize::from(self.residual_count) == residuals, OracleError::InvariantViolated);
        require!(usize::from(self.residual_next) < RESIDUALS, OracleError::InvariantViolated);
        require!(residuals == RESIDUALS || self.residual_next == self.residual_count, OracleError::InvariantViolated);
        require!(usize::from(self.month_next) < MONTH, OracleError::InvariantViolated);
        require!(self.jump_window <= MONTH_BITS, OracleError::InvariantViolated);
        require!(self.jumps_in_window() <= self.jumps, OracleError::InvariantViolated);
        require!(self.tested.days <= self.bars.saturating_sub(SEASON), OracleError::InvariantViolated);
        self.tested.invariant()
    }
}
