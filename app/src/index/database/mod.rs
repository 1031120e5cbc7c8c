//! One interface over SQLite and PostgreSQL: the same tables and the same statements, with `$1` for the first value.

mod postgres;
mod sqlite;
mod value;

use std::path::{Path, PathBuf};

pub use value::{Row, Value};

use self::postgres::Postgres;
use self::sqlite::Sqlite;
use super::schema;
use super::IndexError;

/// Genesis hashes of the public clusters: mainnet-beta, testnet, devnet.
const PUBLIC: [&str; 3] = [
    "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d",
    "4uhcVJyU9pJkvQyS88uRDiswHXSCkY3zQawwpjk2NsNY",
    "EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG",
];

enum Backend {
    Sqlite(Sqlite),
    Postgres(Box<Postgres>),
}

/// An open index, with its schema up to date.
pub struct Database {
    backend: Backend,
    url: String,
    depth: u32,
}

impl Database {
    /// Opens the database that `url` names: `postgres://…` (or `postgresql://…`), `sqlite:FILE`, or the path of a file,
    /// which is made if it is missing, with its folder. Brings the schema up to date.
    ///
    /// # Errors
    ///
    /// [`IndexError::UnknownUrl`], [`IndexError::Open`], [`IndexError::Newer`].
    pub fn open(url: &str) -> Result<Self, IndexError> {
        let shown = without_password(url);
        let failed = |reason: String| IndexError::Open { url: shown.clone(), reason };
        let backend = if is_server(url) {
            Backend::Postgres(Box::new(Postgres::open(url).map_err(failed)?))
        } else {
            let path = file(url)?;
            make_folder(&path).map_err(|error| failed(error.to_string()))?;
            Backend::Sqlite(Sqlite::open(&path).map_err(|error| failed(error.to_string()))?)
        };
        let mut database = Self { backend, url: shown, depth: 0 };
        schema::migrate(&mut database)?;
        Ok(database)
    }

    /// Where the index is if nothing else is said: `$XDG_DATA_HOME/gimbal/index.sqlite`, or that under
    /// `~/.local/share`. A cluster that is none of the public ones gets a file of its own, named by its genesis hash: a test
    /// cluster that is started anew is another cluster, on which the same addresses mean something else.
    pub fn default_url(genesis: Option<&str>) -> String {
        let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"));
        let data = std::env::var_os("XDG_DATA_HOME").filter(|path| !path.is_empty()).map(PathBuf::from).or_else(home);
        let name = match genesis.filter(|hash| !PUBLIC.contains(hash)) {
            Some(hash) => format!("gimbal/index-{}.sqlite", hash.get(..8).unwrap_or(hash)),
            None => "gimbal/index.sqlite".to_owned(),
        };
        let path = data.unwrap_or_default().join(name);
        format!("sqlite:{}", path.display())
    }

    /// Whether `url` names a file that does not exist yet.
    pub fn is_missing(url: &str) -> bool {
        !is_server(url) && file(url).is_ok_and(|path| !path.exists())
    }

    /// Where this index is, without a password.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Runs one statement; how many rows it changed.
    ///
    /// # Errors
    ///
    /// [`IndexError::Sql`].
    pub fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, IndexError> {
        match &mut self.backend {
            Backend::Sqlite(sqlite) => sqlite.execute(sql, values).map_err(sql_error),
            Backend::Postgres(postgres) => postgres.execute(sql, values).map_err(IndexError::Sql),
        }
    }

    /// Asks one question.
    ///
    /// # Errors
    ///
    /// [`IndexError::Sql`].
    pub fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, IndexError> {
        match &mut self.backend {
            Backend::Sqlite(sqlite) => sqlite.query(sql, values).map_err(sql_error),
            Backend::Postgres(postgres) => postgres.query(sql, values).map_err(IndexError::Sql),
        }
    }

    /// Runs several statements that take no values.
    ///
    /// # Errors
    ///
    /// [`IndexError::Sql`].
    pub fn batch(&mut self, sql: &str) -> Result<(), IndexError> {
        match &mut self.backend {
            Backend::Sqlite(sqlite) => sqlite.batch(sql).map_err(sql_error),
            Backend::Postgres(postgres) => postgres.batch(sql).map_err(IndexError::Sql),
        }
    }

