//! `gimbal admin book asset`, `model` and `scenario`: what the risk engine follows, how it sees a line, and what it stresses.

use super::super::arguments::address;
use super::super::session::Session;
use super::guarded::{self, key_or_none, Guarded, GuardedArgs};
use super::target::{label, read_book};
use crate::instructions::oracle;
use crate::readers;
use crate::views::units::{label_text, ticker};
use anchor_lang::prelude::Pubkey;
use anyhow::{anyhow, bail, Context, Result};
use clap::Args;
use risk_oracle::state::{Feed, Scenario as Shocks, ASSETS, NO_ASSET, NO_LINE_PROTOCOL, PROTOCOLS, SCENARIOS};
use risk_oracle::{SetAssetArgs, SetLineModelArgs, SetScenarioArgs};

/// Options of `book asset`.
#[derive(Args, Debug)]
pub struct Asset {
    /// The vault
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// Row of the asset, 0 to 7
    #[arg(value_name = "INDEX")]
    pub index: u8,
    /// Its feed, or none to free the row
    #[arg(value_name = "FEED", value_parser = key_or_none)]
    pub feed: Pubkey,
    /// How it is made.
    #[command(flatten)]
    pub guarded: GuardedArgs,
}

/// Options of `book model`.
#[derive(Args, Debug)]
pub struct Model {
    /// The vault
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// The line's number
    #[arg(value_name = "LINE")]
    pub line: u16,
    /// Row of the asset whose price moves the line, or none
    #[arg(long, value_name = "INDEX", value_parser = asset_row)]
    pub asset: Option<u8>,
    /// Row of the line's protocol in the contagion network that the book follows, 0 to 15, or none
    #[arg(long, value_name = "ROW", value_parser = protocol_row)]
    pub protocol: Option<u8>,
    /// Whether the regime scales the line's caps
    #[arg(long, value_name = "true|false")]
    pub scaled: Option<bool>,
    /// How it is made.
    #[command(flatten)]
    pub guarded: GuardedArgs,
}

/// Options of `book scenario`.
#[derive(Args, Debug)]
pub struct Scenario {
    /// The vault
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// Row of the scenario, 0 to 7
    #[arg(value_name = "INDEX")]
    pub index: u8,
    /// Its name, such as crash-2020: 1 to 16 printable characters; a new scenario needs one
    #[arg(long, value_name = "NAME", value_parser = label)]
    pub label: Option<[u8; 16]>,
    /// Move of each asset's price in the order of the book's assets, basis points, such as -5000,-6000; the rest do not move
    #[arg(long, value_name = "BPS,…", value_parser = shocks, allow_hyphen_values = true)]
    pub shocks_bps: Option<[i32; ASSETS]>,
    /// Move of the volatility that options are priced with, basis points of it, such as 10000 for twice as much
    #[arg(long, value_name = "BPS", allow_hyphen_values = true)]
    pub volatility_bps: Option<i32>,
    /// Free the row
    #[arg(long, conflicts_with_all = ["label", "shocks_bps", "volatility_bps"])]
    pub remove: bool,
    /// How it is made.
    #[command(flatten)]
    pub guarded: GuardedArgs,
}

/// A row below `rows`, or `none`.
fn row_or_none(text: &str, rows: usize, none: u8) -> Result<u8, String> {
    if text == "none" {
        return Ok(none);
    }
    let row = text.parse::<u8>().ok().filter(|row| usize::from(*row) < rows);
    row.ok_or_else(|| format!("give a row from 0 to {}, or none", rows.saturating_sub(1)))
}

fn asset_row(text: &str) -> Result<u8, String> {
    row_or_none(text, ASSETS, NO_ASSET)
}

fn protocol_row(text: &str) -> Result<u8, String> {
    row_or_none(text, PROTOCOLS, NO_LINE_PROTOCOL)
}

/// Up to eight moves between commas; assets that none is given for do not move.
fn shocks(text: &str) -> Result<[i32; ASSETS], String> {
    let wrong = || format!("give up to {ASSETS} whole numbers from -10000 to 100000 with commas between them");
    let mut shocks = [0; ASSETS];
    for (place, part) in text.split(',').enumerate() {
        let shock = part.trim().parse::<i32>().ok().filter(|shock| Shocks::MOVES.contains(shock));
        *shocks.get_mut(place).ok_or_else(wrong)? = shock.ok_or_else(wrong)?;
    }
    Ok(shocks)
}

