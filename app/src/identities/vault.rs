//! Shares, tickets and claims.

use ::vault::state::{Ticket, Vault};
use anchor_lang::{prelude::Pubkey, Discriminator};
use strategy_router::state::Ledger;

use super::{sum, Identity};
use crate::chain::{Chain, ChainError};
use crate::readers;

pub(super) fn check(
    chain: &(impl Chain + ?Sized),
    key: &Pubkey,
    vault: &Vault,
    ledger: &Ledger,
) -> Result<Vec<Identity>, ChainError> {
    let tickets = tickets(chain, key)?;
    let open = || tickets.iter().filter(|ticket| ticket.is_open());
    let queue = vault.ticket_head..vault.ticket_tail;
    Ok(vec![
        Identity::new("share supply = shares tracked", vault.shares, readers::mint(chain, &vault.share_mint)?.supply),
        Identity::new("escrow balance = queued shares", vault.queued_shares, readers::balance(chain, &vault.escrow)?),
        Identity::new(
            "shares left in open tickets = queued shares",
            vault.queued_shares,
            sum(open().map(|ticket| ticket.shares_left)),
        ),
        Identity::new(
            "open tickets before the head or after the tail = 0",
            0,
            open().filter(|ticket| !queue.contains(&ticket.sequence)).count() as u64,
        ),
        Identity::new("claims balance = claims owed", vault.claims_owed, readers::balance(chain, &vault.claims)?),
        Identity::new(
            "claimable in tickets = claims owed",
            vault.claims_owed,
            sum(tickets.iter().map(|ticket| ticket.claimable)),
        ),
        Identity::new("assets deposited = cash credited", vault.deposited, ledger.credited),
        Identity::new("assets withdrawn = cash paid", vault.withdrawn, ledger.paid),
    ])
}

fn tickets(chain: &(impl Chain + ?Sized), vault: &Pubkey) -> Result<Vec<Ticket>, ChainError> {
    let accounts = chain.program_accounts(&::vault::ID, Ticket::DISCRIMINATOR)?;
    let mut tickets = Vec::with_capacity(accounts.len());
    for (key, account) in &accounts {
        let ticket: Ticket = readers::parse(key, account)?;
        if ticket.vault == *vault {
            tickets.push(ticket);
        }
    }
    Ok(tickets)
}
