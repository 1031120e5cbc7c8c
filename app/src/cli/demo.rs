//! `gimbal demo`.

use super::arguments::Output;
use super::output::{self, print, ReportFolder, Silence};
use super::verify::SnapshotFile;
use crate::chain::Mode;
use crate::demo::chain_world::ChainWorld;
use crate::demo::engine;
use crate::index::Indexer;
use crate::prices::{generate, read_csv, PricePath};
use crate::report::{self, Settings, Summary};
use anyhow::{bail, Context, Result};
use clap::{ArgAction, Args};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::Instant;

/// Days of generated prices where nothing else is asked.
const DEFAULT_DAYS: u32 = 365;
/// The longest run, in days.
const MAX_DAYS: u32 = 10_000;
/// The largest crowd.
const MAX_DEPOSITORS: u32 = 5_000;

/// Run the whole suite on an embedded chain while prices move, and report
///
/// Sets up a USDC vault over three lending lines (one of them in another token, valued through a price feed) on a
/// chain inside this process. Depositors enter, leave and queue, borrowers default, a venue runs dry for a week,
/// keepers turn the crank. Every instruction is a real transaction against the real programs. At the end it prints
/// NAV, share price, performance against each single venue, refusals by name, compute units, and the accounting
/// identities, whose residuals must all be zero.
///
/// Nothing is read but the price file, and nothing is written but the report that you ask for. The same seed and
/// prices give the same accounts, byte for byte.
#[derive(Args, Debug)]
pub struct Demo {
    /// Daily prices to run on: date,asset,open,high,low,close with BTC, ETH and SOL for every day
    ///
    /// Without it, prices are generated from the seed, and the report says so.
    #[arg(long, value_name = "CSV")]
    pub prices: Option<PathBuf>,

    /// Days to run [default: all of the file; 365 of generated prices]
    #[arg(long, value_name = "N", value_parser = days, allow_negative_numbers = true)]
    pub days: Option<u32>,

    /// Depositors
    #[arg(long, value_name = "N", default_value = "50", value_parser = depositors, allow_negative_numbers = true)]
    pub depositors: u32,

    /// Seed of the crowd, of all keys, and of generated prices
    #[arg(long, value_name = "N", default_value = "1", value_parser = seed, allow_negative_numbers = true)]
    pub seed: u64,

    /// Run the programs as on-chain bytecode (target/deploy/*.so, made by `cargo build-sbf`)
    #[arg(long, conflicts_with = "native", action = ArgAction::SetTrue)]
    pub bytecode: bool,

    /// Run the programs as native code [default]
    #[arg(long, action = ArgAction::SetTrue)]
    pub native: bool,

    /// Also write the report with charts as index.html into this folder (made if missing)
    #[arg(long, value_name = "DIR")]
    pub report: Option<PathBuf>,

    /// Also save all accounts and the clock at the end into this file, for `gimbal verify`
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,

    /// Also write the whole history into this index, for `gimbal history` and `gimbal statement`
    ///
    /// The name of an SQLite file (made if missing), or postgres://USER@HOST/DATABASE.
    #[arg(long, value_name = "FILE")]
    pub index: Option<String>,
}

fn days(text: &str) -> Result<u32, String> {
    within(text, "days", MAX_DAYS)
}

fn depositors(text: &str) -> Result<u32, String> {
    within(text, "depositors", MAX_DEPOSITORS)
}

fn within(text: &str, what: &str, most: u32) -> Result<u32, String> {
    match text.parse::<u32>() {
        Ok(number) if (1..=most).contains(&number) => Ok(number),
        _ => Err(format!("give a whole number of {what} from 1 to {most}")),
    }
}

/// Reads a seed.
///
/// # Errors
///
/// If it is not a whole number of 64 bits.
pub fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| "give a whole number from 0 to 18446744073709551615".to_owned())
}

