//! The vault's decisions as pure functions: no accounts, no clock. The program and its clients run the same code.

mod entry;
mod fees;
mod flows;
mod gate;
mod outflow;
mod price;
mod queue;
mod speed;

pub use entry::{cheapest, held_to_entry_down};
pub use fees::{
    due, fee_shares_down, is_due, management_down, mark_up, performance_down, Due, CRYSTALLISE_EVERY, YEAR,
};
pub use flows::{deposit, fee_up, gross_up, mint, paid_down, redeem, withdraw, Exit, Flow};
pub use gate::{gate_leaf, gate_node, require_on_list, MAX_PROOF};
pub use outflow::{
    enter as outflow_after_entry, leaked as outflow_at, leave as outflow_after_exit, limit_down as outflow_limit_down,
};
pub use price::{assets_at_price_down, share_price_down, share_price_up, PRICE_BITS, PRICE_ONE};
pub use queue::{fill, free_cash_down, queue_value_up, Fill, Queue, Step, Waiting, SETTLED_AGE};
pub use speed::{exit_assets_down, fell_too_fast, rose_too_fast, touched, SPEED_MEMORY, SPEED_WINDOW};
