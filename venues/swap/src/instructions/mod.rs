//! One file per instruction.

mod init_pool;
mod init_tick_array;
mod rebase;
mod swap_v2;
mod tokens;

pub use init_pool::*;
pub use init_tick_array::*;
pub use rebase::*;
pub use swap_v2::*;
