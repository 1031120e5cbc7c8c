//! A test cluster of the project's own: the embedded chain behind the JSON-RPC and the subscriptions of a Solana node, on
//! loopback only. It deploys nothing, since the programs are there; it gives out SOL and test dollars, moves prices and
//! time, and lets venues fail.
//!
//! | module | subject |
//! |---|---|
//! | [`genesis`] | what is there before Gimbal |
//! | [`options`] | how it runs |
//! | [`server`] | the ports, the clock, the end |
//! | [`node`] | the chain with the memory of what happened on it |
//! | [`market`] | prices |
//! | [`methods`] | the methods, one file per family; those with `gimbal_` exist here only |
//! | [`filters`] | which accounts of a program are asked for |
//! | [`encode`] | accounts and transactions as clients ask for them |
//! | [`pyth`] | the programs through which prices are posted, and a Hermes-compatible endpoint |
//! | [`rpc`] | JSON-RPC over HTTP |
//! | [`pubsub`] | subscriptions over WebSockets |
//!
//! Everything runs on one machine for one person: the state of every commitment is the newest, nothing is ever forked away,
//! and a transaction is on the chain when its sender has the answer. Memory is bounded (see [`node::history`]), requests are
//! (see [`rpc`]), and so are connections.

pub mod encode;
pub mod error;
pub mod filters;
pub mod genesis;
pub mod hermes;
pub mod market;
pub mod methods;
pub mod node;
pub mod options;
pub mod params;
pub mod pubsub;
pub mod pyth;
pub mod rpc;
pub mod server;
pub mod shared;

pub use methods::ClusterInfo;
pub use options::Options;
pub use server::{Handle, Server};
