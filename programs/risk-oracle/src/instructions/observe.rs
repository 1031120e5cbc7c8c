use anchor_lang::prelude::*;

use crate::error::OracleError;
use crate::events::{BookObserved, RegimeChanged};
use crate::policy::inputs::{self, Observed};
use crate::state::{AssetRisk, Book, Feed};

/// Accounts of `observe`; the feeds of the book's assets follow, in the order of their rows.
#[event_cpi]
#[derive(Accounts)]
pub struct Observe<'info> {
    /// The book.
    #[account(mut)]
    pub book: AccountLoader<'info, Book>,
}

impl<'info> Observe<'info> {
    /// - Anybody may call: feeds carry their own proof, and the caller chooses nothing but when.
    /// - Every asset's feed, each once, in order.
    /// - Each snapshot follows its feed, and the regime is raised at once where the signals say so.
    /// - A day that every feed has closed, later than the last one, adds a row of residuals and counts towards a calmer regime. Without
    ///   assets the clock's days count.
    /// - Scales loosen by the time that has passed, at most a day's, and only while no price is older than a day.
    pub fn handler(ctx: Context<'info, Self>) -> Result<()> {
        let clock = Clock::get()?;
        let now = clock.unix_timestamp;
        let mut book = ctx.accounts.book.load_mut()?;
        let mut feeds = ctx.remaining_accounts.iter();
        let read = |asset: &mut AssetRisk| -> Result<i16> {
            let account = feeds.next().ok_or(OracleError::AssetFeedMismatch)?;
            require_keys_eq!(account.key(), asset.feed, OracleError::AssetFeedMismatch);
            let feed = AccountLoader::<Feed>::try_from(account)?;
            let feed = feed.load()?;
            asset.observe(&feed)?;
            Ok(feed.last_residual())
        };
        let Observed { appended, told } = inputs::observe(&mut book, read, now)?;
        require!(feeds.next().is_none(), OracleError::AssetFeedMismatch);
        let observed = BookObserved::of(ctx.accounts.book.key(), &clock, &book, appended);
        let changed = RegimeChanged::of(ctx.accounts.book.key(), &clock, &book.regime, told);
        drop(book);
        if let Some(changed) = changed {
            emit_cpi!(changed);
        }
        emit_cpi!(observed);
        Ok(())
    }
}
