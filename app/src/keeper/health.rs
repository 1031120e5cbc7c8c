//! Whether the keeper does its work, in one answer.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::executor::Trouble;

/// How the keeper is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// No cycle has ended yet.
    Starting,
    /// The last cycle went well.
    Ok,
    /// The last cycle broke off, or none has ended for too long.
    Degraded,
    /// It is about to end.
    Stopping,
}

/// What `/healthz` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Health {
    /// In one word.
    pub status: Condition,
    /// Whether the journal can be written. While it cannot, nothing is sent.
    pub journal: bool,
    /// Whether the chain answers.
    pub chain: bool,
    /// What is wrong, and what to do.
    pub problem: Option<String>,
    /// Seconds since a cycle last went well; none where none has.
    pub seconds_since_cycle: Option<u64>,
    /// Transactions whose outcome is not known.
    pub under_way: usize,
}

#[derive(Debug)]
struct State {
    condition: Condition,
    journal: bool,
    chain: bool,
    problem: Option<String>,
    last: Option<Instant>,
    begun: Instant,
    under_way: usize,
}

/// The state that the loop writes and the server reads. Clones share it.
#[derive(Clone, Debug)]
pub struct HealthState {
    state: Arc<Mutex<State>>,
    /// A cycle must have gone well within this long.
    patience: Duration,
}

impl HealthState {
    /// A keeper that starts now, of which a cycle is expected every `patience`.
    pub fn new(patience: Duration) -> Self {
        let state = State {
            condition: Condition::Starting,
            journal: true,
            chain: true,
            problem: None,
            last: None,
            begun: Instant::now(),
            under_way: 0,
        };
        Self { state: Arc::new(Mutex::new(state)), patience }
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn went_well(&self, under_way: usize) {
        self.with(|state| {
            *state = State {
                condition: Condition::Ok,
                journal: true,
                chain: true,
                problem: None,
                last: Some(Instant::now()),
                begun: state.begun,
                under_way,
            };
        });
    }

    pub(super) fn broke_off(&self, trouble: &Trouble, under_way: usize) {
        self.with(|state| {
            state.condition = Condition::Degraded;
            state.journal = !matches!(trouble, Trouble::Journal(_));
            state.chain = !matches!(trouble, Trouble::Chain(_));
            state.problem = Some(trouble.to_string());
            state.under_way = under_way;
        });
    }

    pub(super) fn stopping(&self) {
        self.with(|state| state.condition = Condition::Stopping);
    }

    /// How the keeper is now.
    pub fn now(&self) -> Health {
        let patience = self.patience;
        self.with(|state| {
            let late = state.last.unwrap_or(state.begun).elapsed() > patience;
            let alive = matches!(state.condition, Condition::Ok | Condition::Starting);
            let silent = (alive && late)
                .then(|| format!("no turn of the loop has ended for {} seconds: look at the log", patience.as_secs()));
            Health {
                status: if silent.is_some() { Condition::Degraded } else { state.condition },
                journal: state.journal,
                chain: state.chain,
                problem: silent.or_else(|| state.problem.clone()),
                seconds_since_cycle: state.last.map(|last| last.elapsed().as_secs()),
                under_way: state.under_way,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::ChainError;
    use crate::keeper::journal::JournalError;

    #[test]
    fn it_says_what_is_wrong_and_recovers() {
        let health = HealthState::new(Duration::from_secs(3_600));
        assert_eq!(health.now().status, Condition::Starting);

        health.broke_off(&Trouble::Journal(JournalError::Full { path: "k.sqlite".into() }), 2);
        let told = health.now();
        assert_eq!((told.status, told.journal, told.chain, told.under_way), (Condition::Degraded, false, true, 2));
        assert!(told.problem.unwrap().contains("no room for the journal k.sqlite"));

        health.broke_off(&Trouble::Chain(ChainError::Backend("gone".to_owned())), 0);
        assert_eq!((health.now().journal, health.now().chain), (true, false));

        health.went_well(0);
        let told = health.now();
        assert_eq!((told.status, told.journal, told.chain, told.problem), (Condition::Ok, true, true, None));
        assert_eq!(told.seconds_since_cycle, Some(0));
        health.stopping();
        assert_eq!(health.now().status, Condition::Stopping);
    }

    #[test]
    fn silence_is_no_health() {
        let health = HealthState::new(Duration::ZERO);
        health.went_well(0);
        std::thread::sleep(Duration::from_millis(2));
        assert_eq!(health.now().status, Condition::Degraded);
        assert!(health.now().problem.unwrap().starts_with("no turn of the loop"));
    }
}
