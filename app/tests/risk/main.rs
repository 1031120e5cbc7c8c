//! Risk: backtests through the on-chain programs and replays of feeds and networks, from their parts to the commands.

mod backtest;
mod command;
#[path = "../index/direct.rs"]
mod direct;
mod replay;
mod replay_command;
mod replay_network;
mod support;
