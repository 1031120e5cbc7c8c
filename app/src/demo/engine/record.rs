//! What a run leaves behind: a point per day, counts, and every depositor's account.

use super::risk::RiskRecord;
use crate::date::Date;
use crate::demo::population::Temperament;
use crate::demo::world::{Adversary, Counts, Identity, Outcome, Play, VaultState};
use std::collections::BTreeMap;

/// The vault at the end of one day, base units unless said otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The day.
    pub date: Date,
    /// NAV low, mid, high.
    pub nav: [u64; 3],
    /// Base units per share at the mid NAV; the last known one while nobody holds shares.
    pub share_price: f64,
    /// Cash.
    pub cash: u64,
    /// Value of the queued shares at the low NAV.
    pub queue: u64,
    /// Mid value of each line.
    pub lines: Vec<u64>,
    /// What 1,000,000 USDC kept in each single venue would be worth.
    pub benchmarks: Vec<u64>,
}

/// Something worth marking in a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Borrowers' debt was written off.
    BadDebt {
        /// The day.
        date: Date,
        /// Position of the venue.
        venue: usize,
        /// Venue token units over the day.
        amount: u64,
        /// Whether the script caused it, rather than prices.
        staged: bool,
    },
    /// A venue could not pay out.
    Illiquid {
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
        /// Position of the venue.
        venue: usize,
    },
}

/// Transactions of one kind of sender.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// Those that took effect, by instruction.
    pub done: Counts,
    /// Those that were refused, by instruction.
    pub refused: Counts,
}

impl Activity {
    /// How many took effect.
    pub fn total_done(&self) -> u64 {
        self.done.values().sum()
    }

    /// How many were refused.
    pub fn total_refused(&self) -> u64 {
        self.refused.values().sum()
    }
}

/// Who sent a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// A depositor.
    User,
    /// A keeper.
    Keeper,
    /// Owner, curator or guardian.
    Role,
}

/// Counts of everything sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Depositors' transactions.
    pub user: Activity,
    /// Keepers'.
    pub keeper: Activity,
    /// Those of owner, curator and guardian.
    pub role: Activity,
    /// Instructions in keepers' transactions that took effect: a refresh carries several.
    pub keeper_instructions: Counts,
    /// Refusals of all senders by the error's name.
    pub refusals: Counts,
    /// Compute units of each successful instruction.
    pub compute: BTreeMap<&'static str, Vec<u64>>,
}

impl Tally {
    /// Counts one transaction.
    pub fn count(&mut self, sender: Sender, instruction: &str, outcome: &Outcome) {
        let activity = match sender {
            Sender::User => &mut self.user,
            Sender::Keeper => &mut self.keeper,
            Sender::Role => &mut self.role,
        };
        match outcome {
            Outcome::Done(compute) => {
                *activity.done.entry(instruction.to_owned()).or_default() += 1;
                for (name, units) in compute {
                    if sender == Sender::Keeper {
                        *self.keeper_instructions.entry((*name).to_owned()).or_default() += 1;
                    }
                    self.compute.entry(name).or_default().push(*units);
                }
            }
            Outcome::Refused(name) => {
                *activity.refused.entry(instruction.to_owned()).or_default() += 1;
                *self.refusals.entry(name.clone()).or_default() += 1;
            }
        }
    }
}

/// One depositor at the end, base units unless said otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepositorAccount {
    /// How it thinks.
    pub temperament: Temperament,
    /// Paid in over the run.
    pub deposited: u64,
    /// Taken out over the run.
    pub withdrawn: u64,
    /// Shares at the end, queued ones included, share units.
    pub shares: u64,
    /// What those and unclaimed payments are worth at the mid NAV, rounded down.
    pub value: u64,
    /// Transactions that took effect.
    pub transactions: u64,
}

impl DepositorAccount {
    /// Value + withdrawn − deposited.
    pub fn profit(&self) -> i128 {
        i128::from(self.value) + i128::from(self.withdrawn) - i128::from(self.deposited)
    }
}

/// What one adversary has tried over the run, base units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdversaryAccount {
    /// Who.
    pub adversary: Adversary,
    /// Rounds played.
    pub rounds: u64,
    /// Transactions sent.
    pub attempts: u64,
    /// Of them refused.
    pub refused: u64,
    /// Sum of the rounds' gains, after fees.
    pub gained: i128,
    /// The best round's gain.
    pub best: i128,
    /// Sum of what the others lost to it.
    pub others_lost: i128,
}

impl AdversaryAccount {
    /// Adds rounds up, adversary by adversary.
    pub fn sum(plays: &[Play]) -> Vec<Self> {
        let of = |adversary: Adversary| {
            let mine = plays.iter().filter(|play| play.adversary == adversary);
            mine.fold(None, |sum: Option<Self>, play| {
                let sum = sum.unwrap_or(Self {
                    adversary,
                    rounds: 0,
                    attempts: 0,
                    refused: 0,
                    gained: 0,
                    best: i128::MIN,
                    others_lost: 0,
                });
                Some(Self {
                    adversary,
                    rounds: sum.rounds + 1,
                    attempts: sum.attempts + play.attempts,
                    refused: sum.refused + play.refused,
                    gained: sum.gained + play.gained,
                    best: sum.best.max(play.gained),
                    others_lost: sum.others_lost + play.others_lost,
                })
            })
        };
        Adversary::ALL.into_iter().filter_map(of).collect()
    }
}

/// The whole run.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The venues' names, in the order of the lines.
    pub venues: Vec<String>,
    /// One per day.
    pub points: Vec<Point>,
    /// In the order of time.
    pub events: Vec<Event>,
    /// Counts.
    pub tally: Tally,
    /// Each depositor, in the order of the population.
    pub depositors: Vec<DepositorAccount>,
    /// What adversaries tried, those that played.
    pub adversaries: Vec<AdversaryAccount>,
    /// What was seen of risk, day by day.
    pub risk: RiskRecord,
    /// The vault at the end.
    pub vault: VaultState,
    /// The accounting identities.
    pub identities: Vec<Identity>,
    /// SHA-256 over all final accounts, in hex.
    pub accounts_hash: String,
}
