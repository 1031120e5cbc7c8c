//! The `gimbal` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    gimbal::cli::main()
}
