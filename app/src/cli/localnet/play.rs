//! Prices, time and money of a cluster that runs, by its own methods.

use super::{Airdrop, LocalnetCommand, Mint, Price, Venue};
use crate::amount;
use crate::cli::session::Session;
use crate::localnet::error::METHOD_NOT_FOUND;
use crate::localnet::genesis::{FeedInfo, MarketInfo};
use crate::localnet::ClusterInfo;
use crate::table::{pairs, row, table, words};
use anyhow::{anyhow, bail, Context, Result};
use serde::de::DeserializeOwned;
use serde_json::{json, Value};
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::client_error::{Error, ErrorKind};
use solana_rpc_client_api::request::{RpcError, RpcRequest};

/// Decimals of SOL.
const SOL_DECIMALS: u8 = 9;
const FEED_ID_DIGITS: usize = 64;

/// Talks to the cluster of the settings.
struct Cluster {
    client: RpcClient,
    url: String,
}

impl Cluster {
    fn of(session: &Session) -> Result<Self> {
        let url = session.config.urls.first().cloned().context("there is no cluster to talk to: give --url")?;
        Ok(Self { client: RpcClient::new(url.clone()), url })
    }

    fn call<T: DeserializeOwned>(&self, method: &'static str, params: Value) -> Result<T> {
        self.client.send(RpcRequest::Custom { method }, params).map_err(|error| self.explain(error))
    }

    fn info(&self) -> Result<ClusterInfo> {
        self.call("gimbal_info", json!([]))
    }

    fn explain(&self, error: Error) -> anyhow::Error {
        let url = &self.url;
        match error.kind() {
            ErrorKind::RpcError(RpcError::RpcResponseError { code: METHOD_NOT_FOUND, .. }) => {
                anyhow!("the node at {url} is no test cluster of Gimbal's: start one with `gimbal localnet`, or give its --url")
            }
            ErrorKind::RpcError(RpcError::RpcResponseError { message, .. }) => {
                anyhow!("the cluster refuses: {}", message.strip_prefix("Invalid param: ").unwrap_or(message))
            }
            ErrorKind::Reqwest(_) | ErrorKind::Io(_) => {
                anyhow!("no node answers at {url}: start a cluster with `gimbal localnet`, or give its --url")
            }
            _ => anyhow!("the node at {url} answers something else than was asked: {error}; give --url of another"),
        }
    }
}

pub fn play(session: &mut Session, command: &LocalnetCommand) -> Result<()> {
    let cluster = Cluster::of(session)?;
    match command {
        LocalnetCommand::Run(_) | LocalnetCommand::Wallet(_) => bail!("this talks to no cluster: call it as a process"),
        LocalnetCommand::Info => {
            let info = cluster.info()?;
            session.answer(&info, || shown(&info))
        }
        LocalnetCommand::Price(options) => price(session, &cluster, options),
        LocalnetCommand::Warp(options) => {
            let now: Value = cluster.call("gimbal_warp", json!([{ "seconds": options.seconds }]))?;
            session.answer(&now, || {
                format!("{} s later: slot {}, {}", options.seconds, now["slot"], time(&now["unixTime"]))
            })
        }
        LocalnetCommand::Airdrop(options) => airdrop(session, &cluster, options),
        LocalnetCommand::Mint(options) => mint(session, &cluster, options),
        LocalnetCommand::Venue(options) => venue(session, &cluster, options),
    }
}

fn time(unix: &Value) -> String {
    unix.as_i64()
        .and_then(|unix| jiff::Timestamp::from_second(unix).ok())
        .map_or_else(String::new, |time| time.to_string())
}

/// A price in dollars, the exponent applied.
fn dollars(feed: &FeedInfo) -> String {
    let decimals = u8::try_from(feed.exponent.unsigned_abs()).unwrap_or(amount::MAX_DECIMALS);
    amount::format(feed.price.unsigned_abs(), decimals)
}

fn shown(info: &ClusterInfo) -> String {
    let genesis = &info.genesis;
    let mut rows = vec![
        row("Slot", info.slot),
        row("Time", time(&json!(info.unix_time))),
        row("Seed", genesis.seed),
        row("Genesis hash", &info.genesis_hash),
        row("Issuer of the mints", &genesis.issuer),
        row("Owner of the venues", &genesis.venue_owner),
    ];
    rows.extend(genesis.pools.iter().map(|pool| row("Swap pool", &pool.pool)));
    let mut mints = words(&["Mint", "Address"]);
    for mint in &genesis.mints {
        mints.add_row([&mint.symbol, &mint.mint]);
    }
    let mut prices = table(&["Price", "Dollars", "Pyth account"]);
    for feed in &genesis.feeds {
        prices.add_row([&feed.asset, &dollars(feed), &feed.price_account]);
    }
    let mut markets = words(&["Market", "Lends", "Reserve"]);
    for (number, market) in (1..).zip(&genesis.markets) {
        markets.add_row([&i32::to_string(&number), &market.symbol, &market.reserve]);
    }
    format!("{}\n{mints}\n{prices}\n{markets}\n", pairs(&rows))
}

