//! Daily bars of a feed, one per UTC day with at least one update.
//!
//! A bar is closed by the first update of a later day; until then updates move only its high, low and close, so that
//! nobody gains anything by choosing when to sample. The last [`BARS`] closed bars are kept in a ring.

use anchor_lang::prelude::*;

use crate::error::OracleError;

/// Closed bars that a feed keeps.
pub const BARS: usize = 32;
/// Seconds of a UTC day.
pub const SECONDS_PER_DAY: i64 = 86_400;
/// Seconds of an hour.
const SECONDS_PER_HOUR: i64 = 3_600;

/// Prices of one UTC day, in USD per whole token times 10^12.
#[zero_copy]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Bar {
    /// Days since 1970-01-01, UTC, of the publish times.
    pub day: u32,
    /// Updates in the bar; 0 for a bar that does not exist. Stops at `u32::MAX`.
    pub samples: u32,
    /// First price.
    pub open: u64,
    /// Largest price.
    pub high: u64,
    /// Smallest price.
    pub low: u64,
    /// Last price.
    pub close: u64,
}

/// The open bar and the ring of closed ones.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct Bars {
    /// The day that is still running.
    pub open: Bar,
    /// Closed bars; the ring's order is given by `next`.
    pub closed: [Bar; BARS],
    /// Where the next closed bar goes.
    pub next: u8,
    /// Closed bars kept, at most [`BARS`].
    pub count: u8,
    /// Hours of the open bar's day in which it was updated.
    pub open_hours: u8,
    /// Keeps the struct a multiple of eight bytes.
    pub _pad: [u8; 5],
}

const _: () = {
    use core::mem::{align_of, size_of};
    assert!(size_of::<Bar>() == 4 + 4 + 4 * 8);
    assert!(size_of::<Bar>() == 40);
    assert!(size_of::<Bars>() == (1 + BARS) * 40 + 3 + 5);
    assert!(size_of::<Bars>() == 1328);
    assert!(align_of::<Bars>() == 8);
};

impl Bar {
    /// The UTC day of a Unix time.
    ///
    /// # Errors
    /// [`OracleError::MathOverflow`] before 1970 and after day 2^32.
    pub fn day_of(unix_time: i64) -> Result<u32> {
        u32::try_from(unix_time.div_euclid(SECONDS_PER_DAY)).map_err(|_| OracleError::MathOverflow.into())
    }

    /// A bar of one sample.
    pub const fn first(day: u32, price: u64) -> Self {
        Self { day, samples: 1, open: price, high: price, low: price, close: price }
    }

    /// Adds a later sample of the same day.
    pub fn add(&mut self, price: u64) {
        self.samples = self.samples.saturating_add(1);
        self.high = self.high.max(price);
        self.low = self.low.min(price);
        self.close = price;
    }

    /// Whether the prices fit together.
    pub fn is_consistent(&self) -> bool {
        self.samples == 0
            || (self.low > 0 && self.low <= self.open.min(self.close) && self.high >= self.open.max(self.close))
    }
}

impl Bars {
    /// Takes the price of one accepted update. Returns the bar that it closed, if any. Updates come in the order of
    /// their publish times; a sample of an earlier day than the open bar's counts to the open bar.
    pub fn record(&mut self, day: u32, price: u64) -> Option<Bar> {
        if self.open.samples == 0 {
            self.open = Bar::first(day, price);
            return None;
        }
        if day <= self.open.day {
            self.open.add(price);
            return None;
        }
        let closed = self.open;
        let at = usize::from(self.next) % BARS;
        if let Some(place) = self.closed.get_mut(at) {
            *place = closed;
        }
        self.next = u8::try_from(at.saturating_add(1) % BARS).unwrap_or(0);
        self.count = self.count.saturating_add(1).min(BARS as u8);
        self.open = Bar::first(day, price);
        Some(closed)
    }

    /// Counts the hours in which the open bar is updated, after [`Self::record`]: a sample published at `time` after one
    /// at `before`, Unix seconds, has begun the bar, or begins another hour of it, or neither.
    pub fn count_hour(&mut self, before: i64, time: i64) {
        let hour = |time: i64| time.div_euclid(SECONDS_PER_HOUR);
        if self.open.samples == 1 {
            self.open_hours = 1;
        } else if hour(time) != hour(before) {
            self.open_hours = self.open_hours.saturating_add(1);
        }
    }

    /// Whether every bar and the ring's place are possible.
    pub fn is_consistent(&self) -> bool {
        usize::from(self.next) < BARS && usize::from(self.count) <= BARS && self.open.is_consistent()
    }

    /// The closed bar `age` bars ago: 0 is the last one closed.
    pub fn closed_bar(&self, age: usize) -> Option<&Bar> {
        if age >= usize::from(self.count) {
            return None;
        }
        let back = age.checked_add(1)?;
        let at = usize::from(self.next).checked_add(BARS)?.checked_sub(back)? % BARS;
        self.closed.get(at)
    }
}
