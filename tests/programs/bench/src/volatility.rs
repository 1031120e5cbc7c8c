//! Inputs of the volatility models: one forecast, one bar and a full window of residuals.

use core::hint::black_box;

use gimbal_math::{
    backtest::{quantile_loss, Counts},
    volatility::{
        blend, clamp_square, ewma, garch, har, log_return, loss_at, parkinson, qlike, residual, running_mean, squared,
        tail, weights, Score, Side, Tail, Variance,
    },
    MathError,
};

/// 4.1% a day.
pub const HIGH: Variance = Variance(121_000_000_000_000);
/// 3.2% a day.
pub const LOW: Variance = Variance(74_000_000_000_000);
/// Scores of a quarter of a year.
pub const SCORES: [Score; 4] =
    [Score(91_234_567_890), Score(80_123_456_789), Score(76_543_210_987), Score(74_321_098_765)];

/// What residuals look like: most are small, and the worst come in no order.
static RESIDUALS: [i16; 500] = residuals();
/// Every residual is worse than all before it: the dearest order.
static WORSENING: [i16; 500] = worsening();

const fn residuals() -> [i16; 500] {
    let mut all = [0; 500];
    let mut i = 0;
    while i < all.len() {
        all[i] = ((i * 7_919) % 6_007) as i16 - 3_003;
        i += 1;
    }
    all
}

const fn worsening() -> [i16; 500] {
    let mut all = [0; 500];
    let mut i = 0;
    while i < all.len() {
        all[i] = -(i as i16) - 1;
        i += 1;
    }
    all
}

/// The low tail at 1% of a full window.
pub fn ordinary_tail() -> Result<Tail, MathError> {
    tail(black_box(&RESIDUALS), black_box(100), Side::Low, 2_600, 500)
}

/// The same where every residual is a new worst.
pub fn dearest_tail() -> Result<Tail, MathError> {
    tail(black_box(&WORSENING), black_box(100), Side::Low, 2_600, 500)
}

/// A backtest of six years.
pub fn counts() -> Counts {
    Counts {
        days: black_box(1_514),
        exceptions: black_box(15),
        n00: black_box(1_485),
        n01: black_box(13),
        n10: black_box(13),
        n11: black_box(2),
    }
}

/// All mathematics of a closed bar: measures, five scores, weights, a residual, the backtest, the forecasts, both tails.
pub fn closed_bar() -> Result<(), MathError> {
    let r = log_return(black_box(98_765_432_109_876), black_box(101_234_567_890_123))?;
    let y = parkinson(black_box(103_456_789_012_345), black_box(97_654_321_098_765))?;
    let (x, _) = clamp_square(squared(r), HIGH, black_box(50));
    let mut scores = SCORES;
    for (score, h) in scores.iter_mut().zip([LOW, HIGH, LOW, HIGH]) {
        *score = score.discounted(9_900, qlike(y, black_box(h))?);
    }
    black_box(qlike(y, black_box(HIGH))?);
    let mut tested = counts();
    let value_at_risk = loss_at(black_box(HIGH), 2_600);
    tested.record(value_at_risk.to_signed()?.neg()? > r);
    black_box((tested, quantile_loss(r, value_at_risk, 100)?, residual(r, black_box(HIGH), 1)));
    let (squares, ranges) = (running_mean(LOW, x, black_box(500)), running_mean(HIGH, y, black_box(500)));
    let forecasts = [
        ewma(black_box(LOW), x, 9_400),
        garch(black_box(HIGH), x, squares, 1_000, 8_500),
        har(y, black_box(LOW), black_box(HIGH), [3_500, 3_500, 4_000]),
        garch(black_box(LOW), y, ranges, 3_500, 5_500),
    ];
    black_box(blend(&weights(&[500, 1_500, 3_500, 4_500], &scores, black_box(1_000)), &forecasts));
    black_box(ordinary_tail()?);
    black_box(tail(black_box(&RESIDUALS), black_box(100), Side::High, 2_600, 500)?);
    Ok(())
}
