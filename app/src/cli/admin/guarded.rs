//! Instructions that must wait where they raise risk: done at once where they may be, proposed as a change where they may
//! not. Which of the two, the chain says: it is asked by a simulation.

use super::super::operation::{Operation, Outcome, TransactionArgs};
use super::super::session::Session;
use super::super::submit;
use super::target::{decimals, State, Target};
use super::{effects, fields, rebuild};
use crate::amount;
use crate::bundle::{split, Suite};
use crate::chain::ChainError;
use crate::table::row;
use anchor_lang::prelude::Pubkey;
use anyhow::{Context, Result};
use clap::Args;
use gimbal_control::ChangeRecord;
use solana_instruction::Instruction;

/// Bytes of a change's account.
const CHANGE_BYTES: usize = 8 + core::mem::size_of::<ChangeRecord>();

/// How a change that may have to wait is made.
#[derive(Args, Clone, Debug, Default)]
pub struct GuardedArgs {
    /// Propose it as a change that waits, even where it could be done at once
    ///
    /// Where it may not be done at once, it is proposed without being asked for; but not with --blockhash, since
    /// everybody who signs must come to the same bytes.
    #[arg(long)]
    pub propose: bool,

    /// Number of the change to propose [default: the next one, which the chain says]
    #[arg(long, value_name = "N", requires = "propose")]
    pub number: Option<u64>,

    /// How it is signed and sent.
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// An instruction that may have to wait, as its authority would send it at once.
pub struct Guarded {
    /// What it is, in a few words.
    pub title: String,
    /// What it is about.
    pub target: Target,
    /// The instruction.
    pub instruction: Instruction,
}

/// Does it or proposes it.
///
/// # Errors
///
/// As [`submit::submit`].
pub fn run(session: &mut Session, args: &GuardedArgs, guarded: &Guarded) -> Result<Outcome> {
    let transaction = &args.transaction;
    let state = match transaction.sign_only {
        true => None,
        false => Some(guarded.target.state(session.chain()?)?),
    };
    if args.propose {
        return propose(session, args, guarded, state.as_ref());
    }
    let mut direct = operation(session, guarded, state.as_ref(), &guarded.title, guarded.instruction.clone())?;
    if transaction.fixed() {
        let hint = "if it must wait, add --propose wherever it is signed";
        return submit::submit(session, transaction, direct).context(hint);
    }
    match submit::look(session, transaction, &direct) {
        Ok(_) => submit::submit(session, transaction, direct),
        Err(error) if refused_with(&error, "StaleNav") => {
            refreshed(session, transaction, &mut direct)?;
            submit::submit(session, transaction, direct)
        }
        Err(error) if refused_with(&error, "ChangeRequired") => {
            session.tell(&format!(
                "This raises risk where somebody's money depends on it, so it must wait: proposing it as a change of {}.",
                guarded.target.shown()
            ));
            propose(session, args, guarded, state.as_ref())
        }
        Err(error) => Err(error),
    }
}

/// The operation that sends `instruction`, with what it changes in its review.
fn operation(
    session: &mut Session,
    guarded: &Guarded,
    state: Option<&State>,
    title: &str,
    instruction: Instruction,
) -> Result<Operation> {
    let Guarded { target, instruction: shown, .. } = guarded;
    let before = state.and_then(|state| rebuild::in_force(state, &shown.data));
    let base = match (target.vault, state) {
        (Some(vault), Some(_)) => Some(decimals(session.chain()?, &vault.vault)?),
        _ => None,
    };
    let mut operation = Operation::new(title, session.owner_key()?, vec![instruction]).reads(effects::read);
    operation.vault = target.vault.map(|vault| vault.vault);
    operation.review.push(row("Concerns", target.shown()));
    operation.review.extend(fields::changes(&shown.program_id, before.as_deref(), &shown.data, base));
    Ok(operation)
}

fn propose(session: &mut Session, args: &GuardedArgs, guarded: &Guarded, state: Option<&State>) -> Result<Outcome> {
    let number = match (args.number, state) {
        (Some(number), _) => number,
        (None, Some(state)) => state.next_change(),
        (None, None) => guarded.target.state(session.chain()?)?.next_change(),
    };
    let Guarded { target, instruction, title } = guarded;
    let authority = session.owner_key()?;
    let payer = submit::payer(session, &args.transaction, &authority)?;
    let named = rebuild::named_when_proposed(instruction);
    let proposal = target.queue().propose(&authority, &payer, number, instruction, named);
    let title = format!("Propose change {number} of {}: {}", target.shown(), lower_first(title));
    let mut operation = operation(session, guarded, state, &title, proposal)?;
    if state.is_some() {
        let rent = session.chain()?.minimum_balance(CHANGE_BYTES)?;
        let rent = format!("{} SOL, back when the change is over and closed", amount::format(rent, 9));
        operation.review.push(row("Rent", rent));
    }
    submit::submit(session, &args.transaction, operation)
}

/// Puts what makes NAV fresh in front: into the same transaction where it fits, else into crank transactions.
///
/// # Errors
///
/// The chain's; where not even the operation alone fits.
pub fn refreshed(session: &mut Session, args: &TransactionArgs, operation: &mut Operation) -> Result<()> {
    let vault = operation.vault.context("only a vault has a NAV")?;
    let authority = operation.authority;
    let payer = submit::payer(session, args, &authority)?;
    let suite = Suite::read(session.chain()?, &vault)?;
    operation.tables.extend(suite.vault.lookup_table(session.chain()?)?);
    let mut groups = suite.refreshes();
    groups.push(std::mem::take(&mut operation.instructions));
    let mut transactions = split(&payer, groups, &operation.tables)?;
    operation.instructions = transactions.pop().unwrap_or_default();
    operation.before = transactions;
    Ok(())
}

/// Whether the chain refused by this name.
pub fn refused_with(error: &anyhow::Error, name: &str) -> bool {
    let refused = error.downcast_ref::<ChainError>().and_then(ChainError::refused);
    refused.is_some_and(|refused| refused.name() == name)
}

/// A title inside another one.
fn lower_first(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// A key to name in a role: an address, or `none` to leave the post empty.
///
/// # Errors
///
/// If it is neither.
pub fn key_or_none(text: &str) -> Result<Pubkey, String> {
    match text {
        "none" => Ok(Pubkey::default()),
        address => address.parse().map_err(|_| "give an address in base58, or none".to_owned()),
    }
}
