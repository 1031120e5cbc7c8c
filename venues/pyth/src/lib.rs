//! The three programs through which Pyth's prices reach Solana, in the few instructions that a poster calls: Wormhole's
//! core bridge as Pyth deploys it, Pyth's receiver and the push oracle.
//!
//! Accounts, discriminators, messages, hashes and signatures are the real ones ([`gimbal_venue_wire::pyth::posting`]), so
//! that a client that can post here can post on mainnet; only the guardians' keys are everybody's
//! ([`guardians`]). The programs run as host code only: they stand in for programs that a cluster has.
//!
//! Left out: governance, `post_update_atomic`, time-weighted prices, and everything of the core bridge but encoded VAAs.
//!
//! | module | subject |
//! |---|---|
//! | [`wormhole`] | a signed message is written into an account and verified there |
//! | [`receiver`] | a price is proved against a verified message and written |
//! | [`push`] | one account a feed, moved only forwards in time |
//! | [`vaa`] | the signed message |
//! | [`guardians`] | who signs on a test chain, and the accounts that name them |

#![warn(missing_docs)]

mod error;
pub mod guardians;
pub mod push;
pub mod receiver;
pub mod vaa;
pub mod wormhole;

pub use error::PythError;
