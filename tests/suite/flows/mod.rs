//! Whole journeys: money in, out and back.

mod bundles;
mod determinism;
mod exits;
mod identities;
mod multisig;
mod outer;
mod previews;
pub(crate) mod risk;
mod round_trip;
mod three_lines;
mod verify;
