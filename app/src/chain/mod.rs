//! One interface to every chain: the embedded one, a cluster by RPC and saved accounts (read only), with the same code
//! above it.
//!
//! Calls are synchronous. A backend refuses what a real cluster would refuse before it reaches a program: packets above
//! 1,232 bytes and more than 64 account locks.

mod embedded;
mod error;
#[doc(hidden)]
pub mod forward;
mod history;
mod programs;
pub mod rpc;
mod snapshot;

use anchor_lang::prelude::{Clock, Pubkey};
use solana_account::Account;
use solana_instruction::Instruction;
use solana_message::{AddressLookupTableAccount, Hash, VersionedMessage};
use solana_signer::Signer;
use solana_transaction::{versioned::VersionedTransaction, Signature};

pub use embedded::{deploy_dir, EmbeddedChain, Mode, DEPLOY_DIR_VARIABLE, MODE_VARIABLE};
pub use error::{ChainError, Refused};
pub use history::{Executed, History, Past, TokenChange};
pub use programs::program_specs;
pub use rpc::{Commitment, RpcChain, RpcOptions};
pub use snapshot::{Snapshot, SnapshotError};

use crate::transaction;

/// A price as a test chain is given it: in Pyth's own integers.
pub use gimbal_svm::{PriceUpdate, Verification};

/// A transaction that the chain accepted.
#[derive(Clone, Debug, Default)]
pub struct Receipt {
    /// The first signature, which names the transaction.
    pub signature: Signature,
    /// The slot it landed in.
    pub slot: u64,
    /// Compute units of all its instructions.
    pub compute_units: u64,
    /// Lamports paid by the fee payer.
    pub fee: u64,
    /// Its log.
    pub logs: Vec<String>,
    /// The transaction's own instructions, in order; none of a simulation, whose sender has them.
    pub own: Vec<Call>,
    /// Every instruction that a program called, in order.
    pub inner: Vec<InnerCall>,
    /// What the last program returned, and which program that was.
    pub return_data: Option<(Pubkey, Vec<u8>)>,
}

/// An instruction of a transaction itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The program that ran it.
    pub program: Pubkey,
    /// Its accounts, in order.
    pub accounts: Vec<Pubkey>,
    /// Its data.
    pub data: Vec<u8>,
}

/// The instructions of a message whose accounts are `keys`, in order: its own, then those that it looked up. None where one
/// names an account that is not there.
fn own_calls(message: &VersionedMessage, keys: &[Pubkey]) -> Option<Vec<Call>> {
    let key = |place: &u8| keys.get(usize::from(*place)).copied();
    let calls = message.instructions().iter().map(|call| {
        let accounts = call.accounts.iter().map(key).collect::<Option<_>>()?;
        Some(Call { program: key(&call.program_id_index)?, accounts, data: call.data.clone() })
    });
    calls.collect()
}

/// An instruction that one program called in another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InnerCall {
    /// The instruction of the transaction under which it ran.
    pub outer_index: usize,
    /// 2 for a call from the transaction's own instruction, 3 below that.
    pub stack_height: u8,
    /// The program called.
    pub program: Pubkey,
    /// The accounts it was called with, in order; none where the node has parsed the call itself.
    pub accounts: Vec<Pubkey>,
    /// The data it was called with.
    pub data: Vec<u8>,
}

/// What the client needs of a chain.
pub trait Chain {
    /// The account at `key`, or none.
    fn get_account(&self, key: &Pubkey) -> Result<Option<Account>, ChainError>;

    /// The accounts at `keys`, all of one slot.
    fn get_multiple(&self, keys: &[Pubkey]) -> Result<Vec<Option<Account>>, ChainError>;

    /// The account at `key` with at least the first `length` bytes of its data, or all where there are fewer: for large
    /// accounts of which only the head matters.
    fn get_prefix(&self, key: &Pubkey, length: usize) -> Result<Option<Account>, ChainError> {
        let _ = length;
        self.get_account(key)
    }

    /// Accounts of `program` whose data begins with `prefix`, ordered by address.
    fn program_accounts(&self, program: &Pubkey, prefix: &[u8]) -> Result<Vec<(Pubkey, Account)>, ChainError>;

    /// A blockhash that a transaction may name now.
    fn latest_blockhash(&self) -> Result<Hash, ChainError>;

    /// The chain's clock: the only one that counts.
    fn clock(&self) -> Result<Clock, ChainError>;

    /// Lamports that make an account of `bytes` exempt from rent.
    fn minimum_balance(&self, bytes: usize) -> Result<u64, ChainError>;

    /// What transactions that write to `writable` pay for priority, in micro-lamports per compute unit: the 75th
    /// percentile of the last slots, rounded up to a fee that was paid; 0 where nobody pays.
    fn recent_priority_fee(&self, writable: &[Pubkey]) -> Result<u64, ChainError>;

    /// Runs and, if it succeeds, keeps the transaction.
    fn send(&mut self, transaction: &VersionedTransaction) -> Result<Receipt, ChainError>;

    /// Runs the transaction and forgets it.
    fn simulate(&self, transaction: &VersionedTransaction) -> Result<Receipt, ChainError>;

    /// Runs the transaction and forgets it, and gives the accounts at `keys` as they would be afterwards. One that the
    /// transaction does not name is given as it is.
    fn simulate_reading(
        &self,
        transaction: &VersionedTransaction,
        keys: &[Pubkey],
    ) -> Result<(Receipt, Vec<Option<Account>>), ChainError>;

    /// Compiles, signs and sends `instructions`.
    fn execute(
        &mut self,
        payer: &dyn Signer,
        instructions: &[Instruction],
        signers: &[&dyn Signer],
        tables: &[AddressLookupTableAccount],
    ) -> Result<Receipt, ChainError> {
        let blockhash = self.latest_blockhash()?;
        let transaction = transaction::build(payer, instructions, signers, tables, blockhash)?;
        self.send(&transaction)
    }

    /// The account at `key`, which must exist.
    fn require_account(&self, key: &Pubkey) -> Result<Account, ChainError> {
        self.get_account(key)?.ok_or(ChainError::AccountNotFound(*key))
    }
}

/// What only a chain made for trying things out can do: nothing here is a transaction.
pub trait Sandbox: Chain {
    /// Gives `key` lamports out of nothing.
    fn fund(&mut self, key: &Pubkey, lamports: u64) -> Result<(), ChainError>;

    /// Writes an account as it is.
    fn set_account(&mut self, key: &Pubkey, account: Account) -> Result<(), ChainError>;

    /// Lets `seconds` pass, with the slots that fit in.
    fn warp(&mut self, seconds: u64) -> Result<(), ChainError>;

    /// Lets `slots` pass, with the time that they take.
    fn advance_slots(&mut self, slots: u64) -> Result<(), ChainError>;

    /// Posts a price in place of the Pyth receiver.
    fn set_price(&mut self, key: &Pubkey, update: &PriceUpdate) -> Result<(), ChainError> {
        let data = update.pack(key);
        let account = Account {
            lamports: self.minimum_balance(data.len())?,
            data,
            owner: update.receiver,
            executable: false,
            rent_epoch: u64::MAX,
        };
        self.set_account(key, account)
    }
}
