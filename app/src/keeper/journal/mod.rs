//! What the keeper was about to do, before it does it.
//!
//! One SQLite file in write-ahead mode, every commit flushed to the disk before anything depends on it. The order is
//! fixed: the intent (what, on which on-chain nonce, by which message) is committed before a signature is made; the
//! signature, its blockhash and the last block height at which it can land before the bytes are handed to a node; the
//! outcome after. So no signature of ours can be on the wire without being here, and a process that dies at any point
//! finds every transaction that might still land. [`Recorded`], which only a commit makes, is what can be sent: the
//! order is in the types.
//!
//! Money is counted from here too: what landed costs what it cost, what is not settled yet what it can cost at most,
//! and what the chain knows of the key beside this file (another process, a lost file) is booked as *outside*.
//!
//! Times are the chain's clock. One process writes; a lock on a file beside the journal refuses a second one, and the
//! system releases it however the first one ends. Reading ([`Records`]) needs no lock.

mod attempts;
mod error;
mod lock;
mod parked;
mod records;
mod schema;
mod spending;
#[cfg(test)]
mod tests;
mod wire;
mod write;

use std::ops::Deref;
use std::path::Path;

use anchor_lang::prelude::Pubkey;
use rusqlite::Connection;
use solana_message::Hash;
use solana_transaction::{versioned::VersionedTransaction, Signature};

pub use attempts::{Attempt, Unsettled};
pub use error::JournalError;
pub use parked::Park;
pub use records::{CycleRecord, Records};
pub use spending::{Outside, Spending};
pub use write::{CycleEnd, Intent, IntentId, Outcome, Work};

use lock::Lock;

/// What a journal belongs to: spending and signatures of one key on one chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The chain's genesis hash.
    pub genesis: Hash,
    /// The key that signs and pays.
    pub keeper: Pubkey,
}

/// A transaction whose signature is on the disk: the only thing that may be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    transaction: VersionedTransaction,
    signature: Signature,
    last_valid_height: u64,
}

impl Recorded {
    /// The signed transaction.
    pub fn transaction(&self) -> &VersionedTransaction {
        &self.transaction
    }

    /// Its first signature, which names it.
    pub fn signature(&self) -> Signature {
        self.signature
    }

    /// The last block height at which it can land.
    pub fn last_valid_height(&self) -> u64 {
        self.last_valid_height
    }
}

/// The journal of a running keeper, to write. Everything that reads is on [`Records`].
#[derive(Debug)]
pub struct Journal {
    records: Records,
    _lock: Lock,
}

impl Journal {
    /// Opens the file, or makes it, for this process alone.
    ///
    /// # Errors
    ///
    /// [`JournalError::Locked`] while another process has it, [`JournalError::OtherIdentity`] if it was written for
    /// another key or chain, [`JournalError::OtherVersion`] and [`JournalError::NotAJournal`] for other files, and
    /// those of an unwritable place.
    pub fn open(path: &Path, identity: &Identity) -> Result<Self, JournalError> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|error| JournalError::unwritable(path, &error))?;
        }
        let lock = Lock::take(path)?;
        let mut connection = Connection::open(path).map_err(|error| JournalError::sqlite(path, error))?;
        schema::prepare(&mut connection, identity).map_err(|error| error.at(path))?;
        Ok(Self { records: Records::new(connection, path.to_owned()), _lock: lock })
    }

    /// Lets the file take at most this many bytes, rounded down to whole pages; beyond that it is as if the disk were
    /// full.
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub fn limit(&mut self, bytes: u64) -> Result<(), JournalError> {
        let page: u64 = self.get(|connection| connection.pragma_query_value(None, "page_size", |row| row.get(0)))?;
        let pages = (bytes / page.max(1)).max(1);
        // The answer is the limit in force, which is the file's size where that is larger.
        self.get(|connection| {
            connection.pragma_update_and_check(None, "max_page_count", pages.min(u64::from(u32::MAX)), |_| Ok(()))
        })
    }

    /// Runs `work` in one transaction that is on the disk when this returns, or not at all.
    fn commit<T>(
        &mut self,
        work: impl FnOnce(&rusqlite::Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, JournalError> {
        let (connection, path) = self.records.parts();
        let committed =
            connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).and_then(|transaction| {
                let value = work(&transaction)?;
                transaction.commit()?;
                Ok(value)
            });
        committed.map_err(|error| JournalError::sqlite(path, error))
    }
}

impl Deref for Journal {
    type Target = Records;

    fn deref(&self) -> &Records {
        &self.records
    }
}
