//! Accounts and transactions in the forms that clients ask for.

pub mod accounts;
pub mod tokens;
pub mod transactions;
pub mod wire;
