use anchor_lang::prelude::*;

use crate::error::OracleError;
use crate::policy::limits::{self, AssessArgs, Verdict, NO_ROW};
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
        let now = clock.unix_timestamp;
        let mut book = ctx.accounts.book.load_mut()?;
        let verdict = limits::assess(&mut book, &args, now)?;
        book.assessed_slot = clock.slot;
        book.assessed_at = now;
        book.assessments = book.assessments.checked_add(1).ok_or(OracleError::MathOverflow)?;
        if args.line != NO_ROW && !verdict.allows() {
            book.refusals = book.refusals.checked_add(1).ok_or(OracleError::MathOverflow)?;
        }
        book.last_flags = verdict.flags;
        absorb(&mut book, &args, now)?;
        book.invariant()?;
        // Anchor hands the answer over in bytecode only; a build for the host goes through the replaceable stubs.
        #[cfg(not(target_os = "solana"))]
        solana_program::program::set_return_data(&borsh::to_vec(&verdict)?);
        Ok(verdict)
    }
}

/// Chains the arguments as Borsh writes them: the same bytes that the instruction carries.
#[inline(never)]
fn absorb(book: &mut Book, args: &AssessArgs, now: i64) -> Result<()> {
    let count = u32::try_from(args.exposures.len()).map_err(|_| OracleError::LineOutOfRange)?;
    let inputs: [&[u8]; 7] = [
        &args.nav.to_le_bytes(),
        &[args.line],
        &args.amount.to_le_bytes(),
        bytemuck::bytes_of(&args.values),
        bytemuck::bytes_of(&args.line_ids),
        &count.to_le_bytes(),
        bytemuck::cast_slice(&args.exposures),
    ];
    book.absorb(&inputs, now);
    Ok(())
}
