use anchor_lang::prelude::*;
use anchor_spl::token::Token;
use gimbal_math::{Assets, Shares};
use strategy_router::cpi::accounts::Pay;
use strategy_router::program::StrategyRouter;
use strategy_router::state::Ledger;
use strategy_router::RouterError;

use crate::error::VaultError;
use crate::events::{FeesCrystallised, Scope, TicketFilled, TicketPassed};
use crate::math::{Fill, Queue, Step, Waiting};
use crate::router::{self, Overdue};
use crate::state::{CheapestEntry, Crystallised, Ticket, Vault};
use crate::{seeds, token};

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
    /// Token account of the shares in escrow.
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

/// The queue as it is walked, and what is the same for all its tickets.
struct Walk {
    queue: Queue,
    vault: Pubkey,
    slot: u64,
    now: i64,
    min_age: i64,
    /// The last second's cheapest entry.
    entry: CheapestEntry,
    /// Of a ticket that was paid in part, share units.
    left_at_head: Shares,
}

/// What came of a ticket.
enum Outcome {
    /// Its place is behind the head now.
    Over,
    /// It was paid as far as cash goes.
    PaidInPart,
    /// It waits at the head, for this reason.
    Waits(Error),
}

impl<'info> FillTickets<'info> {
    fn validate(&self, n: u8) -> Result<()> {
        require!((1..=MAX_FILL).contains(&n), VaultError::FillCountOutOfRange);
        Ok(())
    }

    /// - Tickets are paid in order, the last one in part where cash ends; nobody is passed who could be paid.
    /// - Each is priced at NAV low as the fills before have left it, less the lower of the exit fee at its request and now.
    /// - Where NAV is too old, only overdue tickets are paid, at what the lines' last values have faded to.
    /// - A ticket whose bound is unmet waits for a refresh where that could meet it; else it is passed and keeps its shares.
    /// - Shares paid for are burnt; their assets move to the claims account and are no part of NAV.
    /// - No pause, no feed and no daily limit stands in the way.
    #[access_control(ctx.accounts.validate(n))]
    pub fn handler(ctx: Context<'info, Self>, n: u8) -> Result<()> {
        let accounts = &ctx.accounts;
        let clock = Clock::get()?;
        let (mut walk, charged) = accounts.open_queue(&clock)?;
        if let Some(charged) = charged {
            emit_cpi!(FeesCrystallised::new(&walk.vault, &clock, &charged));
        }
        let head = walk.queue.head;
        let mut reason = error!(VaultError::NothingToFill);
        for account in ctx.remaining_accounts.iter().take(usize::from(n)) {
            if walk.queue.is_empty() {
                break;
            }
            let Some(ticket) = ticket_at(account, &walk.vault, walk.queue.head)? else {
                walk.queue.skip()?;
                continue;
            };
            match accounts.serve(&mut walk, &ticket)? {
                Outcome::Over => (),
                Outcome::PaidInPart => break,
                Outcome::Waits(obstacle) => {
                    reason = obstacle;
                    break;
                }
            }
        }
        if walk.queue.head == head && walk.queue.burnt.is_zero() {
            return Err(reason);
        }
        accounts.settle(&walk, head)?;
        accounts.invariant()
    }

    /// The queue at what leavers are paid now, with the cash that is nobody's pay; and the fees that were charged before.
    fn open_queue(&self, clock: &Clock) -> Result<(Walk, Option<Crystallised>)> {
        let now = clock.unix_timestamp;
        let (mut vault, ledger) = (self.vault.load_mut()?, self.ledger.load()?);
        let nav = router::exit_nav(&ledger, now)?;
        // What has faded is no value to charge a fee on.
        let charged = if nav.is_stale { None } else { vault.crystallise_if_due(now, nav.low)? };
        let exit = vault.leaving(now, nav.low)?;
        let mut queue = Queue::new(vault.ticket_head, vault.ticket_tail, exit, Assets(ledger.free_cash()));
        queue.margin = Assets(nav.margin);
        queue.age = nav.age;
        queue.is_stale = nav.is_stale;
        let walk = Walk {
            queue,
            vault: self.vault.key(),
            slot: clock.slot,
            now,
            min_age: i64::from(vault.limits.ticket_min_age),
            entry: vault.entry,
            left_at_head: Shares::ZERO,
        };
        Ok((walk, charged))
    }

