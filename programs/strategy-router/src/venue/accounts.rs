//! Remaining accounts against the pinned list: same keys, same order, nothing left out, nothing added.

use anchor_lang::prelude::*;
use core::ops::Range;

use solana_program::hash::hashv;

use crate::{
    error::RouterError,
    state::{LineVenue, MAX_VENUE_ACCOUNTS},
};

/// Most accounts of a venue call: two programs with their ProgramData, and the pinned list.
pub const MAX_CALL_ACCOUNTS: usize = 4 + MAX_VENUE_ACCOUNTS;

/// A program and its ProgramData account as supplied.
#[derive(Clone, Copy)]
pub struct Code<'info> {
    /// The program.
    pub program: &'info AccountInfo<'info>,
    /// Its ProgramData account, or the program again where its loader keeps none.
    pub program_data: &'info AccountInfo<'info>,
}

/// The accounts of a venue call, matched.
#[derive(Clone, Copy)]
pub struct Matched<'info> {
    /// The venue.
    pub venue: Code<'info>,
    /// The swap venue of a swapped line.
    pub swap: Option<Code<'info>>,
    /// The pinned list.
    pub pinned: &'info [AccountInfo<'info>],
}

/// Whether `supplied` is `pinned`, in order and complete. At the indices of `moving` another account may stand in when
/// `stands_in` says so.
pub fn matches_in_order<'k>(
    pinned: &[Pubkey],
    supplied: impl ExactSizeIterator<Item = &'k Pubkey>,
    moving: Range<usize>,
    stands_in: impl Fn(usize) -> bool,
) -> bool {
    supplied.len() == pinned.len()
        && pinned
            .iter()
            .zip(supplied)
            .enumerate()
            .all(|(index, (pin, key))| pin == key || (moving.contains(&index) && stands_in(index)))
}

/// Matches the accounts of a venue call: program, program data, for a swapped line the swap's two, then the list.
///
/// Entries `moving` (the tick arrays of a swap) follow the pool's price: any account that the swap program itself owns
/// may stand in for the pinned one. The swap program checks that it belongs to the pool; an account of ours or of
/// anybody else cannot.
///
/// # Errors
/// [`RouterError::VenueAccountMismatch`].
pub fn match_call<'info>(
    venue: &LineVenue,
    remaining: &'info [AccountInfo<'info>],
    moving: Range<usize>,
) -> Result<Matched<'info>> {
    let (code, rest) = split_code(remaining)?;
    require!(is(&code, &venue.venue.program, &venue.venue.program_data), RouterError::VenueAccountMismatch);
    let (swap, pinned) = if venue.is_swapped() {
        let (swap, rest) = split_code(rest)?;
        require!(is(&swap, &venue.swap.program, &venue.swap.program_data), RouterError::VenueAccountMismatch);
        (Some(swap), rest)
    } else {
        (None, rest)
    };
    let stands_in = |index: usize| {
        venue.is_swapped() && pinned.get(index).is_some_and(|account| *account.owner == venue.swap.program)
    };
    let matched = matches_in_order(venue.pinned(), pinned.iter().map(|account| account.key), moving, stands_in);
    require!(matched, RouterError::VenueAccountMismatch);
    Ok(Matched { venue: code, swap, pinned })
}

/// sha256 over the keys of a venue call in order, by which a line is proposed before its accounts are shown.
///
/// # Errors
/// [`RouterError::VenueAccountMismatch`] for more than [`MAX_CALL_ACCOUNTS`].
pub fn hash_of_call<'k>(keys: impl IntoIterator<Item = &'k Pubkey>) -> core::result::Result<[u8; 32], RouterError> {
    let mut parts: [&[u8]; MAX_CALL_ACCOUNTS] = [&[]; MAX_CALL_ACCOUNTS];
    let mut free = parts.iter_mut();
    for key in keys {
        *free.next().ok_or(RouterError::VenueAccountMismatch)? = key.as_ref();
    }
    Ok(hashv(&parts).to_bytes())
}

/// Matches the accounts of a valuation: the first entries of the list and nothing else.
///
/// # Errors
/// [`RouterError::VenueAccountMismatch`].
pub fn match_value<'info>(
    venue: &LineVenue,
    remaining: &'info [AccountInfo<'info>],
) -> Result<&'info [AccountInfo<'info>]> {
    let keys = remaining.iter().map(|account| account.key);
    require!(matches_in_order(venue.value_accounts(), keys, 0..0, |_| false), RouterError::VenueAccountMismatch);
    Ok(remaining)
}

/// The program and its ProgramData at the front of `accounts`, and the rest.
///
/// # Errors
/// [`RouterError::VenueAccountMismatch`] when there are fewer than two.
pub fn split_code<'info>(accounts: &'info [AccountInfo<'info>]) -> Result<(Code<'info>, &'info [AccountInfo<'info>])> {
    match accounts {
        [program, program_data, rest @ ..] => Ok((Code { program, program_data }, rest)),
        _ => err!(RouterError::VenueAccountMismatch),
    }
}

fn is(code: &Code, program: &Pubkey, program_data: &Pubkey) -> bool {
    code.program.key == program && (code.program_data.key == program_data || is_moved(code, program_data))
}

/// ProgramData of one program never moves; a program that changed its loader has another one, and recalls must work.
fn is_moved(code: &Code, pinned: &Pubkey) -> bool {
    code.program_data.key != pinned && crate::venue::tripwire::identity(code.program, code.program_data).is_ok()
}
