//! Forwards one instruction to another program by CPI, signing for its own PDA where that PDA is asked to sign: what a
//! multisig, a smart wallet or an aggregator does to Gimbal.
//!
//! Accounts: the target program, then the inner instruction's accounts in order. Data: the number of inner accounts
//! (u8), one byte of flags for each (1 = signer, 2 = writable, 4 = not passed on: it holds the inner instruction's data,
//! which may so be longer than a transaction), then the inner instruction's data.

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

/// Set in the flags of an account that is not passed on but holds the inner instruction's data.
pub const DATA: u8 = 4;

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

/// As [`wrap`], with the inner instruction's data in an account instead, which whoever sends this has to write before.
pub fn wrap_stored(inner: &Instruction, stored: &Pubkey) -> Instruction {
    let mut outer = wrap(&Instruction { data: vec![], ..inner.clone() });
    if let Some(count) = outer.data.first_mut() {
        *count = count.saturating_add(1);
    }
    outer.data.push(DATA);
    outer.accounts.push(AccountMeta::new_readonly(*stored, false));
    outer
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
    let stored = inner.iter().zip(flags).find(|(_, flag)| **flag & DATA != 0);
    let data = match stored {
        Some((account, _)) => account.try_borrow_data()?.to_vec(),
        None => inner_data.to_vec(),
    };
    let metas = inner
        .iter()
        .zip(flags)
        .filter(|(_, flag)| **flag & DATA == 0)
        .map(|(account, flag)| AccountMeta {
            pubkey: *account.key,
            is_signer: flag & SIGNER != 0,
            is_writable: flag & WRITABLE != 0,
        })
        .collect();
    let (_, bump) = Pubkey::find_program_address(&[SIGNER_SEED], program_id);
    invoke_signed(&Instruction { program_id: *target.key, accounts: metas, data }, accounts, &[&[SIGNER_SEED, &[bump]]])
}
