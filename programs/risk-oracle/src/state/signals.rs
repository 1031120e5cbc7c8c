//! What a feed says about risk, for books that read it.

use gimbal_math::muldiv::mul_div_up;
use gimbal_math::volatility::{log_return, residual, Variance};

use super::{Feed, TailRisk};
use crate::policy::price;

/// Least mean confidence that another is held against, parts per million of the price: a basis point.
const LEAST_CONFIDENCE: u32 = 100;

impl Feed {
    /// Whether enough bars were closed for the forecast to be used.
    pub fn is_seasoned(&self) -> bool {
        self.engine.is_seasoned()
    }

    /// The variance that is forecast for the day after the last closed bar, per day; none before the feed is seasoned.
    pub fn forecast(&self) -> Option<Variance> {
        self.engine.forecast()
    }

    /// Tails of losses and of gains, in thousandths of a standard deviation; none before the feed is seasoned.
    pub fn tails(&self) -> Option<(TailRisk, TailRisk)> {
        self.engine.tails()
    }

    /// Mean range variance over the long run, per day; zero before the first bar.
    pub fn long_run(&self) -> Variance {
        self.engine.long_run()
    }

    /// The last bar's return in thousandths of the standard deviation that was forecast for it; 0 before the second bar.
    pub fn last_residual(&self) -> i16 {
        self.engine.last_residual
    }

    /// Day of the last closed bar, days since 1970-01-01 UTC; none before the first.
    pub fn last_bar_day(&self) -> Option<u32> {
        (self.engine.bars > 0).then_some(self.engine.last_day)
    }

    /// Close of the last closed bar; 0 before the first.
    pub fn last_close(&self) -> u64 {
        self.engine.last_close
    }

    /// Jumps among the last 22 closed bars.
    pub fn jumps_in_window(&self) -> u32 {
        self.engine.jumps_in_window()
    }

    /// How far the present price lies from the last close, in thousandths of the standard deviation that is forecast for the
    /// days since; none before the feed is seasoned.
    pub fn move_milli(&self) -> Option<i16> {
        let forecast = self.forecast()?;
        let change = log_return(self.price, self.engine.last_close).ok()?;
        Some(residual(change, forecast, self.bars.open.day.saturating_sub(self.engine.last_day)))
    }

    /// How far the present price lies below the highest close of the kept bars, basis points of that close, rounded up; 0
    /// above it and without a bar.
    pub fn drawdown_bps(&self) -> u16 {
        let peak = (0..usize::from(self.bars.count)).filter_map(|age| self.bars.closed_bar(age)).map(|bar| bar.close);
        let peak = peak.max().unwrap_or(0);
        let fallen = mul_div_up(peak.saturating_sub(self.price), 10_000, peak).unwrap_or(0);
        u16::try_from(fallen).unwrap_or(u16::MAX)
    }

    /// The present confidence against the mean of the widest ones of the last 22 bars, basis points of that mean, rounded
    /// up; cut at `u32::MAX`. None without a bar. A mean below a basis point counts as that: where prices have been
    /// all but certain, the next digit is no flight of liquidity.
    pub fn confidence_ratio_bps(&self) -> Option<u32> {
        let mean = self.engine.mean_confidence()?.max(LEAST_CONFIDENCE);
        let now = price::parts_per_million_up(self.confidence, self.price);
        if now == 0 {
            return Some(0);
        }
        let ratio = mul_div_up(u64::from(now), 10_000, u64::from(mean)).unwrap_or(u64::MAX);
        Some(u32::try_from(ratio).unwrap_or(u32::MAX))
    }
}
