//! The command line: what is asked, checked before anything starts, and how it ends.
//!
//! Exit codes: 0 done, 1 the run could not be made or its accounts disagree, 2 the command itself is wrong. Every
//! failure is one line on standard error that says what to do.

mod arguments;
mod demo;
mod output;

use arguments::{Arguments, Command};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::Parser;
use std::ffi::OsString;
use std::process::ExitCode;

/// The run failed.
const FAILED: u8 = 1;
/// The command is wrong.
const USAGE: u8 = 2;

/// Runs the command line with the process's arguments.
pub fn main() -> ExitCode {
    run(std::env::args_os())
}

fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return refuse(&error),
    };
    let result = match arguments.command {
        Command::Demo(options) => demo::run(&options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&format!("{error:#}"));
            ExitCode::from(FAILED)
        }
    }
}

/// Help and version are answers; anything else is one line.
fn refuse(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // A closed pipe is the reader's wish.
            let _ = error.print();
            ExitCode::SUCCESS
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            output::complain("no command is given; run `gimbal demo`, or `gimbal --help` for all commands");
            ExitCode::from(USAGE)
        }
        _ => {
            output::complain(&one_line(error));
            ExitCode::from(USAGE)
        }
    }
}

/// The parser's first sentence, what it suggests, and where to read more.
fn one_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default();
    let problem = first.strip_prefix("error: ").unwrap_or(first).trim_end_matches(':');
    let suggestion = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
        .into_iter()
        .filter_map(|kind| error.get(kind))
        .find_map(|value| match value {
            ContextValue::String(one) => Some(one.clone()),
            ContextValue::Strings(several) => several.first().cloned(),
            _ => None,
        });
    match suggestion {
        Some(suggestion) => format!("{problem}; did you mean {suggestion}? See `gimbal demo --help`"),
        None => format!("{problem}; see `gimbal demo --help`"),
    }
}
