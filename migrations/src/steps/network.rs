//! The contagion network: made with its protocols, caps and posters, ended by its first solution, and followed by the book.

use anchor_lang::prelude::Pubkey;
use gimbal::chain::{Chain, ChainError};
use gimbal::instructions::{changes::Queue, network};
use gimbal::readers;
use gimbal::views::units::label_text;
use risk_oracle::state::{Scores, UNKNOWN_CAP_BPS};
use risk_oracle::{Network as Account, SetEdgeCapArgs, SetPosterArgs, SetProtocolArgs};
use solana_instruction::Instruction;

use super::{compare_numbers, queued::Queued, who, Compare, Made, State, Step};
use crate::remedy::{self, Target};
use crate::setup::{OwnNetwork, Setup};

/// A network of the owner's own.
#[derive(Clone, Copy)]
pub struct Own<'a> {
    pub setup: &'a Setup,
    pub key: &'a Pubkey,
    pub network: &'a OwnNetwork,
}

impl Own<'_> {
    fn there(&self, chain: &dyn Chain) -> Result<Option<Account>, ChainError> {
        readers::read_if_exists(chain, self.key)
    }

    fn owner(&self, chain: &dyn Chain) -> Result<Pubkey, ChainError> {
        super::owner_of(self.setup, chain, self.key, |network: &Account| network.roles)
    }

    /// The `ahead`th change from now.
    fn queued(&self, there: &Account, ahead: u64, guarded: Instruction) -> Queued {
        Queued { queue: Queue::Oracle(*self.key), next: there.change_nonce.saturating_add(ahead), guarded }
    }

    /// Done at once while the network is being set up, then as a change that waits.
    fn look(&self, chain: &dyn Chain, there: &Account, guarded: Instruction) -> Result<State, ChainError> {
        match there.is_live() {
            true => self.queued(there, 0, guarded).look(chain),
            false => Ok(State::Missing),
        }
    }

    fn send(&self, chain: &dyn Chain, there: &Account, guarded: Instruction) -> Result<Vec<Instruction>, ChainError> {
        match there.is_live() {
            true => self.queued(there, 0, guarded).transaction(chain, &there.roles.owner, &self.setup.payer),
            false => Ok(vec![guarded]),
        }
    }
}

/// Creates the network.
pub struct Create<'a>(pub Own<'a>);

impl Step for Create<'_> {
    fn name(&self) -> String {
        "network".to_owned()
    }

    fn what(&self) -> String {
        "who falls with whom, with its ages, speeds and roles".to_owned()
    }

    fn look(&self, chain: &dyn Chain) -> Result<State, ChainError> {
        let Own { setup, key, network } = self.0;
        let Some(there) = self.0.there(chain)? else { return Ok(State::Missing) };
        let (prefix, set) = ("network", remedy::network_params(key));
        let (is, file) = (there.params, network.args.params);
        let mut compare = Compare::default();
        compare_numbers!(compare, prefix, is, file, &set, "s", [max_edge_age, min_post_interval, max_solution_age]);
        compare_numbers!(compare, prefix, is, file, &set, "", [edge_fall_bps, loss_fall_bps]);
        compare.roles(Target::Network(key), &there.roles, setup);
        Ok(compare.state())
    }

    fn authority(&self, _: &dyn Chain) -> Result<Pubkey, ChainError> {
        Ok(self.0.setup.owner)
    }

    fn transactions(&self, _: &dyn Chain) -> Result<Vec<Vec<Instruction>>, ChainError> {
        let Setup { owner, payer, .. } = self.0.setup;
        Ok(vec![vec![network::create_network(owner, payer, self.0.network.args)]])
    }

    fn makes(&self) -> Vec<Made> {
        vec![Made { name: self.name(), key: Some(*self.0.key), bytes: Account::SPACE }]
    }
}

/// Defines one protocol.
pub struct Protocol<'a>(pub Own<'a>, pub &'a SetProtocolArgs);

