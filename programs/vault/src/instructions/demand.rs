use anchor_lang::prelude::*;
use gimbal_math::Shares;
use strategy_router::program::StrategyRouter;
use strategy_router::state::Ledger;

use crate::error::VaultError;
use crate::events::OverdueDemanded;
use crate::router::{self, Overdue};
use crate::state::{Ticket, Vault};

/// Accounts of `demand`.
#[event_cpi]
#[derive(Accounts)]
pub struct Demand<'info> {
    /// The vault.
    #[account(has_one = ledger @ VaultError::WrongLedger)]
    pub vault: AccountLoader<'info, Vault>,
    /// The vault's ledger.
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
    /// The ticket at the head of the queue.
    #[account(has_one = vault @ VaultError::WrongVault)]
    pub ticket: AccountLoader<'info, Ticket>,
    /// The strategy router.
    pub router_program: Program<'info, StrategyRouter>,
}

impl<'info> Demand<'info> {
    /// - Anybody demands, for the ticket at the head of the queue and once its first deadline is over.
    /// - From then on cash for it may be recalled by anybody, whatever the loss budget says and however old NAV is.
    /// - The demand ends with the ticket: when it was filled, passed, cancelled or redeemed in kind.
    pub fn handler(ctx: Context<'info, Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let clock = Clock::get()?;
        let (sequence, shares, signer) = {
            let (vault, ticket) = (accounts.vault.load()?, accounts.ticket.load()?);
            require!(ticket.is_open(), VaultError::TicketNotOpen);
            require!(vault.is_head(&ticket), VaultError::TicketOutOfOrder);
            require!(ticket.is_overdue(clock.unix_timestamp), VaultError::TicketNotOverdue);
            (ticket.sequence, ticket.shares_left, vault.signer())
        };
        router::reserve(&accounts.vault, &accounts.ledger, &signer, Overdue::Head(Shares(shares)))?;
        let overdue = accounts.ledger.load()?.overdue;
        emit_cpi!(OverdueDemanded {
            vault: accounts.vault.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            ticket: accounts.ticket.key(),
            sequence,
            shares,
            overdue,
        });
        Ok(())
    }
}
