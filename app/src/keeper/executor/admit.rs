//! What of a plan is not to be done now, and what is left alone after a refusal.

use std::collections::{HashMap, HashSet};

use anchor_lang::prelude::Pubkey;

use crate::keeper::backoff;
use crate::keeper::journal::{JournalError, Park};
use crate::keeper::planner::Left;
use crate::keeper::{Action, ActionKey};

use super::Executor;

/// The name under which an action is left alone that has landed, though the chain does not show it.
const NOT_SEEN: &str = "LandedButNotSeen";

impl Executor<'_> {
    /// What may begin: not what is parked, what an earlier signature may still do, what was done on the same nonce
    /// already, nor what needs any of it.
    pub(super) fn admit(&mut self, actions: Vec<Action>) -> Result<Vec<Action>, JournalError> {
        let now = self.now();
        let parked: HashMap<ActionKey, Park> =
            self.journal.parked(now)?.into_iter().map(|park| (park.key, park)).collect();
        let under_way: HashSet<ActionKey> =
            self.flights.iter().flat_map(|flight| flight.works.iter().map(|work| work.key)).collect();
        let mut kept_out: HashSet<ActionKey> = HashSet::new();
        let mut admitted = Vec::with_capacity(actions.len());
        for action in actions {
            let key = action.key();
            let waits = under_way.contains(&key)
                || parked.get(&key).is_some_and(|park| park.nonce == action.nonce)
                || action.needs.iter().any(|need| kept_out.contains(need));
            if waits {
                self.tally.put_off += 1;
                kept_out.insert(key);
            } else if self.journal.is_done(&key, action.nonce)? {
                // A node that is behind shows the chain as it was. Or the action does not move what it should: then it
                // must not be repeated without end.
                let reason = "it has landed, and the chain does not show it yet".to_owned();
                kept_out.insert(key);
                self.refuse(&Left { action, name: NOT_SEEN.to_owned(), reason })?;
            } else {
                admitted.push(action);
            }
        }
        Ok(admitted)
    }

    /// Leaves an action alone for a while, the longer the oftener it was refused. Others go on.
    pub(super) fn refuse(&mut self, left: &Left) -> Result<(), JournalError> {
        let Left { action, name, reason } = left;
        self.tally.refused += 1;
        self.metrics.refused(action.kind, name);
        self.told.refused.push(left.clone());
        let until = self.leave_alone(action.key(), action.vault, action.nonce, name)?;
        tracing::warn!(
            vault = %action.vault, action = %action.key(), name, reason, seconds = until - self.now(), "refused: parked"
        );
        Ok(())
    }

    /// Parks an action; until when, Unix seconds of the chain.
    pub(super) fn leave_alone(
        &mut self,
        key: ActionKey,
        vault: Pubkey,
        nonce: u64,
        name: &str,
    ) -> Result<i64, JournalError> {
        let now = self.now();
        let before = self.journal.park_of(&key)?.filter(|park| park.nonce == nonce);
        let refusals = before.as_ref().map_or(1, |park| park.refusals.saturating_add(1));
        let salt: [&[u8]; 4] =
            [self.payer.as_ref(), key.subject.as_ref(), key.kind.name().as_bytes(), &refusals.to_le_bytes()];
        let seconds = backoff::park_seconds(refusals, &salt);
        let until = now.saturating_add(i64::try_from(seconds).unwrap_or(i64::MAX));
        let since = before.map_or(now, |park| park.since);
        self.journal.park(&Park { key, vault, nonce, refusals, name: name.to_owned(), since, until })?;
        Ok(until)
    }
}
