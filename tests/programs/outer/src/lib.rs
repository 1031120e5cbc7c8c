//! Forwards one instruction to another program by CPI, signing for its own PDA where that PDA is asked to sign: what a
//! multisig, a smart wallet or an aggregator does to Gimbal.
//!
//! Accounts: the target program, then the inner instruction's accounts in order. Data: the number of inner accounts
//! (u8), one byte of flags for each (1 = signer, 2 = writable), then the inner instruction's data.

use anchor_lang::{
    prelude::*,
    solana_program::{
        entrypoint::ProgramResult,
        instruction::{AccountMeta, Instruction},
        program::invoke_signed,
        program_error::ProgramError,
    },
};

declare_id!("5PNTkJmJ9D7p1ginoY6M2pvBADNycjHic3WocHEneg2H");

/// Seed of the PDA that this program signs for.
pub const SIGNER_SEED: &[u8] = b"signer";

/// Set in an inner account's flags when it must sign.
pub const SIGNER: u8 = 1;
/// Set in an inner account's flags when it may be written.
pub const WRITABLE: u8 = 2;

/// The PDA that this program signs for.
pub fn signer() -> Pubkey {
    Pubkey::find_program_address(&[SIGNER_SEED], &ID).0
}

/// Wraps an instruction so that this program calls it. The PDA of [`signer`] loses its signer flag on the outside.
pub fn wrap(inner: &Instruction) -> Instruction {
    let pda = signer();
    let mut data = vec![inner.accounts.len() as u8];
    let mut accounts = vec![AccountMeta::new_readonly(inner.program_id, false)];
    for meta in &inner.accounts {
        data.push(u8::from(meta.is_signer) * SIGNER + u8::from(meta.is_writable) * WRITABLE);
        accounts.push(AccountMeta {
            pubkey: meta.pubkey,
            is_signer: meta.is_signer && meta.pubkey != pda,
            is_writable: meta.is_writable,
        });
    }
    data.extend_from_slice(&inner.data);
    Instruction { program_id: ID, accounts, data }
}

#[cfg(not(feature = "no-entrypoint"))]
anchor_lang::solana_program::entrypoint!(process_instruction);

/// Calls the inner instruction.
pub fn process_instruction(program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> ProgramResult {
    let (target, inner) = accounts.split_first().ok_or(ProgramError::NotEnoughAccountKeys)?;
    let (count, rest) = data.split_first().ok_or(ProgramError::InvalidInstructionData)?;
    let (flags, inner_data) = rest.split_at_checked(usize::from(*count)).ok_or(ProgramError::InvalidInstructionData)?;
    if flags.len() != inner.len() {
        return Err(ProgramError::NotEnoughAccountKeys);
    }
    let metas = inner
        .iter()
        .zip(flags)
        .map(|(account, flag)| AccountMeta {
            pubkey: *account.key,
            is_signer: flag & SIGNER != 0,
            is_writable: flag & WRITABLE != 0,
        })
        .collect();
    let (_, bump) = Pubkey::find_program_address(&[SIGNER_SEED], program_id);
    invoke_signed(
        &Instruction { program_id: *target.key, accounts: metas, data: inner_data.to_vec() },
        accounts,
        &[&[SIGNER_SEED, &[bump]]],
    )
}
