use anchor_lang::prelude::*;

use crate::error::OracleError;
use crate::events::{BookObserved, RegimeChanged};
use crate::policy::{limits, regime};
use crate::state::{Bar, Book, Feed, ASSETS, SECONDS_PER_DAY};

/// Accounts of `observe`; the feeds of the book's assets follow, in the order of their rows.
#[event_cpi]
#[derive(Accounts)]
pub struct Observe<'info> {
    /// The book.
    #[account(mut)]
    pub book: AccountLoader<'info, Book>,
}

/// What the feeds said beside the assets' snapshots.
struct Heard {
    /// Last residual of each asset.
    residuals: [i16; ASSETS],
    /// The day that all feeds closed last; `None` when they differ or one has closed none.
    common_day: Option<u32>,
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
        let heard = hear(&mut book, ctx.remaining_accounts, now)?;
        regime::hear_assets(&mut book);
        regime::raise(&mut book, now);
        let appended = close_day(&mut book, &heard, now)?;
        if book.used_assets().all(|(_, asset)| now.saturating_sub(asset.publish_time) <= SECONDS_PER_DAY) {
            regime::loosen(&mut book, now);
        }
        limits::measure(&mut book, now);
        book.observed_at = now;
        book.observations = book.observations.checked_add(1).ok_or(OracleError::MathOverflow)?;
        let told = book.regime.told;
        book.regime.told = book.regime.level;
        book.invariant()?;
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

/// Reads every feed into its asset's snapshot and chains what was read.
#[inline(never)]
fn hear<'info>(book: &mut Book, accounts: &'info [AccountInfo<'info>], now: i64) -> Result<Heard> {
    let mut residuals = [0; ASSETS];
    let mut days: Option<(u32, bool)> = None;
    let mut inputs = Vec::with_capacity(accounts.len().saturating_mul(INPUT));
    let mut feeds = accounts.iter();
    for (asset, residual) in book.assets.iter_mut().zip(&mut residuals).filter(|(asset, _)| asset.is_used()) {
        let account = feeds.next().ok_or(OracleError::AssetFeedMismatch)?;
        require_keys_eq!(account.key(), asset.feed, OracleError::AssetFeedMismatch);
        let feed = AccountLoader::<Feed>::try_from(account)?;
        let feed = feed.load()?;
        asset.observe(&feed)?;
        *residual = feed.last_residual();
        days = match days {
            None => Some((asset.day, asset.day > 0)),
            Some((day, same)) => Some((day, same && day == asset.day)),
        };
        inputs.extend_from_slice(bytemuck::bytes_of(&*asset));
        inputs.extend_from_slice(&residual.to_le_bytes());
        inputs.extend_from_slice(&asset.day.to_le_bytes());
    }
    require!(feeds.next().is_none(), OracleError::AssetFeedMismatch);
    let common_day = match days {
        None => Some(Bar::day_of(now)?),
        Some((day, same)) => same.then_some(day),
    };
    book.absorb(&[b"observe", &inputs], now);
    Ok(Heard { residuals, common_day })
}

/// Bytes that one feed adds to the hash.
const INPUT: usize = 96 + 2 + 4;

/// Takes a later common day into residuals and regime. Returns whether a row was added.
fn close_day(book: &mut Book, heard: &Heard, now: i64) -> Result<bool> {
    let Some(day) = heard.common_day else { return Ok(false) };
    regime::close_day(book, day, now);
    if day <= book.returns.day || book.used_assets().next().is_none() {
        return Ok(false);
    }
    let decay_bps = book.params.decay_bps;
    book.returns.append(day, &heard.residuals, decay_bps)?;
    Ok(true)
}
