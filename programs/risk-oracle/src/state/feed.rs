//! One asset's price, how much it can be trusted, and its daily bars.
//!
//! A feed belongs to the authority that registered it; a vault trusts the feeds that its owner pinned. Anybody may
//! bring a price; the price carries its own proof. All prices are USD per whole token times 10^12.

use anchor_lang::prelude::*;
use gimbal_control::Roles;

use crate::error::OracleError;
use crate::policy::volatility::{digest, Digest};
use crate::policy::{price, stable};
use crate::state::{Action, Bar, Bars, Engine, FeedParams, Status};

/// Seconds within which two sources were published whose distance is a disagreement. Prices of different times that are as far
/// apart only say that the market moves: whoever brings an old one of one source and a new one of the other must not have a
/// line sold by that.
pub const SAME_TIME: u64 = 30;

/// An asset's price and its history. Address: `["feed", authority, feed_id]`.
#[account(zero_copy)]
#[derive(Debug)]
pub struct Feed {
    /// Layout version.
    pub version: u8,
    /// Bump of the address.
    pub bump: u8,
    /// Stored [`Status`]; age is judged when the feed is read.
    pub flags: u8,
    /// 1 when the asset has a peg.
    pub has_peg: u8,
    /// Aligns `roles`.
    pub _pad: [u8; 4],
    /// Who may set parameters.
    pub roles: Roles,
    /// Who registered the feed; a seed of the address.
    pub authority: Pubkey,
    /// Pyth id of the asset; a seed of the address.
    pub feed_id: [u8; 32],
    /// Pyth id of the second source; zero for none.
    pub second_feed_id: [u8; 32],

    /// Oldest price that is taken or used, seconds.
    pub max_age: u32,
    /// How far a price may be ahead of the clock, seconds.
    pub max_future: u32,
    /// Confidence above this is refused, basis points of the price.
    pub max_confidence_bps: u16,
    /// Confidence above this raises WIDE_CONFIDENCE, basis points of the price.
    pub wide_confidence_bps: u16,
    /// Two sources further apart than this raise DIVERGENT, basis points of the smaller price.
    pub max_divergence_bps: u16,
    /// Distance from the stable price that raises STABLE_GAP, basis points of the stable price.
    pub max_stable_gap_bps: u16,
    /// Distance from the peg that raises DEPEGGED, basis points of the peg; 0 without a peg.
    pub peg_band_bps: u16,
    /// Speed limit of the stable price, basis points of itself per hour.
    pub stable_bps_per_hour: u16,
    /// Aligns `peg`.
    pub _pad2: [u8; 4],
    /// The peg; 0 without one.
    pub peg: u64,

    /// Price of the first source.
    pub price: u64,
    /// Its confidence, one standard deviation, in the price's unit.
    pub confidence: u64,
    /// When it was published, Unix seconds.
    pub publish_time: i64,
    /// Slot in which it was posted to the chain.
    pub posted_slot: u64,
    /// Slot in which this feed took a price last.
    pub updated_slot: u64,
    /// Unix second at which this feed took a price last.
    pub updated_at: i64,
    /// Price of the second source; 0 until there is one.
    pub second_price: u64,
    /// Confidence of the second source.
    pub second_confidence: u64,
    /// When the second price was published, Unix seconds.
    pub second_publish_time: i64,
    /// A price that follows `price` at a limited speed.
    pub stable_price: u64,
    /// The publish time up to which the stable price has used its speed.
    pub stable_at: i64,
    /// Updates that changed this feed.
    pub updates: u64,
    /// SHA-256 of the previous hash and the price message, once for each message taken.
    pub inputs_hash: [u8; 32],

    /// The open bar and the closed ones.
    pub bars: Bars,
    /// What the closed bars have taught.
    pub engine: Engine,
    /// Room for later versions.
    pub room: [u64; 32],
    /// Next nonce of a queued change.
    pub change_nonce: u64,
}

