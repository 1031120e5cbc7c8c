//! What a closed bar teaches a feed's engine.
//!
//! MEASURES. The squared return from close to close, over a gap of g days divided by g; and Parkinson's range variance. A
//! bar of few samples shows too little of its range: there the range variance is at least the squared return. The feed counts an
//! hour's samples as one, so that a burst of them hides nothing.
//!
//! ORDER. Yesterday's forecasts are scored with the bar, the loss is held against yesterday's value at risk, the return is
//! standardised by yesterday's mixture; only then is the bar learned from and the next day forecast. So nothing is judged by
//! what it has seen.
//!
//! NOTHING FAILS. A bar of any positive prices is digested: a feed that a price could stop would be worth stopping.
//! Variances, scores and sums are cut at their largest.

use anchor_lang::prelude::*;
use gimbal_math::backtest::quantile_loss;
use gimbal_math::volatility::{
    blend, clamp_square, ewma, garch, har, log_return, loss_at, mean, parkinson, qlike, residual, running_mean,
    scale_horizon, squared, tail, Score, Side, Variance,
};
use gimbal_math::Q64Signed;

use crate::error::OracleError;
use crate::state::engine::{Engine, TailRisk, MONTH, MONTH_BITS, RESIDUALS};
use crate::state::Bar;

/// What the first bar counts as at least, a variance of 10^-4 per day (1% of daily volatility): one quiet day is no
/// evidence of a quiet asset.
pub const SEED: Variance = Variance(7_205_759_403_793);
/// A model's loss on one day adds at most this to its score, so that no single day rules a model out for years.
pub const MOST_DAILY_LOSS: Score = Score(100 << 32);
/// Bars of a trading week.
const WEEK: usize = 5;

/// What became of a bar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// The return was clamped.
    pub jump: bool,
    /// The bar was held against a seasoned forecast.
    pub tested: bool,
    /// The loss exceeded the value at risk of that forecast.
    pub exception: bool,
}

/// What a bar says, and how yesterday's mixture sees it.
struct Measured {
    /// Return since the last bar's close.
    change: Q64Signed,
    /// Its square per day.
    square: Variance,
    /// The square as far as it counts.
    clamped: Variance,
    /// Whether that is less than the square.
    jump: bool,
    /// Range variance.
    range: Variance,
    /// Days since the last bar.
    gap: u32,
}

/// Learns from a bar that was closed, of a later day than the last one. The engine's `open_confidence` is the bar's. A first
/// bar only gives every forecast its start.
///
/// # Errors
/// [`OracleError::MathOverflow`] for a bar without positive prices, or one whose low exceeds its high.
pub fn digest(engine: &mut Engine, bar: &Bar) -> Result<Digest> {
    let digest = if engine.bars == 0 {
        begin(engine, bar)?;
        Digest::default()
    } else {
        let measured = measure(engine, bar)?;
        let digest = judge(engine, &measured)?;
        learn(engine, &measured)?;
        digest
    };
    engine.bars = engine.bars.saturating_add(1);
    engine.last_day = bar.day;
    engine.last_close = bar.close;
    Ok(digest)
}

fn begin(engine: &mut Engine, bar: &Bar) -> Result<()> {
    require!(bar.close > 0, OracleError::MathOverflow);
    let range = parkinson(bar.high, bar.low).map_err(OracleError::from)?;
    let seed = range.max(SEED).0;
    engine.long_run = [seed; 2];
    // HAR has no memory but the bars themselves.
    engine.variances = [seed, seed, range.0, seed, seed];
    keep_of_month(engine, range);
    foresee(engine)
}

#[inline(never)]
fn measure(engine: &Engine, bar: &Bar) -> Result<Measured> {
    let gap = bar.day.saturating_sub(engine.last_day).max(1);
    let change = log_return(bar.close, engine.last_close).map_err(OracleError::from)?;
    let square = squared(change).per_day(gap);
    let seen = parkinson(bar.high, bar.low).map_err(OracleError::from)?;
    let thin = bar.samples < u32::from(engine.params.thin_samples);
    let range = if thin { seen.max(square) } else { seen };
    let (clamped, jump) = clamp_square(square, engine.mixture(), engine.params.clamp_tenths);
    Ok(Measured { change, square, clamped, jump, range, gap })
}

/// Scores the forecasts that were made for the bar's day, and takes its residual.
#[inline(never)]
fn judge(engine: &mut Engine, measured: &Measured) -> Result<Digest> {
    let tested = engine.is_seasoned();
    let models = engine.scores.iter_mut().zip(engine.variances).zip(&mut engine.tested.qlike);
    for ((score, forecast), total) in models {
        let loss = qlike(measured.range, Variance(forecast)).map_err(OracleError::from)?;
        *score = Score(*score).discounted(engine.params.discount_bps, loss.min(MOST_DAILY_LOSS)).0;
        if tested {
            *total = total.saturating_add(loss.0);
        }
    }
    let exception = tested && test(engine, measured)?;
    keep_residual(engine, residual(measured.change, engine.mixture(), measured.gap));
    Ok(Digest { jump: measured.jump, tested, exception })
}

