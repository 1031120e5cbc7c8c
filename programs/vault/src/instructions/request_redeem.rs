use anchor_lang::prelude::*;
use anchor_spl::token::Token;
use gimbal_control::Creator;
use gimbal_math::Shares;
use strategy_router::program::StrategyRouter;
use strategy_router::state::Ledger;

use crate::error::VaultError;
use crate::events::RedemptionRequested;
use crate::router::{self, Overdue};
use crate::state::{Ticket, TicketStatus, Vault, LAYOUT_VERSION};
use crate::{seeds, token};

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
        let held = token::amount(&self.shares)?;
        Ok(self.vault.load()?.require_ticket_size(shares, held)?)
    }

    /// - Open to every holder at all times: no pause, no feed, no daily limit and no valuation stands in the way.
    /// - At least the vault's least ticket, or all that the share account holds.
    /// - The shares move to the escrow; the ticket is the last of the queue.
    /// - Its bound, its deadlines and the most that it pays as exit fee are fixed now.
    /// - The router is told what the queue is worth.
    #[access_control(ctx.accounts.validate(shares))]
    pub fn handler(ctx: Context<'info, Self>, shares: u64, min_assets: u64) -> Result<()> {
        let accounts = &ctx.accounts;
        let clock = Clock::get()?;
        let (terms, signer) = {
            let mut vault = accounts.vault.load_mut()?;
            (Terms::of(&mut vault, shares, clock.unix_timestamp)?, vault.signer())
        };
        accounts.open_ticket(&terms, ctx.bumps.ticket, min_assets, &clock)?;
        token::escrow_shares(&accounts.shares, &accounts.escrow, accounts.holder.as_ref(), shares)?;
        router::reserve(&accounts.vault, &accounts.ledger, &signer, Overdue::Kept)?;

        let queued_shares = accounts.vault.load()?.queued_shares;
        emit_cpi!(RedemptionRequested {
            vault: accounts.vault.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            ticket: accounts.ticket.key(),
            sequence: terms.sequence,
            owner: accounts.holder.key(),
            shares,
            queued_shares,
            min_assets,
            overdue_at: terms.overdue_at,
            in_kind_at: terms.in_kind_at,
            exit_fee_bps: terms.exit_fee_bps,
        });
        let vault = accounts.vault.load()?;
        require_gte!(token::amount(&accounts.escrow)?, vault.escrowed_shares(), VaultError::InvariantBroken);
        Ok(vault.invariant()?)
    }

    #[inline(never)]
    fn open_ticket(&self, terms: &Terms, bump: u8, min_assets: u64, clock: &Clock) -> Result<()> {
        let vault = self.vault.key();
        let funds = Creator { payer: self.payer.as_ref(), system_program: self.system_program.as_ref() };
        let address = [seeds::TICKET, vault.as_ref(), &terms.sequence.to_le_bytes(), &[bump]];
        let mut ticket = funds.state::<Ticket>(&self.ticket, &address)?;
        ticket.version = LAYOUT_VERSION;
        ticket.bump = bump;
        ticket.status = TicketStatus::Open as u8;
        ticket.vault = vault;
        ticket.owner = self.holder.key();
        ticket.sequence = terms.sequence;
        ticket.shares = terms.shares;
        ticket.shares_left = terms.shares;
        ticket.min_assets = min_assets;
        ticket.requested_at = clock.unix_timestamp;
        ticket.requested_slot = clock.slot;
        ticket.overdue_at = terms.overdue_at;
        ticket.in_kind_at = terms.in_kind_at;
        ticket.exit_fee_bps = terms.exit_fee_bps;
        Ok(ticket.invariant()?)
    }
}

/// What the vault gives a new ticket.
struct Terms {
    sequence: u64,
    shares: u64,
    overdue_at: i64,
    in_kind_at: i64,
    exit_fee_bps: u16,
}

impl Terms {
    fn of(vault: &mut Vault, shares: u64, now: i64) -> core::result::Result<Self, VaultError> {
        let sequence = vault.enqueue(Shares(shares))?;
        let (overdue_at, in_kind_at) = vault.deadlines(now)?;
        Ok(Self { sequence, shares, overdue_at, in_kind_at, exit_fee_bps: vault.fees.exit_bps })
    }
}
