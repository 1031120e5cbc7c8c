//! Reading a vault's history, in order.

use anchor_lang::prelude::Pubkey;

use super::database::{Database, Row};
use super::rows::{Change, Charge, Flow, KeeperAction, Place, PricePoint, TicketTerms};
use super::IndexError;

type Result<T> = std::result::Result<T, IndexError>;

/// Every flow of the vault before `until`, Unix seconds.
///
/// # Errors
///
/// [`IndexError::Sql`], [`IndexError::Corrupt`]; the same for all functions here.
pub fn flows(database: &mut Database, vault: &Pubkey, until: i64) -> Result<Vec<Flow>> {
    let sql = "SELECT slot, ordinal, position, time, signature, kind, owner, other, ticket, sequence, shares, assets,
                fee, in_kind FROM flows WHERE vault = $1 AND time < $2 ORDER BY slot, ordinal, position, signature";
    all(database, sql, vault, until, |row| {
        Ok(Flow {
            place: place(row)?,
            kind: row.parsed(5)?,
            owner: row.parsed(6)?,
            other: row.optional(7, Row::parsed)?,
            ticket: row.optional(8, Row::parsed)?,
            sequence: row.optional(9, Row::amount)?,
            shares: row.amount(10)?,
            assets: row.amount(11)?,
            fee: row.amount(12)?,
            in_kind: row.amount(13)?,
        })
    })
}

/// Every charge of management and performance fees before `until`.
///
/// # Errors
///
/// As [`flows`].
pub fn charges(database: &mut Database, vault: &Pubkey, until: i64) -> Result<Vec<Charge>> {
    let sql = "SELECT slot, ordinal, position, time, signature, management, performance, shares, mark, nav, supply
               FROM fees WHERE vault = $1 AND time < $2 ORDER BY slot, ordinal, position, signature";
    all(database, sql, vault, until, |row| {
        Ok(Charge {
            place: place(row)?,
            management: row.amount(5)?,
            performance: row.amount(6)?,
            shares: row.amount(7)?,
            mark: row.amount(8)?,
            nav: row.amount(9)?,
            supply: row.amount(10)?,
        })
    })
}

/// Every price before `until`.
///
/// # Errors
///
/// As [`flows`].
pub fn prices(database: &mut Database, vault: &Pubkey, until: i64) -> Result<Vec<PricePoint>> {
    let sql = "SELECT slot, ordinal, position, time, id, source, low, mid, high, supply, leaving, exit_bps
               FROM prices WHERE vault = $1 AND time < $2 ORDER BY slot, ordinal, position, id";
    all(database, sql, vault, until, |row| {
        Ok(PricePoint {
            place: place(row)?,
            source: row.parsed(5)?,
            low: row.optional(6, Row::amount)?,
            mid: row.optional(7, Row::amount)?,
            high: row.optional(8, Row::amount)?,
            supply: row.amount(9)?,
            leaving: row.optional(10, Row::amount)?,
            exit_bps: small(row, 11)?,
        })
    })
}

/// Every keeper action from `since` on, Unix seconds.
///
/// # Errors
///
/// As [`flows`].
pub fn keeper_actions(database: &mut Database, vault: &Pubkey, since: i64) -> Result<Vec<KeeperAction>> {
    let sql = "SELECT slot, ordinal, position, time, signature, kind, actor, line, amount, loss, pay
               FROM keeper_actions WHERE vault = $1 AND time >= $2 ORDER BY slot, ordinal, position, signature";
    all(database, sql, vault, since, |row| {
        Ok(KeeperAction {
            place: place(row)?,
            kind: row.text(5)?.to_owned(),
            actor: row.parsed(6)?,
            line: row.optional(7, small)?,
            amount: row.amount(8)?,
            loss: row.optional(9, Row::amount)?,
            pay: row.optional(10, Row::amount)?,
        })
    })
}

/// Every decision from `since` on, Unix seconds.
///
/// # Errors
///
/// As [`flows`].
pub fn changes(database: &mut Database, vault: &Pubkey, since: i64) -> Result<Vec<Change>> {
    let sql = "SELECT slot, ordinal, position, time, signature, program, kind, authority, details
               FROM changes WHERE vault = $1 AND time >= $2 ORDER BY slot, ordinal, position, signature";
    all(database, sql, vault, since, |row| {
        Ok(Change {
            place: place(row)?,
            program: row.text(5)?.to_owned(),
            kind: row.text(6)?.to_owned(),
            authority: row.optional(7, Row::parsed)?,
            details: row.text(8)?.to_owned(),
        })
    })
}

/// What was fixed for every ticket at its request before `until`.
///
/// # Errors
///
/// As [`flows`].
pub fn tickets(database: &mut Database, vault: &Pubkey, until: i64) -> Result<Vec<TicketTerms>> {
    let sql = "SELECT ticket, sequence, requested_at, shares, min_assets, overdue_at, in_kind_at, exit_bps
               FROM tickets WHERE vault = $1 AND requested_at < $2 ORDER BY sequence";
    all(database, sql, vault, until, |row| {
        Ok(TicketTerms {
            ticket: row.parsed(0)?,
            sequence: row.amount(1)?,
            requested_at: row.int(2)?,
            shares: row.amount(3)?,
            min_assets: row.amount(4)?,
            overdue_at: row.int(5)?,
            in_kind_at: row.int(6)?,
            exit_bps: small(row, 7)?,
        })
    })
}

/// How many transactions of the vault are known, and how many of them failed.
///
/// # Errors
///
/// As [`flows`].
pub fn transactions(database: &mut Database, vault: &Pubkey) -> Result<(i64, i64)> {
    let sql = "SELECT COUNT(*), COUNT(failed) FROM transactions WHERE vault = $1";
    let rows = database.query(sql, &[vault.to_string().into()])?;
    rows.first().map_or(Ok((0, 0)), |row| Ok((row.int(0)?, row.int(1)?)))
}

/// Vaults in which `owner` ever had a share or a ticket, by address.
///
/// # Errors
///
/// As [`flows`].
pub fn vaults_of(database: &mut Database, owner: &Pubkey) -> Result<Vec<Pubkey>> {
    let sql = "SELECT DISTINCT vault FROM flows WHERE owner = $1 OR other = $1 ORDER BY vault";
    database.query(sql, &[owner.to_string().into()])?.iter().map(|row| row.parsed(0)).collect()
}

fn all<T>(
    database: &mut Database,
    sql: &str,
    vault: &Pubkey,
    moment: i64,
    read: impl Fn(&Row) -> Result<T>,
) -> Result<Vec<T>> {
    database.query(sql, &[vault.to_string().into(), moment.into()])?.iter().map(read).collect()
}

fn place(row: &Row) -> Result<Place> {
    Ok(Place {
        slot: u64::try_from(row.int(0)?).map_err(|_| IndexError::Corrupt("a slot below zero".to_owned()))?,
        ordinal: row.int(1)?,
        position: row.int(2)?,
        time: row.int(3)?,
        signature: row.text(4)?.to_owned(),
    })
}

fn small(row: &Row, place: usize) -> Result<u16> {
    u16::try_from(row.int(place)?).map_err(|_| IndexError::Corrupt(format!("a number out of range in column {place}")))
}
