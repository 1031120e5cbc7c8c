use anchor_lang::prelude::*;

use crate::error::require_at_most;
use crate::instructions::Redeem;
use crate::preview;

impl<'info> Redeem<'info> {
    /// - Instant exits are open.
    /// - Exactly `assets` are paid.
    /// - The price is NAV low; shares in are rounded up and at most `max_shares`.
    /// - The assets are within the cash that neither keepers nor the queue are owed.
    /// - No feed is asked.
    #[access_control(ctx.accounts.validate())]
    pub fn withdraw(ctx: Context<'info, Self>, assets: u64, max_shares: u64) -> Result<()> {
        ctx.accounts.pay_out(|vault, nav_low| {
            let flow = preview::withdraw(vault, nav_low, assets)?;
            require_at_most("shares", flow.shares.0, max_shares)?;
            Ok(flow)
        })
    }
}
