//! Requests that are none, and too much of them: refused by number, and the server goes on.

use crate::support::World;
use anchor_lang::prelude::Pubkey;
use gimbal::random::Random;
use serde_json::{json, Value};
use solana_signer::Signer;

fn alive(world: &World) {
    assert_eq!(world.result("getHealth", json!([])), "ok");
}

#[test]
fn what_is_no_request_is_told_by_number() {
    let world = World::start();
    let code = |body: &str| world.post(body)["error"]["code"].as_i64();
    for body in ["", "{", "getHealth", "{\"jsonrpc\":\"2.0\",", "\u{0}"] {
        assert_eq!(code(body), Some(-32700), "{body:?}");
    }
    for body in [
        "[]",
        "5",
        "null",
        "{}",
        r#"{"jsonrpc":"2.0","id":1}"#,
        r#"{"jsonrpc":"1.0","id":1,"method":"getHealth"}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":5}"#,
        r#"{"jsonrpc":"2.0","id":{},"method":"getHealth"}"#,
    ] {
        assert_eq!(code(body), Some(-32600), "{body}");
    }
    let (number, message) = world.error("getEverything", json!([]));
    assert!(number == -32601 && message.contains("getEverything"), "{message}");
    for (method, params) in [
        ("getBalance", json!([])),
        ("getBalance", json!("x")),
        ("getBalance", json!(["not an address"])),
        ("getBalance", json!([5])),
        ("getBalance", json!([Pubkey::default().to_string(), "confirmed"])),
        ("getAccountInfo", json!([Pubkey::default().to_string(), { "encoding": "utf8" }])),
        ("getMultipleAccounts", json!([vec![Pubkey::default().to_string(); 101]])),
        ("getMinimumBalanceForRentExemption", json!([-1])),
        ("getMinimumBalanceForRentExemption", json!([u64::MAX])),
        ("getSignatureStatuses", json!([["short"]])),
        ("getSignatureStatuses", json!([vec!["1".repeat(64); 257]])),
        ("getBlocks", json!(["first"])),
        ("getSlotLeaders", json!([0, 5_001])),
        ("sendTransaction", json!(["!"])),
        ("sendTransaction", json!(["", { "encoding": "base64" }])),
        ("sendTransaction", json!(["AAAA", { "encoding": "base64" }])),
        ("sendTransaction", json!(["AAAA", { "encoding": "jsonParsed" }])),
        ("sendTransaction", json!(["A".repeat(2_000), { "encoding": "base64" }])),
        ("simulateTransaction", json!([5])),
        ("requestAirdrop", json!([Pubkey::default().to_string(), -1])),
        ("gimbal_warp", json!({ "seconds": 1, "more": 2 })),
    ] {
        let answer = world.call(method, params.clone());
        assert_eq!(answer["error"]["code"], -32602, "{method} {params}: {answer}");
    }
    alive(&world);
}

#[test]
fn batches_are_answered_in_order() {
    let world = World::start();
    let one = |id: Value, method: &str| json!({ "jsonrpc": "2.0", "id": id, "method": method });
    let batch =
        json!([one(json!(7), "getHealth"), one(json!("a"), "nothing"), { "jsonrpc": "2.0", "method": "getHealth" }, 5]);
    let answers = world.post(&batch.to_string());
    let answers = answers.as_array().unwrap();
    assert_eq!(answers.len(), 3, "a request without id gets no answer");
    assert_eq!((&answers[0]["id"], &answers[0]["result"]), (&json!(7), &json!("ok")));
    assert_eq!((&answers[1]["id"], &answers[1]["error"]["code"]), (&json!("a"), &json!(-32601)));
    assert_eq!((&answers[2]["id"], &answers[2]["error"]["code"]), (&Value::Null, &json!(-32600)));
    let many = Value::Array(vec![one(json!(1), "getHealth"); 513]);
    assert_eq!(world.post(&many.to_string())["error"]["code"], -32600);
    let client = reqwest::blocking::Client::new();
    let unanswered =
        client.post(&world.server.rpc_url).body(r#"{"jsonrpc":"2.0","method":"getHealth"}"#).send().unwrap();
    assert_eq!(unanswered.status(), 204);
}

#[test]
fn too_much_is_refused_by_http() {
    let world = World::start();
    let client = reqwest::blocking::Client::new();
    let large = client.post(&world.server.rpc_url).body(vec![b' '; (512 << 10) + 1]).send().unwrap();
    assert_eq!(large.status(), 413);
    assert_eq!(client.get(&world.server.rpc_url).send().unwrap().status(), 405);
    let health = client.get(format!("{}/health", world.server.rpc_url)).send().unwrap();
    assert_eq!((health.status().as_u16(), health.text().unwrap()), (200, "ok".to_owned()));
    alive(&world);
}

#[test]
fn no_transaction_of_random_bytes_brings_it_down() {
    let world = World::start();
    let payer = world.funded();
    let mut random = Random::new(4);
    // A sound transfer, with bytes changed at random.
    let blockhash = world.client.get_latest_blockhash().unwrap();
    let key = payer.pubkey();
    let instruction = anchor_lang::solana_program::system_instruction::transfer(&key, &Pubkey::new_unique(), 5);
    let message = solana_message::Message::new(&[instruction], Some(&key));
    let transaction = solana_transaction::Transaction::new(&[&payer], message, blockhash);
    let mut sound = vec![1];
    sound.extend_from_slice(transaction.signatures[0].as_ref());
    sound.extend_from_slice(&transaction.message.serialize());
    for round in 0..400 {
        let mut bytes = sound.clone();
        for _ in 0..=random.below(4) {
            let place = random.below(bytes.len() as u64) as usize;
            bytes[place] = random.next() as u8;
        }
        bytes.truncate(bytes.len() - random.below(3) as usize);
        let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &bytes);
        let method = if round % 2 == 0 { "simulateTransaction" } else { "sendTransaction" };
        let config = json!({ "encoding": "base64", "skipPreflight": round % 4 == 1, "innerInstructions": true });
        let answer = world.call(method, json!([text, config]));
        assert_ne!(answer["error"]["code"], -32603, "{method}: {answer}");
    }
    alive(&world);
}

