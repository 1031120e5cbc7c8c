use anchor_lang::prelude::*;

use crate::error::require_at_most;
use crate::instructions::Deposit;
use crate::preview;

impl<'info> Deposit<'info> {
    /// - The vault accepts deposits and nothing is wrong with the base asset's feed.
    /// - Exactly `shares` are minted.
    /// - The price is NAV high; assets in are rounded up and at most `max_assets`.
    /// - Cash grows by exactly that.
    #[access_control(ctx.accounts.validate())]
    pub fn mint(ctx: Context<'info, Self>, shares: u64, max_assets: u64) -> Result<()> {
        ctx.accounts.take_in(|vault, nav_high| {
            let flow = preview::mint(vault, nav_high, shares)?;
            require_at_most("assets", flow.assets.0, max_assets)?;
            Ok(flow)
        })
    }
}
