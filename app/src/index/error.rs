//! Why an index cannot be kept or read.

use anchor_lang::prelude::Pubkey;
use solana_transaction::Signature;
use thiserror::Error;

use crate::chain::ChainError;

/// What can go wrong with an index. Each sentence says what to do.
#[derive(Debug, Error)]
pub enum IndexError {
    /// The URL names no kind of database that there is.
    #[error("'{0}' names no index: give sqlite:FILE, the path of a file, or postgres://USER@HOST/DATABASE")]
    UnknownUrl(String),
    /// The database could not be opened.
    #[error(
        "the index {url} cannot be opened: {reason}; check its name and its permissions, or name another with --index"
    )]
    Open {
        /// Which, without a password.
        url: String,
        /// What the database said.
        reason: String,
    },
    /// A statement failed.
    #[error("the index cannot be read or written: {0}; see that the disk has room and the database still runs, then try again")]
    Sql(String),
    /// A newer program made the schema.
    #[error("the index is of a newer gimbal (schema {found}, this one knows {known}): update gimbal, or name another index with --index")]
    Newer {
        /// Version in the database.
        found: i64,
        /// Newest version that this program knows.
        known: i64,
    },
    /// What was read cannot have been written by us.
    #[error("the index holds what gimbal never writes: {0}; delete it and let it be made anew")]
    Corrupt(String),
    /// The vault is not indexed.
    #[error("the vault {0} is not in the index: run `gimbal history {0}` against its cluster first")]
    UnknownVault(Pubkey),
    /// The same address on another cluster.
    #[error("the index {url} knows the vault {vault} from another cluster (genesis {known}): name another index with --index")]
    OtherCluster {
        /// The vault.
        vault: Pubkey,
        /// The index.
        url: String,
        /// Genesis hash of the cluster that it was indexed on.
        known: String,
    },
    /// The node forgot a transaction that it listed.
    #[error("the node lists the transaction {0} but no longer has it: use a node that keeps the full history")]
    Pruned(Signature),
    /// The node's history begins after the vault's.
    #[error("the node's history of {0} does not reach back to its creation: use a node that keeps the full history")]
    Beheaded(Pubkey),
    /// The events contradict what was indexed before.
    #[error("the index misses something of the vault {vault} before {signature}: {what}; delete it and index anew")]
    Gap {
        /// The vault.
        vault: Pubkey,
        /// Where it was noticed.
        signature: Signature,
        /// What does not fit.
        what: String,
    },
    /// The vault kept moving while its holders were read.
    #[error("the vault {0} changed each time its holders were read: try again in a quieter moment")]
    Restless(Pubkey),
    /// The chain's answer.
    #[error(transparent)]
    Chain(#[from] ChainError),
}
