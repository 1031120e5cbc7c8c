//! Proposing, vetoing, applying and closing.

use super::super::super::operation::Operation;
use super::super::super::session::Session;
use super::super::super::submit;
use super::super::guarded::{self, Guarded, GuardedArgs};
use super::super::target::{decimals, State, Target};
use super::super::{effects, fields, rebuild};
use super::{read, Apply, Close, Propose, Signed};
use crate::chain::Chain;
use crate::instructions::changes::presenting;
use crate::table::{row, Row};
use crate::views::change::{describe, ChangeView};
use crate::views::units::wait;
use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Result};
use gimbal_control::ChangeRecord;
use solana_instruction::Instruction;

/// `change propose`.
pub(super) fn propose(session: &mut Session, options: &Propose) -> Result<()> {
    let target = options.target.resolve(session)?;
    let authority = session.owner_key()?;
    let instruction = rebuild_for(session, &target, &authority, &options.data)?;
    let title = describe(&instruction.program_id, &instruction.data).instruction.replace('_', " ");
    let args = GuardedArgs { propose: true, ..options.guarded.clone() };
    guarded::run(session, &args, &Guarded { title, target, instruction }).map(drop)
}

/// As [`rebuild::instruction`]. Only the approval of a venue asks the chain for the line's accounts.
fn rebuild_for(session: &mut Session, target: &Target, authority: &Pubkey, data: &[u8]) -> Result<Instruction> {
    rebuild::instruction(session.chain()?, target, authority, data)
}

/// `change veto`.
pub(super) fn veto(session: &mut Session, options: &Signed) -> Result<()> {
    let target = options.chosen.target.resolve(session)?;
    let (number, authority) = (options.chosen.number, session.owner_key()?);
    let instruction = target.queue().veto(&authority, number);
    let title = format!("Veto change {number} of {}", target.shown());
    let mut operation = Operation::new(title, authority, vec![instruction]).reads(effects::read);
    operation.vault = target.vault.map(|vault| vault.vault);
    if !options.transaction.sign_only {
        let record = read(session.chain()?, &target, number)?;
        operation.review.extend(told(session, &target, &record)?);
    }
    submit::submit(session, &options.transaction, operation).map(drop)
}

/// What a change would do, for the review of its veto.
fn told(session: &mut Session, target: &Target, record: &ChangeRecord) -> Result<Vec<Row>> {
    let program = target.queue().program();
    let base = target.vault.map(|vault| decimals(session.chain()?, &vault.vault).map_err(anyhow::Error::from));
    let state: State = target.state(session.chain()?)?;
    let mut rows = vec![row("What it would do", describe(&program, record.data()).instruction)];
    let before = rebuild::in_force(&state, record.data());
    rows.extend(fields::changes(&program, before.as_deref(), record.data(), base.transpose()?));
    Ok(rows)
}

/// `change apply`.
pub(super) fn apply(session: &mut Session, options: &Apply) -> Result<()> {
    let target = options.chosen.target.resolve(session)?;
    let (number, authority) = (options.chosen.number, session.owner_key()?);
    let (data, rows) = match &options.data {
        Some(data) => (data.to_vec(), fields::changes(&target.queue().program(), None, data, None)),
        None => {
            let record = read(session.chain()?, &target, number)?;
            require_ready(session.chain()?, &target, &record)?;
            (record.data().to_vec(), told(session, &target, &record)?)
        }
    };
    let instruction = rebuild_for(session, &target, &authority, &data)?;
    let applied = presenting(instruction, &target.queue().change(number));
    let title = format!("Apply change {number} of {}", target.shown());
    let mut operation = Operation::new(title, authority, vec![applied]).reads(effects::read);
    operation.vault = target.vault.map(|vault| vault.vault);
    operation.review = rows;
    if !options.transaction.fixed() {
        match submit::look(session, &options.transaction, &operation) {
            Err(error) if guarded::refused_with(&error, "StaleNav") => {
                guarded::refreshed(session, &options.transaction, &mut operation)?;
            }
            Err(error) => return Err(error),
            Ok(_) => {}
        }
    }
    submit::submit(session, &options.transaction, operation).map(drop)
}

/// Says when a change can be applied, or why never.
fn require_ready(chain: &dyn Chain, target: &Target, record: &ChangeRecord) -> Result<()> {
    let now = chain.clock()?.unix_timestamp;
    let key = target.queue().change(record.nonce);
    let view = ChangeView::new(target.part.name(), &target.queue().program(), &key, record, now);
    let which = format!("change {} of {}", record.nonce, target.shown());
    match view.state {
        "ready" => Ok(()),
        "waiting" => {
            bail!("{which} still waits: apply it from {} on (in {})", view.ready.utc, wait(view.ready.unix - now))
        }
        "expired" => bail!("{which} expired at {}: propose it again", view.expires.utc),
        over => bail!("{which} was {over} before: see `gimbal admin change show {} {}`", target.key, record.nonce),
    }
}

/// `change close`.
pub(super) fn close(session: &mut Session, options: &Close) -> Result<()> {
    let target = options.chosen.target.resolve(session)?;
    let number = options.chosen.number;
    let paid_by = match options.paid_by {
        Some(key) => key,
        None => read(session.chain()?, &target, number)?.payer,
    };
    let title = format!("Close change {number} of {}", target.shown());
    let instruction = target.queue().close(&paid_by, number);
    let mut operation = Operation::new(title, session.owner_key()?, vec![instruction])
        .shows("Rent goes to", paid_by.to_string())
        .reads(effects::read);
    operation.vault = target.vault.map(|vault| vault.vault);
    submit::submit(session, &options.transaction, operation).map(drop)
}
