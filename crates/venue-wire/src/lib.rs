//! Account layouts and instruction builders of real protocols, as plain bytes.
//!
//! Nothing here calls a venue or trusts one. A reader borrows an account's bytes, checks length and
//! discriminator once, and then reads single fields at fixed offsets: no copy of the account is
//! made, so an 8.6 kB reserve costs neither stack nor heap. A builder returns an instruction whose
//! account order is a public constant, so that callers can pin it.
//!
//! Every offset is a `const` that is checked against the account's length at compile time; no
//! input can make a reader panic.

#![no_std]

extern crate alloc;

pub mod accounts;
mod error;
pub mod field;
pub mod klend;
pub mod pyth;
pub mod token;
pub mod whirlpool;
mod wide;

pub use error::WireError;
