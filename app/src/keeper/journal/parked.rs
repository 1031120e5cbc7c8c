//! Actions that are left alone for a while.

use anchor_lang::prelude::Pubkey;
use rusqlite::{named_params, OptionalExtension, Row};

use super::{
    records::{counted, key, line_number, parsed},
    Journal, JournalError, Records,
};
use crate::keeper::ActionKey;

/// An action that was refused and is left alone until a moment, or until its nonce has moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Park {
    /// What is left alone.
    pub key: ActionKey,
    /// The vault that it serves.
    pub vault: Pubkey,
    /// The on-chain value on which it was refused: on another it is another matter.
    pub nonce: u64,
    /// How often in a row it was refused.
    pub refusals: u32,
    /// The last refusal's name.
    pub name: String,
    /// When it was refused first, Unix seconds of the chain.
    pub since: i64,
    /// When it is tried again, Unix seconds of the chain.
    pub until: i64,
}

const COLUMNS: &str = "kind, subject, line, vault, nonce, refusals, name, since, until";

fn park(row: &Row<'_>) -> rusqlite::Result<Park> {
    Ok(Park {
        key: key(row, 0)?,
        vault: parsed(row, 3)?,
        nonce: parsed(row, 4)?,
        refusals: u32::try_from(counted(row, 5)?).unwrap_or(u32::MAX),
        name: row.get(6)?,
        since: row.get(7)?,
        until: row.get(8)?,
    })
}

impl Records {
    /// What is known of an action's refusals: none since it last went well.
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub fn park_of(&self, key: &ActionKey) -> Result<Option<Park>, JournalError> {
        self.get(|sql| {
            sql.prepare_cached(&format!("SELECT {COLUMNS} FROM parked WHERE subject = ?1 AND kind = ?2 AND line = ?3"))?
                .query_row((key.subject.to_string(), key.kind.name(), line_number(key)), park)
                .optional()
        })
    }

    /// Everything that is left alone at `now`, what waits longest last.
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub fn parked(&self, now: i64) -> Result<Vec<Park>, JournalError> {
        self.get(|sql| {
            let mut query = sql.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM parked WHERE until > ?1 ORDER BY until, subject, kind, line"
            ))?;
            let rows = query.query_map([now], park)?;
            rows.collect()
        })
    }
}

impl Journal {
    /// Leaves an action alone until `park.until`.
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub fn park(&mut self, park: &Park) -> Result<(), JournalError> {
        self.commit(|sql| {
            sql.execute(
                "INSERT INTO parked (kind, subject, line, vault, nonce, refusals, name, since, until)
                 VALUES (:kind, :subject, :line, :vault, :nonce, :refusals, :name, :since, :until)
                 ON CONFLICT (subject, kind, line) DO UPDATE SET vault = :vault, nonce = :nonce,
                 refusals = :refusals, name = :name, since = :since, until = :until",
                named_params! {
                    ":kind": park.key.kind.name(), ":subject": park.key.subject.to_string(),
                    ":line": line_number(&park.key), ":vault": park.vault.to_string(),
                    ":nonce": park.nonce.to_string(), ":refusals": park.refusals, ":name": park.name,
                    ":since": park.since, ":until": park.until,
                },
            )
            .map(drop)
        })
    }

    /// Forgets an action's refusals: it went well.
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub fn unpark(&mut self, key: &ActionKey) -> Result<(), JournalError> {
        self.commit(|sql| {
            sql.execute(
                "DELETE FROM parked WHERE subject = ?1 AND kind = ?2 AND line = ?3",
                (key.subject.to_string(), key.kind.name(), line_number(key)),
            )
            .map(drop)
        })
    }
}
