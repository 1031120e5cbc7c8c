//! `gimbal feed`: prices, how far they can be trusted, and bringing posted ones in.

use super::arguments::address;
use super::operation::{Operation, TransactionArgs};
use super::session::Session;
use super::submit::submit;
use super::vault::effects::{rows, Units};
use super::vault::ground::facts;
use crate::bundle::{split, PostedFeed};
use crate::chain::ChainError;
use crate::readers;
use crate::table::{pairs, row, table};
use crate::views::feed::{BarView, FeedView};
use crate::views::fresh::simulate;
use crate::views::units::{percent, span, ticker};
use anchor_lang::prelude::Pubkey;
use anchor_lang::Discriminator;
use anyhow::{anyhow, bail, Context, Result};
use clap::{Args, Subcommand};
use risk_oracle::state::Feed as FeedAccount;
use serde::Serialize;

/// Look at price feeds, and bring posted prices to them
#[derive(Args, Debug)]
pub struct Feed {
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
    Update(Update),
}

/// List the feeds that a vault rests on, or all of them
#[derive(Args, Debug)]
pub struct List {
    /// The vault's address [default: every feed on the chain]
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Option<Pubkey>,
}

/// Show a feed: price, confidence, age, status, daily bars
#[derive(Args, Debug)]
pub struct Show {
    /// The feed's address
    #[arg(value_name = "FEED", value_parser = address)]
    pub feed: Pubkey,
    /// How many days' bars, the latest first
    #[arg(long, value_name = "DAYS", default_value = "7", value_parser = clap::value_parser!(u8).range(0..=33))]
    pub bars: u8,
}

