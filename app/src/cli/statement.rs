//! `gimbal statement`: what an owner had, did, paid and gained, and whether all statements agree with the chain.

use super::arguments::address;
use super::history::{IndexArgs, Source};
use super::session::Session;
use super::verify::SnapshotFile;
use crate::chain::Chain;
use crate::identities::Identity;
use crate::index::{read, vaults};
use crate::statement::{self, csv, period, reconcile, text, Period, Statement as Told};
use crate::table::table;
use anchor_lang::prelude::Pubkey;
use anyhow::{anyhow, bail, Result};
use clap::{Args, ValueEnum};
use jiff::civil::Date;
use serde::Serialize;
use std::path::PathBuf;

/// How often a reconciliation starts again when the vault moves meanwhile.
const ATTEMPTS: usize = 5;

/// Print an owner's statement: values, flows, fees, profit, returns, lots and gains, first in, first out
///
/// Reads what happened since the last time from the cluster into an index first, and takes everything from there. Values are
/// given at NAV mid and as what an exit would pay; returns are time-weighted and money-weighted, a year's only where a year
/// is covered.
#[derive(Args, Debug)]
pub struct Statement {
    /// The owner's address
    #[arg(value_name = "OWNER", value_parser = address, required_unless_present_any = ["reconcile", "everybody"])]
    pub owner: Option<Pubkey>,

    /// The vault [default: every one in the index that the owner ever had something in]
    #[arg(long, value_name = "VAULT", value_parser = address)]
    pub vault: Option<Pubkey>,

    /// First day in UTC, such as 2026-01-01 [default: the vault's first]
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub from: Option<Date>,

    /// Last day in UTC [default: today]
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub to: Option<Date>,

    /// How to print the statement [default: as --output says]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<Format>,

    /// The statements of everybody who ever had something in the vault
    #[arg(long, conflicts_with = "owner", requires = "vault")]
    pub everybody: bool,

    /// Compare the statements of all owners over this vault's whole life with its accounts, to the unit
    #[arg(long, value_name = "VAULT", value_parser = address,
          conflicts_with_all = ["owner", "vault", "from", "to", "everybody"])]
    pub reconcile: Option<Pubkey>,

    /// Reconcile with the accounts saved in this file by `gimbal demo --save`
    #[arg(long, value_name = "FILE", requires_all = ["reconcile", "offline"])]
    pub snapshot: Option<PathBuf>,

    /// Where the index is.
    #[command(flatten)]
    pub index: IndexArgs,
}

/// Forms of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Tables for people
    Text,
    /// One table, one row a fact (RFC 4180)
    Csv,
    /// One object for each vault and owner, with stable keys
    Json,
}

fn day(text: &str) -> Result<Date, String> {
    period::day(text).map_err(|error| error.to_string())
}

/// Runs it.
///
/// # Errors
///
/// The command's, each one sentence with a next step; a reconciliation that does not hold.
pub fn run(session: &mut Session, options: &Statement) -> Result<()> {
    let period = period_of(options)?;
    let mut source = options.index.open(session)?;
    if let Some(vault) = options.reconcile {
        return run_reconciliation(session, &mut source, &vault, options);
    }
    let told = statements(session, &mut source, options, &period)?;
    print(session, options.format, &told)
}

fn period_of(options: &Statement) -> Result<Period> {
    let mut period = Period::EVER;
    if let (Some(from), Some(to)) = (options.from, options.to) {
        return Ok(Period::days(from, to)?);
    }
    if let Some(from) = options.from {
        period.from = period::midnight(from);
    }
    if let Some(to) = options.to {
        period.until = Period::days(to, to)?.until;
    }
    Ok(period)
}

