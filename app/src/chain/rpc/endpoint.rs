//! One node: its client, its pauses, and what its errors mean.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
    },
    time::{Duration, Instant},
};

use reqwest::Url;
use solana_message::Hash;
use solana_rpc_client::rpc_client::{RpcClient, RpcClientConfig};
use solana_rpc_client_api::{
    client_error::{Error, ErrorKind, Result as ClientResult},
    custom_error as codes,
    request::{RpcError, RpcResponseErrorData},
    response::RpcSimulateTransactionResult,
};

use super::{
    options::address,
    sender::{Http, Told},
};
use crate::chain::ChainError;

/// The first pause after a failure; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause that a node did not ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// How many answers a node may owe before it is passed over where all nodes are asked.
const MOST_OWED: usize = 8;
/// JSON-RPC's own code for a failure inside the server.
const INTERNAL_ERROR: i64 = -32603;

/// Why a node gave no answer.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It wants fewer questions, or does not feel well: later, and after what it asked for.
    Busy { reason: String, wait: Option<Duration> },
    /// It has not reached the slot that an earlier answer was of.
    Behind,
    /// No connection: it does not know of the question.
    Down,
    /// No answer, or none that could be read: it may have acted or not.
    Lost(String),
    /// It answered that it will not.
    Refused { reason: String, simulated: Option<Box<RpcSimulateTransactionResult>> },
}

impl Trouble {
    /// In words, for a sentence that names the node.
    pub fn reason(&self) -> String {
        match self {
            Self::Busy { reason, wait: None } | Self::Lost(reason) | Self::Refused { reason, .. } => reason.clone(),
            Self::Busy { reason, wait: Some(wait) } => {
                format!("{reason}, and to be asked again in {} s", wait.as_secs())
            }
            Self::Down => "no connection".to_owned(),
            Self::Behind => "it is behind what was already read; it may be catching up".to_owned(),
        }
    }

    fn of(error: &Error, told: Option<Duration>) -> Self {
        match error.kind() {
            ErrorKind::Reqwest(error) => match error.status().map(|status| status.as_u16()) {
                Some(429) => Self::Busy { reason: "it wants fewer questions (429)".to_owned(), wait: told },
                Some(503) => Self::Busy { reason: "it is busy (503)".to_owned(), wait: told },
                Some(status @ (401 | 403)) => {
                    Self::Refused { reason: format!("it asks for a key ({status})"), simulated: None }
                }
                Some(status) => Self::Lost(format!("it answered {status}")),
                None if error.is_connect() => Self::Down,
                None if error.is_timeout() => Self::Lost("it did not answer in time".to_owned()),
                None if error.is_decode() => Self::Lost("its answer cannot be read".to_owned()),
                None => Self::Lost(format!("the connection broke ({error})")),
            },
            ErrorKind::RpcError(RpcError::RpcResponseError { code, message, data }) => match *code {
                codes::JSON_RPC_SERVER_ERROR_NODE_UNHEALTHY => {
                    Self::Busy { reason: format!("it said '{message}'"), wait: None }
                }
                codes::JSON_RPC_SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED => Self::Behind,
                INTERNAL_ERROR
                | codes::JSON_RPC_SERVER_ERROR_BLOCK_NOT_AVAILABLE
                | codes::JSON_RPC_SERVER_ERROR_BLOCK_STATUS_NOT_AVAILABLE_YET
                | codes::JSON_RPC_SCAN_ERROR => Self::Lost(format!("it said '{message}' ({code})")),
                _ => Self::Refused {
                    reason: match error.request() {
                        Some(asked) => format!("to {asked} it said '{message}' ({code})"),
                        None => format!("it said '{message}' ({code})"),
                    },
                    simulated: match data {
                        RpcResponseErrorData::SendTransactionPreflightFailure(result) => Some(Box::new(result.clone())),
                        _ => None,
                    },
                },
            },
            other => Self::Lost(format!("its answer cannot be read ({other})")),
        }
    }
}

/// A node.
pub(super) struct Endpoint {
    /// Scheme and host.
    pub name: String,
    /// Where it is.
    pub url: Url,
    /// The cluster that it belongs to, once it has told.
    genesis: OnceLock<Hash>,
    client: RpcClient,
    told: Told,
    pause: Mutex<Pause>,
    /// Answers that it owes to those who ask all nodes at once.
    owed: AtomicUsize,
}

