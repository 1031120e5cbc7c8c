//! The tables, and how an older index becomes a present one.
//!
//! Every row is a fact that never changes: of one event, named by signature and position, of one transaction, or of one
//! moment. Writing it again changes nothing. `vaults.books` and `cursors` alone move on, in the same database transaction as
//! the facts that move them. Rows of a vault are in order by slot, ordinal, position.

use super::database::{Database, Value};
use super::IndexError;

/// What each version adds to the one before. Append only.
const VERSIONS: [&[&str]; 1] = [&[
    "CREATE TABLE vaults (
        vault TEXT PRIMARY KEY, ledger TEXT NOT NULL, book TEXT NOT NULL, base_mint TEXT NOT NULL,
        share_mint TEXT NOT NULL, escrow TEXT NOT NULL, decimals BIGINT NOT NULL, cluster TEXT NOT NULL,
        books TEXT NOT NULL)",
    "CREATE TABLE cursors (
        vault TEXT NOT NULL, address TEXT NOT NULL, signature TEXT NOT NULL, slot BIGINT NOT NULL,
        PRIMARY KEY (vault, address))",
    "CREATE TABLE transactions (
        vault TEXT NOT NULL, signature TEXT NOT NULL, slot BIGINT NOT NULL, ordinal BIGINT NOT NULL,
        time BIGINT NOT NULL, payer TEXT, fee TEXT, failed TEXT, PRIMARY KEY (vault, signature))",
    "CREATE UNIQUE INDEX transactions_order ON transactions (vault, slot, ordinal)",
    "CREATE TABLE flows (
        vault TEXT NOT NULL, signature TEXT NOT NULL, position BIGINT NOT NULL, slot BIGINT NOT NULL,
        ordinal BIGINT NOT NULL, time BIGINT NOT NULL, kind TEXT NOT NULL, owner TEXT NOT NULL, other TEXT,
        ticket TEXT, sequence TEXT, shares TEXT NOT NULL, assets TEXT NOT NULL, fee TEXT NOT NULL,
        in_kind TEXT NOT NULL, PRIMARY KEY (vault, signature, position))",
    "CREATE INDEX flows_order ON flows (vault, slot, ordinal, position)",
    "CREATE INDEX flows_owner ON flows (owner, vault)",
    "CREATE INDEX flows_ticket ON flows (vault, ticket)",
    "CREATE TABLE tickets (
        vault TEXT NOT NULL, ticket TEXT NOT NULL, sequence TEXT NOT NULL, requested_at BIGINT NOT NULL,
        shares TEXT NOT NULL, min_assets TEXT NOT NULL, overdue_at BIGINT NOT NULL, in_kind_at BIGINT NOT NULL,
        exit_bps BIGINT NOT NULL, PRIMARY KEY (vault, ticket))",
    "CREATE TABLE fees (
        vault TEXT NOT NULL, signature TEXT NOT NULL, position BIGINT NOT NULL, slot BIGINT NOT NULL,
        ordinal BIGINT NOT NULL, time BIGINT NOT NULL, management TEXT NOT NULL, performance TEXT NOT NULL,
        shares TEXT NOT NULL, mark TEXT NOT NULL, nav TEXT NOT NULL, supply TEXT NOT NULL,
        PRIMARY KEY (vault, signature, position))",
    "CREATE TABLE prices (
        vault TEXT NOT NULL, id TEXT NOT NULL, slot BIGINT NOT NULL, ordinal BIGINT NOT NULL, position BIGINT NOT NULL,
        time BIGINT NOT NULL, source TEXT NOT NULL, low TEXT, mid TEXT, high TEXT, supply TEXT NOT NULL,
        leaving TEXT, exit_bps BIGINT NOT NULL, PRIMARY KEY (vault, id))",
    "CREATE INDEX prices_order ON prices (vault, slot, ordinal, position)",
    "CREATE TABLE keeper_actions (
        vault TEXT NOT NULL, signature TEXT NOT NULL, position BIGINT NOT NULL, slot BIGINT NOT NULL,
        ordinal BIGINT NOT NULL, time BIGINT NOT NULL, kind TEXT NOT NULL, actor TEXT NOT NULL, line BIGINT,
        amount TEXT NOT NULL, loss TEXT, pay TEXT, PRIMARY KEY (vault, signature, position))",
    "CREATE TABLE changes (
        vault TEXT NOT NULL, signature TEXT NOT NULL, position BIGINT NOT NULL, slot BIGINT NOT NULL,
        ordinal BIGINT NOT NULL, time BIGINT NOT NULL, program TEXT NOT NULL, kind TEXT NOT NULL, authority TEXT,
        details TEXT NOT NULL, PRIMARY KEY (vault, signature, position))",
]];

/// Brings the schema up to date, in one piece.
///
/// # Errors
///
/// [`IndexError::Newer`], [`IndexError::Sql`].
pub(super) fn migrate(database: &mut Database) -> Result<(), IndexError> {
    let known = VERSIONS.len() as i64;
    if version(database)? == Some(known) {
        return Ok(());
    }
    // Two that begin at once: the second waits for the first here, or is refused the table and finds it made.
    let made = database.atomically(|inner| {
        inner.execute("CREATE TABLE IF NOT EXISTS gimbal_schema (version BIGINT NOT NULL)", &[])?;
        inner
            .execute("INSERT INTO gimbal_schema (version) SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM gimbal_schema)", &[])
    });
    if let Err(error) = made {
        version(database)?.ok_or(error)?;
    }
    database.write(|inner| {
        let found = version(inner)?.unwrap_or(0);
        if found > known {
            return Err(IndexError::Newer { found, known });
        }
        for statements in VERSIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
            for statement in *statements {
                inner.execute(statement, &[])?;
            }
        }
        inner.execute("UPDATE gimbal_schema SET version = $1", &[Value::Int(known)])?;
        Ok(())
    })
}

/// The version in the database; none in an empty one.
fn version(database: &mut Database) -> Result<Option<i64>, IndexError> {
    // An unknown table is an empty database; asking in both languages' catalogues is not worth it.
    let Ok(rows) = database.query("SELECT version FROM gimbal_schema", &[]) else { return Ok(None) };
    rows.first().map(|row| row.int(0)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_made_once_and_a_newer_one_is_refused() {
        let file = std::env::temp_dir().join(format!("gimbal-schema-{}.sqlite", std::process::id()));
        let url = format!("sqlite:{}", file.display());
        let _ = std::fs::remove_file(&file);
        let mut database = Database::open(&url).unwrap();
        assert_eq!(version(&mut database).unwrap(), Some(1));
        database
            .execute("INSERT INTO cursors (vault, address, signature, slot) VALUES ('v', 'a', 's', 1)", &[])
            .unwrap();
        drop(database);

        let mut database = Database::open(&url).unwrap();
        assert_eq!(database.query("SELECT slot FROM cursors", &[]).unwrap().len(), 1);
        database.execute("UPDATE gimbal_schema SET version = 2", &[]).unwrap();
        drop(database);
        assert!(matches!(Database::open(&url), Err(IndexError::Newer { found: 2, known: 1 })));
        let _ = std::fs::remove_file(&file);
    }
}
