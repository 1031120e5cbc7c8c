//! Typed builders, one module per program: addresses and arguments in, an instruction out.
//!
//! They follow the programs' own `accounts` and `instruction` types, so that a change there does not compile here.

pub mod changes;
pub mod lending;
pub mod network;
pub mod oracle;
pub mod router;
pub mod swap;
pub mod token;
pub mod vault;

use anchor_lang::{prelude::Pubkey, InstructionData, ToAccountMetas};
use solana_instruction::{AccountMeta, Instruction};

/// An instruction of an Anchor program.
pub fn build(program: Pubkey, accounts: impl ToAccountMetas, arguments: impl InstructionData) -> Instruction {
    build_with(program, accounts, arguments, [])
}

/// An instruction of an Anchor program with remaining accounts after the named ones.
pub fn build_with(
    program: Pubkey,
    accounts: impl ToAccountMetas,
    arguments: impl InstructionData,
    remaining: impl IntoIterator<Item = AccountMeta>,
) -> Instruction {
    let mut metas = accounts.to_account_metas(None);
    metas.extend(remaining);
    Instruction { program_id: program, accounts: metas, data: arguments.data() }
}
