//! Prices that nobody posts: the keeper fetches them signed, posts them itself and leaves nothing behind.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use gimbal::chain::Chain;
use gimbal::readers;
use gimbal::setup::Asset;
use gimbal_venue_wire::pyth::posting::{encoded_vaa, WORMHOLE_ID};
use gimbal_venue_wire::pyth::PriceUpdate;
use risk_oracle::Feed;
use solana_signer::Signer;

use crate::command::Bench;
use crate::vaults::USDC;

const SLOT: Duration = Duration::from_millis(25);

/// A vault whose prices are an hour old, and a keeper that asks a Hermes service.
fn stale(url: Option<&str>) -> Bench {
    let bench = Bench::with_slot(SLOT);
    bench.world.deposit(100_000 * USDC);
    bench.world.on_chain(|chain, _| chain.svm_mut().warp(3_600).unwrap());
    let url = url.unwrap_or(&bench.world.server.rpc_url).to_owned();
    bench.configure(&format!("[source]\nkind = \"hermes\"\nurl = \"{url}\"\n"));
    bench
}

/// Each feed's publish time, and the seconds by which it is behind the chain's clock.
fn ages(bench: &Bench) -> Vec<(i64, i64)> {
    bench.world.on_chain(|chain, deployment| {
        let now = chain.clock().unwrap().unix_timestamp;
        let time = |key| readers::read::<Feed>(chain, key).unwrap().publish_time;
        let kept = [Asset::Base, Asset::Token].map(|asset| time(&deployment.feeds.get(asset).key));
        kept.iter().map(|time| (*time, now - time)).collect()
    })
}

fn messages(bench: &Bench) -> usize {
    bench.world.on_chain(|chain, _| chain.program_accounts(&WORMHOLE_ID, &encoded_vaa::DISCRIMINATOR).unwrap().len())
}

#[test]
fn stale_feeds_get_prices_that_the_guardians_signed() {
    let bench = stale(None);
    assert!(ages(&bench).iter().all(|(_, age)| *age >= 3_600));
    let done = bench.json(&["once"]);
    assert_eq!((&done["failed"], &done["under_way"]), (&0.into(), &0.into()), "{done}");
    assert!(ages(&bench).iter().all(|(_, age)| *age < 600), "{:?}", ages(&bench));
    assert_eq!(messages(&bench), 0, "the messages' accounts are closed, their rent is back");
    let posted = bench.world.on_chain(|chain, deployment| {
        let account = chain.require_account(&deployment.suite().base_feed.price_account).unwrap();
        PriceUpdate::parse(&account.data).expect("fully verified")
    });
    assert_eq!((posted.price, posted.exponent), (100_000_000, -8));
    assert!(posted.posted_slot > 0);
}

#[test]
fn what_an_ended_process_left_over_is_closed() {
    let bench = stale(None);
    let keeper = bench.world.keeper(0).insecure_clone();
    bench.world.on_chain(|chain, deployment| {
        // As after the first transaction of a delivery: the account is made and half written.
        let id = deployment.feeds.all()[0].asset.feed_id();
        let update = pyth_venue::guardians::accumulator_update(
            &[pythnet_sdk::messages::PriceFeedMessage {
                feed_id: id,
                price: 1,
                conf: 1,
                exponent: -8,
                publish_time: 1,
                prev_publish_time: 0,
                ema_price: 1,
                ema_conf: 1,
            }],
            &[id],
            1,
            1,
        );
        let signed = gimbal::pyth::SignedPrices::parse(&update.unwrap()).unwrap();
        let posting = gimbal::pyth::Posting::new(chain, &keeper.pubkey(), &signed, &[id]).unwrap();
        chain.execute(&keeper, &posting.transactions[0], &[&posting.account], &[]).unwrap();
    });
    assert_eq!(messages(&bench), 1);
    bench.json(&["once"]);
    assert_eq!(messages(&bench), 0);
}

/// A service that answers every question with the same nonsense; its address.
fn liar() -> String {
    let port = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", port.local_addr().unwrap());
    std::thread::spawn(move || {
        let body = r#"{"binary":{"encoding":"base64","data":["AAAA"]}}"#;
        for stream in port.incoming() {
            let Ok(mut stream) = stream else { return };
            let _ = stream.read(&mut [0; 4_096]);
            let length = body.len();
            let _ = write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
        }
    });
    url
}

#[test]
fn a_service_that_lies_or_is_gone_brings_no_price() {
    let silent = "http://127.0.0.1:1".to_owned();
    for url in [silent, liar()] {
        let bench = stale(Some(&url));
        let before: Vec<i64> = ages(&bench).iter().map(|(time, _)| *time).collect();
        let output = bench.run(&["once"]);
        let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(told.contains("price service") && told.contains("check the address"), "{told}");
        assert!(told.contains("rebalance:"), "what needs no price goes on: {told}");
        let after: Vec<i64> = ages(&bench).iter().map(|(time, _)| *time).collect();
        assert_eq!((before, messages(&bench)), (after, 0));
    }
}
