//! `gimbal risk`: what the risk oracle knows, and how well it knew it before.

pub mod backtest;
mod bar;
pub mod replay;
pub mod show;
mod text;
pub mod watch;

use super::arguments::Global;
use super::config::Resolved;
use super::session::Session;
use anyhow::Result;
use clap::{Args, Subcommand};

/// Look at a vault's risk, keep it up to date, work out its stresses, derive what is stored anew, and test the volatility models on past prices
#[derive(Args, Debug)]
pub struct Risk {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands. What each does is written at its arguments, where its help comes from.
#[allow(missing_docs)]
#[derive(Debug, Subcommand)]
pub enum Command {
    Backtest(backtest::Backtest),
    Show(show::Show),
    Observe(watch::Observe),
    Report(watch::Report),
    Stress(show::Stress),
    Replay(replay::Replay),
}

/// Runs one, in a session where it needs one.
///
/// # Errors
///
/// The command's, each one sentence with a next step.
pub fn run_alone(options: &Risk, global: &Global) -> Result<()> {
    if let Command::Backtest(options) = &options.command {
        return backtest::run(options, global.output);
    }
    let mut session = Session::new(Resolved::resolve(global)?);
    let settings = session.config.settings();
    session.tell_more(|| settings);
    run(&mut session, options).map_err(|error| session.explain(error))
}

/// Runs one against the session's chain; a backtest makes its own.
///
/// # Errors
///
/// As [`run_alone`].
pub fn run(session: &mut Session, options: &Risk) -> Result<()> {
    match &options.command {
        Command::Backtest(options) => backtest::run(options, session.config.output),
        Command::Show(options) => show::show(session, options),
        Command::Observe(options) => watch::observe(session, options),
        Command::Report(options) => watch::report(session, options),
        Command::Stress(options) => show::stress(session, options),
        Command::Replay(options) => replay::replay(session, options),
    }
}
