use anchor_lang::prelude::*;

use crate::error::VaultError;
use crate::events::TicketTransferred;
use crate::state::{Ticket, Vault};

/// Accounts of `transfer_ticket`.
#[event_cpi]
#[derive(Accounts)]
pub struct TransferTicket<'info> {
    /// Owner of the ticket.
    pub owner: Signer<'info>,
    /// The vault.
    pub vault: AccountLoader<'info, Vault>,
    /// The ticket.
    #[account(mut, has_one = vault @ VaultError::WrongVault, has_one = owner @ VaultError::NotTicketOwner)]
    pub ticket: AccountLoader<'info, Ticket>,
}

impl<'info> TransferTicket<'info> {
    /// - Only the ticket's owner hands it on, in whatever state it is.
    /// - With it goes all that it was or will be paid, its place, its bound, its deadlines and its rent.
    /// - Nothing else changes: neither the shares in escrow nor what the queue is worth.
    pub fn handler(ctx: Context<'info, Self>, new_owner: Pubkey) -> Result<()> {
        let accounts = &ctx.accounts;
        let clock = Clock::get()?;
        let (previous, sequence) = {
            let mut ticket = accounts.ticket.load_mut()?;
            let previous = ticket.transfer(new_owner)?;
            ticket.invariant()?;
            (previous, ticket.sequence)
        };
        emit_cpi!(TicketTransferred {
            vault: accounts.vault.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            ticket: accounts.ticket.key(),
            sequence,
            previous,
            owner: new_owner,
        });
        Ok(())
    }
}
