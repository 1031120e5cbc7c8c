//! A program's error code as a name, a sentence and a next step.
//!
//! Our own programs' and the framework's names and sentences come from the enums that the programs themselves raise, so
//! that they cannot drift; the tests of this crate stop compiling when a program gains an error that no table lists.

use std::fmt;

use anchor_lang::prelude::Pubkey;
use solana_transaction::InstructionError;

use super::{framework, ours, token};

/// An error in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodedError {
    /// The program that raised it, by name: "vault", "SPL Token", "runtime".
    pub origin: &'static str,
    /// Its number in that program; none for the runtime's own.
    pub code: Option<u32>,
    /// Its name, such as `StaleNav`.
    pub name: String,
    /// What it means, in the program's own words.
    pub message: String,
    /// What to do about it, where there is more to say than the message does.
    pub next_step: Option<&'static str>,
}

impl fmt::Display for DecodedError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} refused with {}: {}", self.origin, self.name, self.message)?;
        match self.next_step {
            Some(step) => write!(formatter, " ({step})"),
            None => Ok(()),
        }
    }
}

/// Name and sentence of one code.
pub(crate) type Entry = (String, String);

/// Defines a lookup from a code to the name and message of an Anchor error enum.
///
/// The list is checked by a match without a wildcard: the tests do not compile while a variant is missing.
macro_rules! anchor_errors {
    ($(#[$doc:meta])* fn $function:ident for $enum:ident { $($variant:ident),* $(,)? }) => {
        $(#[$doc])*
        pub(super) fn $function(code: u32) -> Option<crate::decode::errors::Entry> {
            #[cfg(test)]
            const _: fn($enum) = |error| match error { $($enum::$variant => ()),* };
            [$($enum::$variant),*]
                .into_iter()
                .find(|error| u32::from(*error) == code)
                .map(|error| (error.name(), error.to_string()))
        }
    };
}
pub(crate) use anchor_errors;

/// Decodes `code` as `program` raises it; none where the program or the code is unknown.
pub fn decode(program: &Pubkey, code: u32) -> Option<DecodedError> {
    if let Some(origin) = ours::program_name(program) {
        let (name, message) = framework::lookup(code).or_else(|| ours::lookup(program, code))?;
        return Some(DecodedError { origin, code: Some(code), next_step: next_step(&name), name, message });
    }
    let (origin, (name, message)) = token::lookup(program, code)?;
    Some(DecodedError { origin, code: Some(code), next_step: next_step(&name), name, message })
}

/// Puts the runtime's own instruction errors into the same form; none for program codes, which [`decode`] reads.
pub fn decode_runtime(error: &InstructionError) -> Option<DecodedError> {
    if let InstructionError::Custom(_) = error {
        return None;
    }
    let name = format!("{error:?}");
    Some(DecodedError { origin: "runtime", code: None, next_step: next_step(&name), message: error.to_string(), name })
}

/// What the client can do about an error, beyond what its message says.
fn next_step(name: &str) -> Option<&'static str> {
    Some(match name {
        "StaleNav" | "StaleValuation" => "send a refresh of every line in the same transaction: the bundle does so",
        "InsufficientCash" => "request a redemption instead: it queues and is paid in order",
        "PriceTooOld" => "post a fresh Pyth update, then call update_feed",
        "PriceOlderThanStored" => "a newer price is already stored: leave update_feed out",
        "MissingRequiredSignature" | "AccountNotSigner" => "sign with the key that holds the role",
        "ComputationalBudgetExceeded" => "raise the compute unit limit or split the transaction",
        "AccountNotInitialized" => "create the account first, or check which vault the address belongs to",
        "AccountOwnedByWrongProgram" | "ConstraintSeeds" | "ConstraintHasOne" => {
            "derive the accounts again for this vault: one of them belongs to another"
        }
        "InsufficientFunds" | "ResultWithNegativeLamports" => "fund the account that pays, or use a smaller amount",
        "AccountFrozen" => "name another token account of yours as the destination",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use anchor_spl::token;

    #[test]
    fn token_and_runtime_errors_have_names() {
        let short = decode(&token::ID, 1).unwrap();
        assert_eq!((short.origin, short.name.as_str()), ("SPL Token", "InsufficientFunds"));
        assert!(short.next_step.is_some());
        assert_eq!(decode(&token::ID, 17).unwrap().name, "AccountFrozen");
        assert_eq!(decode(&token::ID, 9_999), None);
        assert_eq!(decode(&Pubkey::new_from_array([9; 32]), 1), None);

        let runtime = decode_runtime(&InstructionError::MissingRequiredSignature).unwrap();
        assert_eq!(runtime.name, "MissingRequiredSignature");
        assert_eq!(decode_runtime(&InstructionError::Custom(3)), None);
    }

    #[test]
    fn framework_errors_are_read_for_every_program_of_ours() {
        for program in [vault::ID, strategy_router::ID, risk_oracle::ID, lending_venue::ID] {
            // The numbers are those of Anchor's published list.
            assert_eq!(decode(&program, 2006).unwrap().name, "ConstraintSeeds");
            assert_eq!(decode(&program, 3007).unwrap().name, "AccountOwnedByWrongProgram");
            assert_eq!(decode(&program, 3002).unwrap().name, "AccountDiscriminatorMismatch");
        }
    }
}
