//! The command line: what is asked, checked before anything starts, and how it ends.
//!
//! | module | subject |
//! |---|---|
//! | [`arguments`] | what every command understands |
//! | [`families`] | the list of commands |
//! | [`config`] | settings: arguments, the Solana tools' configuration, defaults |
//! | [`session`] | one run: settings, chain, signers, terminal |
//! | [`signers`] | keypair files, prompts, hardware wallets, addresses |
//! | [`operation`] | what a command wants done, and what came of it |
//! | [`submit`] | simulation, review, consent, sending, signing elsewhere |
//! | [`terminal`] | printing and asking |
//! | one more for each command | its arguments and `run` |
//!
//! Exit codes: 0 done, 1 it could not be done (or the demo's accounts disagree), 2 the command itself is wrong. `verify`:
//! 0 everything holds, 1 something is broken, 2 it could not be verified. Every failure is one line on standard error
//! that says what to do.

pub mod admin;
pub mod arguments;
pub mod blockhash;
pub mod completions;
pub mod config;
pub mod demo;
pub mod families;
pub mod feed;
pub mod history;
pub mod keeper;
pub mod localnet;
pub mod operation;
pub mod output;
pub mod parse;
pub mod position;
pub mod risk;
pub mod session;
pub mod signers;
pub mod statement;
pub mod strategy;
pub mod submit;
pub mod terminal;
mod usage;
pub mod vault;
pub mod verify;

use anyhow::{bail, Result};
use clap::Parser;
use config::Resolved;
use families::{Arguments, Command};
use session::Session;
use std::ffi::OsString;
use std::process::ExitCode;

/// The run failed.
const FAILED: u8 = 1;
/// The command is wrong.
const USAGE: u8 = 2;

/// Runs the command line with the process's arguments.
pub fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let arguments = match Arguments::try_parse_from(&arguments) {
        Ok(arguments) => arguments,
        Err(error) => return usage::refuse(&error, &arguments),
    };
    let impossible = match arguments.command {
        Command::Verify(_) => USAGE,
        _ => FAILED,
    };
    match dispatch(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(FAILED),
        Err(error) => {
            output::complain(&format!("{error:#}"));
            ExitCode::from(impossible)
        }
    }
}

/// Runs a command that needs no session by itself, and any other in one; whether all is well.
fn dispatch(arguments: &Arguments) -> Result<bool> {
    let global = &arguments.global;
    match &arguments.command {
        Command::Demo(options) => demo::run(options, global.output)?,
        Command::Localnet(options) => localnet::run(options, global)?,
        Command::Verify(options) => return verify::run(options, global),
        Command::Keeper(options) => return keeper::run(options, global),
        Command::Risk(options) => risk::run_alone(options, global)?,
        Command::Completions(options) => completions::completions(options)?,
        Command::HelpMarkdown(options) => completions::help_markdown(options)?,
        command => {
            let mut session = Session::new(Resolved::resolve(global)?);
            let settings = session.config.settings();
            session.tell_more(|| settings);
            run_in(&mut session, command).map_err(|error| session.explain(error))?;
        }
    }
    Ok(true)
}

/// Runs a command that reads a chain or changes something on it.
///
/// # Errors
///
/// The command's, each a sentence with a next step.
pub fn run_in(session: &mut Session, command: &Command) -> Result<()> {
    match command {
        Command::Admin(options) => admin::run(session, options),
        Command::Blockhash(options) => blockhash::run(session, options),
        Command::Vault(options) => vault::run(session, options),
        Command::Strategy(options) => strategy::run(session, options),
        Command::Feed(options) => feed::run(session, options),
        Command::Position(options) => position::run(session, options),
        Command::Risk(options) => risk::run(session, options),
        Command::History(options) => history::run(session, options),
        Command::Statement(options) => statement::run(session, options),
        Command::Demo(_)
        | Command::Localnet(_)
        | Command::Verify(_)
        | Command::Keeper(_)
        | Command::Completions(_)
        | Command::HelpMarkdown(_) => {
            bail!("this command runs by itself, in no session: call it as a process")
        }
    }
}
