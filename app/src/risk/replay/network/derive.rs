//! A network's inputs repeated by the program's own functions.

use anchor_lang::prelude::Pubkey;
use anchor_lang::Result as Rule;
use bytemuck::Zeroable;
use risk_oracle::events::{ContagionSolved, ProtocolSet};
use risk_oracle::state::Network;

use super::compare::differences;
use super::inputs::{created, take, take_role};
use super::NetworkReplay;
use crate::decode::events::OracleEvent;
use crate::risk::replay::{note, Hole, ReplayError, Step};

/// A network that is derived step by step.
pub struct Derivation {
    key: Pubkey,
    network: Network,
    /// Whether there is a beginning: the creation was taken, or an earlier state was given.
    ready: bool,
    /// The slot of that earlier state.
    saved: Option<u64>,
    /// Whether the last event was that of a change which the next one spends.
    applied: bool,
    /// The last transaction up to which the hash agrees.
    agreed: Option<String>,
    report: NetworkReplay,
}

/// Derives the network from `steps`, all that it told up to the state `stored`; from its creation, or from an earlier state
/// and the slot in which that was saved.
///
/// # Errors
///
/// [`ReplayError::NoBeginning`].
pub fn derive(
    key: &Pubkey,
    steps: &[Step],
    start: Option<(&Network, u64)>,
    stored: &Network,
) -> Result<NetworkReplay, ReplayError> {
    let mut derivation = Derivation::new(key, start);
    for step in steps {
        derivation.step(step)?;
    }
    derivation.network()?;
    Ok(derivation.finish(stored))
}

impl Derivation {
    /// Before the creation, or at an earlier state and the slot in which that was saved.
    pub fn new(key: &Pubkey, start: Option<(&Network, u64)>) -> Self {
        let report = NetworkReplay {
            network: key.to_string(),
            start: if start.is_some() { "snapshot" } else { "creation" },
            inputs: 0,
            solutions: 0,
            same: false,
            holes: Vec::new(),
            divergences: Vec::new(),
            inputs_hash: String::new(),
        };
        Self {
            key: *key,
            network: start.map_or_else(Network::zeroed, |(network, _)| *network),
            ready: start.is_some(),
            saved: start.map(|(_, slot)| slot),
            applied: false,
            agreed: None,
            report,
        }
    }

    /// The network behind all steps that were taken.
    ///
    /// # Errors
    ///
    /// [`ReplayError::NoBeginning`].
    pub fn network(&self) -> Result<&Network, ReplayError> {
        self.ready.then_some(&self.network).ok_or(ReplayError::NoBeginning(self.key))
    }

    /// What came of the steps so far; nothing in it is of the stored account.
    pub fn report(self) -> NetworkReplay {
        self.report
    }

    /// Takes the next step. Those that an earlier state has taken already change nothing.
    ///
    /// # Errors
    ///
    /// [`ReplayError::NoBeginning`].
    pub fn step(&mut self, step: &Step) -> Result<(), ReplayError> {
        match &step.event {
            _ if self.saved.is_some_and(|slot| step.slot <= slot) => {}
            OracleEvent::NetworkCreated(event) if !self.ready => {
                self.network = created(event);
                self.ready = true;
                self.agreed = Some(step.signature.to_string());
                self.report.inputs = 1;
                let rule = self.network.invariant();
                self.held(step, rule);
            }
            _ if !self.ready => return Err(ReplayError::NoBeginning(self.key)),
            _ => self.take(step),
        }
        Ok(())
    }

    fn take(&mut self, step: &Step) {
        let applied = std::mem::take(&mut self.applied);
        match &step.event {
            OracleEvent::ChangeApplied(_) => self.applied = true,
            OracleEvent::ChangeProposed(event) => {
                if event.nonce != self.network.change_nonce {
                    let next = self.network.change_nonce;
                    self.differs(Some(step), "number of a change", next.to_string(), event.nonce.to_string());
                }
                self.network.change_nonce = event.nonce.saturating_add(1);
            }
            OracleEvent::RoleChanged(event) => {
                let rule = take_role(&mut self.network.roles, event);
                self.held(step, rule);
            }
            event => {
                let (taken, rule) = take(&mut self.network, event, applied);
                self.report.inputs += u64::from(taken);
                self.held(step, rule);
                match event {
                    OracleEvent::ProtocolSet(event) => self.check_protocol(step, event),
                    OracleEvent::ContagionSolved(event) => self.check_solution(step, event),
                    _ => {}
                }
            }
        }
    }

    /// The rules of the program hold for what was taken.
    fn held(&mut self, step: &Step, rule: Rule<()>) {
        if let Err(error) = rule {
            self.differs(Some(step), step.event.name(), error.to_string(), "taken".to_owned());
        }
    }

    fn check_protocol(&mut self, step: &Step, event: &ProtocolSet) {
        let derived = self.network.protocols.get(usize::from(event.index)).map(|row| row.scored_at);
        if derived != Some(event.scored_at) {
            let derived = derived.unwrap_or_default().to_string();
            self.differs(Some(step), "age of the scores", derived, event.scored_at.to_string());
        }
    }

    /// Holds a solution against what the program told of it, and all inputs so far against the hash.
    fn check_solution(&mut self, step: &Step, event: &ContagionSolved) {
        self.report.solutions += 1;
        let rows = || self.network.protocols.iter().filter(|row| row.is_used());
        let initial: Vec<u32> = rows().map(|row| row.initial).collect();
        let damage: Vec<u32> = rows().map(|row| row.damage).collect();
        let derived = (self.network.converged == 1, initial, damage);
        let told = (event.converged, event.initial.clone(), event.damage.clone());
        if derived != told {
            self.differs(Some(step), "damages", format!("{derived:?}"), format!("{told:?}"));
        }
        if self.network.inputs_hash != event.inputs_hash {
            let before = Some(step.signature.to_string());
            self.report.holes.push(Hole { after: self.agreed.clone(), before });
            self.network.inputs_hash = event.inputs_hash;
        }
        self.agreed = Some(step.signature.to_string());
    }

    fn differs(&mut self, step: Option<&Step>, what: &str, derived: String, stored: String) {
        let transaction = step.map(|step| &step.signature);
        note(&mut self.report.divergences, self.report.inputs, transaction, what, derived, stored);
    }

    fn finish(mut self, stored: &Network) -> NetworkReplay {
        let different = differences(&self.network, stored);
        self.report.same = different.is_empty();
        // A hash that differs alone was altered; together with what an input moves an input is missing.
        if self.network.inputs_hash != stored.inputs_hash && different.len() > 1 {
            self.report.holes.push(Hole { after: self.agreed.clone(), before: None });
        }
        for (what, derived, stored) in different {
            self.differs(None, &what, derived, stored);
        }
        self.report.inputs_hash = hex::encode(self.network.inputs_hash);
        self.report
    }
}
