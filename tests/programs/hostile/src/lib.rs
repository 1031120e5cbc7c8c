//! A venue that answers to klend's supply instructions and misbehaves in the way that the last byte of its reserve
//! account says. It never plays fair: what the router must survive is written here.

mod klend;
pub mod tricks;

use anchor_lang::{
    prelude::*,
    solana_program::{entrypoint::ProgramResult, program_error::ProgramError},
};

pub use tricks::Trick;

declare_id!("1W5qCmpAMm2QihPwwUrqtpyaNCUL7wDs3bgYHSWTGdK");

#[cfg(not(feature = "no-entrypoint"))]
anchor_lang::solana_program::entrypoint!(process_instruction);

/// Dispatches on klend's discriminators.
pub fn process_instruction(_program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> ProgramResult {
    let (discriminator, args) = data.split_first_chunk::<8>().ok_or(ProgramError::InvalidInstructionData)?;
    match *discriminator {
        klend::REFRESH_RESERVE => Ok(()),
        klend::DEPOSIT => klend::deposit(accounts, klend::amount(args)?),
        klend::REDEEM => klend::redeem(accounts, klend::amount(args)?),
        _ => Err(ProgramError::InvalidInstructionData),
    }
}
