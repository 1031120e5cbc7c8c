//! What a backtest says, as plain data. The keys are stable.

use serde::Serialize;

use super::measure::Measures;
use super::missed::Missed;
use super::Model;

/// Kupiec's LR above this rejects the number of exceptions at 95% (chi-squared, one degree of freedom).
pub const KUPIEC_LIMIT: f64 = 3.84;
/// Christoffersen's LR above this rejects independence at 99%.
pub const CHRISTOFFERSEN_LIMIT: f64 = 6.63;
/// The default model's losses may exceed those of the best of EWMA, GARCH and HAR by this much of them.
pub const NEAR_BEST: f64 = 0.02;

/// A whole backtest.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The price file's name without folders.
    pub prices: String,
    /// SHA-256 of the file.
    pub prices_sha256: String,
    /// How the programs ran: `native` or `bytecode`.
    pub programs: &'static str,
    /// Level of the value at risk, such as 0.99.
    pub level: f64,
    /// First bars of each asset that no window holds.
    pub warmup: usize,
    /// Transactions that the chains ran.
    pub transactions: usize,
    /// What the marks are measured by.
    pub limits: Limits,
    /// One for each asset that was tested.
    pub assets: Vec<AssetReport>,
    /// Assets of the file that have too few days.
    pub skipped: Vec<Skipped>,
    /// Every mark that a model missed.
    pub missed: Vec<Missed>,
    /// Whether the default model holds every mark of every asset: false where it misses one; none where it or what it is
    /// compared with was not run, or an asset was skipped.
    pub passed: Option<bool>,
}

/// An asset that was not tested.
#[derive(Clone, Debug, Serialize)]
pub struct Skipped {
    /// Its name in the file.
    pub asset: String,
    /// Its rows.
    pub days: usize,
    /// Why.
    pub reason: &'static str,
}

impl Skipped {
    /// An asset whose days all lie in the warm-up.
    pub fn new(asset: &str, days: usize) -> Self {
        Self { asset: asset.to_owned(), days, reason: "no day left behind the warm-up" }
    }
}

/// What the marks are measured by.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Limits {
    /// [`KUPIEC_LIMIT`].
    pub kupiec_lr: f64,
    /// [`CHRISTOFFERSEN_LIMIT`].
    pub christoffersen_lr: f64,
    /// [`NEAR_BEST`].
    pub above_best: f64,
}

impl Limits {
    /// As the constants say.
    pub const THESE: Self =
        Self { kupiec_lr: KUPIEC_LIMIT, christoffersen_lr: CHRISTOFFERSEN_LIMIT, above_best: NEAR_BEST };
}

/// One asset.
#[derive(Clone, Debug, Serialize)]
pub struct AssetReport {
    /// Its name in the file.
    pub asset: String,
    /// The id that its feed has on the chain, hexadecimal.
    pub feed_id: String,
    /// Its first day.
    pub first: String,
    /// Its last day.
    pub last: String,
    /// Its rows.
    pub days: usize,
    /// Days between the first and the last that have no row.
    pub missing: usize,
    /// The prices were brought times ten to this power: zero but for what a feed cannot carry as it is.
    pub price_exponent: i32,
    /// One for each model.
    pub models: Vec<ModelReport>,
    /// The default model against the others, one for each window; none where any of them was not run.
    pub against_best: Vec<Comparison>,
}

/// One model on one asset.
#[derive(Clone, Debug, Serialize)]
pub struct ModelReport {
    /// The model's name.
    pub model: &'static str,
    /// Weights of EWMA, GARCH, HAR and range model after the last day, of 1.
    pub weights: [f64; 4],
    /// Largest compute units of an update that closed a bar; counted on bytecode only.
    pub closing_units: Option<u64>,
    /// Largest compute units of an update that closed none; counted on bytecode only.
    pub other_units: Option<u64>,
    /// One for each window that has a day of this asset.
    pub windows: Vec<WindowReport>,
}

