//! A network's first solution, which ends its set-up, and the book that follows it.

use anchor_lang::prelude::Pubkey;
use gimbal::chain::{Chain, ChainError};
use gimbal::instructions::network;
use gimbal::readers;
use risk_oracle::{Book, Network as Account};
use solana_instruction::Instruction;

use super::{engine, network::Own, who, Compare, Made, State, Step};
use crate::remedy;
use crate::setup::Setup;

/// Solves the owner's own network for the first time, which only the owner can.
pub struct Solve<'a>(pub Own<'a>);

impl Step for Solve<'_> {
    fn name(&self) -> String {
        "first solution".to_owned()
    }

    fn what(&self) -> String {
        "ends the network's set-up: from then on what looks safer waits".to_owned()
    }

    fn look(&self, chain: &dyn Chain) -> Result<State, ChainError> {
        let there = readers::read_if_exists::<Account>(chain, self.0.key)?;
        Ok(match there.is_some_and(|network| network.is_live()) {
            true => State::Present,
            false => State::Missing,
        })
    }

    fn authority(&self, chain: &dyn Chain) -> Result<Pubkey, ChainError> {
        super::owner_of(self.0.setup, chain, self.0.key, |network: &Account| network.roles)
    }

    fn transactions(&self, chain: &dyn Chain) -> Result<Vec<Vec<Instruction>>, ChainError> {
        let owner = self.authority(chain)?;
        Ok(vec![vec![network::solve_contagion(self.0.key, Some(&owner))]])
    }

    fn makes(&self) -> Vec<Made> {
        Vec::new()
    }
}

/// Lets the book follow a network. The first one is followed at once, since it only takes.
pub struct Follow<'a> {
    pub setup: &'a Setup,
    pub key: &'a Pubkey,
    /// Whether the network is made here.
    pub is_own: bool,
}

impl Step for Follow<'_> {
    fn name(&self) -> String {
        "book's network".to_owned()
    }

    fn what(&self) -> String {
        format!("the book follows the network {}", self.key)
    }

    fn look(&self, chain: &dyn Chain) -> Result<State, ChainError> {
        let Some(book) = engine::book(self.setup, chain)? else { return Ok(State::Missing) };
        if book.follows_network() {
            let mut compare = Compare::default();
            let set = remedy::follow(&self.setup.vault.addresses.vault, self.key);
            compare.field("network", who(&book.network), who(self.key), &set);
            return Ok(compare.state());
        }
        let there = readers::read_if_exists::<Account>(chain, self.key)?;
        Ok(match there.is_some_and(|network| network.is_live()) || self.is_own {
            true => State::Missing,
            false => State::Blocked(format!(
                "the network {} has no solution yet, and only its owner can make the first",
                self.key
            )),
        })
    }

    fn authority(&self, chain: &dyn Chain) -> Result<Pubkey, ChainError> {
        super::owner_of_book(self.setup, chain)
    }

    fn transactions(&self, chain: &dyn Chain) -> Result<Vec<Vec<Instruction>>, ChainError> {
        let book: Book = readers::read(chain, &self.setup.vault.addresses.book)?;
        Ok(vec![vec![network::set_network(&book.roles.owner, &self.setup.vault.addresses.book, self.key)]])
    }

    fn makes(&self) -> Vec<Made> {
        Vec::new()
    }
}
