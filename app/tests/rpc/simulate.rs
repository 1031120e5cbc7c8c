//! Trials.

use std::collections::HashMap;

use anchor_lang::prelude::Pubkey;
use base64::{engine::general_purpose::STANDARD as BASE64, Engine};
use gimbal::{
    chain::{Chain, InnerCall},
    transaction,
};
use serde_json::{json, Value};
use solana_instruction::{AccountMeta, Instruction};
use solana_message::{AddressLookupTableAccount, Hash};
use solana_signer::Signer;
use solana_transaction::{versioned::VersionedTransaction, Signature, TransactionError};

use crate::{
    faults::{Reply, Server},
    script::{connect, payer, signed, Shared, PROGRAM},
};

const CALLED: Pubkey = Pubkey::new_from_array([55; 32]);
const TOKEN: &str = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA";

/// What a node tells of a trial.
fn told(more: Value) -> Value {
    let mut value = json!({ "err": null, "logs": ["one"], "unitsConsumed": 42, "accounts": null });
    for (name, field) in more.as_object().unwrap() {
        value[name] = field.clone();
    }
    json!({ "context": { "slot": 88 }, "value": value })
}

/// A node that answers trials so.
fn node(more: Value) -> Server {
    let told = told(more);
    Server::start(move |call| match call.method.as_str() {
        "simulateTransaction" => Reply::Result(told.clone()),
        "getFeeForMessage" => Reply::Result(json!({ "context": { "slot": 88 }, "value": 6_100 })),
        other => Reply::error(-32601, other),
    })
}

#[test]
fn one_without_signatures_is_tried_with_the_nodes_blockhash() {
    let node =
        node(json!({ "fee": 5_005, "returnData": { "programId": CALLED.to_string(), "data": ["AQI=", "base64"] } }));
    let chain = connect(&[&node]);
    let mut transaction = signed(Hash::default());
    transaction.signatures = vec![Signature::default()];
    let receipt = chain.simulate(&transaction).unwrap();
    assert_eq!((receipt.slot, receipt.compute_units, receipt.fee), (88, 42, 5_005));
    assert_eq!(receipt.logs, ["one"]);
    assert_eq!(receipt.return_data, Some((CALLED, vec![1, 2])));
    let how = &node.calls()[0].params[1];
    assert_eq!((&how["sigVerify"], &how["replaceRecentBlockhash"]), (&json!(false), &json!(true)));
    assert_eq!((&how["innerInstructions"], &how["encoding"]), (&json!(true), &json!("base64")));
}

#[test]
fn a_node_that_tells_no_fee_is_asked_for_it() {
    let node = node(json!({}));
    assert_eq!(connect(&[&node]).simulate(&signed(Hash::default())).unwrap().fee, 6_100);
    let call = &node.calls()[1];
    let message = BASE64.encode(signed(Hash::default()).message.serialize());
    assert_eq!((call.method.as_str(), &call.params[0]), ("getFeeForMessage", &json!(message)));
}

#[test]
fn calls_are_read_in_every_form() {
    let inner = json!([{ "index": 0, "instructions": [
        { "programIdIndex": 1, "accounts": [0], "data": bs58::encode([9, 9]).into_string(), "stackHeight": 2 },
        { "programId": CALLED.to_string(), "accounts": [PROGRAM.to_string()], "data": bs58::encode([7]).into_string(), "stackHeight": 3 },
        { "program": "spl-token", "programId": TOKEN, "parsed": { "type": "transfer" }, "stackHeight": null },
        { "programIdIndex": 2, "accounts": [], "data": "", "stackHeight": 2 },
    ] }]);
    let node = node(json!({ "fee": 5_000, "innerInstructions": inner,
        "loadedAddresses": { "writable": [CALLED.to_string()], "readonly": [] } }));
    let receipt = connect(&[&node]).simulate(&signed(Hash::default())).unwrap();
    let call = |stack_height, program, accounts: &[Pubkey], data: &[u8]| InnerCall {
        outer_index: 0,
        stack_height,
        program,
        accounts: accounts.to_vec(),
        data: data.to_vec(),
    };
    assert_eq!(
        receipt.inner,
        [
            call(2, PROGRAM, &[payer().pubkey()], &[9, 9]),
            call(3, CALLED, &[PROGRAM], &[7]),
            call(2, TOKEN.parse().unwrap(), &[], &[]),
            call(2, CALLED, &[], &[]),
        ]
    );
}

#[test]
fn a_refusal_is_decoded_as_on_the_embedded_chain() {
    let router = strategy_router::ID;
    let logs = vec![
        format!("Program {PROGRAM} invoke [1]"),
        format!("Program {router} invoke [2]"),
        format!("Program {router} failed: custom program error: 0x1770"),
        format!("Program {PROGRAM} failed: custom program error: 0x1770"),
    ];
    let node = node(json!({ "err": { "InstructionError": [0, { "Custom": 6_000 }] }, "logs": logs }));
    let refusal = connect(&[&node]).simulate(&signed(Hash::default())).unwrap_err();
    let refused = refusal.refused().unwrap();
    let expected = gimbal::decode::errors::decode(&router, 6_000).unwrap();
    assert_eq!((refused.program, refused.compute_units), (Some(router), 42));
    assert_eq!((refused.name(), refusal.to_string()), (expected.name.clone(), expected.to_string()));
}

