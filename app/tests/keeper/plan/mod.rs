//! Planning: for each kind of action a case in which it is due and one in which it is not, carried out on a chain.

mod bench;
mod budgets;
mod chores;
mod contagion;
mod feeds;
#[path = "../../../examples/keeper_scale/fleet/mod.rs"]
mod fleet;
mod lines;
mod queue;
mod risk;
mod scale;
