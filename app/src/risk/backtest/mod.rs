//! Backtests: daily prices through the on-chain programs, and how the forecasts fared.
//!
//! Every asset and model gets a chain of its own with a feed whose engine has that model's parameters, and four price updates
//! a day. Nothing is forecast here: forecasts, tails and bars are read from the feed's account behind every close. What is
//! reported is recomputed from them, day by day, and must be exactly what the feed has counted itself.
//!
//! | module | subject |
//! |---|---|
//! | [`course`] | an asset's days as transactions |
//! | [`score`] | how each day's forecast fared, held against the feed's counters |
//! | [`window`] | which days are reported on |
//! | [`measure`] | the figures of a window |
//! | [`report`] | all of them, as plain data |
//! | [`missed`] | which marks were missed, and what that says |
//! | [`text`](mod@text) | the same as tables |

pub mod course;
pub mod measure;
pub mod missed;
pub mod report;
pub mod score;
pub mod text;
pub mod window;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::Mutex;

use gimbal_math::MathError;
use risk_oracle::state::engine::{SEASON, WEIGHT_ONE};

use crate::chain::{ChainError, Mode};
use crate::date::Date;
use crate::risk::series::{PriceFile, Series};
use course::Course;
use measure::{rounded, Measures};
use report::{AssetReport, Limits, ModelReport, Report, Skipped, WindowReport};
use score::DayScore;

pub use crate::risk::model::Model;
pub use text::text;
pub use window::Window;

/// Bars after which an engine's forecasts are tested: a warm-up is at least as long.
pub const LEAST_WARMUP: usize = SEASON as usize;

/// Why a backtest has no result. Each message is one line and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum BacktestError {
    /// An asset without a day.
    #[error("{asset} has no days: add its prices to the file")]
    NoDays {
        /// The asset.
        asset: String,
    },
    /// Too few days of every asset.
    #[error(
        "{asset} has {days} days, and the first {warmup} only warm up: add days to the file, or give a smaller --warmup \
         (at least {LEAST_WARMUP})"
    )]
    TooShort {
        /// The first asset.
        asset: String,
        /// Its days.
        days: usize,
        /// Bars that are left out.
        warmup: usize,
    },
    /// The windows hold none of the tested days.
    #[error("no tested day lies in the days asked for: the file has tested days from {first} to {last}")]
    NoDaysInWindows {
        /// The first tested day.
        first: Date,
        /// The last one.
        last: Date,
    },
    /// The chain refused a transaction.
    #[error("{asset} ({model}) on {date}: {error}")]
    Chain {
        /// The asset.
        asset: String,
        /// The model's name.
        model: &'static str,
        /// The day.
        date: Date,
        /// What the chain said.
        error: Box<ChainError>,
    },
    /// A figure cannot be computed.
    #[error("{asset} on {date}: {error}; this is a fault of the suite, please report it with the prices")]
    Math {
        /// The asset.
        asset: String,
        /// The day.
        date: Date,
        /// What the mathematics said.
        error: MathError,
    },
    /// The feed has counted otherwise than its own forecasts and bars give.
    #[error(
        "{asset} ({model}) on {date}: the feed's own {what} disagree with its forecast and bar; this is a fault of the \
         suite, please report it with the prices"
    )]
    Disagrees {
        /// The asset.
        asset: String,
        /// The model's name.
        model: &'static str,
        /// The day.
        date: Date,
        /// Which figure.
        what: &'static str,
    },
    /// A level at which no value at risk is estimated.
    #[error("{0} basis points are no level of a tail: give --level from 0.95 to 0.999")]
    Level(u16),
}

/// What to test, and on what.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How the programs run.
    pub mode: Mode,
    /// The models, each once.
    pub models: Vec<Model>,
    /// Level of the tail, basis points: 100 for a value at risk at 99%.
    pub level_bps: u16,
    /// First bars of each asset that are left out, at least [`LEAST_WARMUP`].
    pub warmup: usize,
    /// What to report on.
    pub windows: Vec<Window>,
    /// How many chains run at a time.
    pub threads: usize,
}

