//! The covariance of up to eight assets, and what it says of a portfolio.
//!
//! # Model
//!
//! Each day leaves a row of *residuals*: each asset's return divided by what its own model had forecast as its standard
//! deviation. Rows are weighted by λ^age (RiskMetrics, 1996). Residuals tell how assets move together, forecasts how
//! far each one moves: with weights w_t, residuals z_ti, dollar deltas x_i and forecast variances h_i,
//!
//! ```text
//! σ² = Σ_t w_t (Σ_i x_i d_i z_ti)² / Σ_t w_t        d_i = √(h_i / n_i)        n_i = Σ_t w_t z_ti² / Σ_t w_t
//! ```
//!
//! so that an asset alone has exactly its forecast variance, whatever its residuals were. (This is a constant conditional correlation in the sense
//! of Bollerslev, Review of Economics and Statistics 72, 1990, with a decaying window.)
//!
//! # Positive semidefinite by construction
//!
//! The sum of squares above is a quadratic form in the integers Σ_t w_t z_ti z_tj, the [`Gram`] matrix of the weighted
//! rows, which is kept and never rounded. No portfolio has a negative variance.
//!
//! # What is not known
//!
//! An asset whose residuals are missing, or too small to tell a correlation ([`LEAST_RESIDUAL`]), neither diversifies nor
//! hedges: its own deviation is added to the portfolio's in full.

mod addition;
mod gram;
mod portfolio;

pub use addition::Addition;
pub use gram::{Gram, Returns, ASSETS, LEAST_RESIDUAL, MAX_ROWS};
pub use portfolio::Portfolio;
