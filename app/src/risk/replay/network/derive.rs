//! A network's inputs repeated by the program's own functions.

use anchor_lang::prelude::Pubkey;
use anchor_lang::Result as Rule;
use risk_oracle::events::{ContagionSolved, ProtocolSet};
use risk_oracle::state::Network;

use super::compare::differences;
use super::inputs::{created, take, take_role};
use super::{Hole, NetworkReplay};
use crate::decode::events::OracleEvent;
use crate::risk::replay::{Divergence, ReplayError, Step, MOST_DIFFERENCES};

/// The state that is derived.
struct Derivation {
    network: Network,
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
    let mut steps = steps.iter();
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
    let mut derivation = match start {
        Some((network, _)) => Derivation { network: *network, applied: false, agreed: None, report },
        None => {
            let first = steps.next().ok_or(ReplayError::NoBeginning(*key))?;
            let OracleEvent::NetworkCreated(event) = &first.event else { return Err(ReplayError::NoBeginning(*key)) };
            let agreed = Some(first.signature.to_string());
            let mut derivation = Derivation { network: created(event), applied: false, agreed, report };
            derivation.report.inputs = 1;
            let rule = derivation.network.invariant();
            derivation.held(first, rule);
            derivation
        }
    };
    let saved = start.map(|(_, slot)| slot);
    for step in steps.filter(|step| saved.is_none_or(|slot| step.slot > slot)) {
        derivation.step(step);
    }
    Ok(derivation.finish(stored))
}

impl Derivation {
    fn step(&mut self, step: &Step) {
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
        if self.report.divergences.len() < MOST_DIFFERENCES {
            self.report.divergences.push(Divergence {
                update: self.report.inputs,
                transaction: step.map(|step| step.signature.to_string()),
                what: what.to_owned(),
                derived,
                stored,
            });
        }
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
