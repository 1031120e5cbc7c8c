//! What each event becomes in the tables.

mod changes;
mod keepers;
mod vault;

use anchor_lang::prelude::Pubkey;

use super::rows::{Change, Charge, Flow, FlowKind, KeeperAction, Place, TicketTerms};
use crate::decode::events::Event;

/// What an event is told with: the wallets behind token accounts and tickets, and who paid for the transaction.
pub trait Wallets {
    /// The wallet that owns a share account; `likely` is whoever signed, whose associated account it often is.
    fn of_account(&mut self, account: &Pubkey, likely: &Pubkey) -> Pubkey;

    /// The wallet that owns a ticket just before this event.
    fn of_ticket(&mut self, ticket: &Pubkey) -> Pubkey;

    /// The transaction's fee payer.
    fn payer(&self) -> Pubkey;
}

/// One row of some table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Of `flows`.
    Flow(Flow),
    /// Of `tickets`.
    Ticket(TicketTerms),
    /// Of `fees`.
    Charge(Charge),
    /// Of `keeper_actions`.
    Action(KeeperAction),
    /// Of `changes`.
    Change(Change),
    /// Of `prices`: NAV and shares that an entry (`true`) or an exit was priced at.
    Priced {
        /// Whether NAV is the high one.
        is_entry: bool,
        /// Base units.
        nav: u64,
        /// Share units.
        supply: u64,
    },
}

/// The rows that `event` makes. `in_kind` is what left the lines besides cash in the redemption that the event ends.
pub fn entries(event: &Event, place: &Place, wallets: &mut dyn Wallets, in_kind: u64) -> Vec<Entry> {
    let mut entries = match event {
        Event::Vault(event) => vault::entries(event, place, wallets, in_kind),
        Event::Router(event) => keepers::entries(event, place, wallets),
        Event::Oracle(_) => Vec::new(),
    };
    entries.extend(changes::entry(event, place).map(Entry::Change));
    entries
}

/// A flow of `owner` with nothing in it.
fn flow(place: &Place, kind: FlowKind, owner: Pubkey) -> Flow {
    Flow {
        place: place.clone(),
        kind,
        owner,
        other: None,
        ticket: None,
        sequence: None,
        shares: 0,
        assets: 0,
        fee: 0,
        in_kind: 0,
    }
}

/// An action of `actor` with nothing in it.
fn action(place: &Place, kind: &'static str, actor: Pubkey) -> KeeperAction {
    KeeperAction { place: place.clone(), kind: kind.to_owned(), actor, line: None, amount: 0, loss: None, pay: None }
}
