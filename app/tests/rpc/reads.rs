//! Questions that change nothing.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use anchor_lang::prelude::Pubkey;
use base64::{engine::general_purpose::STANDARD as BASE64, Engine};
use gimbal::chain::{Chain, ChainError, RpcChain, RpcOptions};
use serde_json::{json, Value};

use crate::{
    faults::{Reply, Server},
    script::{connect, options, Shared},
};

const KEY: Pubkey = Pubkey::new_from_array([7; 32]);

/// A cluster where one address has this balance.
pub fn rich(lamports: u64) -> Shared {
    Shared::with(|cluster| cluster.balances = HashMap::from([(KEY, lamports)]))
}

/// That balance, as it is read.
pub fn balance(chain: &RpcChain) -> Result<u64, ChainError> {
    Ok(chain.require_account(&KEY)?.lamports)
}

/// A node whose first answers are `faults`, the truth after that.
fn after(shared: &Shared, faults: Vec<Reply>) -> Server {
    let asked = AtomicUsize::new(0);
    shared.node_but(move |_, _| faults.get(asked.fetch_add(1, Ordering::SeqCst)).cloned())
}

#[test]
fn a_node_that_wants_fewer_questions_is_left_alone_for_as_long_as_it_says() {
    let node = after(&rich(5), vec![Reply::too_many(2)]);
    let started = Instant::now();
    assert_eq!(balance(&connect(&[&node])).unwrap(), 5);
    assert!(started.elapsed() >= Duration::from_secs(2), "asked again after {:?}", started.elapsed());
    assert_eq!(node.calls().len(), 2);
}

#[test]
fn a_time_of_day_in_retry_after_is_understood() {
    let past = Reply::Http {
        status: "429 Too Many Requests",
        headers: vec![("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT".to_owned())],
    };
    let future = Reply::Http {
        status: "503 Service Unavailable",
        headers: vec![("Retry-After", "Wed, 21 Oct 2099 07:28:00 GMT".to_owned())],
    };
    let node = after(&rich(5), vec![past, future]);
    let chain = connect(&[&node]);
    assert_eq!(balance(&chain).unwrap_err().name(), "Unreachable", "the year 2099 is too long to wait");
    assert_eq!(node.calls().len(), 2, "a moment that is over needs no wait");
}

#[test]
fn a_wait_that_is_too_long_is_told_at_once() {
    let node = rich(5).node_but(|_, _| Some(Reply::too_many(3_600)));
    let started = Instant::now();
    let refusal = balance(&connect(&[&node])).unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(19), "it did not sit it out");
    assert_eq!(
        refusal.to_string(),
        format!(
            "the node at {} gives no answer: it wants fewer questions (429), and to be asked again in 3600 s; check \
             --url, or name another node",
            node.url
        )
    );
    assert_eq!(node.calls().len(), 1);
}

#[test]
fn an_unhealthy_node_is_asked_again_after_pauses_and_not_for_ever() {
    let unwell = Reply::error(-32005, "Node is behind by 42 slots");
    let node = after(&rich(5), vec![unwell.clone(), unwell]);
    assert_eq!(balance(&connect(&[&node])).unwrap(), 5);
    assert_eq!(node.calls().len(), 3);

    let node = rich(5).node_but(|_, _| Some(Reply::error(-32005, "Node is behind by 42 slots")));
    let options = RpcOptions { timeout: Duration::from_secs(1), ..options(&[&node.url]) };
    let refusal = balance(&RpcChain::connect(&options).unwrap()).unwrap_err();
    assert!(refusal.to_string().contains("Node is behind by 42 slots"), "{refusal}");
    assert!((2..=11).contains(&node.calls().len()), "{} questions", node.calls().len());
}

