//! The world outside the suite at each step: borrowers, the squeeze, the loss, a gift now and then.

use super::record::Event;
use crate::demo::borrowers::Borrowers;
use crate::demo::date::Date;
use crate::demo::prices::{Day, Prices};
use crate::demo::script::{Script, ILLIQUID_DAYS};
use crate::demo::world::{Fault, MarketAction, World};

/// The venue that runs dry in the illiquid week.
pub const SQUEEZED: usize = 0;
/// The venue that the staged loss falls on.
pub const LOSING: usize = 1;
/// The part of the largest cohort's debt that the staged loss wipes out, basis points.
const LOSS_BPS: u64 = 300;
/// Utilisation that each venue's borrowers want in a flat market, basis points.
const APPETITES: [u64; 3] = [7_200, 7_800, 6_000];
/// A gift to the cash account once in so many days, and its size in base units.
const GIFT_EVERY: usize = 30;
const GIFT: u64 = 25_000_000;

/// The market's state.
pub struct Market {
    borrowers: Vec<Borrowers>,
    bad_debt: Vec<u64>,
}

/// What everybody knows about one step.
pub struct Moment<'a> {
    /// Position of the day in the path.
    pub day: usize,
    /// 0 open, 1 high, 2 low, 3 close.
    pub step: usize,
    /// The prices now.
    pub prices: &'a Prices,
    /// Each asset's change over the last week, basis points.
    pub week_bps: [i64; 3],
}

impl Market {
    /// A market of so many venues.
    pub fn new(venues: usize) -> Self {
        let appetite = |venue: usize| APPETITES[venue % APPETITES.len()];
        Self { borrowers: (0..venues).map(|venue| Borrowers::new(appetite(venue))).collect(), bad_debt: vec![0; venues] }
    }

    /// One step of all venues.
    pub fn step(&mut self, world: &mut dyn World, moment: &Moment, script: &Script) -> Result<(), Fault> {
        if moment.step == 3 && moment.day % GIFT_EVERY == GIFT_EVERY / 2 {
            world.market(MarketAction::Donate { amount: GIFT })?;
        }
        let states = world.venue_states()?;
        for (venue, state) in states.iter().enumerate() {
            let books = (state.available, state.borrowed);
            if venue == SQUEEZED && script.is_illiquid(moment.day) {
                let amount = self.borrowers[venue].take_all(books, moment.prices, state.token_price);
                act(world, MarketAction::Borrow { venue, amount }, amount)?;
                continue;
            }
            if venue == LOSING % states.len() && script.loss == Some(moment.day) && moment.step == 2 {
                let lost = self.borrowers[venue].default_on(state.borrowed, LOSS_BPS);
                self.write_off(world, venue, lost)?;
                continue;
            }
            let moves = self.borrowers[venue].step(books, moment.prices, &moment.week_bps, state.token_price);
            act(world, MarketAction::Repay { venue, amount: moves.repay }, moves.repay)?;
            self.write_off(world, venue, moves.bad_debt)?;
            act(world, MarketAction::Borrow { venue, amount: moves.borrow }, moves.borrow)?;
        }
        Ok(())
    }

    fn write_off(&mut self, world: &mut dyn World, venue: usize, amount: u64) -> Result<(), Fault> {
        self.bad_debt[venue] += amount;
        act(world, MarketAction::WriteOff { venue, amount }, amount)
    }

    /// What is to be remembered of the day now ended; `true` with it where money was lost.
    pub fn end_day(&mut self, day: usize, date: Date, script: &Script) -> (Vec<Event>, Option<usize>) {
        let mut events = Vec::new();
        let mut losing = None;
        for (venue, amount) in self.bad_debt.iter_mut().enumerate().filter(|(_, amount)| **amount > 0) {
            let staged = script.loss == Some(day) && venue == LOSING;
            events.push(Event::BadDebt { date, venue, amount: *amount, staged });
            losing = Some(venue);
            *amount = 0;
        }
        if script.illiquid_from.contains(&day) {
            let to = Date(date.0 + ILLIQUID_DAYS as u32 - 1);
            events.push(Event::Illiquid { from: date, to, venue: SQUEEZED });
        }
        (events, losing)
    }
}

/// Acts unless there is nothing to do. A refusal of the venue is part of the market: the next step tries again.
fn act(world: &mut dyn World, action: MarketAction, amount: u64) -> Result<(), Fault> {
    if amount > 0 {
        world.market(action)?;
    }
    Ok(())
}

/// Change of each asset from the open `back` days ago to `now`, basis points; 0 at the start of the path.
pub fn changes_bps(days: &[Day], day: usize, back: usize, now: &Prices) -> [i64; 3] {
    let before = days[day.saturating_sub(back)].bars;
    std::array::from_fn(|asset| {
        let open = i128::from(before[asset].open);
        ((i128::from(now[asset]) - open) * 10_000 / open) as i64
    })
}
