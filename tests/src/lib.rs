//! Fixtures of the suites: a whole deployment on an embedded chain, and one typed client per program.
//!
//! ```
//! # use gimbal_tests::*;
//! let mut fx = Fixture::new();
//! let alice = fx.depositor(1_000 * USDC);
//! fx.vault().deposit(&alice, 400 * USDC, 0).unwrap();
//! fx.assert_refused("ZeroAssets", |fx| fx.vault().deposit(&alice, 0, 0));
//! ```

#![warn(missing_docs)]

pub mod clients;
pub mod fixture;
pub mod hostile;
pub mod measure;
pub mod property;
pub mod queue;
pub mod refusals;
pub mod season;
pub mod user;

pub use fixture::Fixture;
pub use gimbal::{
    chain::{Chain, ChainError, Receipt, Sandbox},
    setup::{Asset, Deployment, LinePlan, Plan},
};
pub use refusals::assert_error;
pub use solana_keypair::Keypair;
pub use solana_signer::Signer;
pub use user::User;

/// Base units of one USDC.
pub const USDC: u64 = 1_000_000;

/// Seconds of one day.
pub const DAY: u64 = 86_400;

/// What a transaction came to.
pub type Outcome = Result<Receipt, ChainError>;