#[test]
fn another_node_is_asked_where_one_does_not_know_the_blockhash() {
    let shared = Shared::with(|cluster| cluster.pace = 0);
    let behind = shared.node_but(|call, _| {
        (call.method == "simulateTransaction").then(|| Reply::Result(told(json!({ "err": "BlockhashNotFound" }))))
    });
    let (one, two) = (shared.node(), shared.node());
    assert_eq!(connect(&[&behind, &one, &two]).simulate(&signed(Hash::default())).unwrap().compute_units, 777);
    let refusal = connect(&[&behind]).simulate(&signed(Hash::default())).unwrap_err();
    assert_eq!(refusal.refused().unwrap().error, TransactionError::BlockhashNotFound);
}

#[test]
fn accounts_are_told_as_they_would_be() {
    let shared = Shared::with(|cluster| cluster.balances = HashMap::from([(CALLED, 3)]));
    let owner = payer().pubkey();
    let account = |lamports: u64| {
        json!({ "lamports": lamports, "data": ["", "base64"], "owner": CALLED.to_string(),
        "executable": false, "rentEpoch": 0, "space": 0 })
    };
    let after = json!([account(1_500), account(0)]);
    let node = shared.node_but(move |call, _| {
        let asked = json!([owner.to_string(), PROGRAM.to_string()]);
        (call.method == "simulateTransaction").then(|| {
            assert_eq!(call.params[1]["accounts"], json!({ "encoding": "base64", "addresses": asked }));
            Reply::Result(told(json!({ "fee": 1, "accounts": after })))
        })
    });
    let keys = [PROGRAM, CALLED, owner, PROGRAM];
    let (receipt, accounts) = connect(&[&node]).simulate_reading(&signed(Hash::default()), &keys).unwrap();
    assert_eq!(receipt.compute_units, 42);
    let lamports: Vec<Option<u64>> = accounts.into_iter().map(|account| account.map(|it| it.lamports)).collect();
    assert_eq!(lamports, [None, Some(3), Some(1_500), None], "one is closed by it, one it does not name");
}

/// A transaction that reads two accounts through a table.
fn with_table() -> (VersionedTransaction, Pubkey, Vec<Pubkey>) {
    let table = Pubkey::new_from_array([66; 32]);
    let addresses: Vec<Pubkey> = (100..104).map(|n| Pubkey::new_from_array([n; 32])).collect();
    let accounts = vec![AccountMeta::new_readonly(addresses[1], false), AccountMeta::new(addresses[3], false)];
    let instruction = Instruction { program_id: PROGRAM, accounts, data: vec![] };
    let tables = [AddressLookupTableAccount { key: table, addresses: addresses.clone() }];
    let built = transaction::build(&payer(), &[instruction], &[], &tables, Hash::default()).unwrap();
    (built, table, addresses)
}

#[test]
fn a_node_that_does_not_tell_looked_up_addresses_has_its_tables_read() {
    let (transaction, table, addresses) = with_table();
    // The layout of a lookup table: state 1, no deactivation, slots, an authority, padding; 56 bytes in all.
    let mut data = vec![0; 56];
    data[0] = 1;
    data[4..12].copy_from_slice(&u64::MAX.to_le_bytes());
    addresses.iter().for_each(|key| data.extend(key.to_bytes()));
    let data = BASE64.encode(data);
    // 0 the payer, 1 the program, 2 the one looked up to be written, 3 the one looked up to be read.
    let call = |index| json!({ "programIdIndex": index, "accounts": [], "data": "", "stackHeight": 2 });
    let inner = json!([{ "index": 0, "instructions": [call(2), call(3)] }]);
    let node = Server::start(move |asked| match asked.method.as_str() {
        "getMultipleAccounts" => {
            assert_eq!(asked.params[0], json!([table.to_string()]));
            let account = json!({ "lamports": 1, "data": [data, "base64"], "owner": CALLED.to_string(),
                "executable": false, "rentEpoch": 0, "space": 184 });
            Reply::Result(json!({ "context": { "slot": 88 }, "value": [account] }))
        }
        _ => Reply::Result(told(json!({ "fee": 1, "innerInstructions": inner }))),
    });
    let receipt = connect(&[&node]).simulate(&transaction).unwrap();
    let programs: Vec<Pubkey> = receipt.inner.iter().map(|call| call.program).collect();
    assert_eq!(programs, [addresses[3], addresses[1]]);
}

#[test]
fn what_no_cluster_takes_is_not_asked() {
    let node = node(json!({}));
    let large = Instruction { program_id: PROGRAM, accounts: vec![], data: vec![0; 1_300] };
    let message = transaction::compile(&payer().pubkey(), &[large], &[], Hash::default()).unwrap();
    let transaction = VersionedTransaction { signatures: vec![Signature::default()], message };
    assert_eq!(connect(&[&node]).simulate(&transaction).unwrap_err().name(), "TransactionTooLarge");
    assert_eq!(node.calls().len(), 0);
}
