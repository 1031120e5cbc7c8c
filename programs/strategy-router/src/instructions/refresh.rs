use anchor_lang::prelude::*;
use risk_oracle::state::Feed;

use crate::{
    adapters::{adapter, VenueView},
    error::RouterError,
    events::Valued,
    instructions::Feeds,
    moves::store_revaluation,
    state::{Ledger, LineVenue},
    venue::accounts::match_value,
};

/// Accounts of `refresh`; the first entries of the line's pinned list, as many as its `value_count`, follow.
#[event_cpi]
#[derive(Accounts)]
pub struct Refresh<'info> {
    /// The ledger.
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
    /// The line's pinned venue.
    #[account(has_one = ledger @ RouterError::ForeignAccount)]
    pub line_venue: AccountLoader<'info, LineVenue>,
    /// Feed of the base asset; for a swapped line.
    pub base_feed: Option<AccountLoader<'info, Feed>>,
    /// Feed of the token; for a swapped line.
    pub token_feed: Option<AccountLoader<'info, Feed>>,
}

impl<'info> Refresh<'info> {
    /// - Values the line from its venue's own accounts, calls nobody, and remakes the totals.
    /// - Anybody may call.
    pub fn handler(ctx: Context<'info, Self>, id: u16) -> Result<()> {
        let clock = Clock::get()?;
        let quote = {
            let accounts = &ctx.accounts;
            let mut ledger = accounts.ledger.load_mut()?;
            ledger.require_idle()?;
            let venue = accounts.line_venue.load()?;
            require!(venue.id == id, RouterError::UnknownLine);
            let feeds = Feeds { base: accounts.base_feed.as_ref(), token: accounts.token_feed.as_ref() };
            let view = VenueView {
                program: venue.venue.program,
                pinned: match_value(&venue, ctx.remaining_accounts)?,
                prices: feeds.read(&ledger, &venue, clock.unix_timestamp)?.0,
                refuse_stale: true,
                slot: clock.slot,
                now: clock.unix_timestamp,
            };
            let line = ledger.line(id)?;
            let quote = adapter(line.adapter)?.value(&view, line)?;
            store_revaluation(&mut ledger, id, &quote, clock.slot, clock.unix_timestamp)?;
            ledger.invariant()?;
            quote
        };
        emit_cpi!(Valued {
            ledger: ctx.accounts.ledger.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            line: id,
            low: quote.low,
            mid: quote.mid,
            high: quote.high,
            liquidity: quote.liquidity,
        });
        Ok(())
    }
}
