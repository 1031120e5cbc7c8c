use anchor_lang::prelude::*;

use crate::{error::RouterError, events::WithdrawOrderSet, state::Ledger};

/// Accounts of `set_withdraw_order`.
#[event_cpi]
#[derive(Accounts)]
pub struct SetWithdrawOrder<'info> {
    /// The ledger's curator or owner.
    pub authority: Signer<'info>,
    /// The ledger.
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
}

impl<'info> SetWithdrawOrder<'info> {
    /// - Only lines that there are, each once; lines that are not named follow in row order.
    /// - Swapped lines may be named and are passed over: exits draw on same-asset lines only.
    pub fn handler(ctx: Context<'info, Self>, lines: Vec<u16>) -> Result<()> {
        let accounts = &ctx.accounts;
        {
            let mut ledger = accounts.ledger.load_mut()?;
            ledger.roles.require_curator(accounts.authority.key).map_err(RouterError::from)?;
            ledger.require_idle()?;
            ledger.set_withdraw_order(&lines)?;
            ledger.invariant()?;
        }
        let clock = Clock::get()?;
        emit_cpi!(WithdrawOrderSet {
            ledger: accounts.ledger.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            by: accounts.authority.key(),
            lines,
        });
        Ok(())
    }
}
