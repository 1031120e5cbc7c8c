//! `ln`, `exp` and the normal distribution function beside the public fixed-point crates that offer them to on-chain
//! programs: `solmath` (decimal, of 12 or 15 places) and `brine-fp` (decimal, of 18 places; no distribution function).
//!
//! Arguments are given in units of 2^-12, which both binary and decimal numbers hold exactly, so that no crate is charged
//! for rounding what it was given.

mod crates;

use core::hint::black_box;

use gimbal_math::MathError;

use crates::{atto, binary, femto, pico};

/// How many arguments one run takes, one after another.
pub const ARGUMENTS: usize = 8;

/// One, in units of the arguments.
pub const ONE: i64 = 1 << 12;

/// A result as the crate gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Units.
    pub raw: i128,
    /// What one is worth.
    pub unit: Unit,
}

/// What the last place of a result is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// 2^-64.
    Binary,
    /// 10 to the minus this.
    Decimal(u32),
}

/// How far a result is from the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The difference.
    Absolute,
    /// The difference as a part of the truth.
    Relative,
}

/// The functions that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// The natural logarithm.
    Logarithm,
    /// e^x.
    Exponential,
    /// Φ(x).
    Normal,
}

/// A function of one crate.
pub struct Candidate {
    /// The crate's name in the lock file.
    pub of: &'static str,
    /// The function's name there.
    pub function: &'static str,
    /// Runs it once on each of the comparison's arguments.
    pub run: fn() -> Result<(), MathError>,
    /// Its result at an argument; nothing where it refuses.
    pub at: fn(i64) -> Option<Outcome>,
}

/// One function on one range of arguments, by several crates.
pub struct Comparison {
    /// Which function.
    pub function: Function,
    /// Its arguments, as a reader knows them.
    pub domain: &'static str,
    /// The least argument.
    pub from: i64,
    /// The first argument that is too large.
    pub to: i64,
    /// The arguments of a run.
    pub arguments: &'static [i64; ARGUMENTS],
    /// Which error is measured.
    pub error: Error,
    /// Ours first.
    pub candidates: &'static [Candidate],
}

/// From ratios of prices to prices: 0.05, 0.5, 0.9, 1.001, 1.25, 2.7, 150 and 60,000.
const RATIOS: [i64; ARGUMENTS] = [205, 2_048, 3_686, 4_100, 5_120, 11_059, 614_400, 245_760_000];
/// 0.01, 0.25, 0.7, 1.732, 3, 5.5, 10 and 19.
const RISING: [i64; ARGUMENTS] = [41, 1_024, 2_867, 7_094, 12_288, 22_528, 40_960, 77_824];
/// Their negatives.
const FALLING: [i64; ARGUMENTS] = [-41, -1_024, -2_867, -7_094, -12_288, -22_528, -40_960, -77_824];
/// −5, −2.326, −1, −0.1, 0.4, 1.234, 2.5 and 6.
const DEVIATIONS: [i64; ARGUMENTS] = [-20_480, -9_527, -4_096, -410, 1_638, 5_054, 10_240, 24_576];

/// A crate's function, the form of its argument, and the arguments of a run. They are brought into that form when the program
/// is built: the conversion is no part of what is measured.
macro_rules! candidate {
    ($of:literal, $function:literal, $call:path, $form:ident, $arguments:ident) => {
        Candidate {
            of: $of,
            function: $function,
            run: || {
                each(
                    const {
                        &[
                            $form($arguments[0]),
                            $form($arguments[1]),
                            $form($arguments[2]),
                            $form($arguments[3]),
                            $form($arguments[4]),
                            $form($arguments[5]),
                            $form($arguments[6]),
                            $form($arguments[7]),
                        ]
                    },
                    $call,
                )
            },
            at: |x| $call(&$form(x)),
        }
    };
}

/// Every comparison.
pub static COMPARISONS: [Comparison; 4] = [
    Comparison {
        function: Function::Logarithm,
        domain: "[2^-12, 2^32)",
        from: 1,
        to: ONE << 32,
        arguments: &RATIOS,
        error: Error::Absolute,
        candidates: &[
            candidate!("gimbal-math", "ln", crates::ln, binary, RATIOS),
            candidate!("solmath", "ln_fixed_i", crates::ln_fixed_i, pico, RATIOS),
            candidate!("solmath", "ln_fixed_hp", crates::ln_fixed_hp, femto, RATIOS),
            candidate!("brine-fp", "log", crates::log, atto, RATIOS),
        ],
    },
    Comparison {
        function: Function::Exponential,
        domain: "[0, 20)",
        from: 0,
        to: 20 * ONE,
        arguments: &RISING,
        error: Error::Relative,
        candidates: &[
            candidate!("gimbal-math", "exp", crates::exp, binary, RISING),
            candidate!("solmath", "exp_fixed_i", crates::exp_fixed_i, pico, RISING),
            candidate!("solmath", "exp_fixed_hp", crates::exp_fixed_hp, femto, RISING),
            candidate!("brine-fp", "exp", crates::brine_exp, atto, RISING),
        ],
    },
    Comparison {
        function: Function::Exponential,
        domain: "[−20, 0)",
        from: -20 * ONE,
        to: 0,
        arguments: &FALLING,
        error: Error::Absolute,
        candidates: &[
            candidate!("gimbal-math", "exp", crates::exp, binary, FALLING),
            candidate!("solmath", "exp_fixed_i", crates::exp_fixed_i, pico, FALLING),
            candidate!("solmath", "exp_fixed_hp", crates::exp_fixed_hp, femto, FALLING),
            candidate!("brine-fp", "exp", crates::brine_exp, atto, FALLING),
        ],
    },
    Comparison {
        function: Function::Normal,
        domain: "[−8, 8)",
        from: -8 * ONE,
        to: 8 * ONE,
        arguments: &DEVIATIONS,
        error: Error::Absolute,
        candidates: &[
            candidate!("gimbal-math", "normal::cdf", crates::cdf, binary, DEVIATIONS),
            candidate!("solmath", "norm_cdf_poly", crates::norm_cdf_poly, pico, DEVIATIONS),
            candidate!("solmath", "norm_cdf_poly_hp", crates::norm_cdf_poly_hp, femto, DEVIATIONS),
        ],
    },
];

/// Every candidate, in the order of the tables.
pub fn candidates() -> impl Iterator<Item = &'static Candidate> {
    COMPARISONS.iter().flat_map(|comparison| comparison.candidates)
}

/// Calls a function on each argument, none of which the compiler can see through.
fn each<T>(arguments: &[T; ARGUMENTS], call: impl Fn(&T) -> Option<Outcome>) -> Result<(), MathError> {
    for argument in arguments {
        black_box(call(black_box(argument)).ok_or(MathError::Domain)?);
    }
    Ok(())
}
