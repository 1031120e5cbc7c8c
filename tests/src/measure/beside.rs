//! Elementary functions beside the public crates that offer them: compute units on the same build, and the largest errors on
//! the same grid, against arbitrary precision.

#[path = "../../../crates/math/tests/reference/mod.rs"]
mod reference;

use math_bench::{Candidate, Comparison, Error, Function, Unit, ARGUMENTS, COMPARISONS, FUNCTIONS};
use reference::{abs, int, max, scaled, Normal, Real};

use super::functions::Meter;

/// Arguments at which errors are measured, for the published table.
pub const POINTS: u32 = 4_000;

/// Bits of the arguments behind the point.
const FRACTION: isize = -12;

/// The lock file of the build that is measured.
const LOCK: &str = include_str!("../../../Cargo.lock");

/// A line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// As mathematics writes it.
    pub function: &'static str,
    /// Its arguments.
    pub domain: &'static str,
    /// Crate, version, and what the crate calls the function.
    pub by: String,
    /// The mean of a call.
    pub units: u64,
    /// The largest error, and whether it is absolute or relative.
    pub error: String,
}

/// Every candidate of every comparison.
///
/// # Panics
///
/// If the chain does not start, or a crate refuses an argument of its comparison.
pub fn measure() -> Vec<Row> {
    rows(POINTS)
}

/// As [`measure`], with errors at so many arguments.
fn rows(points: u32) -> Vec<Row> {
    let mut meter = Meter::start();
    let mut index = u8::try_from(FUNCTIONS.len()).expect("an index is one byte");
    let mut rows = Vec::new();
    for comparison in &COMPARISONS {
        for candidate in comparison.candidates {
            let units = meter.one_run(index) / ARGUMENTS as u64;
            index = index.checked_add(1).expect("an index is one byte");
            let Candidate { of, function, .. } = candidate;
            rows.push(Row {
                function: name(comparison.function),
                domain: comparison.domain,
                by: format!("{of} {}, `{function}`", version(of)),
                units,
                error: error_text(comparison.error, &largest_error(comparison, candidate, points)),
            });
        }
    }
    rows
}

fn name(function: Function) -> &'static str {
    match function {
        Function::Logarithm => "ln",
        Function::Exponential => "exp",
        Function::Normal => "Φ",
    }
}

fn error_text(kind: Error, error: &Real) -> String {
    let kind = match kind {
        Error::Absolute => "absolute",
        Error::Relative => "relative",
    };
    format!("{} {kind}", reference::decimal(error))
}

/// The version that the lock file has of a crate.
///
/// # Panics
///
/// If it has none.
fn version(of: &str) -> &'static str {
    let mut lines = LOCK.lines().skip_while(|line| *line != format!("name = \"{of}\""));
    let line = lines.nth(1).unwrap_or_else(|| panic!("{of} is not in the lock file"));
    line.trim_start_matches("version = ").trim_matches('"')
}

/// The largest error of a candidate over `points` arguments, the same for all candidates of a comparison.
///
/// # Panics
///
/// If it refuses one of them.
pub fn largest_error(comparison: &Comparison, candidate: &Candidate, points: u32) -> Real {
    let normal = Normal::new();
    (0..points).map(|place| argument(comparison, place)).fold(int(0), |worst, x| {
        let outcome = (candidate.at)(x).unwrap_or_else(|| panic!("{} refuses {x}/4096", candidate.function));
        let unit = match outcome.unit {
            Unit::Binary => scaled(1, -64),
            Unit::Decimal(places) => int(1) / int(10i128.pow(places)),
        };
        let x = scaled(x, FRACTION);
        let exact = match comparison.function {
            Function::Logarithm => x.ln(),
            Function::Exponential => x.exp(),
            Function::Normal => normal.cdf(&x),
        };
        let error = abs(int(outcome.raw) * unit - exact.clone());
        max(worst, if comparison.error == Error::Relative { error / exact } else { error })
    })
}

/// SplitMix64 of the place: of every magnitude for the logarithm, else evenly spread.
fn argument(comparison: &Comparison, place: u32) -> i64 {
    let mut z = u64::from(place).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    let span = comparison.to.abs_diff(comparison.from);
    let spread = match comparison.function {
        Function::Logarithm => (z % span) >> (place % span.ilog2()),
        Function::Exponential | Function::Normal => z % span,
    };
    comparison.from.saturating_add_unsigned(spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fewer than the table's, because tests are not optimised.
    const FEW: u32 = 300;

    #[test]
    fn ours_keeps_its_documented_error_and_every_crate_the_places_it_claims() {
        // Ours: docs/accuracy.md. solmath: two last places (five for the finer distribution function) and the rounding of the
        // last. brine-fp documents no bound: five last places.
        let bounds = [
            [1e-19, 2.5e-12, 2.5e-15, 5e-18],
            [4e-20, 2.5e-12, 2.5e-15, 5e-18],
            [4e-20, 2.5e-12, 2.5e-15, 5e-18],
            [7e-20, 2.5e-12, 5.5e-15, 0.0],
        ];
        for (comparison, bounds) in COMPARISONS.iter().zip(bounds) {
            for (candidate, bound) in comparison.candidates.iter().zip(bounds) {
                let error = largest_error(comparison, candidate, FEW).to_f64().value();
                println!("{} {} {error:.2e}", candidate.of, candidate.function);
                assert!(error <= bound, "{} {}: {error:e}", candidate.function, comparison.domain);
            }
        }
    }

    #[test]
    fn arguments_fill_the_domain_and_are_the_same_on_every_run() {
        for comparison in &COMPARISONS {
            let all: Vec<i64> = (0..POINTS).map(|place| argument(comparison, place)).collect();
            assert!(all.iter().chain(comparison.arguments).all(|x| (comparison.from..comparison.to).contains(x)));
            let (low, high) = (all.iter().min().copied(), all.iter().max().copied());
            let span = comparison.to - comparison.from;
            assert!(low < Some(comparison.from + span / 20) && high > Some(comparison.to - span / 20));
        }
    }

    #[test]
    fn every_candidate_runs_on_the_chain() {
        let rows = rows(4);
        for row in &rows {
            println!("{:>8} {} {}: {}", row.units, row.function, row.domain, row.by);
        }
        assert_eq!(rows.len(), math_bench::candidates().count());
        assert!(rows[0].by.starts_with("gimbal-math ") && rows[0].error.ends_with(" absolute"));
        if crate::measure::is_metered() {
            // Eight calls, none of them free, within a transaction.
            assert!(rows.iter().all(|row| (10..175_000).contains(&row.units)), "{rows:?}");
        }
    }

    #[test]
    fn versions_are_those_of_the_lock_file() {
        assert_eq!(version("gimbal-math"), env!("CARGO_PKG_VERSION"));
        assert!(version("solmath").starts_with("0.2.") && version("brine-fp").starts_with("0.3."));
    }
}