/// Bring the price that is posted on the chain to a feed; anybody may, and it costs only the network's fee
///
/// Reads the Pyth price account of the feed's id (push oracle, shard 0), and of its second source where it has one. The oracle
/// checks each price and takes only what is newer than what it holds.
#[derive(Args, Debug)]
pub struct Update {
    /// The feed's address
    #[arg(value_name = "FEED", value_parser = address)]
    pub feed: Pubkey,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// A feed with its ticker, where it is a known asset's.
#[derive(Debug, Serialize)]
pub struct Shown {
    /// The ticker of the asset.
    pub symbol: Option<&'static str>,
    /// The feed.
    #[serde(flatten)]
    pub feed: FeedView,
}

/// Runs one.
///
/// # Errors
///
/// The command's, each one sentence with a next step; nothing was sent.
pub fn run(session: &mut Session, options: &Feed) -> Result<()> {
    match &options.command {
        Command::List(options) => list(session, options),
        Command::Show(options) => show(session, options),
        Command::Update(options) => update(session, options),
    }
}

fn list(session: &mut Session, options: &List) -> Result<()> {
    let chain = session.chain()?;
    let now = chain.clock()?.unix_timestamp;
    let feeds: Vec<(Pubkey, FeedAccount)> = match &options.vault {
        Some(vault) => facts(&*chain, vault)?.feeds().map(|(key, feed)| (*key, *feed)).collect(),
        None => {
            let accounts = chain.program_accounts(&risk_oracle::ID, FeedAccount::DISCRIMINATOR)?;
            // An account of another layout is another version's feed: this program cannot read it and shows the others.
            accounts.iter().filter_map(|(key, account)| Some((*key, readers::parse(key, account).ok()?))).collect()
        }
    };
    let shown: Vec<Shown> = feeds.iter().map(|(key, feed)| shown(key, feed, now, 0)).collect();
    let cluster = session.config.cluster();
    session.answer(&shown, || list_text(&shown, &cluster))
}

fn show(session: &mut Session, options: &Show) -> Result<()> {
    let feed = read(session, &options.feed)?;
    let now = session.chain()?.clock()?.unix_timestamp;
    let shown = shown(&options.feed, &feed, now, usize::from(options.bars));
    session.answer(&shown, || text(&shown))
}

fn update(session: &mut Session, options: &Update) -> Result<()> {
    let payer = session.payer_key()?;
    let feed = read(session, &options.feed)?;
    let posted = PostedFeed::of(&options.feed, &feed);
    let instruction = posted.update();
    let accounts = std::iter::once(posted.price_account).chain(posted.second_price_account);
    for account in accounts {
        if session.chain()?.get_account(&account)?.is_none() {
            bail!(
                "no price is posted for the feed {} on this cluster: the Pyth account {account} does not exist; post one, or check --url",
                options.feed
            );
        }
    }
    // The oracle answers a price that it has already with success and no event: that would cost a fee for nothing.
    let simulated = simulate(session.chain()?, &payer, std::slice::from_ref(&instruction), &[])
        .with_context(|| format!("the posted price is not taken by the feed {}", options.feed))?;
    if simulated.events().is_empty() {
        let age = session.chain()?.clock()?.unix_timestamp.saturating_sub(feed.publish_time);
        bail!(
            "the feed {} has the posted price already, published {} ago: wait for a newer one to be posted",
            options.feed,
            span(age)
        );
    }
    let name = ticker(&feed.feed_id).unwrap_or("the asset");
    let units = Units { decimals: 0, symbol: "" };
    let mut operation = Operation::new(format!("Update the feed of {name}"), payer, vec![instruction])
        .shows("Feed", options.feed.to_string())
        .shows("From", posted.price_account.to_string())
        .reads(move |receipt| rows(receipt, units));
    // One small instruction: split only checks that it fits.
    let mut whole = split(&payer, vec![std::mem::take(&mut operation.instructions)], &[])?;
    operation.instructions = whole.pop().unwrap_or_default();
    submit(session, &options.transaction, operation).map(|_| ())
}

fn read(session: &mut Session, key: &Pubkey) -> Result<FeedAccount> {
    match readers::read(session.chain()?, key) {
        Err(ChainError::AccountNotFound(missing)) => Err(anyhow!(ChainError::AccountNotFound(missing)))
            .with_context(|| format!("there is no feed {key}; see `gimbal feed list`")),
        Err(ChainError::WrongAccount { reason, .. }) => {
            bail!("{key} is not a feed: {reason}; see `gimbal feed list`")
        }
        other => Ok(other?),
    }
}

fn shown(key: &Pubkey, feed: &FeedAccount, now: i64, bars: usize) -> Shown {
    Shown { symbol: ticker(&feed.feed_id), feed: FeedView::new(key, feed, now, bars) }
}

fn list_text(feeds: &[Shown], cluster: &str) -> String {
    if feeds.is_empty() {
        return format!("There are no feeds on {cluster}.");
    }
    let mut table = table(&["feed", "asset", "USD", "confidence", "age", "status"]);
    for Shown { symbol, feed } in feeds {
        table.add_row([
            feed.address.clone(),
            symbol.unwrap_or("–").to_owned(),
            feed.price.map_or_else(|| "–".to_owned(), |price| price.cut(6)),
            feed.confidence.cut(6),
            if feed.published.is_some() { span(feed.age) } else { "–".to_owned() },
            status(feed),
        ]);
    }
    table.to_string()
}

fn status(feed: &FeedView) -> String {
    if feed.flags.is_empty() {
        "sound".to_owned()
    } else {
        feed.flags.join(", ")
    }
}

fn text(shown: &Shown) -> String {
    let feed = &shown.feed;
    let mut rows = vec![
        row("Asset", shown.symbol.unwrap_or("not one that this client knows")),
        row(
            "Price",
            match feed.price {
                Some(price) => format!("{} USD ± {}", price.cut(8), feed.confidence.cut(8)),
                None => format!("none yet: run `gimbal feed update {}`", feed.address),
            },
        ),
    ];
    if let Some([low, high]) = feed.bounds {
        rows.push(row("Bounds", format!("{} – {} USD", low.cut(8), high.cut(8))));
    }
    if let Some(published) = &feed.published {
        let most = span(feed.limits.max_age.into());
        rows.push(row("Published", format!("{} UTC, {} ago; used up to {most}", published.short(), span(feed.age))));
        rows.push(row("Stable price", format!("{} USD", feed.stable_price.cut(8))));
    }
    rows.push(row("Status", status(feed)));
    rows.push(row(
        "Allows",
        match (feed.deposits, feed.values) {
            (true, _) => "deposits, valuations, exits",
            (false, true) => "valuations and exits; no deposits",
            (false, false) => "exits only",
        },
    ));
    if let Some(second) = &feed.second {
        rows.push(row(
            "Second source",
            format!(
                "{} USD ± {}, published {} UTC",
                second.price.cut(8),
                second.confidence.cut(8),
                second.published.short()
            ),
        ));
    }
    if let Some(peg) = feed.limits.peg {
        rows.push(row("Peg", format!("{} USD within {}", peg.cut(6), percent(feed.limits.peg_band_bps))));
    }
    rows.push(row("Updates", feed.updates));
    rows.push(row("Pyth id", &feed.feed_id));
    rows.push(row("Price account", &feed.price_account));
    rows.push(row("Owner", feed.roles.owner.as_deref().unwrap_or("nobody")));
    rows.push(row("Guardian", feed.roles.guardian.as_deref().unwrap_or("nobody")));
    let mut out = format!("Feed {}\n{}", feed.address, pairs(&rows));
    if !feed.bars.is_empty() {
        out.push_str(&format!("\nDays, UTC\n{}\n", bars(&feed.bars)));
    }
    out
}

fn bars(bars: &[BarView]) -> String {
    let mut table = table(&["day", "open", "high", "low", "close", "updates"]);
    for bar in bars {
        let day = bar.day.utc.split('T').next().unwrap_or_default();
        table.add_row([
            if bar.closed { day.to_owned() } else { format!("{day} (open)") },
            bar.open.cut(6),
            bar.high.cut(6),
            bar.low.cut(6),
            bar.close.cut(6),
            bar.samples.to_string(),
        ]);
    }
    table.to_string()
}
