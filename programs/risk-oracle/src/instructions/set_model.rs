use anchor_lang::prelude::*;
use solana_program::hash::hashv;

use crate::change::{self, Presented};
use crate::error::OracleError;
use crate::events::{ChangeApplied, ModelSet};
use crate::instruction;
use crate::state::{Change, Feed, ModelParams};

/// Accounts of `set_model`.
#[event_cpi]
#[derive(Accounts)]
pub struct SetModel<'info> {
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

impl<'info> SetModel<'info> {
    fn validate(&self, params: &ModelParams) -> Result<()> {
        self.feed.load()?.roles.require_owner(self.owner.key).map_err(OracleError::from)?;
        params.validate()
    }

    /// - Only the owner, within the hard ranges.
    /// - On a feed that has prices every refit must have waited: whether it loosens shows only in the forecasts to come.
    /// - No forecast that stands is made anew; the next closed bar is the first that meets the new coefficients.
    #[access_control(ctx.accounts.validate(&params))]
    pub fn handler(ctx: Context<'info, Self>, params: ModelParams) -> Result<()> {
        let clock = Clock::get()?;
        let applied = ctx.accounts.spend_change(params, &clock)?;
        let mut feed = ctx.accounts.feed.load_mut()?;
        let live = feed.is_live();
        feed.engine.refit(&params, live);
        feed.inputs_hash = absorb(&feed.inputs_hash, &params)?;
        feed.validate()?;
        let event = ModelSet {
            feed: ctx.accounts.feed.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            params,
            refits: feed.engine.refits,
            inputs_hash: feed.inputs_hash,
        };
        drop(feed);
        if let Some(applied) = applied {
            emit_cpi!(applied);
        }
        emit_cpi!(event);
        Ok(())
    }

    #[inline(never)]
    fn spend_change(&self, params: ModelParams, clock: &Clock) -> Result<Option<ChangeApplied>> {
        let feed = self.feed.load()?;
        let presented = Presented { change: &self.change, instructions: &self.instructions };
        let call = instruction::SetModel { params };
        change::require(feed.is_live(), &self.feed.key(), presented, &call, &change::terms_of_model(&feed)?, clock)
    }
}

/// SHA-256 of the previous hash, the word `model` and the coefficients (Borsh): they are an input of every later forecast.
fn absorb(previous: &[u8; 32], params: &ModelParams) -> Result<[u8; 32]> {
    let mut bytes = Vec::with_capacity(core::mem::size_of::<ModelParams>());
    params.serialize(&mut bytes)?;
    Ok(hashv(&[previous, b"model", &bytes]).to_bytes())
}
