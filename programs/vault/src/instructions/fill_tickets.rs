use anchor_lang::prelude::*;
use anchor_spl::token::Token;
use gimbal_math::{Assets, Shares};
use strategy_router::cpi::accounts::Pay;
use strategy_router::program::StrategyRouter;
use strategy_router::state::Ledger;

use crate::error::VaultError;
use crate::events::TicketFilled;
use crate::math::{Fill, Queue};
use crate::seeds::VaultSigner;
use crate::state::{Ticket, Vault};
use crate::{router, seeds, token};

/// Most tickets that one instruction fills or passes.
pub const MAX_FILL: u8 = 8;

/// Accounts of `fill_tickets`. The tickets follow as remaining accounts, in sequence from the vault's `ticket_head`,
/// all writable; the address of a ticket that was closed stands in its place.
#[event_cpi]
#[derive(Accounts)]
pub struct FillTickets<'info> {
    /// The vault.
    #[account(
        mut,
        has_one = ledger @ VaultError::WrongLedger,
        has_one = base_mint @ VaultError::WrongBaseMint,
        has_one = base_token_program @ VaultError::WrongTokenProgram,
        has_one = share_mint @ VaultError::WrongShareMint,
        has_one = escrow @ VaultError::WrongEscrow,
        has_one = claims @ VaultError::WrongClaims,
    )]
    pub vault: AccountLoader<'info, Vault>,
    /// The vault's ledger.
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
    /// Mint of the base asset.
    /// CHECK: pinned in the vault.
    pub base_mint: UncheckedAccount<'info>,
    /// The vault's share mint.
    /// CHECK: pinned in the vault.
    #[account(mut)]
    pub share_mint: UncheckedAccount<'info>,
    /// Token account of queued shares.
    /// CHECK: pinned in the vault.
    #[account(mut)]
    pub escrow: UncheckedAccount<'info>,
    /// Token account of what filled tickets may claim.
    /// CHECK: pinned in the vault.
    #[account(mut)]
    pub claims: UncheckedAccount<'info>,
    /// The ledger's cash account.
    /// CHECK: the router checks that it is its ledger's.
    #[account(mut)]
    pub cash: UncheckedAccount<'info>,
    /// The strategy router.
    pub router_program: Program<'info, StrategyRouter>,
    /// Token program of the base mint.
    /// CHECK: pinned in the vault.
    pub base_token_program: UncheckedAccount<'info>,
    /// The SPL Token program, which the shares belong to.
    pub share_token_program: Program<'info, Token>,
}

impl<'info> FillTickets<'info> {
    fn validate(&self, n: u8) -> Result<()> {
        require!((1..=MAX_FILL).contains(&n), VaultError::FillCountOutOfRange);
        Ok(())
    }

    /// - Tickets are paid in order, the last one in part where cash ends; nobody is passed who could be paid.
    /// - Each is priced at NAV low, as the fills before have left it.
    /// - Their shares are burnt; their assets move to the claims account and are no part of NAV.
    /// - No pause and no feed stands in the way.
    #[access_control(ctx.accounts.validate(n))]
    pub fn handler(ctx: Context<'info, Self>, n: u8) -> Result<()> {
        let accounts = &ctx.accounts;
        let clock = Clock::get()?;
        let vault_key = accounts.vault.key();
        let (mut queue, signer) = accounts.open_queue(clock.unix_timestamp)?;
        let head = queue.head;

        for account in ctx.remaining_accounts.iter().take(usize::from(n)) {
            if queue.is_empty() {
                break;
            }
            let (sequence, before) = (queue.head, queue.pool);
            let Some(ticket) = ticket_at(account, &vault_key, sequence)? else {
                queue.pass()?;
                continue;
            };
            let Some((fill, shares_left)) = pay_ticket(&ticket, &mut queue)? else {
                break;
            };
            emit_cpi!(TicketFilled {
                vault: vault_key,
                slot: clock.slot,
                time: clock.unix_timestamp,
                ticket: ticket.key(),
                sequence,
                shares: fill.shares.0,
                assets: fill.assets.0,
                shares_left,
                nav: before.assets.0,
                supply: before.shares.0,
            });
            if shares_left > 0 {
                break;
            }
        }
        require!(queue.head > head || !queue.burnt.is_zero(), VaultError::NothingToFill);

        accounts.vault.load_mut()?.filled(&queue)?;
        accounts.settle(&queue, &signer)?;
        accounts.invariant()
    }