/// One model on one asset's days of one window.
#[derive(Clone, Debug, Serialize)]
pub struct WindowReport {
    /// The window's name.
    pub window: String,
    /// The first tested day in it.
    pub from: String,
    /// The last one.
    pub to: String,
    /// What was measured.
    #[serde(flatten)]
    pub measures: Measures,
    /// Whether Kupiec's LR is below its limit.
    pub kupiec_passed: bool,
    /// Whether Christoffersen's LR is below its limit.
    pub christoffersen_passed: bool,
}

impl WindowReport {
    /// With marks.
    pub fn new(window: String, from: String, to: String, measures: Measures) -> Self {
        Self {
            window,
            from,
            to,
            kupiec_passed: measures.kupiec_lr < KUPIEC_LIMIT,
            christoffersen_passed: measures.christoffersen_lr < CHRISTOFFERSEN_LIMIT,
            measures,
        }
    }
}

/// A mean loss of the default model beside the least of EWMA's, GARCH's and HAR's on the same days.
#[derive(Clone, Debug, Serialize)]
pub struct Beside {
    /// The default model's.
    pub loss: f64,
    /// The least.
    pub best: f64,
    /// Whose that is.
    pub best_model: &'static str,
    /// How much more the default model's is, of the least; below zero where it is less.
    pub above: f64,
    /// Whether that is at most [`NEAR_BEST`].
    pub passed: bool,
}

/// The default model against the best of EWMA, GARCH and HAR in one window.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// The window's name.
    pub window: String,
    /// QLIKE against the range-based variance.
    pub qlike_range: Beside,
    /// QLIKE against the squared return.
    pub qlike_squared: Beside,
    /// Quantile loss.
    pub quantile_loss: Beside,
}

impl Comparison {
    /// All that are compared, with a name for people.
    pub fn all(&self) -> [(&'static str, &Beside); 3] {
        [("QLIKE range", &self.qlike_range), ("QLIKE r²", &self.qlike_squared), ("quantile loss", &self.quantile_loss)]
    }
}

impl AssetReport {
    /// Compares the default model with the three that anybody could run, window by window.
    pub fn compare(models: &[ModelReport]) -> Vec<Comparison> {
        let of = |model: Model| models.iter().find(|report| report.model == model.name());
        let rivals = [Model::Ewma, Model::Garch, Model::Har];
        let Some(default) = of(Model::Mixture) else { return Vec::new() };
        let rivals: Vec<&ModelReport> = rivals.into_iter().filter_map(of).collect();
        if rivals.len() < 3 {
            return Vec::new();
        }
        let beside = |window: &WindowReport, loss: fn(&Measures) -> f64| {
            let mine = loss(&window.measures);
            let in_window = |report: &&ModelReport| {
                let same = report.windows.iter().find(|other| other.window == window.window)?;
                Some((loss(&same.measures), report.model))
            };
            let (best, best_model) = rivals.iter().filter_map(in_window).min_by(|a, b| a.0.total_cmp(&b.0))?;
            let above = if best > 0.0 { mine / best - 1.0 } else { 0.0 };
            Some(Beside { loss: mine, best, best_model, above, passed: above <= NEAR_BEST })
        };
        let compare = |window: &WindowReport| {
            Some(Comparison {
                window: window.window.clone(),
                qlike_range: beside(window, |measures| measures.qlike_range)?,
                qlike_squared: beside(window, |measures| measures.qlike_squared)?,
                quantile_loss: beside(window, |measures| measures.quantile_loss)?,
            })
        };
        default.windows.iter().filter_map(compare).collect()
    }

    /// Whether the default model holds every mark of this asset; none where it or what it is compared with was not run.
    pub fn passed(&self) -> Option<bool> {
        let default = self.models.iter().find(|report| report.model == Model::Mixture.name())?;
        let tests = default.windows.iter().all(|window| window.kupiec_passed && window.christoffersen_passed);
        let near = self.against_best.iter().all(|one| one.all().iter().all(|(_, beside)| beside.passed));
        (!self.against_best.is_empty()).then_some(tests && near)
    }
}
