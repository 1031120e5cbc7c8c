use anchor_lang::prelude::*;
use gimbal_control::Roles;

use crate::error::OracleError;
use crate::events::FeedRegistered;
use crate::seeds::FEED_SEED;
use crate::state::{Feed, FeedParams, ModelParams, VERSION};

/// A new feed.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegisterFeedArgs {
    /// Pyth id of the asset.
    pub feed_id: [u8; 32],
    /// Pyth id of a second source for the same asset; zero for none.
    pub second_feed_id: [u8; 32],
    /// Curator of the feed; zero for none.
    pub curator: Pubkey,
    /// Guardian of the feed; zero for none.
    pub guardian: Pubkey,
    /// Parameters, each within its hard range.
    pub params: FeedParams,
}

/// Accounts of `register_feed`.
#[event_cpi]
#[derive(Accounts)]
#[instruction(args: RegisterFeedArgs)]
pub struct RegisterFeed<'info> {
    /// Registers the feed and becomes its first owner; part of its address for ever.
    pub authority: Signer<'info>,
    /// Pays the feed's rent.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The new feed.
    #[account(
        init,
        payer = payer,
        space = Feed::SPACE,
        seeds = [FEED_SEED, authority.key().as_ref(), args.feed_id.as_ref()],
        bump
    )]
    pub feed: AccountLoader<'info, Feed>,
    /// The System program.
    pub system_program: Program<'info, System>,
}

impl<'info> RegisterFeed<'info> {
    fn validate(args: &RegisterFeedArgs) -> Result<()> {
        Feed::validate_sources(&args.feed_id, &args.second_feed_id)?;
        args.params.validate()
    }

    /// - Both ids are fixed for ever; the parameters are not.
    /// - The feed is EMPTY until its first update.
    /// - Its volatility models have the default coefficients until `set_model`.
    #[access_control(Self::validate(&args))]
    pub fn handler(ctx: Context<'info, Self>, args: RegisterFeedArgs) -> Result<()> {
        let clock = Clock::get()?;
        let authority = ctx.accounts.authority.key();
        let mut feed = ctx.accounts.feed.load_init()?;
        feed.version = VERSION;
        feed.bump = ctx.bumps.feed;
        feed.roles = Roles::new(authority, args.curator, args.guardian).map_err(OracleError::from)?;
        feed.authority = authority;
        feed.feed_id = args.feed_id;
        feed.second_feed_id = args.second_feed_id;
        feed.set_params(&args.params, clock.unix_timestamp);
        feed.engine.start(&ModelParams::DEFAULT);
        feed.validate()?;
        let params = feed.params();
        drop(feed);
        emit_cpi!(FeedRegistered {
            feed: ctx.accounts.feed.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            authority,
            feed_id: args.feed_id,
            second_feed_id: args.second_feed_id,
            params,
        });
        Ok(())
    }
}
