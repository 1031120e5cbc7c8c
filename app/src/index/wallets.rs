//! Which wallet stands behind a token account or a ticket that an event names.

use std::collections::BTreeMap;

use anchor_lang::prelude::Pubkey;
use anchor_spl::associated_token::get_associated_token_address;

use super::database::Database;
use super::events::Wallets;
use super::rows::Flow;
use crate::chain::{Chain, TokenChange};
use crate::readers;

/// Answers from what is known of one transaction, the index, and the chain.
pub(super) struct Known<'a, C: Chain + ?Sized> {
    pub(super) chain: &'a C,
    pub(super) database: &'a mut Database,
    pub(super) vault: &'a str,
    pub(super) share_mint: Pubkey,
    pub(super) changes: &'a [TokenChange],
    pub(super) payer: Pubkey,
    /// Tickets that this transaction made or handed on, which are not in the index yet.
    pub(super) tickets: BTreeMap<Pubkey, Pubkey>,
}

impl<C: Chain + ?Sized> Known<'_, C> {
    /// Remembers whose the tickets of `flow` are after it.
    pub(super) fn learn(&mut self, flow: &Flow) {
        if let Some(ticket) = flow.ticket {
            self.tickets.insert(ticket, owner_after(flow));
        }
    }

    fn stored_owner(&mut self, ticket: &Pubkey) -> Option<Pubkey> {
        let sql = "SELECT owner, other, kind FROM flows WHERE vault = $1 AND ticket = $2
                   ORDER BY slot DESC, ordinal DESC, position DESC LIMIT 1";
        let rows = self.database.query(sql, &[self.vault.into(), ticket.to_string().into()]).ok()?;
        let row = rows.first()?;
        let handed_on = row.text(2).ok()? == super::rows::FlowKind::TransferTicket.name();
        row.parsed(if handed_on { 1 } else { 0 }).ok()
    }
}

/// Whose a ticket is after one of its flows.
pub(super) fn owner_after(flow: &Flow) -> Pubkey {
    match flow.kind {
        super::rows::FlowKind::TransferTicket => flow.other.unwrap_or(flow.owner),
        _ => flow.owner,
    }
}

impl<C: Chain + ?Sized> Wallets for Known<'_, C> {
    fn of_account(&mut self, account: &Pubkey, likely: &Pubkey) -> Pubkey {
        if let Some(change) = self.changes.iter().find(|change| change.account == *account) {
            return change.owner;
        }
        if get_associated_token_address(likely, &self.share_mint) == *account {
            return *likely;
        }
        // An account that is gone by now stands for itself: its shares are counted, under its own name.
        readers::token_account(self.chain, account).map_or(*account, |account| account.owner)
    }

    fn of_ticket(&mut self, ticket: &Pubkey) -> Pubkey {
        let known = self.tickets.get(ticket).copied();
        // Every request is indexed before what becomes of its ticket; if not, the ticket stands for itself.
        known.or_else(|| self.stored_owner(ticket)).unwrap_or(*ticket)
    }

    fn payer(&self) -> Pubkey {
        self.payer
    }
}
