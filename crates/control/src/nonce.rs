use anchor_lang::prelude::*;
use solana_program::sysvar::instructions::{load_instruction_at_checked, ID as INSTRUCTIONS_ID};

use crate::Refusal;

/// `AdvanceNonceAccount` among the system program's instructions, bincode.
const ADVANCE_NONCE: [u8; 4] = 4u32.to_le_bytes();

/// Refuses a transaction that a durable nonce keeps valid: signatures collected before could be sent when the signers have
/// long forgotten or left. Otherwise a signature dies with its blockhash, so whoever signs knows that the change has waited.
///
/// The runtime takes a transaction for a durable one by its first instruction, and so does this.
///
/// # Errors
/// [`Refusal::NotInstructionsSysvar`], [`Refusal::DurableNonce`].
#[inline(never)]
pub fn require_no_durable_nonce(instructions: &AccountInfo) -> core::result::Result<(), Refusal> {
    if *instructions.key != INSTRUCTIONS_ID {
        return Err(Refusal::NotInstructionsSysvar);
    }
    let first = load_instruction_at_checked(0, instructions).map_err(|_| Refusal::NotInstructionsSysvar)?;
    if first.program_id == anchor_lang::system_program::ID && first.data.starts_with(&ADVANCE_NONCE) {
        return Err(Refusal::DurableNonce);
    }
    Ok(())
}
