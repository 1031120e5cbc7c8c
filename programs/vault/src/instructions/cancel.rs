use anchor_lang::prelude::*;
use anchor_spl::token::Token;
use strategy_router::program::StrategyRouter;
use strategy_router::state::Ledger;

use crate::error::VaultError;
use crate::events::TicketCancelled;
use crate::router::{self, Overdue};
use crate::state::{Ticket, Vault};
use crate::token;

/// Accounts of `cancel`.
#[event_cpi]
#[derive(Accounts)]
pub struct Cancel<'info> {
    /// Owner of the ticket; receives its rent when nothing is left to claim.
    #[account(mut)]
    pub owner: Signer<'info>,
    /// The vault.
    #[account(
        mut,
        has_one = ledger @ VaultError::WrongLedger,
        has_one = escrow @ VaultError::WrongEscrow,
    )]
    pub vault: AccountLoader<'info, Vault>,
    /// The vault's ledger.
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
    /// The ticket.
    #[account(mut, has_one = vault @ VaultError::WrongVault, has_one = owner @ VaultError::NotTicketOwner)]
    pub ticket: AccountLoader<'info, Ticket>,
    /// Token account of the shares in escrow.
    /// CHECK: pinned in the vault.
    #[account(mut)]
    pub escrow: UncheckedAccount<'info>,
    /// Share account that receives; anybody's, except the escrow itself.
    /// CHECK: the token program checks its mint.
    #[account(mut, constraint = recipient.key() != escrow.key() @ VaultError::DuplicateTokenAccount)]
    pub recipient: UncheckedAccount<'info>,
    /// The strategy router.
    pub router_program: Program<'info, StrategyRouter>,
    /// The SPL Token program, which the shares belong to.
    pub share_token_program: Program<'info, Token>,
}

impl<'info> Cancel<'info> {
    /// - Only the ticket's owner cancels.
    /// - The shares that were not paid go back; the place in the queue is lost. A ticket that was passed gives them back too.
    /// - What was paid before stays claimable; a ticket without that is closed.
    /// - No pause, no feed and no valuation stands in the way.
    pub fn handler(ctx: Context<'info, Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let clock = Clock::get()?;
        let (shares, sequence, closed, overdue, signer) = {
            let mut ticket = accounts.ticket.load_mut()?;
            let mut vault = accounts.vault.load_mut()?;
            let before = *ticket;
            let overdue = Overdue::without(&vault, &before);
            let shares = ticket.cancel()?;
            ticket.invariant()?;
            vault.unescrow(&before, shares)?;
            (shares, ticket.sequence, ticket.is_spent(), overdue, vault.signer())
        };
        let vault = accounts.vault.as_ref();
        token::return_shares(&accounts.escrow, &accounts.recipient, vault, &signer, shares.0)?;
        router::reserve(&accounts.vault, &accounts.ledger, &signer, overdue)?;
        if closed {
            accounts.ticket.close(accounts.owner.to_account_info())?;
        }

        emit_cpi!(TicketCancelled {
            vault: accounts.vault.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            ticket: accounts.ticket.key(),
            sequence,
            owner: accounts.owner.key(),
            shares: shares.0,
            closed,
        });
        let vault = accounts.vault.load()?;
        require_gte!(token::amount(&accounts.escrow)?, vault.escrowed_shares(), VaultError::InvariantBroken);
        Ok(vault.invariant()?)
    }
}
