//! What the vault stores.

mod ticket;
mod vault;

pub use ticket::{Ticket, TicketStatus};
pub use vault::{Vault, LAYOUT_VERSION};
