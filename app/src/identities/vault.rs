//! Shares, tickets and claims.

use ::vault::state::{Ticket, TicketStatus, Vault};
use anchor_lang::{prelude::Pubkey, Discriminator};
use strategy_router::state::Ledger;

use super::{sum, Identity, Slack};
use crate::chain::{Chain, ChainError};
use crate::readers;

pub(super) fn check(
    chain: &(impl Chain + ?Sized),
    key: &Pubkey,
    vault: &Vault,
    ledger: &Ledger,
) -> Result<Vec<Identity>, ChainError> {
    let tickets = tickets(chain, key)?;
    let of = |status: TicketStatus| {
        tickets.iter().map(|(_, ticket)| ticket).filter(move |ticket| ticket.status == status as u8)
    };
    let queue = vault.ticket_head..vault.ticket_tail;
    let misplaced = of(TicketStatus::Open).filter(|ticket| !queue.contains(&ticket.sequence)).count();
    let waiting = |ticket: &&Ticket| ticket.sequence >= vault.ticket_head;
    let passed_ahead = of(TicketStatus::Passed).filter(waiting).count();
    let escrowed = sum([vault.queued_shares, vault.passed_shares]);
    let supply = readers::mint(chain, &vault.share_mint)?.supply;
    Ok(vec![
        Identity::new("shares.supply", "share supply = shares tracked", vault.shares, supply).with(Slack::Burnt),
        Identity::new(
            "fees.shares",
            "fee shares accrued + fee shares minted = fee shares ever made",
            vault.fee_shares_made,
            sum([vault.fee_shares, vault.fees.minted]),
        ),
        Identity::new(
            "escrow.balance",
            "escrow balance = queued shares + passed shares",
            escrowed,
            readers::balance(chain, &vault.escrow)?,
        )
        .with(Slack::Surplus),
        Identity::new(
            "tickets.queued",
            "shares left in open tickets = queued shares",
            vault.queued_shares,
            sum(of(TicketStatus::Open).map(|ticket| ticket.shares_left)),
        ),
        Identity::new(
            "tickets.passed",
            "shares left in passed tickets = passed shares",
            vault.passed_shares,
            sum(of(TicketStatus::Passed).map(|ticket| ticket.shares_left)),
        ),
        Identity::new(
            "tickets.place",
            "open tickets outside the queue, and passed ones still in it = 0",
            0,
            (misplaced + passed_ahead) as u64,
        ),
        Identity::new(
            "claims.balance",
            "claims balance = claims owed",
            vault.claims_owed,
            readers::balance(chain, &vault.claims)?,
        )
        .with(Slack::Surplus),
        Identity::new(
            "claims.owed",
            "claimable in tickets = claims owed",
            vault.claims_owed,
            sum(tickets.iter().map(|(_, ticket)| ticket.claimable)),
        ),
        Identity::new("flows.in", "assets deposited = cash credited", vault.deposited, ledger.credited),
        Identity::new("flows.out", "assets withdrawn = cash paid", vault.withdrawn, ledger.paid),
    ])
}

/// Every ticket of `vault` that was not closed, with its address, in the order of the queue.
///
/// # Errors
///
/// [`ChainError`] if an account cannot be read.
pub fn tickets(chain: &(impl Chain + ?Sized), vault: &Pubkey) -> Result<Vec<(Pubkey, Ticket)>, ChainError> {
    let accounts = chain.program_accounts(&::vault::ID, Ticket::DISCRIMINATOR)?;
    let mut tickets = Vec::with_capacity(accounts.len());
    for (key, account) in &accounts {
        let ticket: Ticket = readers::parse(key, account)?;
        if ticket.vault == *vault {
            tickets.push((*key, ticket));
        }
    }
    tickets.sort_by_key(|(_, ticket)| ticket.sequence);
    Ok(tickets)
}
