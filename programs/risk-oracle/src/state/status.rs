//! What is wrong with a feed, and what that forbids. Exits and anything that lowers risk are never forbidden.

use anchor_lang::prelude::*;

use crate::error::OracleError;

/// A set of flags, each a reason for caution.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status(u8);

/// What a caller wants to do with a feed's price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Give a line its value.
    Value,
    /// Take a deposit.
    Deposit,
    /// Put new money into a line.
    RaiseRisk,
    /// Take money out of a line.
    LowerRisk,
    /// Pay a holder.
    Exit,
}

impl Status {
    /// Nothing is wrong.
    pub const NONE: Self = Self(0);
    /// The price is older than `max_age`. Computed when read, never stored.
    pub const STALE: Self = Self(1);
    /// The confidence interval is wider than `wide_confidence_bps`, or the two sources are further apart than
    /// `max_divergence_bps` and were published more than [`super::SAME_TIME`] seconds apart.
    pub const WIDE_CONFIDENCE: Self = Self(2);
    /// The two sources, published at about the same time, are further apart than `max_divergence_bps`.
    pub const DIVERGENT: Self = Self(4);
    /// A second source is configured and its price is older than `max_age`.
    pub const SECOND_STALE: Self = Self(8);
    /// The price is further from the stable price than `max_stable_gap_bps`.
    pub const STABLE_GAP: Self = Self(16);
    /// The price is outside the band around the peg.
    pub const DEPEGGED: Self = Self(32);
    /// No price was ever accepted.
    pub const EMPTY: Self = Self(64);

    /// Each flag with the error that names it, the gravest first.
    const ERRORS: [(Self, OracleError); 7] = [
        (Self::EMPTY, OracleError::FeedEmpty),
        (Self::STALE, OracleError::FeedStale),
        (Self::DEPEGGED, OracleError::FeedDepegged),
        (Self::DIVERGENT, OracleError::FeedDivergent),
        (Self::SECOND_STALE, OracleError::FeedSecondStale),
        (Self::STABLE_GAP, OracleError::FeedStableGap),
        (Self::WIDE_CONFIDENCE, OracleError::FeedConfidenceWide),
    ];

    /// A set from its stored byte; a bit that names no flag is kept, and forbids what every flag forbids.
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    /// The byte to store.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// The flags of both sets.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The flags of this set that are not in the other.
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether the two sets share a flag.
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether all flags of the other set are in this one.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// This set, with the flags of `flags` added where `condition` holds.
    #[must_use]
    pub const fn with_if(self, flags: Self, condition: bool) -> Self {
        if condition {
            self.union(flags)
        } else {
            self
        }
    }

    /// Refuses an action that a flag of this set forbids.
    ///
    /// # Errors
    /// The error that names the gravest of the flags in the way.
    pub fn require(self, action: Action) -> Result<()> {
        let in_the_way = Self(self.0 & action.forbidden_by().0);
        if in_the_way == Self::NONE {
            return Ok(());
        }
        for (flag, error) in Self::ERRORS {
            if in_the_way.intersects(flag) {
                return Err(error.into());
            }
        }
        err!(OracleError::InvariantViolated)
    }
}

impl Action {
    /// The flags that forbid this action.
    pub const fn forbidden_by(self) -> Status {
        match self {
            Action::Value => Status::STALE.union(Status::EMPTY),
            Action::Deposit | Action::RaiseRisk => Status(u8::MAX),
            Action::LowerRisk | Action::Exit => Status::NONE,
        }
    }
}
