//! Cross-program invocation from native code, in the order and with the errors of the syscall.

use {
    super::frame::{borrowed, Fault, Frame},
    crate::ids::{LOADER_V1, LOADER_V2, NATIVE_LOADER},
    anchor_lang::{
        prelude::{AccountInfo, Pubkey},
        solana_program::bpf_loader_upgradeable::{
            self, is_close_instruction, is_set_authority_checked_instruction, is_set_authority_instruction,
            is_upgrade_instruction,
        },
    },
    solana_instruction::{error::InstructionError, Instruction},
    solana_program_runtime::{cpi::CpiError, invoke_context::InvokeContext},
    solana_svm_log_collector::ic_msg,
    solana_svm_timings::ExecuteTimings,
    solana_transaction_context::{
        instruction_accounts::BorrowedInstructionAccount, MAX_ACCOUNTS_PER_INSTRUCTION, MAX_INSTRUCTION_DATA_LEN,
    },
};

/// The runtime's limits, as its CPI syscall states them.
const MAX_SIGNERS: usize = 16;
const MAX_SEEDS: usize = 16;
const MAX_ACCOUNT_VIEWS: usize = 255;

/// One account of the callee: its place in the caller, its view there, and whether the callee
/// may write to it.
struct Shared<'v, 'a> {
    index_in_caller: u16,
    view: &'v AccountInfo<'a>,
    writable: bool,
}

/// Calls another program, as `sol_invoke_signed` does.
///
/// # Errors
/// Whatever would end the caller on chain: a privilege not held, a missing account, seeds that
/// give no address, a limit, an illegal change by the caller so far, or the callee's own error.
pub(super) fn invoke(
    frame: &mut Frame<'_>,
    instruction: &Instruction,
    views: &[AccountInfo],
    signer_seeds: &[&[&[u8]]],
) -> Result<(), Fault> {
    let context = &mut *frame.invoke_context;
    let cost = context.get_execution_cost().invoke_units;
    context.compute_meter.consume_checked(cost)?;
    check_limits(instruction, views)?;
    let caller = *context.transaction_context.get_current_instruction_context()?.get_program_key()?;
    let signers = derive_signers(&caller, signer_seeds)?;
    check_callee(instruction, context)?;
    context.prepare_next_cpi_instruction(instruction.clone(), &signers)?;

    let shared = match_views(frame, views)?;
    for account in &shared {
        frame.check_view(account.index_in_caller, account.view)?;
        publish(frame, account)?;
    }
    frame.invoke_context.process_instruction(&mut 0, &mut ExecuteTimings::default())?;
    // The callee cannot have changed what it could not write to.
    for account in shared.iter().filter(|account| account.writable) {
        refresh(frame, account)?;
    }
    Ok(())
}

fn check_limits(instruction: &Instruction, views: &[AccountInfo]) -> Result<(), CpiError> {
    if instruction.accounts.len() > MAX_ACCOUNTS_PER_INSTRUCTION {
        return Err(CpiError::MaxInstructionAccountsExceeded {
            num_accounts: instruction.accounts.len() as u64,
            max_accounts: MAX_ACCOUNTS_PER_INSTRUCTION as u64,
        });
    }
    if instruction.data.len() > MAX_INSTRUCTION_DATA_LEN {
        return Err(CpiError::MaxInstructionDataLenExceeded {
            data_len: instruction.data.len() as u64,
            max_data_len: MAX_INSTRUCTION_DATA_LEN as u64,
        });
    }
    if views.len() > MAX_ACCOUNT_VIEWS {
        return Err(CpiError::MaxInstructionAccountInfosExceeded {
            num_account_infos: views.len() as u64,
            max_account_infos: MAX_ACCOUNT_VIEWS as u64,
        });
    }
    Ok(())
}

fn derive_signers(caller: &Pubkey, signer_seeds: &[&[&[u8]]]) -> Result<Vec<Pubkey>, Fault> {
    if signer_seeds.len() > MAX_SIGNERS {
        return Err(CpiError::TooManySigners.into());
    }
    signer_seeds
        .iter()
        .map(|seeds| {
            if seeds.len() > MAX_SEEDS {
                return Err(InstructionError::MaxSeedLengthExceeded.into());
            }
            Pubkey::create_program_address(seeds, caller).map_err(|error| CpiError::BadSeeds(error).into())
        })
        .collect()
}

