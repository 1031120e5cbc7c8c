//! Risk: backtests through the on-chain programs and replays of feeds, networks and books, from their parts to the commands.

mod backtest;
mod command;
#[path = "../index/direct.rs"]
mod direct;
#[path = "../process/mod.rs"]
mod process;
mod replay;
mod replay_book;
mod replay_command;
mod replay_network;
mod support;
