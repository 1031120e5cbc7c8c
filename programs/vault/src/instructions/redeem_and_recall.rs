use anchor_lang::prelude::*;
use strategy_router::cpi::accounts::{LineAccounts, RecallForExit};

use crate::error::VaultError;
// All of it: Anchor keeps the generated modules of nested accounts beside them.
use crate::instructions::redeem::*;
use crate::{preview, router};

/// Recalls that one redemption may take: the second for what the line's new value has added to the shares' price.
const RECALLS: usize = 2;
/// Base units that are recalled beyond what lacks: more than a venue's rounding.
const ROUNDING: u64 = 10;

/// Accounts of `redeem_and_recall`. What the line's venue call takes follows as remaining accounts, in the router's order.
#[derive(Accounts)]
pub struct RedeemAndRecall<'info> {
    /// Accounts of the redemption.
    pub redeem: Redeem<'info>,
    /// The line's pinned venue.
    /// CHECK: the router checks it.
    pub line_venue: UncheckedAccount<'info>,
    /// The router's event authority.
    /// CHECK: the router checks its address.
    pub router_event_authority: UncheckedAccount<'info>,
}

impl<'info> RedeemAndRecall<'info> {
    /// - A redemption like any other: see `redeem`.
    /// - Before it, where free cash does not pay it, what lacks is recalled from `line`, which must be the next in the
    ///   router's withdraw order; nothing is recalled where cash suffices.
    #[access_control(ctx.accounts.redeem.validate())]
    pub fn handler(ctx: Context<'info, Self>, shares: u64, min_assets: u64, line: u16) -> Result<()> {
        let accounts = &ctx.accounts;
        for _ in 0..RECALLS {
            let lacking = accounts.lacking_cash(shares)?;
            if lacking == 0 {
                break;
            }
            let amount = lacking.checked_add(ROUNDING).ok_or(VaultError::AmountOverflow)?;
            accounts.recall(ctx.remaining_accounts, line, amount)?;
        }
        accounts.redeem.redeem_at_least(shares, min_assets)
    }

    /// Base units that free cash lacks to redeem `shares` now.
    #[inline(never)]
    fn lacking_cash(&self, shares: u64) -> Result<u64> {
        let now = Clock::get()?.unix_timestamp;
        let (vault, ledger) = (self.redeem.vault.load()?, self.redeem.ledger.load()?);
        let nav = ledger.nav(now)?;
        let flow = preview::redeem(&vault, &nav, now, shares)?;
        let free = preview::free_cash(&vault, nav.low, ledger.cash_tracked, ledger.keeper_owed)?;
        Ok(flow.assets.0.saturating_sub(free))
    }

    #[inline(never)]
    fn recall(&self, venue: &[AccountInfo<'info>], line: u16, amount: u64) -> Result<()> {
        let redeem = &self.redeem;
        let signer = redeem.vault.load()?.signer();
        let accounts = RecallForExit {
            vault: redeem.vault.to_account_info(),
            line: LineAccounts {
                ledger: redeem.ledger.to_account_info(),
                line_venue: self.line_venue.to_account_info(),
                cash: redeem.cash.to_account_info(),
                base_mint: redeem.base_mint.to_account_info(),
                base_token_program: redeem.base_token_program.to_account_info(),
                base_feed: None,
                token_feed: None,
            },
            event_authority: self.router_event_authority.to_account_info(),
            program: redeem.router_program.to_account_info(),
        };
        router::recall_for_exit(accounts, venue, &signer, line, amount)
    }
}
