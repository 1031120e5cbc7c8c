//! `gimbal risk show` and `gimbal risk stress`.

use super::super::arguments::address;
use super::super::operation::{Operation, TransactionArgs};
use super::super::session::Session;
use super::super::submit::submit;
use super::super::vault::ground::Ground;
use super::text;
use crate::decode::events::{Event, OracleEvent};
use crate::instructions::oracle;
use crate::risk::view::{RiskFacts, RiskView};
use crate::table::row;
use crate::views::units::{span, Gain};
use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Context, Result};
use clap::Args;
use risk_oracle::state::{Scenario, SCENARIOS};

/// Show a vault's risk: limits against use, Greeks, value at risk by asset, stresses, the regime with its reasons, contagion
///
/// Everything is as the chain has it: figures of the last assessment, prices of the last observation, losses of the last
/// stress, each with its moment. What has no limit is shown all the same. Bars show how much of a limit is used: a full one is
/// at its limit. What the last verdict found in the way of new money is told with what helps. In JSON, amounts are in base
/// units and as people write them, shares in basis points (_bps).
#[derive(Args, Debug)]
#[command(after_long_help = "\
Examples:
  gimbal risk show VAULT
  gimbal risk show VAULT --output json")]
pub struct Show {
    /// The vault's address
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
}

/// Revalue a vault's lines in all of its stress scenarios, on the chain; anybody may, and it costs only the network's fee
///
/// Every line is revalued in full, as it was last reported: a lending position, a leveraged loop, concentrated liquidity, a
/// hedge, an option. With --dry-run nothing is sent, and the losses are those that a transaction would store.
#[derive(Args, Debug)]
#[command(after_long_help = "\
Examples:
  gimbal risk stress VAULT --dry-run
  gimbal risk stress VAULT -y && gimbal risk show VAULT")]
pub struct Stress {
    /// The vault's address
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// Runs `gimbal risk show`.
///
/// # Errors
///
/// If there is no such vault, or it has no book; the chain's.
pub fn show(session: &mut Session, options: &Show) -> Result<()> {
    let (ground, read) = facts(session, &options.vault)?;
    let view = RiskView::new(&read);
    session.answer(&view, || text::show(&view, ground.symbol))
}

/// Runs `gimbal risk stress`.
///
/// # Errors
///
/// If there is no such vault, it has no book or no scenario; what the chain refuses.
pub fn stress(session: &mut Session, options: &Stress) -> Result<()> {
    let (ground, read) = facts(session, &options.vault)?;
    let labels: Vec<(usize, String)> =
        RiskView::new(&read).stresses.into_iter().map(|stress| (stress.row, stress.scenario)).collect();
    if labels.is_empty() {
        bail!(
            "the book {} has no stress scenario: its owner defines one with `gimbal admin book scenario`",
            ground.facts.addresses.book
        );
    }
    let book = ground.facts.addresses.book;
    let payer = session.payer_key()?;
    let first = read.book.scenarios.iter().position(Scenario::is_used).unwrap_or_default();
    let last = read.book.scenarios.iter().rposition(Scenario::is_used).unwrap_or(SCENARIOS - 1);
    let from = u8::try_from(first).context("a row of a scenario")?;
    let count = u8::try_from(last + 1 - first).context("a number of scenarios")?;
    let decimals = ground.decimals();
    let symbol = ground.symbol;
    let reported = match read.book.assessed_at {
        0 => "never: no line has been reported yet".to_owned(),
        at => format!("{} ago", span(ground.facts.now.saturating_sub(at))),
    };
    let operation = Operation::new("Work out the stress scenarios", payer, vec![oracle::stress(&book, from, count)])
        .of_vault(&options.vault)
        .shows("Book", book.to_string())
        .shows("Scenarios", labels.len().to_string())
        .shows("Lines as reported", reported)
        .reads(move |receipt| {
            let told = receipt.events();
            let losses = told.iter().find_map(|event| match event {
                Event::Oracle(OracleEvent::BookStressed(event)) if event.book == book => Some(event.losses),
                _ => None,
            });
            let loss = |(place, label): &(usize, String)| {
                let loss = losses?.get(*place).copied()?;
                let words = if loss < 0 { "gains" } else { "loses" };
                let size = Gain::new(i128::from(loss).abs(), decimals).ui;
                Some(row(format!("Scenario {label}"), format!("{words} {size} {symbol}")))
            };
            labels.iter().filter_map(loss).collect()
        });
    submit(session, &options.transaction, operation).map(|_| ())
}

pub(super) fn facts(session: &mut Session, vault: &Pubkey) -> Result<(Ground, RiskFacts)> {
    let ground = Ground::read(session, vault)?;
    let read = RiskFacts::read(session.chain()?, ground.facts.clone())?;
    let read = read.with_context(|| {
        format!("the vault {vault} has no book yet: its owner opens one with the instruction open_book, and until then nothing is deployed")
    })?;
    Ok((ground, read))
}
