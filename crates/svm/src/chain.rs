//! The chain itself: making one, sending and simulating transactions.

use {
    crate::{
        blockhash::{names_durable_nonce, Blockhashes},
        clock::{ChainTime, SlotHashes, ORIGIN_SLOT},
        limits,
        lookup::loaded_addresses,
        program::{Mode, ProgramSpec},
        receipt::{resolve_calls, Failure, FailureReason, Receipt},
        ChainError,
    },
    anchor_lang::prelude::Pubkey,
    litesvm::{types::TransactionMetadata, LiteSVM},
    solana_account::Account,
    solana_message::{Hash, VersionedMessage},
    solana_sysvar::epoch_schedule::EpochSchedule,
    solana_transaction::{versioned::VersionedTransaction, Signature},
    solana_transaction_error::TransactionError,
    std::{fmt, sync::OnceLock},
};

/// A Solana chain inside the process, with mainnet's features, the SPL programs, and the
/// programs it was given.
///
/// Cloning copies the whole chain; account data is shared until written to.
#[derive(Clone)]
pub struct EmbeddedChain {
    pub(crate) svm: LiteSVM,
    pub(crate) mode: Mode,
    pub(crate) time: ChainTime,
    pub(crate) slot_hashes: SlotHashes,
    pub(crate) blockhashes: Blockhashes,
    verify_signatures: bool,
    blockhash_per_transaction: bool,
}

/// What a simulation gave.
#[derive(Debug)]
pub struct Simulation {
    /// As [`EmbeddedChain::send`] would have answered.
    pub result: Result<Receipt, Failure>,
    /// The writable accounts as they would be afterwards; none after a failure.
    pub accounts: Vec<(Pubkey, Account)>,
}

/// LiteSVM with everything that does not depend on the caller. Built once per process, since
/// compiling the SPL programs takes longer than most tests.
fn base() -> LiteSVM {
    static BASE: OnceLock<LiteSVM> = OnceLock::new();
    BASE.get_or_init(|| {
        // `LiteSVM::new` would add a faucet at a random address; this chain has none. Checks of
        // signatures, blockhashes and repetition are the chain's own.
        LiteSVM::default()
            .with_mainnet_features()
            .with_builtins()
            .with_sysvars()
            .with_feature_accounts()
            .with_default_programs()
            .with_sigverify(false)
            .with_blockhash_check(false)
            .with_transaction_history(0)
            .with_log_bytes_limit(None)
    })
    .clone()
}

impl fmt::Debug for EmbeddedChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmbeddedChain")
            .field("mode", &self.mode)
            .field("slot", &self.slot())
            .field("unix_time", &self.unix_time())
            .finish_non_exhaustive()
    }
}

impl EmbeddedChain {
    /// A fresh chain with `programs`, at [`ORIGIN_SLOT`] and
    /// [`ORIGIN_TIME`](crate::clock::ORIGIN_TIME).
    ///
    /// # Errors
    /// Those of [`add_program`](Self::add_program).
    pub fn new(mode: Mode, programs: &[ProgramSpec]) -> Result<Self, ChainError> {
        let mut chain = Self {
            svm: base(),
            mode,
            time: ChainTime::default(),
            slot_hashes: SlotHashes::default(),
            blockhashes: Blockhashes::new(ORIGIN_SLOT),
            verify_signatures: true,
            blockhash_per_transaction: true,
        };
        chain.svm.set_sysvar(&EpochSchedule::without_warmup());
        chain.apply_time()?;
        for program in programs {
            chain.add_program(program)?;
        }
        Ok(chain)
    }

    /// How the programs run.
    pub fn mode(&self) -> &Mode {
        &self.mode
    }

    /// The newest blockhash, to sign the next transaction with.
    pub fn latest_blockhash(&self) -> Hash {
        self.blockhashes.latest()
    }

    /// Whether each transaction is followed by a new blockhash, as in a fresh chain, or only each step of the clock, as on
    /// a cluster, where a repeated transaction of the same slot counts once.
    pub fn set_blockhash_per_transaction(&mut self, each: bool) {
        self.blockhash_per_transaction = each;
    }

    /// Makes a new blockhash now.
    pub fn make_blockhash(&mut self) -> Hash {
        self.blockhashes.advance(self.slot());
        self.latest_blockhash()
    }

    /// The last slot in which a transaction may name `blockhash`; none if it is unknown or too old.
    pub fn last_valid_slot(&self, blockhash: &Hash) -> Option<u64> {
        self.blockhashes.last_valid_slot(blockhash)
    }

    /// Turns signature verification off or on again. It is on in a fresh chain.
    pub fn set_signature_verification(&mut self, verify: bool) {
        self.verify_signatures = verify;
    }

    /// Executes a transaction. A new blockhash follows, whether it succeeds or fails.
    ///
    /// # Errors
    /// Before execution, free of charge: `PacketTooLarge`, `TooManyAccountLocks`, a bad
    /// signature, an old blockhash, a repeated transaction. In execution, for the fee: whatever
    /// the first failing instruction says.
    pub fn send(&mut self, transaction: VersionedTransaction) -> Result<Receipt, Failure> {
        let envelope = Envelope::of(self, &transaction);
        let checked = limits::check(&transaction)
            .and_then(|()| self.check_signatures(&transaction))
            .and_then(|()| self.check_blockhash(&envelope, &transaction.message));
        if let Err(reason) = checked {
            return Err(envelope.refused(reason));
        }
        let result = match self.svm.send_transaction(transaction) {
            Ok(meta) => Ok(envelope.receipt(meta)),
            Err(failed) => Err(envelope.failed(failed.err, failed.meta)),
        };
        let executed = match &result {
            Ok(_) => true,
            Err(failure) => failure.receipt.fee > 0,
        };
        if executed {
            self.blockhashes.record(&envelope.blockhash, envelope.signature);
        }
        if self.blockhash_per_transaction {
            self.blockhashes.advance(self.slot());
        }
        result
    }

