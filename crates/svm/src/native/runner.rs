//! One instruction of a native program, from its accounts to its result.

use {
    super::{
        frame::{enter, Fault, Frame, Raised},
        stubs::install_syscall_stubs,
    },
    anchor_lang::prelude::{AccountInfo, Pubkey},
    solana_instruction::error::InstructionError,
    solana_program_entrypoint::{deserialize, ProgramResult},
    solana_program_runtime::{
        invoke_context::InvokeContext,
        serialization::{deserialize_parameters, serialize_parameters},
        stable_log,
    },
    solana_sbpf::vm::ContextObject,
    solana_svm_log_collector::ic_logger_msg,
    std::{
        any::Any,
        error::Error,
        panic::{catch_unwind, AssertUnwindSafe},
    },
};

/// A program's entry function. Plain `fn(&Pubkey, &[AccountInfo], &[u8])` and Anchor's `entry`,
/// which ties all lifetimes to one, both coerce to it.
pub type ProcessInstruction = fn(&'static Pubkey, &'static [AccountInfo<'static>], &'static [u8]) -> ProgramResult;

/// Compute units that one native instruction is charged. Host code is not metered; the figure
/// only has to be positive (the runtime demands it) and small enough for long call chains.
pub const NATIVE_COMPUTE_UNITS: u64 = 5_000;

/// Runs `entry` as the machine's current instruction.
///
/// # Errors
/// The program's own error, the error of a failed cross-program call, the runtime's refusal of
/// what the program did to its accounts, or `ProgramFailedToComplete` after a panic.
///
/// # Safety
/// `entry` gets references that live only until it returns; it must not keep any.
pub unsafe fn run(
    entry: ProcessInstruction,
    invoke_context: &mut InvokeContext<'static, 'static>,
) -> Result<u64, Box<dyn Error>> {
    install_syscall_stubs();
    let log = invoke_context.get_log_collector();
    let available = invoke_context.get_remaining();
    invoke_context.compute_meter.consume_checked(NATIVE_COMPUTE_UNITS)?;
    let program_id = *invoke_context.transaction_context.get_current_instruction_context()?.get_program_key()?;

    let (mut input, places, result) = execute(entry, invoke_context)?;

    let used = available.saturating_sub(invoke_context.get_remaining());
    ic_logger_msg!(log, "Program {} consumed {} of {} compute units", program_id, used, available);
    let (_, return_data) = invoke_context.transaction_context.get_return_data();
    if !return_data.is_empty() {
        stable_log::program_return(&log, &program_id, return_data);
    }
    result?;

    let instruction = invoke_context.transaction_context.get_current_instruction_context()?;
    deserialize_parameters(&instruction, false, false, input.as_slice_mut(), &places)?;
    Ok(0)
}

type Input = solana_sbpf::aligned_memory::AlignedMemory<{ solana_sbpf::ebpf::HOST_ALIGN }>;
type Places = Vec<solana_program_runtime::memory_context::SerializedAccountMetadata>;

/// Serialises the accounts, calls the program on them and gives the buffer back for the commit.
fn execute(
    entry: ProcessInstruction,
    invoke_context: &mut InvokeContext<'static, 'static>,
) -> Result<(Input, Places, Result<(), Fault>), Fault> {
    let log = invoke_context.get_log_collector();
    let (mut input, _, accounts, _) = {
        let instruction = invoke_context.transaction_context.get_current_instruction_context()?;
        serialize_parameters(&instruction, false, false, false)?
    };
    let start = input.as_slice_mut().as_mut_ptr();
    let mut frame = Frame { invoke_context, input: start, accounts, fault: None };
    let outcome = {
        // SAFETY: the runtime has just written the buffer in the layout that `deserialize`
        // reads; it stays in place until the views below are gone.
        let (program_id, views, data) = unsafe { deserialize(start) };
        // SAFETY: `run`'s contract: the program keeps no reference past its return.
        let slice = unsafe { std::slice::from_raw_parts(views.as_ptr(), views.len()) };
        enter(&mut frame, || catch_unwind(AssertUnwindSafe(|| entry(program_id, slice, data))))
    };
    let result = match (frame.fault, outcome) {
        (Some(fault), _) => Err(fault),
        (None, Ok(Ok(()))) => Ok(()),
        (None, Ok(Err(error))) => Err(InstructionError::from(u64::from(error)).into()),
        (None, Err(panic)) => {
            stable_log::program_log(&log, &format!("panicked: {}", panic_text(&*panic)));
            Err(InstructionError::ProgramFailedToComplete.into())
        }
    };
    Ok((input, frame.accounts, result))
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    if panic.is::<Raised>() {
        return "a syscall was refused";
    }
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
