//! Setting a vault up: rehearsed, run again, stopped anywhere, differing, refused, and over RPC.

mod difference;
mod engine;
mod engine_drift;
mod engine_waiting;
mod files;
mod hand_over;
mod refusals;
mod rehearsal;
mod resume;
mod rpc;
mod support;
mod waiting;
