//! Instructions of the strategy router, but for those that only the vault calls.

mod admin;
mod context;
mod exits;
mod keepers;
mod lines;
mod moves;

pub use admin::*;
pub use context::{code_of, pinned_account, CodeSlots, LineContext};
pub use exits::*;
pub use keepers::*;
pub use lines::*;
pub use moves::*;

use crate::pda::event_authorities;
use anchor_lang::prelude::Pubkey;

/// The signer of the router's events.
fn events() -> Pubkey {
    event_authorities().router
}