#[test]
fn a_silent_node_ends_in_an_error_without_its_key() {
    let node = rich(5).node_but(|_, _| Some(Reply::Silence));
    let url = format!("{}/v2/secret?api-key=secret", node.url);
    let options = RpcOptions { timeout: Duration::from_millis(300), ..options(&[&url]) };
    let refusal = balance(&RpcChain::connect(&options).unwrap()).unwrap_err();
    let expected = ChainError::Unreachable { url: node.url.clone(), reason: "it did not answer in time".to_owned() };
    assert_eq!(refusal.to_string(), expected.to_string());
    assert!(node.calls().len() <= 3);
}

#[test]
fn a_broken_connection_ends_in_an_error_without_its_key() {
    let node = rich(5).node_but(|_, _| Some(Reply::HangUp));
    let url = format!("{}/?api-key=secret", node.url);
    let refusal = balance(&RpcChain::connect(&options(&[&url])).unwrap()).unwrap_err();
    assert!(matches!(refusal, ChainError::Unreachable { .. }), "{refusal:?}");
    assert!(!refusal.to_string().contains("secret"), "{refusal}");
    assert_eq!(node.calls().len(), 3, "three failures are enough");
}

#[test]
fn what_makes_no_sense_is_an_error_with_a_next_step() {
    for nonsense in [json!("hello"), json!({ "jsonrpc": "2.0" }), json!({ "result": { "value": 5 } }), json!([])] {
        let shown = nonsense.to_string();
        let node = rich(5).node_but(move |_, _| Some(Reply::Body(nonsense.clone())));
        let refusal = balance(&connect(&[&node])).unwrap_err();
        assert_eq!(refusal.name(), "Unreachable", "{shown}: {refusal}");
        assert!(refusal.to_string().contains("name another node"), "{refusal}");
    }
    let node = rich(5).node_but(|_, _| Some(Reply::Result(json!({ "context": { "slot": 1 }, "value": [] }))));
    assert!(balance(&connect(&[&node])).unwrap_err().to_string().contains("0 accounts for 1 addresses"));
    let foreign = json!({ "lamports": 1, "data": ["??", "base64"], "owner": KEY.to_string(), "executable": false,
        "rentEpoch": 0, "space": 0 });
    let node = rich(5)
        .node_but(move |_, _| Some(Reply::Result(json!({ "context": { "slot": 1 }, "value": [foreign.clone()] }))));
    assert!(balance(&connect(&[&node])).unwrap_err().to_string().contains("has no readable data"));
}

#[test]
fn a_refusal_is_told_with_the_nodes_own_words() {
    let node = rich(5).node_but(|_, _| Some(Reply::error(-32602, "Invalid param: too clever")));
    let refusal = balance(&connect(&[&node])).unwrap_err();
    assert!(
        refusal
            .to_string()
            .contains("to getMultipleAccounts it said 'Invalid param: too clever' (-32602); try another node"),
        "{refusal}"
    );
    assert_eq!(node.calls().len(), 1, "a refusal is not asked for twice");
}

#[test]
fn many_accounts_are_read_a_hundred_at_a_time_in_order() {
    let keys: Vec<Pubkey> = (0..250_u8).map(|n| Pubkey::new_from_array([n; 32])).collect();
    let shared = Shared::with(|cluster| {
        cluster.balances =
            keys.iter().enumerate().filter(|(n, _)| n % 3 != 0).map(|(n, key)| (*key, n as u64)).collect();
    });
    let node = shared.node();
    let accounts = connect(&[&node]).get_multiple(&keys).unwrap();
    let lamports: Vec<Option<u64>> = accounts.iter().map(|account| account.as_ref().map(|a| a.lamports)).collect();
    let expected: Vec<Option<u64>> = (0..250).map(|n| (n % 3 != 0).then_some(n)).collect();
    assert_eq!(lamports, expected);
    assert_eq!(accounts[250 - 1], None, "249 is a multiple of three");
    assert_eq!(accounts[248].as_ref().unwrap().data, 248_u64.to_le_bytes());
    let sizes: Vec<usize> = node.calls().iter().map(|call| call.params[0].as_array().unwrap().len()).collect();
    assert_eq!(sizes, [100, 100, 50]);
    assert_eq!(connect(&[&node]).get_multiple(&[]).unwrap(), []);
    assert_eq!(node.calls().len(), 3, "nothing is asked for nothing");
}

