//! Feeds and the router's own instructions.

use gimbal::setup::Asset;

use super::Meter;
use crate::season::season;
use crate::{Fixture, Plan, DAY, USDC};

/// Price of a dollar as feeds are given it, exponent −8.
const DOLLAR: i64 = 100_000_000;
/// Of a valuation.
const READING: u64 = 25_000;
/// Of an update.
const UPDATE: u64 = 30_000;
/// Of an update that closes a bar: all volatility models, the mixture, both tails and the backtest.
const CLOSING: u64 = 90_000;
/// Of a keeper's move.
const MOVE: u64 = 160_000;

/// Feeds.
pub fn oracle(meter: &mut Meter) {
    let mut fx = Fixture::with_lines(1);
    fx.warp(60);
    meter.note("`update_feed`", UPDATE, fx.set_price(Asset::Btc, 60_100 * DOLLAR));
    fx.warp(DAY);
    meter.note("`update_feed`, closing a feed's first bar", CLOSING, fx.set_price(Asset::Btc, 60_200 * DOLLAR));
    season(&mut fx.chain, &fx.deployment.feeds.get(Asset::Btc).key, 520);
    fx.warp(60);
    meter.note("`update_feed`, full engine", UPDATE, fx.set_price(Asset::Btc, 60_100 * DOLLAR));
    fx.warp(DAY);
    let closing = fx.set_price(Asset::Btc, 57_000 * DOLLAR);
    meter.note("`update_feed`, closing a bar, full engine", CLOSING, closing);
}

/// Lines.
pub fn router(meter: &mut Meter) {
    let mut fx = Fixture::with_lines(3);
    let founder = fx.depositor(1_000_000 * USDC);
    fx.vault().deposit(&founder, 1_000_000 * USDC, 0).expect("the first deposit");
    fx.refresh_all();
    meter.note("`rebalance`, deploying, with `assess`", MOVE, fx.router().rebalance(0));
    fx.refresh_all();
    meter.note("`rebalance`, deploying through a swap", MOVE, fx.router().rebalance(2));
    fx.refresh_all();
    meter.note("`refresh` of a lending line", READING, fx.router().refresh(0));
    meter.note("`refresh` of a swapped line", READING, fx.router().refresh(2));
    let curator = fx.deployment.actors.curator.insecure_clone();
    meter.note("`recall`", MOVE, fx.router().recall(&curator, 0, 1_000 * USDC));
    meter.note("`recall` through a swap", MOVE, fx.router().recall(&curator, 2, 1_000 * USDC));

    let mut fx = Fixture::from_plan(Plan { policy: 1, ..Plan::with_lines(16) });
    let founder = fx.depositor(1_000_000 * USDC);
    fx.vault().deposit(&founder, 1_000_000 * USDC, 0).expect("the first deposit");
    fx.refresh_all();
    meter.note("`rebalance`, water-filling 16 lines, with `assess`", MOVE, fx.router().rebalance(0));
}
