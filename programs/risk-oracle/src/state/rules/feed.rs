use anchor_lang::prelude::*;

use crate::error::OracleError;
use crate::state::{Feed, Status, BARS};

impl Feed {
    /// A feed names an asset, and no second source that is the first one.
    ///
    /// # Errors
    /// [`OracleError::ZeroFeedId`], [`OracleError::SecondFeedSame`].
    pub fn validate_sources(feed_id: &[u8; 32], second_feed_id: &[u8; 32]) -> Result<()> {
        require!(*feed_id != [0; 32], OracleError::ZeroFeedId);
        require!(second_feed_id != feed_id, OracleError::SecondFeedSame);
        Ok(())
    }

    /// What every instruction leaves: parameters and coefficients are within their ranges; prices, flags, bars and engine are
    /// of one history.
    ///
    /// # Errors
    /// [`OracleError::InvariantViolated`], or the error that names a parameter out of its range.
    pub fn invariant(&self) -> Result<()> {
        self.params().validate()?;
        let empty = Status::from_bits(self.flags) == Status::EMPTY;
        require!(empty == (self.price == 0), OracleError::InvariantViolated);
        require!(empty == (self.stable_price == 0), OracleError::InvariantViolated);
        require!(empty == (self.bars.open.samples == 0), OracleError::InvariantViolated);
        require!(self.stable_at <= self.publish_time, OracleError::InvariantViolated);
        require!(self.has_peg == u8::from(self.peg != 0), OracleError::InvariantViolated);
        require!(self.has_second_source() || self.second_price == 0, OracleError::InvariantViolated);
        require!(self.bars.is_consistent(), OracleError::InvariantViolated);
        let kept = u32::try_from(BARS).map_or(self.engine.bars, |bars| self.engine.bars.min(bars));
        require!(u32::from(self.bars.count) == kept, OracleError::InvariantViolated);
        let last = self.bars.closed_bar(0).map_or((0, 0), |bar| (bar.day, bar.close));
        require!(last == (self.engine.last_day, self.engine.last_close), OracleError::InvariantViolated);
        self.engine.invariant()
    }

    /// What setters leave: the invariant, the sources, and every closed bar that is kept, each of a later day than the one
    /// before.
    ///
    /// # Errors
    /// As [`Self::invariant`] and [`Self::validate_sources`].
    pub fn validate(&self) -> Result<()> {
        self.invariant()?;
        Self::validate_sources(&self.feed_id, &self.second_feed_id)?;
        let mut later = self.bars.open.day;
        for age in 0..usize::from(self.bars.count) {
            let bar = self.bars.closed_bar(age).ok_or(OracleError::InvariantViolated)?;
            let whole = bar.samples > 0 && bar.is_consistent();
            require!(whole && bar.day < later, OracleError::InvariantViolated);
            later = bar.day;
        }
        Ok(())
    }
}
