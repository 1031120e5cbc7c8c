//! The question to the risk oracle before new money goes into a line, and reports of what lies where. Nothing that lowers
//! risk asks it.

use std::cell::Ref;

use anchor_lang::{prelude::*, Discriminator};
use risk_oracle::{
    cpi,
    policy::limits::{AssessArgs, Verdict, NO_ROW},
    state::{Book, Exposure},
};
use solana_program::program::get_return_data;

use crate::{
    adapters::adapter,
    error::RouterError,
    state::{signer_seeds, Ledger, Line, LINES},
};

/// What a ledger asks its book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// What of `amount`, base units, the line `id` may take.
    NewMoney {
        /// The line.
        id: u16,
        /// The new money.
        amount: u64,
    },
    /// Nothing: the book only takes note.
    Report,
}

/// The question as the oracle reads it, with every line's value and exposure. `nav` is the mid one.
///
/// # Errors
/// [`RouterError::UnknownLine`], [`RouterError::UnknownAdapter`].
pub fn question(ledger: &Ledger, ask: Ask, nav: u64) -> Result<AssessArgs> {
    let (line, amount) = match ask {
        Ask::NewMoney { id, amount } => {
            (u8::try_from(ledger.row_of(id)?).map_err(|_| RouterError::UnknownLine)?, amount)
        }
        Ask::Report => (NO_ROW, 0),
    };
    let (mut values, mut line_ids) = ([0; LINES], [0; LINES]);
    let rows = ledger.lines.iter().rposition(Line::is_used).map_or(0, |last| last.saturating_add(1));
    let mut exposures = vec![Exposure::none(); rows];
    let told = values.iter_mut().zip(&mut line_ids).zip(&mut exposures);
    for (((value, line_id), exposure), line) in told.zip(&ledger.lines) {
        if line.is_used() {
            *value = line.mid;
            *line_id = line.id;
            *exposure = adapter(line.adapter)?.exposure(line)?;
        }
    }
    Ok(AssessArgs { nav, line, amount, values, line_ids, exposures })
}

/// Asks the ledger's book. The ledger must not be borrowed.
///
/// # Errors
/// [`RouterError::BookNotOpened`], [`RouterError::ForeignAccount`], [`RouterError::VerdictMissing`].
pub fn assess<'info>(
    ledger: &AccountLoader<'info, Ledger>,
    book: &AccountInfo<'info>,
    ask: Ask,
    nav: u64,
) -> Result<Verdict> {
    let (args, vault, bump) = {
        let ledger = ledger.load()?;
        require_keys_neq!(ledger.book, Pubkey::default(), RouterError::BookNotOpened);
        require_keys_eq!(book.key(), ledger.book, RouterError::ForeignAccount);
        (question(&ledger, ask, nav)?, ledger.vault, [ledger.bump])
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

/// Reads the ledger's own book out of the account that was passed for it; `None` where the ledger has none.
///
/// # Errors
/// [`RouterError::ForeignAccount`] for any other account.
pub fn book<'a>(ledger: &Ledger, account: &'a AccountInfo) -> Result<Option<Ref<'a, Book>>> {
    if ledger.book == Pubkey::default() {
        return Ok(None);
    }
    // The pinned address holds a book of the oracle: `open_book` made it there, and the oracle closes none.
    require_keys_eq!(account.key(), ledger.book, RouterError::ForeignAccount);
    let book = Ref::filter_map(account.try_borrow_data()?, |data| parse(data));
    book.map(Some).map_err(|_| error!(RouterError::ForeignAccount))
}

fn parse(data: &[u8]) -> Option<&Book> {
    let body = data.strip_prefix(Book::DISCRIMINATOR)?;
    bytemuck::try_from_bytes(body.get(..core::mem::size_of::<Book>())?).ok()
}

/// What of `amount` the verdict leaves, base units.
pub fn room(verdict: &Verdict, amount: u64) -> u64 {
    if verdict.flags == 0 {
        amount
    } else {
        amount.min(verdict.room)
    }
}
