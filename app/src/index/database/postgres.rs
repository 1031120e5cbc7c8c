//! PostgreSQL, by URL.

use std::collections::HashMap;
use std::error::Error;

use postgres::config::SslMode;
use postgres::types::{to_sql_checked, FromSql, IsNull, ToSql, Type};
use postgres::{Client, Config, NoTls, Statement};
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::value::{Row, Value};

/// An open connection.
pub(super) struct Postgres {
    client: Client,
    /// Preparing costs a round trip: each text is prepared once.
    statements: HashMap<String, Statement>,
}

/// The server's words, which the client's own error keeps to itself.
fn said(error: postgres::Error) -> String {
    match (error.as_db_error(), error.source()) {
        (Some(error), _) => error.message().to_owned(),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}

impl Postgres {
    /// Connects; with TLS, the server's certificate checked against the public roots, where the URL says
    /// `sslmode=require`.
    pub(super) fn open(url: &str) -> Result<Self, String> {
        let config: Config = url.parse().map_err(said)?;
        let client = match config.get_ssl_mode() {
            SslMode::Require => config.connect(tls()?),
            _ => config.connect(NoTls),
        };
        Ok(Self { client: client.map_err(said)?, statements: HashMap::new() })
    }

    pub(super) fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, String> {
        let statement = self.prepare(sql)?;
        self.client.execute(&statement, &parameters(values)).map_err(said)
    }

    pub(super) fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, String> {
        let statement = self.prepare(sql)?;
        let rows = self.client.query(&statement, &parameters(values)).map_err(said)?;
        let read = |row: &postgres::Row| {
            let columns = (0..row.len()).map(|place| row.try_get::<_, Value>(place));
            columns.collect::<Result<_, _>>().map(Row).map_err(said)
        };
        rows.iter().map(read).collect()
    }

    /// Several statements without values.
    pub(super) fn batch(&mut self, sql: &str) -> Result<(), String> {
        self.client.batch_execute(sql).map_err(said)
    }

    fn prepare(&mut self, sql: &str) -> Result<Statement, String> {
        if let Some(known) = self.statements.get(sql) {
            return Ok(known.clone());
        }
        let statement = self.client.prepare(sql).map_err(said)?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

fn tls() -> Result<MakeRustlsConnect, String> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = rustls::crypto::ring::default_provider();
    let config = ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    Ok(MakeRustlsConnect::new(config.with_root_certificates(roots).with_no_client_auth()))
}

fn parameters(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut postgres::types::private::BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) => number.to_sql_checked(kind, out),
            Self::Text(text) => text.to_sql_checked(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        *kind == Type::INT8 || *kind == Type::TEXT
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        match *kind == Type::INT8 {
            true => i64::from_sql(kind, raw).map(Self::Int),
            false => String::from_sql(kind, raw).map(Self::Text),
        }
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(kind: &Type) -> bool {
        *kind == Type::INT8 || *kind == Type::TEXT
    }
}