/// Holds yesterday's mixture and value at risk against the bar. Returns whether the loss exceeded the latter.
#[inline(never)]
fn test(engine: &mut Engine, measured: &Measured) -> Result<bool> {
    let mixture = engine.mixture();
    let value_at_risk = loss_at(scale_horizon(mixture, measured.gap), engine.tail_low.quantile_milli);
    let exception = measured.change.is_negative() && measured.change.abs() > value_at_risk;
    let lost =
        quantile_loss(measured.change, value_at_risk, engine.params.tail_level_bps).map_err(OracleError::from)?;
    let against_range = qlike(measured.range, mixture).map_err(OracleError::from)?;
    let against_square = qlike(measured.square.max(Variance::PROXY_FLOOR), mixture).map_err(OracleError::from)?;

    let tested = &mut engine.tested;
    tested.record(exception);
    let [.., of_mixture] = &mut tested.qlike;
    *of_mixture = of_mixture.saturating_add(against_range.0);
    tested.qlike_squared = tested.qlike_squared.saturating_add(against_square.0);
    tested.quantile_loss = tested.quantile_loss.saturating_add(Score::from_q64(lost).0);
    Ok(exception)
}

/// Takes the bar into every model and forecasts the next day.
#[inline(never)]
fn learn(engine: &mut Engine, measured: &Measured) -> Result<()> {
    let Measured { clamped, jump, range, .. } = *measured;
    engine.jumps = engine.jumps.saturating_add(u32::from(jump));
    engine.jump_window = ((engine.jump_window << 1) | u32::from(jump)) & MONTH_BITS;
    keep_of_month(engine, range);

    let params = engine.params;
    let bars = engine.bars.saturating_add(1).min(u32::from(params.long_run_bars));
    let [square_mean, range_mean] = engine.long_run.map(Variance);
    let square_mean = running_mean(square_mean, clamped, bars);
    let range_mean = running_mean(range_mean, range, bars);
    engine.long_run = [square_mean.0, range_mean.0];

    let kept = engine.bars.saturating_add(1);
    let (week, month) = (month_mean(engine, WEEK, kept), month_mean(engine, MONTH, kept));
    let ([alpha, beta], [range_alpha, range_beta]) = (params.garch_bps, params.range_bps);
    let [of_ewma, of_garch, _, of_range, mixture] = engine.variances.map(Variance);
    engine.variances = [
        ewma(of_ewma, clamped, params.ewma_bps).0,
        garch(of_garch, clamped, square_mean, alpha, beta).0,
        har(range, week.unwrap_or(range), month.unwrap_or(range), params.har_bps).0,
        garch(of_range, range, range_mean, range_alpha, range_beta).0,
        mixture.0,
    ];
    foresee(engine)
}

/// Weights of the scores, the mixture of the forecasts, the tails of the residuals.
#[inline(never)]
fn foresee(engine: &mut Engine) -> Result<()> {
    engine.weigh();
    let [ewma, garch, har, range, mixture] = &mut engine.variances;
    *mixture = blend(&engine.weights, &[*ewma, *garch, *har, *range].map(Variance)).0;
    (engine.tail_low, engine.tail_high) = (tail_of(engine, Side::Low)?, tail_of(engine, Side::High)?);
    Ok(())
}

#[inline(never)]
fn tail_of(engine: &Engine, side: Side) -> Result<TailRisk> {
    let params = &engine.params;
    let kept = engine.residuals.get(..usize::from(engine.residual_count)).unwrap_or(&engine.residuals);
    let tail = tail(kept, params.tail_level_bps, side, params.tail_prior_milli, params.tail_prior_weight)
        .map_err(OracleError::from)?;
    Ok(TailRisk { quantile_milli: tail.quantile, shortfall_milli: tail.shortfall })
}

/// Stores the bar's range variance and confidence.
fn keep_of_month(engine: &mut Engine, range: Variance) {
    let at = usize::from(engine.month_next);
    if let (Some(place), Some(confidence)) = (engine.ranges.get_mut(at), engine.confidences.get_mut(at)) {
        (*place, *confidence) = (range.0, engine.open_confidence);
    }
    engine.month_next = u8::try_from(at.saturating_add(1) % MONTH).unwrap_or(0);
}

/// Mean of the last `most` range variances, of `kept` that there are.
fn month_mean(engine: &Engine, most: usize, kept: u32) -> Option<Variance> {
    let kept = usize::try_from(kept).map_or(most, |kept| kept.min(most));
    let after = usize::from(engine.month_next).saturating_add(MONTH);
    let places = (1..=kept).map(|back| after.saturating_sub(back) % MONTH);
    mean(places.filter_map(|place| engine.ranges.get(place)).map(|range| Variance(*range)))
}

fn keep_residual(engine: &mut Engine, residual: i16) {
    let at = usize::from(engine.residual_next);
    if let Some(place) = engine.residuals.get_mut(at) {
        *place = residual;
    }
    engine.residual_next = u16::try_from(at.saturating_add(1) % RESIDUALS).unwrap_or(0);
    engine.residual_count = engine.residual_count.saturating_add(1).min(RESIDUALS as u16);
    engine.last_residual = residual;
}
