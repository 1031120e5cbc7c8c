//! Asking all nodes at once, without waiting for the slowest.

use std::{
    sync::{mpsc, Arc},
    thread,
    time::{Duration, Instant},
};

use solana_commitment_config::CommitmentConfig;

use super::{
    endpoint::Endpoint,
    quorum::{majority, Reading},
    RpcChain,
};

/// How long the others are waited for once one node has answered.
const AFTER_FIRST: Duration = Duration::from_secs(2);
/// How long the others are waited for once a majority has answered.
const AFTER_MAJORITY: Duration = Duration::from_millis(500);
/// Longer than any answer may take: every question has a time limit of its own.
const FOREVER: Duration = Duration::from_secs(3_600);

/// What came of asking one node among all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Each<T> {
    /// It answered, or failed to.
    Answered(T),
    /// It wants to be left alone and was not asked.
    Resting,
    /// It was asked; its answer is not there yet.
    Late,
}

impl<T> Each<T> {
    /// The answer, if there is one.
    pub fn answered(self) -> Option<T> {
        match self {
            Self::Answered(answer) => Some(answer),
            Self::Resting | Self::Late => None,
        }
    }
}

impl RpcChain {
    /// What each node says of where it is; none for those that rest, fail or take too long. Each is asked once for its
    /// cluster too.
    pub(super) fn readings(&self, commitment: CommitmentConfig) -> Vec<Option<Reading>> {
        let answers = self.ask_each(move |endpoint| {
            endpoint.genesis();
            let info = endpoint.ask(|client| client.get_epoch_info_with_commitment(commitment)).ok()?;
            Some(Reading { slot: info.absolute_slot, height: info.block_height })
        });
        answers.into_iter().map(|answer| answer.answered().flatten()).collect()
    }

    /// Asks all nodes at once, but those that want to be left alone. A single one is waited for as long as its answer may
    /// take; of several, the slow ones are not waited for once others have answered, though their questions go on.
    pub(super) fn ask_each<T: Send + 'static>(
        &self,
        question: impl Fn(&Endpoint) -> T + Send + Sync + 'static,
    ) -> Vec<Each<T>> {
        let now = Instant::now();
        let mut answers: Vec<Each<T>> = self
            .endpoints
            .iter()
            .map(|endpoint| match endpoint.paused_until(now).is_some() || endpoint.is_slow() {
                true => Each::Resting,
                false => Each::Late,
            })
            .collect();
        if let ([endpoint], [answer @ Each::Late]) = (self.endpoints.as_slice(), answers.as_mut_slice()) {
            *answer = Each::Answered(question(endpoint));
            return answers;
        }
        let asked = answers.iter().filter(|answer| matches!(answer, Each::Late)).count();
        let (sender, receiver) = mpsc::channel();
        let question = Arc::new(question);
        for (place, endpoint) in self.endpoints.iter().enumerate() {
            if matches!(answers[place], Each::Late) {
                let (sender, question, endpoint) = (sender.clone(), Arc::clone(&question), Arc::clone(endpoint));
                endpoint.owes();
                thread::spawn(move || {
                    let answer = question(&endpoint);
                    endpoint.has_answered();
                    // Whoever asked may have gone on without it.
                    let _ = sender.send((place, answer));
                });
            }
        }
        drop(sender);
        let mut until = now + FOREVER;
        for heard in 1..=asked {
            let Ok((place, answer)) = receiver.recv_timeout(until.saturating_duration_since(Instant::now())) else {
                break;
            };
            answers[place] = Each::Answered(answer);
            let patience = if heard >= majority(self.endpoints.len()) { AFTER_MAJORITY } else { AFTER_FIRST };
            until = until.min(Instant::now() + patience);
        }
        answers
    }
}
