//! A Hermes-compatible endpoint: the market's prices, signed by the cluster's guardians, as Pyth's price service hands them out.
//!
//! `GET /v2/updates/price/latest?ids[]=…&encoding=base64|hex&parsed=true|false` and `GET /v2/price_feeds`.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use base64::{engine::general_purpose::STANDARD as BASE64, Engine};
use pyth_venue::guardians::accumulator_update;
use pythnet_sdk::messages::PriceFeedMessage;
use serde_json::{json, Value};

use super::node::Node;
use super::shared::Shared;
use crate::setup::feeds::{usual_confidence, EXPONENT};
use crate::setup::Asset;

/// The routes.
pub fn routes(node: Arc<Shared>) -> Router {
    Router::new().route("/v2/updates/price/latest", get(latest)).route("/v2/price_feeds", get(feeds)).with_state(node)
}

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
struct Question {
    assets: Vec<Asset>,
    hex: bool,
    parsed: bool,
}

impl Question {
    fn parse(query: &str) -> Result<Self, String> {
        let mut question = Self { assets: Vec::new(), hex: true, parsed: true };
        for (name, value) in url_pairs(query) {
            match (name.as_str(), value.as_str()) {
                ("ids[]" | "ids", id) => {
                    let plain = id.strip_prefix("0x").unwrap_or(id);
                    let known = Asset::ALL.into_iter().find(|asset| hex::encode(asset.feed_id()) == plain);
                    question.assets.push(known.ok_or_else(|| format!("Price ids not found: {id}"))?);
                }
                ("encoding", "base64") => question.hex = false,
                ("encoding", "hex") => question.hex = true,
                ("parsed", flag @ ("true" | "false")) => question.parsed = flag == "true",
                (name @ ("encoding" | "parsed"), value) => return Err(format!("{name} cannot be '{value}'")),
                _ => {}
            }
        }
        match question.assets.is_empty() {
            true => Err("ids[] is missing: name at least one price feed".to_owned()),
            false => Ok(question),
        }
    }
}

/// Names and values of a query, percent signs resolved.
fn url_pairs(query: &str) -> impl Iterator<Item = (String, String)> + '_ {
    let pairs = reqwest::Url::parse(&format!("http://localhost/?{query}"))
        .map(|url| url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect::<Vec<_>>());
    pairs.unwrap_or_default().into_iter()
}

async fn latest(State(node): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    let answer = tokio::task::spawn_blocking(move || {
        let question = Question::parse(&query.unwrap_or_default())?;
        let (prices, slot) = {
            let node = node.lock();
            (prices(&node), node.slot())
        };
        answer(&question, &prices, slot)
    });
    match answer.await {
        Ok(Ok(value)) => Json(value).into_response(),
        Ok(Err(reason)) => (StatusCode::BAD_REQUEST, reason).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn feeds() -> Json<Value> {
    let feed = |asset: Asset| {
        json!({
            "id": hex::encode(asset.feed_id()),
            "attributes": {
                "asset_type": "Crypto",
                "base": asset.ticker(),
                "quote_currency": "USD",
                "symbol": format!("Crypto.{}/USD", asset.ticker()),
            },
        })
    };
    Json(Asset::ALL.into_iter().map(feed).collect())
}

/// The market at this moment, as Pyth's messages.
fn prices(node: &Node) -> Vec<PriceFeedMessage> {
    let now = node.unix_time();
    let message = |asset: Asset| {
        let (price, confidence) = node.market().price(asset);
        let conf = if confidence == 0 { usual_confidence(price) } else { confidence };
        PriceFeedMessage {
            feed_id: asset.feed_id(),
            price,
            conf,
            exponent: EXPONENT,
            publish_time: now,
            prev_publish_time: now - 1,
            ema_price: price,
            ema_conf: conf,
        }
    };
    Asset::ALL.into_iter().map(message).collect()
}

fn answer(question: &Question, prices: &[PriceFeedMessage], slot: u64) -> Result<Value, String> {
    let wanted: Vec<[u8; 32]> = question.assets.iter().map(|asset| asset.feed_id()).collect();
    let time = prices.first().map_or(0, |price| price.publish_time);
    let time =
        u32::try_from(time).map_err(|_| "the chain's clock is beyond what Wormhole's messages hold".to_owned())?;
    let update = accumulator_update(prices, &wanted, time, slot).map_err(|error| error.to_string())?;
    let (encoding, data) = match question.hex {
        true => ("hex", hex::encode(update)),
        false => ("base64", BASE64.encode(update)),
    };
    let mut answer = json!({ "binary": { "encoding": encoding, "data": [data] } });
    if question.parsed {
        let parsed = prices.iter().filter(|price| wanted.contains(&price.feed_id)).map(|price| parsed(price, slot));
        answer["parsed"] = parsed.collect();
    }
    Ok(answer)
}

fn parsed(price: &PriceFeedMessage, slot: u64) -> Value {
    let of = |value: i64, conf: u64| {
        json!({
            "price": value.to_string(),
            "conf": conf.to_string(),
            "expo": price.exponent,
            "publish_time": price.publish_time,
        })
    };
    json!({
        "id": hex::encode(price.feed_id),
        "price": of(price.price, price.conf),
        "ema_price": of(price.ema_price, price.ema_conf),
        "metadata": { "slot": slot, "proof_available_time": price.publish_time, "prev_publish_time": price.prev_publish_time },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pyth::SignedPrices;

    #[test]
    fn a_question_names_feeds_it_knows() {
        let sol = hex::encode(Asset::Sol.feed_id());
        let usdc = hex::encode(Asset::Base.feed_id());
        let query = format!("ids[]=0x{sol}&ids%5B%5D={usdc}&encoding=base64&parsed=false&binary=true");
        let question = Question::parse(&query).unwrap();
        assert_eq!(question, Question { assets: vec![Asset::Sol, Asset::Base], hex: false, parsed: false });
        for (query, reason) in [
            ("", "ids[] is missing"),
            ("ids[]=ff", "Price ids not found: ff"),
            (&format!("ids[]={sol}&encoding=utf8"), "encoding cannot be 'utf8'"),
        ] {
            let refused = Question::parse(query).unwrap_err();
            assert!(refused.starts_with(reason), "{refused}");
        }
    }

    #[test]
    fn an_answer_carries_the_same_prices_signed_and_in_words() {
        let options = crate::localnet::Options { volatility: 0, ..Default::default() };
        let node = Node::new(&options, 1_800_000_000).unwrap();
        let market = prices(&node);
        let question = Question { assets: vec![Asset::Sol, Asset::Base], hex: false, parsed: true };
        let answer = answer(&question, &market, 9).unwrap();
        let bytes = BASE64.decode(answer["binary"]["data"][0].as_str().unwrap()).unwrap();
        let signed = SignedPrices::parse(&bytes).unwrap();
        assert_eq!(signed.prices.len(), 2);
        let sol = &signed.price(&Asset::Sol.feed_id()).unwrap().price;
        assert_eq!((sol.price, sol.exponent, sol.publish_time), (150 * 100_000_000, -8, 1_800_000_000));
        let words = &answer["parsed"][1];
        assert_eq!(words["id"], hex::encode(Asset::Sol.feed_id()));
        assert_eq!(words["price"]["price"], "15000000000");
        assert_eq!(words["price"]["conf"], sol.conf.to_string());
    }
}
