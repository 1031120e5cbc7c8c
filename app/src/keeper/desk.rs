//! The planner of a real keeper: finds vaults, reads them, plans, packs and tries out.

use std::time::{Duration, Instant};

use anchor_lang::prelude::{Clock, Pubkey};

use super::config::KeeperConfig;
use super::plan::{plan, Plan, Purse};
use super::planner::{Package, Packed, Planner, Round, Trial};
use super::source::{self, PriceSource, SourceError};
use super::watch::{Roster, World};
use super::wire::Wire;
use super::{act, Action};
use crate::chain::{Chain, ChainError};

/// Finds vaults, reads them, plans, packs and tries out, as a configuration says.
pub struct Desk {
    config: KeeperConfig,
    keeper: Pubkey,
    source: Box<dyn PriceSource>,
    /// The kept vaults, and when they were found.
    roster: Option<(Roster, Instant)>,
    /// What the last round saw.
    world: Option<World>,
}

impl Desk {
    /// A planner that has not looked yet.
    ///
    /// # Errors
    ///
    /// [`SourceError::Unknown`] for a price source that this build has not.
    pub fn new(config: KeeperConfig, keeper: Pubkey) -> Result<Self, SourceError> {
        let source = source::open(&config.source)?;
        Ok(Self { config, keeper, source, roster: None, world: None })
    }

    /// What there is, and what is due.
    ///
    /// # Errors
    ///
    /// The chain's.
    pub fn look(&mut self, chain: &(impl Chain + ?Sized), purse: &Purse) -> Result<(&World, Plan), ChainError> {
        // Two worlds at once would take twice the memory.
        self.world = None;
        let every = Duration::from_secs(self.config.intervals.discover_seconds);
        let known = self.roster.take().filter(|(_, found)| found.elapsed() < every);
        let (mut roster, mut found) = match known {
            Some(known) => known,
            None => (Roster::discover(chain, &self.config, &self.keeper)?, Instant::now()),
        };
        let mut world = World::read(chain, &roster, self.source.as_mut())?;
        if world.outdated {
            (roster, found) = (Roster::discover(chain, &self.config, &self.keeper)?, Instant::now());
            world = World::read(chain, &roster, self.source.as_mut())?;
        }
        let plan = plan(&world, &self.config, purse);
        self.roster = Some((roster, found));
        Ok((self.world.insert(world), plan))
    }
}

impl Planner for Desk {
    fn round(&mut self, chain: &dyn Wire, purse: &Purse) -> Result<Round, ChainError> {
        let (world, plan) = self.look(chain, purse)?;
        for skipped in &plan.skipped {
            tracing::debug!(vault = %skipped.vault, kind = %skipped.kind, line = ?skipped.line, reason = skipped.reason, "skipped");
        }
        Ok(Round {
            clock: Clock { slot: world.slot, unix_timestamp: world.now, ..Clock::default() },
            wallet: world.lamports,
            vaults: world.vaults.len(),
            notes: world.problems.iter().map(|(key, problem)| named(key, problem)).collect(),
            actions: plan.actions,
        })
    }

    fn pack(&mut self, chain: &dyn Wire, actions: Vec<Action>) -> Result<Packed, ChainError> {
        match (&self.world, &self.roster) {
            (Some(world), Some((roster, _))) => act::pack(chain, world, roster, self.source.as_mut(), actions),
            // Without a round there is nothing to pack.
            _ => Ok(Packed::default()),
        }
    }

    fn trial(&mut self, chain: &dyn Wire, package: Package) -> Result<Trial, ChainError> {
        act::trial(chain, &self.keeper, package)
    }
}

/// A problem with the account that it is about; that of a source is about none.
pub(super) fn named(key: &Pubkey, problem: &str) -> String {
    match *key == Pubkey::default() {
        true => problem.to_owned(),
        false => format!("{key}: {problem}"),
    }
}
