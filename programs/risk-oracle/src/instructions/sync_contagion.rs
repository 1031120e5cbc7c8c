use anchor_lang::prelude::*;

use crate::error::OracleError;
use crate::events::ContagionSynced;
use crate::policy::inputs;
use crate::state::{Book, Network};

/// Accounts of `sync_contagion`.
#[event_cpi]
#[derive(Accounts)]
pub struct SyncContagion<'info> {
    /// The book.
    #[account(mut)]
    pub book: AccountLoader<'info, Book>,
    /// The network that it follows.
    pub network: AccountLoader<'info, Network>,
}

impl<'info> SyncContagion<'info> {
    fn validate(&self, now: i64) -> Result<()> {
        let book = self.book.load()?;
        require!(book.follows_network(), OracleError::NoNetwork);
        require_keys_eq!(self.network.key(), book.network, OracleError::WrongNetwork);
        require!(self.network.load()?.is_current(now), OracleError::NetworkUnsolved);
        Ok(())
    }

    /// - Anybody calls, with a solution of all inputs that is not too old: else nothing is written, and the book's own
    ///   copy ages.
    /// - What contagion leaves of each line goes down at once and up at the book's rate.
    pub fn handler(ctx: Context<'info, Self>) -> Result<()> {
        let clock = Clock::get()?;
        let now = clock.unix_timestamp;
        ctx.accounts.validate(now)?;
        let network = ctx.accounts.network.load()?;
        let mut book = ctx.accounts.book.load_mut()?;
        inputs::sync_contagion(&mut book, &network, now)?;
        let event = ContagionSynced::of(ctx.accounts.book.key(), &clock, &book);
        drop(book);
        drop(network);
        emit_cpi!(event);
        Ok(())
    }
}
