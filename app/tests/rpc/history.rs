//! What the chain remembers.

use anchor_lang::prelude::Pubkey;
use base64::{engine::general_purpose::STANDARD as BASE64, Engine};
use gimbal::chain::{Chain, History, InnerCall};
use serde_json::{json, Value};
use solana_message::Hash;
use solana_signer::Signer;
use solana_transaction::Signature;

use crate::{
    faults::{Reply, Server},
    script::{connect, payer, signed, Shared, PROGRAM},
};

const ADDRESS: Pubkey = Pubkey::new_from_array([4; 32]);

/// The name of transaction `n`.
fn name(n: usize) -> Signature {
    let mut bytes = [1; 64];
    bytes[..8].copy_from_slice(&(n as u64).to_be_bytes());
    Signature::from(bytes)
}

/// A node whose ledger has the transactions 0 to `all` of an address, one a slot and second from 1,000 on.
fn ledger(all: usize) -> Server {
    let names: Vec<String> = (0..all).map(|n| name(n).to_string()).collect();
    Server::start(move |call| {
        assert_eq!((call.method.as_str(), &call.params[0]), ("getSignaturesForAddress", &json!(ADDRESS.to_string())));
        let how = &call.params[1];
        let place = |end: &Value| end.as_str().map(|end| names.iter().position(|name| name == end).unwrap());
        let newest = place(&how["before"]).unwrap_or(all);
        let oldest = place(&how["until"]).map_or(0, |until| until + 1);
        let limit = how["limit"].as_u64().unwrap() as usize;
        assert!(limit <= 1_000);
        let page: Vec<Value> = (oldest..newest)
            .rev()
            .take(limit)
            .map(|n| {
                let err = if n % 10 == 3 { json!({ "InstructionError": [0, { "Custom": 1 }] }) } else { Value::Null };
                json!({ "signature": names[n], "slot": 1_000 + n, "blockTime": 1_000 + n, "err": err, "memo": null,
                    "confirmationStatus": "finalized" })
            })
            .collect();
        Reply::Result(json!(page))
    })
}

#[test]
fn pages_are_walked_to_the_beginning_and_told_from_there() {
    let node = ledger(2_345);
    let past = connect(&[&node]).signatures(&ADDRESS, None, usize::MAX).unwrap();
    assert_eq!(past.len(), 2_345);
    assert!(past.iter().enumerate().all(|(n, past)| past.signature == name(n) && past.slot == 1_000 + n as u64));
    assert_eq!((past[3].failed, past[4].failed, past[3].time), (true, false, Some(1_003)));
    assert_eq!(node.calls().len(), 3);
}

#[test]
fn a_full_last_page_is_followed_by_an_empty_one() {
    let node = ledger(2_000);
    assert_eq!(connect(&[&node]).signatures(&ADDRESS, None, usize::MAX).unwrap().len(), 2_000);
    assert_eq!(node.calls().len(), 3);
    let node = ledger(0);
    assert_eq!(connect(&[&node]).signatures(&ADDRESS, None, 5).unwrap(), []);
}

#[test]
fn who_goes_on_from_the_last_one_misses_none() {
    let node = ledger(2_345);
    let chain = connect(&[&node]);
    let mut seen = Vec::new();
    let mut until = None;
    loop {
        let part = chain.signatures(&ADDRESS, until, 500).unwrap();
        assert!(part.len() <= 500);
        let Some(last) = part.last() else { break };
        until = Some(last.signature);
        seen.extend(part.into_iter().map(|past| past.signature));
    }
    assert_eq!(seen, (0..2_345).map(name).collect::<Vec<_>>());
}

#[test]
fn the_last_hour_is_found_without_walking_through_the_whole_past() {
    let node = ledger(5_000);
    let chain = connect(&[&node]);
    let past = chain.signatures_since(&ADDRESS, 1_000 + 3_500).unwrap();
    assert_eq!(
        past.iter().map(|past| past.signature).collect::<Vec<_>>(),
        (3_500..5_000).map(name).collect::<Vec<_>>()
    );
    assert_eq!(node.calls().len(), 2, "4,999 to 4,000, then 3,999 to 3,000, which goes beyond");
    assert_eq!(chain.signatures_since(&ADDRESS, i64::MAX).unwrap(), []);
}

#[test]
fn a_node_that_repeats_itself_is_not_asked_for_ever() {
    let page: Vec<Value> = (0..1_000)
        .rev()
        .map(|n| json!({ "signature": name(n).to_string(), "slot": n, "blockTime": null, "err": null, "memo": null }))
        .collect();
    let node = Server::start(move |_| Reply::Result(json!(page)));
    let past = connect(&[&node]).signatures(&ADDRESS, None, usize::MAX).unwrap();
    assert_eq!((past.len(), past[0].signature, past[0].time), (1_000, name(0), None));
    assert_eq!(node.calls().len(), 2);
}

