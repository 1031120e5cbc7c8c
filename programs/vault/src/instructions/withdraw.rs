use anchor_lang::prelude::*;

use crate::error::require_at_most;
use crate::instructions::Redeem;

impl<'info> Redeem<'info> {
    /// - Instant exits are open.
    /// - Exactly `assets` are paid.
    /// - The price is NAV low with the fee of the running day, or the window's start where it rose too fast; shares in, with
    ///   the exit fee, are rounded up and at most `max_shares`.
    /// - The shares are within the daily limit of instant exits, the assets within the cash that neither keepers nor the
    ///   queue are owed.
    /// - Fees that are due for more than a day are charged before.
    /// - No feed is asked.
    #[access_control(ctx.accounts.validate())]
    pub fn withdraw(ctx: Context<'info, Self>, assets: u64, max_shares: u64) -> Result<()> {
        ctx.accounts.pay_out(|vault, at| {
            let priced = vault.withdraw(at, assets)?;
            require_at_most("shares", priced.flow.shares.0, max_shares)?;
            Ok(priced)
        })
    }
}
