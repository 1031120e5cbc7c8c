//! The contagion networks that books follow.

use std::collections::BTreeSet;

use anchor_lang::prelude::Pubkey;
use risk_oracle::state::{Book, Network};

use super::accounts::Accounts;
use super::{Roster, Watched, World};

/// The network that a book follows, if it follows one.
pub(super) fn network_of(book: &Book) -> Option<Pubkey> {
    book.follows_network().then_some(book.network)
}

impl Watched {
    /// The network that the vault's book follows, if it follows one.
    pub fn network(&self) -> Option<Pubkey> {
        network_of(self.book.as_deref()?)
    }
}

impl World {
    /// Takes each network that a site of the roster names, once.
    pub(super) fn read_networks(&mut self, roster: &Roster, accounts: &mut Accounts) {
        let keys: BTreeSet<Pubkey> = roster.vaults.iter().filter_map(|site| site.network).collect();
        for key in keys {
            match accounts.take::<Network>(&key) {
                Ok(network) => drop(self.networks.insert(key, Box::new(network))),
                Err(error) => self.problems.push((key, error.to_string())),
            }
        }
    }
}
