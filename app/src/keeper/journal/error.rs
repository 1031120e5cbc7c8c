//! Why the journal cannot be used.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use thiserror::Error;

/// Why the journal cannot be read or written. While it cannot be written, nothing is sent.
#[derive(Debug, Error)]
pub enum JournalError {
    /// Another process writes it.
    #[error(
        "another keeper ({holder}) uses the journal {path}: stop it, or name another `journal` in the configuration"
    )]
    Locked {
        /// The journal.
        path: PathBuf,
        /// Who has it, as far as it said.
        holder: String,
    },
    /// The disk, or the journal's own limit, has no room.
    #[error("there is no room for the journal {path}: free space on its disk; nothing is sent until then")]
    Full {
        /// The journal.
        path: PathBuf,
    },
    /// It cannot be written for another reason.
    #[error(
        "the journal {path} cannot be written ({reason}): check its folder and permissions; nothing is sent until then"
    )]
    Unwritable {
        /// The journal.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// It cannot be read.
    #[error("the journal {path} cannot be read ({reason}): check the path, or start with `gimbal keeper run`")]
    Unreadable {
        /// The journal.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The file is something else.
    #[error("{path} is not a keeper's journal: move it away or name another `journal` in the configuration")]
    NotAJournal {
        /// The file.
        path: PathBuf,
    },
    /// It was written by another version.
    #[error("the journal {path} has version {found}, this keeper writes version {expected}: name another `journal`")]
    OtherVersion {
        /// The journal.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// Ours.
        expected: i64,
    },
    /// It belongs to another key or chain.
    #[error("the journal {path} belongs to {what} {found}, not {expected}: name another `journal` for it")]
    OtherIdentity {
        /// The journal.
        path: PathBuf,
        /// "the key" or "the chain with genesis hash".
        what: &'static str,
        /// The journal's.
        found: String,
        /// The one in use.
        expected: String,
    },
}

impl JournalError {
    pub(super) fn unwritable(path: &Path, reason: &impl ToString) -> Self {
        Self::Unwritable { path: path.to_owned(), reason: reason.to_string() }
    }

    pub(super) fn sqlite(path: &Path, error: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full { path },
            Some(ErrorCode::NotADatabase) => Self::NotAJournal { path },
            Some(ErrorCode::DatabaseCorrupt) => Self::Unreadable { path, reason: "it is damaged".to_owned() },
            _ => Self::Unwritable { path, reason: error.to_string() },
        }
    }

    pub(super) fn reading(path: &Path, error: rusqlite::Error) -> Self {
        match Self::sqlite(path, error) {
            Self::Unwritable { path, reason } => Self::Unreadable { path, reason },
            other => other,
        }
    }

    /// Names the file, where the place that failed did not know it.
    pub(super) fn at(mut self, file: &Path) -> Self {
        let (Self::Locked { path, .. }
        | Self::Full { path }
        | Self::Unwritable { path, .. }
        | Self::Unreadable { path, .. }
        | Self::NotAJournal { path }
        | Self::OtherVersion { path, .. }
        | Self::OtherIdentity { path, .. }) = &mut self;
        file.clone_into(path);
        self
    }

    /// Whether room or permissions may come back by themselves: worth another try.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Full { .. } | Self::Unwritable { .. })
    }
}
