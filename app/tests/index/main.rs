//! The index and the statements, against chains: nothing missed, nothing twice, to the unit.

mod cluster;
mod commands;
mod demo;
mod direct;
mod follow;
mod holders;
mod postgres;
#[path = "../process/mod.rs"]
mod process;
mod scenario;
mod statements;
mod witness;