    /// Executes a transaction without keeping its effects. Signatures need not be valid, and the
    /// blockhash is not looked at.
    ///
    /// # Errors
    /// As [`send`](Self::send), those two checks apart.
    pub fn simulate(&self, transaction: VersionedTransaction) -> Result<Receipt, Failure> {
        self.simulate_accounts(transaction).result
    }

    /// As [`simulate`](Self::simulate), with the accounts that it would have left.
    pub fn simulate_accounts(&self, transaction: VersionedTransaction) -> Simulation {
        let envelope = Envelope::of(self, &transaction);
        let failed = |failure| Simulation { result: Err(failure), accounts: Vec::new() };
        if let Err(reason) = limits::check(&transaction) {
            return failed(envelope.refused(reason));
        }
        match self.svm.simulate_transaction(transaction) {
            Ok(simulated) => Simulation {
                result: Ok(envelope.receipt(simulated.meta)),
                accounts: simulated.post_accounts.into_iter().map(|(key, account)| (key, account.into())).collect(),
            },
            Err(error) => failed(envelope.failed(error.err, error.meta)),
        }
    }

    /// The fee of a transaction, in lamports, whether or not it could be paid.
    pub fn fee(&self, transaction: VersionedTransaction) -> u64 {
        match self.svm.simulate_transaction(transaction) {
            Ok(simulated) => simulated.meta.fee,
            Err(error) => error.meta.fee,
        }
    }

    /// Whether every signature that the transaction needs is there and valid, and its message sound.
    ///
    /// # Errors
    /// `SanitizeFailure` or `SignatureFailure`.
    pub fn verify(&self, transaction: &VersionedTransaction) -> Result<(), FailureReason> {
        transaction.sanitize().map_err(|_| TransactionError::SanitizeFailure)?;
        if transaction.verify_with_results().iter().all(|valid| *valid) {
            Ok(())
        } else {
            Err(TransactionError::SignatureFailure.into())
        }
    }

    /// Whether the transaction names a blockhash of now (or a durable nonce) and was not executed before.
    ///
    /// # Errors
    /// `BlockhashNotFound` or `AlreadyProcessed`.
    pub fn check_age(&self, transaction: &VersionedTransaction) -> Result<(), FailureReason> {
        self.check_blockhash(&Envelope::of(self, transaction), &transaction.message)
    }

    /// The addresses that a message loads through lookup tables: the writable ones, then the others. Unknown entries are
    /// left out.
    pub fn loaded_addresses(&self, message: &VersionedMessage) -> Vec<Pubkey> {
        loaded_addresses(self, message)
    }

    fn check_signatures(&self, transaction: &VersionedTransaction) -> Result<(), FailureReason> {
        transaction.sanitize().map_err(|_| TransactionError::SanitizeFailure)?;
        let valid = !self.verify_signatures || transaction.verify_with_results().iter().all(|valid| *valid);
        if valid {
            Ok(())
        } else {
            Err(TransactionError::SignatureFailure.into())
        }
    }

    fn check_blockhash(&self, envelope: &Envelope, message: &VersionedMessage) -> Result<(), FailureReason> {
        let hash = &envelope.blockhash;
        if self.blockhashes.was_used(hash, &envelope.signature) {
            return Err(TransactionError::AlreadyProcessed.into());
        }
        let accounts = self.svm.accounts_db();
        if self.blockhashes.is_recent(hash) || names_durable_nonce(message, |address| accounts.get_account_ref(address))
        {
            Ok(())
        } else {
            Err(TransactionError::BlockhashNotFound.into())
        }
    }
}

/// What a receipt needs of a transaction that the machine has consumed.
struct Envelope {
    signature: Signature,
    blockhash: Hash,
    slot: u64,
    keys: Vec<Pubkey>,
}

impl Envelope {
    fn of(chain: &EmbeddedChain, transaction: &VersionedTransaction) -> Self {
        let message = &transaction.message;
        let mut keys = message.static_account_keys().to_vec();
        keys.extend(loaded_addresses(chain, message));
        Self {
            signature: transaction.signatures.first().copied().unwrap_or_default(),
            blockhash: *message.recent_blockhash(),
            slot: chain.slot(),
            keys,
        }
    }

    fn receipt(&self, meta: TransactionMetadata) -> Receipt {
        let data = meta.return_data;
        Receipt {
            signature: self.signature,
            slot: self.slot,
            fee: meta.fee,
            compute_units: meta.compute_units_consumed,
            logs: meta.logs,
            inner_instructions: resolve_calls(meta.inner_instructions, &self.keys),
            return_data: (!data.data.is_empty()).then_some((data.program_id, data.data)),
        }
    }

    fn failed(&self, error: TransactionError, mut meta: TransactionMetadata) -> Failure {
        if meta.signature == Signature::default() {
            // The machine refused it before execution, and took nothing.
            meta.fee = 0;
        }
        Failure { reason: error.into(), receipt: Box::new(self.receipt(meta)) }
    }

    fn refused(&self, reason: FailureReason) -> Failure {
        Failure { reason, receipt: Box::new(self.receipt(TransactionMetadata::default())) }
    }
}
