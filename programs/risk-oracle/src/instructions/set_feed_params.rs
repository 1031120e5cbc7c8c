use anchor_lang::prelude::*;

use crate::change::{self, Presented};
use crate::error::OracleError;
use crate::events::{ChangeApplied, FeedParamsSet};
use crate::instruction;
use crate::state::{Change, Feed, FeedParams};

/// Accounts of `set_feed_params`.
#[event_cpi]
#[derive(Accounts)]
pub struct SetFeedParams<'info> {
    /// The feed's owner.
    pub owner: Signer<'info>,
    /// The feed.
    #[account(mut)]
    pub feed: AccountLoader<'info, Feed>,
    /// The change that has waited, where one must have.
    #[account(mut)]
    pub change: Option<AccountLoader<'info, Change>>,
    /// The instructions sysvar, with a change.
    /// CHECK: must be the sysvar.
    pub instructions: Option<UncheckedAccount<'info>>,
}

impl<'info> SetFeedParams<'info> {
    fn validate(&self, params: &FeedParams) -> Result<()> {
        self.feed.load()?.roles.require_owner(self.owner.key).map_err(OracleError::from)?;
        params.validate()
    }

    /// - Only the owner, within the hard ranges.
    /// - On a feed that has prices, whatever loosens one must have waited; what only tightens is at once.
    /// - The stored price is judged by the new parameters at once.
    #[access_control(ctx.accounts.validate(&params))]
    pub fn handler(ctx: Context<'info, Self>, params: FeedParams) -> Result<()> {
        let clock = Clock::get()?;
        let applied = ctx.accounts.spend_change(params, &clock)?;
        let mut feed = ctx.accounts.feed.load_mut()?;
        feed.set_params(&params, clock.unix_timestamp);
        feed.validate()?;
        let event = FeedParamsSet {
            feed: ctx.accounts.feed.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            params: feed.params(),
            flags: feed.flags,
        };
        drop(feed);
        if let Some(applied) = applied {
            emit_cpi!(applied);
        }
        emit_cpi!(event);
        Ok(())
    }

    #[inline(never)]
    fn spend_change(&self, params: FeedParams, clock: &Clock) -> Result<Option<ChangeApplied>> {
        let feed = self.feed.load()?;
        let waits = feed.is_live() && params.loosens(&feed.params());
        let presented = Presented { change: &self.change, instructions: &self.instructions };
        let call = instruction::SetFeedParams { params };
        change::require(waits, &self.feed.key(), presented, &call, &change::terms_of_params(&feed)?, clock)
    }
}
