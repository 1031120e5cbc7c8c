//! The three commits of a transaction, and the cycles around them.

use anchor_lang::prelude::Pubkey;
use rusqlite::named_params;
use solana_message::VersionedMessage;
use solana_transaction::{versioned::VersionedTransaction, Signature};

use super::{
    records::{line_number, whole},
    wire, Journal, JournalError, Recorded,
};
use crate::keeper::ActionKey;

/// Settled signatures are kept this long, seconds: a month.
const KEPT: i64 = 30 * 86_400;
/// Cycles in which nothing was sent are kept as long as they are among the newest.
const KEPT_CYCLES: i64 = 10_000;

/// An action of which a transaction does all or a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// Which action.
    pub key: ActionKey,
    /// The vault that it serves.
    pub vault: Pubkey,
    /// The on-chain value that makes a replay a no-op.
    pub nonce: u64,
    /// Whether the action is done once this transaction has landed.
    pub completes: bool,
    /// Pay expected, base units of the vault.
    pub expected_pay: u64,
    /// Why, for people.
    pub reason: String,
}

/// A transaction that is about to be signed.
#[derive(Clone, Debug)]
pub struct Intent<'a> {
    /// The cycle in which it was planned.
    pub cycle: i64,
    /// What it does.
    pub works: &'a [Work],
    /// Lamports that it can cost at most.
    pub reserve: u64,
    /// The message that will be signed.
    pub message: &'a VersionedMessage,
    /// The chain's time, Unix seconds.
    pub at: i64,
}

/// An intent on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntentId(i64);

/// What became of a signature. What is not known yet has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It did its work.
    Landed {
        /// In this slot.
        slot: u64,
        /// For so many lamports.
        lamports: u64,
        /// Pay that vaults promised for it, base units of each.
        pay: Vec<(Pubkey, u64)>,
    },
    /// It landed, was refused by a program and cost its fee.
    Failed {
        /// In this slot.
        slot: u64,
        /// For so many lamports.
        lamports: u64,
        /// The error's name.
        name: String,
    },
    /// Its blockhash ran out: it never landed and never will.
    Expired,
}

/// How a cycle ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CycleEnd {
    /// The slot in which it ended.
    pub slot: u64,
    /// Actions planned.
    pub planned: u64,
    /// Transactions that did their work.
    pub landed: u64,
    /// Transactions that landed and were refused.
    pub failed: u64,
    /// Actions that the simulation refused.
    pub refused: u64,
    /// Actions put off: parked, beyond the budget, or not reached.
    pub put_off: u64,
    /// What went wrong, if anything.
    pub problem: Option<String>,
}

impl Journal {
    /// Writes that a cycle begins. It is also the proof that the journal can be written.
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub fn begin_cycle(&mut self, slot: u64, at: i64) -> Result<i64, JournalError> {
        self.commit(|sql| {
            sql.execute("INSERT INTO cycle (started_slot, started_at) VALUES (?1, ?2)", (whole(slot)?, at))?;
            Ok(sql.last_insert_rowid())
        })
    }

    /// Writes how a cycle ended.
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub fn end_cycle(&mut self, cycle: i64, end: &CycleEnd) -> Result<(), JournalError> {
        self.commit(|sql| {
            sql.execute(
                "UPDATE cycle SET ended_slot = :slot, planned = :planned, landed = :landed, failed = :failed,
                 refused = :refused, put_off = :put_off, problem = :problem WHERE id = :cycle",
                named_params! {
                    ":slot": whole(end.slot)?, ":planned": whole(end.planned)?, ":landed": whole(end.landed)?,
                    ":failed": whole(end.failed)?, ":refused": whole(end.refused)?, ":put_off": whole(end.put_off)?,
                    ":problem": end.problem, ":cycle": cycle,
                },
            )
            .map(drop)
        })
    }

    /// Writes what is about to be signed.
    ///
    /// # Errors
    ///
    /// Those of the file; then nothing may be signed.
    pub fn intend(&mut self, intent: &Intent<'_>) -> Result<IntentId, JournalError> {
        let message = intent.message.serialize();
        self.commit(|sql| {
            sql.execute(
                "INSERT INTO intent (cycle, reserve, message, made_at) VALUES (?1, ?2, ?3, ?4)",
                (intent.cycle, whole(intent.reserve)?, message, intent.at),
            )?;
            let id = sql.last_insert_rowid();
            for work in intent.works {
                sql.execute(
                    "INSERT INTO work (intent, kind, subject, line, vault, nonce, completes, expected_pay, reason)
                     VALUES (:intent, :kind, :subject, :line, :vault, :nonce, :completes, :pay, :reason)",
                    named_params! {
                        ":intent": id, ":kind": work.key.kind.name(), ":subject": work.key.subject.to_string(),
                        ":line": line_number(&work.key), ":vault": work.vault.to_string(),
                        ":nonce": work.nonce.to_string(), ":completes": work.completes,
                        ":pay": whole(work.expected_pay)?, ":reason": work.reason,
                    },
                )?;
            }
            Ok(IntentId(id))
        })
    }

