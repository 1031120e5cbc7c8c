//! The venue tripwire: new money only goes where the code is the one that the owner approved.
//!
//! A deployment by the upgradeable loader changes the ProgramData account's slot; a change of hands changes its authority.

use anchor_lang::prelude::*;
use gimbal_control::program_data::{CodeUnknown, ProgramData, RawAccount};

use crate::{
    error::RouterError,
    state::VenueIdentity,
    venue::accounts::{Code, Matched},
};

/// What the program runs now.
///
/// # Errors
/// [`RouterError::VenueAccountMismatch`] when the program is not executable or the ProgramData account is not its own;
/// [`RouterError::MalformedVenueAccount`].
pub fn identity(program: &AccountInfo, program_data: &AccountInfo) -> Result<VenueIdentity> {
    let code = {
        let (bytes, data_bytes) = (program.try_borrow_data()?, program_data.try_borrow_data()?);
        ProgramData::of(&raw(program, &bytes), &raw(program_data, &data_bytes)).map_err(|unknown| match unknown {
            CodeUnknown::NotItsOwn => RouterError::VenueAccountMismatch,
            CodeUnknown::Malformed => RouterError::MalformedVenueAccount,
        })?
    };
    Ok(VenueIdentity {
        program: *program.key,
        program_data: *program_data.key,
        program_data_slot: code.slot,
        upgrade_authority: code.upgrade_authority.unwrap_or_default(),
    })
}

fn raw<'a>(account: &'a AccountInfo, data: &'a [u8]) -> RawAccount<'a> {
    RawAccount { key: account.key, owner: account.owner, executable: account.executable, data }
}

/// Whether one of the line's programs is another than approved. What cannot be read counts as changed.
pub fn is_changed(call: &Matched, venue: &VenueIdentity, swap: &VenueIdentity) -> bool {
    let differs = |code: &Code, pinned: &VenueIdentity| {
        !identity(code.program, code.program_data).is_ok_and(|now| now == *pinned)
    };
    differs(&call.venue, venue) || call.swap.as_ref().is_some_and(|code| differs(code, swap))
}