/// Runs all assets of a file that have more days than the warm-up; the others are named in the report. `step` is called once
/// for each day of each asset and model.
///
/// # Errors
///
/// [`BacktestError`]; of several, that of the first asset and model. [`BacktestError::TooShort`] where no asset has days enough.
pub fn run(file: &PriceFile, settings: &Settings, step: &(dyn Fn() + Sync)) -> Result<Report, BacktestError> {
    let (series, short): (Vec<&Series>, Vec<&Series>) = file.series.iter().partition(|series| tested(series, settings));
    if let (true, Some(short)) = (series.is_empty(), short.first()) {
        let (asset, days) = (short.asset.clone(), short.days.len());
        return Err(BacktestError::TooShort { asset, days, warmup: settings.warmup });
    }
    let jobs: Vec<(&Series, Model)> =
        series.iter().flat_map(|series| settings.models.iter().map(move |model| (*series, *model))).collect();
    let mut reports = each(&jobs, settings, step)?.into_iter();
    let mut transactions = 0;
    let mut assets = Vec::with_capacity(series.len());
    for one in &series {
        let of_asset = reports.by_ref().take(settings.models.len());
        let models = of_asset.map(|(report, sent)| {
            transactions += sent;
            report
        });
        assets.push(asset_report(one, models.collect()));
    }
    if assets.iter().all(|asset| asset.models.iter().all(|model| model.windows.is_empty())) {
        let dates = |days: &[(Date, _)]| days.first().zip(days.last()).map(|(first, last)| (first.0, last.0));
        let tested = series.iter().filter_map(|series| dates(series.days.get(settings.warmup..)?));
        let (first, last) =
            tested.fold((Date(u32::MAX), Date(0)), |(first, last), (from, to)| (first.min(from), last.max(to)));
        return Err(BacktestError::NoDaysInWindows { first, last });
    }
    let marks: Vec<bool> = assets.iter().filter_map(AssetReport::passed).collect();
    let all_marked = marks.len() == file.series.len();
    Ok(Report {
        prices: file.name.clone(),
        prices_sha256: file.sha256.clone(),
        programs: if matches!(settings.mode, Mode::Native) { "native" } else { "bytecode" },
        level: rounded(1.0 - f64::from(settings.level_bps) / 10_000.0),
        warmup: settings.warmup,
        transactions,
        limits: Limits::THESE,
        passed: if marks.contains(&false) { Some(false) } else { all_marked.then_some(true) },
        missed: assets.iter().flat_map(missed::missed).collect(),
        skipped: short.into_iter().map(|series| Skipped::new(&series.asset, series.days.len())).collect(),
        assets,
    })
}

/// Whether a day of it is left behind the warm-up.
fn tested(series: &Series, settings: &Settings) -> bool {
    series.days.len() > settings.warmup
}

/// What came of a model on an asset, and how many transactions that took.
type Tested = (ModelReport, usize);

/// Runs every job on a chain of its own, several at a time, and gives the results in the order of the jobs.
fn each(
    jobs: &[(&Series, Model)],
    settings: &Settings,
    step: &(dyn Fn() + Sync),
) -> Result<Vec<Tested>, BacktestError> {
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let done = Mutex::new(Vec::with_capacity(jobs.len()));
    let work = || {
        while !failed.load(Ordering::Relaxed) {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some((series, model)) = jobs.get(place) else { return };
            let result = test(series, *model, settings, step);
            failed.fetch_or(result.is_err(), Ordering::Relaxed);
            done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((place, result));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..settings.threads.clamp(1, jobs.len().max(1)) {
            scope.spawn(work);
        }
    });
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}

fn test(series: &Series, model: Model, settings: &Settings, step: &(dyn Fn() + Sync)) -> Result<Tested, BacktestError> {
    let params = model.params(settings.level_bps).map_err(|_| BacktestError::Level(settings.level_bps))?;
    params.validate().map_err(|_| BacktestError::Level(settings.level_bps))?;
    let course = course::run(settings.mode.clone(), series, model.name(), &params, step)?;
    let days = score::scores(&series.asset, model.name(), settings.level_bps, &course)?;
    // Only the figures are kept: the days of many assets would fill the memory.
    Ok((model_report(model, &course, &days, settings)?, course.transactions))
}

fn asset_report(series: &Series, models: Vec<ModelReport>) -> AssetReport {
    let date = |day: Option<&(Date, _)>| day.map(|(date, _)| date.to_string()).unwrap_or_default();
    AssetReport {
        asset: series.asset.clone(),
        feed_id: hex::encode(course::feed_id(&series.asset)),
        first: date(series.days.first()),
        last: date(series.days.last()),
        days: series.days.len(),
        missing: series.missing(),
        price_exponent: series.exponent,
        against_best: AssetReport::compare(&models),
        models,
    }
}

fn model_report(
    model: Model,
    course: &Course,
    days: &[DayScore],
    settings: &Settings,
) -> Result<ModelReport, BacktestError> {
    let mut windows = Vec::with_capacity(settings.windows.len());
    for window in &settings.windows {
        let inside: Vec<DayScore> =
            days.iter().filter(|day| day.bars_before >= settings.warmup && window.holds(day.date)).copied().collect();
        let measures =
            Measures::of(&inside, settings.level_bps).map_err(|_| BacktestError::Level(settings.level_bps))?;
        if let (Some(measures), Some(first), Some(last)) = (measures, inside.first(), inside.last()) {
            let (from, to) = (first.date.to_string(), last.date.to_string());
            windows.push(WindowReport::new(window.name.clone(), from, to, measures));
        }
    }
    let weights = course.closes.last().map(|close| close.weights).unwrap_or_default();
    let counted = !matches!(settings.mode, Mode::Native);
    let [closing, other] = course.units.map(|units| counted.then_some(units));
    Ok(ModelReport {
        model: model.name(),
        weights: weights.map(|weight| rounded(f64::from(weight) / f64::from(WEIGHT_ONE))),
        closing_units: closing,
        other_units: other,
        windows,
    })
}
