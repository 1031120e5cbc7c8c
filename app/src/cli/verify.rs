//! `gimbal verify`, and the snapshot files that it reads.

use super::arguments::{Verify, VerifyOutput};
use super::output::{complain, print};
use crate::chain::{Chain, RpcChain, Snapshot};
use crate::verify::{verify, Options, Report};
use anyhow::{bail, Context, Result};
use std::path::{Path, PathBuf};

/// Reads, verifies, prints; whether everything holds.
pub fn run(options: &Verify) -> Result<bool> {
    let report = match (&options.snapshot, &options.url) {
        (Some(file), _) => {
            let snapshot = SnapshotFile::read(file)?;
            let other = snapshot.vault().filter(|vault| *vault != options.vault);
            let hint = || match other {
                Some(vault) => format!("{} was saved for the vault {vault}", file.display()),
                None => format!("cannot verify from {}", file.display()),
            };
            of(&snapshot, options).with_context(hint)?
        }
        (None, Some(url)) => of(&RpcChain::new(url)?, options)?,
        (None, None) => bail!("give --snapshot FILE or --url URL"),
    };
    print(&match options.output {
        VerifyOutput::Text => report.text(),
        VerifyOutput::Json => report.json(false)?,
        VerifyOutput::JsonCompact => report.json(true)?,
    })?;
    if !report.holds {
        complain(&report.verdict());
    }
    Ok(report.holds)
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
        let text = snapshot.to_json().context("cannot write the accounts as JSON")?;
        let mut draft = self.0.clone().into_os_string();
        draft.push(format!(".{}", std::process::id()));
        let written = std::fs::write(&draft, text).and_then(|()| std::fs::rename(&draft, &self.0));
        if written.is_err() {
            // The draft is of no use to anybody; failing to remove it changes nothing about the answer.
            let _ = std::fs::remove_file(&draft);
        }
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
