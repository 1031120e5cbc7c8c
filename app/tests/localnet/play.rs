//! The cluster's own methods: prices, time, money, venues.

use crate::support::{options, poll, World};
use anchor_lang::prelude::Pubkey;
use gimbal::localnet::{ClusterInfo, Options};
use gimbal::setup::Asset;
use gimbal_venue_wire::{klend::ReserveView, pyth::PriceUpdate};
use serde_json::{json, Value};
use std::time::Duration;

const UNIT: u64 = 1_000_000;

/// The price in a Pyth account: price, confidence, time.
fn posted(world: &World, key: &Pubkey) -> (i64, u64, i64) {
    let data = world.client.get_account_data(key).unwrap();
    let update = PriceUpdate::parse(&data).unwrap();
    assert_eq!(update.exponent, -8);
    (update.price, update.conf, update.publish_time)
}

/// What lies ready in the market `number`, base units, as the reserve says.
fn ready(world: &World, number: usize) -> u64 {
    let key = world.server.chain().genesis().markets[number - 1].addresses.reserve;
    ReserveView::parse(&world.client.get_account_data(&key).unwrap()).unwrap().available_amount()
}

#[test]
fn a_price_is_set_by_asset_or_feed() {
    let world = World::start();
    let sol = Asset::Sol.price_account();
    assert_eq!(posted(&world, &sol).0, 150 * 100_000_000);
    let told = world.result("gimbal_setPrice", json!({ "asset": "sol", "price": "140.25" }));
    assert_eq!((&told["price"], &told["priceAccount"]), (&json!(14_025_000_000_u64), &json!(sol.to_string())));
    // The usual confidence is one basis point.
    assert_eq!(posted(&world, &sol), (14_025_000_000, 1_402_500, world.server.chain().unix_time()));
    let btc = "0xe62df6c8b4a85fe1a67db44dc12de5db330f7ac66b72dc658afedf0f4a415b43";
    world.result("gimbal_setPrice", json!([{ "feedId": btc, "price": 99_000.5, "conf": "12" }]));
    assert_eq!(posted(&world, &Asset::Btc.price_account()).0, 9_900_050_000_000);
    assert_eq!(posted(&world, &Asset::Btc.price_account()).1, 1_200_000_000);
    // A feed that the market does not know gets an account where Pyth's push oracle would keep it.
    let other = world.result("gimbal_setPrice", json!({ "feedId": "11".repeat(32), "price": "2" }));
    let key: Pubkey = other["priceAccount"].as_str().unwrap().parse().unwrap();
    assert_eq!(posted(&world, &key).0, 200_000_000);
    let oracle = "pythWSnswVUd12oZpeFP8e9CVaEqJg25g1Vtc2biRsT".parse().unwrap();
    assert_eq!(key, Pubkey::find_program_address(&[&[0, 0], &[0x11; 32]], &oracle).0);

    let info: ClusterInfo = serde_json::from_value(world.result("gimbal_info", json!([]))).unwrap();
    let prices: Vec<i64> = info.genesis.feeds.iter().map(|feed| feed.price).collect();
    assert_eq!(prices, [100_000_000, 100_000_000, 9_900_050_000_000, 250_000_000_000, 14_025_000_000]);
    for wrong in [
        json!({ "asset": "DOGE", "price": "1" }),
        json!({ "price": "1" }),
        json!({ "asset": "SOL", "feedId": btc, "price": "1" }),
        json!({ "asset": "SOL" }),
        json!({ "asset": "SOL", "price": "0" }),
        json!({ "asset": "SOL", "price": "-5" }),
        json!({ "asset": "SOL", "price": "1.123456789" }),
        json!({ "asset": "SOL", "price": "100000000000000" }),
        json!({ "asset": "SOL", "price": [] }),
        json!({ "feedId": "xyz", "price": "1" }),
    ] {
        assert_eq!(world.error("gimbal_setPrice", wrong.clone()).0, -32602, "{wrong}");
    }
    assert_eq!(posted(&world, &sol).0, 14_025_000_000);
}

#[test]
fn the_pool_follows_the_price_of_its_tokens() {
    let world = World::start();
    let (pool, base_first) = {
        let node = world.server.chain();
        (node.genesis().pool.context.pool, node.genesis().pool.context.mints[0] == node.genesis().base.key)
    };
    // √(price of A in B), Q64.64, at byte 65 of a Whirlpool account.
    let root = || {
        let data = world.client.get_account_data(&pool).unwrap();
        f64::from(u32::try_from(u128::from_le_bytes(data[65..81].try_into().unwrap()) >> 40).unwrap())
            / f64::from(1 << 24)
    };
    assert!((root() - 1.0).abs() < 1e-6);
    world.result("gimbal_setPrice", json!({ "asset": "USDT", "price": "0.998" }));
    // One USDC is 1 / 0.998 USDT.
    let expected = if base_first { 1.0 / 0.998_f64 } else { 0.998 };
    assert!((root() - expected.sqrt()).abs() < 1e-6, "{}", root());
}

/// Slot and time of the chain.
fn now(world: &World) -> (u64, i64) {
    let node = world.server.chain();
    (node.slot(), node.unix_time())
}

