//! One file per instruction: accounts, checks and handler together.

pub mod credit;
pub mod initialize;
pub mod line_accounts;
pub mod pay;
pub mod reserve;

pub use credit::*;
pub use initialize::*;
pub use line_accounts::*;
pub use pay::*;
pub use reserve::*;
