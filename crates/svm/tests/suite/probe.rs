//! A program that does what it is told, right or wrong. The first data byte names the deed.

use {
    anchor_lang::prelude::{pubkey, AccountInfo, ProgramError, Pubkey},
    anchor_lang::solana_program::entrypoint::ProgramResult,
    solana_instruction::{AccountMeta, Instruction},
    solana_program::{
        clock::Clock,
        epoch_schedule::EpochSchedule,
        instruction::{get_processed_sibling_instruction, get_stack_height},
        program::{get_return_data, invoke, invoke_signed, set_return_data},
        rent::Rent,
        sysvar::{instructions::load_current_index_checked, Sysvar},
    },
    solana_sysvar::{epoch_rewards::EpochRewards, get_sysvar, last_restart_slot::LastRestartSlot},
    std::panic::{catch_unwind, AssertUnwindSafe},
};

pub const PROBE: Pubkey = Pubkey::new_from_array([0x30; 32]);
/// The same code at a second address.
pub const OTHER: Pubkey = Pubkey::new_from_array([0x40; 32]);

/// Writes the second data byte to the start of account 0.
pub const WRITE: u8 = 0;
/// Moves one lamport from account 0 to account 1.
pub const MOVE_LAMPORT: u8 = 1;
/// Adds one lamport to account 0 out of nothing.
pub const MAKE_LAMPORT: u8 = 2;
/// Calls account 0 with the rest of the data and accounts, as they came.
pub const FORWARD: u8 = 3;
/// The same, with the callee's first account as a signer.
pub const FORWARD_AS_SIGNER: u8 = 4;
/// The same, with the callee's first account as writable.
pub const FORWARD_AS_WRITABLE: u8 = 5;
/// The same as `FORWARD`, and succeeds whatever the callee says.
pub const FORWARD_AND_IGNORE: u8 = 6;
/// The same, and also catches unwinding.
pub const FORWARD_AND_CATCH: u8 = 7;
/// Sets the rest of the data as return data.
pub const RETURN: u8 = 8;
/// Calls account 0 with the rest of the data, then writes the return data's program and bytes
/// into account 1.
pub const CALL_AND_KEEP: u8 = 9;
/// Writes the clock into account 0: slot, time, epoch.
pub const READ_CLOCK: u8 = 10;
/// Writes the rent's first two fields and the slots per epoch into account 0.
pub const READ_RENT: u8 = 11;
/// Lets the system program allocate account 1 (a PDA of seed "room") and assign it to this
/// program, then writes to its first and last byte. Bytes 1..5 give the length.
pub const ALLOCATE: u8 = 12;
/// Panics.
pub const PANIC: u8 = 13;
/// Fails with the error number in bytes 1..5.
pub const FAIL: u8 = 14;
/// Writes the stack height to account 0.
pub const STACK_HEIGHT: u8 = 15;
/// Calls account 0 with a made-up view of account 1 that shows a fortune.
pub const FORGE_VIEW: u8 = 16;
/// Writes the current instruction's index (from the sysvar account 1) to account 0.
pub const CURRENT_INDEX: u8 = 17;
/// Writes the first data byte of the instruction before this one to account 0, 255 if none.
pub const SIBLING: u8 = 18;
/// Resizes account 0 to the length in bytes 1..5.
pub const RESIZE: u8 = 19;
/// Writes the second data byte to account 1, then forwards the rest, then checks that what the
/// callee wrote is seen here: account 1's first byte must equal the third data byte.
pub const WRITE_THEN_CALL: u8 = 20;
/// Fills account 0 of a foreign owner with what is already there: no change, so no offence.
pub const REWRITE_SAME: u8 = 21;

/// Writes the first 16 bytes of the slot hashes sysvar (count, newest slot) to account 0, and
/// checks that a read past its end and of an unknown sysvar fail.
pub const SLOT_HASHES: u8 = 22;

/// The probe's error number when something is not as it told.
pub const WRONG: u32 = 999;