#[test]
fn time_passes_at_once_and_prices_stay_fresh() {
    let world = World::start();
    let (slot, time) = now(&world);
    let told = world.result("gimbal_warp", json!({ "seconds": 86_400 }));
    // Two and a half slots a second.
    assert_eq!(told, json!({ "slot": slot + 216_000, "unixTime": time + 86_400 }));
    for asset in Asset::ALL {
        assert_eq!(posted(&world, &asset.price_account()).2, time + 86_400);
    }
    assert_eq!(world.error("gimbal_warp", json!({ "seconds": u64::MAX })).0, -32602);
    assert_eq!(world.error("gimbal_warp", json!({ "seconds": -1 })).0, -32602);
    assert_eq!(world.server.chain().unix_time(), time + 86_400);
}

#[test]
fn prices_walk_with_every_tick() {
    let world = World::with(Options { tick: Duration::from_millis(10), volatility: 1_000, ..options() });
    let first = posted(&world, &Asset::Eth.price_account()).0;
    let moved = poll("another price", || {
        let now = posted(&world, &Asset::Eth.price_account()).0;
        (now != first).then_some(now)
    });
    assert!(moved > first / 2 && moved < first * 2);
    // Dollars stay dollars.
    let usdc = posted(&world, &Asset::Base.price_account()).0;
    assert!((99_900_000..=100_100_000).contains(&usdc), "{usdc}");
}

#[test]
fn test_dollars_are_minted_again_and_again() {
    let world = World::start();
    let to = Pubkey::new_unique();
    let account = world.mint("USDC", &to, 5 * UNIT);
    // The same wish in the same slot is another transaction.
    assert_eq!(world.mint("usdc", &to, 5 * UNIT), account);
    assert_eq!(world.client.get_token_account_balance(&account).unwrap().amount, "10000000");
    let text = json!({ "mint": "USDC", "to": to.to_string(), "amount": "18446744073709551615" });
    assert_eq!(world.error("gimbal_mint", text).0, -32602, "more than a mint can hold");
    for wrong in [
        json!({ "mint": "EURC", "to": to.to_string(), "amount": 1 }),
        json!({ "mint": "USDC", "to": "nobody", "amount": 1 }),
        json!({ "mint": "USDC", "to": to.to_string(), "amount": -1 }),
        json!({ "mint": "USDC", "to": to.to_string(), "amount": 1.5 }),
        json!({ "mint": "USDC", "to": to.to_string() }),
    ] {
        assert_eq!(world.error("gimbal_mint", wrong.clone()).0, -32602, "{wrong}");
    }
    assert_eq!(world.client.get_token_account_balance(&account).unwrap().amount, "10000000");
}

#[test]
fn a_market_runs_dry_loses_and_halts() {
    let world = World::start();
    // 5,000,000.1 deposited, 3,500,000 of it lent.
    assert_eq!(ready(&world, 1), 1_500_000 * UNIT + 100_000);
    let venue = |ask: Value| world.result("gimbal_venue", ask);
    let dry = venue(json!({ "market": 1, "action": "drain" }));
    assert_eq!((ready(&world, 1), &dry["available"]), (0, &json!("0")));
    assert_eq!(ready(&world, 2), 1_500_000 * UNIT + 100_000, "another market");
    let filled = venue(json!({ "market": 1, "action": "fill" }));
    // 30 % of what there is, which some slots of interest have not moved by a dollar.
    assert!((1_500_000 * UNIT..1_500_001 * UNIT).contains(&ready(&world, 1)), "{filled}");
    assert_eq!(venue(json!({ "market": 1, "action": "fill" }))["signature"], Value::Null, "nothing is missing");

    let reserve = world.server.chain().genesis().markets[1].addresses.reserve.to_string();
    venue(json!({ "market": reserve, "action": "borrow", "amount": 500_000 * UNIT }));
    assert_eq!(ready(&world, 2), 1_000_000 * UNIT + 100_000);
    venue(json!({ "market": "2", "action": "repay", "amount": (250_000 * UNIT).to_string() }));
    assert_eq!(ready(&world, 2), 1_250_000 * UNIT + 100_000);
    venue(json!({ "market": 2, "action": "repay" }));
    assert!(ready(&world, 2) >= 5_000_000 * UNIT + 100_000, "all of it, with the interest");

    let lost = venue(json!({ "market": 3, "action": "writeOff", "amount": 1_000_000 * UNIT }));
    let lent: u64 = lost["borrowed"].as_str().unwrap().parse().unwrap();
    assert!((2_500_000 * UNIT..2_500_001 * UNIT).contains(&lent), "{lost}");
    for wrong in [
        json!({ "market": 4, "action": "drain" }),
        json!({ "market": 0, "action": "drain" }),
        json!({ "market": "x", "action": "drain" }),
        json!({ "market": 1, "action": "burn" }),
        json!({ "market": 1, "action": "borrow" }),
        json!({ "market": 1, "action": "borrow", "amount": 10_000_000 * UNIT }),
        json!({ "market": 1, "action": "borrow", "amount": "many" }),
    ] {
        assert_eq!(world.error("gimbal_venue", wrong.clone()).0, -32602, "{wrong}");
    }
    // While it halts, loans are refused as well.
    venue(json!({ "market": 1, "action": "fail" }));
    let refused = world.error("gimbal_venue", json!({ "market": 1, "action": "borrow", "amount": UNIT }));
    assert!(refused.1.contains("the market refuses"), "{refused:?}");
    venue(json!({ "market": 1, "action": "heal" }));
    venue(json!({ "market": 1, "action": "borrow", "amount": UNIT }));
}
