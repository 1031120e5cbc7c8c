//! One file per instruction: its accounts, what it checks, and what it does.
//!
//! Every handler checks, computes on the vault's counts, calls, emits, and checks the counts again. `deposit` and
//! `mint` share their accounts, and so do `withdraw` and `redeem`: each pair differs in which side the caller fixes.

mod cancel;
mod claim;
mod deposit;
mod deposit_and_allocate;
mod fill_tickets;
mod initialize;
mod mint;
mod pause;
mod redeem;
mod request_redeem;
mod roles;
mod withdraw;

pub use cancel::*;
pub use claim::*;
pub use deposit::*;
pub use deposit_and_allocate::*;
pub use fill_tickets::*;
pub use initialize::*;
pub use pause::*;
pub use redeem::*;
pub use request_redeem::*;
pub use roles::*;
