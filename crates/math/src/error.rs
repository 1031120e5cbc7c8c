//! What can go wrong in a calculation.

use core::fmt;

/// Why a calculation has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MathError {
    /// The exact result, or an intermediate the function promises to hold, does not fit its type.
    Overflow,
    /// A divisor was zero.
    DivisionByZero,
    /// An argument lies outside the set on which the function is defined.
    Domain,
}

/// The result of a checked calculation.
pub type Result<T> = core::result::Result<T, MathError>;

impl fmt::Display for MathError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Overflow => "the result does not fit its type: use smaller amounts or a price nearer to one",
            Self::DivisionByZero => "the divisor is zero: check for an empty pool or an unset price",
            Self::Domain => "an argument is outside the function's domain: compare it with the documented range",
        })
    }
}

impl core::error::Error for MathError {}
