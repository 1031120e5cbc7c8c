//! The embedded chain behind the [`Chain`] trait.

use std::path::PathBuf;

use anchor_lang::prelude::{Clock, Pubkey};
use gimbal_svm::{Failure, FailureReason, ProgramSpec, Snapshot};
use solana_account::Account;
use solana_message::{Hash, VersionedMessage};
use solana_transaction::versioned::VersionedTransaction;

pub use gimbal_svm::Mode;

use super::{error::Refused, own_calls, program_specs, Chain, ChainError, InnerCall, Receipt, Sandbox};
use crate::transaction::BuildError;

/// Names the mode of chains made by [`EmbeddedChain::from_environment`]: `native` or `bytecode`.
pub const MODE_VARIABLE: &str = "GIMBAL_CHAIN";

/// Names the directory of the programs' shared objects.
pub const DEPLOY_DIR_VARIABLE: &str = "GIMBAL_DEPLOY_DIR";

/// A whole Solana chain inside the process, with the suite and its reference venues on it.
#[derive(Clone)]
pub struct EmbeddedChain {
    svm: gimbal_svm::EmbeddedChain,
}

impl EmbeddedChain {
    /// A fresh chain that runs the suite's programs.
    ///
    /// # Errors
    ///
    /// [`ChainError::Backend`] if bytecode is asked for and a shared object is missing or does not load.
    pub fn new(mode: Mode) -> Result<Self, ChainError> {
        Self::with_programs(mode, &[])
    }

    /// As [`EmbeddedChain::new`], with further programs.
    ///
    /// # Errors
    ///
    /// As [`EmbeddedChain::new`], and for a program address given twice.
    pub fn with_programs(mode: Mode, more: &[ProgramSpec]) -> Result<Self, ChainError> {
        let mut programs = program_specs();
        programs.extend_from_slice(more);
        let svm = gimbal_svm::EmbeddedChain::new(mode, &programs).map_err(backend)?;
        Ok(Self { svm })
    }

    /// The mode that [`MODE_VARIABLE`] names; native where it is not set.
    ///
    /// # Errors
    ///
    /// [`ChainError::Backend`] for any other word.
    pub fn mode_from_environment() -> Result<Mode, ChainError> {
        match std::env::var(MODE_VARIABLE).as_deref() {
            Err(_) | Ok("") | Ok("native") => Ok(Mode::Native),
            Ok("bytecode") => Ok(Mode::Bytecode { deploy_dir: deploy_dir() }),
            Ok(other) => Err(ChainError::Backend(format!(
                "{MODE_VARIABLE} is '{other}': set it to 'native' or 'bytecode', or leave it unset"
            ))),
        }
    }

    /// The machine itself, for what only an embedded chain can do.
    pub fn svm(&self) -> &gimbal_svm::EmbeddedChain {
        &self.svm
    }

    /// As [`EmbeddedChain::svm`], to change it.
    pub fn svm_mut(&mut self) -> &mut gimbal_svm::EmbeddedChain {
        &mut self.svm
    }

    /// Saves the chain.
    pub fn snapshot(&self) -> Snapshot {
        self.svm.snapshot()
    }

    /// Puts the chain back to where `snapshot` was taken.
    pub fn restore(&mut self, snapshot: &Snapshot) {
        self.svm.restore(snapshot);
    }

    /// SHA-256 over all accounts but programs and sysvars: equal histories give equal hashes, native or on bytecode.
    pub fn accounts_hash(&self) -> [u8; 32] {
        self.svm.accounts_hash(|_, _| false)
    }
}

/// Where shared objects are: [`DEPLOY_DIR_VARIABLE`], else `target/deploy` here, else in the source tree.
pub fn deploy_dir() -> PathBuf {
    if let Some(named) = std::env::var_os(DEPLOY_DIR_VARIABLE) {
        return named.into();
    }
    let here = PathBuf::from("target/deploy");
    match here.is_dir() {
        true => here,
        false => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/deploy"),
    }
}

fn backend(error: gimbal_svm::ChainError) -> ChainError {
    ChainError::Backend(error.to_string())
}

impl From<gimbal_svm::Receipt> for Receipt {
    fn from(receipt: gimbal_svm::Receipt) -> Self {
        let inner = receipt.inner_instructions.into_iter().map(|call| InnerCall {
            outer_index: call.top_level_index,
            stack_height: call.stack_height,
            program: call.program_id,
            accounts: call.accounts,
            data: call.data,
        });
        Self {
            signature: receipt.signature,
            slot: receipt.slot,
            compute_units: receipt.compute_units,
            fee: receipt.fee,
            own: Vec::new(),
            inner: inner.collect(),
            logs: receipt.logs,
            return_data: receipt.return_data,
        }
    }
}

