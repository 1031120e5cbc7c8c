use anchor_lang::prelude::*;

use crate::events::BookCreated;
use crate::instruction;
use crate::policy::inputs;
use crate::seeds::BOOK_SEED;
use crate::state::Book;

/// Who may set the limits of a new book.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreateBookArgs {
    /// May define and raise limits.
    pub owner: Pubkey,
    /// May lower limits; zero for none.
    pub curator: Pubkey,
    /// May lower limits; zero for none.
    pub guardian: Pubkey,
}

/// Accounts of `create_book`.
#[event_cpi]
#[derive(Accounts)]
pub struct CreateBook<'info> {
    /// The ledger that the book is for: the router's PDA signs by a call.
    pub ledger: Signer<'info>,
    /// Pays the book's rent.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The new book.
    #[account(init, payer = payer, space = Book::SPACE, seeds = [BOOK_SEED, ledger.key().as_ref()], bump)]
    pub book: AccountLoader<'info, Book>,
    /// The System program.
    pub system_program: Program<'info, System>,
}

impl<'info> CreateBook<'info> {
    /// - The ledger signs, so that nobody takes its place.
    /// - A new book knows no line: nothing may be deployed until the owner registers one.
    pub fn handler(ctx: Context<'info, Self>, args: CreateBookArgs) -> Result<()> {
        let clock = Clock::get()?;
        let (ledger, bump) = (ctx.accounts.ledger.key(), ctx.bumps.book);
        let mut book = ctx.accounts.book.load_init()?;
        inputs::create(&mut book, &instruction::CreateBook { args }, ledger, bump, clock.unix_timestamp)?;
        drop(book);
        emit_cpi!(BookCreated {
            book: ctx.accounts.book.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            ledger,
            owner: args.owner,
            curator: args.curator,
            guardian: args.guardian,
        });
        Ok(())
    }
}
