//! `gimbal risk backtest`.

use super::super::arguments::Output;
use super::super::demo::mode;
use super::super::output::{self, print, Silence};
use crate::date::Date;
use crate::risk::backtest::{self, Model, Settings, Window, LEAST_WARMUP};
use crate::risk::series::PriceFile;
use anyhow::{bail, Result};
use clap::{ArgAction, Args, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::Instant;

/// The largest warm-up.
const MOST_WARMUP: u32 = 100_000;
/// Levels that an engine estimates a tail for, basis points beyond the value at risk.
const LEVELS: std::ops::RangeInclusive<u16> = 10..=500;

/// What follows the options in the long help.
const EXAMPLES: &str = "\
Examples:
  gimbal risk backtest --prices prices.csv
  gimbal risk backtest --prices prices.csv --asset ETH,SOL --model mixture --from 2024-01-01
  gimbal risk backtest --prices SOL-USD.csv --level 0.975 --output json > report.json

Exit codes: 0 the backtest ran, whatever came of it (see `passed` and `missed` in the JSON); 1 the file or the
chain refused; 2 the command itself is wrong. About 5,000 transactions a second, four for each day, asset and model.";

/// Feed past prices through the on-chain programs, and test every forecast that they made
///
/// Every asset of the file gets a feed of its own on a chain inside this process, and each model a chain of its own. Every
/// day's open, low, high and close are brought as signed prices by real transactions; the feed closes its bars, forecasts the
/// next day's variance and the loss that is exceeded with the level's probability. Forecasts, bars and counters are read from
/// the feed's account; nothing is forecast by this command.
///
/// For each asset, model and window: days, exceptions, Kupiec's LR (coverage) and Christoffersen's (independence), Basel's
/// zone of the worst 250 days, QLIKE against the range-based variance (Parkinson) and against the squared return, the quantile
/// loss, the mean value at risk; and how far the default model is from the best of EWMA, GARCH and HAR. The windows are all
/// days, those before 2023 (on which the default parameters were chosen) and those from then on.
///
/// The file: a header that names date, open, high, low and close, and asset (or symbol) where there are several, in any order
/// and case; other columns are not read. Dates as 2024-01-31, with or without a time, or as Unix seconds or milliseconds, in
/// UTC. Rows may come in any order. A missing day counts as a gap: the move is measured over it. Assets may be called
/// anything, cover different days and cost anything.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct Backtest {
    /// Daily prices with a header such as date,asset,open,high,low,close; one row for each asset and day
    #[arg(long, value_name = "CSV")]
    pub prices: PathBuf,

    /// Only this asset of the file. Can be given several times
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub asset: Vec<String>,

    /// Which forecast to test. Can be given several times
    #[arg(long, value_enum, value_name = "MODEL", value_delimiter = ',', default_value = "all")]
    pub model: Vec<ModelArg>,

    /// Level of the value at risk, from 0.95 to 0.999
    #[arg(long, value_name = "LEVEL", default_value = "0.99", value_parser = level)]
    pub level: Level,

    /// First bars of each asset that are not reported on
    #[arg(long, value_name = "BARS", default_value = "250", value_parser = warmup, allow_negative_numbers = true)]
    pub warmup: u32,

    /// Report on days from this one on, instead of on the usual windows
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub from: Option<Date>,

    /// Report on days up to this one, instead of on the usual windows
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub to: Option<Date>,

    /// Run the programs as on-chain bytecode (target/deploy/*.so, made by `cargo build-sbf`)
    #[arg(long, conflicts_with = "native", action = ArgAction::SetTrue)]
    pub bytecode: bool,

    /// Run the programs as native code [default]
    #[arg(long, action = ArgAction::SetTrue)]
    pub native: bool,
}

/// Forecasts by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ModelArg {
    /// Every one of them
    All,
    /// All four models, weighted by how they fared: the default of every feed
    Mixture,
    /// Exponentially weighted squared returns
    Ewma,
    /// GARCH(1,1)
    Garch,
    /// HAR on range-based variance
    Har,
    /// GARCH's recursion on range-based variance
    Range,
}

impl ModelArg {
    fn models(self) -> &'static [Model] {
        match self {
            Self::All => &Model::ALL,
            Self::Mixture => &[Model::Mixture],
            Self::Ewma => &[Model::Ewma],
            Self::Garch => &[Model::Garch],
            Self::Har => &[Model::Har],
            Self::Range => &[Model::Range],
        }
    }
}

/// A level of a value at risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// What lies beyond, basis points: 100 for 0.99.
    pub beyond_bps: u16,
}

fn level(text: &str) -> Result<Level, String> {
    let wrong = || "give a level from 0.95 to 0.999 with at most four decimals, such as 0.99".to_owned();
    let digits = text.strip_prefix("0.").or_else(|| text.strip_prefix('.')).ok_or_else(wrong)?;
    if digits.is_empty() || digits.len() > 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let within: u16 = format!("{digits:0<4}").parse().map_err(|_| wrong())?;
    let beyond_bps = 10_000 - within;
    if LEVELS.contains(&beyond_bps) {
        Ok(Level { beyond_bps })
    } else {
        Err(wrong())
    }
}