/// Every method that there is.
const METHODS: [&str; 56] = [
    "getAccountInfo",
    "getMultipleAccounts",
    "getProgramAccounts",
    "getBalance",
    "getMinimumBalanceForRentExemption",
    "getLargestAccounts",
    "getSupply",
    "getTokenAccountBalance",
    "getTokenSupply",
    "getTokenAccountsByOwner",
    "getTokenAccountsByDelegate",
    "getTokenLargestAccounts",
    "getLatestBlockhash",
    "isBlockhashValid",
    "getFeeForMessage",
    "sendTransaction",
    "simulateTransaction",
    "requestAirdrop",
    "getSignatureStatuses",
    "getSignaturesForAddress",
    "getTransaction",
    "getTransactionCount",
    "getRecentPrioritizationFees",
    "getBlock",
    "getBlocks",
    "getBlocksWithLimit",
    "getBlockTime",
    "getFirstAvailableBlock",
    "minimumLedgerSlot",
    "getBlockCommitment",
    "getBlockProduction",
    "getRecentPerformanceSamples",
    "getSlot",
    "getBlockHeight",
    "getEpochInfo",
    "getEpochSchedule",
    "getHealth",
    "getVersion",
    "getGenesisHash",
    "getIdentity",
    "getSlotLeader",
    "getSlotLeaders",
    "getLeaderSchedule",
    "getClusterNodes",
    "getVoteAccounts",
    "getInflationGovernor",
    "getInflationRate",
    "getInflationReward",
    "getStakeMinimumDelegation",
    "getMaxRetransmitSlot",
    "getMaxShredInsertSlot",
    "gimbal_info",
    "gimbal_setPrice",
    "gimbal_warp",
    "gimbal_mint",
    "gimbal_venue",
];

/// Something that may or may not fit.
fn anything(random: &mut Random, known: &[String], depth: u32) -> Value {
    const KEYS: [&str; 14] = [
        "encoding",
        "dataSlice",
        "filters",
        "memcmp",
        "mint",
        "programId",
        "limit",
        "commitment",
        "minContextSlot",
        "accounts",
        "amount",
        "market",
        "action",
        "seconds",
    ];
    const WORDS: [&str; 10] = [
        "base58",
        "base64",
        "jsonParsed",
        "base64+zstd",
        "confirmed",
        "finalized",
        "processed",
        "drain",
        "USDC",
        "é\u{0}",
    ];
    fn pick(random: &mut Random, most: usize) -> usize {
        random.below(most as u64) as usize
    }
    match pick(random, if depth == 0 { 6 } else { 8 }) {
        0 => Value::Null,
        1 => json!(random.chance(1, 2)),
        2 => json!([0, 1, 2, 100, u64::from(u32::MAX), u64::MAX][pick(random, 6)]),
        3 => json!([-1.5, -1.0, 1e300, 0.1][pick(random, 4)]),
        4 => json!(WORDS[pick(random, WORDS.len())]),
        5 => json!(known[pick(random, known.len())]),
        6 => Value::Array((0..pick(random, 4)).map(|_| anything(random, known, depth - 1)).collect()),
        _ => {
            let field = |_| (KEYS[pick(random, KEYS.len())].to_owned(), anything(random, known, depth - 1));
            Value::Object((0..3).map(field).collect())
        }
    }
}

#[test]
fn no_parameters_bring_it_down() {
    let world = World::start();
    let payer = world.funded().pubkey();
    let (mint, reserve) = {
        let node = world.server.chain();
        (node.genesis().base.key, node.genesis().markets[0].addresses.reserve)
    };
    let signature = world.result("requestAirdrop", json!([payer.to_string(), 5]));
    let hash = world.client.get_latest_blockhash().unwrap().to_string();
    let mut known = vec![payer.to_string(), mint.to_string(), reserve.to_string(), hash, "AAAA".to_owned()];
    known.push(signature.as_str().unwrap().to_owned());
    known.push(anchor_spl::token::ID.to_string());
    known.push(lending_venue::ID.to_string());
    let mut random = Random::new(11);
    for round in 0..40 {
        let request = |method: &&str, random: &mut Random| {
            let count = random.below(4);
            // The first parameter is mostly one that gets somewhere.
            let params: Vec<Value> = (0..count)
                .map(|place| match place == 0 && random.chance(2, 3) {
                    true => json!(known[random.below(known.len() as u64) as usize]),
                    false => anything(random, &known, 3),
                })
                .collect();
            json!({ "jsonrpc": "2.0", "id": round, "method": method, "params": params })
        };
        let batch: Vec<Value> = METHODS.iter().map(|method| request(method, &mut random)).collect();
        let answers = world.post(&Value::Array(batch.clone()).to_string());
        for (asked, answer) in batch.iter().zip(answers.as_array().unwrap()) {
            let code = answer["error"]["code"].as_i64();
            assert!(code != Some(-32603) && code != Some(-32601), "{asked}: {answer}");
        }
    }
    alive(&world);
}
