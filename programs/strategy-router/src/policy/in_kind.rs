//! A part of what lies in the ledger, taken out as it is: nothing here asks what it is worth.

use gimbal_math::muldiv::{mul_div_down, mul_div_up};

use crate::{error::RouterError, state::Line};

/// `part` of `whole`, above zero and at most all.
///
/// # Errors
/// [`RouterError::InvalidPart`].
pub fn require_part(part: u64, whole: u64) -> Result<(), RouterError> {
    if part == 0 || part > whole {
        return Err(RouterError::InvalidPart);
    }
    Ok(())
}

/// ⌊amount · part / whole⌋: what a rounding leaves is for those who stay.
///
/// # Errors
/// [`RouterError::DivisionByZero`], [`RouterError::MathOverflow`].
pub fn part_down(amount: u64, part: u64, whole: u64) -> Result<u64, RouterError> {
    Ok(mul_div_down(amount, part, whole)?)
}

/// One token account of a line, before and after a part of it left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Units tracked before; above zero.
    tracked: u64,
    /// Units that were there of them.
    there: u64,
    /// Units that left.
    pub units: u64,
}

impl Taken {
    /// The share of an account that tracks `tracked` and holds `held`: ⌊min(tracked, held) · part / whole⌋.
    ///
    /// # Errors
    /// As [`part_down`].
    pub fn part_down(tracked: u64, held: u64, part: u64, whole: u64) -> Result<Self, RouterError> {
        let there = tracked.min(held);
        Ok(Self { tracked, there, units: part_down(there, part, whole)? })
    }

    /// A share that the leaver forgoes: the account is not looked at and stays as it is.
    pub fn forgone(tracked: u64) -> Self {
        Self { tracked, there: tracked, units: 0 }
    }

    /// Units tracked after. Units that went missing are not tracked any longer, as after a recall.
    pub fn rest(&self) -> u64 {
        self.there.saturating_sub(self.units)
    }
}

/// Takes what left off a line's books and its last valuation.
///
/// A line's value is a multiple of what its accounts hold. Where both accounts of a swapped line shrink alike the
/// valuation shrinks by that; where one of them is forgone it is not known how much of the value lies in which, so that
/// low and mid follow the one that shrank more, rounded down, and high the one that shrank less, rounded up, until the
/// line is valued again.
///
/// # Errors
/// [`RouterError::MathOverflow`].
pub fn take(line: &mut Line, position: Option<Taken>, token: Option<Taken>) -> Result<(), RouterError> {
    let (low, mid, high) = (line.low, line.mid, line.high);
    let mut left = (low, mid, 0);
    for taken in [position, token].into_iter().flatten() {
        left.0 = left.0.min(mul_div_down(low, taken.rest(), taken.tracked)?);
        left.1 = left.1.min(mul_div_down(mid, taken.rest(), taken.tracked)?);
        // What went missing may not have been missed yet at the last valuation, or have been.
        left.2 = match taken.there {
            0 => high,
            there => left.2.max(mul_div_up(high, taken.rest(), there)?),
        };
    }
    if let Some(position) = position {
        line.position = position.rest();
    }
    if let Some(token) = token {
        line.in_flight = token.rest();
    }
    if position.is_some() || token.is_some() {
        (line.low, line.mid, line.high) = left;
    }
    Ok(())
}
