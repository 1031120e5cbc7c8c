//! `cargo run -p migrations -- --config FILE`: see the library.

use std::process::ExitCode;

use clap::Parser;
use gimbal::cli::{output, terminal::Process};
use migrations::command::{self, Args};

fn main() -> ExitCode {
    match command::main(&Args::parse(), &mut Process) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}
