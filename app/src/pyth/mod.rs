//! Pyth prices from where they are signed to the account that a feed reads.
//!
//! [`hermes`] fetches signed updates from a Hermes-compatible service, [`update`] takes them apart, [`post`] makes the
//! transactions that bring them to the push oracle's accounts, where anybody may write what the guardians signed.

pub mod hermes;
pub mod post;
pub mod update;

pub use hermes::{Hermes, HermesError};
pub use post::Posting;
pub use update::{SignedPrices, UpdateError};
