use anchor_lang::prelude::*;
use solana_program::hash::hashv;

use crate::error::OracleError;
use crate::policy::limits::{self, AssessArgs, Verdict};
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
        let verdict = limits::assess(&mut book, &args)?;
        book.nav = args.nav;
        book.assessed_slot = clock.slot;
        book.assessed_at = clock.unix_timestamp;
        book.assessments = book.assessments.checked_add(1).ok_or(OracleError::MathOverflow)?;
        if !verdict.allows() {
            book.refusals = book.refusals.checked_add(1).ok_or(OracleError::MathOverflow)?;
        }
        book.last_flags = verdict.flags;
        // Little-endian, in the order of the arguments: the same bytes that the instruction carries.
        book.inputs_hash = hashv(&[
            &book.inputs_hash,
            &args.nav.to_le_bytes(),
            &[args.line],
            &args.amount.to_le_bytes(),
            bytemuck::bytes_of(&args.values),
            bytemuck::bytes_of(&args.line_ids),
        ])
        .to_bytes();
        book.invariant()?;
        // Anchor hands the answer over in bytecode only; a build for the host goes through the replaceable stubs.
        #[cfg(not(target_os = "solana"))]
        solana_program::program::set_return_data(&borsh::to_vec(&verdict)?);
        Ok(verdict)
    }
}
