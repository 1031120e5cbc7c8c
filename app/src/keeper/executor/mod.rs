//! Carries a plan out: several vaults at once, each transaction journalled before it can be on the wire.
//!
//! What is under way is a *flight*. Flights outlive a cycle, and, through the journal, the process: the next cycle, or
//! the next process, looks them up before anything else is sent for the same action. The same signed bytes are handed
//! over again until they land or never can; nothing is signed anew while an earlier signature may still land.

mod admit;
pub(crate) mod budget;
mod busy;
mod launch;
mod outside;
mod poll;
mod queue;
mod settings;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anchor_lang::prelude::{Clock, Pubkey};
use solana_message::Hash;
use solana_signer::Signer;
use thiserror::Error;

use super::journal::{CycleEnd, Journal, JournalError, Recorded, Work};
use super::metrics::Metrics;
use super::plan::Purse;
use super::planner::{Left, Planner};
use super::step::{Observer, Step};
use super::stop::Stop;
use super::wire::Wire;
use crate::chain::ChainError;
use crate::transaction::BuildError;

pub use settings::Settings;

use busy::{Busy, Pause};
use queue::Queue;

/// Seconds in which spending is bounded.
pub const SPENDING_WINDOW: i64 = 3_600;
/// When asked to stop, what is under way gets this long to land. What does not is left to the journal.
const GRACE: Duration = Duration::from_secs(5);
/// Milliseconds of a slot, to tell about where a cycle ended.
const SLOT_MS: u128 = 400;

/// Why a cycle ended before its time. Nothing is lost: the next one goes on from the journal and the chain.
#[derive(Debug, Error)]
pub enum Trouble {
    /// The journal cannot be used: nothing is sent.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The chain does not answer.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The key does not sign.
    #[error(transparent)]
    NotSigned(#[from] BuildError),
}

/// A transaction whose outcome is not known yet.
#[derive(Debug)]
struct Flight {
    works: Vec<Work>,
    recorded: Recorded,
    reserve: u64,
    /// Its package's place in the plan of this cycle; none for what was sent before it.
    place: Option<usize>,
    /// When the bytes were last handed over.
    handed: Option<Instant>,
    /// How often it was seen to have landed while the node had no record of what it cost.
    without_record: u32,
}

/// Carries plans out.
pub struct Executor<'a> {
    chain: &'a dyn Wire,
    signer: &'a dyn Signer,
    payer: Pubkey,
    journal: Journal,
    settings: Settings,
    metrics: Metrics,
    stop: Stop,
    observer: Option<Observer>,
    flights: Vec<Flight>,
    pauses: HashMap<Pubkey, Pause>,
    /// The chain's time when it was last asked, and when that was here.
    clock: (Clock, Instant),
    blockhash: Option<(Hash, u64, Instant)>,
    /// Bids of this cycle, by vault.
    unit_prices: HashMap<Pubkey, u64>,
    /// The last of them.
    unit_price: u64,
    height_asked: Option<Instant>,
    outside_counted: Option<Instant>,
    pruned: Option<Instant>,
    cycle: i64,
    /// Messages made, by this process and those before it.
    number: u64,
    tally: CycleEnd,
    told: Told,
}

/// What a turn has to tell beside its numbers.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// What could not be looked at or is left aside, and why.
    pub notes: Vec<String>,
    /// What was refused, and why.
    pub refused: Vec<Left>,
}

impl<'a> Executor<'a> {
    /// Takes up what the journal says is under way.
    ///
    /// # Errors
    ///
    /// The journal's.
    pub fn new(
        chain: &'a dyn Wire,
        signer: &'a dyn Signer,
        journal: Journal,
        settings: Settings,
        metrics: Metrics,
        stop: Stop,
    ) -> Result<Self, JournalError> {
        let (unsettled, number) = (journal.unsettled()?, journal.last_intent()?);
        let flights = unsettled.into_iter().map(|one| Flight {
            works: one.works,
            recorded: one.recorded,
            reserve: one.reserve,
            place: None,
            handed: None,
            without_record: 0,
        });
        Ok(Self {
            payer: signer.pubkey(),
            chain,
            signer,
            flights: flights.collect(),
            journal,
            unit_price: settings.compute_unit_price.unwrap_or_default(),
            settings,
            metrics,
            stop,
            observer: None,
            pauses: HashMap::new(),
            clock: (Clock::default(), Instant::now()),
            blockhash: None,
            unit_prices: HashMap::new(),
            height_asked: None,
            outside_counted: None,
            pruned: None,
            cycle: 0,
            number,
            tally: CycleEnd::default(),
            told: Told::default(),
        })
    }

    /// Tells `observer` of every step.
    #[must_use]
    pub fn with_observer(mut self, observer: Observer) -> Self {
        self.observer = Some(observer);
        self
    }

    /// The key that signs and pays.
    pub fn payer(&self) -> Pubkey {
        self.payer
    }

