use anchor_lang::prelude::*;

use crate::error::OracleError;
use crate::policy::inputs;
use crate::policy::limits::{AssessArgs, Verdict};
use crate::state::Book;

/// Accounts of `assess`.
#[derive(Accounts)]
pub struct Assess<'info> {
    /// The ledger that asks: the router's PDA signs by a call.
    pub ledger: Signer<'info>,
    /// The ledger's book.
    #[account(mut, has_one = ledger @ OracleError::WrongLedger)]
    pub book: AccountLoader<'info, Book>,
}

impl<'info> Assess<'info> {
    /// - Only the book's ledger asks: exposures are what it says they are.
    /// - A breached limit is an answer, not an error: the caller decides, and its accounting goes on.
    pub fn handler(ctx: Context<'info, Self>, args: AssessArgs) -> Result<Verdict> {
        let clock = Clock::get()?;
        let mut book = ctx.accounts.book.load_mut()?;
        let verdict = inputs::assess(&mut book, &args, clock.slot, clock.unix_timestamp)?;
        // Anchor hands the answer over in bytecode only; a build for the host goes through the replaceable stubs.
        #[cfg(not(target_os = "solana"))]
        solana_program::program::set_return_data(&borsh::to_vec(&verdict)?);
        Ok(verdict)
    }
}
