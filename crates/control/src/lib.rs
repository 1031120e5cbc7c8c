//! Who may do what, and what stands still: plain Pod structs that the vault, the router and the oracle embed in their
//! accounts, so that the rules of authority are written once.
//!
//! ROLES. The owner may change everything. The curator moves bounds inside the owner's limits. The guardian may only
//! reduce risk, at once. Ownership moves in two steps.
//!
//! PAUSES. One switch per direction. A pause of instant exits ends by itself and has a cooldown: it can delay nobody
//! for longer than [`MAX_EXIT_PAUSE`], and the ticket queue ignores it.

mod pauses;
mod refusal;
mod roles;

pub use pauses::{Direction, Pauses, EXIT_PAUSE_COOLDOWN, MAX_EXIT_PAUSE};
pub use refusal::Refusal;
pub use roles::{Role, Roles};
