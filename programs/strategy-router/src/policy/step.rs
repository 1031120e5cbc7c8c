//! From a line's target to one move.

use gimbal_math::Bps;

use crate::error::RouterError;

/// What a rebalance does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Cash into the line, base units.
    Deploy(u64),
    /// The line into cash, base units.
    Recall(u64),
}

/// What cash allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spendable {
    /// So much may be deployed, base units.
    Free(u64),
    /// So much is lacking and must be recalled, base units.
    Short(u64),
}

impl Spendable {
    /// Cash less what the queue is worth and less the least cash of `min_cash_bps` of `nav`, which is rounded up: dust
    /// stays in cash.
    ///
    /// Cash is short when it does not cover the queue and half of the least cash; then all that is lacking comes back. In
    /// between nothing is deployed and nothing recalled: interest makes NAV and with it the least cash grow a little in
    /// every slot, which must not make a keeper recall a little in every slot.
    ///
    /// # Errors
    /// [`RouterError::MathOverflow`].
    pub fn of(free_cash: u64, reserved: u64, min_cash_bps: u16, nav: u64) -> Result<Self, RouterError> {
        let least_cash = Bps(min_cash_bps).of_up(nav)?;
        let add = |a: u64, b: u64| a.checked_add(b).ok_or(RouterError::MathOverflow);
        let wanted = add(reserved, least_cash)?;
        let alarm = add(reserved, least_cash >> 1)?;
        Ok(if free_cash < alarm {
            Self::Short(wanted.saturating_sub(free_cash))
        } else {
            Self::Free(free_cash.saturating_sub(wanted))
        })
    }

    /// What may be deployed, base units.
    pub fn free(self) -> u64 {
        match self {
            Self::Free(free) => free,
            Self::Short(_) => 0,
        }
    }
}

/// A line as a policy sees it, base units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Mid value now.
    pub value: u64,
    /// Least value.
    pub min: u64,
    /// Greatest value: the maximum weight or the cap, whichever is smaller.
    pub max: u64,
    /// Distance from the target within which nothing is moved.
    pub band: u64,
}

impl Position {
    /// A line's bounds in base units: the least rounded down, the greatest and the band rounded down.
    ///
    /// # Errors
    /// [`RouterError::MathOverflow`].
    pub fn new(value: u64, nav: u64, line: &crate::state::Line) -> Result<Self, RouterError> {
        Ok(Self {
            value,
            min: Bps(line.min_bps).of_down(nav)?,
            max: Bps(line.max_bps).of_down(nav)?.min(line.cap),
            band: Bps(line.band_bps).of_down(nav)?,
        })
    }

    /// The same position, with `cap` as another greatest value.
    pub fn within(self, cap: u64) -> Self {
        Self { max: self.max.min(cap), ..self }
    }

    /// How much more the line may hold.
    pub fn room(&self) -> u64 {
        self.max.saturating_sub(self.value)
    }
}

/// The move that brings the line towards `target`; `None` when it is inside its band or there is no cash to deploy.
///
/// The target itself is held within the line's bounds; the move goes all the way to it, not to the band's edge.
pub fn next(position: &Position, target: u64, spendable: Spendable) -> Option<Move> {
    let target = target.max(position.min).min(position.max);
    if position.value.abs_diff(target) <= position.band {
        return None;
    }
    if position.value > target {
        return Some(Move::Recall(position.value.saturating_sub(target)));
    }
    match target.saturating_sub(position.value).min(spendable.free()) {
        0 => None,
        amount => Some(Move::Deploy(amount)),
    }
}
