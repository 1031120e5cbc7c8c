//! The keeper: what it plans, and what becomes of it when everything around it fails.

mod child;
mod command;
mod disk;
#[path = "../faults/mod.rs"]
mod faults;
mod hermes;
mod kill;
mod liar;
mod nodes;
mod plan;
#[path = "../process/mod.rs"]
mod process;
mod rivals;
mod transfers;
mod vaults;
