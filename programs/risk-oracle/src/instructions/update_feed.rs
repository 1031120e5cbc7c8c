use anchor_lang::prelude::*;
use pyth_solana_receiver_sdk::price_update::PriceFeedMessage;
use solana_program::hash::hashv;

use crate::error::OracleError;
use crate::events::{BarClosed, FeedUpdated, VarianceForecast};
use crate::policy::price;
use crate::state::{Feed, Sample};

/// Accounts of `update_feed`.
#[event_cpi]
#[derive(Accounts)]
pub struct UpdateFeed<'info> {
    /// The feed.
    #[account(mut)]
    pub feed: AccountLoader<'info, Feed>,
    /// A PriceUpdateV2 of the feed's first source.
    /// CHECK: owner, discriminator and content are checked by `price::read` and `price::check`.
    pub price_update: UncheckedAccount<'info>,
    /// A PriceUpdateV2 of the feed's second source. Without it the stored second price ages.
    /// CHECK: as `price_update`.
    pub second_price_update: Option<UncheckedAccount<'info>>,
}

/// A price message that passed every check and is newer than the stored one.
struct Accepted {
    message: PriceFeedMessage,
    sample: Sample,
}

impl<'info> UpdateFeed<'info> {
    fn accept(&self, account: &AccountInfo, second: bool, now: i64) -> Result<Option<Accepted>> {
        let update = price::read(account)?;
        let feed = self.feed.load()?;
        let (id, stored) =
            if second { (&feed.second_feed_id, feed.second_publish_time) } else { (&feed.feed_id, feed.publish_time) };
        let sample = price::check(&update, id, &feed.params(), stored, now)?;
        Ok(sample.map(|sample| Accepted { message: update.price_message, sample }))
    }

    /// - Anybody may call: the price carries its own proof, and the caller chooses nothing but when.
    /// - Each source that is passed must satisfy every check; a price that is stored already changes nothing.
    /// - A newer second price counts even where the first is stored already: else whoever updates with the first alone
    ///   could keep the second from ever arriving.
    /// - The first price of a later day closes the bar, which the engine digests; within a day nothing that is forecast moves.
    pub fn handler(ctx: Context<'info, Self>) -> Result<()> {
        let clock = Clock::get()?;
        let now = clock.unix_timestamp;
        let accounts = &ctx.accounts;
        let first = accounts.accept(&accounts.price_update, false, now)?;
        let second = match &accounts.second_price_update {
            None => None,
            Some(account) => {
                require!(accounts.feed.load()?.has_second_source(), OracleError::NoSecondSource);
                accounts.accept(account, true, now)?
            }
        };
        if first.is_none() && second.is_none() {
            return Ok(());
        }

        let mut feed = accounts.feed.load_mut()?;
        let mut closed = None;
        if let Some(Accepted { message, sample }) = &first {
            closed = feed.take_first(sample)?;
            feed.inputs_hash = absorb(&feed.inputs_hash, message);
        }
        if let Some(Accepted { message, sample }) = &second {
            feed.take_second(sample);
            feed.inputs_hash = absorb(&feed.inputs_hash, message);
        }
        feed.finish_update(now, clock.slot)?;
        feed.invariant()?;
        let event = FeedUpdated::of(accounts.feed.key(), &clock, &feed);
        let told = closed.map(|closed| {
            let key = accounts.feed.key();
            (BarClosed::of(key, &clock, &closed.bar), VarianceForecast::of(key, &clock, &feed.engine, &closed.digest))
        });
        drop(feed);

        if let Some((bar, forecast)) = told {
            emit_cpi!(bar);
            emit_cpi!(forecast);
        }
        emit_cpi!(event);
        Ok(())
    }
}

/// SHA-256 of the previous hash and a price message in its wire format (Borsh), so that the hash can be recomputed
/// from the posted accounts.
fn absorb(previous: &[u8; 32], message: &PriceFeedMessage) -> [u8; 32] {
    hashv(&[
        previous,
        &message.feed_id,
        &message.price.to_le_bytes(),
        &message.conf.to_le_bytes(),
        &message.exponent.to_le_bytes(),
        &message.publish_time.to_le_bytes(),
        &message.prev_publish_time.to_le_bytes(),
        &message.ema_price.to_le_bytes(),
        &message.ema_conf.to_le_bytes(),
    ])
    .to_bytes()
}
