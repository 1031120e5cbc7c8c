//! What programs say, in words and types: error codes and event bytes.

pub mod errors;
pub mod events;
mod framework;
mod ours;
mod token;

pub use ours::program_name;
