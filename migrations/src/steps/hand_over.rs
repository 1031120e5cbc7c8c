//! Handing everything over to its final owner, who has to accept it.

use anchor_lang::prelude::Pubkey;
use gimbal::chain::{Chain, ChainError};
use gimbal::instructions::{oracle, router};
use gimbal::readers;
use gimbal_control::Roles;
use risk_oracle::{Book, Feed, Network};
use solana_instruction::Instruction;
use strategy_router::Ledger;
use vault::Vault;

use super::{who, Difference, Made, State, Step};
use crate::remedy::{self, Target};
use crate::setup::Setup;

/// An account with an owner of its own.
#[derive(Clone, Debug)]
pub enum Held {
    /// The vault.
    Vault,
    /// The ledger.
    Ledger,
    /// The book.
    Book,
    /// A feed, and what the file calls it.
    Feed(Pubkey, String),
    /// The contagion network.
    Network(Pubkey),
}

/// All that is handed over: feeds of other authorities are not ours to give.
pub fn held(setup: &Setup) -> Vec<Held> {
    let own = setup.feeds.iter().filter(|feed| feed.authority == setup.owner);
    let feeds = own.map(|feed| Held::Feed(feed.key, feed.name.clone()));
    let network = setup.own_network().map(|key| Held::Network(*key));
    [Held::Vault, Held::Ledger, Held::Book].into_iter().chain(feeds).chain(network).collect()
}

/// Proposes the next owner of one account.
pub struct Propose<'a> {
    pub setup: &'a Setup,
    pub held: Held,
    pub next: Pubkey,
}

impl Propose<'_> {
    fn roles(&self, chain: &dyn Chain) -> Result<Option<Roles>, ChainError> {
        let addresses = &self.setup.vault.addresses;
        Ok(match &self.held {
            Held::Vault => readers::read_if_exists::<Vault>(chain, &addresses.vault)?.map(|vault| vault.roles),
            Held::Ledger => readers::read_if_exists::<Ledger>(chain, &addresses.ledger)?.map(|ledger| ledger.roles),
            Held::Book => readers::read_if_exists::<Book>(chain, &addresses.book)?.map(|book| book.roles),
            Held::Feed(key, _) => readers::read_if_exists::<Feed>(chain, key)?.map(|feed| feed.roles),
            Held::Network(key) => readers::read_if_exists::<Network>(chain, key)?.map(|network| network.roles),
        })
    }

    fn target(&self) -> Target<'_> {
        let vault = &self.setup.vault.addresses.vault;
        match &self.held {
            Held::Vault => Target::Vault(vault),
            Held::Ledger => Target::Ledger(vault),
            Held::Book => Target::Book(vault),
            Held::Feed(key, _) => Target::Feed(key),
            Held::Network(key) => Target::Network(key),
        }
    }

    fn account(&self) -> String {
        match &self.held {
            Held::Feed(_, name) => format!("feed {name}"),
            _ => self.target().name().to_owned(),
        }
    }
}

impl Step for Propose<'_> {
    fn name(&self) -> String {
        format!("hand over the {}", self.account())
    }

    fn what(&self) -> String {
        format!("proposes {} as owner, who has to accept", self.next)
    }

    fn look(&self, chain: &dyn Chain) -> Result<State, ChainError> {
        let Some(roles) = self.roles(chain)? else { return Ok(State::Missing) };
        if roles.owner == self.next || roles.pending_owner == self.next {
            return Ok(State::Present);
        }
        if roles.owner == self.setup.owner && roles.pending_owner == Pubkey::default() {
            return Ok(State::Missing);
        }
        let on_chain = match roles.pending_owner == Pubkey::default() {
            true => who(&roles.owner),
            false => format!("{}, {} proposed", who(&roles.owner), roles.pending_owner),
        };
        Ok(State::Differs(vec![Difference {
            field: format!("roles.final_owner of the {}", self.account()),
            chain: on_chain,
            file: self.next.to_string(),
            remedy: remedy::propose_owner(self.target(), &self.next),
        }]))
    }

    fn authority(&self, _: &dyn Chain) -> Result<Pubkey, ChainError> {
        Ok(self.setup.owner)
    }

    fn transactions(&self, _: &dyn Chain) -> Result<Vec<Vec<Instruction>>, ChainError> {
        let Setup { owner, vault, .. } = self.setup;
        let propose = match &self.held {
            Held::Vault => vault.propose_owner(owner, &self.next),
            Held::Ledger => router::propose_owner(owner, &vault.addresses.ledger, &self.next),
            Held::Book => oracle::propose_owner(owner, &vault.addresses.book, &self.next),
            Held::Feed(key, _) | Held::Network(key) => oracle::propose_owner(owner, key, &self.next),
        };
        Ok(vec![vec![propose]])
    }

    fn makes(&self) -> Vec<Made> {
        Vec::new()
    }
}
