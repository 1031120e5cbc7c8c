//! The syscalls of native programs: `solana-sysvar`'s stubs, answered by the running machine.

use {
    super::{
        cpi,
        frame::{raise, with_current, Fault, Frame},
        introspection, sysvars,
    },
    anchor_lang::prelude::{AccountInfo, ProgramError, Pubkey},
    solana_instruction::Instruction,
    solana_program_entrypoint::ProgramResult,
    solana_program_runtime::stable_log,
    solana_sbpf::vm::ContextObject,
    solana_svm_log_collector::ic_msg,
    solana_sysvar::program_stubs::{set_syscall_stubs, SyscallStubs},
    std::sync::Once,
};

/// Routes the syscalls of host code to the native runner, once per process.
///
/// [`run`](super::run) calls it. Nothing may replace `solana-sysvar` 3's stubs afterwards: native
/// programs would then lose their machine.
pub fn install_syscall_stubs() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        set_syscall_stubs(Box::new(NativeSyscalls));
    });
}

struct NativeSyscalls;

/// Runs a syscall that may end the program. `None` outside of a native program.
fn call<T>(syscall: impl FnOnce(&mut Frame<'_>) -> Result<T, Fault>) -> Option<T> {
    match with_current(syscall)? {
        Ok(value) => Some(value),
        Err(fault) => raise(fault),
    }
}

impl SyscallStubs for NativeSyscalls {
    fn sol_log(&self, message: &str) {
        let logged = with_current(|frame| {
            stable_log::program_log(&frame.invoke_context.get_log_collector(), message);
        });
        if logged.is_none() {
            println!("{message}");
        }
    }

    fn sol_log_data(&self, fields: &[&[u8]]) {
        with_current(|frame| {
            stable_log::program_data(&frame.invoke_context.get_log_collector(), fields);
        });
    }

    fn sol_log_compute_units(&self) {
        with_current(|frame| {
            ic_msg!(
                frame.invoke_context,
                "Program consumption: {} units remaining",
                frame.invoke_context.get_remaining()
            );
        });
    }

    fn sol_remaining_compute_units(&self) -> u64 {
        with_current(|frame| frame.invoke_context.get_remaining()).unwrap_or(0)
    }

    fn sol_invoke_signed(
        &self,
        instruction: &Instruction,
        account_infos: &[AccountInfo],
        signers_seeds: &[&[&[u8]]],
    ) -> ProgramResult {
        // Outside of a program a call must not look as if it had happened.
        call(|frame| cpi::invoke(frame, instruction, account_infos, signers_seeds)).ok_or(ProgramError::InvalidArgument)
    }

    fn sol_get_sysvar(&self, id: *const u8, var: *mut u8, offset: u64, length: u64) -> u64 {
        // SAFETY: `solana_sysvar::get_sysvar` passes an address and a buffer of that length.
        unsafe { sysvars::slice(id, var, offset, length) }
    }

    fn sol_get_clock_sysvar(&self, var: *mut u8) -> u64 {
        // SAFETY: `Clock::get` passes its own variable.
        unsafe { sysvars::clock(var) }
    }

    fn sol_get_epoch_schedule_sysvar(&self, var: *mut u8) -> u64 {
        // SAFETY: `EpochSchedule::get` passes its own variable.
        unsafe { sysvars::epoch_schedule(var) }
    }

    fn sol_get_rent_sysvar(&self, var: *mut u8) -> u64 {
        // SAFETY: `Rent::get` passes its own variable.
        unsafe { sysvars::rent(var) }
    }

    fn sol_get_epoch_rewards_sysvar(&self, var: *mut u8) -> u64 {
        // SAFETY: `EpochRewards::get` passes its own variable.
        unsafe { sysvars::epoch_rewards(var) }
    }

    fn sol_get_last_restart_slot(&self, var: *mut u8) -> u64 {
        // SAFETY: `LastRestartSlot::get` passes its own variable.
        unsafe { sysvars::last_restart_slot(var) }
    }

    fn sol_get_epoch_stake(&self, vote_address: *const u8) -> u64 {
        with_current(|frame| {
            if vote_address.is_null() {
                return frame.invoke_context.get_epoch_stake();
            }
            // SAFETY: a vote address that is not null points to 32 bytes that outlive the call.
            let address = unsafe { &*vote_address.cast::<Pubkey>() };
            frame.invoke_context.get_epoch_stake_for_vote_account(address)
        })
        .unwrap_or(0)
    }

    fn sol_get_return_data(&self) -> Option<(Pubkey, Vec<u8>)> {
        with_current(|frame| {
            let (program_id, data) = frame.invoke_context.transaction_context.get_return_data();
            (!data.is_empty()).then(|| (*program_id, data.to_vec()))
        })
        .flatten()
    }

    fn sol_set_return_data(&self, data: &[u8]) {
        call(|frame| introspection::set_return_data(frame, data));
    }

    fn sol_get_processed_sibling_instruction(&self, index: usize) -> Option<Instruction> {
        call(|frame| Ok(introspection::processed_sibling(frame.invoke_context, index)?)).flatten()
    }

    fn sol_get_stack_height(&self) -> u64 {
        with_current(|frame| frame.invoke_context.get_stack_height() as u64).unwrap_or(0)
    }
}
