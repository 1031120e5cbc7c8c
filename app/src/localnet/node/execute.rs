//! Executing transactions: those that are sent, and the node's own.

use std::sync::Arc;

use anchor_lang::prelude::Pubkey;
use gimbal_svm::{Failure, FailureReason, Receipt};
use solana_account::{AccountSharedData, ReadableAccount};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::{Message, VersionedMessage};
use solana_signer::Signer;
use solana_transaction::{versioned::VersionedTransaction, TransactionError};
use thiserror::Error;

use super::events::{Changed, Event};
use super::landed::{is_writable, Balances, Landed};
use super::Node;
use crate::chain::Refused;
use crate::localnet::encode::tokens;
use crate::transaction::{sign, BuildError};

/// Why the node could not do something of its own.
#[derive(Debug, Error)]
pub enum Refusal {
    /// The transaction could not be built.
    #[error(transparent)]
    NotBuilt(#[from] BuildError),
    /// The chain refused it.
    #[error(transparent)]
    Refused(Box<Refused>),
}

/// The runtime's error of a failure; what is refused for its form alone has none of its own.
pub fn transaction_error(reason: &FailureReason) -> TransactionError {
    match reason {
        FailureReason::Transaction(error) => error.clone(),
        FailureReason::TooManyAccountLocks { .. } => TransactionError::TooManyAccountLocks,
        FailureReason::PacketTooLarge { .. } => TransactionError::SanitizeFailure,
    }
}

impl Node {
    /// Executes a transaction. It is on the chain if it was charged; else nothing has happened.
    ///
    /// # Errors
    ///
    /// Why it never landed.
    pub fn execute(&mut self, transaction: VersionedTransaction) -> Result<Arc<Landed>, Failure> {
        let message = &transaction.message;
        let loaded = self.chain.svm().loaded_addresses(message);
        let keys: Vec<Pubkey> = message.static_account_keys().iter().chain(&loaded).copied().collect();
        let before = self.accounts(&keys);
        let (receipt, error) = match self.chain.svm_mut().send(transaction.clone()) {
            Ok(receipt) => (receipt, None),
            Err(failure) if failure.receipt.fee > 0 => {
                let error = transaction_error(&failure.reason);
                (*failure.receipt, Some(error))
            }
            Err(failure) => return Err(failure),
        };
        let after = self.accounts(&keys);
        let Receipt { fee, compute_units, logs, inner_instructions, return_data, slot, .. } = receipt;
        let landed = Arc::new(Landed {
            slot,
            time: self.unix_time(),
            index: self.history.place_in_block(),
            error,
            fee,
            compute_units,
            logs,
            inner: inner_instructions,
            return_data,
            before: self.balances(&keys, &before),
            after: self.balances(&keys, &after),
            loaded,
            transaction,
        });
        self.history.record(landed.clone());
        let message = &landed.transaction.message;
        let written = keys.iter().zip(before).zip(after).enumerate();
        let changed: Vec<Changed> = written
            .filter(|(place, ((_, before), after))| is_writable(message, *place) && before != after)
            .map(|(_, ((key, _), after))| self.changed(*key, after))
            .collect();
        // The accounts first: whoever hears of the transaction finds them told.
        if !changed.is_empty() {
            self.tell(Event::Accounts { slot, changed });
        }
        self.tell(Event::Transaction(landed.clone()));
        Ok(landed)
    }

    /// Builds, signs and executes instructions of the node's own.
    ///
    /// # Errors
    ///
    /// Refused by the chain, or too large.
    pub fn run(
        &mut self,
        payer: &Keypair,
        instructions: &[Instruction],
        signers: &[&dyn Signer],
    ) -> Result<Arc<Landed>, Refusal> {
        // A blockhash of its own, so that the same wish twice in one slot is two transactions.
        let blockhash = self.chain.svm_mut().make_blockhash();
        // Of the old form, which every client can read: nothing here needs lookup tables.
        let message = Message::new_with_blockhash(instructions, Some(&payer.pubkey()), &blockhash);
        let all: Vec<&dyn Signer> = [payer as &dyn Signer].into_iter().chain(signers.iter().copied()).collect();
        let transaction = sign(VersionedMessage::Legacy(message), &all)?;
        let message = transaction.message.clone();
        let refused = |error: TransactionError, logs: &[String], compute_units: u64| {
            let sent_to = |index: usize| {
                let instruction = message.instructions().get(index)?;
                message.static_account_keys().get(usize::from(instruction.program_id_index)).copied()
            };
            Refusal::Refused(Box::new(Refused::new(error, sent_to, logs.to_vec(), compute_units)))
        };
        match self.execute(transaction) {
            Ok(landed) => match &landed.error {
                None => Ok(landed),
                Some(error) => Err(refused(error.clone(), &landed.logs, landed.compute_units)),
            },
            Err(failure) => {
                let receipt = &failure.receipt;
                Err(refused(transaction_error(&failure.reason), &receipt.logs, receipt.compute_units))
            }
        }
    }

    /// The faucet's key.
    pub fn faucet(&self) -> Keypair {
        self.faucet.insecure_clone()
    }

    fn accounts(&self, keys: &[Pubkey]) -> Vec<Option<AccountSharedData>> {
        keys.iter().map(|key| self.chain.svm().shared_account(key)).collect()
    }

    /// What accounts hold, in lamports and tokens.
    pub fn balances(&self, keys: &[Pubkey], accounts: &[Option<AccountSharedData>]) -> Balances {
        let lamports = |account: &Option<AccountSharedData>| account.as_ref().map_or(0, ReadableAccount::lamports);
        let tokens = (0_u8..)
            .zip(keys.iter().zip(accounts))
            .filter_map(|(place, (key, account))| tokens::balance(&self.chain, place, key, account.as_ref()?));
        Balances { lamports: accounts.iter().map(lamports).collect(), tokens: tokens.collect() }
    }

    /// A change as subscribers hear of it.
    pub fn changed(&self, key: Pubkey, account: Option<AccountSharedData>) -> Changed {
        let account = account.unwrap_or_default();
        Changed { key, additional: tokens::additional(&self.chain, &account), account }
    }
}