pub(super) fn asset(session: &mut Session, options: &Asset) -> Result<()> {
    let (target, book, _) = read_book(session, &options.vault)?;
    let args = SetAssetArgs { index: options.index, feed: options.feed };
    let row =
        book.assets.get(usize::from(args.index)).context("a book has the assets 0 to 7: give one of these rows")?;
    if row.feed == args.feed {
        bail!("asset {} follows that feed already, or none: nothing would change", args.index);
    }
    args.validate(&book).map_err(|error| anyhow!("{error}; see `gimbal admin book asset --help`"))?;
    let title = if args.feed == Pubkey::default() {
        format!("Free the row of asset {}", args.index)
    } else {
        let feed: Feed = readers::read(session.chain()?, &args.feed)?;
        match ticker(&feed.feed_id) {
            Some(ticker) => format!("Let asset {} follow the feed of {ticker}", args.index),
            None => format!("Let asset {} follow the feed {}", args.index, args.feed),
        }
    };
    let instruction = oracle::set_asset(&session.owner_key()?, &target.key, args);
    guarded::run(session, &options.guarded, &Guarded { title, target, instruction }).map(drop)
}

pub(super) fn model(session: &mut Session, options: &Model) -> Result<()> {
    let (target, book, _) = read_book(session, &options.vault)?;
    let line = options.line;
    let now = book.model(line).with_context(|| {
        format!("the book does not know line {line}: register it first with `gimbal admin book line-risk`")
    })?;
    let before = SetLineModelArgs { line, asset: now.asset, protocol: now.protocol, scaled: now.scaled == 1 };
    let args = SetLineModelArgs {
        line,
        asset: options.asset.unwrap_or(before.asset),
        protocol: options.protocol.unwrap_or(before.protocol),
        scaled: options.scaled.unwrap_or(before.scaled),
    };
    if args == before {
        bail!("nothing would change: give another --asset, --protocol or --scaled");
    }
    if args.asset != NO_ASSET && !book.used_assets().any(|(at, _)| at == usize::from(args.asset)) {
        bail!("the book has no asset {}: name its feed first with `gimbal admin book asset`", args.asset);
    }
    args.validate(&book).map_err(|error| anyhow!("{error}; see `gimbal admin book model --help`"))?;
    let instruction = oracle::set_line_model(&session.owner_key()?, &target.key, args);
    let title = format!("Say what moves line {line}");
    guarded::run(session, &options.guarded, &Guarded { title, target, instruction }).map(drop)
}

pub(super) fn scenario(session: &mut Session, options: &Scenario) -> Result<()> {
    let (target, book, _) = read_book(session, &options.vault)?;
    let index = options.index;
    let now = *book
        .scenarios
        .get(usize::from(index))
        .with_context(|| format!("a book has the scenarios 0 to {}: give one of these rows", SCENARIOS - 1))?;
    let scenario = match options.remove {
        true => Shocks::default(),
        false => asked(options, &now)?,
    };
    if scenario == now {
        bail!("nothing would change: give --label, --shocks-bps or --volatility-bps, or --remove where there is one");
    }
    let args = SetScenarioArgs { index, scenario };
    args.validate().map_err(|error| anyhow!("{error}; see `gimbal admin book scenario --help`"))?;
    let title = match options.remove {
        true => format!("Free the row of scenario {index} ({})", label_text(&now.label)),
        false => format!("Set scenario {index} ({})", label_text(&scenario.label)),
    };
    let instruction = oracle::set_scenario(&session.owner_key()?, &target.key, args);
    guarded::run(session, &options.guarded, &Guarded { title, target, instruction }).map(drop)
}

/// What is given, over the row as it stands.
fn asked(options: &Scenario, now: &Shocks) -> Result<Shocks> {
    let index = options.index;
    let label = options.label.or(now.is_used().then_some(now.label));
    let label = label.with_context(|| format!("scenario {index} is new: give its name with --label"))?;
    if !now.is_used() && options.shocks_bps.is_none() && options.volatility_bps.is_none() {
        bail!("scenario {index} is new: say what happens with --shocks-bps or --volatility-bps");
    }
    Ok(Shocks {
        label,
        shocks_bps: options.shocks_bps.unwrap_or(now.shocks_bps),
        volatility_bps: options.volatility_bps.unwrap_or(now.volatility_bps),
        used: 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_are_read_in_order_and_the_rest_do_not_move() {
        assert_eq!(shocks("-5000, 100000"), Ok([-5_000, 100_000, 0, 0, 0, 0, 0, 0]));
        for wrong in ["", "-10001", "100001", "1,2,3,4,5,6,7,8,9", "1,,2", "half"] {
            assert!(shocks(wrong).is_err_and(|error| error.contains("from -10000 to 100000")), "{wrong}");
        }
    }

    #[test]
    fn rows_are_there_or_none() {
        assert_eq!((asset_row("7"), asset_row("none")), (Ok(7), Ok(NO_ASSET)));
        assert_eq!((protocol_row("15"), protocol_row("none")), (Ok(15), Ok(NO_LINE_PROTOCOL)));
        assert_eq!(asset_row("8"), Err("give a row from 0 to 7, or none".to_owned()));
        assert_eq!(protocol_row("255"), Err("give a row from 0 to 15, or none".to_owned()));
    }
}
