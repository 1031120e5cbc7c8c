//! How the router deals with programs and accounts that it does not own.

pub mod accounts;
pub mod guard;
pub mod tripwire;