impl Protocol<'_> {
    fn instruction(&self, owner: &Pubkey) -> Instruction {
        network::set_protocol(owner, self.0.key, *self.1)
    }
}

impl Step for Protocol<'_> {
    fn name(&self) -> String {
        format!("protocol {}", label_text(&self.1.label))
    }

    fn what(&self) -> String {
        format!("row {} of the network, points of risk {}", self.1.index, points(&self.1.scores).join(", "))
    }

    fn look(&self, chain: &dyn Chain) -> Result<State, ChainError> {
        let Some(there) = self.0.there(chain)? else { return Ok(State::Missing) };
        let Self(own, args) = self;
        let index = args.index;
        if index >= there.count {
            return match there.is_live() && index > there.count {
                true => Ok(State::Waits(format!("protocol {} comes first", there.count))),
                false => own.look(chain, &there, self.instruction(&there.roles.owner)),
            };
        }
        let row = &there.protocols[usize::from(index)];
        let label = label_text(&args.label);
        let (prefix, set) = (format!("network.protocols.{label}"), remedy::protocol(own.key, index));
        let mut compare = Compare::default();
        compare.option(&prefix, "label", label_text(&row.label), &label, &set, "");
        compare.option(&prefix, "program", who(&row.program), who(&args.program), &set, "");
        let names = ["audits", "age", "upgradeability", "incidents", "size"];
        for ((name, is), file) in names.into_iter().zip(points(&row.scores)).zip(points(&args.scores)) {
            compare.option(&prefix, name, is, file, &set, "");
        }
        Ok(compare.state())
    }

    fn authority(&self, chain: &dyn Chain) -> Result<Pubkey, ChainError> {
        self.0.owner(chain)
    }

    fn transactions(&self, chain: &dyn Chain) -> Result<Vec<Vec<Instruction>>, ChainError> {
        let there: Account = readers::read(chain, self.0.key)?;
        Ok(vec![self.0.send(chain, &there, self.instruction(&there.roles.owner))?])
    }

    fn makes(&self) -> Vec<Made> {
        Vec::new()
    }
}

/// Points of risk in words, as the command takes them.
fn points(scores: &Scores) -> [String; 5] {
    scores.stored().map(|points| match points {
        Scores::UNKNOWN => "unknown".to_owned(),
        points => points.to_string(),
    })
}

/// Caps what one protocol loses when others fail.
pub struct Caps<'a>(pub Own<'a>, pub &'a SetProtocolArgs, pub &'a [SetEdgeCapArgs]);

impl Caps<'_> {
    /// Those that nobody has set.
    fn unset(&self, there: &Account) -> impl Iterator<Item = &SetEdgeCapArgs> {
        let cap =
            |args: &SetEdgeCapArgs| there.edges[usize::from(args.protocol)][usize::from(args.counterparty)].cap_bps;
        let open: Vec<bool> =
            self.2.iter().map(|args| cap(args) == UNKNOWN_CAP_BPS && args.cap_bps != UNKNOWN_CAP_BPS).collect();
        self.2.iter().zip(open).filter(|(_, open)| *open).map(|(args, _)| args)
    }

    fn instruction(&self, there: &Account, args: &SetEdgeCapArgs) -> Instruction {
        network::set_edge_cap(&there.roles.owner, self.0.key, *args)
    }
}