const _: () = {
    use core::mem::{align_of, size_of};
    let head = 4 + 4 + size_of::<Roles>() + 3 * 32;
    let params = 2 * 4 + 6 * 2 + 4 + 8;
    let prices = 6 * 8 + 3 * 8 + 2 * 8 + 8 + 32;
    assert!(size_of::<Feed>() == head + params + prices + size_of::<Bars>() + size_of::<Engine>() + 32 * 8 + 8);
    assert!(size_of::<Feed>() == 3568);
    assert!(align_of::<Feed>() == 8 && size_of::<Feed>().is_multiple_of(8));
};

/// A price that passed every check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// USD per whole token times 10^12, rounded down.
    pub price: u64,
    /// One standard deviation in the same unit, rounded up.
    pub confidence: u64,
    /// Unix seconds.
    pub publish_time: i64,
    /// Slot in which it was posted.
    pub posted_slot: u64,
}

/// A bar that an update closed, and what the engine made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The bar.
    pub bar: Bar,
    /// What became of it.
    pub digest: Digest,
}

/// Between what a price lies with about 96.6% (2.12 standard deviations).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Lower bound, at least 1.
    pub low: u64,
    /// The first source's price.
    pub mid: u64,
    /// Upper bound.
    pub high: u64,
}

impl Feed {
    /// Bytes of the account.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();

    /// Whether somebody's money may depend on the feed: it has had a price.
    pub fn is_live(&self) -> bool {
        self.updates > 0
    }

    /// Whether a second source is configured.
    pub fn has_second_source(&self) -> bool {
        self.second_feed_id != [0; 32]
    }

    /// What is wrong with the feed at `now` (Unix seconds): the stored flags, and age.
    pub fn status(&self, now: i64) -> Status {
        Status::from_bits(self.flags)
            .with_if(Status::STALE, self.is_old(self.publish_time, now))
            .with_if(Status::SECOND_STALE, self.has_second_source() && self.is_old(self.second_publish_time, now))
    }

    /// Refuses an action that the feed's status at `now` forbids.
    ///
    /// # Errors
    /// The error that names the flag in the way, such as [`OracleError::FeedStale`].
    pub fn require(&self, action: Action, now: i64) -> Result<()> {
        self.status(now).require(action)
    }

    /// Low, mid and high price: price ∓ 2.12 confidences, rounded outwards. Where the second source was fresh at the
    /// last update, low and high are the outer hull of both sources. Says nothing about age: see [`Self::require`].
    ///
    /// # Errors
    /// [`OracleError::FeedEmpty`] without a price; [`OracleError::ConfidenceExceedsPrice`] when the lower bound is not
    /// positive; [`OracleError::PriceOutOfRange`] when the upper one does not fit.
    pub fn bounds(&self) -> Result<Bounds> {
        let status = Status::from_bits(self.flags);
        require!(!status.intersects(Status::EMPTY), OracleError::FeedEmpty);
        let (low, high) = price::interval(self.price, self.confidence)?;
        if !self.has_second_source() || status.intersects(Status::SECOND_STALE) {
            return Ok(Bounds { low, mid: self.price, high });
        }
        let (second_low, second_high) = price::interval(self.second_price, self.second_confidence)?;
        Ok(Bounds { low: low.min(second_low), mid: self.price, high: high.max(second_high) })
    }

    /// The parameters as they were set.
    pub fn params(&self) -> FeedParams {
        FeedParams {
            max_age: self.max_age,
            max_future: self.max_future,
            max_confidence_bps: self.max_confidence_bps,
            wide_confidence_bps: self.wide_confidence_bps,
            max_divergence_bps: self.max_divergence_bps,
            max_stable_gap_bps: self.max_stable_gap_bps,
            peg_band_bps: self.peg_band_bps,
            stable_bps_per_hour: self.stable_bps_per_hour,
            peg: self.peg,
        }
    }

    /// Stores validated parameters and judges the stored price by them.
    pub fn set_params(&mut self, params: &FeedParams, now: i64) {
        self.max_age = params.max_age;
        self.max_future = params.max_future;
        self.max_confidence_bps = params.max_confidence_bps;
        self.wide_confidence_bps = params.wide_confidence_bps;
        self.max_divergence_bps = params.max_divergence_bps;
        self.max_stable_gap_bps = params.max_stable_gap_bps;
        self.stable_bps_per_hour = params.stable_bps_per_hour;
        self.peg = params.peg;
        self.has_peg = u8::from(params.peg != 0);
        self.peg_band_bps = if params.peg == 0 { 0 } else { params.peg_band_bps };
        self.flags = self.judge(now).bits();
    }

