//! What a chain can answer other than success.

use anchor_lang::prelude::Pubkey;
use solana_transaction::{InstructionError, Signature, TransactionError};
use thiserror::Error;

use crate::decode::errors::{self, DecodedError};
use crate::transaction::BuildError;

/// Why a chain did not do what it was asked.
#[derive(Clone, Debug, Error)]
pub enum ChainError {
    /// The transaction was never sent.
    #[error(transparent)]
    NotBuilt(#[from] BuildError),
    /// The chain ran the transaction and refused it; nothing changed but the fee.
    #[error(transparent)]
    Refused(Box<Refused>),
    /// An account that is needed does not exist.
    #[error("the account {0} does not exist: check the address and the cluster")]
    AccountNotFound(Pubkey),
    /// An account is not what it should be.
    #[error("the account {key} is not {expected}: {reason}")]
    WrongAccount {
        /// Its address.
        key: Pubkey,
        /// The type that was expected, with its article.
        expected: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// A node gives no answer.
    #[error("the node at {url} gives no answer: {reason}; check --url, or name another node")]
    Unreachable {
        /// Its scheme and host.
        url: String,
        /// What happened.
        reason: String,
    },
    /// The transaction's blockhash ran out before a block held it. Nothing happened, and it can not happen any more.
    #[error(
        "the transaction did not land in time and changed nothing: send it again, with a higher --compute-unit-price if \
         the network is busy"
    )]
    Expired,
    /// It is not known what became of the transaction: it may have landed, or may still.
    #[error(
        "it is not known whether the transaction {signature} landed: look it up with `solana confirm -v {signature}` \
         before you send anything again"
    )]
    Unknown {
        /// The transaction's name.
        signature: Signature,
    },
    /// Saved accounts: nothing can be sent to them.
    #[error("these are saved accounts, which can only be read: name a cluster with --url to send transactions")]
    ReadOnly,
    /// The chain itself failed: an answer that makes no sense, a program file missing.
    #[error("{0}")]
    Backend(String),
}

/// A transaction that ran and failed.
#[derive(Clone, Debug, Error)]
#[error("{}", self.sentence())]
pub struct Refused {
    /// What the runtime said.
    pub error: TransactionError,
    /// The program that failed, the innermost of a chain of calls; none where the transaction never reached a program.
    pub program: Option<Pubkey>,
    /// The error in words, where its code is known.
    pub decoded: Option<DecodedError>,
    /// The transaction's log, as far as it got.
    pub logs: Vec<String>,
    /// Compute units used until then.
    pub compute_units: u64,
}

impl Refused {
    /// Decodes `error`, taking the failing program from `logs` or else from the instruction that was sent.
    pub fn new(
        error: TransactionError,
        sent_to: impl Fn(usize) -> Option<Pubkey>,
        logs: Vec<String>,
        compute_units: u64,
    ) -> Self {
        let program = match &error {
            TransactionError::InstructionError(index, _) => {
                failed_program(&logs).or_else(|| sent_to(usize::from(*index)))
            }
            _ => None,
        };
        let decoded = match (&error, &program) {
            (TransactionError::InstructionError(_, InstructionError::Custom(code)), Some(program)) => {
                errors::decode(program, *code)
            }
            (TransactionError::InstructionError(_, error), _) => errors::decode_runtime(error),
            _ => None,
        };
        Self { error, program, decoded, logs, compute_units }
    }

    /// The error's name, such as `StaleNav`; else the runtime's own words.
    pub fn name(&self) -> String {
        match (&self.decoded, &self.error) {
            (Some(decoded), _) => decoded.name.clone(),
            (None, TransactionError::InstructionError(_, error)) => format!("{error:?}"),
            (None, error) => format!("{error:?}"),
        }
    }

    fn sentence(&self) -> String {
        match &self.decoded {
            Some(decoded) => decoded.to_string(),
            None => format!("the chain refused the transaction: {}", self.error),
        }
    }
}

impl ChainError {
    /// The refusal, where the chain ran the transaction.
    pub fn refused(&self) -> Option<&Refused> {
        match self {
            Self::Refused(refused) => Some(refused),
            _ => None,
        }
    }

    /// A short stable name for reports: the program's error, or the kind of failure.
    pub fn name(&self) -> String {
        match self {
            Self::Refused(refused) => refused.name(),
            Self::NotBuilt(BuildError::Compile(_)) => "NotCompiled".to_owned(),
            Self::NotBuilt(BuildError::MissingSigner(_) | BuildError::NotSigned { .. }) => "NotSigned".to_owned(),
            Self::NotBuilt(BuildError::TooLarge(_)) => "TransactionTooLarge".to_owned(),
            Self::NotBuilt(BuildError::TooManyLocks(_)) => "TooManyAccountLocks".to_owned(),
            Self::AccountNotFound(_) => "AccountNotFound".to_owned(),
            Self::WrongAccount { .. } => "WrongAccount".to_owned(),
            Self::Unreachable { .. } => "Unreachable".to_owned(),
            Self::Expired => "Expired".to_owned(),
            Self::Unknown { .. } => "Unknown".to_owned(),
            Self::ReadOnly => "ReadOnly".to_owned(),
            Self::Backend(_) => "Backend".to_owned(),
        }
    }
}

/// The program of the first "failed" line: failures travel outwards, so the first is where it began.
fn failed_program(logs: &[String]) -> Option<Pubkey> {
    logs.iter().find_map(|line| {
        let (program, _) = line.strip_prefix("Program ")?.split_once(" failed")?;
        program.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_failure_is_the_cause() {
        let inner = Pubkey::new_from_array([1; 32]);
        let outer = Pubkey::new_from_array([2; 32]);
        let logs = vec![
            format!("Program {outer} invoke [1]"),
            format!("Program {inner} invoke [2]"),
            "Program log: Instruction: Credit".to_owned(),
            format!("Program {inner} failed: custom program error: 0x1770"),
            format!("Program {outer} failed: custom program error: 0x1770"),
        ];
        let error = TransactionError::InstructionError(0, InstructionError::Custom(6000));
        assert_eq!(Refused::new(error.clone(), |_| Some(outer), logs, 0).program, Some(inner));
        assert_eq!(Refused::new(error, |_| Some(outer), Vec::new(), 0).program, Some(outer));
    }
}
