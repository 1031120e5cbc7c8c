//! `gimbal position`: what a wallet has in vaults.

use super::arguments::address;
use super::session::Session;
use super::vault::amounts::{assets, shares};
use super::vault::ground::{facts, simulation_payer, table};
use super::vault::preview::exit_rows;
use super::vault::text::{range, BASE};
use crate::chain::{Chain, RpcChain, RpcOptions};
use crate::identities;
use crate::index::{Database, IndexError};
use crate::instructions::token::associated;
use crate::readers;
use crate::statement::{self, Period};
use crate::table::{pairs, row, words};
use crate::views::facts::{tickets_of, vaults};
use crate::views::fresh::{Fresh, Purpose};
use crate::views::position::{Past, PositionView};
use crate::views::queue::TicketView;
use crate::views::units::wait;
use crate::views::Facts;
use anchor_lang::prelude::Pubkey;
use anchor_spl::token;
use anyhow::Result;
use clap::{Args, Subcommand};
use std::path::Path;

/// Look at what a wallet has in vaults
#[derive(Args, Debug)]
pub struct Position {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands. What each does is written at its arguments, where its help comes from.
#[allow(missing_docs)]
#[derive(Debug, Subcommand)]
pub enum Command {
    Show(Show),
}

/// Show a wallet's shares, tickets and ways out, in every vault or in one
///
/// Values are given low (what leaving pays now, after fees), mid and high (what entering costs). Where NAV is stale it is
/// computed behind the refreshes that a flow would put in front; nothing is sent.
#[derive(Args, Debug)]
pub struct Show {
    /// The wallet's address
    #[arg(value_name = "OWNER", value_parser = address)]
    pub owner: Pubkey,
    /// Only this vault
    #[arg(long, value_name = "VAULT", value_parser = address)]
    pub vault: Option<Pubkey>,
    /// The index that cost, profit and fees are taken from: postgres://…, sqlite:FILE, or a file [default: the one that
    /// `gimbal history` keeps, where there is one]
    #[arg(long, value_name = "URL")]
    pub index: Option<String>,
}

/// Runs one.
///
/// # Errors
///
/// The command's, each one sentence with a next step.
pub fn run(session: &mut Session, options: &Position) -> Result<()> {
    match &options.command {
        Command::Show(options) => show(session, options),
    }
}

fn show(session: &mut Session, options: &Show) -> Result<()> {
    let owner = &options.owner;
    let candidates: Vec<Pubkey> = match options.vault {
        Some(vault) => vec![vault],
        None => with_something(session, owner)?,
    };
    let mut index = open_index(session, options.index.as_deref())?;
    let mut views = Vec::with_capacity(candidates.len());
    for vault in &candidates {
        let mut view = one(session, owner, vault)?;
        if let Some(index) = &mut index {
            view.past = past(index, owner, vault, &view)?;
        }
        views.push(view);
    }
    let cluster = session.config.cluster();
    let now = session.chain()?.clock()?.unix_timestamp;
    session.answer(&views, || text(&views, owner, &cluster, now))
}

/// The index that was named, else the cluster's own where it exists.
fn open_index(session: &Session, named: Option<&str>) -> Result<Option<Database>> {
    if let Some(url) = named {
        return Ok(Some(Database::open(url)?));
    }
    let Some(url) = default_index(session) else { return Ok(None) };
    let exists = url.strip_prefix("sqlite:").is_some_and(|file| Path::new(file).is_file());
    Ok(if exists { Some(Database::open(&url)?) } else { None })
}

/// Where the cluster's index is if nothing else was said: named by its genesis, so that another cluster's is never taken for
/// it. None where there is no index at all, or where the cluster does not tell.
fn default_index(session: &Session) -> Option<String> {
    let any = Database::default_url(None);
    let folder = Path::new(any.strip_prefix("sqlite:")?).parent()?;
    let mut names = std::fs::read_dir(folder).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    if !names.any(|name| name.starts_with("index") && name.ends_with(".sqlite")) {
        return None;
    }
    let options = RpcOptions { urls: session.config.urls.clone(), ..RpcOptions::default() };
    let genesis = RpcChain::connect(&options).ok()?.genesis_hash().ok()?;
    Some(Database::default_url(Some(&genesis.to_string())))
}

/// What the index knows of the owner's past in a vault; none where it does not know the vault.
fn past(index: &mut Database, owner: &Pubkey, vault: &Pubkey, view: &PositionView) -> Result<Option<Past>> {
    let shares = view.shares.base_units.saturating_add(view.ticket_shares.base_units);
    match statement::of(index, vault, owner, &Period::EVER) {
        Ok(statement) => Ok(Some(Past::new(&statement, shares))),
        Err(IndexError::UnknownVault(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The vaults in which `owner` has shares in the associated account, or a ticket.
fn with_something(session: &mut Session, owner: &Pubkey) -> Result<Vec<Pubkey>> {
    let chain = session.chain()?;
    let all = vaults(&*chain)?;
    let accounts: Vec<Pubkey> =
        all.iter().map(|(_, vault, ..)| associated(owner, &vault.share_mint, &token::ID)).collect();
    let found = chain.get_multiple(&accounts)?;
    let tickets = tickets_of(&*chain, owner)?;
    let mut keys = Vec::new();
    for ((key, ..), (address, account)) in all.iter().zip(accounts.iter().zip(found)) {
        let shares = match account.filter(|account| !account.data.is_empty()) {
            Some(account) => readers::parse_token_account(address, &account)?.amount,
            None => 0,
        };
        if shares > 0 || tickets.iter().any(|(_, ticket)| ticket.vault == *key) {
            keys.push(*key);
        }
    }
    Ok(keys)
}

/// The part of `owner` in one vault.
///
/// # Errors
///
/// If there is no such vault; the chain's.
pub fn one(session: &mut Session, owner: &Pubkey, vault: &Pubkey) -> Result<PositionView> {
    let stored = facts(session.chain()?, vault)?;
    let facts = refreshed(session, &stored)?;
    let chain = session.chain()?;
    let tickets = identities::tickets(&*chain, vault)?;
    let shares = readers::balance(&*chain, &associated(owner, &stored.vault.share_mint, &token::ID))?;
    Ok(PositionView::new(&facts, owner, shares, &tickets))
}

/// The vault behind the refreshes that a flow would put in front; as it is stored where these cannot be made, or where
/// nobody's lamports are known to simulate them with.
fn refreshed(session: &mut Session, stored: &Facts) -> Result<Facts> {
    let key = &stored.addresses.vault;
    let Ok(payer) = simulation_payer(session, stored) else { return Ok(stored.clone()) };
    let chain: &dyn Chain = session.chain()?;
    let (suite, tables) = (stored.suite(chain)?, table(chain, stored)?);
    match Fresh::simulate(chain, &suite, stored, &tables, &payer, Purpose::Exit) {
        Ok(fresh) => Ok(fresh.facts),
        Err(error) => {
            session.tell(&format!("{key}: shown by its last valuations, since {error}"));
            Ok(stored.clone())
        }
    }
}

fn text(views: &[PositionView], owner: &Pubkey, cluster: &str, now: i64) -> String {
    if views.iter().all(PositionView::is_empty) {
        return format!("{owner} has nothing in any vault on {cluster}; see `gimbal vault list`.");
    }
    views.iter().map(|view| position(view, now)).collect::<Vec<_>>().join("\n")
}

fn position(view: &PositionView, now: i64) -> String {
    let symbol = view.symbol.unwrap_or(BASE);
    let mut rows = vec![
        row("Owner", &view.owner),
        row("Shares", &view.shares.ui),
        row("Value", format!("{} {symbol}", range(&view.value))),
    ];
    if view.ticket_shares.base_units > 0 {
        rows.push(row(
            "In tickets",
            format!("{}, {} {symbol}", shares(&view.ticket_shares), range(&view.ticket_value)),
        ));
    }
    if view.claimable.base_units > 0 {
        let vault = &view.vault;
        rows.push(row("Claimable", format!("{}: `gimbal vault claim {vault}`", assets(&view.claimable, symbol))));
    }
    rows.extend(view.share_price.as_ref().map(|price| {
        row("Share price", format!("{} (out {}, in {})", price.mid.cut(6), price.low.cut(6), price.high.cut(6)))
    }));
    if !view.fresh {
        rows.push(row("NAV", "STALE: values are of the last valuations"));
    }
    match &view.past {
        Some(past) => rows.extend([
            row("Cost", format!("{} of the shares held", assets(&past.cost, symbol))),
            row(
                "Profit",
                format!(
                    "{} {symbol}: {} on shares held, {} realised",
                    past.profit.ui, past.unrealised.ui, past.realised.ui
                ),
            ),
            row("Fees paid", assets(&past.fees_paid, symbol)),
            row("As of", index_words(past, &view.vault)),
        ]),
        None => {
            rows.push(row("Cost and profit", format!("not indexed: `gimbal history {}` makes the index", view.vault)))
        }
    }
    let mut out = format!("Position in vault {}\n{}", view.vault, pairs(&rows));
    if !view.tickets.is_empty() {
        out.push_str(&format!("\nTickets\n{}\n", tickets(&view.tickets, symbol, now)));
    }
    if let Some(exits) = &view.exits {
        out.push_str(&format!("\nWays out for the shares\n{}", pairs(&exit_rows(exits, symbol))));
    } else if view.shares.base_units > 0 {
        let rows = [row("By ticket", format!("`gimbal vault request {} max`: asks for no fresh NAV", view.vault))];
        out.push_str(&format!("\nWays out for the shares\n{}", pairs(&rows)));
    }
    out
}

fn index_words(past: &Past, vault: &str) -> String {
    let until = past.until.short();
    match past.behind {
        true => format!("{until} UTC by the index, which lags: `gimbal history {vault}` brings it up to date"),
        false => format!("{until} UTC by the index"),
    }
}

fn tickets(all: &[TicketView], symbol: &str, now: i64) -> String {
    let worth = format!("worth now {symbol}");
    let claimable = format!("claimable {symbol}");
    let mut table =
        words(&["ticket", "state", "shares left", &worth, &claimable, "ahead", "paid", "deadline", "in kind"]);
    for ticket in all {
        let paid = match (&ticket.expected, ticket.waits_for) {
            (Some(when), _) if when.unix > now => format!("from {} UTC", when.short()),
            (_, waits_for) => waits_for.words().to_owned(),
        };
        let over = ticket.state == "over";
        let deadline = |when: &crate::views::units::When| match (over, when.unix - now) {
            (true, _) => "–".to_owned(),
            (false, left) if left > 0 => format!("{} UTC, in {}", when.short(), wait(left)),
            (false, _) => "passed".to_owned(),
        };
        table.add_row([
            ticket.ticket.to_string(),
            ticket.state.replace('_', " "),
            ticket.shares_left.ui.clone(),
            ticket.worth.as_ref().map_or_else(|| "–".to_owned(), |worth| worth.ui.clone()),
            ticket.claimable.ui.clone(),
            if over { "–".to_owned() } else { shares(&ticket.ahead_shares) },
            paid,
            deadline(&ticket.overdue),
            deadline(&ticket.in_kind),
        ]);
    }
    table.to_string()
}
