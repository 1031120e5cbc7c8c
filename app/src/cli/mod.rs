//! The command line: what is asked, checked before anything starts, and how it ends.
//!
//! Exit codes: 0 done, 1 the run could not be made or its accounts disagree, 2 the command itself is wrong. `verify`: 0
//! everything holds, 1 something is broken, 2 it could not be verified. Every failure is one line on standard error that
//! says what to do.

mod arguments;
mod demo;
mod output;
mod verify;

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
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let help = match arguments.get(1) {
        Some(command) if command == "verify" => "gimbal verify --help",
        _ => "gimbal demo --help",
    };
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return refuse(&error, help),
    };
    // What a failed command ends with, and what one ends with that could not be carried out.
    let (result, impossible) = match arguments.command {
        Command::Demo(options) => (demo::run(&options).map(|()| true), FAILED),
        Command::Verify(options) => (verify::run(&options), USAGE),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(FAILED),
        Err(error) => {
            output::complain(&format!("{error:#}"));
            ExitCode::from(impossible)
        }
    }
}

/// Help and version are answers; anything else is one line.
fn refuse(error: &clap::Error, help: &str) -> ExitCode {
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
            output::complain(&one_line(error, help));
            ExitCode::from(USAGE)
        }
    }
}

/// The parser's first sentence, what it suggests, and where to read more.
fn one_line(error: &clap::Error, help: &str) -> String {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default();
    let mut problem = first.strip_prefix("error: ").unwrap_or(first).trim_end_matches(':').to_owned();
    if error.kind() == ErrorKind::MissingRequiredArgument {
        if let Some(ContextValue::Strings(missing)) = error.get(ContextKind::InvalidArg) {
            problem = format!("{problem}: {}", missing.join(", "));
        }
    }
    let suggestion = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
        .into_iter()
        .filter_map(|kind| error.get(kind))
        .find_map(|value| match value {
            ContextValue::String(one) => Some(one.clone()),
            ContextValue::Strings(several) => several.first().cloned(),
            _ => None,
        });
    match suggestion {
        Some(suggestion) => format!("{problem}; did you mean {suggestion}? See `{help}`"),
        None => format!("{problem}; see `{help}`"),
    }
}
