//! Refusals by name, and that they change nothing.

use anchor_lang::prelude::Pubkey;
use solana_account::AccountSharedData;
use solana_signer::Signer;

use crate::{Fixture, Outcome};

/// Asserts that a transaction was refused with the error of this name.
///
/// # Panics
///
/// If it succeeded, or was refused with another error; the message then carries the log.
#[track_caller]
pub fn assert_error(outcome: Outcome, name: &str) {
    match outcome {
        Ok(receipt) => panic!("expected {name}, but the transaction succeeded:\n{}", receipt.logs.join("\n")),
        Err(error) => {
            let logs = error.refused().map(|refused| refused.logs.join("\n")).unwrap_or_default();
            assert_eq!(error.name(), name, "{error}\n{logs}");
        }
    }
}

impl Fixture {
    /// SHA-256 over every account but programs, sysvars and the lamports of who pays the fees.
    pub fn accounts_hash(&self) -> [u8; 32] {
        let payer = self.deployment.actors.payer.pubkey();
        self.chain.svm().accounts_hash(|key: &Pubkey, _: &AccountSharedData| *key == payer)
    }

    /// Runs `attempt` and asserts that not a byte of any account is different afterwards, the fee apart.
    ///
    /// # Panics
    ///
    /// If an account changed.
    #[track_caller]
    pub fn assert_unchanged<T>(&mut self, attempt: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.accounts_hash();
        let outcome = attempt(self);
        assert!(before == self.accounts_hash(), "an account changed");
        outcome
    }

    /// Asserts that `attempt` is refused with the error of this name and changes nothing.
    ///
    /// # Panics
    ///
    /// As [`assert_error`] and [`Fixture::assert_unchanged`].
    #[track_caller]
    pub fn assert_refused(&mut self, name: &str, attempt: impl FnOnce(&mut Self) -> Outcome) {
        let outcome = self.assert_unchanged(attempt);
        assert_error(outcome, name);
    }
}
