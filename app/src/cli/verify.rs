//! `gimbal verify`, and the snapshot files that it reads.

use super::arguments::{address, Global, Output};
use super::output::{complain, print};
use crate::chain::{Chain, Commitment, RpcChain, RpcOptions, Snapshot};
use crate::verify::{verify, Options, Report};
use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Context, Result};
use clap::Args;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Recompute a vault from raw accounts and compare it with what the programs have stored
///
/// Reads the vault's accounts, those of its ledger, lines, feeds, tickets and queued changes, and the lending reserves
/// under the lines; sums every amount anew, values every line from its reserve's bytes, derives every address, and
/// holds fees, limits, deadlines and pinned lists to what they must be. It prints who may replace the three programs,
/// and fails where that is a single key. The accounts are those of a file (--snapshot) or of a cluster (--url, read
/// only, at the commitment `finalized`); one of the two must be named.
///
/// Exit code: 0 all holds, 1 something is broken, 2 it could not be verified.
#[derive(Args, Debug)]
pub struct Verify {
    /// The vault's address
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,

    /// Verify the accounts saved in this file by `gimbal demo --save`
    #[arg(long, value_name = "FILE")]
    pub snapshot: Option<PathBuf>,

    /// A single key that may hold the programs' upgrade authority: that of a localnet. Can be given several times
    #[arg(long, value_name = "KEY", value_parser = address)]
    pub allow_upgrade_key: Vec<Pubkey>,
}

/// Reads, verifies, prints; whether everything holds.
///
/// # Errors
///
/// What keeps the vault from being verified.
pub fn run(options: &Verify, global: &Global) -> Result<bool> {
    let report = match (&options.snapshot, &global.url[..]) {
        (Some(_), [_, ..]) => {
            bail!("the argument '--snapshot <FILE>' cannot be used with '--url <URL_OR_MONIKER>'; see `gimbal verify --help`")
        }
        (Some(file), []) => {
            let snapshot = SnapshotFile::read(file)?;
            let other = snapshot.vault().filter(|vault| *vault != options.vault);
            let hint = || match other {
                Some(vault) => format!("{} was saved for the vault {vault}", file.display()),
                None => format!("cannot verify from {}", file.display()),
            };
            of(&snapshot, options).with_context(hint)?
        }
        (None, urls @ [_, ..]) => of(&finalized(urls)?, options)?,
        (None, []) => bail!("give --snapshot <FILE> or --url <URL_OR_MONIKER>; see `gimbal verify --help`"),
    };
    print(&match global.output {
        Output::Text => report.text(),
        Output::Json => report.json(false)?,
        Output::JsonCompact => report.json(true)?,
    })?;
    if !report.holds {
        complain(&report.verdict());
    }
    Ok(report.holds)
}

/// What the majority of the nodes says that cannot be undone any more, however the other commands read.
fn finalized(urls: &[String]) -> Result<RpcChain> {
    let (commitment, timeout) = (Commitment::Finalized, Duration::from_secs(60));
    Ok(RpcChain::connect(&RpcOptions { urls: urls.to_vec(), commitment, timeout, ..RpcOptions::default() })?)
}

fn of(chain: &impl Chain, options: &Verify) -> Result<Report> {
    let allowed = Options { allowed_upgrade_keys: options.allow_upgrade_key.clone() };
    Ok(verify(chain, &options.vault, &allowed)?)
}

/// A file of saved accounts.
#[derive(Debug)]
pub struct SnapshotFile(PathBuf);

impl SnapshotFile {
    /// Checks that a file can be written, without making it: its folder exists, and what is there already is a snapshot.
    pub fn check(path: &Path) -> Result<Self> {
        let shown = path.display();
        if path.is_dir() {
            bail!("{shown} is a folder; give --save the name of a file");
        }
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let data = std::fs::metadata(folder)
            .with_context(|| format!("cannot look at {}; give --save a file in another folder", folder.display()))?;
        if !data.is_dir() || data.permissions().readonly() {
            bail!("{} cannot be written to; give --save a file in another folder", folder.display());
        }
        if path.exists() && Self::read(path).is_err() {
            bail!("{shown} is not a snapshot of gimbal; move it away or give --save another file");
        }
        Ok(Self(path.to_owned()))
    }

    /// Writes it: complete under another name first, then renamed, so that no half file is ever seen.
    pub fn write(&self, snapshot: &Snapshot) -> Result<()> {
        let written = snapshot.write(&self.0);
        written.with_context(|| format!("cannot write {}; give --save another file", self.0.display()))
    }

    /// Reads one.
    pub fn read(path: &Path) -> Result<Snapshot> {
        let shown = path.display();
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {shown}; write one with `gimbal demo --save {shown}`"))?;
        Snapshot::from_json(&text).with_context(|| format!("cannot use {shown}"))
    }
}
