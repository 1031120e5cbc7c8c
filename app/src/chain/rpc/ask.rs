//! Which node gets a question, and what happens when it does not answer.

use std::{
    sync::{atomic::Ordering, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use solana_commitment_config::CommitmentConfig;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::client_error::Result as ClientResult;

use super::{
    endpoint::Trouble,
    quorum::{Observations, Verdict},
    Commitment, RpcChain,
};
use crate::chain::ChainError;

/// How long what several nodes said of the slot is relied on.
const VERDICT_LASTS: Duration = Duration::from_secs(2);
/// How often one node may fail one question before it is not asked it again.
const MOST_FAILURES: usize = 3;
/// How often a node may ask for patience with one question.
const MOST_PAUSES: usize = 10;

/// Where one question stands with one node.
#[derive(Clone, Copy, Default)]
struct Tried {
    failures: usize,
    pauses: usize,
    refused: bool,
}

impl Tried {
    fn spent(&self) -> bool {
        self.refused || self.failures >= MOST_FAILURES || self.pauses >= MOST_PAUSES
    }
}

impl RpcChain {
    /// Asks nodes that are believed, one after the other, until one answers: with pauses, and an end.
    pub(super) fn ask<T>(&self, question: impl Fn(&RpcClient) -> ClientResult<T>) -> Result<T, ChainError> {
        self.ask_until(|_| true, question)
    }

    /// As [`ask`](Self::ask), going on to the next node while the answer is not `good`; the last answer where none is.
    pub(super) fn ask_until<T>(
        &self,
        good: impl Fn(&T) -> bool,
        question: impl Fn(&RpcClient) -> ClientResult<T>,
    ) -> Result<T, ChainError> {
        let patience = self.options.timeout.saturating_mul(2);
        let deadline = Instant::now() + patience;
        let mut tried = vec![Tried::default(); self.endpoints.len()];
        let mut last: Option<(usize, Trouble)> = None;
        let mut poor = None;
        loop {
            for place in self.believed()? {
                let endpoint = &self.endpoints[place];
                if tried[place].spent() || endpoint.paused_until(Instant::now()).is_some() {
                    continue;
                }
                match endpoint.ask(&question) {
                    Ok(answer) if good(&answer) => {
                        self.preferred.store(place, Ordering::Relaxed);
                        return Ok(answer);
                    }
                    Ok(answer) => {
                        tried[place].refused = true;
                        poor = Some(answer);
                    }
                    Err(trouble) => {
                        match &trouble {
                            Trouble::Busy { .. } | Trouble::Behind => tried[place].pauses += 1,
                            Trouble::Down | Trouble::Lost(_) => tried[place].failures += 1,
                            Trouble::Refused { .. } => tried[place].refused = true,
                        }
                        last = Some((place, trouble));
                    }
                }
            }
            // Those that do not answer just now are not worth waiting for once others have.
            let pause = if poor.is_some() { None } else { self.next_pause(&tried, deadline) };
            let Some(pause) = pause else { break };
            thread::sleep(pause);
        }
        match (poor, last) {
            (Some(answer), _) => Ok(answer),
            (None, Some((place, trouble))) => Err(self.gave_up(place, &trouble)),
            (None, None) => Err(self.unreachable(0, "it is to be left alone for longer than this can wait".to_owned())),
        }
    }

    /// How long to wait for the first node that may be asked again; none where that leads nowhere.
    fn next_pause(&self, tried: &[Tried], deadline: Instant) -> Option<Duration> {
        let now = Instant::now();
        let open = self.endpoints.iter().zip(tried).filter(|(_, tried)| !tried.spent());
        let next = open.map(|(endpoint, _)| endpoint.paused_until(now).unwrap_or(now)).min()?;
        // A node that may be asked at once, yet was not, is not believed just now: give it time to come to its senses.
        let next = next.max(now + Duration::from_millis(50));
        (next <= deadline).then(|| next.duration_since(now))
    }

    fn gave_up(&self, place: usize, trouble: &Trouble) -> ChainError {
        match trouble {
            Trouble::Refused { reason, .. } => {
                let name = &self.endpoints[place].name;
                ChainError::Backend(format!("the node at {name} refuses the question: {reason}; try another node"))
            }
            Trouble::Behind => {
                // Whoever sees this knows that time may seem to go back; asking again must not fail for ever, as it
                // would after a test cluster was started anew.
                self.floor.store(0, Ordering::Relaxed);
                self.unreachable(place, trouble.reason())
            }
            _ => self.unreachable(place, trouble.reason()),
        }
    }

    pub(super) fn unreachable(&self, place: usize, reason: String) -> ChainError {
        ChainError::Unreachable { url: self.endpoints[place].name.clone(), reason }
    }

    /// The nodes to ask, the one that answered last first.
    pub(super) fn believed(&self) -> Result<Vec<usize>, ChainError> {
        let mut places = match self.endpoints.len() {
            1 => return Ok(vec![0]),
            // Where no node says where it is, each is asked the question itself: its error is the better one.
            all => self.verdict().map_or_else(|| (0..all).collect(), |verdict| verdict.trusted),
        };
        self.one_cluster()?;
        let preferred = self.preferred.load(Ordering::Relaxed);
        places.sort_by_key(|place| (*place != preferred, *place));
        match places.is_empty() {
            false => Ok(places),
            true => Err(self.unreachable(0, "the nodes disagree about the slot".to_owned())),
        }
    }

    /// That no two nodes belong to different clusters, as far as they have told.
    fn one_cluster(&self) -> Result<(), ChainError> {
        let mut told = self.endpoints.iter().filter_map(|endpoint| Some((&endpoint.name, endpoint.known_genesis()?)));
        let Some((first, cluster)) = told.next() else { return Ok(()) };
        match told.find(|(_, other)| *other != cluster) {
            None => Ok(()),
            Some((other, _)) => Err(ChainError::Backend(format!(
                "the nodes at {first} and {other} belong to different clusters: name nodes of one cluster"
            ))),
        }
    }

    /// Where a majority of the nodes is, at most two seconds ago; none where none answers.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        let mut observations = self.observations();
        if observations.at.is_none_or(|at| at.elapsed() >= VERDICT_LASTS) {
            let readings = self.readings(self.settled());
            observations.record(Instant::now(), &readings);
        }
        observations.verdict(self.options.max_slot_lag)
    }

    fn observations(&self) -> MutexGuard<'_, Observations> {
        self.observations.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The commitment for whatever must not be undone by a fork: ours, but `confirmed` at least.
    pub(super) fn settled(&self) -> CommitmentConfig {
        match self.options.commitment {
            Commitment::Finalized => CommitmentConfig::finalized(),
            _ => CommitmentConfig::confirmed(),
        }
    }

    /// The commitment that reads are asked at.
    pub(super) fn commitment(&self) -> CommitmentConfig {
        CommitmentConfig { commitment: self.options.commitment }
    }

    /// The slot that an answer must not be older than: what was read once does not seem undone.
    pub(super) fn floor(&self) -> Option<u64> {
        match self.floor.load(Ordering::Relaxed) {
            0 => None,
            slot => Some(slot),
        }
    }

    /// Takes down of which slot an answer was. A single node among several cannot drive it beyond what the majority's
    /// slot allows.
    pub(super) fn seen(&self, slot: u64) {
        let most = match self.endpoints.len() {
            1 => u64::MAX,
            _ => self
                .observations()
                .verdict(self.options.max_slot_lag)
                .map_or(0, |verdict| verdict.slot.saturating_add(self.options.max_slot_lag)),
        };
        self.floor.fetch_max(slot.min(most), Ordering::Relaxed);
    }
}