fn refused(failure: Failure, message: &VersionedMessage) -> ChainError {
    let receipt = *failure.receipt;
    match failure.reason {
        FailureReason::PacketTooLarge { bytes } => BuildError::TooLarge(bytes).into(),
        FailureReason::TooManyAccountLocks { locks } => BuildError::TooManyLocks(locks).into(),
        FailureReason::Transaction(error) => {
            let sent_to = |index: usize| {
                let instruction = message.instructions().get(index)?;
                message.static_account_keys().get(usize::from(instruction.program_id_index)).copied()
            };
            let refused = Refused::new(error, sent_to, receipt.logs, receipt.compute_units);
            ChainError::Refused(Box::new(refused))
        }
    }
}

impl Chain for EmbeddedChain {
    fn get_account(&self, key: &Pubkey) -> Result<Option<Account>, ChainError> {
        Ok(self.svm.account(key))
    }

    fn get_multiple(&self, keys: &[Pubkey]) -> Result<Vec<Option<Account>>, ChainError> {
        Ok(keys.iter().map(|key| self.svm.account(key)).collect())
    }

    fn program_accounts(&self, program: &Pubkey, prefix: &[u8]) -> Result<Vec<(Pubkey, Account)>, ChainError> {
        let mut accounts = self.svm.program_accounts(program);
        accounts.retain(|(_, account)| account.data.starts_with(prefix));
        Ok(accounts)
    }

    fn latest_blockhash(&self) -> Result<Hash, ChainError> {
        Ok(self.svm.latest_blockhash())
    }

    fn clock(&self) -> Result<Clock, ChainError> {
        Ok(self.svm.clock())
    }

    fn minimum_balance(&self, bytes: usize) -> Result<u64, ChainError> {
        Ok(self.svm.rent_exempt_minimum(bytes))
    }

    /// Nobody competes for a place in its blocks.
    fn recent_priority_fee(&self, _: &[Pubkey]) -> Result<u64, ChainError> {
        Ok(0)
    }

    fn send(&mut self, transaction: &VersionedTransaction) -> Result<Receipt, ChainError> {
        let message = &transaction.message;
        let mut keys = message.static_account_keys().to_vec();
        keys.extend(self.svm.loaded_addresses(message));
        match self.svm.send(transaction.clone()) {
            Ok(receipt) => Ok(Receipt { own: own_calls(message, &keys).unwrap_or_default(), ..receipt.into() }),
            Err(failure) => Err(refused(failure, &transaction.message)),
        }
    }

    fn simulate(&self, transaction: &VersionedTransaction) -> Result<Receipt, ChainError> {
        match self.svm.simulate(transaction.clone()) {
            Ok(receipt) => Ok(receipt.into()),
            Err(failure) => Err(refused(failure, &transaction.message)),
        }
    }

    fn simulate_reading(
        &self,
        transaction: &VersionedTransaction,
        keys: &[Pubkey],
    ) -> Result<(Receipt, Vec<Option<Account>>), ChainError> {
        let simulation = self.svm.simulate_accounts(transaction.clone());
        let receipt = simulation.result.map_err(|failure| refused(failure, &transaction.message))?;
        let after = |key: &Pubkey| match simulation.accounts.iter().find(|(written, _)| written == key) {
            Some((_, account)) => (account.lamports > 0).then(|| account.clone()),
            None => self.svm.account(key),
        };
        Ok((receipt.into(), keys.iter().map(after).collect()))
    }
}

impl Sandbox for EmbeddedChain {
    fn fund(&mut self, key: &Pubkey, lamports: u64) -> Result<(), ChainError> {
        self.svm.airdrop(key, lamports).map_err(backend)
    }

    fn set_account(&mut self, key: &Pubkey, account: Account) -> Result<(), ChainError> {
        self.svm.set_account(*key, account).map_err(backend)
    }

    fn warp(&mut self, seconds: u64) -> Result<(), ChainError> {
        self.svm.warp(seconds).map_err(backend)
    }

    fn advance_slots(&mut self, slots: u64) -> Result<(), ChainError> {
        self.svm.advance_slots(slots).map_err(backend)
    }
}
