//! The demo: a population and a market around a whole deployment on an embedded chain.
//!
//! | module | subject |
//! |---|---|
//! | [`population`] | depositors and what they decide |
//! | [`script`] | what is staged: the illiquid week and the loss |
//! | [`world`] | what the loop needs of a chain |
//! | [`engine`] | the daily loop, and the record of a run |
//! | [`chain_world`] | that world on the embedded chain |
//! | `compute` | compute units out of a log |
//! | [`statistics`] | return, Sharpe, Sortino, drawdown |
//!
//! Everything is decided by integers and one seed, so that a run can be repeated to the byte.

pub mod chain_world;
mod compute;
pub mod engine;
pub mod population;
pub mod script;
pub mod statistics;
pub mod world;
