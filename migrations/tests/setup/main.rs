//! Setting a vault up: rehearsed, run again, stopped anywhere, differing, refused, and over RPC.

mod difference;
mod files;
mod hand_over;
mod refusals;
mod rehearsal;
mod resume;
mod rpc;
mod support;
mod waiting;
