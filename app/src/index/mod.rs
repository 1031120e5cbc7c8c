//! What happened to vaults, in a database: from events and accounts, once, without a hole.
//!
//! | module | subject |
//! |---|---|
//! | [`database`] | one interface over SQLite and PostgreSQL |
//! | [`rows`] | what the tables hold, as types |
//! | [`books`] | a vault's counters as its events tell them |
//! | [`events`] | what each event becomes |
//! | [`moves`] | shares that went from wallet to wallet without an event |
//! | [`follow`] | catching up with a chain |
//! | [`read`] | reading it back, in order |
//!
//! Each row is one fact of the chain, named by signature and position. Recording it again, or by two indexers at once,
//! changes nothing. The supply that events tell is compared with the supply that they add up to, so that a missing
//! transaction is noticed, not papered over.

pub mod books;
pub mod database;
mod error;
pub mod events;
pub mod follow;
mod indexer;
pub mod moves;
pub mod read;
pub mod rows;
mod sample;
mod schema;
mod store;
mod subject;
mod vaults;
mod wallets;

pub use database::Database;
pub use error::IndexError;
pub use follow::follow;
pub use indexer::Indexer;
pub use sample::holders;
pub use vaults::{vaults, watched, Watched};
