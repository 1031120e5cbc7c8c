//! A cluster by JSON-RPC: reads from several nodes, transactions until they are settled, and every fault on the way.

mod bench;
mod faulty;
mod history;
mod localnet;
mod reads;
mod script;
mod sends;
mod settle;
mod several;
mod simulate;

#[path = "../faults/mod.rs"]
mod faults;
