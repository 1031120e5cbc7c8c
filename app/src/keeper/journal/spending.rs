//! What the key has spent, and on whose word.

use anchor_lang::prelude::Pubkey;
use rusqlite::named_params;
use serde::Serialize;
use solana_transaction::Signature;

use super::{
    records::{counted, parsed, whole},
    Journal, JournalError, Records,
};

/// Lamports that left the key in a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Spending {
    /// By transactions of this journal that landed, refused ones included.
    pub settled: u64,
    /// By transactions of this journal that may still land: the most that they can cost, whenever they were signed.
    pub reserved: u64,
    /// By transactions that the chain knows and this journal does not.
    pub outside: u64,
}

impl Spending {
    /// All of it.
    pub fn total(&self) -> u64 {
        self.settled.saturating_add(self.reserved).saturating_add(self.outside)
    }
}

/// A transaction of the key that somebody else made, or this keeper before its journal was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outside {
    /// Its signature.
    pub signature: Signature,
    /// Its slot.
    pub slot: u64,
    /// Its time, Unix seconds.
    pub at: i64,
    /// What the key paid for it.
    pub lamports: u64,
}

impl Records {
    /// What was spent from `since` on.
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub fn spending(&self, since: i64) -> Result<Spending, JournalError> {
        let sum = |query: &str, from: i64| {
            self.get(|sql| sql.prepare_cached(query)?.query_row([from], |row| row.get::<_, i64>(0)))
                .map(i64::unsigned_abs)
        };
        Ok(Spending {
            settled: sum(
                "SELECT coalesce(sum(lamports), 0) FROM attempt WHERE outcome IS NOT NULL AND settled_at >= ?1",
                since,
            )?,
            reserved: sum("SELECT coalesce(sum(reserve), 0) FROM attempt WHERE outcome IS NULL AND ?1 = ?1", since)?,
            outside: sum("SELECT coalesce(sum(lamports), 0) FROM outside WHERE at >= ?1", since)?,
        })
    }

    /// Pay earned by landed transactions from `since` on, base units, by vault.
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub fn pay_earned(&self, since: i64) -> Result<Vec<(Pubkey, u64)>, JournalError> {
        self.get(|sql| {
            let mut query = sql.prepare_cached(
                "SELECT vault, sum(pay) FROM attempt JOIN earned USING (signature)
                 WHERE settled_at >= ?1 GROUP BY vault ORDER BY vault",
            )?;
            let rows = query.query_map([since], |row| Ok((parsed(row, 0)?, counted(row, 1)?)))?;
            rows.collect()
        })
    }

    /// Whether the journal has booked this transaction's cost, as its own or as outside.
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub fn knows(&self, signature: &Signature) -> Result<bool, JournalError> {
        self.get(|sql| {
            sql.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM attempt WHERE signature = ?1 AND outcome IN ('landed', 'failed'))
                 OR EXISTS (SELECT 1 FROM outside WHERE signature = ?1)",
            )?
            .query_row([signature.to_string()], |row| row.get(0))
        })
    }
}

impl Journal {
    /// Books what the chain knows and the journal did not; again changes nothing.
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub fn book_outside(&mut self, outside: &Outside) -> Result<(), JournalError> {
        self.commit(|sql| {
            sql.execute(
                "INSERT OR IGNORE INTO outside (signature, slot, at, lamports)
                 VALUES (:signature, :slot, :at, :lamports)",
                named_params! {
                    ":signature": outside.signature.to_string(), ":slot": whole(outside.slot)?,
                    ":at": outside.at, ":lamports": whole(outside.lamports)?,
                },
            )
            .map(drop)
        })
    }
}
