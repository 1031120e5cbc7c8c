//! What the daily loop needs of a world: a chain with the suite on it, or a model of one in tests.

mod action;
mod adversary;
mod risk;
mod state;

pub use action::{KeeperAction, MarketAction, RoleAction, UserAction};
pub use adversary::{Adversary, Play};
pub use risk::{ClosedBar, FeedState, NetworkState, ProtocolState, RiskState};
pub use state::{Holding, Identity, LineState, TicketState, VaultState, VenueState};

use crate::prices::Prices;
use std::collections::BTreeMap;

/// How a transaction ended. A refusal is an answer, not a fault: the run goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It took effect; compute units per instruction, in order.
    Done(Vec<(&'static str, u64)>),
    /// The programs refused it by this name; nothing changed.
    Refused(String),
}

impl Outcome {
    /// Whether it took effect.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done(_))
    }

    /// Whether it was refused by `name`.
    pub fn is_refused_as(&self, name: &str) -> bool {
        matches!(self, Self::Refused(refusal) if refusal == name)
    }
}

/// Counters by name, in the order of the names.
pub type Counts = BTreeMap<String, u64>;

/// Why a run cannot go on: the machine failed, not a transaction.
pub type Fault = anyhow::Error;

/// A world to run the demo in.
pub trait World {
    /// Names of the venues, in the order of the ledger's lines.
    fn venues(&self) -> Vec<String>;

    /// Moves the clock to `time` (Unix seconds), and the price accounts and pools to `prices`.
    fn advance(&mut self, time: i64, prices: &Prices) -> Result<(), Fault>;

    /// Lets the outside world act on the venues.
    fn market(&mut self, action: MarketAction) -> Result<Outcome, Fault>;

    /// Sends a depositor's transaction.
    fn user(&mut self, depositor: usize, action: UserAction) -> Result<Outcome, Fault>;

    /// Sends a keeper's transaction.
    fn keeper(&mut self, action: KeeperAction) -> Result<Outcome, Fault>;

    /// Sends a transaction of the owner, curator or guardian.
    fn role(&mut self, action: RoleAction) -> Result<Outcome, Fault>;

    /// Lets adversaries play on copies of the world, which stays as it is; `next` are the prices of the coming step.
    fn adversaries(&mut self, next: &Prices) -> Result<Vec<Play>, Fault>;

    /// The vault and its ledger now.
    fn vault(&self) -> Result<VaultState, Fault>;

    /// The venues now, in the order of [`World::venues`].
    fn venue_states(&self) -> Result<Vec<VenueState>, Fault>;

    /// Forecasts, exposures, regime and damages now.
    fn risk(&self) -> Result<RiskState, Fault>;

    /// What a depositor has now.
    fn holding(&self, depositor: usize) -> Result<Holding, Fault>;

    /// The accounting identities over all accounts.
    fn identities(&self) -> Result<Vec<Identity>, Fault>;

    /// SHA-256 over all final accounts, in hex.
    fn accounts_hash(&self) -> Result<String, Fault>;
}