impl Step for Caps<'_> {
    fn name(&self) -> String {
        format!("what {} loses", label_text(&self.1.label))
    }

    fn what(&self) -> String {
        let labels = &self.0.network.protocols;
        let cap = |args: &SetEdgeCapArgs| {
            format!("{} bps when {} fails", args.cap_bps, label_text(&labels[usize::from(args.counterparty)].label))
        };
        format!("at most {}", self.2.iter().map(cap).collect::<Vec<_>>().join(", "))
    }

    fn look(&self, chain: &dyn Chain) -> Result<State, ChainError> {
        let Some(there) = self.0.there(chain)? else { return Ok(State::Missing) };
        let mut open = Vec::new();
        for args in self.unset(&there) {
            open.push(self.0.look(chain, &there, self.instruction(&there, args))?);
        }
        // What can be sent goes first, then what is stopped, then what waits.
        let blocked = |state: &&State| matches!(state, State::Blocked(_));
        if let Some(state) = open.iter().find(|state| **state == State::Missing).or(open.iter().find(blocked)) {
            return Ok(state.clone());
        }
        if let Some(waits) = open.pop() {
            return Ok(waits);
        }
        let mut compare = Compare::default();
        for SetEdgeCapArgs { protocol, counterparty, cap_bps } in self.2 {
            let is = there.edges[usize::from(*protocol)][usize::from(*counterparty)].cap_bps;
            let [label, failing] =
                [protocol, counterparty].map(|row| label_text(&self.0.network.protocols[usize::from(*row)].label));
            let set = remedy::edge_cap(self.0.key, *protocol, *counterparty, *cap_bps);
            compare.field(format!("network.protocols.{label}.loses_bps.{failing}"), is, cap_bps, &set);
        }
        Ok(compare.state())
    }

    fn authority(&self, chain: &dyn Chain) -> Result<Pubkey, ChainError> {
        self.0.owner(chain)
    }

    /// All at once while the network is being set up; on a live one each is a change of its own.
    fn transactions(&self, chain: &dyn Chain) -> Result<Vec<Vec<Instruction>>, ChainError> {
        let there: Account = readers::read(chain, self.0.key)?;
        let all = self.unset(&there).map(|args| self.instruction(&there, args));
        if !there.is_live() {
            return Ok(vec![all.collect()]);
        }
        let (mut transactions, mut ahead) = (Vec::new(), 0);
        for guarded in all {
            let queued = self.0.queued(&there, ahead, guarded);
            if queued.look(chain)? == State::Missing {
                let proposes = queued.is_absent(chain)?;
                transactions.push(queued.transaction(chain, &there.roles.owner, &self.0.setup.payer)?);
                ahead += u64::from(proposes);
            }
        }
        Ok(transactions)
    }

    fn makes(&self) -> Vec<Made> {
        Vec::new()
    }
}

/// Names one poster.
pub struct Poster<'a>(pub Own<'a>, pub SetPosterArgs);

impl Poster<'_> {
    fn instruction(&self, there: &Account) -> Instruction {
        network::set_poster(&there.roles.owner, self.0.key, self.1)
    }
}

impl Step for Poster<'_> {
    fn name(&self) -> String {
        format!("poster {}", self.1.place)
    }

    fn what(&self) -> String {
        format!("{} may post what it observes, within the caps", self.1.key)
    }

    fn look(&self, chain: &dyn Chain) -> Result<State, ChainError> {
        let Some(there) = self.0.there(chain)? else { return Ok(State::Missing) };
        let SetPosterArgs { place, key } = self.1;
        let is = there.posters[usize::from(place)].key;
        if is == Pubkey::default() {
            return self.0.look(chain, &there, self.instruction(&there));
        }
        let mut compare = Compare::default();
        let set = remedy::poster(self.0.key, place, &key);
        compare.field(format!("network.posters[{place}]"), who(&is), who(&key), &set);
        Ok(compare.state())
    }

    fn authority(&self, chain: &dyn Chain) -> Result<Pubkey, ChainError> {
        self.0.owner(chain)
    }

    fn transactions(&self, chain: &dyn Chain) -> Result<Vec<Vec<Instruction>>, ChainError> {
        let there: Account = readers::read(chain, self.0.key)?;
        Ok(vec![self.0.send(chain, &there, self.instruction(&there))?])
    }

    fn makes(&self) -> Vec<Made> {
        Vec::new()
    }
}
