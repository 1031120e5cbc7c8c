//! The daily loop: prices, borrowers, keepers, depositors, four times a day.

mod depositors;
mod keepers;
mod market;
mod mischief;
#[cfg(test)]
pub(crate) mod model;
#[cfg(test)]
mod model_risk;
mod record;
mod risk;
#[cfg(test)]
mod tests;

pub use record::{Activity, AdversaryAccount, DepositorAccount, Event, Point, Record, Tally};
pub use risk::{AssetDay, RiskRecord};

use super::population::{populate, Depositor, News, Wish};
use super::script::{Script, CLOSED_DAYS, PROPOSAL_DAYS};
use super::world::{Fault, KeeperAction, Play, RoleAction, VaultState, World};
use crate::prices::{Day, PricePath};
use depositors::Ledger;
use keepers::crank;
use market::{changes_bps, Market};
use mischief::Attempt;
use record::Sender;

/// Seconds after midnight UTC of the open, the two extremes and the close.
const STEP_SECONDS: [i64; 4] = [60, 8 * 3_600, 16 * 3_600, 24 * 3_600 - 60];
/// Rounds that adversaries get over a run, and the step after which they play: before the day's second extreme is known.
const ADVERSARIES_ROUNDS: usize = 12;
const ADVERSARIES_STEP: usize = 1;
/// The part of the wallet that everybody brings on the first day, thousandths.
const FOUNDING_PART: u64 = 400;

/// A run in progress.
struct Run<'a> {
    world: &'a mut dyn World,
    days: &'a [Day],
    script: Script,
    market: Market,
    population: Vec<Depositor>,
    ledger: Ledger,
    tally: Tally,
    points: Vec<Point>,
    events: Vec<Event>,
    plays: Vec<Play>,
    risk: RiskRecord,
    /// The line that is closed after a loss, and the day of the loss.
    closed: Option<(usize, usize)>,
    lines: usize,
}

/// Who lives in the world, to be created before the first day: the same as the loop will use.
pub fn depositors(seed: u64, count: usize) -> Vec<Depositor> {
    populate(seed, count)
}

/// Runs the whole path. `on_day` hears of each day that has ended.
pub fn run(
    world: &mut dyn World,
    path: &PricePath,
    seed: u64,
    count: usize,
    on_day: &mut dyn FnMut(usize),
) -> Result<Record, Fault> {
    let venues = world.venues();
    let lines = venues.len();
    let mut run = Run {
        world,
        days: &path.days,
        script: Script::for_days(&path.days),
        market: Market::new(lines),
        population: populate(seed, count),
        ledger: Ledger::new(count),
        tally: Tally::default(),
        points: Vec::with_capacity(path.days.len()),
        events: Vec::new(),
        plays: Vec::new(),
        risk: RiskRecord::default(),
        closed: None,
        lines,
    };
    for day in 0..path.days.len() {
        run.day(day)?;
        on_day(day);
    }
    // Gifts of the last days are adopted, so that nothing lies about that the books do not know.
    keepers::harvest_all(run.world, &mut run.tally)?;
    let vault = run.world.vault()?;
    Ok(Record {
        venues,
        points: run.points,
        events: run.events,
        tally: run.tally,
        depositors: run.ledger.close(run.world, &run.population)?,
        adversaries: AdversaryAccount::sum(&run.plays),
        risk: run.risk,
        vault,
        identities: run.world.identities()?,
        accounts_hash: run.world.accounts_hash()?,
    })
}

