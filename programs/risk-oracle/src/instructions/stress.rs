use anchor_lang::{prelude::*, InstructionData};

use crate::error::OracleError;
use crate::events::BookStressed;
use crate::instruction;
use crate::policy::{limits, stress};
use crate::state::{Book, Scenario, SCENARIOS};

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
        let now = clock.unix_timestamp;
        let end = usize::from(from).saturating_add(usize::from(count));
        require!(count > 0 && end <= SCENARIOS, OracleError::ScenarioOutOfRange);
        let mut book = ctx.accounts.book.load_mut()?;
        for index in usize::from(from)..end {
            if book.scenarios.get(index).is_some_and(Scenario::is_used) {
                stress::run(&mut book, index, now);
            }
        }
        limits::measure(&mut book, now);
        book.absorb(&[&instruction::Stress { from, count }.data()], now);
        book.invariant()?;
        let event = BookStressed {
            book: ctx.accounts.book.key(),
            slot: clock.slot,
            time: now,
            from,
            count,
            losses: book.figures.stress_losses,
            inputs_hash: book.inputs_hash,
        };
        drop(book);
        emit_cpi!(event);
        Ok(())
    }
}
