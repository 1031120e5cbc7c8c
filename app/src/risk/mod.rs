//! Risk: what a vault's book says, and backtests of the oracle's forecasts.
//!
//! | module | subject |
//! |---|---|
//! | [`series`] | daily prices of any assets |
//! | [`day`] | how a day's bar is brought to a feed |
//! | [`model`] | which forecast, as an engine's parameters |
//! | [`backtest`] | prices through the on-chain programs, and how the forecasts fared |
//! | [`replay`] | a feed or a contagion network derived anew from its history |
//! | [`view`] | a vault's risk as plain data |

pub mod backtest;
pub mod day;
pub mod model;
pub mod replay;
pub mod series;
pub mod view;
