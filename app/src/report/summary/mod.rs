//! The figures of a run with stable names: the JSON report is this, and the others are made from it.

mod make;
mod risk;

pub(super) use make::benchmark_series;
pub use risk::{DamageLine, ForecastLine, RiskSummary};

use crate::demo::engine::Activity;
use crate::demo::statistics::Performance;
use crate::demo::world::Counts;
use crate::prices::{Prices, Source};
use serde::Serialize;
use std::collections::BTreeMap;

/// Decimals of the base asset and so of the shares.
const DECIMALS: u32 = 6;

/// How a run was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// `native` or `bytecode`.
    pub mode: &'static str,
    /// Where the prices come from.
    pub source: Source,
    /// The seed of the population and of generated prices.
    pub seed: u64,
    /// First and last prices of the three assets.
    pub ends: (Prices, Prices),
}

/// An amount twice: exactly, and for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Amount {
    /// Smallest units of the base asset (or of the share).
    pub base_units: i128,
    /// The same in whole tokens.
    pub decimal: String,
}

impl Amount {
    /// An amount of base units.
    pub fn of(base_units: impl Into<i128>) -> Self {
        let base_units = base_units.into();
        let scale = 10u128.pow(DECIMALS);
        let magnitude = base_units.unsigned_abs();
        let sign = if base_units < 0 { "-" } else { "" };
        let width = DECIMALS as usize;
        let decimal = format!("{sign}{}.{:0width$}", magnitude / scale, magnitude % scale);
        Self { base_units, decimal }
    }
}

/// Where prices come from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PriceSource {
    /// `file` or `generated`.
    pub source: &'static str,
    /// The file's name without folders.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// SHA-256 of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The generator's seed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// First day.
    pub first_day: String,
    /// Last day.
    pub last_day: String,
    /// Last close over first open, less one, by asset.
    pub change: BTreeMap<&'static str, f64>,
}

/// NAV at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Nav {
    /// What leavers are paid from.
    pub low: Amount,
    /// The best estimate.
    pub mid: Amount,
    /// What joiners pay by.
    pub high: Amount,
}

/// Base units per share at the mid NAV.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SharePrice {
    /// End of the first day.
    pub first: f64,
    /// End of the last day.
    pub last: f64,
    /// Lowest end of a day.
    pub min: f64,
    /// Highest end of a day.
    pub max: f64,
}

/// Figures of one series of values; ratios are null where they have no meaning.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PerformanceLine {
    /// Last over first, less one.
    pub total_return: f64,
    /// The same a year, compounded.
    pub yearly_return: f64,
    /// Standard deviation of daily returns a year.
    pub yearly_volatility: f64,
    /// Sharpe ratio a year, risk-free rate 0.
    pub sharpe: Option<f64>,
    /// Sortino ratio a year, target 0.
    pub sortino: Option<f64>,
    /// Greatest fall from a peak, a positive fraction.
    pub max_drawdown: f64,
}

impl PerformanceLine {
    fn of(values: &[f64]) -> Self {
        let Performance { total_return, yearly_return, yearly_volatility, sharpe, sortino, max_drawdown } =
            Performance::of(values);
        Self { total_return, yearly_return, yearly_volatility, sharpe, sortino, max_drawdown }
    }
}

/// Holding a single venue instead of the vault.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Benchmark {
    /// The venue.
    pub venue: String,
    /// What 1 USDC kept there since the first day is worth.
    pub final_value: f64,
    /// Its figures.
    #[serde(flatten)]
    pub performance: PerformanceLine,
}

/// Transactions by instruction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// All that took effect.
    pub succeeded: u64,
    /// All that were refused.
    pub refused: u64,
    /// Those that took effect, by instruction.
    pub succeeded_by_instruction: Counts,
    /// Those that were refused, by instruction.
    pub refused_by_instruction: Counts,
}

impl Totals {
    fn of(activity: &Activity) -> Self {
        Self {
            succeeded: activity.total_done(),
            refused: activity.total_refused(),
            succeeded_by_instruction: activity.done.clone(),
            refused_by_instruction: activity.refused.clone(),
        }
    }
}

