//! The venue tripwire: new money only goes where the code is the one that the owner approved.
//!
//! A deployment by the upgradeable loader changes the ProgramData account's slot; a change of hands changes its authority. Code
//! under the two loaders before it cannot be replaced: the program stands for its own ProgramData there. Any other loader is
//! refused, since nobody here knows how its programs change.

use anchor_lang::prelude::*;
use gimbal_venue_wire::loader::{program_data_address, program_data_of, ProgramDataHeader, UPGRADEABLE_LOADER_ID};

use crate::{
    error::RouterError,
    state::VenueIdentity,
    venue::accounts::{Code, Matched},
};

/// Loaders whose programs can never be replaced.
const IMMUTABLE_LOADERS: [Pubkey; 2] =
    [pubkey!("BPFLoader1111111111111111111111111111111111"), pubkey!("BPFLoader2111111111111111111111111111111111")];

/// What the program runs now.
///
/// # Errors
/// [`RouterError::VenueAccountMismatch`] when the program is not executable or the ProgramData account is not its own;
/// [`RouterError::MalformedVenueAccount`].
pub fn identity(program: &AccountInfo, program_data: &AccountInfo) -> Result<VenueIdentity> {
    require!(program.executable, RouterError::VenueAccountMismatch);
    let upgradeable = *program.owner == UPGRADEABLE_LOADER_ID;
    if IMMUTABLE_LOADERS.contains(program.owner) && program_data.key == program.key {
        return Ok(VenueIdentity {
            program: *program.key,
            program_data: *program_data.key,
            program_data_slot: 0,
            upgrade_authority: Pubkey::default(),
        });
    }
    // A chain that runs programs as host code keeps their ProgramData at the usual address under its own loader.
    // Elsewhere only the upgradeable loader can make an account there, for a program of its own.
    let named = if upgradeable {
        program_data_of(&program.try_borrow_data()?).map_err(RouterError::from)?
    } else {
        program_data_address(program.key)
    };
    let own = named == *program_data.key && *program_data.owner == UPGRADEABLE_LOADER_ID;
    require!(own, RouterError::VenueAccountMismatch);
    let header = ProgramDataHeader::parse(&program_data.try_borrow_data()?).map_err(RouterError::from)?;
    Ok(VenueIdentity {
        program: *program.key,
        program_data: *program_data.key,
        program_data_slot: header.slot,
        upgrade_authority: header.upgrade_authority.unwrap_or_default(),
    })
}

/// Whether one of the line's programs is another than approved. What cannot be read counts as changed.
pub fn is_changed(call: &Matched, venue: &VenueIdentity, swap: &VenueIdentity) -> bool {
    let differs = |code: &Code, pinned: &VenueIdentity| {
        !identity(code.program, code.program_data).is_ok_and(|now| now == *pinned)
    };
    differs(&call.venue, venue) || call.swap.as_ref().is_some_and(|code| differs(code, swap))
}
