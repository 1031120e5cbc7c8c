use anchor_lang::prelude::*;

use crate::events::BookStressed;
use crate::policy::inputs;
use crate::state::Book;

/// Accounts of `stress`.
#[event_cpi]
#[derive(Accounts)]
pub struct Stress<'info> {
    /// The book.
    #[account(mut)]
    pub book: AccountLoader<'info, Book>,
}

impl<'info> Stress<'info> {
    /// - Anybody may call: everything comes from the book, as it was last reported.
    /// - As many scenarios as fit a transaction, from any row on; rows that are not defined cost nothing.
    pub fn handler(ctx: Context<'info, Self>, from: u8, count: u8) -> Result<()> {
        let clock = Clock::get()?;
        let mut book = ctx.accounts.book.load_mut()?;
        inputs::stress(&mut book, from, count, clock.unix_timestamp)?;
        let event = BookStressed::of(ctx.accounts.book.key(), &clock, &book, from, count);
        drop(book);
        emit_cpi!(event);
        Ok(())
    }
}
