//! One typed client per program.

mod lending;
mod oracle;
mod router;
mod vault;

pub use lending::LendingClient;
pub use oracle::OracleClient;
pub use router::RouterClient;
pub use vault::VaultClient;
