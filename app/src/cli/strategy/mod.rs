//! `gimbal strategy`: a vault's lines, and bringing their valuations up to date.

use super::arguments::address;
use super::operation::{Operation, TransactionArgs};
use super::session::Session;
use super::submit::submit;
use super::vault::effects::{rows, Units};
use super::vault::ground::{facts, simulation_payer, Ground};
use super::vault::text::{lines_table, range, BASE};
use crate::bundle::{PostedFeed, SuiteLine};
use crate::table::{pairs, row};
use crate::views::fresh::Fresh;
use crate::views::line::{is_stale, LineView, VenueCode};
use crate::views::nav::nav_of;
use crate::views::units::{percent, span, ticker};
use anchor_lang::prelude::Pubkey;
use anyhow::{anyhow, bail, Result};
use clap::{Args, Subcommand};
use solana_instruction::Instruction;

/// Look at a vault's lines, and value them anew
#[derive(Args, Debug)]
pub struct Strategy {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands. What each does is written at its arguments, where its help comes from.
#[allow(missing_docs)]
#[derive(Debug, Subcommand)]
pub enum Command {
    List(List),
    Show(Show),
    Refresh(Refresh),
}

/// List a vault's lines: value, weight, bounds, what their venues can pay
#[derive(Args, Debug)]
pub struct List {
    /// The vault's address
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
}

/// Show everything about one line
#[derive(Args, Debug)]
pub struct Show {
    /// The vault's address
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// The line's number
    #[arg(value_name = "LINE")]
    pub line: u16,
}

/// Value lines anew; anybody may, and it costs only the network's fee
///
/// Feeds that a line is priced by are updated first where they are old. Without a line and without --all, the lines whose
/// valuations are too old for NAV are valued.
#[derive(Args, Debug)]
pub struct Refresh {
    /// The vault's address
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// The line's number
    #[arg(value_name = "LINE", conflicts_with = "all")]
    pub line: Option<u16>,
    /// Every line
    #[arg(long)]
    pub all: bool,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// Runs one.
///
/// # Errors
///
/// The command's, each one sentence with a next step; nothing was sent.
pub fn run(session: &mut Session, options: &Strategy) -> Result<()> {
    match &options.command {
        Command::List(options) => list(session, options),
        Command::Show(options) => show(session, options),
        Command::Refresh(options) => refresh(session, options),
    }
}

fn lines(session: &mut Session, vault: &Pubkey) -> Result<(Vec<LineView>, &'static str)> {
    let facts = facts(session.chain()?, vault)?;
    let (nav, _) = nav_of(&facts.ledger, facts.now);
    let symbol = ticker(&facts.base_feed.feed_id).unwrap_or(BASE);
    Ok((LineView::all(&facts, nav.mid), symbol))
}

fn list(session: &mut Session, options: &List) -> Result<()> {
    let (views, symbol) = lines(session, &options.vault)?;
    session.answer(&views, || lines_table(&views, symbol))
}

fn show(session: &mut Session, options: &Show) -> Result<()> {
    let (views, symbol) = lines(session, &options.vault)?;
    let known: Vec<u16> = views.iter().map(|view| view.line).collect();
    let Some(view) = views.into_iter().find(|view| view.line == options.line) else {
        return Err(unknown_line(options.line, &known, &options.vault));
    };
    session.answer(&view, || text(&view, symbol))
}

fn refresh(session: &mut Session, options: &Refresh) -> Result<()> {
    let payer = session.payer_key()?;
    let ground = Ground::read(session, &options.vault)?;
    let known: Vec<u16> = ground.facts.lines().map(|(line, _)| line.id).collect();
    let stale = |line: &strategy_router::state::Line| is_stale(&ground.facts.ledger, line, ground.facts.now);
    let wanted: Vec<u16> = match (options.line, options.all) {
        (Some(line), _) if !known.contains(&line) => return Err(unknown_line(line, &known, &options.vault)),
        (Some(line), _) => vec![line],
        (None, true) => known,
        (None, false) => ground.facts.lines().filter(|(line, _)| stale(line)).map(|(line, _)| line.id).collect(),
    };
    if wanted.is_empty() {
        bail!("no line of {} is too old for NAV: name one, or add --all to value every line anew", ground.key());
    }
    let suite = ground.suite(session)?;
    let lines: Vec<&SuiteLine> =
        suite.lines.iter().filter(|line| wanted.contains(&line.context.addresses.id)).collect();
    if let Some(line) = wanted.iter().find(|id| !lines.iter().any(|line| line.context.addresses.id == **id)) {
        bail!(
            "line {line} cannot be valued: its venue's account cannot be read; see `gimbal strategy show {} {line}`",
            ground.key()
        );
    }
    let simulated = simulation_payer(session, &ground.facts)?;
    let (mut updates, updated) = feed_updates(session, &ground, &lines, &simulated)?;
    let groups: Vec<Vec<Instruction>> = lines.iter().map(|line| suite.refresh_line(line).to_vec()).collect();
    updates.extend(groups);
    let last = updates.pop().unwrap_or_default();
    let names = wanted.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
    let one = if wanted.len() == 1 { "line" } else { "lines" };
    let mut operation = Operation::new(format!("Value {one} {names}"), payer, last)
        .shows("Values", format!("{one} {names}, by the venues' own accounts"));
    if !updated.is_empty() {
        operation = operation.shows("Updated first", updated.join(", "));
    }
    let units = Units { decimals: ground.decimals(), symbol: ground.symbol };
    let operation = operation.reads(move |receipt| rows(receipt, units));
    let operation = ground.behind(&options.transaction, updates, &payer, operation)?;
    submit(session, &options.transaction, operation).map(|_| ())
}

/// The feed updates that swapped lines among these need, in words as well.
fn feed_updates(
    session: &mut Session,
    ground: &Ground,
    lines: &[&SuiteLine],
    payer: &Pubkey,
) -> Result<(Vec<Vec<Instruction>>, Vec<String>)> {
    let mut feeds = Vec::new();
    let base_feed = PostedFeed::of(&ground.facts.vault.base_feed, &ground.facts.base_feed);
    for feed in lines.iter().filter_map(|line| line.token_feed) {
        for feed in [base_feed, feed] {
            if !feeds.contains(&feed) {
                feeds.push(feed);
            }
        }
    }
    let fresh = Fresh::update_feeds(session.chain()?, &ground.facts, &ground.tables, payer, &feeds)?;
    Ok((fresh.groups, fresh.refreshed))
}

fn unknown_line(line: u16, known: &[u16], vault: &Pubkey) -> anyhow::Error {
    let known = match known.is_empty() {
        true => "it has none".to_owned(),
        false => format!("its lines are {}", known.iter().map(u16::to_string).collect::<Vec<_>>().join(", ")),
    };
    anyhow!("the vault {vault} has no line {line}: {known}; see `gimbal strategy list {vault}`")
}

fn text(line: &LineView, symbol: &str) -> String {
    let weight = &line.weight;
    let kind = if line.swapped { format!("{}, swapped", line.adapter) } else { line.adapter.to_owned() };
    let valued = line.valued.as_ref().map_or_else(
        || "never".to_owned(),
        |valued| {
            let stale = if line.stale { ": too old for NAV" } else { "" };
            format!("{} UTC, {} ago{stale}", valued.short(), span(line.age))
        },
    );
    let mut rows = vec![
        row("Kind", kind),
        row("Status", line.status.replace('_', " ")),
        row("Value", format!("{} {symbol}", range(&line.value))),
        row("Valued", valued),
        row(
            "Weight",
            format!(
                "{} of NAV; bounds {} – {}, target {}, band {}{}",
                percent(i64::try_from(weight.now_bps).unwrap_or(i64::MAX)),
                percent(weight.min_bps),
                percent(weight.max_bps),
                percent(weight.target_bps),
                percent(weight.band_bps),
                if weight.stands == "inside" {
                    String::new()
                } else {
                    format!(": {}", weight.stands.replace('_', " "))
                }
            ),
        ),
        row("Cap", format!("{} {symbol}", line.cap.ui)),
        row("Venue can pay", format!("{} {symbol} at the last valuation", line.liquidity.ui)),
    ];
    rows.extend(line.rate_bps.map(|rate| {
        let rate = percent(i64::try_from(rate).unwrap_or(i64::MAX));
        row("Rate now", format!("{rate} a year to lenders at the last valuation, no promise"))
    }));
    rows.extend([
        row("Moved in", format!("{} {symbol}", line.invested.ui)),
        row("Moved out", format!("{} {symbol}", line.returned.ui)),
        row("Gain", format!("{} {symbol}", line.gain.ui)),
        row("Lost by keepers", format!("{} {symbol}", line.keeper_loss.ui)),
        row(
            "Last rebalance",
            line.last_action.as_ref().map_or_else(|| "never".to_owned(), |at| format!("{} UTC", at.short())),
        ),
        row("Cooldown", span(line.cooldown.into())),
        row(
            "Valuation",
            format!(
                "widens by {} / 10^9 of mid per √s; haircut {}; venue at most {} slots old",
                line.widen_rate,
                percent(line.haircut_bps),
                line.max_venue_age
            ),
        ),
        row("Slippage", format!("at most {} a move", percent(line.max_slippage_bps))),
        row("Venue", code_words(&line.venue)),
    ]);
    rows.extend(line.swap.as_ref().map(|swap| row("Swap venue", code_words(swap))));
    rows.extend(line.reserve.as_ref().map(|reserve| row("Reserve", reserve)));
    rows.push(row("Token", &line.token_mint));
    rows.extend(line.token_feed.as_ref().map(|feed| row("Token's feed", feed)));
    rows.push(row(
        "Risk caps",
        match &line.risk {
            None => "the book does not know the line: it takes no money".to_owned(),
            Some(risk) => {
                let cap = risk.cap.as_ref().map_or_else(|| "no cap".to_owned(), |cap| format!("{} {symbol}", cap.ui));
                format!("{} of NAV, {cap}; carries {}", percent(risk.cap_bps), risk.risks.join(", "))
            }
        },
    ));
    format!("Line {}\n{}", line.line, pairs(&rows))
}

fn code_words(code: &VenueCode) -> String {
    let authority = code.upgrade_authority.as_deref().unwrap_or("nobody");
    format!("{}\napproved as deployed in slot {}, replaceable by {authority}", code.program, code.approved_slot)
}
