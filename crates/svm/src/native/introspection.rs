//! What a program may ask about the transaction around it.

use {
    super::frame::{Fault, Frame},
    solana_instruction::{error::InstructionError, AccountMeta, Instruction},
    solana_program_runtime::invoke_context::InvokeContext,
    solana_transaction_context::instruction::InstructionContext,
    thiserror::Error,
};

/// The runtime's limit on return data, in bytes.
const MAX_RETURN_DATA: usize = 1024;

#[derive(Debug, Error)]
#[error("Return data too large ({0} > {MAX_RETURN_DATA})")]
struct ReturnDataTooLarge(usize);

/// Sets the transaction's return data in the running program's name.
///
/// # Errors
/// Data beyond 1,024 bytes ends the program, as on chain.
pub(super) fn set_return_data(frame: &mut Frame<'_>, data: &[u8]) -> Result<(), Fault> {
    if data.len() > MAX_RETURN_DATA {
        return Err(ReturnDataTooLarge(data.len()).into());
    }
    let transaction = &mut frame.invoke_context.transaction_context;
    let program_id = *transaction.get_current_instruction_context()?.get_program_key()?;
    transaction.set_return_data(program_id, data.to_vec())?;
    Ok(())
}

/// The instruction at the running one's stack height that ended `back` places before it, under
/// the same caller (0 is the latest).
///
/// # Errors
/// Those of the transaction's trace, none of which a program can cause.
pub(super) fn processed_sibling(context: &InvokeContext, back: usize) -> Result<Option<Instruction>, InstructionError> {
    let transaction = &context.transaction_context;
    let height = context.get_stack_height();
    let caller = transaction.get_current_instruction_context()?.get_index_of_caller();
    let range = if height == solana_instruction::TRANSACTION_LEVEL_STACK_HEIGHT {
        0..transaction.next_top_level_instruction_index()
    } else {
        let end = transaction.get_instruction_trace_length();
        end.saturating_sub(transaction.number_of_cpis_in_trace())..end
    };
    let mut seen = 0usize;
    for index in range.rev() {
        let past = transaction.get_instruction_context_at_index_in_trace(index)?;
        if past.get_index_of_caller() != caller {
            continue;
        }
        if past.get_stack_height() < height {
            break;
        }
        if past.get_stack_height() == height {
            // The first one found is the running instruction itself.
            if seen == back.saturating_add(1) {
                return decompile(&past).map(Some);
            }
            seen = seen.saturating_add(1);
        }
    }
    Ok(None)
}

fn decompile(past: &InstructionContext) -> Result<Instruction, InstructionError> {
    let accounts = (0..past.get_number_of_instruction_accounts())
        .map(|index| {
            Ok(AccountMeta {
                pubkey: *past.get_key_of_instruction_account(index)?,
                is_signer: past.is_instruction_account_signer(index)?,
                is_writable: past.is_instruction_account_writable(index)?,
            })
        })
        .collect::<Result<_, InstructionError>>()?;
    Ok(Instruction { program_id: *past.get_program_key()?, accounts, data: past.get_instruction_data().to_vec() })
}
