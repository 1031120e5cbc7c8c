//! Why the reference programs refuse. The codes are this crate's own.

use anchor_lang::prelude::ProgramError;
use thiserror::Error;

/// First code: apart from what the suite and the receiver's SDK use.
const BASE: u32 = 9_400;

/// A refusal.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[repr(u32)]
pub enum PythError {
    /// The data or accounts of an instruction do not have the expected form.
    #[error("the instruction is malformed")]
    Malformed = BASE,
    /// The account belongs to another program or is another one.
    #[error("an account is not the one that is needed")]
    WrongAccount,
    /// A signature of the named authority is missing.
    #[error("the write authority has not signed")]
    NotAuthorised,
    /// The VAA account is not in the state that the instruction needs.
    #[error("the VAA account is not in this state")]
    WrongState,
    /// Fewer valid signatures than a quorum.
    #[error("the guardian set has not signed with a quorum")]
    NoQuorum,
    /// A signature is not that of the guardian it names, or guardians are out of order.
    #[error("a guardian's signature is not valid")]
    BadSignature,
    /// The guardian set is not the one that signed, or has expired.
    #[error("the guardian set is another one or has expired")]
    WrongGuardianSet,
    /// The message was emitted by nobody that the receiver trusts.
    #[error("the message is of another source")]
    WrongSource,
    /// The price is not under the message's root.
    #[error("the proof does not lead to the message's root")]
    BadProof,
    /// The message holds no price.
    #[error("the message is not a price")]
    NotAPrice,
    /// The stored price is as new or newer.
    #[error("the price is not newer than the stored one")]
    NotNewer,
    /// The price is of another feed than the account.
    #[error("the price is of another feed")]
    WrongFeed,
}

impl From<PythError> for ProgramError {
    fn from(error: PythError) -> Self {
        ProgramError::Custom(error as u32)
    }
}
