//! Signatures, and what became of them.

use rusqlite::{types::Type, Connection, Row};
use solana_transaction::Signature;

use super::{
    records::{counted, key, line_number, parsed},
    wire, JournalError, Outcome, Recorded, Records, Work,
};
use crate::keeper::ActionKey;

/// A signature whose outcome is not known.
#[derive(Clone, Debug)]
pub struct Unsettled {
    /// What it does.
    pub works: Vec<Work>,
    /// The signed transaction, to look up or to send again as it is.
    pub recorded: Recorded,
    /// Lamports that it can cost at most.
    pub reserve: u64,
    /// When it was signed, Unix seconds of the chain.
    pub signed_at: i64,
}

/// A signature and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The signature.
    pub signature: Signature,
    /// What it does.
    pub works: Vec<Work>,
    /// When it was signed, Unix seconds of the chain.
    pub signed_at: i64,
    /// The last block height at which it can land.
    pub last_valid_height: u64,
    /// What became of it, if that is known.
    pub outcome: Option<Outcome>,
}

impl Records {
    /// Every signature whose outcome is not known, oldest first.
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub fn unsettled(&self) -> Result<Vec<Unsettled>, JournalError> {
        self.get(|sql| {
            let mut query = sql.prepare_cached(
                "SELECT intent, signature, wire, last_valid_height, reserve, signed_at
                 FROM attempt WHERE outcome IS NULL ORDER BY signed_at, rowid",
            )?;
            let rows = query.query_map([], |row| {
                Ok(Unsettled {
                    works: works(sql, row.get(0)?)?,
                    recorded: Recorded {
                        signature: parsed(row, 1)?,
                        transaction: wire::read(&row.get::<_, Vec<u8>>(2)?)
                            .ok_or_else(|| rusqlite::Error::InvalidColumnType(2, "wire".to_owned(), Type::Blob))?,
                        last_valid_height: counted(row, 3)?,
                    },
                    reserve: counted(row, 4)?,
                    signed_at: row.get(5)?,
                })
            })?;
            rows.collect()
        })
    }

    /// Whether a transaction that completes this action, on this nonce, has landed already.
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub fn is_done(&self, key: &ActionKey, nonce: u64) -> Result<bool, JournalError> {
        self.get(|sql| {
            sql.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM work JOIN attempt USING (intent)
                 WHERE subject = ?1 AND kind = ?2 AND line = ?3 AND nonce = ?4 AND completes
                   AND outcome = 'landed')",
            )?
            .query_row((key.subject.to_string(), key.kind.name(), line_number(key), nonce.to_string()), |row| {
                row.get(0)
            })
        })
    }

    /// What the journal says of a signature; none if it is not in it.
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub fn attempt(&self, signature: &Signature) -> Result<Option<Attempt>, JournalError> {
        let found = self.attempts_where("signature = ?1", [signature.to_string()], 1)?;
        Ok(found.into_iter().next())
    }

    /// What was signed in one turn of the loop, newest first.
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub fn attempts_of(&self, cycle: i64) -> Result<Vec<Attempt>, JournalError> {
        self.attempts_where("intent IN (SELECT id FROM intent WHERE cycle = ?1)", [cycle], usize::MAX >> 1)
    }

    /// The newest signatures, newest first.
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub fn recent(&self, most: usize) -> Result<Vec<Attempt>, JournalError> {
        self.attempts_where("TRUE", [], most)
    }

    fn attempts_where(
        &self,
        condition: &str,
        parameters: impl rusqlite::Params,
        most: usize,
    ) -> Result<Vec<Attempt>, JournalError> {
        let query = format!(
            "SELECT intent, signature, signed_at, last_valid_height, outcome, slot, lamports, name FROM attempt
             WHERE {condition} ORDER BY signed_at DESC, rowid DESC LIMIT {most}"
        );
        self.get(|sql| {
            let mut query = sql.prepare_cached(&query)?;
            let rows = query.query_map(parameters, |row| {
                let signature = parsed(row, 1)?;
                Ok(Attempt {
                    works: works(sql, row.get(0)?)?,
                    signature,
                    signed_at: row.get(2)?,
                    last_valid_height: counted(row, 3)?,
                    outcome: outcome(sql, row, 4, &signature)?,
                })
            })?;
            rows.collect()
        })
    }
}

fn outcome(sql: &Connection, row: &Row<'_>, from: usize, signature: &Signature) -> rusqlite::Result<Option<Outcome>> {
    let Some(word) = row.get::<_, Option<String>>(from)? else { return Ok(None) };
    Ok(Some(match word.as_str() {
        "landed" => {
            let mut query = sql.prepare_cached("SELECT vault, pay FROM earned WHERE signature = ?1 ORDER BY vault")?;
            let pay = query.query_map([signature.to_string()], |row| Ok((parsed(row, 0)?, counted(row, 1)?)))?;
            Outcome::Landed {
                slot: counted(row, from + 1)?,
                lamports: counted(row, from + 2)?,
                pay: pay.collect::<rusqlite::Result<_>>()?,
            }
        }
        "failed" => Outcome::Failed {
            slot: counted(row, from + 1)?,
            lamports: counted(row, from + 2)?,
            name: row.get(from + 3)?,
        },
        // The table admits three words.
        _ => Outcome::Expired,
    }))
}

fn works(sql: &Connection, intent: i64) -> rusqlite::Result<Vec<Work>> {
    let mut query = sql.prepare_cached(
        "SELECT kind, subject, line, vault, nonce, completes, expected_pay, reason FROM work WHERE intent = ?1
         ORDER BY completes DESC, subject, kind, line",
    )?;
    let rows = query.query_map([intent], |row| {
        Ok(Work {
            key: key(row, 0)?,
            vault: parsed(row, 3)?,
            nonce: parsed(row, 4)?,
            completes: row.get(5)?,
            expected_pay: counted(row, 6)?,
            reason: row.get(7)?,
        })
    })?;
    rows.collect()
}