    /// The queue at NAV low, with the cash that is nobody's pay.
    fn open_queue(&self, now: i64) -> Result<(Queue, VaultSigner)> {
        let ledger = self.ledger.load()?;
        let vault = self.vault.load()?;
        let available = ledger.cash_tracked.saturating_sub(ledger.keeper_owed);
        let pool = vault.pool(ledger.nav(now)?.low)?;
        let queue = Queue::new(vault.ticket_head, vault.ticket_tail, pool, Assets(available));
        Ok((queue, vault.signer()))
    }

    #[inline(never)]
    fn settle(&self, queue: &Queue, signer: &VaultSigner) -> Result<()> {
        if !queue.paid.is_zero() {
            let accounts = Pay {
                vault: self.vault.to_account_info(),
                ledger: self.ledger.to_account_info(),
                cash: self.cash.to_account_info(),
                destination: self.claims.to_account_info(),
                base_mint: self.base_mint.to_account_info(),
                base_token_program: self.base_token_program.to_account_info(),
            };
            router::pay(accounts, signer, queue.paid.0)?;
        }
        if !queue.burnt.is_zero() {
            let vault = self.vault.as_ref();
            token::burn_escrowed_shares(&self.share_mint, &self.escrow, vault, signer, queue.burnt.0)?;
        }
        router::reserve(&self.vault, &self.ledger, signer)
    }

    /// The vault's counts, and that both token accounts hold what the counts say. They may hold more: anybody can
    /// send them something.
    fn invariant(&self) -> Result<()> {
        let vault = self.vault.load()?;
        require_gte!(token::amount(&self.escrow)?, vault.queued_shares, VaultError::InvariantBroken);
        require_gte!(token::amount(&self.claims)?, vault.claims_owed, VaultError::InvariantBroken);
        Ok(vault.invariant()?)
    }
}

/// The open ticket at a place of the queue; none where it was closed, cancelled or filled.
///
/// # Errors
/// [`VaultError::TicketOutOfOrder`] for any account that is not the one of this place.
#[inline(never)]
fn ticket_at<'info>(
    account: &'info AccountInfo<'info>,
    vault: &Pubkey,
    sequence: u64,
) -> Result<Option<AccountLoader<'info, Ticket>>> {
    if account.owner != &crate::ID {
        // Nothing in the account proves that it once was this ticket, so the address must.
        require_keys_eq!(*account.key, seeds::ticket(vault, sequence).0, VaultError::TicketOutOfOrder);
        return Ok(None);
    }
    let loader = AccountLoader::<Ticket>::try_from(account)?;
    let is_open = {
        // Only `request_redeem` makes tickets, one for each place: the content names the address.
        let ticket = loader.load()?;
        require!(ticket.vault == *vault && ticket.sequence == sequence, VaultError::TicketOutOfOrder);
        ticket.is_open()
    };
    Ok(is_open.then_some(loader))
}

/// Pays one ticket what the cash allows, and says what it was paid and how many shares stay queued; none where the
/// cash pays no share of it.
fn pay_ticket(ticket: &AccountLoader<Ticket>, queue: &mut Queue) -> Result<Option<(Fill, u64)>> {
    let mut ticket = ticket.load_mut()?;
    let fill = queue.fill_next(Shares(ticket.shares_left))?;
    if fill.shares.is_zero() {
        return Ok(None);
    }
    ticket.fill(fill)?;
    ticket.invariant()?;
    Ok(Some((fill, ticket.shares_left)))
}
