//! The mathematics of Gimbal, in integers and fixed point.
//!
//! # Conventions
//!
//! - Nothing here knows the chain: no accounts, no clock, no allocation, no floats.
//! - The rounding direction is in a function's name: `_down` is towards minus infinity, `_up` towards plus infinity.
//!   A function without a direction returns the nearest it can, and states its error bound.
//! - Every fallible function returns a [`MathError`]; none panics.
//! - Every bound stated here is checked in `tests/` against arbitrary precision, and `examples/accuracy.rs` prints
//!   the errors that were measured.

#![no_std]
#![deny(unsafe_code)]
#![warn(missing_docs)]

pub mod backtest;
pub mod contagion;
pub mod covariance;
pub mod error;
pub mod functions;
pub mod margin;
pub mod muldiv;
pub mod normal;
pub mod option;
pub mod position;
pub mod q64;
pub mod rates;
pub mod scenario;
pub mod shares;
pub mod units;
pub mod value;
pub mod volatility;
pub mod widen;

pub use error::{MathError, Result};
pub use q64::{Q64Signed, Q64};
pub use shares::Pool;
pub use units::{Assets, Bps, Price, Seconds, Shares, Slots};