fn warmup(text: &str) -> Result<u32, String> {
    match text.parse::<u32>() {
        Ok(bars) if bars as usize >= LEAST_WARMUP && bars <= MOST_WARMUP => Ok(bars),
        _ => Err(format!("give a whole number of bars from {LEAST_WARMUP} to {MOST_WARMUP}")),
    }
}

fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "give a day as YYYY-MM-DD".to_owned())
}

/// Checks everything, runs, reports.
///
/// # Errors
///
/// A file that cannot be used, and what the chain refuses. That a model fails a test is an answer.
pub fn run(options: &Backtest, format: Output) -> Result<()> {
    if let (Some(from), Some(to)) = (options.from, options.to) {
        if from > to {
            bail!("--from {from} is later than --to {to}: give the earlier day first");
        }
    }
    let file = PriceFile::read(&options.prices)?.only(&options.asset)?;
    let (mode, _) = mode(options.bytecode)?;
    let asked: Vec<Model> = options.model.iter().flat_map(|model| model.models()).copied().collect();
    let settings = Settings {
        mode,
        // In the order of reports, each once.
        models: Model::ALL.into_iter().filter(|model| asked.contains(model)).collect(),
        level_bps: options.level.beyond_bps,
        warmup: options.warmup as usize,
        windows: Window::choose(options.from, options.to),
        threads: std::thread::available_parallelism().map_or(1, usize::from),
    };
    let started = Instant::now();
    // Assets with too few days are not run.
    let days = file.series.iter().map(|series| series.days.len()).filter(|days| *days > settings.warmup).sum::<usize>();
    let bar = progress(days * settings.models.len());
    let silence = Silence::begin()?;
    let report = backtest::run(&file, &settings, &|| bar.inc(1));
    drop(silence);
    bar.finish_and_clear();
    let report = report?;
    print(&match format {
        Output::Text => backtest::text(&report),
        Output::Json | Output::JsonCompact => output::json(&report, format)?,
    })?;
    // News that nobody reads are no failure.
    let _ =
        writeln!(std::io::stderr(), "{} transactions in {:.1} s", report.transactions, started.elapsed().as_secs_f64());
    Ok(())
}

/// A bar on a terminal, nothing elsewhere.
fn progress(days: usize) -> ProgressBar {
    let target =
        if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(days as u64), target);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} days  {elapsed} (about {eta} left)") {
        bar.set_style(style);
    }
    bar
}

#[cfg(test)]
mod tests {
    use super::super::super::families::{Arguments, Command};
    use super::super::Command as RiskCommand;
    use super::*;
    use clap::Parser;

    fn parse(words: &[&str]) -> Result<Backtest, clap::Error> {
        let words = ["gimbal", "risk", "backtest", "--prices", "p.csv"].iter().chain(words);
        match Arguments::try_parse_from(words)?.command {
            Command::Risk(risk) => match risk.command {
                RiskCommand::Backtest(backtest) => Ok(backtest),
                other => panic!("another command: {other:?}"),
            },
            other => panic!("another command: {other:?}"),
        }
    }

    #[test]
    fn defaults() {
        let backtest = parse(&[]).expect("valid");
        assert_eq!((backtest.model, backtest.level.beyond_bps, backtest.warmup), (vec![ModelArg::All], 100, 250));
        assert_eq!((backtest.from, backtest.to, backtest.bytecode), (None, None, false));
        assert!(backtest.asset.is_empty());
    }

    #[test]
    fn levels_are_exact() {
        for (text, beyond) in [("0.99", 100), ("0.95", 500), ("0.975", 250), ("0.999", 10), (".9950", 50)] {
            assert_eq!(level(text), Ok(Level { beyond_bps: beyond }), "{text}");
        }
        for wrong in ["1", "0.9499", "0.9991", "0.99999", "99", "0.", "", "0.9a", "-0.99", "0,99", "1.99"] {
            assert!(level(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn models_days_and_warm_ups_are_checked_before_anything_runs() {
        assert_eq!(parse(&["--model", "har,mixture"]).expect("valid").model, [ModelArg::Har, ModelArg::Mixture]);
        assert_eq!(parse(&["--asset", "SOL,Gold 999", "--asset", "x"]).expect("valid").asset, ["SOL", "Gold 999", "x"]);
        for wrong in [["--model", "arch"], ["--warmup", "29"], ["--warmup", "-1"], ["--from", "2023-02-30"]] {
            assert!(parse(&wrong).is_err(), "{wrong:?}");
        }
        let late = parse(&["--from", "2023-02-02", "--to", "2023-02-01"]).expect("valid");
        let error = run(&late, Output::Text).expect_err("refused").to_string();
        assert_eq!(error, "--from 2023-02-02 is later than --to 2023-02-01: give the earlier day first");
    }
}