impl Run<'_> {
    fn day(&mut self, day: usize) -> Result<(), Fault> {
        let wishes = if day == 0 { self.founding() } else { self.ask(day)? };
        let steps = self.days[day].steps();
        for (step, prices) in steps.iter().enumerate() {
            self.world.advance(self.days[day].date.start() + STEP_SECONDS[step], prices)?;
            self.market.step(self.world, day, step, &self.script)?;
            if let Some(attempt) = mischief::before_refresh(day, step) {
                self.attempt(day, attempt)?;
            }
            crank(self.world, &mut self.tally, KeeperAction::Refresh)?;
            if step == 0 {
                self.open(day)?;
            }
            keepers::derisk(self.world, &mut self.tally, self.closed.map(|(line, _)| line))?;
            keepers::serve_queue(self.world, &mut self.tally, step == 0)?;
            if step == ADVERSARIES_STEP && self.is_adversaries_day(day) {
                let next = steps[step + 1];
                self.plays.extend(self.world.adversaries(&next)?);
            }
            for (depositor, _, wish) in wishes.iter().filter(|(_, when, _)| *when == step) {
                let line = self.open_line(day + depositor);
                self.ledger.fulfil(self.world, &mut self.tally, *depositor, *wish, line)?;
            }
        }
        if day == 0 {
            // The founders' money goes to work on the evening of the first day.
            for line in 0..self.lines {
                crank(self.world, &mut self.tally, KeeperAction::Rebalance(line))?;
            }
        }
        self.close(day)
    }

    /// Some days spread over the run, and the day of the loss.
    fn is_adversaries_day(&self, day: usize) -> bool {
        let every = self.days.len().div_ceil(ADVERSARIES_ROUNDS);
        day % every == every / 2 || self.script.loss == Some(day)
    }

    /// Everybody's first deposit.
    fn founding(&self) -> Vec<(usize, usize, Wish)> {
        let part = |depositor: &Depositor| value_down(depositor.endowment, FOUNDING_PART, 1_000);
        self.population.iter().enumerate().map(|(index, one)| (index, index % 4, Wish::Deposit(part(one)))).collect()
    }

    /// Asks every depositor; payments are claimed first.
    fn ask(&mut self, day: usize) -> Result<Vec<(usize, usize, Wish)>, Fault> {
        let news = self.news(day)?;
        let mut wishes = Vec::new();
        for index in 0..self.population.len() {
            let holding = self.world.holding(index)?;
            self.ledger.claim(self.world, &mut self.tally, index, &holding)?;
            if let Some((step, wish)) = self.population[index].decide(&news, &holding) {
                wishes.push((index, step, wish));
            }
        }
        Ok(wishes)
    }

    fn news(&self, day: usize) -> Result<News, Fault> {
        let vault = self.world.vault()?;
        let open = self.days[day].steps()[0];
        let mean = |changes: [i64; 3]| changes.iter().sum::<i64>() / 3;
        Ok(News {
            week_bps: mean(changes_bps(self.days, day, 7, &open)),
            day_bps: mean(changes_bps(self.days, day, 1, &open)),
            illiquid: self.script.is_illiquid(day),
            loss: self.closed.is_some(),
            nav: vault.nav[0],
            shares: vault.shares,
        })
    }

    /// The morning: roles act on yesterday's news, then keepers make their round.
    fn open(&mut self, day: usize) -> Result<(), Fault> {
        if let Some((line, since)) = self.closed {
            if day == since + 1 {
                self.role(RoleAction::PauseDeposits)?;
                self.role(RoleAction::WindDown(line))?;
            }
            if day == since + PROPOSAL_DAYS {
                self.role(RoleAction::ProposeActivation(line))?;
            }
            if day == since + 3 {
                self.role(RoleAction::LiftDeposits)?;
            }
            if day >= since + CLOSED_DAYS {
                self.role(RoleAction::Activate(line))?;
                self.closed = None;
            }
        }
        keepers::watch(self.world, &mut self.tally)?;
        for action in risk::scoring(day, self.risk.protocols()) {
            self.role(action)?;
        }
        let closed = self.closed.map(|(line, _)| line);
        keepers::daily_round(self.world, &mut self.tally, day, closed)
    }

    /// The evening: one attempt that must fail, the day's events, the day's point.
    fn close(&mut self, day: usize) -> Result<(), Fault> {
        let date = self.days[day].date;
        let vault = self.world.vault()?;
        if let Some(attempt) = mischief::of_day(day, &vault) {
            self.attempt(day, attempt)?;
        }
        let (events, losing) = self.market.end_day(self.world, day, date, &self.script)?;
        for action in risk::losses(&events, &self.world.venue_states()?) {
            crank(self.world, &mut self.tally, action)?;
        }
        self.risk.add(date, self.world.risk()?);
        self.events.extend(events);
        // A line that is already closed stays so for its time; a second loss in it does not start a new one.
        if let (Some(line), None) = (losing, self.closed) {
            self.closed = Some((line, day));
        }
        let vault = self.world.vault()?;
        let benchmarks = self.world.venue_states()?.iter().map(|state| state.benchmark).collect();
        let last = self.points.last().map_or(1.0, |point| point.share_price);
        self.points.push(Point {
            date,
            nav: vault.nav,
            share_price: share_price(&vault).unwrap_or(last),
            cash: vault.cash,
            queue: value_down(vault.queued_shares, vault.nav[0], vault.shares),
            lines: vault.lines.iter().map(|line| line.mid).collect(),
            benchmarks,
        });
        Ok(())
    }

    fn role(&mut self, action: RoleAction) -> Result<(), Fault> {
        let outcome = self.world.role(action)?;
        self.tally.count(Sender::Role, action.instruction(), &outcome);
        Ok(())
    }

    /// The troublemakers take turns.
    fn attempt(&mut self, day: usize, attempt: Attempt) -> Result<(), Fault> {
        match attempt {
            Attempt::User(action) if !self.population.is_empty() => {
                let depositor = day % self.population.len();
                self.ledger.send(self.world, &mut self.tally, depositor, action)?;
            }
            Attempt::User(_) => {}
            Attempt::KeeperTwice(action) => {
                crank(self.world, &mut self.tally, action)?;
                crank(self.world, &mut self.tally, action)?;
            }
        }
        Ok(())
    }

    /// A line that takes new money, in turn.
    fn open_line(&self, turn: usize) -> usize {
        let line = turn % self.lines.max(1);
        match self.closed {
            Some((closed, _)) if closed == line => (line + 1) % self.lines.max(1),
            _ => line,
        }
    }
}

/// Base units per share at the mid NAV; `None` while nobody holds shares.
fn share_price(vault: &VaultState) -> Option<f64> {
    (vault.shares > 0).then(|| vault.nav[1] as f64 / vault.shares as f64)
}

/// amount × numerator / denominator, rounded down; the amount itself for a denominator of 0 (the first share costs one
/// unit).
fn value_down(amount: u64, numerator: u64, denominator: u64) -> u64 {
    if denominator == 0 {
        return amount;
    }
    u64::try_from(u128::from(amount) * u128::from(numerator) / u128::from(denominator)).unwrap_or(u64::MAX)
}
