use anchor_lang::prelude::*;
use anchor_spl::token_interface::{transfer_checked, Mint, TokenInterface, TransferChecked};

use crate::{error::RouterError, state::Ledger, venue::guard};

/// Accounts of `credit`.
#[derive(Accounts)]
pub struct Credit<'info> {
    /// The vault whose depositor pays in.
    pub vault: Signer<'info>,
    /// The vault's ledger.
    #[account(
        mut,
        has_one = vault @ RouterError::ForeignAccount,
        has_one = cash @ RouterError::ForeignAccount,
        has_one = base_mint @ RouterError::ForeignAccount,
        has_one = base_token_program @ RouterError::ForeignAccount,
    )]
    pub ledger: AccountLoader<'info, Ledger>,
    /// Authority of the source account.
    pub depositor: Signer<'info>,
    /// Where the money comes from.
    /// CHECK: the token program checks mint and authority.
    #[account(mut)]
    pub source: UncheckedAccount<'info>,
    /// The ledger's cash account.
    /// CHECK: pinned in the ledger; its bytes are checked before and after.
    #[account(mut)]
    pub cash: UncheckedAccount<'info>,
    /// Mint of the base asset.
    pub base_mint: Box<InterfaceAccount<'info, Mint>>,
    /// Token program of the base mint.
    pub base_token_program: Interface<'info, TokenInterface>,
}

impl<'info> Credit<'info> {
    fn validate(&self, assets: u64) -> Result<()> {
        require!(assets > 0, RouterError::ZeroAmount);
        self.ledger.load()?.require_idle()
    }

    /// - Cash grows by exactly `assets`, else nothing happens.
    /// - The ledger tracks what came.
    /// - What of it stays as a fee is a gain of those who are in, and locked as gains are.
    #[access_control(ctx.accounts.validate(assets))]
    pub fn handler(ctx: Context<'info, Self>, assets: u64, kept: u64) -> Result<()> {
        let accounts = &ctx.accounts;
        let ledger_key = accounts.ledger.key();
        let before = guard::held_alone(&accounts.cash, &ledger_key)?.amount;
        let transfer = TransferChecked {
            from: accounts.source.to_account_info(),
            mint: accounts.base_mint.to_account_info(),
            to: accounts.cash.to_account_info(),
            authority: accounts.depositor.to_account_info(),
        };
        let context = CpiContext::new(accounts.base_token_program.key(), transfer);
        transfer_checked(context, assets, accounts.base_mint.decimals)?;
        let after = guard::held_alone(&accounts.cash, &ledger_key)?.amount;
        guard::require_grown(before, after, assets)?;

        let mut ledger = accounts.ledger.load_mut()?;
        ledger.book_credit(assets)?;
        ledger.gains.lock(kept, Clock::get()?.unix_timestamp)?;
        ledger.invariant()
    }
}
