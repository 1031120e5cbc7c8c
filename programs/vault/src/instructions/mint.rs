use anchor_lang::prelude::*;

use crate::error::require_at_most;
use crate::instructions::Deposit;

impl<'info> Deposit<'info> {
    /// - The vault accepts deposits and nothing is wrong with the base asset's feed.
    /// - The depositor is on the vault's list, where there is one; the share price has not fallen too fast.
    /// - Exactly `shares` are minted.
    /// - The price is NAV high; assets in, with the entry fee, are rounded up and at most `max_assets`.
    /// - Cash grows by exactly that, and NAV high not above the deposit cap.
    /// - Fees that are due for more than a day are charged before.
    #[access_control(ctx.accounts.validate())]
    pub fn mint(ctx: Context<'info, Self>, shares: u64, max_assets: u64) -> Result<()> {
        ctx.accounts.take_in(|vault, at| {
            let priced = vault.mint(at, shares)?;
            require_at_most("assets", priced.flow.assets.0, max_assets)?;
            Ok(priced)
        })
    }
}
