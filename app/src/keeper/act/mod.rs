//! From planned actions to transactions, and whether the chain would take them.
//!
//! An action's instructions stay in one transaction; actions share transactions as far as these fit. What would be
//! refused is found by simulation, taken out with what needs it, and the rest goes on.

mod instructions;
mod pack;
mod trial;

pub use instructions::instructions;
pub use pack::pack;
pub use trial::trial;
