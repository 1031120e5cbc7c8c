//! What to do, decided by pure functions: no accounts, no clock, no calls.
//!
//! A policy says how much a line should be worth; [`step::next`] makes a move of it.

pub mod bands;
pub mod bounds;
pub mod bounty;
pub mod changes;
pub mod cut;
pub mod derisk;
pub mod due;
pub mod in_kind;
pub mod inverse_variance;
pub mod loss;
pub mod sandwich;
pub mod step;
pub mod water_fill;
