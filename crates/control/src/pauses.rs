use anchor_lang::prelude::*;

use crate::Refusal;

/// Longest pause of deposits or of new money, seconds: fourteen days. It may be renewed at once, by somebody who still can.
pub const MAX_PAUSE: i64 = 14 * 86_400;
/// Longest pause of instant exits, seconds: three days.
pub const MAX_EXIT_PAUSE: i64 = 3 * 86_400;
/// Time after a pause of instant exits has ended before the next one, seconds: three days.
pub const EXIT_PAUSE_COOLDOWN: i64 = 3 * 86_400;

/// What a pause stops.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Deposits and mints.
    Deposits,
    /// Withdrawals and redemptions from cash; tickets go on.
    InstantExits,
    /// New money into lines.
    NewMoney,
}

/// One direction's switch.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct Pause {
    /// Paused while the clock is before this Unix second.
    pub until: i64,
    /// A new pause is refused before this Unix second.
    pub next_allowed: i64,
}

/// The switches of one account, one per direction and one free.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct Pauses {
    /// Indexed by [`Direction`]; the last is free.
    pub directions: [Pause; 4],
}

const _: () = assert!(core::mem::size_of::<Pauses>() == 4 * 16);

impl Pauses {
    fn of(&self, direction: Direction) -> &Pause {
        let [deposits, exits, new_money, _] = &self.directions;
        match direction {
            Direction::Deposits => deposits,
            Direction::InstantExits => exits,
            Direction::NewMoney => new_money,
        }
    }

    fn of_mut(&mut self, direction: Direction) -> &mut Pause {
        let [deposits, exits, new_money, _] = &mut self.directions;
        match direction {
            Direction::Deposits => deposits,
            Direction::InstantExits => exits,
            Direction::NewMoney => new_money,
        }
    }

    /// Whether the direction stands still at `now` (Unix seconds).
    pub fn is_paused(&self, direction: Direction, now: i64) -> bool {
        now < self.of(direction).until
    }

    /// Pauses a direction at once: instant exits for [`MAX_EXIT_PAUSE`], any other for [`MAX_PAUSE`] from `now`, also when
    /// it is paused already. Who may do so is the caller's check.
    ///
    /// # Errors
    /// [`Refusal::PauseCoolingDown`] for instant exits until [`EXIT_PAUSE_COOLDOWN`] after the end of the last pause.
    pub fn pause(&mut self, direction: Direction, now: i64) -> core::result::Result<(), Refusal> {
        let pause = self.of_mut(direction);
        if direction == Direction::InstantExits {
            // Also while paused: else a pause renewed each day would never end.
            if now < pause.next_allowed {
                return Err(Refusal::PauseCoolingDown);
            }
            pause.until = now.saturating_add(MAX_EXIT_PAUSE);
            pause.next_allowed = pause.until.saturating_add(EXIT_PAUSE_COOLDOWN);
        } else {
            pause.until = now.saturating_add(MAX_PAUSE);
        }
        Ok(())
    }

    /// Ends a pause. A cooldown that was started goes on.
    pub fn lift(&mut self, direction: Direction, now: i64) {
        let pause = self.of_mut(direction);
        pause.until = pause.until.min(now);
    }
}
