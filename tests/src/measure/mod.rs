//! Compute units on bytecode: of the suite's instructions and of `gimbal-math`'s functions.

pub mod beside;
pub mod flows;
pub mod functions;
pub mod programs;
pub mod table;

use gimbal::chain::{EmbeddedChain, Mode};

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
    let mut depth = 0usize;
    let mut units = None;
    for line in logs {
        let Some(rest) = line.strip_prefix("Program ") else { continue };
        match rest.split(' ').nth(1) {
            Some("invoke") => depth += 1,
            Some("consumed") if depth == 1 => units = rest.split(' ').nth(2).and_then(|number| number.parse().ok()),
            Some("success") => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    units.unwrap_or_else(|| panic!("the log names no compute units:\n{}", logs.join("\n")))
}