    /// Does all of `work`, or nothing of it. Inside another one it is a part of that.
    ///
    /// # Errors
    ///
    /// Those of `work`, after which nothing has changed, and [`IndexError::Sql`].
    pub fn atomically<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, IndexError>) -> Result<T, IndexError> {
        if self.depth > 0 {
            return work(self);
        }
        self.batch(match self.backend {
            Backend::Sqlite(_) => "BEGIN IMMEDIATE",
            Backend::Postgres(_) => "BEGIN",
        })?;
        self.depth = 1;
        let result = work(self);
        self.depth = 0;
        match result {
            Ok(value) => self.batch("COMMIT").map(|()| value),
            Err(error) => {
                // The first error is the one that matters; a connection that is gone has rolled back already.
                let _ = self.batch("ROLLBACK");
                Err(error)
            }
        }
    }

    /// As [`Database::atomically`], for one writer at a time, so that what it reads stays as it is until it has written.
    ///
    /// # Errors
    ///
    /// As [`Database::atomically`].
    pub fn write<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, IndexError>) -> Result<T, IndexError> {
        self.atomically(|database| {
            // In PostgreSQL the row stays locked until the end; SQLite has locked everything already.
            database.execute("UPDATE gimbal_schema SET version = version", &[])?;
            work(database)
        })
    }
}

fn sql_error(error: rusqlite::Error) -> IndexError {
    IndexError::Sql(error.to_string())
}

fn is_server(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

/// The file that a URL without a server names.
fn file(url: &str) -> Result<PathBuf, IndexError> {
    let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")).unwrap_or(url);
    if path.is_empty() || path.contains("://") {
        return Err(IndexError::UnknownUrl(without_password(url)));
    }
    Ok(PathBuf::from(path))
}

fn make_folder(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::create_dir_all(folder),
        _ => Ok(()),
    }
}

/// A URL as it may be shown: `user:password@` without the password.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let Some((credentials, host)) = authority.rsplit_once('@') else { return url.to_owned() };
    let user = credentials.split(':').next().unwrap_or_default();
    // A password may also stand among the parameters.
    let path = path.split("password=").next().unwrap_or_default().trim_end_matches(['?', '&']);
    format!("{scheme}://{user}@{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_files_or_servers() {
        assert_eq!(file("sqlite:/a/b").unwrap(), PathBuf::from("/a/b"));
        assert_eq!(file("sqlite:///a/b").unwrap(), PathBuf::from("/a/b"));
        assert_eq!(file("x.sqlite").unwrap(), PathBuf::from("x.sqlite"));
        for wrong in ["", "sqlite:", "mysql://h/d", "https://x"] {
            assert!(matches!(file(wrong), Err(IndexError::UnknownUrl(_))), "{wrong}");
        }
    }

    #[test]
    fn a_test_cluster_has_an_index_of_its_own() {
        let [public, none, test] = [Some(PUBLIC[0]), None, Some("7abcdefghijk")].map(Database::default_url);
        assert!(public.ends_with("gimbal/index.sqlite") && public == none, "{public}");
        assert!(test.ends_with("gimbal/index-7abcdefg.sqlite"), "{test}");
    }

    #[test]
    fn a_password_is_never_shown() {
        assert_eq!(
            without_password("postgres://u:se:cret@h:1/d?sslmode=require"),
            "postgres://u@h:1/d?sslmode=require"
        );
        assert_eq!(without_password("postgres://u@h/d?password=secret"), "postgres://u@h/d");
        assert_eq!(without_password("postgres://h/d"), "postgres://h/d");
        assert_eq!(without_password("sqlite:/a"), "sqlite:/a");
    }

    #[test]
    fn work_that_fails_leaves_nothing() {
        let mut database = Database::open("sqlite::memory:").unwrap();
        database.batch("CREATE TABLE probe (number BIGINT NOT NULL, name TEXT)").unwrap();
        // The second value is named before the first, twice.
        let insert = "INSERT INTO probe (name, number) SELECT $2, $1 WHERE $1 = $1 AND $2 = $2";
        let failed: Result<(), _> = database.write(|inner| {
            inner.execute(insert, &[Value::Int(1), Value::from("lost")])?;
            Err(IndexError::Corrupt("on purpose".to_owned()))
        });
        assert!(matches!(failed, Err(IndexError::Corrupt(_))));
        database.write(|inner| inner.execute(insert, &[Value::Int(2), Value::from("kept")])).unwrap();
        let rows = database.query("SELECT number, name FROM probe", &[]).unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].int(0).unwrap(), rows[0].text(1).unwrap()), (2, "kept"));
        assert!(matches!(database.query("SELECT nothing", &[]), Err(IndexError::Sql(_))));
    }
}
