//! `gimbal history`, and how commands come to an index that is up to date.

use super::arguments::address;
use super::session::Session;
use crate::amount;
use crate::chain::{ChainError, RpcChain, RpcOptions};
use crate::index::follow::PAGE;
use crate::index::{follow, vaults, watched, Database, IndexError, Indexer};
use crate::statement::history::{history, Day, History as Told};
use crate::statement::percent;
use crate::table::{pairs, row, table, words};
use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Result};
use clap::Args;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Tell a vault's history day by day: share price, flows, fees, keepers' work, and what it earned
///
/// Reads what happened since the last time from the cluster into an index first, and takes everything from there. Earnings
/// are actual: the mid price of a share now against the one at the beginning of each span, compounded to a year.
#[derive(Args, Debug)]
pub struct History {
    /// The vault's address
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,

    /// Days to show, up to the last one that is known
    #[arg(long, value_name = "N", default_value = "30", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    pub days: u32,

    /// Where the index is.
    #[command(flatten)]
    pub index: IndexArgs,
}

/// Where the index is, and whether it is brought up to date first.
#[derive(Args, Clone, Debug)]
pub struct IndexArgs {
    /// The index: an SQLite file, or postgres://USER@HOST/DATABASE (with ?sslmode=require for TLS)
    ///
    /// [default: ~/.local/share/gimbal/index.sqlite; for a test cluster a file of its own beside it]
    #[arg(long, value_name = "URL")]
    pub index: Option<String>,

    /// Take everything from the index as it is, and ask no cluster
    #[arg(long)]
    pub offline: bool,
}

/// An index, and the cluster that it is filled from.
pub(super) struct Source {
    pub indexer: Indexer,
    /// None where everything is taken from the index as it is.
    pub chain: Option<RpcChain>,
}

impl IndexArgs {
    /// Opens it.
    ///
    /// # Errors
    ///
    /// The index's, and those of the cluster unless `offline`.
    pub(super) fn open(&self, session: &Session) -> Result<Source> {
        if self.offline {
            let url = self.index.clone().unwrap_or_else(|| Database::default_url(None));
            if Database::is_missing(&url) {
                bail!("there is no index {url}: name the one to read with --index, or fill it without --offline first");
            }
            return Ok(Source { indexer: Indexer::open(&url, "")?, chain: None });
        }
        let config = &session.config;
        let options = RpcOptions { urls: config.urls.clone(), commitment: config.commitment, ..RpcOptions::default() };
        let chain = RpcChain::connect(&options)?;
        let genesis = chain.genesis_hash()?.to_string();
        let url = self.index.clone().unwrap_or_else(|| Database::default_url(Some(&genesis)));
        Ok(Source { indexer: Indexer::open(&url, genesis)?, chain: Some(chain) })
    }
}

impl Source {
    /// Brings the vault's history up to date, with the price of a share now; nothing offline.
    ///
    /// # Errors
    ///
    /// The index's and the cluster's; offline, for a vault that the index does not know.
    pub fn catch_up(&mut self, session: &mut Session, vault: &Pubkey) -> Result<()> {
        let Some(chain) = &self.chain else {
            return self.require(vault);
        };
        let new = follow(chain, &mut self.indexer, vault, PAGE)?;
        self.indexer.sample(chain, vault)?;
        session.tell_more(|| format!("{new} new transactions of {vault} in {}", self.indexer.database().url()));
        Ok(())
    }

