//! How the router deals with programs and accounts that it does not own.

pub mod guard;