/// Checks everything, runs, reports.
pub fn run(options: &Demo, format: Output) -> Result<()> {
    let folder = options.report.as_deref().map(ReportFolder::check).transpose()?;
    let save = options.save.as_deref().map(SnapshotFile::check).transpose()?;
    let index = options.index.as_deref().map(|url| Indexer::open(url, "demo")).transpose()?;
    let path = price_path(options)?;
    let (mode, name) = mode(options.bytecode)?;
    let count = options.depositors as usize;
    let started = Instant::now();
    let bar = progress(path.days.len());
    bar.set_message("setting up");
    let population = engine::depositors(options.seed, count);
    let silence = Silence::begin()?;
    let mut world = match index {
        Some(indexer) => ChainWorld::indexed(mode, options.seed, &population, &path.days, indexer)?,
        None => ChainWorld::new(mode, options.seed, &population, &path.days)?,
    };
    bar.set_message("");
    let record = engine::run(&mut world, &path, options.seed, count, &mut |_| bar.inc(1))?;
    // As it may be shown: a server's password stays out of it.
    let index = world.finish_index()?.map(|mut indexer| indexer.database().url().to_owned());
    drop(silence);
    bar.finish_and_clear();
    let first = path.days[0].steps()[0];
    let last = path.days[path.days.len() - 1].steps()[3];
    let settings = Settings { mode: name, source: path.source, seed: options.seed, ends: (first, last) };
    let summary = Summary::of(&settings, &record);
    let text = match format {
        Output::Text => report::text(&summary),
        Output::Json | Output::JsonCompact => output::json(&summary, format)?,
    };
    let page = match folder {
        Some(folder) => {
            let page = report::page(&record, &summary)
                .map_err(|error| anyhow::anyhow!("cannot draw the report: {error}; run without --report"))?;
            Some(folder.write(&page)?)
        }
        None => None,
    };
    let snapshot = world.snapshot();
    if let Some(save) = &save {
        save.write(&snapshot)?;
    }
    print(&text)?;
    tell(&format!("{} days in {:.1} s", summary.days, started.elapsed().as_secs_f64()));
    if let Some(page) = page {
        tell(&format!("report written to {}", page.display()));
    }
    if let (Some(file), Some(vault)) = (&options.save, snapshot.vault()) {
        let file = file.display();
        tell(&format!("accounts saved to {file}; verify them with `gimbal verify {vault} --snapshot {file}`"));
    }
    if let Some(index) = index {
        let vault = world.vault_key();
        tell(&format!("history written to {index}; read it with `gimbal history {vault} --index {index} --offline`"));
    }
    let broken: Vec<String> = summary
        .broken_identities()
        .map(|identity| format!("{} (residual {})", identity.name, identity.residual))
        .collect();
    if !broken.is_empty() {
        bail!(
            "the accounts disagree: {}; this is a fault of the suite, please report it with the seed",
            broken.join(", ")
        );
    }
    Ok(())
}

/// The prices asked for, cut to the days asked for.
fn price_path(options: &Demo) -> Result<PricePath> {
    let Some(file) = &options.prices else {
        return Ok(generate(options.seed, options.days.unwrap_or(DEFAULT_DAYS)));
    };
    let mut path = read_csv(file)?;
    if let Some(days) = options.days {
        let there = path.days.len();
        if days as usize > there {
            bail!("{} has {there} days, fewer than {days}; ask for --days {there} or less", file.display());
        }
        path.days.truncate(days as usize);
    }
    Ok(path)
}

/// How to run the programs, and its name in reports.
pub(super) fn mode(bytecode: bool) -> Result<(Mode, &'static str)> {
    if !bytecode {
        return Ok((Mode::Native, "native"));
    }
    let deploy_dir = crate::chain::deploy_dir();
    let missing: Vec<String> = crate::chain::program_specs()
        .iter()
        .map(|program| format!("{}.so", program.name.replace('-', "_")))
        .filter(|file| !deploy_dir.join(file).is_file())
        .collect();
    if !missing.is_empty() {
        bail!(
            "no bytecode: {} not found in {}; build it with `cargo build-sbf` (or `anchor build`), or run without --bytecode",
            missing.join(", "),
            deploy_dir.display()
        );
    }
    Ok((Mode::Bytecode { deploy_dir }, "bytecode"))
}

/// A bar on a terminal, nothing elsewhere.
fn progress(days: usize) -> ProgressBar {
    let target =
        if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(days as u64), target);
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} days  {elapsed} (about {eta} left) {msg}");
    if let Ok(style) = style.context("the bar's template") {
        bar.set_style(style);
    }
    bar
}

/// One line of news on standard error.
fn tell(message: &str) {
    // News that nobody reads are no failure.
    let _ = writeln!(std::io::stderr(), "{message}");
}

#[cfg(test)]
mod tests {
    use super::super::families::{Arguments, Command};
    use super::*;
    use clap::Parser;

    #[test]
    fn defaults() {
        let all = Arguments::try_parse_from(["gimbal", "demo"]).expect("valid");
        let Command::Demo(demo) = all.command else {
            panic!("another command");
        };
        assert_eq!((demo.prices, demo.days, demo.depositors, demo.seed), (None, None, 50, 1));
        assert_eq!((demo.bytecode, demo.native, demo.report, demo.save), (false, false, None, None));
        assert_eq!(all.global.output, Output::Text);
    }
}