    /// As [`Source::catch_up`], with the shares of every wallet compared.
    ///
    /// # Errors
    ///
    /// As [`Source::catch_up`].
    pub fn catch_up_with_holders(&mut self, session: &mut Session, vault: &Pubkey) -> Result<()> {
        self.catch_up(session, vault)?;
        let Some(chain) = &self.chain else { return Ok(()) };
        match self.indexer.reconcile_holders(chain, vault) {
            Ok(0) => Ok(()),
            Ok(moved) => {
                session
                    .tell_more(|| format!("{moved} wallets hold other shares than events tell: booked as transfers"));
                Ok(())
            }
            Err(IndexError::Chain(error @ (ChainError::Unreachable { .. } | ChainError::Backend(_)))) => {
                session.tell(&format!(
                    "the node does not list the holders of {vault}: transfers that named no mint are missing ({error})"
                ));
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    fn require(&mut self, vault: &Pubkey) -> Result<()> {
        let database = self.indexer.database();
        if watched(database, vault)?.is_some() {
            return Ok(());
        }
        let known: Vec<String> = vaults(database)?.iter().map(Pubkey::to_string).collect();
        match known.is_empty() {
            true => bail!("the index {} holds no vault: fill it without --offline first", database.url()),
            false => bail!("the index {} does not know {vault}, only {}", database.url(), known.join(", ")),
        }
    }
}

/// Runs it.
///
/// # Errors
///
/// The command's, each one sentence with a next step.
pub fn run(session: &mut Session, options: &History) -> Result<()> {
    let mut source = options.index.open(session)?;
    source.catch_up(session, &options.vault)?;
    let told = history(source.indexer.database(), &options.vault, Some(options.days))?;
    session.answer(&told, || text(&told))
}

fn text(told: &Told) -> String {
    let Some(last) = &told.last else {
        return format!("The vault {} has no price yet: nobody has paid in.", told.vault);
    };
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(out, "History of {} up to {} (UTC)", told.vault, last.short());
    let earned = told.apy.iter().map(|apy| {
        let span = if apy.days == 1 { "24 hours".to_owned() } else { format!("{} days", apy.days) };
        row(span, format!("{} ({} a year)", percent(apy.change), percent(apy.yearly)))
    });
    let earned: Vec<_> = earned.collect();
    match earned.is_empty() {
        true => out.push_str("  earnings are told from the second day on\n"),
        false => out.push_str(&pairs(&earned)),
    }
    let _ = writeln!(out, "  {} transactions, {} of them failed\n", told.transactions, told.failed);
    let _ = writeln!(out, "{}", days(&told.days, told.decimals));
    if told.days.iter().any(|day| !day.actions.is_empty()) {
        let _ = writeln!(out, "\nKeepers' work in these days\n{}", work(told));
    }
    if !told.changes.is_empty() {
        let _ = writeln!(out, "\nWhat roles decided in these days\n{}", changes(told));
    }
    out
}

fn work(told: &Told) -> String {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for (kind, count) in told.days.iter().flat_map(|day| &day.actions) {
        *counts.entry(kind).or_default() += count;
    }
    let sum = |read: fn(&Day) -> u64| told.days.iter().map(read).fold(0, u64::saturating_add);
    let mut table = table(&["action", "times"]);
    for (kind, count) in counts {
        table.add_row([kind.to_owned(), count.to_string()]);
    }
    let [pay, loss] = [sum(|day| day.keeper_pay.base_units), sum(|day| day.keeper_loss.base_units)]
        .map(|units| amount::format(units, told.decimals));
    format!("{table}\n  promised to keepers {pay}, lost in their moves {loss}")
}

fn changes(told: &Told) -> String {
    let mut table = words(&["time", "program", "what", "by", "set"]);
    for change in &told.changes {
        let set = change.details.as_object().map(|details| {
            details.iter().map(|(key, value)| format!("{key} {}", plain(value))).collect::<Vec<_>>().join("\n")
        });
        table.add_row([
            change.time.short(),
            change.program.clone(),
            change.kind.clone(),
            change.authority.clone().unwrap_or_default(),
            set.unwrap_or_default(),
        ]);
    }
    table.to_string()
}

/// A value as people write it.
fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn days(days: &[Day], decimals: u8) -> String {
    let header = [
        "day",
        "share price",
        "NAV mid",
        "paid in",
        "paid out",
        "tickets paid",
        "fees kept",
        "fees charged",
        "keepers",
    ];
    let mut table = table(&header);
    for day in days {
        let charged = day.management.base_units.saturating_add(day.performance.base_units);
        table.add_row([
            day.date.clone(),
            format!("{:.6}", day.share_price),
            day.nav.ui.clone(),
            day.deposited.ui.clone(),
            day.redeemed.ui.clone(),
            day.filled.ui.clone(),
            day.kept.ui.clone(),
            amount::format(charged, decimals),
            day.actions.values().sum::<u64>().to_string(),
        ]);
    }
    table.to_string()
}