pub fn process(program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> ProgramResult {
    let (deed, rest) = data.split_first().ok_or(ProgramError::InvalidInstructionData)?;
    match *deed {
        WRITE => accounts[0].try_borrow_mut_data()?[0] = rest[0],
        MOVE_LAMPORT => {
            **accounts[0].try_borrow_mut_lamports()? -= 1;
            **accounts[1].try_borrow_mut_lamports()? += 1;
        }
        MAKE_LAMPORT => **accounts[0].try_borrow_mut_lamports()? += 1,
        FORWARD => invoke(&forwarded(accounts, rest), accounts)?,
        FORWARD_AS_SIGNER => {
            let mut call = forwarded(accounts, rest);
            call.accounts[0].is_signer = true;
            invoke(&call, accounts)?;
        }
        FORWARD_AS_WRITABLE => {
            let mut call = forwarded(accounts, rest);
            call.accounts[0].is_writable = true;
            invoke(&call, accounts)?;
        }
        FORWARD_AND_IGNORE => {
            let _ = invoke(&forwarded(accounts, rest), accounts);
        }
        FORWARD_AND_CATCH => {
            let call = forwarded(accounts, rest);
            let _ = catch_unwind(AssertUnwindSafe(|| invoke(&call, accounts)));
            let _ = catch_unwind(AssertUnwindSafe(|| set_return_data(b"still here")));
        }
        RETURN => set_return_data(rest),
        CALL_AND_KEEP => {
            let call = Instruction::new_with_bytes(*accounts[0].key, rest, vec![]);
            invoke(&call, accounts)?;
            let (program, bytes) = get_return_data().unwrap_or_default();
            let mut kept = accounts[1].try_borrow_mut_data()?;
            kept[..32].copy_from_slice(program.as_ref());
            kept[32..32 + bytes.len()].copy_from_slice(&bytes);
        }
        READ_CLOCK => {
            let clock = Clock::get()?;
            let mut out = accounts[0].try_borrow_mut_data()?;
            out[..8].copy_from_slice(&clock.slot.to_le_bytes());
            out[8..16].copy_from_slice(&clock.unix_timestamp.to_le_bytes());
            out[16..24].copy_from_slice(&clock.epoch.to_le_bytes());
        }
        READ_RENT => {
            let mut out = accounts[0].try_borrow_mut_data()?;
            let minimum = Rent::get()?.minimum_balance(165);
            out[..8].copy_from_slice(&minimum.to_le_bytes());
            out[8..16].copy_from_slice(&EpochSchedule::get()?.slots_per_epoch.to_le_bytes());
        }
        ALLOCATE => allocate(program_id, accounts, rest)?,
        PANIC => panic!("told to"),
        FAIL => return Err(ProgramError::Custom(number(rest))),
        STACK_HEIGHT => accounts[0].try_borrow_mut_data()?[0] = get_stack_height() as u8,
        FORGE_VIEW => {
            let fortune = Box::leak(Box::new(u64::MAX));
            let bytes = Box::leak(Box::new([7u8; 8]));
            let mut views = accounts.to_vec();
            views[1] = AccountInfo::new(accounts[1].key, true, true, fortune, bytes, accounts[1].owner, false);
            invoke(&forwarded(accounts, rest), &views)?;
        }
        CURRENT_INDEX => {
            let index = load_current_index_checked(&accounts[1])?;
            accounts[0].try_borrow_mut_data()?[0] = index as u8;
        }
        SIBLING => {
            let byte = get_processed_sibling_instruction(0).map_or(255, |past| past.data[0]);
            accounts[0].try_borrow_mut_data()?[0] = byte;
        }
        RESIZE => accounts[0].resize(number(rest) as usize)?,
        WRITE_THEN_CALL => {
            accounts[1].try_borrow_mut_data()?[0] = rest[0];
            invoke(&forwarded(accounts, &rest[2..]), accounts)?;
            if accounts[1].try_borrow_data()?[0] != rest[1] {
                return Err(ProgramError::Custom(WRONG));
            }
        }
        REWRITE_SAME => {
            let mut bytes = accounts[0].try_borrow_mut_data()?;
            let same = bytes.to_vec();
            bytes.copy_from_slice(&same);
        }
        SLOT_HASHES => slot_hashes(accounts)?,
        _ => return Err(ProgramError::InvalidInstructionData),
    }
    Ok(())
}

fn slot_hashes(accounts: &[AccountInfo]) -> ProgramResult {
    let id = pubkey!("SysvarS1otHashes111111111111111111111111111");
    let mut bytes = [0u8; 16];
    get_sysvar(&mut bytes, &id, 0, 16)?;
    accounts[0].try_borrow_mut_data()?[..16].copy_from_slice(&bytes);
    // The account has 8 + 512 · 40 bytes.
    let past_end = get_sysvar(&mut bytes, &id, 20_488 - 15, 16);
    let unknown = get_sysvar(&mut bytes, &PROBE, 0, 16);
    let quiet = LastRestartSlot::get()?.last_restart_slot == 0 && !EpochRewards::get()?.active;
    if past_end == Err(ProgramError::InvalidArgument) && unknown == Err(ProgramError::UnsupportedSysvar) && quiet {
        Ok(())
    } else {
        Err(ProgramError::Custom(WRONG))
    }
}

fn number(bytes: &[u8]) -> u32 {
    bytes.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

/// A call of account 0 with the accounts after it, each with the rights it came with.
fn forwarded(accounts: &[AccountInfo], data: &[u8]) -> Instruction {
    let metas = accounts[1..]
        .iter()
        .map(|view| AccountMeta { pubkey: *view.key, is_signer: view.is_signer, is_writable: view.is_writable })
        .collect();
    Instruction::new_with_bytes(*accounts[0].key, data, metas)
}

fn allocate(program_id: &Pubkey, accounts: &[AccountInfo], rest: &[u8]) -> ProgramResult {
    let room = &accounts[1];
    let (_, bump) = Pubkey::find_program_address(&[b"room"], program_id);
    let length = u64::from(number(rest));
    // The system program's Allocate (8) and Assign (1).
    let mut data = 8u32.to_le_bytes().to_vec();
    data.extend_from_slice(&length.to_le_bytes());
    let meta = AccountMeta::new(*room.key, true);
    let call = Instruction::new_with_bytes(*accounts[0].key, &data, vec![meta.clone()]);
    invoke_signed(&call, accounts, &[&[b"room", &[bump]]])?;
    if room.data_len() as u64 != length {
        return Err(ProgramError::Custom(WRONG));
    }
    let mut data = 1u32.to_le_bytes().to_vec();
    data.extend_from_slice(program_id.as_ref());
    let call = Instruction::new_with_bytes(*accounts[0].key, &data, vec![meta]);
    invoke_signed(&call, accounts, &[&[b"room", &[bump]]])?;
    if room.owner != program_id {
        return Err(ProgramError::Custom(WRONG));
    }
    let mut bytes = room.try_borrow_mut_data()?;
    let last = bytes.len() - 1;
    bytes[0] = 1;
    bytes[last] = 2;
    Ok(())
}
