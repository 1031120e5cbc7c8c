//! One file per instruction: its accounts, its checks and its handler.

pub mod assess;
pub mod changes;
pub mod create_book;
pub mod register_feed;
pub mod roles;
pub mod set_feed_params;
pub mod set_line_risk;
pub mod set_risk;
pub mod update_feed;

pub use assess::*;
pub use changes::*;
pub use create_book::*;
pub use register_feed::*;
pub use roles::*;
pub use set_feed_params::*;
pub use set_line_risk::*;
pub use set_risk::*;
pub use update_feed::*;
