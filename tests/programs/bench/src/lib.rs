//! Runs one function of `gimbal-math` a given number of times. Two runs of different length give its compute units:
//! what both have in common (entry, decoding, the loop's start) cancels out.
//!
//! Data: the index of the function (u8), counted through [`FUNCTIONS`] and on through [`candidates`], then how often (u32,
//! little endian).

mod beside;
mod books;
mod functions;
mod positions;
mod volatility;

use anchor_lang::{
    prelude::*,
    solana_program::{entrypoint::ProgramResult, program_error::ProgramError},
};

pub use beside::{candidates, Candidate, Comparison, Error, Function, Outcome, Unit, ARGUMENTS, COMPARISONS, ONE};
pub use functions::FUNCTIONS;

declare_id!("2zTDUpX73xmJ9WHN26W4vaTH2hxCvGxmAk2Z4JxTNsY2");

#[cfg(not(feature = "no-entrypoint"))]
anchor_lang::solana_program::entrypoint!(process_instruction);

/// Runs the function.
pub fn process_instruction(_program_id: &Pubkey, _accounts: &[AccountInfo], data: &[u8]) -> ProgramResult {
    let (index, rest) = data.split_first().ok_or(ProgramError::InvalidInstructionData)?;
    let times = rest.first_chunk::<4>().map(|b| u32::from_le_bytes(*b)).ok_or(ProgramError::InvalidInstructionData)?;
    let index = usize::from(*index);
    let function = match FUNCTIONS.get(index) {
        Some((_, function)) => *function,
        None => {
            let candidate = candidates().nth(index - FUNCTIONS.len()).ok_or(ProgramError::InvalidInstructionData)?;
            candidate.run
        }
    };
    for _ in 0..times {
        function().map_err(|_| ProgramError::InvalidArgument)?;
    }
    Ok(())
}
