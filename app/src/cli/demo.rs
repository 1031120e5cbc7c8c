//! `gimbal demo`.

use super::arguments::{Demo, Output};
use super::output::{print, ReportFolder, Silence};
use super::verify::SnapshotFile;
use crate::chain::Mode;
use crate::demo::chain_world::ChainWorld;
use crate::demo::engine;
use crate::demo::prices::{generate, read_csv, PricePath};
use crate::report::{self, Settings, Summary};
use anyhow::{bail, Context, Result};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::time::Instant;

/// Days of generated prices where nothing else is asked.
const DEFAULT_DAYS: u32 = 365;

/// Checks everything, runs, reports.
pub fn run(options: &Demo) -> Result<()> {
    let folder = options.report.as_deref().map(ReportFolder::check).transpose()?;
    let save = options.save.as_deref().map(SnapshotFile::check).transpose()?;
    let path = price_path(options)?;
    let (mode, name) = mode(options)?;
    let count = options.depositors as usize;
    let started = Instant::now();
    let bar = progress(path.days.len());
    bar.set_message("setting up");
    let population = engine::depositors(options.seed, count);
    let silence = Silence::begin()?;
    let mut world = ChainWorld::new(mode, options.seed, &population, &path.days)?;
    bar.set_message("");
    let record = engine::run(&mut world, &path, options.seed, count, &mut |_| bar.inc(1))?;
    drop(silence);
    bar.finish_and_clear();
    let first = path.days[0].steps()[0];
    let last = path.days[path.days.len() - 1].steps()[3];
    let settings = Settings { mode: name, source: path.source, seed: options.seed, ends: (first, last) };
    let summary = Summary::of(&settings, &record);
    let text = match options.output {
        Output::Text => report::text(&summary),
        Output::Json => report::json(&summary)?,
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
fn mode(options: &Demo) -> Result<(Mode, &'static str)> {
    if !options.bytecode {
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
