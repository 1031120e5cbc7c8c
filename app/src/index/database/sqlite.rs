//! SQLite, in this process: the default.

use std::path::Path;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ToSql};

use super::value::{Row, Value};

/// How long a writer waits for another one to finish.
const PATIENCE: Duration = Duration::from_secs(60);

/// An open file.
pub(super) struct Sqlite(Connection);

type Result<T> = std::result::Result<T, rusqlite::Error>;

impl Sqlite {
    /// Opens the file, and makes it where there is none. `:memory:` lives as long as this does.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(PATIENCE)?;
        // A crash loses the last pages at most, together with the cursors that say so: readers of the chain go on from
        // there.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self(connection))
    }

    pub(super) fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64> {
        let mut statement = self.0.prepare_cached(sql)?;
        bind(&mut statement, values)?;
        Ok(statement.raw_execute()? as u64)
    }

    pub(super) fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>> {
        let mut statement = self.0.prepare_cached(sql)?;
        bind(&mut statement, values)?;
        let columns = statement.column_count();
        let mut rows = statement.raw_query();
        let mut answer = Vec::new();
        while let Some(row) = rows.next()? {
            answer.push(Row((0..columns).map(|place| row.get_ref(place).map(read)).collect::<Result<_>>()?));
        }
        Ok(answer)
    }

    /// Several statements without values.
    pub(super) fn batch(&mut self, sql: &str) -> Result<()> {
        self.0.execute_batch(sql)
    }
}

/// `$n` is a name to SQLite, not a number: each is looked up.
fn bind(statement: &mut CachedStatement<'_>, values: &[Value]) -> Result<()> {
    for (place, value) in values.iter().enumerate() {
        let name = format!("${}", place + 1);
        if let Some(index) = statement.parameter_index(&name)? {
            statement.raw_bind_parameter(index, value)?;
        }
    }
    Ok(())
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Self::Int(number) => ToSqlOutput::from(*number),
            Self::Text(text) => ToSqlOutput::from(text.as_str()),
        })
    }
}

fn read(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        // Neither is in the schema; whoever reads it finds a text where a number should be.
        ValueRef::Real(number) => Value::Text(number.to_string()),
        ValueRef::Text(text) | ValueRef::Blob(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
    }
}