    /// Pays the ticket at the head, passes it, or says why it waits.
    #[inline(never)]
    fn serve(&self, walk: &mut Walk, ticket: &AccountLoader<'info, Ticket>) -> Result<Outcome> {
        let (waiting, age) = {
            let ticket = ticket.load()?;
            (ticket.waiting(walk.now), walk.now.saturating_sub(ticket.requested_at))
        };
        if age <= 0 {
            walk.queue.hold_to_entry(&walk.entry, walk.now);
        }
        if age < walk.min_age {
            return Ok(Outcome::Waits(error!(VaultError::TicketTooYoung)));
        }
        if walk.queue.is_stale && !waiting.is_overdue {
            return Ok(Outcome::Waits(error!(RouterError::StaleNav)));
        }
        let before = walk.queue;
        match walk.queue.next(&waiting)? {
            Step::LacksCash => Ok(Outcome::Waits(error!(VaultError::NothingToFill))),
            Step::LacksValuation => Ok(Outcome::Waits(error!(VaultError::RefreshFirst))),
            Step::Paid(fill) => self.pay_ticket(walk, ticket, fill, &before),
            Step::Passed => self.pass_ticket(walk, ticket, &waiting, &before),
        }
    }

    fn pay_ticket(
        &self,
        walk: &mut Walk,
        ticket: &AccountLoader<'info, Ticket>,
        fill: Fill,
        before: &Queue,
    ) -> Result<Outcome> {
        let shares_left = {
            let mut ticket = ticket.load_mut()?;
            ticket.fill(fill)?;
            ticket.invariant()?;
            ticket.shares_left
        };
        walk.left_at_head = Shares(shares_left);
        let ctx = Scope { accounts: self };
        emit_cpi!(TicketFilled {
            vault: walk.vault,
            slot: walk.slot,
            time: walk.now,
            ticket: ticket.key(),
            sequence: before.head,
            shares: fill.shares.0,
            assets: fill.assets.0,
            shares_left,
            nav: before.exit.pool.assets.0,
            supply: before.exit.pool.shares.0,
            fee: fill.fee.0,
        });
        Ok(if shares_left == 0 { Outcome::Over } else { Outcome::PaidInPart })
    }

    fn pass_ticket(
        &self,
        walk: &Walk,
        ticket: &AccountLoader<'info, Ticket>,
        waiting: &Waiting,
        before: &Queue,
    ) -> Result<Outcome> {
        {
            let mut ticket = ticket.load_mut()?;
            ticket.pass()?;
            ticket.invariant()?;
        }
        let ctx = Scope { accounts: self };
        emit_cpi!(TicketPassed {
            vault: walk.vault,
            slot: walk.slot,
            time: walk.now,
            ticket: ticket.key(),
            sequence: before.head,
            shares: waiting.left.0,
            offered: waiting.payment_down(waiting.left, &before.exit)?.assets.0,
            bound: waiting.bound_up(waiting.left)?.0,
        });
        Ok(Outcome::Over)
    }

    /// Books what the walk has done, moves the cash, burns the shares and tells the router what the queue is worth now.
    #[inline(never)]
    fn settle(&self, walk: &Walk, head_before: u64) -> Result<()> {
        let queue = &walk.queue;
        let signer = {
            let mut vault = self.vault.load_mut()?;
            vault.filled(queue)?;
            vault.signer()
        };
        if !queue.paid.is_zero() {
            let accounts = Pay {
                vault: self.vault.to_account_info(),
                ledger: self.ledger.to_account_info(),
                cash: self.cash.to_account_info(),
                destination: self.claims.to_account_info(),
                base_mint: self.base_mint.to_account_info(),
                base_token_program: self.base_token_program.to_account_info(),
            };
            router::pay(accounts, &signer, queue.paid.0, queue.kept.0)?;
        }
        if !queue.burnt.is_zero() {
            let vault = self.vault.as_ref();
            token::burn_escrowed_shares(&self.share_mint, &self.escrow, vault, &signer, queue.burnt.0)?;
        }
        // A demand is one ticket's: it ends with the ticket, and shrinks with what is left of it.
        let was_demanded = self.ledger.load()?.overdue > 0;
        let overdue =
            if was_demanded && queue.head == head_before { Overdue::Head(walk.left_at_head) } else { Overdue::NONE };
        router::reserve(&self.vault, &self.ledger, &signer, overdue)
    }

    /// The vault's counts, and that both token accounts hold what the counts say. They may hold more: anybody can
    /// send them something.
    fn invariant(&self) -> Result<()> {
        let vault = self.vault.load()?;
        require_gte!(token::amount(&self.escrow)?, vault.escrowed_shares(), VaultError::InvariantBroken);
        require_gte!(token::amount(&self.claims)?, vault.claims_owed, VaultError::InvariantBroken);
        Ok(vault.invariant()?)
    }
}

/// The open ticket at a place of the queue; none where it was closed, cancelled, filled or redeemed in kind.
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
