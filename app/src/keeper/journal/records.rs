//! What the journal says.

use std::path::{Path, PathBuf};

use anchor_lang::prelude::Pubkey;
use rusqlite::{types::Type, Connection, OpenFlags, OptionalExtension, Row};
use serde::Serialize;

use super::{schema, Identity, JournalError};
use crate::keeper::ActionKey;

/// A journal to read, also while a keeper writes it.
#[derive(Debug)]
pub struct Records {
    connection: Connection,
    path: PathBuf,
}

/// One turn of the loop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CycleRecord {
    /// Its number.
    pub id: i64,
    /// The slot in which it began.
    pub started_slot: u64,
    /// When it began, Unix seconds of the chain.
    pub started_at: i64,
    /// The slot in which it ended; none while it runs, and where the process died in it.
    pub ended_slot: Option<u64>,
    /// Actions planned.
    pub planned: u64,
    /// Transactions that did their work.
    pub landed: u64,
    /// Transactions that landed and were refused.
    pub failed: u64,
    /// Actions that the simulation refused.
    pub refused: u64,
    /// Actions put off.
    pub put_off: u64,
    /// What went wrong, if anything.
    pub problem: Option<String>,
}

impl Records {
    /// Opens a journal to read it only.
    ///
    /// # Errors
    ///
    /// [`JournalError::Unreadable`] if there is none, and those of other files.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        if !path.is_file() {
            return Err(JournalError::Unreadable { path: path.to_owned(), reason: "there is no such file".to_owned() });
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection =
            Connection::open_with_flags(path, flags).map_err(|error| JournalError::reading(path, error))?;
        schema::check(&connection).map_err(|error| error.at(path))?;
        Ok(Self::new(connection, path.to_owned()))
    }

    pub(super) fn new(connection: Connection, path: PathBuf) -> Self {
        Self { connection, path }
    }

    pub(super) fn parts(&mut self) -> (&mut Connection, &Path) {
        (&mut self.connection, &self.path)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The key whose journal it is.
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub fn keeper(&self) -> Result<Pubkey, JournalError> {
        self.get(|sql| sql.query_row("SELECT keeper FROM identity", [], |row| parsed(row, 0)))
    }

    /// Refuses a journal of another key or chain.
    ///
    /// # Errors
    ///
    /// [`JournalError::OtherIdentity`], and those of the file.
    pub fn require(&self, identity: &Identity) -> Result<(), JournalError> {
        schema::belongs(&self.connection, identity).map_err(|error| error.at(&self.path))
    }

    /// The newest cycle, if there was one.
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub fn last_cycle(&self) -> Result<Option<CycleRecord>, JournalError> {
        self.get(|sql| {
            sql.query_row(
                "SELECT id, started_slot, started_at, ended_slot, planned, landed, failed, refused, put_off, problem
                 FROM cycle ORDER BY id DESC LIMIT 1",
                [],
                |row| {
                    Ok(CycleRecord {
                        id: row.get(0)?,
                        started_slot: counted(row, 1)?,
                        started_at: row.get(2)?,
                        ended_slot: row.get::<_, Option<i64>>(3)?.map(i64::unsigned_abs),
                        planned: counted(row, 4)?,
                        landed: counted(row, 5)?,
                        failed: counted(row, 6)?,
                        refused: counted(row, 7)?,
                        put_off: counted(row, 8)?,
                        problem: row.get(9)?,
                    })
                },
            )
            .optional()
        })
    }

    /// The number of the newest intent; zero where there was none.
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub fn last_intent(&self) -> Result<u64, JournalError> {
        self.get(|sql| sql.query_row("SELECT coalesce(max(id), 0) FROM intent", [], |row| counted(row, 0)))
    }

    pub(super) fn get<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, JournalError> {
        read(&self.connection).map_err(|error| JournalError::reading(&self.path, error))
    }
}

/// An action's key in three columns: kind, subject, line.
pub(super) fn key(row: &Row<'_>, from: usize) -> rusqlite::Result<ActionKey> {
    let kind: String = row.get(from)?;
    let kind = kind.parse().map_err(|_| rusqlite::Error::InvalidColumnType(from, "kind".to_owned(), Type::Text))?;
    let line: i64 = row.get(from + 2)?;
    Ok(ActionKey { kind, subject: parsed(row, from + 1)?, line: u16::try_from(line).ok() })
}

/// The third of those columns.
pub(super) fn line_number(key: &ActionKey) -> i64 {
    key.line.map_or(-1, i64::from)
}

/// A column in base58 or decimals.
pub(super) fn parsed<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    text.parse().map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}

/// A column that is never negative.
pub(super) fn counted(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, number))
}

/// A number as SQLite holds it.
pub(super) fn whole(number: u64) -> rusqlite::Result<i64> {
    i64::try_from(number).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}
