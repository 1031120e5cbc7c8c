use anchor_lang::prelude::*;
use risk_oracle::{cpi, program::RiskOracle, CreateBookArgs};

use crate::{
    error::RouterError,
    events::BookOpened,
    state::{signer_seeds, Ledger},
};

/// Accounts of `open_book`.
#[event_cpi]
#[derive(Accounts)]
pub struct OpenBook<'info> {
    /// The ledger's owner.
    pub owner: Signer<'info>,
    /// Pays the book's rent.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The ledger, which signs for its book.
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
    /// The book to be created.
    /// CHECK: the oracle derives and creates it.
    #[account(mut)]
    pub book: UncheckedAccount<'info>,
    /// The risk oracle.
    pub risk_oracle: Program<'info, RiskOracle>,
    /// Signer of the risk oracle's events.
    /// CHECK: the oracle checks it.
    pub risk_oracle_event_authority: UncheckedAccount<'info>,
    /// Creates the account.
    pub system_program: Program<'info, System>,
}

impl<'info> OpenBook<'info> {
    fn validate(&self) -> Result<()> {
        let ledger = self.ledger.load()?;
        ledger.roles.require_owner(self.owner.key).map_err(RouterError::from)?;
        require_keys_eq!(ledger.book, Pubkey::default(), RouterError::BookAlreadyOpened);
        ledger.require_idle()
    }

    /// - One book per ledger, under the ledger's own roles; it knows no line yet.
    #[access_control(ctx.accounts.validate())]
    pub fn handler(ctx: Context<'info, Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let (args, vault, bump) = {
            let ledger = accounts.ledger.load()?;
            let roles = &ledger.roles;
            let args = CreateBookArgs { owner: roles.owner, curator: roles.curator, guardian: roles.guardian };
            (args, ledger.vault, [ledger.bump])
        };
        let seeds = signer_seeds(&vault, &bump);
        let signer = [seeds.as_slice()];
        let create = cpi::accounts::CreateBook {
            ledger: accounts.ledger.to_account_info(),
            payer: accounts.payer.to_account_info(),
            book: accounts.book.to_account_info(),
            system_program: accounts.system_program.to_account_info(),
            event_authority: accounts.risk_oracle_event_authority.to_account_info(),
            program: accounts.risk_oracle.to_account_info(),
        };
        cpi::create_book(CpiContext::new_with_signer(risk_oracle::ID, create, &signer), args)?;
        accounts.ledger.load_mut()?.book = accounts.book.key();
        let clock = Clock::get()?;
        emit_cpi!(BookOpened {
            ledger: accounts.ledger.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            book: accounts.book.key(),
        });
        let ledger = accounts.ledger.load()?;
        ledger.invariant()
    }
}
