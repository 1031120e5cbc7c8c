//! The networks that watched books follow: each is solved once, whatever number of books follow it, and then every book
//! takes the damages over.

use std::collections::BTreeMap;

use anchor_lang::prelude::Pubkey;
use risk_oracle::state::{Book, Network};

use super::risk::RENEWED_AT;
use super::round::{Draft, Ground, Round};
use crate::keeper::action::{Action, ActionKey, ActionKind, Urgency};

/// Why a network is to be solved now, and how much that matters; none where its solution stands, or where it has none yet:
/// the first one is its owner's.
fn unsolved(network: &Network, now: i64) -> Option<(Urgency, String)> {
    if !network.is_live() {
        return None;
    }
    let age = now.saturating_sub(network.solved_at);
    if network.moved != 0 {
        return Some((Urgency::Soon, "its inputs have moved since it was solved".to_owned()));
    }
    let most = network.params.max_solution_age;
    if !network.is_current(now) {
        return Some((Urgency::Soon, format!("it was solved {age} s ago and counts for {most}")));
    }
    let renewed = age > i64::from(most) / RENEWED_AT;
    renewed.then(|| (Urgency::Routine, format!("it was solved {age} s ago of at most {most}")))
}

/// Every solution that is due of a network that a book follows, each once.
pub(super) fn solutions(ground: &Ground) -> Vec<Action> {
    let mut actions: BTreeMap<Pubkey, Action> = BTreeMap::new();
    for watched in &ground.world.vaults {
        let Some((key, network)) = watched.network().and_then(|key| ground.world.networks.get_key_value(&key)) else {
            continue;
        };
        let Some((urgency, reason)) = unsolved(network, ground.world.now) else { continue };
        let expected_cost = ground.rates.cost_up(ActionKind::Solve);
        actions.entry(*key).or_insert_with(|| Action {
            vault: watched.key(),
            kind: ActionKind::Solve,
            line: None,
            account: Some(*key),
            amount: 0,
            urgency,
            expected_pay: 0,
            expected_cost,
            profit: 0_i64.saturating_sub_unsigned(expected_cost),
            obligatory: ground.config.is_obligatory(ActionKind::Solve),
            nonce: network.solves,
            needs: Vec::new(),
            reason,
        });
    }
    let mut actions: Vec<Action> = actions.into_values().collect();
    actions.sort_by_key(|action| std::cmp::Reverse(action.urgency));
    actions
}

impl Round<'_> {
    /// Plans to have the book take over what its network's solution says, or will say once it is solved anew.
    pub fn plan_sync(&mut self, book: &Book) {
        let Some(key) = self.watched.network() else { return };
        let Some(network) = self.ground.world.networks.get(&key) else {
            return self.skip(ActionKind::Sync, None, format!("its network {key} could not be read"));
        };
        if !network.is_live() {
            return self.skip(ActionKind::Sync, None, format!("the owner of its network {key} has not solved it yet"));
        }
        let solve = unsolved(network, self.now());
        let newer = book.contagion_at < network.solved_at;
        let urgency = match &solve {
            Some((urgency, _)) if !newer => *urgency,
            // It may say that more is lost than the book knows of.
            _ if newer => Urgency::Soon,
            _ => return,
        };
        let reason = match solve {
            Some(_) => format!("its network {key} is solved anew"),
            None => format!("its network {key} was solved after what the book knows"),
        };
        let solution = ActionKey { kind: ActionKind::Solve, subject: key, line: None };
        let needs = solve.map(|_| solution).into_iter().collect();
        self.propose(Draft { needs, ..Draft::new(ActionKind::Sync, urgency, reason) });
    }
}
