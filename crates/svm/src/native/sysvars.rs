//! Sysvars for native programs, read from the machine's cache.

use {
    super::frame::{with_current, Frame},
    anchor_lang::prelude::Pubkey,
    solana_instruction::error::{InstructionError, UNSUPPORTED_SYSVAR},
    solana_program_entrypoint::SUCCESS,
    solana_sysvar::{
        clock::Clock, epoch_rewards::EpochRewards, epoch_schedule::EpochSchedule, last_restart_slot::LastRestartSlot,
        rent::Rent,
    },
    std::sync::Arc,
};

/// `sol_get_sysvar`'s answer when the range lies outside of the sysvar's data.
const OFFSET_LENGTH_EXCEEDS_SYSVAR: u64 = 1;
/// `sol_get_sysvar`'s answer for a sysvar that the machine does not hold.
const SYSVAR_NOT_FOUND: u64 = 2;

/// Copies a sysvar to where the program wants it.
///
/// # Safety
/// `destination` points to a writable, aligned `T`.
unsafe fn copy<T: Clone>(
    destination: *mut u8,
    read: impl FnOnce(&Frame<'_>) -> Result<Arc<T>, InstructionError>,
) -> u64 {
    match with_current(|frame| read(frame)) {
        Some(Ok(value)) => {
            // SAFETY: the caller's contract.
            unsafe { destination.cast::<T>().write(T::clone(&value)) };
            SUCCESS
        }
        _ => UNSUPPORTED_SYSVAR,
    }
}

/// # Safety
/// `destination` points to a writable `Clock`, as in `Clock::get`.
pub(super) unsafe fn clock(destination: *mut u8) -> u64 {
    let read = |frame: &Frame<'_>| -> Result<Arc<Clock>, _> {
        frame.invoke_context.environment_config.sysvar_cache().get_clock()
    };
    // SAFETY: passed on.
    unsafe { copy(destination, read) }
}

/// # Safety
/// `destination` points to a writable `EpochSchedule`.
pub(super) unsafe fn epoch_schedule(destination: *mut u8) -> u64 {
    let read = |frame: &Frame<'_>| -> Result<Arc<EpochSchedule>, _> {
        frame.invoke_context.environment_config.sysvar_cache().get_epoch_schedule()
    };
    // SAFETY: passed on.
    unsafe { copy(destination, read) }
}

/// # Safety
/// `destination` points to a writable `EpochRewards`.
pub(super) unsafe fn epoch_rewards(destination: *mut u8) -> u64 {
    let read = |frame: &Frame<'_>| -> Result<Arc<EpochRewards>, _> {
        frame.invoke_context.environment_config.sysvar_cache().get_epoch_rewards()
    };
    // SAFETY: passed on.
    unsafe { copy(destination, read) }
}

/// # Safety
/// `destination` points to a writable `LastRestartSlot`.
pub(super) unsafe fn last_restart_slot(destination: *mut u8) -> u64 {
    let read = |frame: &Frame<'_>| -> Result<Arc<LastRestartSlot>, _> {
        frame.invoke_context.environment_config.sysvar_cache().get_last_restart_slot()
    };
    // SAFETY: passed on.
    unsafe { copy(destination, read) }
}

/// Programs and machine use different versions of the rent crate, so this one goes by the
/// account's bytes: lamports per byte-year, the exemption threshold, the burned percentage.
///
/// # Safety
/// `destination` points to a writable `Rent`.
pub(super) unsafe fn rent(destination: *mut u8) -> u64 {
    let read = |frame: &Frame<'_>| {
        parse_rent(frame, &solana_sysvar::rent::ID).map(Arc::new).ok_or(InstructionError::UnsupportedSysvar)
    };
    // SAFETY: passed on.
    unsafe { copy(destination, read) }
}

// The deprecated fields are what programs of this generation read.
#[allow(deprecated)]
fn parse_rent(frame: &Frame<'_>, id: &Pubkey) -> Option<Rent> {
    let cache = frame.invoke_context.environment_config.sysvar_cache();
    let bytes = cache.sysvar_id_to_buffer(id).as_ref()?;
    Some(Rent {
        lamports_per_byte_year: u64::from_le_bytes(*bytes.first_chunk()?),
        exemption_threshold: f64::from_le_bytes(*bytes.get(8..)?.first_chunk()?),
        burn_percent: *bytes.get(16)?,
    })
}

/// Copies `length` bytes from `offset` of any cached sysvar's account data.
///
/// # Safety
/// `id` points to 32 readable bytes and `destination` to `length` writable ones.
pub(super) unsafe fn slice(id: *const u8, destination: *mut u8, offset: u64, length: u64) -> u64 {
    // SAFETY: the caller's contract.
    let id = Pubkey::new_from_array(unsafe { id.cast::<[u8; 32]>().read_unaligned() });
    let copied = with_current(|frame| {
        let cache = frame.invoke_context.environment_config.sysvar_cache();
        let Some(bytes) = cache.sysvar_id_to_buffer(&id) else {
            return SYSVAR_NOT_FOUND;
        };
        let range = usize::try_from(offset)
            .ok()
            .zip(usize::try_from(length).ok())
            .and_then(|(start, len)| bytes.get(start..start.checked_add(len)?));
        let Some(range) = range else {
            return OFFSET_LENGTH_EXCEEDS_SYSVAR;
        };
        // SAFETY: the caller's contract; the cache's memory is the machine's own, not the
        // program's, so the two do not overlap.
        unsafe { std::ptr::copy_nonoverlapping(range.as_ptr(), destination, range.len()) };
        SUCCESS
    });
    copied.unwrap_or(SYSVAR_NOT_FOUND)
}
