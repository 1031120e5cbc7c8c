//! How a feed's forecasts have fared, counted on-chain as each bar closes.

use anchor_lang::prelude::*;
use gimbal_math::backtest::{basel_zone, Counts, Zone};

use super::engine::MODELS;
use crate::error::OracleError;

/// Days of [`Tested::window`].
pub const WINDOW: u32 = 250;
/// Bits of the window's last word that are in use: 250 - 3 · 64.
const LAST_WORD: u64 = (1 << 58) - 1;

/// The backtest: only days whose forecast was seasoned when it was made. All sums run over the same `days`, so that the
/// difference of two states is the backtest of the days between.
#[zero_copy]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tested {
    /// Sums of QLIKE against the range variance in units of 2^-32: of the models, and of the mixture. The mixture's less the
    /// least of the models' is its regret.
    pub qlike: [u64; MODELS + 1],
    /// Sum of the mixture's QLIKE against the squared return, floored at 10^-8, in units of 2^-32.
    pub qlike_squared: u64,
    /// Sum of the quantile losses of the value at risk of a long position, in units of the return, 2^-32.
    pub quantile_loss: u64,
    /// Exceptions of the last [`WINDOW`] days, a bit each; bit 0 of word 0 is the last day.
    pub window: [u64; 4],
    /// Days.
    pub days: u32,
    /// Days whose loss exceeded the value at risk.
    pub exceptions: u32,
    /// Days without an exception after a day without.
    pub n00: u32,
    /// Days with one after a day without.
    pub n01: u32,
    /// Days without one after a day with.
    pub n10: u32,
    /// Days with one after a day with.
    pub n11: u32,
}

const _: () = assert!(core::mem::size_of::<Tested>() == (5 + 2 + 4) * 8 + 6 * 4);
const _: () = assert!(core::mem::size_of::<Tested>() == 112 && core::mem::align_of::<Tested>() == 8);

impl Tested {
    /// The counts, for the tests of coverage and independence.
    pub fn counts(&self) -> Counts {
        let Self { days, exceptions, n00, n01, n10, n11, .. } = *self;
        Counts { days, exceptions, n00, n01, n10, n11 }
    }

    /// Counts one more day.
    pub fn record(&mut self, exception: bool) {
        let mut counts = self.counts();
        counts.record(exception);
        let Counts { days, exceptions, n00, n01, n10, n11 } = counts;
        (self.days, self.exceptions) = (days, exceptions);
        (self.n00, self.n01, self.n10, self.n11) = (n00, n01, n10, n11);
        let mut carried = u64::from(exception);
        for word in &mut self.window {
            let next = *word >> 63;
            *word = (*word << 1) | carried;
            carried = next;
        }
        if let Some(last) = self.window.last_mut() {
            *last &= LAST_WORD;
        }
    }

    /// Exceptions of the last [`WINDOW`] days.
    pub fn recent_exceptions(&self) -> u32 {
        self.window.iter().fold(0, |sum, word| sum.saturating_add(word.count_ones()))
    }

    /// Basel's traffic light. It is made for a level of 1%.
    pub fn zone(&self) -> Zone {
        basel_zone(self.recent_exceptions())
    }

    /// What must always hold.
    ///
    /// # Errors
    /// [`OracleError::InvariantViolated`].
    pub fn invariant(&self) -> Result<()> {
        let [.., last] = self.window;
        require!(last <= LAST_WORD, OracleError::InvariantViolated);
        require!(self.counts().is_consistent(), OracleError::InvariantViolated);
        require!(self.recent_exceptions() <= self.exceptions, OracleError::InvariantViolated);
        Ok(())
    }
}
