//! What a transaction did, or why it failed.

use {
    anchor_lang::prelude::Pubkey, solana_instruction::error::InstructionError,
    solana_message::inner_instruction::InnerInstructionsList, solana_transaction::Signature,
    solana_transaction_error::TransactionError, std::fmt, thiserror::Error,
};

use crate::limits::{MAX_ACCOUNT_LOCKS, PACKET_BYTES};

/// The record of one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The transaction's first signature.
    pub signature: Signature,
    /// The slot it was executed in.
    pub slot: u64,
    /// Lamports taken from the fee payer: signatures and priority fee.
    pub fee: u64,
    /// Compute units used; nominal for native programs.
    pub compute_units: u64,
    /// All log lines.
    pub logs: Vec<String>,
    /// Every cross-program call, in order.
    pub inner_instructions: Vec<InnerInstruction>,
    /// The last return data and the program that set it.
    pub return_data: Option<(Pubkey, Vec<u8>)>,
}

/// One cross-program call, with its addresses resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InnerInstruction {
    /// Index of the transaction's instruction that led to this call.
    pub top_level_index: usize,
    /// Depth of the call; the transaction's own instructions stand at 1.
    pub stack_height: u8,
    /// The program called.
    pub program_id: Pubkey,
    /// The accounts it was given.
    pub accounts: Vec<Pubkey>,
    /// The data it was given.
    pub data: Vec<u8>,
}

impl Receipt {
    /// The events that `program` emitted by calling itself (Anchor's `emit_cpi!`), each as its
    /// discriminator and Borsh body.
    pub fn events<'a>(&'a self, program: &'a Pubkey) -> impl Iterator<Item = &'a [u8]> {
        self.inner_instructions
            .iter()
            .filter(move |call| call.program_id == *program)
            .filter_map(|call| call.data.strip_prefix(anchor_lang::event::EVENT_IX_TAG_LE))
    }
}

/// Resolves the machine's account indices to addresses.
pub(crate) fn resolve_calls(list: InnerInstructionsList, keys: &[Pubkey]) -> Vec<InnerInstruction> {
    let key = |index: u8| keys.get(usize::from(index)).copied().unwrap_or_default();
    list.into_iter()
        .enumerate()
        .flat_map(|(top_level_index, calls)| calls.into_iter().map(move |call| (top_level_index, call)))
        .map(|(top_level_index, call)| InnerInstruction {
            top_level_index,
            stack_height: call.stack_height,
            program_id: key(call.instruction.program_id_index),
            accounts: call.instruction.accounts.iter().map(|index| key(*index)).collect(),
            data: call.instruction.data,
        })
        .collect()
}

/// Why a transaction failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FailureReason {
    /// The transaction does not fit into a network packet; it was not executed.
    #[error(
        "The transaction is {bytes} bytes long, over the {PACKET_BYTES} that a packet holds. Use a \
         lookup table or split it."
    )]
    PacketTooLarge {
        /// Its serialised length.
        bytes: usize,
    },
    /// The transaction names too many accounts; it was not executed.
    #[error("The transaction locks {locks} accounts, over the limit of {MAX_ACCOUNT_LOCKS}. Split it.")]
    TooManyAccountLocks {
        /// Static and looked-up accounts together.
        locks: usize,
    },
    /// The machine refused the transaction, or one of its instructions failed.
    #[error("{0}")]
    Transaction(#[from] TransactionError),
}

/// A failed transaction. A failure during execution has cost its fee and changed nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Why it failed.
    pub reason: FailureReason,
    /// What it did up to there; empty logs and no fee if it was not executed.
    pub receipt: Box<Receipt>,
}

impl Failure {
    /// The machine's error, unless the transaction was refused for its form.
    pub fn transaction_error(&self) -> Option<&TransactionError> {
        match &self.reason {
            FailureReason::Transaction(error) => Some(error),
            _ => None,
        }
    }

    /// The failed instruction's error.
    pub fn instruction_error(&self) -> Option<&InstructionError> {
        match self.transaction_error()? {
            TransactionError::InstructionError(_, error) => Some(error),
            _ => None,
        }
    }

    /// The failed instruction's index in the transaction.
    pub fn instruction_index(&self) -> Option<u8> {
        match self.transaction_error()? {
            TransactionError::InstructionError(index, _) => Some(*index),
            _ => None,
        }
    }

    /// The program's own error number, if it failed with one.
    pub fn custom_code(&self) -> Option<u32> {
        match self.instruction_error()? {
            InstructionError::Custom(code) => Some(*code),
            _ => None,
        }
    }

    /// All log lines up to the failure.
    pub fn logs(&self) -> &[String] {
        &self.receipt.logs
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(f)?;
        for line in self.logs() {
            write!(f, "\n  {line}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.reason)
    }
}
