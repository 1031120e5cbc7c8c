//! Risk: what a vault's book says, and backtests of the oracle's forecasts.
//!
//! | module | subject |
//! |---|---|
//! | [`series`] | daily prices of any assets |
//! | [`model`] | which forecast, as an engine's parameters |
//! | [`backtest`] | prices through the on-chain programs, and how the forecasts fared |
//! | [`replay`] | a feed, a contagion network or a book derived anew from its history |
//! | [`view`] | a vault's risk as plain data |

pub mod backtest;
pub mod model;
pub mod replay;
pub mod series;
pub mod view;