#[derive(Default)]
struct Pause {
    until: Option<Instant>,
    failures: u32,
}

impl Endpoint {
    pub fn new(url: &str, timeout: Duration) -> Result<Self, ChainError> {
        let (url, name) = address(url)?;
        let told = Told::default();
        let sender = Http::new(url.clone(), timeout, Arc::clone(&told))
            .map_err(|error| ChainError::Backend(format!("no connection can be prepared: {}", error.without_url())))?;
        let client = RpcClient::new_sender(sender, RpcClientConfig::default());
        Ok(Self {
            name,
            url,
            genesis: OnceLock::new(),
            client,
            told,
            pause: Mutex::default(),
            owed: AtomicUsize::new(0),
        })
    }

    /// When it may be asked again; none where that is now.
    pub fn paused_until(&self, now: Instant) -> Option<Instant> {
        self.pause().until.filter(|until| *until > now)
    }

    /// The hash of its cluster's first block, asked for once; none where it does not tell.
    pub fn genesis(&self) -> Option<Hash> {
        if let Some(known) = self.known_genesis() {
            return Some(known);
        }
        let told = self.ask(|client| client.get_genesis_hash()).ok()?;
        Some(*self.genesis.get_or_init(|| told))
    }

    /// As [`genesis`](Self::genesis), without asking.
    pub fn known_genesis(&self) -> Option<Hash> {
        self.genesis.get().copied()
    }

    /// Whether it owes so many answers that it is better not asked another question now.
    pub fn is_slow(&self) -> bool {
        self.owed.load(Ordering::Relaxed) >= MOST_OWED
    }

    /// Counts an answer that it owes from now on.
    pub fn owes(&self) {
        self.owed.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts that it has given one.
    pub fn has_answered(&self) {
        self.owed.fetch_sub(1, Ordering::Relaxed);
    }

    fn pause(&self) -> MutexGuard<'_, Pause> {
        self.pause.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks once. A failure sets the pause after which the node is asked again.
    pub fn ask<T>(&self, question: impl FnOnce(&RpcClient) -> ClientResult<T>) -> Result<T, Trouble> {
        match question(&self.client) {
            Ok(answer) => {
                *self.pause() = Pause::default();
                Ok(answer)
            }
            Err(error) => {
                let told = self.told.lock().unwrap_or_else(PoisonError::into_inner).take();
                let trouble = Trouble::of(&error, told);
                self.rest(&trouble);
                Err(trouble)
            }
        }
    }

    fn rest(&self, trouble: &Trouble) {
        let mut pause = self.pause();
        let wait = match trouble {
            Trouble::Refused { .. } => return,
            // It is alive, only slower: soon again.
            Trouble::Behind => jittered(FIRST_PAUSE),
            Trouble::Busy { wait, .. } => {
                pause.failures = pause.failures.saturating_add(1);
                jittered(backoff(pause.failures)).max(wait.unwrap_or_default())
            }
            Trouble::Down | Trouble::Lost(_) => {
                pause.failures = pause.failures.saturating_add(1);
                jittered(backoff(pause.failures))
            }
        };
        pause.until = Instant::now().checked_add(wait);
    }
}

/// The pause after so many failures in a row, the first being 1.
fn backoff(failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    FIRST_PAUSE.saturating_mul(1 << doublings).min(LONGEST_PAUSE)
}

/// Between half of `pause` and all of it, so that many clients do not come back at once.
pub(super) fn jittered(pause: Duration) -> Duration {
    // Each new state has keys of its own: randomness enough to spread requests.
    let part = RandomState::new().build_hasher().finish() % 1_000;
    pause / 2 + pause.mul_f64(0.5 * part as f64 / 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_ten_seconds() {
        let seconds = [1, 2, 3, 4, 5, 6, 7, 100].map(|failures| backoff(failures).as_millis());
        assert_eq!(seconds, [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
        for _ in 0..100 {
            let pause = jittered(Duration::from_secs(2));
            assert!((Duration::from_secs(1)..=Duration::from_secs(2)).contains(&pause), "{pause:?}");
        }
    }
}
