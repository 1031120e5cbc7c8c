//! `gimbal vault`: what a depositor does.
//!
//! | module | subject |
//! |---|---|
//! | [`show`] | `list`, `show`, `preview`: reading |
//! | [`ground`] | what every command of one vault stands on |
//! | [`amounts`] | amounts as they are typed, slippage, words |
//! | [`enter`] | `deposit`, `mint` |
//! | [`leave`] | `withdraw`, `redeem` |
//! | [`tickets`] | `request` |
//! | [`claims`] | `claim`, `cancel`, `transfer-ticket` |
//! | [`fulfil`] | paying the queue |
//! | [`in_kind`] | `redeem-in-kind` |
//! | [`admit`] | the list of a gated vault |
//! | [`effects`] | what a receipt says moved |
//! | [`text`], [`preview`] | tables and previews for people |

pub mod admit;
pub mod amounts;
pub mod claims;
pub mod effects;
pub mod enter;
mod finish;
pub mod fulfil;
pub mod ground;
pub mod in_kind;
pub mod leave;
pub mod preview;
pub mod show;
pub mod text;
pub mod tickets;
mod way;

use super::session::Session;
use anyhow::Result;
use clap::{Args, Subcommand};

/// Look at vaults, pay in, take out
#[derive(Args, Debug)]
pub struct Vault {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands of one vault. What each does is written at its arguments, where its help comes from.
#[allow(missing_docs)]
#[derive(Debug, Subcommand)]
pub enum Command {
    List(show::List),
    Show(show::Show),
    Preview(show::Preview),
    Deposit(enter::Deposit),
    Mint(enter::Mint),
    Withdraw(leave::Withdraw),
    Redeem(leave::Redeem),
    Request(tickets::Request),
    Fulfil(fulfil::Fulfil),
    Claim(claims::Claim),
    Cancel(claims::Cancel),
    TransferTicket(claims::TransferTicket),
    RedeemInKind(in_kind::RedeemInKind),
    Admit(admit::Admit),
}

/// Runs one.
///
/// # Errors
///
/// The command's, each one sentence with a next step; nothing was sent.
pub fn run(session: &mut Session, options: &Vault) -> Result<()> {
    match &options.command {
        Command::List(options) => show::list(session, options),
        Command::Show(options) => show::show(session, options),
        Command::Preview(options) => show::preview(session, options),
        Command::Deposit(options) => enter::deposit(session, options),
        Command::Mint(options) => enter::mint(session, options),
        Command::Withdraw(options) => leave::withdraw(session, options),
        Command::Redeem(options) => leave::redeem(session, options),
        Command::Request(options) => tickets::request(session, options),
        Command::Fulfil(options) => fulfil::fulfil(session, options),
        Command::Claim(options) => claims::claim(session, options),
        Command::Cancel(options) => claims::cancel(session, options),
        Command::TransferTicket(options) => claims::transfer(session, options),
        Command::RedeemInKind(options) => in_kind::redeem(session, options),
        Command::Admit(options) => admit::admit(session, options),
    }
}