/// Transactions by sender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Transactions {
    /// Depositors'.
    pub user: Totals,
    /// Keepers'.
    pub keeper: Totals,
    /// Owner's, curator's and guardian's.
    pub role: Totals,
}

/// Compute units of one instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Compute {
    /// The middle one.
    pub median: u64,
    /// The greatest.
    pub max: u64,
    /// How many were measured.
    pub count: usize,
}

/// One accounting identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IdentityLine {
    /// What is claimed.
    pub name: String,
    /// One side.
    pub expected: i128,
    /// The other.
    pub actual: i128,
    /// Actual less expected.
    pub residual: i128,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EventLine {
    /// `bad_debt` or `illiquid_week`.
    pub kind: &'static str,
    /// The day, or the first one.
    pub date: String,
    /// The last day, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The venue.
    pub venue: String,
    /// What was lost by all suppliers of the venue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// Whether the demo staged it, rather than prices causing it.
    pub staged: bool,
}

/// One venue and the line in it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VenueLine {
    /// The venue.
    pub name: String,
    /// The line's value at the end.
    pub value: Amount,
    /// Its part of NAV.
    pub weight: f64,
    /// The mean of that part over all days.
    pub mean_weight: f64,
}

/// One depositor at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DepositorLine {
    /// Position in the population, from 1.
    pub number: usize,
    /// How it thinks.
    pub temperament: &'static str,
    /// Paid in.
    pub deposited: Amount,
    /// Taken out.
    pub withdrawn: Amount,
    /// Shares at the end.
    pub shares: Amount,
    /// Their worth at the mid NAV, with unclaimed payments.
    pub value: Amount,
    /// Value + withdrawn − deposited.
    pub profit: Amount,
    /// Transactions that took effect.
    pub transactions: u64,
}

/// What one adversary tried over the run, on copies of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AdversaryLine {
    /// Who.
    pub adversary: &'static str,
    /// Rounds played.
    pub rounds: u64,
    /// Transactions sent.
    pub attempts: u64,
    /// Of them refused.
    pub refused: u64,
    /// Sum of the gains after fees, against the same hours without the attack.
    pub gained: Amount,
    /// The best round's gain.
    pub best_round: Amount,
    /// What the other holders lost by it.
    pub others_lost: Amount,
}

/// The whole report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// `native` or `bytecode`.
    pub mode: &'static str,
    /// Seed of the population (and of generated prices).
    pub seed: u64,
    /// Days run.
    pub days: usize,
    /// Where prices come from.
    pub prices: PriceSource,
    /// NAV at the end.
    pub nav: Nav,
    /// Share price over the run.
    pub share_price: SharePrice,
    /// Shares at the end, queued ones included.
    pub shares: Amount,
    /// Cash at the end.
    pub cash: Amount,
    /// The vault's figures.
    pub performance: PerformanceLine,
    /// Against holding each single venue.
    pub benchmarks: Vec<Benchmark>,
    /// The venues and the vault's lines in them.
    pub venues: Vec<VenueLine>,
    /// What happened.
    pub events: Vec<EventLine>,
    /// Transactions by sender and instruction.
    pub transactions: Transactions,
    /// Instructions in keepers' transactions that took effect, each counted: a refresh carries several.
    pub keeper_actions: Counts,
    /// Refusals by the error's name.
    pub refusals: Counts,
    /// Compute units by instruction; nominal on native runs, measured on bytecode.
    pub compute_units: BTreeMap<String, Compute>,
    /// Forecasts, regimes and contagion.
    pub risk: RiskSummary,
    /// The adversaries.
    pub adversaries: Vec<AdversaryLine>,
    /// The accounting identities.
    pub identities: Vec<IdentityLine>,
    /// The depositors.
    pub depositors: Vec<DepositorLine>,
    /// SHA-256 over all final accounts.
    pub final_accounts_hash: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_and_readable() {
        let shown = |units: i128| Amount::of(units).decimal;
        assert_eq!(shown(0), "0.000000");
        assert_eq!(shown(1), "0.000001");
        assert_eq!(shown(-1_500_000), "-1.500000");
        assert_eq!(shown(123_456_789_012), "123456.789012");
        assert_eq!(shown(i128::from(u64::MAX)), "18446744073709.551615");
    }
}
