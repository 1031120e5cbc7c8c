//! Statements: what somebody had, did, paid and gained in a vault, from the index.
//!
//! | module | subject |
//! |---|---|
//! | [`period`] | from when to when |
//! | [`price`] | what shares are worth |
//! | [`lots`] | what they cost, first in, first out |
//! | [`returns`] | time-weighted and money-weighted returns |
//! | [`dilution`] | who bears fees that are charged as new shares |
//! | [`account`], [`replay`] | a walk through a vault's history with all holders |
//! | [`report`] | the statement, for people, as CSV and JSON |
//! | [`reconcile`] | all statements together against the chain |
//! | [`history`] | a vault day by day |

pub mod account;
mod csv;
pub mod dilution;
pub mod history;
pub mod lots;
mod maker;
pub mod period;
pub mod price;
pub mod reconcile;
pub mod replay;
pub mod report;
pub mod returns;
mod text;

use anchor_lang::prelude::Pubkey;

pub use self::csv::{csv, COLUMNS};
pub use period::Period;
pub use reconcile::reconcile;
pub use report::Statement;
pub use text::{percent, text};

use crate::index::{watched, Database, IndexError};
use maker::Maker;
use replay::Replay;

/// The statement of `owner` in the vault over a period.
///
/// # Errors
///
/// [`IndexError::UnknownVault`], [`IndexError::Sql`], [`IndexError::Corrupt`].
pub fn of(database: &mut Database, vault: &Pubkey, owner: &Pubkey, period: &Period) -> Result<Statement, IndexError> {
    let decimals = watched(database, vault)?.ok_or(IndexError::UnknownVault(*vault))?.decimals;
    let replay = Replay::run(database, vault, period)?;
    Ok(Maker { vault, decimals, period, replay: &replay }.statement(owner))
}

/// The statements of everybody who ever held a share or a ticket of the vault, by address.
///
/// # Errors
///
/// As [`of`].
pub fn all(database: &mut Database, vault: &Pubkey, period: &Period) -> Result<Vec<Statement>, IndexError> {
    let decimals = watched(database, vault)?.ok_or(IndexError::UnknownVault(*vault))?.decimals;
    let replay = Replay::run(database, vault, period)?;
    let maker = Maker { vault, decimals, period, replay: &replay };
    Ok(replay.accounts.keys().map(|owner| maker.statement(owner)).collect())
}
