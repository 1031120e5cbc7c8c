//! What the vault stores.

mod accounting;
mod change;
mod entry;
mod fees;
mod limits;
mod member;
mod outflow;
mod queue;
mod speed;
mod ticket;
mod vault;

pub use accounting::{Crystallised, Moment, Priced};
pub use change::Change;
pub use entry::CheapestEntry;
pub use fees::{Fees, FeesArgs, MAX_ENTRY_BPS, MAX_EXIT_BPS, MAX_MANAGEMENT_BPS, MAX_PERFORMANCE_BPS};
pub use limits::{
    VaultLimits, VaultLimitsArgs, DEFAULT_TICKET_DEADLINE, MAX_TICKET_DEADLINE, MAX_TICKET_MIN_AGE, MIN_OUTFLOW_BPS,
    MIN_SPEED_BPS, MIN_TICKET_DEADLINE,
};
pub use member::Member;
pub use outflow::Outflow;
pub use speed::Speed;
pub use ticket::{Ticket, TicketStatus};
pub use vault::{Vault, LAYOUT_VERSION};