/// A node that tells this of the transaction that [`signed`] makes.
fn told(meta: Value) -> Server {
    let transaction = signed(Hash::default());
    let bytes = [&[1], transaction.signatures[0].as_ref(), &transaction.message.serialize()].concat();
    let name = transaction.signatures[0].to_string();
    Server::start(move |call| match call.method.as_str() {
        "getTransaction" if call.params[0] == json!(name) => {
            assert_eq!(call.params[1]["maxSupportedTransactionVersion"], json!(0));
            Reply::Result(json!({ "slot": 77, "blockTime": null, "version": 0, "meta": meta,
                "transaction": [BASE64.encode(&bytes), "base64"] }))
        }
        "getTransaction" => Reply::Result(Value::Null),
        "getBlockTime" => Reply::Result(json!(1_234_567)),
        other => Reply::error(-32601, other),
    })
}

#[test]
fn a_transaction_is_told_whole() {
    let (written, read) = (Pubkey::new_from_array([31; 32]), Pubkey::new_from_array([32; 32]));
    let call = |index, data: &[u8], height| json!({ "programIdIndex": index, "accounts": [0, index], "data": bs58::encode(data).into_string(), "stackHeight": height });
    let node = told(json!({
        "err": null, "status": { "Ok": null }, "fee": 5_700, "computeUnitsConsumed": 999,
        "preBalances": [1_000_000, 1], "postBalances": [900_000, 1], "logMessages": ["a", "b"],
        "innerInstructions": [{ "index": 0, "instructions": [call(1, &[1], 2), call(2, &[2], 3), call(3, &[], 2)] }],
        "loadedAddresses": { "writable": [written.to_string()], "readonly": [read.to_string()] },
        "returnData": { "programId": read.to_string(), "data": ["BQ==", "base64"] },
    }));
    let executed = connect(&[&node]).transaction(&signed(Hash::default()).signatures[0]).unwrap().unwrap();
    assert_eq!((executed.time, executed.failed), (1_234_567, None), "the block's time is asked for where it lacks");
    assert_eq!((executed.fee_payer, executed.payer_change), (payer().pubkey(), -100_000));
    let receipt = executed.receipt;
    assert_eq!((receipt.slot, receipt.fee, receipt.compute_units), (77, 5_700, 999));
    assert_eq!(receipt.logs, ["a", "b"]);
    assert_eq!(receipt.return_data, Some((read, vec![5])));
    let call = |stack_height, program, data: &[u8]| {
        let accounts = vec![payer().pubkey(), program];
        InnerCall { outer_index: 0, stack_height, program, accounts, data: data.to_vec() }
    };
    let sent = signed(Hash::default()).message.instructions()[0].data.clone();
    assert_eq!(receipt.own.len(), 1);
    assert_eq!((receipt.own[0].program, &receipt.own[0].data), (PROGRAM, &sent));
    assert_eq!(receipt.inner, [call(2, PROGRAM, &[1]), call(3, written, &[2]), call(2, read, &[])]);
}

#[test]
fn a_failed_one_tells_its_error_and_an_unknown_one_is_none() {
    let node = told(json!({
        "err": { "InstructionError": [0, "MissingRequiredSignature"] },
        "status": { "Err": { "InstructionError": [0, "MissingRequiredSignature"] } },
        "fee": 5_000, "preBalances": [10_000], "postBalances": [5_000],
    }));
    let chain = connect(&[&node]);
    let executed = chain.transaction(&signed(Hash::default()).signatures[0]).unwrap().unwrap();
    assert_eq!(executed.failed.as_deref(), Some("MissingRequiredSignature"));
    assert_eq!(chain.transaction(&name(5)).unwrap().map(|executed| executed.time), None);
}

#[test]
fn a_node_that_tells_of_another_transaction_is_not_believed() {
    let other =
        told(json!({ "err": null, "status": { "Ok": null }, "fee": 0, "preBalances": [1], "postBalances": [1] }));
    let real = signed(Hash::default()).signatures[0];
    let node = Server::start(move |call| {
        let mut asked = call.body.clone();
        asked["params"][0] = json!(real.to_string());
        let client = reqwest::blocking::Client::builder().no_proxy().build().unwrap();
        Reply::Body(client.post(&other.url).json(&asked).send().unwrap().json().unwrap())
    });
    let refusal = connect(&[&node]).transaction(&name(6)).unwrap_err();
    assert!(refusal.to_string().contains("has no readable transaction of this signature"), "{refusal}");
}

#[test]
fn what_was_sent_is_found_again() {
    let shared = Shared::default();
    let node = shared.node();
    let mut chain = connect(&[&node]);
    let transaction = signed(chain.latest_blockhash().unwrap());
    let receipt = chain.send(&transaction).unwrap();
    let executed = chain.transaction(&receipt.signature).unwrap().unwrap();
    assert_eq!((executed.receipt.slot, executed.time, executed.payer_change), (receipt.slot, 1_700_000_000, -10_000));
}
