//! `gimbal keeper`: the daemon, one turn of it, and how it stands.

mod print;
mod turns;

use super::arguments::Global;
use super::config::node;
use super::output;
use super::signers::{self, Wallet};
use crate::chain::{Commitment, RpcChain, RpcOptions};
use crate::keeper::desk::Desk;
use crate::keeper::executor::{Executor, Settings};
use crate::keeper::journal::{Identity, Journal, Records};
use crate::keeper::logging::{self, Style};
use crate::keeper::metrics::Metrics;
use crate::keeper::plan::Purse;
use crate::keeper::status::Status;
use crate::keeper::stop::Stop;
use crate::keeper::KeeperConfig;
use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Context, Result};
use clap::{Args, Subcommand, ValueEnum};
use solana_signer::Signer;
use std::path::Path;
use std::rc::Rc;

/// Keep vaults in order for pay: update feeds, refresh, rebalance, fill tickets, harvest
///
/// All commands need the keeper's own configuration, a TOML file: --config FILE. It names nodes, the key that signs and
/// pays, vaults, limits and the journal; --url and --keypair replace what it says of them. A key that is registered as a
/// vault's keeper is paid for rebalances; everything else anybody may do.
#[derive(Args, Debug)]
pub struct Keeper {
    /// What to do
    #[command(subcommand)]
    pub command: KeeperCommand,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum KeeperCommand {
    /// Keep vaults until SIGTERM or Ctrl-C
    ///
    /// Every transaction is in the journal before it is sent, so that the process can be killed at any moment: the next
    /// one looks up what is under way and goes on. Logs go to standard error, metrics and health to the address that
    /// `metrics` names in the configuration. A second signal ends it at once.
    Run(Run),
    /// Do what is due now, once, and tell what became of it
    Once(Once),
    /// Show how the keeper stands: last turn, spending, what is under way and parked, and what is due in each vault
    Status,
}

/// Options of the daemon.
#[derive(Args, Clone, Debug)]
pub struct Run {
    /// Plan and try out what is due, print it, and send nothing
    #[arg(long)]
    pub dry_run: bool,

    /// How to write the log [default: json, or words on a terminal]
    #[arg(long, value_enum, value_name = "STYLE")]
    pub log: Option<Log>,
}

/// Options of a single turn.
#[derive(Args, Clone, Debug)]
pub struct Once {
    /// Plan and try out what is due, print it, and send nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Styles of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Log {
    /// One object a line
    Json,
    /// For people
    Words,
}

/// Runs a keeper's command; whether it went well.
///
/// # Errors
///
/// What cannot be begun: a configuration, a key, a node, a journal. A daemon that runs overcomes its troubles.
pub fn run(options: &Keeper, global: &Global) -> Result<bool> {
    let ground = Ground::new(global)?;
    match &options.command {
        KeeperCommand::Run(run) => {
            let style = match run.log {
                Some(Log::Json) => Style::Json,
                Some(Log::Words) => Style::Words,
                None if std::io::IsTerminal::is_terminal(&std::io::stderr()) => Style::Words,
                None => Style::Json,
            };
            logging::start(style, global.verbose);
            match run.dry_run {
                true => turns::rehearse(&ground, global, true),
                false => turns::run(&ground),
            }
        }
        KeeperCommand::Once(once) => {
            // What is told at the end is told once: the log is for finding faults.
            if global.verbose {
                logging::start(Style::Words, true);
            }
            match once.dry_run {
                true => turns::rehearse(&ground, global, false),
                false => turns::once(&ground, global),
            }
        }
        KeeperCommand::Status => status(&ground, global).map(|()| true),
    }
}

/// A configuration, and what it names.
struct Ground {
    config: KeeperConfig,
    chain: RpcChain,
    wallet: Wallet,
}

impl Ground {
    fn new(global: &Global) -> Result<Self> {
        let Some(path) = &global.config else { bail!("a keeper needs its configuration: give --config keeper.toml") };
        let mut config = KeeperConfig::read(path)?;
        if !global.url.is_empty() {
            config.urls.clone_from(&global.url);
        }
        let source = match &global.keypair {
            Some(source) => source.clone(),
            None => beside(path, &config.keypair),
        };
        let urls = config.urls.iter().map(|url| node(url)).collect::<Result<Vec<_>>>()?;
        let commitment = global.commitment.map_or(Commitment::Confirmed, Into::into);
        let options = RpcOptions { urls, commitment, ..RpcOptions::default() };
        Ok(Self { chain: RpcChain::connect(&options)?, wallet: signers::open(&source, "--keypair")?, config })
    }

    fn key(&self) -> Pubkey {
        self.wallet.key()
    }

    fn signer(&self) -> Result<Rc<dyn Signer>> {
        match &self.wallet {
            Wallet::Signing(signer) => Ok(Rc::clone(signer)),
            Wallet::Address(key) => bail!(
                "the keeper's `keypair` is only the address {key}: give its key file, or look with `keeper status` and --dry-run"
            ),
        }
    }

    fn desk(&self) -> Result<Desk> {
        Ok(Desk::new(self.config.clone(), self.key())?)
    }

    fn journal(&self) -> Result<Journal> {
        let identity = Identity { genesis: self.chain.genesis_hash()?, keeper: self.key() };
        Ok(Journal::open(&self.config.journal, &identity)?)
    }

    /// The journal to read; none where the keeper has not run yet.
    fn records(&self) -> Result<Option<Records>> {
        match self.config.journal.exists() {
            true => {
                let records = Records::open(&self.config.journal)?;
                records.require(&Identity { genesis: self.chain.genesis_hash()?, keeper: self.key() })?;
                Ok(Some(records))
            }
            false => Ok(None),
        }
    }

    fn executor<'a>(&'a self, signer: &'a dyn Signer, metrics: &Metrics, stop: &Stop) -> Result<Executor<'a>> {
        let settings = Settings::of(&self.config);
        Ok(Executor::new(&self.chain, signer, self.journal()?, settings, metrics.clone(), stop.clone())?)
    }
}

/// A key file's relative path is taken from the configuration's folder, if it is there.
fn beside(config: &Path, source: &str) -> String {
    let near = config.parent().map(|folder| folder.join(source)).filter(|near| near.is_file());
    near.and_then(|near| near.to_str().map(str::to_owned)).unwrap_or_else(|| source.to_owned())
}

fn status(ground: &Ground, global: &Global) -> Result<()> {
    let records = ground.records()?;
    let limit = ground.config.limits.max_lamports_per_hour;
    let compute_unit_price = ground.config.limits.compute_unit_price.unwrap_or_default();
    let purse = Purse { lamports_left: limit, compute_unit_price };
    let mut desk = ground.desk()?;
    let (world, plan) = desk.look(&ground.chain, &purse).context("cannot look at the vaults")?;
    let status = Status::new(world, &plan, records.as_ref(), limit)?;
    output::print(&match global.output.is_json() {
        true => output::json(&status, global.output)?,
        false => print::status(&status, &ground.config),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_beside_the_configuration_is_found() {
        let folder = std::env::temp_dir().join(format!("gimbal-beside-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (config, key) = (folder.join("keeper.toml"), folder.join("keeper.json"));
        std::fs::write(&key, "[]").unwrap();
        assert_eq!(beside(&config, "keeper.json"), key.to_str().unwrap());
        for elsewhere in ["other.json", "usb://ledger", "prompt://", "-"] {
            assert_eq!(beside(&config, elsewhere), elsewhere);
        }
        assert_eq!(beside(&config, key.to_str().unwrap()), key.to_str().unwrap());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
