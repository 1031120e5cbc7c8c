//! A whole deployment on a test chain, made by real transactions that real keys sign.
//!
//! Only what no transaction can do is done from outside: lamports out of nothing, time, and Pyth's price accounts.
//! Every key follows from the plan's seed, so that two runs of one plan hold the same accounts, byte for byte.
//!
//! | module | subject |
//! |---|---|
//! | [`plan`] | what to set up |
//! | [`keys`] | keys from a seed |
//! | [`actors`] | who signs |
//! | [`tokens`] | mints and token accounts |
//! | [`feeds`] | price accounts and the oracle's feeds |
//! | [`vaults`] | vault, ledger, book and their limits |
//! | [`markets`] | the reference venues: lending markets and the swap pool |
//! | [`pools`] | the swap pool of a swapped line |
//! | [`lines`] | the ledger's lines |
//! | [`venues`] | what a reserve and a pool name, read from them |
//! | [`tables`] | the lookup table |
//! | [`deployment`] | all of it in order |

pub mod actors;
pub mod deployment;
pub mod feeds;
pub mod keys;
pub mod lines;
pub mod markets;
pub mod plan;
pub mod pools;
pub mod tables;
pub mod tokens;
pub mod vaults;
pub mod venues;

pub use actors::Actors;
pub use deployment::Deployment;
pub use feeds::{Asset, Feed, Feeds};
pub use lines::Line;
pub use plan::{LinePlan, Plan};
