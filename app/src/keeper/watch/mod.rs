//! What a keeper sees: the vaults that it keeps ([`Roster`], found now and then) and how they stand ([`World`], read every
//! round).
//!
//! A round reads every account once, [`BATCH`] a call, whatever number of vaults they belong to; besides these it asks for
//! the clock, and for the head of each venue program's code, which is too large to be read whole.

mod accounts;
mod discover;
mod networks;
mod nonce;
mod roster;
mod world;

pub use accounts::{Accounts, BATCH};
pub use nonce::nonce;
pub use roster::{ChangeSite, FeedSite, LineSite, Roster, VaultSite};
pub use world::{Watched, WatchedFeed, World};

pub(in crate::keeper) use world::info;
