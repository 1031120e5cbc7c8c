//! Read models: what accounts mean, as plain data that a table or a machine can show.
//!
//! Everything here is made from accounts that were read before and from the chain's clock; amounts are in base units with
//! their UI form beside them. [`fresh`] alone asks the chain, for a simulation.
//!
//! | module | subject |
//! |---|---|
//! | [`units`] | amounts, prices, moments |
//! | [`facts`] | the accounts behind one vault |
//! | [`vault`] | a vault: one row, or everything about it |
//! | [`nav`] | NAV, share price, what lending pays now |
//! | [`terms`] | fees, limits, pauses, roles, gate |
//! | [`line`](mod@line) | lines: value, weight, bounds, venue |
//! | [`feed`] | feeds: price, confidence, status, bars |
//! | [`change`] | changes that wait, in words |
//! | [`queue`] | the queue, and each ticket in it |
//! | [`position`] | what an owner has |
//! | [`exits`] | the ways out for some shares |
//! | [`fresh`] | a vault as it will be behind the refreshes that it needs |
//! | [`bound`] | how much worse than previewed a flow may come out |
//! | [`flow`] | what a flow would give, or why it would be refused |

pub mod bound;
pub mod change;
pub mod exits;
pub mod facts;
pub mod feed;
pub mod flow;
pub mod fresh;
pub mod line;
pub mod nav;
pub mod position;
pub mod queue;
pub mod terms;
pub mod units;
pub mod vault;

pub use facts::Facts;
