//! `gimbal admin`: what owner, curator and guardian do.
//!
//! | module | subject |
//! |---|---|
//! | [`change`] | the queues of changes that wait |
//! | [`pause`] | what stands still |
//! | [`fees`], [`limits`] | what the vault and the ledger charge and bound |
//! | [`line`](mod@line) | bounds, status, code and removal of lines |
//! | [`ledger`] | policy, withdraw order, lookup table |
//! | [`gate`] | who may pay in |
//! | [`role`] | who may do what |
//! | [`keeper`] | who may turn the crank |
//! | [`book`], [`feed`], [`model`] | what the risk oracle allows, how it judges prices and forecasts |
//! | [`engine`], [`risk_limits`] | what the risk engine follows, stresses and bounds |
//! | [`network`] | contagion networks, and which one a book follows |
//! | [`target`] | vault, ledger, book and feed as accounts with roles and a queue |
//! | [`guarded`] | at once, or proposed where it must wait |
//! | [`rebuild`], [`fields`], [`effects`] | instructions from data, and what they change, in words |

pub mod book;
pub mod change;
pub mod effects;
pub mod engine;
pub mod feed;
pub mod fees;
pub mod fields;
pub mod gate;
pub mod guarded;
pub mod keeper;
pub mod ledger;
pub mod limits;
pub mod line;
pub mod model;
pub mod network;
pub mod pause;
pub mod rebuild;
pub mod risk_limits;
pub mod role;
pub mod target;

use super::session::Session;
use anyhow::Result;
use clap::{Args, Subcommand};

/// Run a vault: changes, pauses, bounds, limits, fees, roles, keepers, risks
///
/// What lowers risk happens at once. What raises risk where somebody's money depends on it is proposed, waits at least two
/// days, can be vetoed meanwhile, and is then applied with `gimbal admin change apply`. Every command shows what is in force
/// and what it becomes before anything is signed.
#[derive(Args, Debug)]
pub struct Admin {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands, each documented at its arguments.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Changes that wait: list, show, propose, veto, apply, close
    #[command(subcommand)]
    Change(change::Change),
    /// Stop deposits, instant exits or new money into lines for a while; guardian, curator or owner sign
    Pause(pause::Pause),
    /// End a pause; the curator or the owner signs
    Lift(pause::Pause),
    /// Set a line's bounds
    Bounds(Box<line::Bounds>),
    /// Set limits of the vault or of its ledger
    #[command(subcommand)]
    Limits(Box<limits::Limits>),
    /// Set the vault's fees
    Fees(Box<fees::Fees>),
    /// Choose how keepers weigh the lines
    Policy(ledger::Policy),
    /// Set the order in which exits draw on lines
    WithdrawOrder(ledger::WithdrawOrder),
    /// The list of who may pay in: set, list-root, proof
    #[command(subcommand)]
    Gate(gate::Gate),
    /// Who may do what: show, propose-owner, accept-owner, set-curator, set-guardian, renounce
    #[command(subcommand)]
    Role(role::Role),
    /// Who may turn the crank: register, activate, deactivate, list
    #[command(subcommand)]
    Keeper(keeper::Keeper),
    /// Lines: status, approve-venue, remove
    #[command(subcommand)]
    Line(line::Line),
    /// The risk oracle's book: show, risk, line-risk, asset, model, limits, scenario
    #[command(subcommand)]
    Book(book::Book),
    /// Feeds of the risk oracle: params
    #[command(subcommand)]
    Feed(feed::Feed),
    /// Contagion networks of the risk oracle: who falls with whom
    #[command(subcommand)]
    Network(Box<network::Network>),
    /// The lookup table that shortens the vault's transactions: set
    #[command(subcommand)]
    LookupTable(ledger::LookupTable),
}

/// Runs a command of the family.
///
/// # Errors
///
/// Each a sentence with a next step.
pub fn run(session: &mut Session, options: &Admin) -> Result<()> {
    match &options.command {
        Command::Change(command) => change::run(session, command),
        Command::Pause(options) => pause::pause(session, options),
        Command::Lift(options) => pause::lift(session, options),
        Command::Bounds(options) => line::bounds(session, options),
        Command::Limits(command) => limits::run(session, command),
        Command::Fees(options) => fees::run(session, options),
        Command::Policy(options) => ledger::set_policy(session, options),
        Command::WithdrawOrder(options) => ledger::set_withdraw_order(session, options),
        Command::Gate(command) => gate::run(session, command),
        Command::Role(command) => role::run(session, command),
        Command::Keeper(command) => keeper::run(session, command),
        Command::Line(command) => line::run(session, command),
        Command::Book(command) => book::run(session, command),
        Command::Feed(command) => feed::run(session, command),
        Command::Network(command) => network::run(session, command),
        Command::LookupTable(command) => ledger::set_lookup_table(session, command),
    }
}
