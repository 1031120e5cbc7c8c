use anchor_lang::prelude::*;

use crate::error::OracleError;
use crate::events::FeedParamsSet;
use crate::state::{Feed, FeedParams};

/// Accounts of `set_feed_params`.
#[event_cpi]
#[derive(Accounts)]
pub struct SetFeedParams<'info> {
    /// The feed's owner.
    pub owner: Signer<'info>,
    /// The feed.
    #[account(mut)]
    pub feed: AccountLoader<'info, Feed>,
}

impl<'info> SetFeedParams<'info> {
    fn validate(&self, params: &FeedParams) -> Result<()> {
        self.feed.load()?.roles.require_owner(self.owner.key).map_err(OracleError::from)?;
        params.validate()
    }

    /// - Only the owner, within the hard ranges.
    /// - The stored price is judged by the new parameters at once.
    #[access_control(ctx.accounts.validate(&params))]
    pub fn handler(ctx: Context<'info, Self>, params: FeedParams) -> Result<()> {
        let clock = Clock::get()?;
        let mut feed = ctx.accounts.feed.load_mut()?;
        feed.set_params(&params, clock.unix_timestamp);
        feed.invariant()?;
        let event = FeedParamsSet {
            feed: ctx.accounts.feed.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            params: feed.params(),
            flags: feed.flags,
        };
        drop(feed);
        emit_cpi!(event);
        Ok(())
    }
}
