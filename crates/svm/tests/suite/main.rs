//! The embedded chain's specification.

mod blockhashes;
mod clock;
mod determinism;
mod introspection;
mod limits;
mod lookup;
mod native_calls;
mod native_writes;
mod probe;
mod programs;
mod pyth;
mod receipts;
mod support;
mod tokens;