    /// Writes a signature before it is sent. The bytes go in too, so that the same bytes can be sent again after a
    /// restart.
    ///
    /// # Errors
    ///
    /// Those of the file; then the transaction is not to be sent, and cannot be.
    pub fn record(
        &mut self,
        intent: IntentId,
        transaction: VersionedTransaction,
        last_valid_height: u64,
        at: i64,
    ) -> Result<Recorded, JournalError> {
        let signature = transaction.signatures.first().copied().unwrap_or_default();
        let wire = wire::write(&transaction);
        let blockhash = transaction.message.recent_blockhash().to_string();
        self.commit(|sql| {
            sql.execute(
                "INSERT INTO attempt (signature, intent, blockhash, last_valid_height, wire, reserve, signed_at)
                 SELECT :signature, id, :blockhash, :height, :wire, reserve, :at FROM intent WHERE id = :intent",
                named_params! {
                    ":signature": signature.to_string(), ":blockhash": blockhash,
                    ":height": whole(last_valid_height)?, ":wire": wire, ":at": at, ":intent": intent.0,
                },
            )
        })?;
        Ok(Recorded { transaction, signature, last_valid_height })
    }

    /// Writes what became of a signature; whether this was news. What landed stays landed: only an expiry, which rests
    /// on a node's word about heights, is corrected by what the chain shows later.
    ///
    /// # Errors
    ///
    /// Those of the file; the signature stays unsettled then.
    pub fn settle(&mut self, signature: &Signature, outcome: &Outcome, at: i64) -> Result<bool, JournalError> {
        let none: &[(Pubkey, u64)] = &[];
        let (word, slot, lamports, pay, name) = match outcome {
            Outcome::Landed { slot, lamports, pay } => ("landed", Some(*slot), *lamports, pay.as_slice(), None),
            Outcome::Failed { slot, lamports, name } => ("failed", Some(*slot), *lamports, none, Some(name.as_str())),
            Outcome::Expired => ("expired", None, 0, none, None),
        };
        let signature = signature.to_string();
        self.commit(|sql| {
            let changed = sql.execute(
                "UPDATE attempt SET outcome = :outcome, slot = :slot, lamports = :lamports, name = :name,
                 settled_at = :at
                 WHERE signature = :signature
                   AND (outcome IS NULL OR (outcome = 'expired' AND :outcome <> 'expired'))",
                named_params! {
                    ":outcome": word, ":slot": slot.map(whole).transpose()?, ":lamports": whole(lamports)?,
                    ":name": name, ":at": at, ":signature": signature,
                },
            )?;
            for (vault, pay) in pay.iter().filter(|(_, pay)| changed > 0 && *pay > 0) {
                sql.execute(
                    "INSERT INTO earned (signature, vault, pay) VALUES (?1, ?2, ?3)
                     ON CONFLICT (signature, vault) DO UPDATE SET pay = pay + ?3",
                    (&signature, vault.to_string(), whole(*pay)?),
                )?;
            }
            Ok(changed > 0)
        })
    }

    /// Forgets what no longer counts: signatures settled a month ago, idle cycles beyond the newest.
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub fn prune(&mut self, now: i64) -> Result<(), JournalError> {
        let before = now.saturating_sub(KEPT);
        self.commit(|sql| {
            sql.execute("DELETE FROM attempt WHERE outcome IS NOT NULL AND settled_at < ?1", [before])?;
            sql.execute(
                "DELETE FROM intent WHERE made_at < ?1
                 AND NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.intent = intent.id)",
                [before],
            )?;
            sql.execute("DELETE FROM outside WHERE at < ?1", [before])?;
            sql.execute("DELETE FROM parked WHERE until < ?1", [before])?;
            sql.execute(
                "DELETE FROM cycle WHERE id <= (SELECT max(id) FROM cycle) - ?1
                 AND NOT EXISTS (SELECT 1 FROM intent WHERE intent.cycle = cycle.id)",
                [KEPT_CYCLES],
            )
            .map(drop)
        })
    }
}
