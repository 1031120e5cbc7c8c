//! Who may do what, and what stands still: plain Pod structs that the vault, the router and the oracle embed in their
//! accounts, so that the rules of authority are written once.
//!
//! ROLES. The owner may change everything. The curator moves bounds inside the owner's limits. The guardian may only
//! reduce risk, at once. Ownership moves in two steps.
//!
//! PAUSES. One switch per direction, and each ends by itself. A pause of instant exits has a cooldown: it can delay nobody
//! for longer than [`MAX_EXIT_PAUSE`], and the ticket queue ignores it.
//!
//! CHANGES. What raises risk waits in the open, bound to what it replaces, and the guardian may veto it.

pub mod change;
pub mod create;
mod nonce;
mod pauses;
pub mod program_data;
pub mod queue;
mod refusal;
mod roles;

pub use change::{
    hash_fields, ChangeRecord, ChangeState, NewChange, Terms, CHANGE_DATA, CHANGE_DELAY, CHANGE_SEED, CHANGE_WINDOW,
};
pub use create::Creator;
pub use nonce::require_no_durable_nonce;
pub use pauses::{Direction, Pauses, EXIT_PAUSE_COOLDOWN, MAX_EXIT_PAUSE, MAX_PAUSE};
pub use queue::Queued;
pub use refusal::Refusal;
pub use roles::{Role, Roles};
