use anchor_lang::prelude::*;

use crate::{error::RouterError, state::Ledger};

/// Accounts of `reserve`.
#[derive(Accounts)]
pub struct Reserve<'info> {
    /// The vault that keeps the queue.
    pub vault: Signer<'info>,
    /// The vault's ledger.
    #[account(mut, has_one = vault @ RouterError::ForeignAccount)]
    pub ledger: AccountLoader<'info, Ledger>,
}

impl<'info> Reserve<'info> {
    /// - The queue's worth is the vault's to tell; it may exceed the cash at hand, which makes keepers recall.
    /// - What is overdue of it may be recalled by anybody whatever a move loses within the line's bound.
    pub fn handler(ctx: Context<'info, Self>, amount: u64, overdue: u64) -> Result<()> {
        let mut ledger = ctx.accounts.ledger.load_mut()?;
        ledger.require_idle()?;
        ledger.reserved = amount;
        ledger.overdue = overdue;
        ledger.invariant()
    }
}
