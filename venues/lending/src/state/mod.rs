//! The venue's accounts.

mod borrowers;
mod config;
mod market;
pub mod reserve;

pub use borrowers::{Borrowers, Cohort, Loan, MAX_COHORTS};
pub use config::{Cap, CurvePoint, ReserveConfig};
pub use market::Market;
