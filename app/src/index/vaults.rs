//! The vaults of an index, and how far each has been read.

use std::str::FromStr;

use anchor_lang::prelude::Pubkey;
use solana_transaction::Signature;

use super::books::Books;
use super::database::{Database, Row, Value};
use super::store::slot;
use super::IndexError;
use crate::pda::VaultAddresses;

/// A vault in the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// Its addresses.
    pub addresses: VaultAddresses,
    /// The mint of its base asset.
    pub base_mint: Pubkey,
    /// Decimals of base asset and shares.
    pub decimals: u8,
    /// The cluster that it is on; see [`Indexer::new`].
    pub cluster: String,
    /// What its events add up to.
    pub books: Books,
}

/// Every vault in the index, by address.
///
/// # Errors
///
/// [`IndexError::Sql`], [`IndexError::Corrupt`].
pub fn vaults(database: &mut Database) -> Result<Vec<Pubkey>, IndexError> {
    let rows = database.query("SELECT vault FROM vaults ORDER BY vault", &[])?;
    rows.iter().map(|row| row.parsed(0)).collect()
}

/// The vault at `key`, if it is in the index.
///
/// # Errors
///
/// [`IndexError::Sql`], [`IndexError::Corrupt`].
pub fn watched(database: &mut Database, key: &Pubkey) -> Result<Option<Watched>, IndexError> {
    let sql = "SELECT base_mint, decimals, books, cluster FROM vaults WHERE vault = $1";
    let rows = database.query(sql, &[key.to_string().into()])?;
    let read = |row: &Row| {
        Ok(Watched {
            addresses: VaultAddresses::of(key),
            base_mint: row.parsed(0)?,
            decimals: u8::try_from(row.int(1)?).map_err(|_| IndexError::Corrupt("decimals of a vault".to_owned()))?,
            cluster: row.text(3)?.to_owned(),
            books: serde_json::from_str(row.text(2)?).map_err(|error| IndexError::Corrupt(error.to_string()))?,
        })
    };
    rows.first().map(read).transpose()
}

pub(super) fn books_text(books: &Books) -> Result<String, IndexError> {
    serde_json::to_string(books).map_err(|error| IndexError::Corrupt(error.to_string()))
}

/// Gives a transaction its place in the vault's history; none where it has one already.
pub(super) fn take_place(
    database: &mut Database,
    vault: &Pubkey,
    signature: &Signature,
    at: u64,
    time: i64,
    paid: Option<(Pubkey, u64)>,
    failed: Option<&str>,
) -> Result<Option<i64>, IndexError> {
    let vault: Value = vault.to_string().into();
    let last = database
        .query("SELECT MAX(ordinal) FROM transactions WHERE vault = $1 AND slot = $2", &[vault.clone(), slot(at)])?;
    let last = last.first().map(|row| row.optional(0, Row::int)).transpose()?.flatten();
    let ordinal = last.map_or(0, |last| last + 1);
    let values = [
        vault,
        signature.to_string().into(),
        slot(at),
        ordinal.into(),
        time.into(),
        paid.map(|(payer, _)| payer.to_string()).into(),
        paid.map(|(_, fee)| fee).into(),
        failed.map(str::to_owned).into(),
    ];
    let written = database.execute(
        "INSERT INTO transactions (vault, signature, slot, ordinal, time, payer, fee, failed)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        &values,
    )?;
    Ok((written > 0).then_some(ordinal))
}

/// The last transaction that was read of an address's list.
pub(super) fn cursor(
    database: &mut Database,
    vault: &Pubkey,
    address: &Pubkey,
) -> Result<Option<Signature>, IndexError> {
    let sql = "SELECT signature FROM cursors WHERE vault = $1 AND address = $2";
    let rows = database.query(sql, &[vault.to_string().into(), address.to_string().into()])?;
    let read = |row: &Row| {
        Signature::from_str(row.text(0)?).map_err(|_| IndexError::Corrupt("a cursor that is no signature".to_owned()))
    };
    rows.first().map(read).transpose()
}

/// Moves a cursor on, with the rows up to it.
pub(super) fn set_cursor(
    database: &mut Database,
    vault: &Pubkey,
    address: &Pubkey,
    signature: &Signature,
    at: u64,
) -> Result<(), IndexError> {
    let values = [vault.to_string().into(), address.to_string().into(), signature.to_string().into(), slot(at)];
    // Of two indexers the one that is further on wins.
    database
        .execute(
            "INSERT INTO cursors (vault, address, signature, slot) VALUES ($1, $2, $3, $4)
             ON CONFLICT (vault, address) DO UPDATE SET signature = excluded.signature, slot = excluded.slot
             WHERE excluded.slot >= cursors.slot",
            &values,
        )
        .map(|_| ())
}