    /// The journal.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The journal, to set its limit.
    pub fn journal_mut(&mut self) -> &mut Journal {
        &mut self.journal
    }

    /// The number of the newest cycle in the journal.
    pub fn cycle_number(&self) -> i64 {
        self.cycle
    }

    /// What the newest cycle has to tell beside its numbers.
    pub fn told(&self) -> &Told {
        &self.told
    }

    /// How many transactions are under way.
    pub fn under_way(&self) -> usize {
        self.flights.len()
    }

    fn observe(&mut self, step: Step) {
        if let Some(observer) = &mut self.observer {
            observer(step);
        }
    }

    /// The chain's time now, Unix seconds: what it said, and what has passed here since.
    fn now(&self) -> i64 {
        let (clock, asked) = &self.clock;
        clock.unix_timestamp.saturating_add(i64::try_from(asked.elapsed().as_secs()).unwrap_or(i64::MAX))
    }

    /// One turn: settle, plan, execute. What was done is in the journal and in the answer, and in the journal too where
    /// it ended early.
    ///
    /// # Errors
    ///
    /// [`Trouble`], which ended it.
    pub fn cycle(&mut self, planner: &mut dyn Planner) -> Result<CycleEnd, Trouble> {
        self.clock = (self.chain.clock()?, Instant::now());
        self.tally = CycleEnd::default();
        self.told = Told::default();
        self.unit_prices.clear();
        for flight in &mut self.flights {
            flight.place = None;
        }
        let (slot, at) = (self.clock.0.slot, self.clock.0.unix_timestamp);
        self.cycle = self.journal.begin_cycle(slot, at)?;
        self.observe(Step::CycleBegun);
        let worked = self.work(planner);
        let passed = u64::try_from(self.clock.1.elapsed().as_millis() / SLOT_MS).unwrap_or(u64::MAX);
        self.tally.slot = slot.saturating_add(passed);
        self.tally.problem = worked.as_ref().err().map(ToString::to_string);
        self.metrics.tallied(&self.tally);
        let ended = self.journal.end_cycle(self.cycle, &self.tally);
        worked?;
        ended?;
        self.observe(Step::CycleEnded);
        Ok(self.tally.clone())
    }

    fn work(&mut self, planner: &mut dyn Planner) -> Result<(), Trouble> {
        self.poll(&mut Queue::default())?;
        self.count_outside()?;
        self.prune()?;
        self.observe(Step::Reconciled);
        let spent = self.journal.spending(self.now() - SPENDING_WINDOW)?;
        self.metrics.spending(&spent, self.settings.max_lamports_per_hour);
        let lamports_left = self.settings.max_lamports_per_hour.saturating_sub(spent.total());
        let round = planner.round(self.chain, &Purse { lamports_left, compute_unit_price: self.unit_price })?;
        self.tally.planned = round.actions.len() as u64;
        self.metrics.planned(&round);
        for note in &round.notes {
            tracing::warn!(note, "left aside");
        }
        self.told.notes = round.notes;
        let actions = self.admit(round.actions)?;
        let packed = planner.pack(self.chain, actions)?;
        for left in &packed.left {
            self.refuse(left)?;
        }
        self.observe(Step::Planned);
        self.carry_out(planner, Queue::new(packed.packages))
    }

    fn carry_out(&mut self, planner: &mut dyn Planner, mut queue: Queue) -> Result<(), Trouble> {
        let mut progress = Instant::now();
        let mut stopping = None;
        loop {
            while self.flights.len() < self.settings.flights && !self.stop.is_requested() {
                let busy = Busy::new(&self.flights, &self.pauses);
                let mut dropped = 0;
                let next =
                    queue.next(|package| busy.stops(package), |package| dropped += package.completes.len() as u64);
                self.tally.put_off += dropped;
                let Some((place, package)) = next else { break };
                self.begin(planner, place, package, &mut queue)?;
                progress = Instant::now();
            }
            if self.flights.is_empty() || progress.elapsed() >= self.settings.patience {
                break;
            }
            if self.stop.sleep(self.settings.poll) {
                if stopping.get_or_insert_with(Instant::now).elapsed() >= GRACE {
                    break;
                }
                std::thread::sleep(self.settings.poll);
            }
            let before = self.flights.len();
            self.poll(&mut queue)?;
            if self.flights.len() < before {
                progress = Instant::now();
            }
        }
        self.tally.put_off += queue.waiting().map(|package| package.completes.len() as u64).sum::<u64>();
        Ok(())
    }

    /// Forgets what is old, once a day.
    fn prune(&mut self) -> Result<(), JournalError> {
        if self.pruned.is_none_or(|last| last.elapsed() >= Duration::from_secs(86_400)) {
            self.journal.prune(self.now())?;
            self.pruned = Some(Instant::now());
        }
        Ok(())
    }
}
