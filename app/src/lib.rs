//! The client of Gimbal: everything that a person, a keeper or a test needs to speak with the suite.
//!
//! | module | subject |
//! |---|---|
//! | [`chain`] | one interface to every chain, and the embedded one |
//! | [`pda`] | addresses |
//! | [`instructions`] | builders, one module per program |
//! | [`bundle`] | the feed updates, venue refreshes and valuations that a flow needs in front of it |
//! | [`transaction`] | version 0 transactions: lookup tables, signatures, limits |
//! | [`decode`] | error codes and events, in words and types |
//! | [`pyth`] | signed prices from a Hermes service to the chain |
//! | [`readers`] | accounts as types |
//! | [`preview`] | what a flow would give, to the unit |
//! | [`views`] | read models: vaults, lines, feeds, positions as plain data |
//! | [`gate`] | the list of who may pay into a vault |
//! | [`amount`] | UI amounts and base units |
//! | [`identities`] | the accounting identities, recomputed from raw accounts |
//! | [`index`] | what happened to vaults, in SQLite or PostgreSQL |
//! | [`verify`] | a vault recomputed from raw accounts and compared with what is stored |
//! | [`localnet`] | a test cluster of one's own |
//! | [`statement`] | what somebody had, did, paid and gained in a vault |
//! | [`setup`] | a whole deployment on a test chain |
//! | [`prices`], [`date`], [`random`] | daily prices, from a file or generated; calendar days; numbers from a seed |
//! | [`demo`] | a population, prices and venues around such a deployment, day by day |
//! | [`report`] | what a run of the demo showed: text, JSON, one HTML page |
//! | [`risk`] | backtests of the oracle's forecasts on past prices |
//! | [`keeper`] | what a keeper does, and when |
//! | [`table`] | tables for people |
//! | [`cli`] | the command line |

#![warn(missing_docs)]

pub mod amount;
pub mod bundle;
pub mod chain;
pub mod cli;
pub mod date;
pub mod decode;
pub mod demo;
pub mod exit;
pub mod gate;
pub mod identities;
pub mod index;
pub mod instructions;
pub mod keeper;
pub mod localnet;
pub mod pda;
pub mod preview;
pub mod prices;
pub mod pyth;
pub mod random;
pub mod readers;
pub mod report;
pub mod risk;
pub mod setup;
pub mod statement;
pub mod table;
pub mod tickets;
pub mod transaction;
pub mod verify;
pub mod views;
