//! The question to the risk oracle before new money goes into a line. Nothing that lowers risk asks it.

use anchor_lang::prelude::*;
use risk_oracle::{
    cpi,
    policy::limits::{AssessArgs, Verdict},
};
use solana_program::program::get_return_data;

use crate::{
    error::RouterError,
    state::{signer_seeds, Ledger, LINES},
};

/// Asks what line `id` may take of `amount`, base units. The ledger must not be borrowed.
///
/// # Errors
/// [`RouterError::BookNotOpened`], [`RouterError::ForeignAccount`], [`RouterError::VerdictMissing`].
pub fn assess<'info>(
    ledger: &AccountLoader<'info, Ledger>,
    book: &AccountInfo<'info>,
    id: u16,
    amount: u64,
    nav: u64,
) -> Result<Verdict> {
    let (args, vault, bump) = {
        let ledger = ledger.load()?;
        require_keys_neq!(ledger.book, Pubkey::default(), RouterError::BookNotOpened);
        require_keys_eq!(book.key(), ledger.book, RouterError::ForeignAccount);
        let row = u8::try_from(ledger.row_of(id)?).map_err(|_| RouterError::UnknownLine)?;
        let (mut values, mut line_ids) = ([0; LINES], [0; LINES]);
        for ((value, line_id), line) in values.iter_mut().zip(&mut line_ids).zip(&ledger.lines) {
            if line.is_used() {
                *value = line.mid;
                *line_id = line.id;
            }
        }
        (AssessArgs { nav, line: row, amount, values, line_ids }, ledger.vault, [ledger.bump])
    };
    let accounts = cpi::accounts::Assess { ledger: ledger.to_account_info(), book: book.clone() };
    let seeds = signer_seeds(&vault, &bump);
    let signer = [seeds.as_slice()];
    cpi::assess(CpiContext::new_with_signer(risk_oracle::ID, accounts, &signer), args)?;
    // Read here and not through the generated wrapper: return data of another program would pass for the oracle's.
    match get_return_data() {
        Some((program, data)) if program == risk_oracle::ID => {
            Verdict::try_from_slice(&data).map_err(|_| error!(RouterError::VerdictMissing))
        }
        _ => err!(RouterError::VerdictMissing),
    }
}

/// What of `amount` the verdict leaves, base units.
pub fn room(verdict: &Verdict, amount: u64) -> u64 {
    if verdict.flags == 0 {
        amount
    } else {
        amount.min(verdict.room)
    }
}