    /// Takes a newer price of the first source: price, stable price and bar; the engine digests the bar that it closed, which
    /// is returned. [`Self::finish_update`] must follow.
    ///
    /// # Errors
    /// [`OracleError::MathOverflow`] for a time outside the calendar.
    pub fn take_first(&mut self, sample: &Sample) -> Result<Option<Closed>> {
        let day = Bar::day_of(sample.publish_time)?;
        (self.stable_price, self.stable_at) = if Status::from_bits(self.flags).intersects(Status::EMPTY) {
            (sample.price, sample.publish_time)
        } else {
            stable::follow(
                self.stable_price,
                self.stable_at,
                sample.price,
                sample.publish_time,
                self.stable_bps_per_hour,
            )
        };
        let (before, hours) = (self.publish_time, self.bars.open_hours);
        self.price = sample.price;
        self.confidence = sample.confidence;
        self.publish_time = sample.publish_time;
        self.posted_slot = sample.posted_slot;
        let closed = self.bars.record(day, sample.price);
        self.bars.count_hour(before, sample.publish_time);
        let closed = match closed {
            Some(bar) => {
                // Any number of samples within an hour show no more of a day's range than one.
                let seen = Bar { samples: bar.samples.min(u32::from(hours)), ..bar };
                let digest = digest(&mut self.engine, &seen)?;
                self.engine.open_confidence = 0;
                Some(Closed { bar, digest })
            }
            None => None,
        };
        let confidence = price::parts_per_million_up(sample.confidence, sample.price);
        self.engine.open_confidence = self.engine.open_confidence.max(confidence);
        Ok(closed)
    }

    /// Takes a newer price of the second source. [`Self::finish_update`] must follow.
    pub fn take_second(&mut self, sample: &Sample) {
        self.second_price = sample.price;
        self.second_confidence = sample.confidence;
        self.second_publish_time = sample.publish_time;
    }

    /// Judges the feed after prices were taken and counts the update.
    ///
    /// # Errors
    /// [`OracleError::MathOverflow`] after 2^64 updates.
    pub fn finish_update(&mut self, now: i64, slot: u64) -> Result<()> {
        self.updated_slot = slot;
        self.updated_at = now;
        self.updates = self.updates.checked_add(1).ok_or(OracleError::MathOverflow)?;
        self.flags = self.judge(now).bits();
        Ok(())
    }

    fn is_old(&self, publish_time: i64, now: i64) -> bool {
        now.saturating_sub(publish_time) > i64::from(self.max_age)
    }

    /// The flags to store.
    fn judge(&self, now: i64) -> Status {
        if self.price == 0 {
            return Status::EMPTY;
        }
        let second_stale = self.has_second_source() && self.is_old(self.second_publish_time, now);
        let apart = self.has_second_source()
            && !second_stale
            && price::differ_by_more(
                self.price,
                self.second_price,
                self.price.min(self.second_price),
                self.max_divergence_bps,
            );
        let same_time = self.publish_time.abs_diff(self.second_publish_time) <= SAME_TIME;
        let wide = price::exceeds_bps(self.confidence, self.price, self.wide_confidence_bps);
        Status::NONE
            .with_if(Status::WIDE_CONFIDENCE, wide || (apart && !same_time))
            .with_if(Status::DIVERGENT, apart && same_time)
            .with_if(Status::SECOND_STALE, second_stale)
            .with_if(
                Status::STABLE_GAP,
                price::differ_by_more(self.price, self.stable_price, self.stable_price, self.max_stable_gap_bps),
            )
            .with_if(
                Status::DEPEGGED,
                self.has_peg == 1 && price::differ_by_more(self.price, self.peg, self.peg, self.peg_band_bps),
            )
    }
}
