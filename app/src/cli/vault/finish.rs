//! How every flow ends: what it needs comes in front of it, and what it did is read from its transaction.

use super::super::operation::{Operation, TransactionArgs};
use super::super::session::Session;
use super::super::submit::submit;
use super::effects::{rows, Units};
use super::ground::Ground;
use anchor_lang::prelude::Pubkey;
use anyhow::Result;
use solana_instruction::Instruction;

/// The operation behind `groups`, with results in the vault's own words.
///
/// # Errors
///
/// As [`Ground::behind`].
pub(super) fn prepare(
    ground: &Ground,
    args: &TransactionArgs,
    groups: Vec<Vec<Instruction>>,
    payer: &Pubkey,
    operation: Operation,
) -> Result<Operation> {
    let units = Units { decimals: ground.decimals(), symbol: ground.symbol };
    ground.behind(args, groups, payer, operation.reads(move |receipt| rows(receipt, units)))
}

/// Prepares the operation and submits it.
///
/// # Errors
///
/// As [`prepare`] and [`submit`].
pub(super) fn finish(
    session: &mut Session,
    ground: &Ground,
    args: &TransactionArgs,
    groups: Vec<Vec<Instruction>>,
    payer: &Pubkey,
    operation: Operation,
) -> Result<()> {
    let operation = prepare(ground, args, groups, payer, operation)?;
    submit(session, args, operation).map(|_| ())
}
