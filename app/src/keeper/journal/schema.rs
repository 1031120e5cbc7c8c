//! The journal's tables.
//!
//! A new version of the schema gets a new number; a journal of another version is refused, not converted: once its
//! signatures are settled it holds nothing that the chain does not.

use std::path::PathBuf;

use rusqlite::{Connection, OptionalExtension};

use super::{Identity, JournalError};

/// Version of the tables below.
pub(super) const VERSION: i64 = 1;
/// "GbKj": tells the file from any other SQLite file.
const APPLICATION_ID: i64 = 0x4762_4b6a;
/// How long a commit waits for a reader's checkpoint.
const BUSY: std::time::Duration = std::time::Duration::from_secs(5);

/// Addresses, signatures and hashes are in base58; nonces in decimals; lamports, slots, heights and Unix seconds whole
/// numbers; -1 stands for no line.
const TABLES: &str = "
CREATE TABLE identity (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    genesis TEXT NOT NULL,
    keeper TEXT NOT NULL
) STRICT;

CREATE TABLE cycle (
    id INTEGER PRIMARY KEY,
    started_slot INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    ended_slot INTEGER,
    planned INTEGER NOT NULL DEFAULT 0,
    landed INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    refused INTEGER NOT NULL DEFAULT 0,
    put_off INTEGER NOT NULL DEFAULT 0,
    problem TEXT
) STRICT;

CREATE TABLE intent (
    id INTEGER PRIMARY KEY,
    cycle INTEGER NOT NULL REFERENCES cycle (id),
    reserve INTEGER NOT NULL,
    message BLOB NOT NULL,
    made_at INTEGER NOT NULL
) STRICT;

CREATE TABLE work (
    intent INTEGER NOT NULL REFERENCES intent (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    line INTEGER NOT NULL,
    vault TEXT NOT NULL,
    nonce TEXT NOT NULL,
    completes INTEGER NOT NULL,
    expected_pay INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (intent, subject, kind, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempt (
    signature TEXT PRIMARY KEY,
    intent INTEGER NOT NULL REFERENCES intent (id),
    blockhash TEXT NOT NULL,
    last_valid_height INTEGER NOT NULL,
    wire BLOB NOT NULL,
    reserve INTEGER NOT NULL,
    signed_at INTEGER NOT NULL,
    outcome TEXT CHECK (outcome IN ('landed', 'failed', 'expired')),
    slot INTEGER,
    lamports INTEGER,
    name TEXT,
    settled_at INTEGER
) STRICT;

CREATE INDEX attempt_unsettled ON attempt (signed_at) WHERE outcome IS NULL;
CREATE INDEX attempt_settled ON attempt (settled_at) WHERE outcome IS NOT NULL;
CREATE INDEX attempt_intent ON attempt (intent);
CREATE INDEX work_key ON work (subject, kind, line);
CREATE INDEX intent_cycle ON intent (cycle);

CREATE TABLE earned (
    signature TEXT NOT NULL REFERENCES attempt (signature) ON DELETE CASCADE,
    vault TEXT NOT NULL,
    pay INTEGER NOT NULL,
    PRIMARY KEY (signature, vault)
) STRICT, WITHOUT ROWID;

CREATE TABLE outside (
    signature TEXT PRIMARY KEY,
    slot INTEGER NOT NULL,
    at INTEGER NOT NULL,
    lamports INTEGER NOT NULL
) STRICT;

CREATE INDEX outside_at ON outside (at);

CREATE TABLE parked (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    line INTEGER NOT NULL,
    vault TEXT NOT NULL,
    nonce TEXT NOT NULL,
    refusals INTEGER NOT NULL,
    name TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (subject, kind, line)
) STRICT;
";

/// Sets a connection up, makes the tables in an empty file, and checks whose they are in another.
pub(super) fn prepare(connection: &mut Connection, identity: &Identity) -> Result<(), JournalError> {
    let nowhere = PathBuf::new();
    let wrong = |error| JournalError::sqlite(&nowhere, error);
    connection.busy_timeout(BUSY).map_err(wrong)?;
    let objects: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(wrong)?;
    if objects > 0 {
        check(connection)?;
    }
    settings(connection).map_err(wrong)?;
    if objects == 0 {
        make(connection, identity).map_err(wrong)?;
    }
    belongs(connection, identity)
}

/// Refuses a file that is not a journal of this version.
pub(super) fn check(connection: &Connection) -> Result<(), JournalError> {
    let path = PathBuf::new();
    let number = |name| {
        connection
            .pragma_query_value(None, name, |row| row.get::<_, i64>(0))
            .map_err(|error| JournalError::reading(&path, error))
    };
    if number("application_id")? != APPLICATION_ID {
        return Err(JournalError::NotAJournal { path });
    }
    match number("user_version")? {
        VERSION => Ok(()),
        found => Err(JournalError::OtherVersion { path, found, expected: VERSION }),
    }
}

fn settings(connection: &Connection) -> rusqlite::Result<()> {
    // The answer is the mode in force; where a file system has no shared memory for WAL, the rollback journal is as safe.
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)
}

fn make(connection: &mut Connection, identity: &Identity) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(TABLES)?;
    transaction.execute(
        "INSERT INTO identity (one, genesis, keeper) VALUES (1, ?1, ?2)",
        (identity.genesis.to_string(), identity.keeper.to_string()),
    )?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()
}

/// Refuses a journal of another key or chain.
pub(super) fn belongs(connection: &Connection, identity: &Identity) -> Result<(), JournalError> {
    let path = PathBuf::new();
    let stored: Option<(String, String)> = connection
        .query_row("SELECT genesis, keeper FROM identity", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
        .map_err(|error| JournalError::reading(&path, error))?;
    let Some((genesis, keeper)) = stored else { return Err(JournalError::NotAJournal { path }) };
    let asked = [
        ("the chain with genesis hash", genesis, identity.genesis.to_string()),
        ("the key", keeper, identity.keeper.to_string()),
    ];
    for (what, found, expected) in asked {
        if found != expected {
            return Err(JournalError::OtherIdentity { path, what, found, expected });
        }
    }
    Ok(())
}
