use anchor_lang::prelude::*;
use risk_oracle::program::RiskOracle;
use strategy_router::cpi::accounts::{Allocate, LineAccounts};

// All of it: Anchor keeps the generated modules of nested accounts beside them.
use crate::instructions::deposit::*;
use crate::router;

/// Accounts of `deposit_and_allocate`. What the line's venue call takes follows as remaining accounts, in the router's
/// order.
#[derive(Accounts)]
pub struct DepositAndAllocate<'info> {
    /// Accounts of the deposit.
    pub deposit: Deposit<'info>,
    /// The line's pinned venue.
    /// CHECK: the router checks it.
    pub line_venue: UncheckedAccount<'info>,
    /// Feed of the line's token; for a swapped line.
    /// CHECK: the router checks it.
    pub token_feed: Option<UncheckedAccount<'info>>,
    /// The ledger's book.
    /// CHECK: the router checks it.
    #[account(mut)]
    pub book: UncheckedAccount<'info>,
    /// The risk oracle, which the router asks.
    pub oracle_program: Program<'info, RiskOracle>,
    /// The router's event authority.
    /// CHECK: the router checks its address.
    pub router_event_authority: UncheckedAccount<'info>,
}

impl<'info> DepositAndAllocate<'info> {
    /// - A deposit like any other: see `deposit`.
    /// - Then as much of it as the router allows goes into `line` at once, which may be nothing: a full or capped venue
    ///   does not stand in a deposit's way.
    #[access_control(ctx.accounts.deposit.validate())]
    pub fn handler(ctx: Context<'info, Self>, assets: u64, min_shares: u64, line: u16) -> Result<()> {
        let accounts = &ctx.accounts;
        accounts.deposit.deposit_at_least(assets, min_shares)?;
        accounts.allocate(ctx.remaining_accounts, line, assets)?;
        Ok(accounts.deposit.vault.load()?.invariant()?)
    }

    #[inline(never)]
    fn allocate(&self, venue: &[AccountInfo<'info>], line: u16, max: u64) -> Result<()> {
        let deposit = &self.deposit;
        let signer = deposit.vault.load()?.signer();
        let accounts = Allocate {
            vault: deposit.vault.to_account_info(),
            line: LineAccounts {
                ledger: deposit.ledger.to_account_info(),
                line_venue: self.line_venue.to_account_info(),
                cash: deposit.cash.to_account_info(),
                base_mint: deposit.base_mint.to_account_info(),
                base_token_program: deposit.base_token_program.to_account_info(),
                base_feed: Some(deposit.base_feed.to_account_info()),
                token_feed: self.token_feed.as_ref().map(|feed| feed.to_account_info()),
            },
            book: self.book.to_account_info(),
            risk_oracle: self.oracle_program.to_account_info(),
            event_authority: self.router_event_authority.to_account_info(),
            program: deposit.router_program.to_account_info(),
        };
        router::allocate(accounts, venue, &signer, line, max)
    }
}
