//! One file per instruction: its accounts, what it checks, and what it does.
//!
//! Every handler checks, computes on the vault's counts, calls, emits, and checks the counts again. `deposit` and
//! `mint` share their accounts, and so do `withdraw` and `redeem`: each pair differs in which side the caller fixes.

mod admit;
mod cancel;
mod changes;
mod claim;
mod collect_fees;
mod crystallise;
mod demand;
mod deposit;
mod deposit_and_allocate;
mod fill_tickets;
mod initialize;
mod mint;
mod pause;
mod redeem;
mod redeem_and_recall;
mod redeem_in_kind;
mod request_redeem;
mod roles;
mod set_fees;
mod set_gate;
mod set_limits;
mod set_lookup_table;
mod transfer_ticket;
mod withdraw;

pub use admit::*;
pub use cancel::*;
pub use changes::*;
pub use claim::*;
pub use collect_fees::*;
pub use crystallise::*;
pub use demand::*;
pub use deposit::*;
pub use deposit_and_allocate::*;
pub use fill_tickets::*;
pub use initialize::*;
pub use pause::*;
pub use redeem::*;
pub use redeem_and_recall::*;
pub use redeem_in_kind::*;
pub use request_redeem::*;
pub use roles::*;
pub use set_fees::*;
pub use set_gate::*;
pub use set_limits::*;
pub use set_lookup_table::*;
pub use transfer_ticket::*;
