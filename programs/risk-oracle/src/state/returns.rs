use anchor_lang::prelude::*;
use gimbal_math::covariance::{Gram, Returns};

use super::ASSETS;
use crate::error::OracleError;

/// Days of residuals that a book keeps.
pub const RETURN_DAYS: usize = 64;
/// Days from which correlations are believed. Before, every asset's risk is added in full: of n days, n assets can
/// always be combined so that they seem to have had no risk at all.
pub const SEASON_DAYS: usize = 20;
/// Words of 64 bits of a [`Gram`] matrix.
pub const GRAM_WORDS: usize = 37;

/// Residuals of all assets on the days that every one of them closed, newest last in the ring, and their Gram matrix.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct ReturnRing {
    /// One row per day; each asset's return in thousandths of its forecast standard deviation; 0 for an unused asset.
    pub rows: [[i16; ASSETS]; RETURN_DAYS],
    /// The Gram matrix of the rows; of none while there are fewer than [`SEASON_DAYS`]. Read by [`Self::gram`].
    pub words: [u64; GRAM_WORDS],
    /// Day of the newest row, days since 1970-01-01 UTC; 0 before the first.
    pub day: u32,
    /// Where the next row goes.
    pub next: u8,
    /// Rows kept.
    pub count: u8,
    /// Keeps the struct a multiple of eight bytes.
    pub _pad: [u8; 2],
}

const _: () = {
    assert!(core::mem::size_of::<Gram>() == GRAM_WORDS * 8);
    assert!(core::mem::size_of::<ReturnRing>() == RETURN_DAYS * ASSETS * 2 + GRAM_WORDS * 8 + 8);
};

impl ReturnRing {
    /// The Gram matrix.
    pub fn gram(&self) -> &Gram {
        bytemuck::cast_ref(&self.words)
    }

    /// Forgets every row: the assets are others.
    pub fn clear(&mut self) {
        bytemuck::write_zeroes(self);
    }

    /// Adds a day later than the last one and makes the Gram matrix anew.
    ///
    /// # Errors
    /// [`OracleError::InvariantViolated`] for a broken ring or decay.
    pub fn append(&mut self, day: u32, row: &[i16; ASSETS], decay_bps: u16) -> Result<()> {
        let at = usize::from(self.next);
        *self.rows.get_mut(at).ok_or(OracleError::InvariantViolated)? = *row;
        let next = at.saturating_add(1) % RETURN_DAYS;
        self.next = u8::try_from(next).unwrap_or(0);
        self.count = self.count.saturating_add(1).min(RETURN_DAYS as u8);
        self.day = day;
        self.weigh(decay_bps)
    }

    /// Makes the Gram matrix of the rows.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub fn weigh(&mut self, decay_bps: u16) -> Result<()> {
        let count = usize::from(self.count);
        if count < SEASON_DAYS {
            self.words = [0; GRAM_WORDS];
            return Ok(());
        }
        let Self { rows, words, next, .. } = self;
        let returns = Returns { rows, next: usize::from(*next), count, decay_bps };
        returns.gram(bytemuck::cast_mut(words)).map_err(|_| error!(OracleError::InvariantViolated))
    }

    /// Whether the ring's places are possible.
    pub fn is_consistent(&self) -> bool {
        let (next, count) = (usize::from(self.next), usize::from(self.count));
        next < RETURN_DAYS && count <= RETURN_DAYS && (count == RETURN_DAYS || next == count)
    }
}