fn statements(session: &mut Session, source: &mut Source, options: &Statement, period: &Period) -> Result<Vec<Told>> {
    let Some(owner) = options.owner else {
        let vault = options.vault.ok_or_else(|| anyhow!("name the vault with --vault"))?;
        source.catch_up_with_holders(session, &vault)?;
        return Ok(statement::all(source.indexer.database(), &vault, period)?);
    };
    let asked = match options.vault {
        Some(vault) => vec![vault],
        None => vaults(source.indexer.database())?,
    };
    if asked.is_empty() {
        bail!("the index {} holds no vault yet: name one with --vault", source.indexer.database().url());
    }
    for vault in &asked {
        source.catch_up_with_holders(session, vault)?;
    }
    let database = source.indexer.database();
    let known = read::vaults_of(database, &owner)?;
    let of: Vec<Pubkey> = asked.into_iter().filter(|vault| known.contains(vault)).collect();
    if of.is_empty() {
        let url = database.url();
        bail!("{owner} never had a share or a ticket in a vault of the index {url}: see the address, or name --vault");
    }
    let told = of.iter().map(|vault| statement::of(database, vault, &owner, period));
    Ok(told.collect::<Result<_, _>>()?)
}

fn print(session: &mut Session, format: Option<Format>, told: &[Told]) -> Result<()> {
    let shown = match format {
        None => {
            return session.answer(&told, || told.iter().map(text).collect::<Vec<_>>().join("\n"));
        }
        Some(Format::Text) => told.iter().map(text).collect::<Vec<_>>().join("\n"),
        Some(Format::Csv) => csv(told)?,
        Some(Format::Json) => serde_json::to_string_pretty(told)? + "\n",
    };
    session.terminal().print(&shown)
}

/// What a reconciliation found.
#[derive(Serialize)]
struct Reconciliation {
    vault: String,
    holds: bool,
    checks: Vec<Identity>,
}

fn run_reconciliation(session: &mut Session, source: &mut Source, vault: &Pubkey, options: &Statement) -> Result<()> {
    let checks = match (&options.snapshot, source.chain.is_some()) {
        (Some(file), _) => {
            source.catch_up(session, vault)?;
            let snapshot = SnapshotFile::read(file)?;
            reconcile(&snapshot, source.indexer.database(), vault, has_holders(&snapshot, vault))?
        }
        (None, true) => with_cluster(session, source, vault)?,
        (None, false) => {
            bail!("a reconciliation needs the vault's accounts: give --snapshot FILE, or leave --offline out")
        }
    };
    let broken: Vec<String> = checks
        .iter()
        .filter(|check| !check.holds() && !check.is_slack())
        .map(|check| format!("{} (residual {})", check.check, check.residual))
        .collect();
    let found = Reconciliation { vault: vault.to_string(), holds: broken.is_empty(), checks };
    session.answer(&found, || reconciliation(&found))?;
    if !broken.is_empty() {
        bail!(
            "the statements disagree with the accounts: {}; index the vault anew with another --index, and report it if that does not help",
            broken.join(", ")
        );
    }
    Ok(())
}

/// A snapshot of a node lists the vault's own accounts only.
fn has_holders(chain: &impl Chain, vault: &Pubkey) -> bool {
    crate::index::holders(chain, vault).is_ok_and(|held| !held.is_empty())
}

fn with_cluster(session: &mut Session, source: &mut Source, vault: &Pubkey) -> Result<Vec<Identity>> {
    for _ in 0..ATTEMPTS {
        source.catch_up_with_holders(session, vault)?;
        let Some(chain) = &source.chain else { break };
        let checks = reconcile(chain, source.indexer.database(), vault, false)?;
        // Whatever moved between the index and the accounts would look like a fault.
        if crate::index::follow(chain, &mut source.indexer, vault, crate::index::follow::PAGE)? == 0 {
            return Ok(checks);
        }
    }
    bail!("the vault {vault} changed each time while it was compared: try again in a quieter moment")
}

fn reconciliation(found: &Reconciliation) -> String {
    let mut table = table(&["check", "accounts", "statements", "residual"]);
    for check in &found.checks {
        table.add_row([
            check.name.clone(),
            check.expected.to_string(),
            check.actual.to_string(),
            check.residual.to_string(),
        ]);
    }
    let holding = found.checks.iter().filter(|check| check.holds()).count();
    format!("All statements of {} against its accounts\n{table}\n{holding} of {} hold", found.vault, found.checks.len())
}
