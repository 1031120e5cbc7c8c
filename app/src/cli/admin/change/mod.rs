//! `gimbal admin change`: the queues of changes that wait.

mod act;
mod show;

use super::super::arguments::address;
use super::super::operation::TransactionArgs;
use super::super::session::Session;
use super::guarded::GuardedArgs;
use super::target::{Target, TargetArgs};
use crate::chain::{Chain, ChainError};
use anchor_lang::{prelude::Pubkey, Discriminator};
use anyhow::{anyhow, Context, Result};
use bytemuck::pod_read_unaligned;
use clap::{Args, Subcommand};
use gimbal_control::ChangeRecord;
use std::sync::Arc;

/// Changes that wait: whatever raises risk on an account that holds somebody's money, proposed by its owner and applied
/// days later, so that whoever disagrees can leave first
#[derive(Debug, Subcommand)]
pub enum Change {
    /// List the changes of a vault, its ledger and its book, or of one of them
    List(List),
    /// Show one change: what it sets, from when, and what is in force now
    Show(Chosen),
    /// Propose the data of an instruction as a change; each other command of `admin` proposes its own
    Propose(Propose),
    /// Stop a change for good; the guardian or the owner signs
    Veto(Signed),
    /// Apply a change that has waited; the owner signs
    Apply(Apply),
    /// Close a change that is over; its rent goes back to who paid it
    Close(Close),
}

/// Options of `change list`.
#[derive(Args, Debug)]
pub struct List {
    /// Whose changes.
    #[command(flatten)]
    pub target: TargetArgs,
    /// Also those that are over: applied, vetoed, expired
    #[arg(long)]
    pub all: bool,
}

/// One change.
#[derive(Args, Clone, Copy, Debug)]
pub struct Chosen {
    /// Whose change.
    #[command(flatten)]
    pub target: TargetArgs,
    /// Its number, as `gimbal admin change list` shows it
    #[arg(value_name = "NUMBER")]
    pub number: u64,
}

/// One change, and how to sign for it.
#[derive(Args, Debug)]
pub struct Signed {
    /// Which change.
    #[command(flatten)]
    pub chosen: Chosen,
    /// How it is signed and sent.
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// Options of `change propose`.
#[derive(Args, Debug)]
pub struct Propose {
    /// Whose change.
    #[command(flatten)]
    pub target: TargetArgs,
    /// The instruction's data, discriminator and arguments, as `gimbal admin change show` prints it
    #[arg(long, value_name = "HEX", value_parser = bytes)]
    pub data: Arc<Vec<u8>>,
    /// How it is made.
    #[command(flatten)]
    pub guarded: GuardedArgs,
}

/// Options of `change apply`.
#[derive(Args, Debug)]
pub struct Apply {
    /// Which change.
    #[command(flatten)]
    pub chosen: Chosen,
    /// The change's data, for a machine that asks no chain [default: read from the change]
    #[arg(long, value_name = "HEX", value_parser = bytes)]
    pub data: Option<Arc<Vec<u8>>>,
    /// How it is signed and sent.
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// Options of `change close`.
#[derive(Args, Debug)]
pub struct Close {
    /// Which change.
    #[command(flatten)]
    pub chosen: Chosen,
    /// Who paid its rent, for a machine that asks no chain [default: read from the change]
    #[arg(long, value_name = "KEY", value_parser = address)]
    pub paid_by: Option<Pubkey>,
    /// How it is signed and sent.
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

fn bytes(text: &str) -> Result<Arc<Vec<u8>>, String> {
    hex::decode(text).map(Into::into).map_err(|_| "give bytes in hexadecimal, as `change show` prints them".to_owned())
}

/// Runs a command of the family.
///
/// # Errors
///
/// Each a sentence with a next step.
pub fn run(session: &mut Session, command: &Change) -> Result<()> {
    match command {
        Change::List(options) => show::list(session, options),
        Change::Show(options) => show::show(session, options),
        Change::Propose(options) => act::propose(session, options),
        Change::Veto(options) => act::veto(session, options),
        Change::Apply(options) => act::apply(session, options),
        Change::Close(options) => act::close(session, options),
    }
}

/// Reads one change of a target.
fn read(chain: &dyn Chain, target: &Target, number: u64) -> Result<ChangeRecord> {
    let key = target.queue().change(number);
    let missing = || {
        anyhow!(
            "{} has no change {number}: it was closed, or never proposed; see `gimbal admin change list {} --all`",
            target.shown(),
            target.key
        )
    };
    let account = chain.get_account(&key)?.filter(|account| !account.data.is_empty()).with_context(missing)?;
    Ok(parse(&key, &account.data)?)
}

fn parse(key: &Pubkey, data: &[u8]) -> Result<ChangeRecord, ChainError> {
    let head = strategy_router::state::Change::DISCRIMINATOR.len();
    let body = data.get(head..head + core::mem::size_of::<ChangeRecord>());
    body.map(pod_read_unaligned).ok_or_else(|| ChainError::WrongAccount {
        key: *key,
        expected: "a queued change",
        reason: format!("it holds {} bytes", data.len()),
    })
}
