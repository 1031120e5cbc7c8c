//! What stands in a package's way.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use anchor_lang::prelude::Pubkey;

use super::Flight;
use crate::keeper::planner::Package;
use crate::keeper::{ActionKey, ActionKind};

/// A vault that is left alone because others were faster.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pause {
    pub(super) until: Instant,
    pub(super) failures: u32,
}

/// What stands in the way of packages now.
pub(super) struct Busy {
    /// Actions under way.
    keys: HashSet<ActionKey>,
    /// Vaults with something under way, and whether all of it lets its like run beside it.
    vaults: HashMap<Pubkey, bool>,
    /// Vaults in which others were faster a moment ago.
    paused: HashSet<Pubkey>,
}

impl Busy {
    pub(super) fn new(flights: &[Flight], pauses: &HashMap<Pubkey, Pause>) -> Self {
        let (mut keys, mut vaults) = (HashSet::new(), HashMap::new());
        for work in flights.iter().flat_map(|flight| &flight.works) {
            keys.insert(work.key);
            *vaults.entry(work.vault).or_insert(true) &= runs_beside_others(work.key.kind);
        }
        let now = Instant::now();
        let paused = pauses.iter().filter(|(_, pause)| now < pause.until).map(|(vault, _)| *vault);
        Self { keys, vaults, paused: paused.collect() }
    }

    /// Whether a package has to wait.
    pub(super) fn stops(&self, package: &Package) -> bool {
        package.actions().any(|action| {
            let beside = match self.vaults.get(&action.vault) {
                None => true,
                Some(alike) => *alike && runs_beside_others(action.kind),
            };
            !beside || self.keys.contains(&action.key()) || self.paused.contains(&action.vault)
        })
    }
}

/// Whether several of a kind can be under way for one vault: each touches what no other of them does.
fn runs_beside_others(kind: ActionKind) -> bool {
    matches!(kind, ActionKind::UpdateFeed | ActionKind::Refresh)
}
