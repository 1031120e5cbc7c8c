use anchor_lang::prelude::*;
use strategy_router::state::Ledger;

use crate::error::VaultError;
use crate::events::FeesCrystallised;
use crate::state::{Moment, Vault};

/// Accounts of `crystallise`.
#[event_cpi]
#[derive(Accounts)]
pub struct Crystallise<'info> {
    /// The vault.
    #[account(mut, has_one = ledger @ VaultError::WrongLedger)]
    pub vault: AccountLoader<'info, Vault>,
    /// The vault's ledger.
    pub ledger: AccountLoader<'info, Ledger>,
}

impl<'info> Crystallise<'info> {
    /// - Anybody may, a day after fees were charged last.
    /// - Management and performance fees up to now, at NAV low, become shares that wait for their recipient.
    /// - The mark never falls by it, and the speed window moves on as with any flow.
    pub fn handler(ctx: Context<'info, Self>) -> Result<()> {
        let clock = Clock::get()?;
        let now = clock.unix_timestamp;
        let moment = Moment { now, nav: ctx.accounts.ledger.load()?.nav(now)? };
        let charged = {
            let mut vault = ctx.accounts.vault.load_mut()?;
            let charged = vault.crystallise_if_due(now, moment.nav.low)?.ok_or(VaultError::CrystallisedRecently)?;
            vault.touch_speed(&moment)?;
            vault.invariant()?;
            charged
        };
        emit_cpi!(FeesCrystallised::new(&ctx.accounts.vault.key(), &clock, &charged));
        Ok(())
    }
}
