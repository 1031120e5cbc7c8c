//! A contagion network derived anew from its history.
//!
//! The start is the network's creation, or its account in saved accounts. From there on every input (what owner, curator and
//! guardian set, what posters posted, every solution) is taken by the program's own functions, and chained into the hash as
//! the program does. Every solution tells the hash of all inputs before it: where it differs, a transaction is missing since
//! the last that agreed, or was told otherwise than it was sent. At the end the account is compared byte by byte.
//!
//! | module | subject |
//! |---|---|
//! | [`inputs`] | each input as the program takes it |
//! | [`derive`](mod@derive) | the derivation |
//! | [`compare`] | where two states differ |

pub mod compare;
pub mod derive;
pub mod inputs;

pub use derive::derive;

use anchor_lang::prelude::Pubkey;
use risk_oracle::state::Network;
use serde::Serialize;

use super::history::{each, settled, steps, Watch};
use super::{Divergence, Hole, ReplayError, Step};
use crate::chain::{Chain, Executed, History};
use crate::decode::events::OracleEvent;

/// What came of a network's replay.
#[derive(Clone, Debug, Serialize)]
pub struct NetworkReplay {
    /// The network.
    pub network: String,
    /// `creation` or `snapshot`.
    pub start: &'static str,
    /// Inputs that were taken, the creation and solutions among them.
    pub inputs: u64,
    /// Solutions that were repeated, each with the hash of all inputs before it.
    pub solutions: u64,
    /// Whether the derived account is the stored one.
    pub same: bool,
    /// Where transactions are missing.
    pub holes: Vec<Hole>,
    /// Where states differ; the first few.
    pub divergences: Vec<Divergence>,
    /// The derived hash of all inputs, hexadecimal.
    pub inputs_hash: String,
}

impl NetworkReplay {
    /// Whether nothing is missing and nothing differs.
    pub fn agrees(&self) -> bool {
        self.same && self.holes.is_empty() && self.divergences.is_empty()
    }
}

/// The network at `key`, and what it told up to this state, oldest first.
///
/// # Errors
///
/// [`ReplayError::Moving`], [`ReplayError::Lost`]; the chain's.
pub fn gather(
    chain: &(impl Chain + History),
    key: &Pubkey,
    since: u64,
    watch: Watch,
) -> Result<(Network, Vec<Step>), ReplayError> {
    let (mut last, mut steps) = (None, Vec::new());
    let network = settled(
        chain,
        key,
        |watch| each(chain, key, &mut last, since, watch, |executed| steps.extend(of_network(key, &executed))),
        watch,
    )?;
    Ok((network, steps))
}

/// What a transaction's events say of a network.
pub fn of_network(key: &Pubkey, executed: &Executed) -> Vec<Step> {
    steps(executed, |event| match event {
        OracleEvent::NetworkCreated(event) => event.network == *key,
        OracleEvent::NetworkParamsSet(event) => event.network == *key,
        OracleEvent::ProtocolSet(event) => event.network == *key,
        OracleEvent::EdgeCapSet(event) => event.network == *key,
        OracleEvent::PosterSet(event) => event.network == *key,
        OracleEvent::EdgePosted(event) => event.network == *key,
        OracleEvent::LossPosted(event) => event.network == *key,
        OracleEvent::ContagionSolved(event) => event.network == *key,
        OracleEvent::RoleChanged(event) => event.account == *key,
        OracleEvent::ChangeProposed(event) => event.target == *key,
        OracleEvent::ChangeApplied(event) => event.target == *key,
        _ => false,
    })
}
