//! `gimbal risk observe` and `gimbal risk report`: what keeps a book up to date, by hand.

use super::super::admin::guarded::{refreshed, refused_with};
use super::super::arguments::address;
use super::super::operation::{Operation, TransactionArgs};
use super::super::session::Session;
use super::super::submit::{look, submit};
use super::show::facts;
use super::text::in_words;
use crate::decode::events::{Event, OracleEvent, RouterEvent};
use crate::instructions::{oracle, router};
use crate::risk::view::{explained, regime_name, RiskFacts};
use crate::table::{row, Row};
use crate::views::units::{percent, span, Amount};
use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Result};
use clap::Args;

/// Have a vault's book read the feeds of its assets, on the chain; anybody may, and it costs only the network's fee
///
/// The regime is raised at once where the signals say so. When all feeds have closed a newer day, its returns are added, and
/// the regime may come down. To bring newer prices to the feeds first: `gimbal feed update`.
#[derive(Args, Debug)]
#[command(after_long_help = "\
Examples:
  gimbal risk observe VAULT --dry-run
  gimbal feed update FEED && gimbal risk observe VAULT -y")]
pub struct Observe {
    /// The vault's address
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// Report to a vault's book what lies where, on the chain; anybody may, and it costs only the network's fee
///
/// Nothing moves. Where the valuations are too old, they are refreshed in front. What is beyond its limit is named with what
/// helps: it is in the way of new money, never of an exit.
#[derive(Args, Debug)]
#[command(after_long_help = "\
Examples:
  gimbal risk report VAULT --dry-run
  gimbal risk report VAULT -y && gimbal risk show VAULT")]
pub struct Report {
    /// The vault's address
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// Runs `gimbal risk observe`.
///
/// # Errors
///
/// If there is no such vault, or it has no book; what the chain refuses.
pub fn observe(session: &mut Session, options: &Observe) -> Result<()> {
    let (ground, read) = facts(session, &options.vault)?;
    let book = ground.facts.addresses.book;
    has_prices(&read)?;
    let feeds: Vec<Pubkey> = read.book.used_assets().map(|(_, asset)| asset.feed).collect();
    let payer = session.payer_key()?;
    let operation = Operation::new("Have the book observe its feeds", payer, vec![oracle::observe(&book, &feeds)])
        .of_vault(&options.vault)
        .shows("Book", book.to_string())
        .shows("Feeds", feeds.len().to_string())
        .shows("Observed", before(read.book.observed_at, ground.facts.now))
        .reads(move |receipt| {
            let told = receipt.events();
            told.iter().find_map(|event| observed(event, &book)).unwrap_or_default()
        });
    submit(session, &options.transaction, operation).map(drop)
}

/// Runs `gimbal risk report`.
///
/// # Errors
///
/// As [`observe`]; before the first deposit.
pub fn report(session: &mut Session, options: &Report) -> Result<()> {
    let (ground, read) = facts(session, &options.vault)?;
    let ledger = ground.facts.addresses.ledger;
    let payer = session.payer_key()?;
    let (decimals, symbol) = (ground.decimals(), ground.symbol);
    let mut operation =
        Operation::new("Report to the book what lies where", payer, vec![router::report(&ground.context)])
            .of_vault(&options.vault)
            .shows("Book", ground.facts.addresses.book.to_string())
            .shows("Reported", before(read.book.assessed_at, ground.facts.now))
            .reads(move |receipt| {
                let told = receipt.events();
                let reported = told.iter().find_map(|event| match event {
                    Event::Router(RouterEvent::Reported(it)) if it.ledger == ledger => Some((it.nav, it.flags)),
                    _ => None,
                });
                reported.map(|(nav, bits)| found(&Amount::new(nav, decimals).ui, symbol, bits)).unwrap_or_default()
            });
    if !options.transaction.fixed() {
        match look(session, &options.transaction, &operation) {
            Err(error) if refused_with(&error, "StaleNav") => {
                refreshed(session, &options.transaction, &mut operation)?;
            }
            Err(error) => return Err(error),
            Ok(_) => {}
        }
    }
    submit(session, &options.transaction, operation).map(drop)
}

/// Refuses where a feed of the book has no price yet, naming it.
fn has_prices(read: &RiskFacts) -> Result<()> {
    let empty = |(row, feed): &(usize, Option<risk_oracle::state::Feed>)| {
        let empty = feed.as_ref().is_none_or(|feed| feed.updates == 0);
        read.book.assets.get(*row).filter(|_| empty).map(|asset| asset.feed)
    };
    if let Some(feed) = read.feeds.iter().find_map(empty) {
        bail!("the feed {feed} has no price yet: bring one with `gimbal feed update {feed}`, then observe");
    }
    Ok(())
}

/// When something was done last.
fn before(at: i64, now: i64) -> String {
    match at {
        0 => "never".to_owned(),
        at => format!("{} ago", span(now.saturating_sub(at))),
    }
}

fn observed(event: &Event, book: &Pubkey) -> Option<Vec<Row>> {
    match event {
        Event::Oracle(OracleEvent::BookObserved(it)) if it.book == *book => Some(vec![
            row("Regime", regime_name(it.regime)),
            row("Left of scaled caps", percent(it.scale_bps)),
            row("Day's returns", if it.appended { "added" } else { "no new day" }),
        ]),
        _ => None,
    }
}

fn found(nav: &str, symbol: &str, bits: u32) -> Vec<Row> {
    let flags = explained(bits);
    let names: Vec<&str> = flags.iter().map(|view| view.flag).collect();
    let names = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
    let mut rows = vec![row("NAV", format!("{nav} {symbol}")), row("Beyond its limit", names)];
    rows.extend(flags.iter().map(|view| row("What helps", in_words(view))));
    rows
}