#[test]
fn a_programs_accounts_are_filtered_and_in_order() {
    let account = |key: Pubkey, data: &[u8]| {
        json!({ "pubkey": key.to_string(), "account": { "lamports": 1, "data": [BASE64.encode(data), "base64"],
            "owner": KEY.to_string(), "executable": false, "rentEpoch": u64::MAX, "space": data.len() } })
    };
    let (low, high) = (Pubkey::new_from_array([1; 32]), Pubkey::new_from_array([2; 32]));
    let told = json!({ "context": { "slot": 9 }, "value": [account(high, &[1, 2, 3]), account(low, &[1, 2, 4])] });
    let node = Server::start(move |_| Reply::Result(told.clone()));
    let chain = connect(&[&node]);
    let found = chain.program_accounts(&KEY, &[1, 2]).unwrap();
    assert_eq!(found.iter().map(|(key, account)| (*key, account.data[2])).collect::<Vec<_>>(), [(low, 4), (high, 3)]);
    let call = &node.calls()[0];
    assert_eq!((call.method.as_str(), &call.params[0]), ("getProgramAccounts", &json!(KEY.to_string())));
    assert_eq!(
        call.params[1]["filters"],
        json!([{ "memcmp": { "offset": 0, "bytes": "AQI=", "encoding": "base64" } }])
    );
    chain.program_accounts(&KEY, &[]).unwrap();
    let how = &node.calls()[1].params[1];
    assert_eq!((&how["filters"], &how["minContextSlot"]), (&Value::Null, &json!(9)), "nothing older than was read");
}

#[test]
fn the_clock_and_the_fees_are_read() {
    let mut bytes = Vec::new();
    for number in [11_u64, 1_600_000_000, 3, 4, 1_700_000_000] {
        bytes.extend(number.to_le_bytes());
    }
    let node = Server::start(move |call| {
        Reply::Result(match call.method.as_str() {
            "getRecentPrioritizationFees" => {
                let fee = |slot: u64, fee: u64| json!({ "slot": slot, "prioritizationFee": fee });
                json!([fee(1, 0), fee(2, 500), fee(3, 100), fee(4, 9_000)])
            }
            "getMinimumBalanceForRentExemption" => json!(890_880),
            "getGenesisHash" => json!(bs58::encode([5; 32]).into_string()),
            _ => {
                json!({ "context": { "slot": 11 }, "value": [{ "lamports": 1, "data": [BASE64.encode(&bytes), "base64"],
                "owner": KEY.to_string(), "executable": false, "rentEpoch": 0, "space": 40 }] })
            }
        })
    });
    let chain = connect(&[&node]);
    let clock = chain.clock().unwrap();
    assert_eq!((clock.slot, clock.epoch_start_timestamp, clock.epoch), (11, 1_600_000_000, 3));
    assert_eq!((clock.leader_schedule_epoch, clock.unix_timestamp), (4, 1_700_000_000));
    assert_eq!(chain.recent_priority_fee(&[KEY]).unwrap(), 500, "of 0, 100, 500, 9,000 three quarters reach 500");
    assert_eq!(chain.minimum_balance(0).unwrap(), 890_880);
    assert_eq!(chain.genesis_hash().unwrap().to_bytes(), [5; 32]);
}

#[test]
fn no_node_or_a_wrong_address_is_refused_before_anything_is_asked() {
    let none = RpcChain::connect(&RpcOptions { urls: Vec::new(), ..RpcOptions::default() }).unwrap_err();
    assert_eq!(none.to_string(), "no node is named: give --url");
    let wrong = RpcChain::new("nowhere").unwrap_err();
    assert_eq!(wrong.to_string(), "'nowhere' is not the address of a node: give an http(s) address, or m, t, d or l");
}
