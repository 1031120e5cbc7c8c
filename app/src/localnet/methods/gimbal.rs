//! What only a test cluster can do: prices, time and money by word of mouth.

use serde::{Deserialize, Serialize};
use serde_json::{json, Value};
use solana_signer::Signer;

use super::{answer, Answer};
use crate::amount;
use crate::chain::{PriceUpdate, Sandbox};
use crate::instructions::token;
use crate::localnet::error::RpcError;
use crate::localnet::genesis::{FeedInfo, Info};
use crate::localnet::node::Node;
use crate::localnet::params::{address, Params};
use crate::setup::feeds::EXPONENT;
use crate::setup::Asset;

/// Digits after the point of a posted price.
const PRICE_DECIMALS: u8 = 8;
/// The furthest jump of the clock: ten years.
const MOST_SECONDS: u64 = 10 * 31_557_600;

/// The cluster as it is now.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterInfo {
    /// The slot.
    pub slot: u64,
    /// The clock, Unix seconds.
    pub unix_time: i64,
    /// Tells this cluster from every other.
    pub genesis_hash: String,
    /// What is on it beside Gimbal, with the prices posted last.
    #[serde(flatten)]
    pub genesis: Info,
}

fn feed(node: &Node, asset: Asset) -> FeedInfo {
    FeedInfo {
        asset: asset.ticker().to_owned(),
        feed_id: hex::encode(asset.feed_id()),
        price_account: asset.price_account().to_string(),
        price: node.market.price(asset).0,
        exponent: EXPONENT,
    }
}

pub fn info(node: &Node) -> Answer {
    let mut genesis = node.genesis().info();
    genesis.feeds = Asset::ALL.map(|asset| feed(node, asset)).to_vec();
    answer(ClusterInfo {
        slot: node.slot(),
        unix_time: node.unix_time(),
        genesis_hash: node.genesis_hash().to_string(),
        genesis,
    })
}

/// A price: `{asset | feedId, price, conf?}`, in dollars as a text or number.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SetPrice {
    asset: Option<String>,
    feed_id: Option<String>,
    price: Value,
    conf: Option<Value>,
}

/// Dollars in units of 10⁻⁸.
fn dollars(value: &Value) -> Result<u64, RpcError> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return Err(RpcError::invalid_params("Invalid param: give a price in dollars, such as \"140.25\"")),
    };
    amount::parse(&text, PRICE_DECIMALS).map_err(|error| RpcError::invalid_params(format!("Invalid param: {error}")))
}

pub fn set_price(node: &mut Node, params: &Params) -> Answer {
    let asked: SetPrice = params.required(0)?;
    let price = i64::try_from(dollars(&asked.price)?).ok().filter(|price| *price > 0);
    let price =
        price.ok_or_else(|| RpcError::invalid_params("Invalid param: a price is above 0 and below 92 billion"))?;
    let conf = asked.conf.as_ref().map(dollars).transpose()?.unwrap_or(0);
    let named = |asset: &Asset| match (&asked.asset, &asked.feed_id) {
        (Some(ticker), None) => asset.ticker().eq_ignore_ascii_case(ticker),
        (None, Some(id)) => hex::encode(asset.feed_id()).eq_ignore_ascii_case(id.trim_start_matches("0x")),
        _ => false,
    };
    if let Some(asset) = Asset::ALL.iter().find(|asset| named(asset)) {
        node.market.set(*asset, price, conf);
        node.post_prices().map_err(|error| RpcError::internal(error.to_string()))?;
        node.move_pool().map_err(|error| RpcError::internal(error.to_string()))?;
        return answer(feed(node, *asset));
    }
    match (&asked.asset, &asked.feed_id) {
        (None, Some(id)) => post_other(node, id, price, conf),
        (Some(_), None) => Err(RpcError::invalid_params(format!(
            "Invalid param: the assets here are {}; give feedId for another",
            Asset::ALL.map(Asset::ticker).join(", ")
        ))),
        _ => Err(RpcError::invalid_params("Invalid param: give either asset or feedId")),
    }
}

/// Posts the price of a feed that the market does not move.
fn post_other(node: &mut Node, id: &str, price: i64, conf: u64) -> Answer {
    let mut feed_id = [0; 32];
    hex::decode_to_slice(id.trim_start_matches("0x"), &mut feed_id)
        .map_err(|_| RpcError::invalid_params("Invalid param: feedId is 64 hexadecimal digits"))?;
    let key = gimbal_svm::pyth::price_feed_address(0, &feed_id);
    let conf = if conf == 0 { price.unsigned_abs() / 10_000 } else { conf };
    let update = PriceUpdate::new(feed_id, price, conf, EXPONENT, node.unix_time(), node.slot());
    node.chain.set_price(&key, &update).map_err(|error| RpcError::internal(error.to_string()))?;
    node.tell_changed([key]);
    answer(FeedInfo {
        asset: String::new(),
        feed_id: hex::encode(feed_id),
        price_account: key.to_string(),
        price,
        exponent: EXPONENT,
    })
}

/// A jump of the clock: `{seconds}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Warp {
    seconds: u64,
}

pub fn warp(node: &mut Node, params: &Params) -> Answer {
    let Warp { seconds } = params.required(0)?;
    if seconds > MOST_SECONDS {
        return Err(RpcError::invalid_params(format!("Invalid param: at most {MOST_SECONDS} seconds at once")));
    }
    node.warp(seconds).map_err(|error| RpcError::invalid_params(format!("Invalid param: {error}")))?;
    Ok(json!({ "slot": node.slot(), "unixTime": node.unix_time() }))
}

/// New tokens: `{mint, to, amount}`, in base units, as a number or text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mint {
    mint: String,
    to: String,
    amount: Value,
}

pub fn mint(node: &mut Node, params: &Params) -> Answer {
    let asked: Mint = params.required(0)?;
    let units = match &asked.amount {
        Value::String(text) => text.parse().ok(),
        number => number.as_u64(),
    };
    let units = units.ok_or_else(|| RpcError::invalid_params("Invalid param: amount is a number of base units"))?;
    let to = address(&asked.to)?;
    let mint = node.genesis().mint(&asked.mint).ok_or_else(|| {
        RpcError::invalid_params("Invalid param: the mints here are USDC and USDT; others have issuers of their own")
    })?;
    let actors = node.genesis().actors.clone();
    let (payer, account) = (actors.payer.pubkey(), mint.account_of(&to));
    let instructions = [
        token::create_associated(&payer, &to, &mint.key, &mint.program),
        token::mint_to(&mint.key, &account, &actors.issuer.pubkey(), units, &mint.program),
    ];
    let landed = node.run(&actors.payer, &instructions, &[&actors.issuer]);
    let landed = landed.map_err(|error| RpcError::invalid_params(format!("cannot mint: {error}")))?;
    Ok(
        json!({ "signature": landed.signature().to_string(), "account": account.to_string(), "amount": units.to_string() }),
    )
}