fn price(session: &mut Session, cluster: &Cluster, options: &Price) -> Result<()> {
    let id = options.asset.trim_start_matches("0x");
    let is_id = id.len() == FEED_ID_DIGITS && id.bytes().all(|digit| digit.is_ascii_hexdigit());
    let mut asked = json!({ "price": options.price });
    asked[if is_id { "feedId" } else { "asset" }] = options.asset.clone().into();
    if let Some(conf) = &options.conf {
        asked["conf"] = conf.clone().into();
    }
    let feed: FeedInfo = cluster.call("gimbal_setPrice", json!([asked]))?;
    let name = if feed.asset.is_empty() { &feed.feed_id } else { &feed.asset };
    session.answer(&feed, || format!("{name} is {} dollars", dollars(&feed)))
}

fn airdrop(session: &mut Session, cluster: &Cluster, options: &Airdrop) -> Result<()> {
    let lamports = amount::parse(&options.amount, SOL_DECIMALS)?;
    let signature: String = cluster.call("requestAirdrop", json!([options.to.to_string(), lamports]))?;
    let value = json!({ "signature": signature, "to": options.to.to_string(), "lamports": lamports });
    session.answer(&value, || format!("{} SOL to {}\n{signature}", amount::format(lamports, SOL_DECIMALS), options.to))
}

fn mint(session: &mut Session, cluster: &Cluster, options: &Mint) -> Result<()> {
    let info = cluster.info()?;
    let named = |symbol: &str, key: &str| symbol.eq_ignore_ascii_case(&options.mint) || key == options.mint;
    let mint =
        info.genesis.mints.iter().find(|mint| named(&mint.symbol, &mint.mint)).ok_or_else(|| {
            anyhow!("'{}' is not minted here: give USDC or USDT, or the address of either", options.mint)
        })?;
    let units = amount::parse(&options.amount, mint.decimals)?;
    let to = match options.to {
        Some(to) => to,
        None => session.owner_key().context("to whom? give --to ADDRESS or --keypair")?,
    };
    let asked = json!({ "mint": mint.mint, "to": to.to_string(), "amount": units.to_string() });
    let given: Value = cluster.call("gimbal_mint", json!([asked]))?;
    session.answer(&given, || {
        let text = |key: &str| given[key].as_str().unwrap_or_default().to_owned();
        format!(
            "{} {} to {to}\n  account {}\n{}",
            amount::format(units, mint.decimals),
            mint.symbol,
            text("account"),
            text("signature")
        )
    })
}

/// The market that was named, with its number.
fn find<'a>(info: &'a ClusterInfo, named: &str) -> Result<&'a MarketInfo> {
    let markets = &info.genesis.markets;
    let found = match named.parse::<usize>() {
        Ok(number) => number.checked_sub(1).and_then(|place| markets.get(place)),
        Err(_) => markets.iter().find(|market| market.market == named || market.reserve == named),
    };
    found.ok_or_else(|| {
        anyhow!(
            "'{named}' is no market here: give a number from 1 to {}, or an address of `gimbal localnet info`",
            markets.len()
        )
    })
}

fn venue(session: &mut Session, cluster: &Cluster, options: &Venue) -> Result<()> {
    let info = cluster.info()?;
    let market = find(&info, &options.market)?;
    let decimals = info.genesis.mints.iter().find(|mint| mint.symbol == market.symbol).map_or(0, |mint| mint.decimals);
    let mut asked = json!({ "market": market.reserve, "action": options.action.name() });
    if let Some(text) = &options.amount {
        asked["amount"] = amount::parse(text, decimals)?.to_string().into();
    }
    let told: Value = cluster.call("gimbal_venue", json!([asked]))?;
    let units = |key: &str| {
        let units = told[key].as_str().and_then(|text| text.parse().ok()).unwrap_or_default();
        format!("{} {}", amount::format(units, decimals), market.symbol)
    };
    let rows = [row("Ready", units("available")), row("Lent", units("borrowed"))];
    session.answer(&told, || pairs(&rows))
}
