use anchor_lang::prelude::*;
use gimbal_math::volatility::Variance;

use super::{Feed, TailRisk};
use crate::error::OracleError;
use crate::policy::price;

/// Assets that a book can know.
pub const ASSETS: usize = 8;

/// One asset of a book: its feed, and what the feed said when the book was last observed.
#[zero_copy]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct AssetRisk {
    /// The feed; the zero key for an unused row.
    pub feed: Pubkey,
    /// Forecast variance per day in units of 2^-56; 0 while the feed has no forecast.
    pub variance: u64,
    /// Mean variance over the long run, same unit.
    pub long_run: u64,
    /// Price, USD per whole token times 10^12.
    pub price: u64,
    /// When that price was published, Unix second.
    pub publish_time: i64,
    /// Tail of the losses.
    pub tail_low: TailRisk,
    /// Tail of the gains, which a short position fears.
    pub tail_high: TailRisk,
    /// Present confidence against its mean of a month, basis points.
    pub confidence_ratio_bps: u32,
    /// Day of the feed's last closed bar, days since 1970-01-01 UTC; 0 before the first.
    pub day: u32,
    /// Confidence, basis points of the price, rounded up.
    pub confidence_bps: u16,
    /// How far the price lies below the highest close of the kept bars, basis points.
    pub drawdown_bps: u16,
    /// Today's move so far, thousandths of the forecast standard deviation.
    pub move_milli: i16,
    /// Jumps in the last 22 bars.
    pub jumps: u8,
    /// Status flags stored in the feed.
    pub flags: u8,
}

const _: () = {
    assert!(core::mem::size_of::<AssetRisk>() == 32 + 4 * 8 + 2 * 8 + 2 * 4 + 3 * 2 + 2);
    assert!(core::mem::size_of::<AssetRisk>() == 96 && core::mem::align_of::<AssetRisk>() == 8);
};

impl AssetRisk {
    /// A row that follows `feed` and has observed nothing.
    pub fn of(feed: Pubkey) -> Self {
        Self { feed, ..Self::default() }
    }

    /// Whether the row names a feed.
    pub fn is_used(&self) -> bool {
        self.feed != Pubkey::default()
    }

    /// The forecast variance per day, when there is one.
    pub fn forecast(&self) -> Option<Variance> {
        (self.variance != 0).then_some(Variance(self.variance))
    }

    /// Takes what the feed says now.
    ///
    /// # Errors
    /// [`OracleError::FeedEmpty`] for a feed without a price.
    pub fn observe(&mut self, feed: &Feed) -> Result<()> {
        require!(feed.price > 0, OracleError::FeedEmpty);
        self.variance = feed.forecast().map_or(0, |variance| variance.0);
        self.long_run = feed.long_run().0;
        self.price = feed.price;
        self.publish_time = feed.publish_time;
        (self.tail_low, self.tail_high) = feed.tails().unwrap_or_default();
        self.confidence_ratio_bps = feed.confidence_ratio_bps().unwrap_or(0);
        self.day = feed.last_bar_day().unwrap_or(0);
        // A hundred parts per million are one basis point.
        let confidence = price::parts_per_million_up(feed.confidence, feed.price).div_ceil(100);
        self.confidence_bps = u16::try_from(confidence).unwrap_or(u16::MAX);
        self.drawdown_bps = feed.drawdown_bps();
        self.move_milli = feed.move_milli().unwrap_or(0);
        self.jumps = u8::try_from(feed.jumps_in_window()).unwrap_or(u8::MAX);
        self.flags = feed.flags;
        Ok(())
    }
}
