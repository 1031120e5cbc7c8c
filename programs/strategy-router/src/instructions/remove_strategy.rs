use anchor_lang::prelude::*;

use crate::{
    error::RouterError,
    events::StrategyRemoved,
    state::{Ledger, LineVenue},
};

/// Accounts of `remove_strategy`.
#[event_cpi]
#[derive(Accounts)]
pub struct RemoveStrategy<'info> {
    /// The ledger's curator or owner.
    pub authority: Signer<'info>,
    /// The ledger.
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
    /// The line's pinned venue, which is closed.
    #[account(mut, close = rent_recipient, has_one = ledger @ RouterError::ForeignAccount)]
    pub line_venue: AccountLoader<'info, LineVenue>,
    /// Takes the venue account's rent.
    /// CHECK: any account may take lamports.
    #[account(mut)]
    pub rent_recipient: UncheckedAccount<'info>,
}

impl<'info> RemoveStrategy<'info> {
    /// - Only an empty line, so that removing one never changes NAV.
    /// - Its token accounts stay: a stranger's dust in them must not be able to keep the row taken.
    pub fn handler(ctx: Context<'info, Self>, id: u16) -> Result<()> {
        let accounts = &ctx.accounts;
        {
            let mut ledger = accounts.ledger.load_mut()?;
            ledger.require_idle()?;
            ledger.roles.require_curator(accounts.authority.key).map_err(RouterError::from)?;
            require!(accounts.line_venue.load()?.id == id, RouterError::UnknownLine);
            let line = ledger.line_mut(id)?;
            require!(line.is_empty(), RouterError::LineNotEmpty);
            *line = bytemuck::Zeroable::zeroed();
            ledger.drop_from_withdraw_order(id);
            ledger.line_count = ledger.line_count.saturating_sub(1);
            ledger.remake_totals()?;
            ledger.invariant()?;
        }
        let clock = Clock::get()?;
        emit_cpi!(StrategyRemoved {
            ledger: accounts.ledger.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            line: id,
        });
        Ok(())
    }
}
