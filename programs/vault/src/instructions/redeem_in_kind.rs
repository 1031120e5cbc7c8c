use anchor_lang::prelude::*;
use anchor_spl::token::Token;
use gimbal_math::{Assets, Shares};
use strategy_router::cpi::accounts::PayInKind;
use strategy_router::program::StrategyRouter;
use strategy_router::state::Ledger;

use crate::error::VaultError;
use crate::events::RedeemedInKind;
use crate::router::{self, Overdue};
use crate::seeds::VaultSigner;
use crate::state::{Ticket, Vault};
use crate::token;

/// Accounts of `redeem_in_kind`. The router's groups of four follow as remaining accounts, for every token account of a
/// line that holds something, by row: the line's account, its mint, the receiver, the token program; with the router's
/// program in the receiver's place, or alone in place of the four, that part is forgone.
#[event_cpi]
#[derive(Accounts)]
pub struct RedeemInKind<'info> {
    /// Owner of the ticket; receives its rent when nothing is left to claim.
    #[account(mut)]
    pub owner: Signer<'info>,
    /// The vault.
    #[account(
        mut,
        has_one = ledger @ VaultError::WrongLedger,
        has_one = base_mint @ VaultError::WrongBaseMint,
        has_one = base_token_program @ VaultError::WrongTokenProgram,
        has_one = share_mint @ VaultError::WrongShareMint,
        has_one = escrow @ VaultError::WrongEscrow,
    )]
    pub vault: AccountLoader<'info, Vault>,
    /// The vault's ledger.
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
    /// The ticket.
    #[account(mut, has_one = vault @ VaultError::WrongVault, has_one = owner @ VaultError::NotTicketOwner)]
    pub ticket: AccountLoader<'info, Ticket>,
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
    /// The ledger's cash account.
    /// CHECK: the router checks that it is its ledger's.
    #[account(mut)]
    pub cash: UncheckedAccount<'info>,
    /// Base token account that receives the part of the cash; anybody's, except the ledger's cash and the vault's claims.
    /// Absent: that part is forgone.
    /// CHECK: the token program checks its mint.
    #[account(mut, constraint = destination.key() != cash.key() @ VaultError::DuplicateTokenAccount)]
    pub destination: Option<UncheckedAccount<'info>>,
    /// The strategy router.
    pub router_program: Program<'info, StrategyRouter>,
    /// The router's event authority.
    /// CHECK: the router checks its address.
    pub router_event_authority: UncheckedAccount<'info>,
    /// Token program of the base mint.
    /// CHECK: pinned in the vault.
    pub base_token_program: UncheckedAccount<'info>,
    /// The SPL Token program, which the shares belong to.
    pub share_token_program: Program<'info, Token>,
}

/// What leaves: of how many shares how many, and who signs for it.
struct Part {
    shares: Shares,
    supply: u64,
    sequence: u64,
    closed: bool,
    overdue: Overdue,
    signer: VaultSigner,
}

impl<'info> RedeemInKind<'info> {
    fn validate(&self) -> Result<()> {
        if let Some(destination) = &self.destination {
            require_keys_neq!(destination.key(), self.vault.load()?.claims, VaultError::DuplicateTokenAccount);
        }
        Ok(())
    }

    /// - Only the ticket's owner, once its second deadline is over, whether the queue has passed it or not.
    /// - Its unpaid shares are burnt for the same part of the cash and of every position, to accounts of the owner's choice.
    /// - Nothing is valued and no venue is called: no feed, no valuation, no pause, no role and no fee stands in the way.
    /// - What it was paid before stays claimable; a ticket without that is closed.
    #[access_control(ctx.accounts.validate())]
    pub fn handler(ctx: Context<'info, Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let clock = Clock::get()?;
        let part = accounts.take_shares(clock.unix_timestamp)?;
        let cash = accounts.pay(ctx.remaining_accounts, &part)?;
        router::reserve(&accounts.vault, &accounts.ledger, &part.signer, part.overdue)?;
        if part.closed {
            accounts.ticket.close(accounts.owner.to_account_info())?;
        }

        emit_cpi!(RedeemedInKind {
            vault: accounts.vault.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            ticket: accounts.ticket.key(),
            sequence: part.sequence,
            owner: accounts.owner.key(),
            shares: part.shares.0,
            supply: part.supply,
            cash: cash.0,
            closed: part.closed,
        });
        let vault = accounts.vault.load()?;
        require_gte!(token::amount(&accounts.escrow)?, vault.escrowed_shares(), VaultError::InvariantBroken);
        Ok(vault.invariant()?)
    }

    /// Takes the shares off the books.
    fn take_shares(&self, now: i64) -> Result<Part> {
        let mut ticket = self.ticket.load_mut()?;
        let mut vault = self.vault.load_mut()?;
        let supply = vault.pool(0)?.shares.0;
        let overdue = Overdue::without(&vault, &ticket);
        let before = *ticket;
        let shares = ticket.redeem_in_kind(now)?;
        ticket.invariant()?;
        vault.burn_in_kind(&before, shares)?;
        let (sequence, closed, signer) = (ticket.sequence, ticket.is_spent(), vault.signer());
        Ok(Part { shares, supply, sequence, closed, overdue, signer })
    }

    /// Burns the shares and has the router pay their part; returns how much of it was cash.
    #[inline(never)]
    fn pay(&self, lines: &[AccountInfo<'info>], part: &Part) -> Result<Assets> {
        let vault = self.vault.as_ref();
        token::burn_escrowed_shares(&self.share_mint, &self.escrow, vault, &part.signer, part.shares.0)?;
        let accounts = PayInKind {
            vault: self.vault.to_account_info(),
            ledger: self.ledger.to_account_info(),
            cash: self.cash.to_account_info(),
            destination: self.destination.as_ref().map(|destination| destination.to_account_info()),
            base_mint: self.base_mint.to_account_info(),
            base_token_program: self.base_token_program.to_account_info(),
            event_authority: self.router_event_authority.to_account_info(),
            program: self.router_program.to_account_info(),
        };
        let paid_before = self.ledger.load()?.paid;
        router::pay_in_kind(accounts, lines, &part.signer, part.shares.0, part.supply)?;
        let paid = self.ledger.load()?.paid;
        let cash = Assets(paid).checked_sub(Assets(paid_before)).map_err(VaultError::from)?;
        self.vault.load_mut()?.withdrew_in_kind(cash)?;
        Ok(cash)
    }
}
