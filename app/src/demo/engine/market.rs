//! The world outside the suite at each step: borrowers, the squeeze, the loss, a gift now and then.

use super::record::Event;
use crate::date::Date;
use crate::demo::script::{Script, ILLIQUID_DAYS};
use crate::demo::world::{Fault, MarketAction, World};
use crate::prices::{Day, Prices};

/// The venue that runs dry in the illiquid week.
pub const SQUEEZED: usize = 0;
/// The venue that the staged loss falls on.
pub const LOSING: usize = 1;
/// The part of the venue's loans that the staged loss wipes out, basis points.
const LOSS_BPS: u64 = 300;
/// A loss of one part in so many of a venue's loans makes the guardian act.
const ALARMING: u64 = 500;
/// A gift once in so many days, to the cash account and to a line in turn, and its size in units.
pub const GIFT_EVERY: usize = 14;
const GIFT: u64 = 25_000_000;

/// The market's state.
pub struct Market {
    /// Debt given up by each venue, as of the end of the last day.
    written_off: Vec<u64>,
    squeezed: bool,
}

impl Market {
    /// A market of so many venues.
    pub fn new(venues: usize) -> Self {
        Self { written_off: vec![0; venues], squeezed: false }
    }

    /// One step (0 open, 1 and 2 the extremes, 3 close) of all venues.
    pub fn step(&mut self, world: &mut dyn World, day: usize, step: usize, script: &Script) -> Result<(), Fault> {
        let dry = script.is_illiquid(day);
        if self.squeezed && !dry {
            world.market(MarketAction::Relax { venue: SQUEEZED })?;
            self.squeezed = false;
        }
        world.market(MarketAction::Borrowers)?;
        if dry {
            world.market(MarketAction::Squeeze { venue: SQUEEZED })?;
            self.squeezed = true;
        }
        if script.loss == Some(day) && step == 2 {
            world.market(MarketAction::WriteOff { venue: LOSING % self.written_off.len().max(1), bps: LOSS_BPS })?;
        }
        if step == 3 && day.is_multiple_of(GIFT_EVERY) && day > 0 {
            let venue = receipts_given_to(day, self.written_off.len());
            let cash = (day / GIFT_EVERY).is_multiple_of(2);
            world.market(match cash {
                true => MarketAction::GiveCash { amount: GIFT },
                false => MarketAction::GiveReceipts { venue, amount: GIFT },
            })?;
        }
        Ok(())
    }

    /// What is to be remembered of the day now ended, and the venue whose loss is alarming, if there is one.
    pub fn end_day(
        &mut self,
        world: &dyn World,
        day: usize,
        date: Date,
        script: &Script,
    ) -> Result<(Vec<Event>, Option<usize>), Fault> {
        let mut events = Vec::new();
        let mut losing = None;
        for (venue, (state, before)) in world.venue_states()?.iter().zip(&mut self.written_off).enumerate() {
            let amount = state.written_off.saturating_sub(*before);
            *before = state.written_off;
            if amount > 0 {
                let staged = script.loss == Some(day) && venue == LOSING;
                events.push(Event::BadDebt { date, venue, amount, staged });
                // Small losses are left to interest; guardians act on what suppliers notice.
                if amount.saturating_mul(ALARMING) >= state.borrowed {
                    losing = Some(venue);
                }
            }
        }
        if script.illiquid_from.contains(&day) {
            let to = Date(date.0 + ILLIQUID_DAYS as u32 - 1);
            events.push(Event::Illiquid { from: date, to, venue: SQUEEZED });
        }
        Ok((events, losing))
    }
}

/// The venue whose receipt tokens are given away on a day, if it is one for receipt tokens.
pub fn receipts_given_to(day: usize, venues: usize) -> usize {
    day / GIFT_EVERY / 2 % venues.max(1)
}

/// Change of each asset from the open `back` days ago to `now`, basis points; 0 at the start of the path.
pub fn changes_bps(days: &[Day], day: usize, back: usize, now: &Prices) -> [i64; 3] {
    let before = days[day.saturating_sub(back)].bars;
    std::array::from_fn(|asset| {
        let open = i128::from(before[asset].open);
        ((i128::from(now[asset]) - open) * 10_000 / open) as i64
    })
}
