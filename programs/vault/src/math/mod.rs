//! The vault's decisions as pure functions: no accounts, no clock. The program and its clients run the same code.

mod flows;
mod queue;

pub use flows::{deposit, mint, redeem, withdraw, Flow};
pub use queue::{fill, free_cash_down, queue_value_up, Fill, Queue};