/// Loaders and precompiles cannot be called, except for the upgradeable loader's management of
/// deployed programs.
fn check_callee(instruction: &Instruction, context: &InvokeContext) -> Result<(), CpiError> {
    let callee = &instruction.program_id;
    let data = &instruction.data;
    let manages_program = !data.is_empty()
        && (is_upgrade_instruction(data)
            || is_set_authority_instruction(data)
            || is_set_authority_checked_instruction(data)
            || is_close_instruction(data));
    let refused = [NATIVE_LOADER, LOADER_V1, LOADER_V2].contains(callee)
        || (*callee == bpf_loader_upgradeable::ID && !manages_program)
        || context.is_precompile(callee);
    if refused {
        Err(CpiError::ProgramNotSupported(*callee))
    } else {
        Ok(())
    }
}

/// Finds the caller's view of every account that the callee is about to get, each once.
/// Executable accounts need none: nobody can change them.
fn match_views<'v, 'a>(frame: &Frame<'_>, views: &'v [AccountInfo<'a>]) -> Result<Vec<Shared<'v, 'a>>, Fault> {
    let transaction = &frame.invoke_context.transaction_context;
    let callee = transaction.get_next_instruction_context()?;
    let caller = transaction.get_current_instruction_context()?;
    let mut shared = Vec::with_capacity(callee.instruction_accounts().len());
    for (index, account) in (0u16..).zip(callee.instruction_accounts()) {
        if callee.is_instruction_account_duplicate(index)?.is_some() {
            continue;
        }
        let index_in_caller = caller.get_index_of_account_in_instruction(account.index_in_transaction)?;
        #[allow(deprecated)]
        let executable = caller.try_borrow_instruction_account(index_in_caller)?.is_executable();
        if executable {
            continue;
        }
        let key = transaction.get_key_of_account_at_index(account.index_in_transaction)?;
        let Some(view) = views.iter().find(|view| view.key == key) else {
            ic_msg!(frame.invoke_context, "Instruction references an unknown account {}", key);
            return Err(InstructionError::MissingAccount.into());
        };
        shared.push(Shared { index_in_caller, view, writable: account.is_writable() });
    }
    Ok(shared)
}

/// Makes the caller's changes so far visible to the callee, under the caller's own rights.
fn publish(frame: &Frame<'_>, account: &Shared) -> Result<(), Fault> {
    let instruction = frame.invoke_context.transaction_context.get_current_instruction_context()?;
    let mut target = instruction.try_borrow_instruction_account(account.index_in_caller)?;
    let lamports = account.view.try_lamports().map_err(|_| borrowed())?;
    if target.get_lamports() != lamports {
        target.set_lamports(lamports)?;
    }
    let data = account.view.try_borrow_data().map_err(|_| borrowed())?;
    publish_data(&mut target, &data)?;
    // The owner goes last: after it the caller has no right to change the rest.
    if target.get_owner() != account.view.owner {
        target.set_owner(account.view.owner.as_ref())?;
    }
    Ok(())
}

fn publish_data(target: &mut BorrowedInstructionAccount<'_, '_>, data: &[u8]) -> Result<(), InstructionError> {
    match target.can_data_be_resized(data.len()) {
        Ok(()) => target.set_data_from_slice(data),
        Err(error) if target.get_data() != data => Err(error),
        Err(_) => Ok(()),
    }
}

/// Shows the caller what the callee did to an account.
fn refresh(frame: &Frame<'_>, account: &Shared) -> Result<(), Fault> {
    let instruction = frame.invoke_context.transaction_context.get_current_instruction_context()?;
    let source = instruction.try_borrow_instruction_account(account.index_in_caller)?;
    let view = account.view;
    **view.try_borrow_mut_lamports().map_err(|_| borrowed())? = source.get_lamports();
    view.assign(source.get_owner());
    let data = source.get_data();
    if view.try_data_len().map_err(|_| borrowed())? != data.len() {
        // Fails when the callee grew the account beyond the room behind the caller's copy.
        view.resize(data.len()).map_err(|error| InstructionError::from(u64::from(error)))?;
    }
    view.try_borrow_mut_data().map_err(|_| borrowed())?.copy_from_slice(data);
    Ok(())
}
