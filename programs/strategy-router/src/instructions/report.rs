use anchor_lang::prelude::*;
use risk_oracle::program::RiskOracle;

use crate::{
    error::RouterError,
    events::Reported,
    risk::{self, Ask},
    state::Ledger,
};

/// Accounts of `report`.
#[event_cpi]
#[derive(Accounts)]
pub struct Report<'info> {
    /// The ledger, which signs.
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
    /// The ledger's book at the risk oracle.
    /// CHECK: pinned in the ledger; the oracle checks it.
    #[account(mut)]
    pub book: UncheckedAccount<'info>,
    /// The risk oracle.
    pub risk_oracle: Program<'info, RiskOracle>,
}

impl<'info> Report<'info> {
    /// - Anybody may call, from the first deposit on: a report makes the book live, so that what raises its limits waits.
    /// - Nothing moves.
    /// - The book takes note of every line's value and exposure, at valuations that NAV may be made of.
    /// - What the oracle finds wrong is told, and refuses nothing here.
    pub fn handler(ctx: Context<'info, Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let clock = Clock::get()?;
        // Refused inside a venue call, and at valuations that are too old.
        let nav = {
            let ledger = accounts.ledger.load()?;
            require!(ledger.is_live(), RouterError::NothingToReport);
            ledger.nav(clock.unix_timestamp)?.mid
        };
        let verdict = risk::assess(&accounts.ledger, &accounts.book, Ask::Report, nav)?;
        emit_cpi!(Reported {
            ledger: accounts.ledger.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            nav,
            flags: verdict.flags,
        });
        let ledger = accounts.ledger.load()?;
        ledger.invariant()
    }
}
