//! What a turn would do, without a signature and without a journal.

use anchor_lang::prelude::Pubkey;
use serde::Serialize;
use thiserror::Error;

use super::config::KeeperConfig;
use super::executor::{budget, SPENDING_WINDOW};
use super::journal::{JournalError, Records};
use super::plan::Purse;
use super::planner::Planner;
use super::wire::Wire;
use super::{Action, Urgency};
use crate::chain::ChainError;

/// Why there is no rehearsal.
#[derive(Debug, Error)]
pub enum RehearsalError {
    /// The chain does not answer.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// What a turn would do.
#[derive(Clone, Debug, Serialize)]
pub struct Rehearsal {
    /// The chain's slot.
    pub slot: u64,
    /// Vaults that were looked at.
    pub vaults: usize,
    /// What may still be spent of the hour's limit, lamports.
    pub lamports_left: u64,
    /// What is due, in the order in which it would run.
    pub actions: Vec<Rehearsed>,
    /// What is left aside, and why.
    pub notes: Vec<String>,
}

/// One action that is due.
#[derive(Clone, Debug, Serialize)]
pub struct Rehearsed {
    /// Which action.
    pub action: String,
    /// The vault that it serves.
    pub vault: String,
    /// How much it matters.
    pub urgency: Urgency,
    /// Pay expected, base units of the vault.
    pub expected_pay: u64,
    /// Why it is due.
    pub reason: String,
    /// What the trial showed.
    pub verdict: Verdict,
}

/// What a trial showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// It would be sent.
    WouldBeSent {
        /// Actions in the same transaction, this one included.
        together: usize,
        /// Compute units that the transaction used.
        units: u64,
        /// Lamports that it can cost at most.
        lamports: u64,
    },
    /// A program refused it.
    Refused {
        /// The error's name.
        name: String,
        /// The same in words.
        reason: String,
    },
    /// It is tried out when what it stands on has landed.
    Waits,
    /// It was refused before and is left alone until then, Unix seconds.
    Parked {
        /// The refusal's name.
        name: String,
        /// Until when.
        until: i64,
    },
}

/// Plans a turn and tries out what can be tried.
///
/// # Errors
///
/// Those of the chain and the journal.
pub fn rehearse(
    chain: &dyn Wire,
    planner: &mut dyn Planner,
    payer: &Pubkey,
    config: &KeeperConfig,
    records: Option<&Records>,
) -> Result<Rehearsal, RehearsalError> {
    let now = chain.clock()?.unix_timestamp;
    let spent = records.map_or(Ok(0), |records| records.spending(now - SPENDING_WINDOW).map(|spent| spent.total()))?;
    let lamports_left = config.limits.max_lamports_per_hour.saturating_sub(spent);
    let compute_unit_price = config.limits.compute_unit_price.unwrap_or(0).min(config.limits.max_compute_unit_price);
    let round = planner.round(chain, &Purse { lamports_left, compute_unit_price })?;
    let mut actions = Vec::with_capacity(round.actions.len());
    let mut open = Vec::with_capacity(round.actions.len());
    for action in round.actions {
        match parked(records, &action, now)? {
            Some(verdict) => actions.push(rehearsed(&action, verdict)),
            None => open.push(action),
        }
    }
    let packed = planner.pack(chain, open)?;
    for left in packed.left {
        actions.push(rehearsed(&left.action, Verdict::Refused { name: left.name, reason: left.reason }));
    }
    let blockhash = chain.latest_blockhash()?;
    for package in packed.packages {
        if !package.after.is_empty() || package.completes.is_empty() {
            actions.extend(package.completes.iter().map(|action| rehearsed(action, Verdict::Waits)));
            continue;
        }
        let trial = planner.trial(chain, package)?;
        for (package, units) in trial.ready {
            let prepared =
                budget::prepare(payer, &package, units, compute_unit_price, blockhash, 0).map_err(ChainError::from)?;
            let (together, lamports) = (package.completes.len(), prepared.reserve);
            let verdict = Verdict::WouldBeSent { together, units, lamports };
            actions.extend(package.completes.iter().map(|action| rehearsed(action, verdict.clone())));
        }
        for left in trial.left {
            actions.push(rehearsed(&left.action, Verdict::Refused { name: left.name, reason: left.reason }));
        }
    }
    Ok(Rehearsal { slot: round.clock.slot, vaults: round.vaults, lamports_left, actions, notes: round.notes })
}

fn parked(records: Option<&Records>, action: &Action, now: i64) -> Result<Option<Verdict>, JournalError> {
    let Some(records) = records else { return Ok(None) };
    let park = records.park_of(&action.key())?;
    let waits = park.filter(|park| park.until > now && park.nonce == action.nonce);
    Ok(waits.map(|park| Verdict::Parked { name: park.name, until: park.until }))
}

fn rehearsed(action: &Action, verdict: Verdict) -> Rehearsed {
    Rehearsed {
        action: action.key().to_string(),
        vault: action.vault.to_string(),
        urgency: action.urgency,
        expected_pay: action.expected_pay,
        reason: action.reason.clone(),
        verdict,
    }
}
