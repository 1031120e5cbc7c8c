use anchor_lang::prelude::*;
use anchor_spl::token::Token;
use gimbal_math::Shares;
use strategy_router::program::StrategyRouter;
use strategy_router::state::Ledger;

use crate::create::Creator;
use crate::error::VaultError;
use crate::events::RedemptionRequested;
use crate::state::{Ticket, TicketStatus, Vault, LAYOUT_VERSION};
use crate::{router, seeds, token};

/// Accounts of `request_redeem`.
#[event_cpi]
#[derive(Accounts)]
pub struct RequestRedeem<'info> {
    /// Who gives shares, and will own the ticket: owner or delegate of `shares`.
    pub holder: Signer<'info>,
    /// Pays the ticket's rent, which its owner receives when it is spent.
    #[account(mut)]
    pub payer: Signer<'info>,
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
    /// Share account that gives.
    /// CHECK: the token program checks mint and authority.
    #[account(mut)]
    pub shares: UncheckedAccount<'info>,
    /// Token account of queued shares.
    /// CHECK: pinned in the vault.
    #[account(mut)]
    pub escrow: UncheckedAccount<'info>,
    /// The new ticket, at the tail of the queue.
    /// CHECK: made here, at its derived address.
    #[account(
        mut,
        seeds = [seeds::TICKET, vault.key().as_ref(), &vault.load()?.ticket_tail.to_le_bytes()],
        bump,
    )]
    pub ticket: UncheckedAccount<'info>,
    /// The strategy router.
    pub router_program: Program<'info, StrategyRouter>,
    /// The SPL Token program, which the shares belong to.
    pub share_token_program: Program<'info, Token>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl<'info> RequestRedeem<'info> {
    fn validate(&self, shares: u64) -> Result<()> {
        require!(shares > 0, VaultError::ZeroShares);
        Ok(())
    }

    /// - Open to every holder at all times: no pause, no feed and no valuation stands in the way.
    /// - The shares move to the escrow; the ticket is the last of the queue.
    /// - The router is told what the queue is worth.
    #[access_control(ctx.accounts.validate(shares))]
    pub fn handler(ctx: Context<'info, Self>, shares: u64) -> Result<()> {
        let accounts = &ctx.accounts;
        let clock = Clock::get()?;
        let (sequence, queued_shares, signer) = {
            let mut vault = accounts.vault.load_mut()?;
            let sequence = vault.enqueue(Shares(shares))?;
            (sequence, vault.queued_shares, vault.signer())
        };
        accounts.open_ticket(sequence, ctx.bumps.ticket, shares, &clock)?;
        token::escrow_shares(&accounts.shares, &accounts.escrow, accounts.holder.as_ref(), shares)?;
        router::reserve(&accounts.vault, &accounts.ledger, &signer)?;

        emit_cpi!(RedemptionRequested {
            vault: accounts.vault.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            ticket: accounts.ticket.key(),
            sequence,
            owner: accounts.holder.key(),
            shares,
            queued_shares,
        });
        require_gte!(token::amount(&accounts.escrow)?, queued_shares, VaultError::InvariantBroken);
        Ok(accounts.vault.load()?.invariant()?)
    }

    #[inline(never)]
    fn open_ticket(&self, sequence: u64, bump: u8, shares: u64, clock: &Clock) -> Result<()> {
        let vault = self.vault.key();
        let funds = Creator { payer: self.payer.as_ref(), system_program: self.system_program.as_ref() };
        let address = [seeds::TICKET, vault.as_ref(), &sequence.to_le_bytes(), &[bump]];
        let mut ticket = funds.state::<Ticket>(&self.ticket, &address)?;
        ticket.version = LAYOUT_VERSION;
        ticket.bump = bump;
        ticket.status = TicketStatus::Open as u8;
        ticket.vault = vault;
        ticket.owner = self.holder.key();
        ticket.sequence = sequence;
        ticket.shares = shares;
        ticket.shares_left = shares;
        ticket.requested_at = clock.unix_timestamp;
        ticket.requested_slot = clock.slot;
        Ok(ticket.invariant()?)
    }
}
