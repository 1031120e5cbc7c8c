//! Compute units on bytecode: of the suite's instructions and of `gimbal-math`'s functions.

pub mod beside;
pub mod climb;
pub mod flows;
pub mod functions;
pub mod networks;
pub mod positions;
pub mod programs;
pub mod table;

use anchor_lang::prelude::Pubkey;
use gimbal::chain::{EmbeddedChain, Mode};
use solana_instruction::Instruction;

/// The most compute units of a transaction.
pub const MOST_UNITS: u32 = 1_400_000;
/// The program that raises the limit of a transaction.
const COMPUTE_BUDGET: Pubkey = Pubkey::from_str_const("ComputeBudget111111111111111111111111111111");
/// Its instruction for compute units.
const SET_UNITS: u8 = 2;

/// Asks for all that a transaction may have.
pub fn whole_budget() -> Instruction {
    let data = [&[SET_UNITS][..], &MOST_UNITS.to_le_bytes()].concat();
    Instruction { program_id: COMPUTE_BUDGET, accounts: vec![], data }
}

/// Whether the chain named by the environment meters instructions: native code is not metered.
pub fn is_metered() -> bool {
    matches!(EmbeddedChain::mode_from_environment(), Ok(Mode::Bytecode { .. }))
}

/// Units of the last of a transaction's own instructions, calls into other programs included.
///
/// # Panics
///
/// If the log does not tell.
pub fn last_instruction(logs: &[String]) -> u64 {
    last_at(logs, 1)
}

/// Units of the last call that one of a transaction's own instructions has made, further calls included.
///
/// # Panics
///
/// If the log does not tell.
pub fn last_call(logs: &[String]) -> u64 {
    last_at(logs, 2)
}

/// Units of the last program to end so deep in the stack of calls.
fn last_at(logs: &[String], stack: usize) -> u64 {
    let mut depth = 0usize;
    let mut units = None;
    for line in logs {
        let Some(rest) = line.strip_prefix("Program ") else { continue };
        match rest.split(' ').nth(1) {
            Some("invoke") => depth += 1,
            Some("consumed") if depth == stack => units = rest.split(' ').nth(2).and_then(|number| number.parse().ok()),
            Some("success") => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    units.unwrap_or_else(|| panic!("the log names no compute units:\n{}", logs.join("\n")))
}
