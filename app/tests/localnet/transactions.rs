//! Sending, simulating and looking up transactions, and their errors by number.

use crate::support::World;
use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::system_instruction::transfer;
use base64::{engine::general_purpose::STANDARD as BASE64, Engine};
use serde_json::{json, Value};
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::{v0, AddressLookupTableAccount, Hash, Message, VersionedMessage};
use solana_rpc_client_api::client_error::ErrorKind;
use solana_rpc_client_api::config::{
    RpcSendTransactionConfig, RpcSimulateTransactionAccountsConfig, RpcSimulateTransactionConfig,
};
use solana_rpc_client_api::request::{RpcError, RpcResponseErrorData};
use solana_signer::Signer;
use solana_transaction::{versioned::VersionedTransaction, InstructionError, Transaction, TransactionError};

const SOL: u64 = 1_000_000_000;

fn signed(world: &World, payer: &Keypair, instructions: &[Instruction]) -> Transaction {
    let blockhash = world.client.get_latest_blockhash().unwrap();
    Transaction::new(&[payer], Message::new(instructions, Some(&payer.pubkey())), blockhash)
}

/// More than anybody has.
fn too_much(payer: &Keypair) -> Instruction {
    transfer(&payer.pubkey(), &Pubkey::new_unique(), 1_000 * SOL)
}

/// The transaction as it travels, signatures counted by one byte.
fn wire(transaction: &VersionedTransaction) -> String {
    let mut bytes = vec![transaction.signatures.len() as u8];
    for signature in &transaction.signatures {
        bytes.extend_from_slice(signature.as_ref());
    }
    bytes.extend_from_slice(&transaction.message.serialize());
    BASE64.encode(bytes)
}

#[test]
fn a_simulation_tells_all_and_changes_nothing() {
    let world = World::start();
    let (payer, to) = (world.funded(), Pubkey::new_unique());
    let transaction = signed(&world, &payer, &[transfer(&payer.pubkey(), &to, 3 * SOL)]);
    let config = RpcSimulateTransactionConfig {
        sig_verify: true,
        inner_instructions: true,
        accounts: Some(RpcSimulateTransactionAccountsConfig {
            encoding: None,
            addresses: vec![to.to_string(), payer.pubkey().to_string(), Pubkey::new_unique().to_string()],
        }),
        ..Default::default()
    };
    let told = world.client.simulate_transaction_with_config(&transaction, config).unwrap().value;
    assert_eq!((told.err, told.fee, told.units_consumed), (None, Some(5_000), Some(150)));
    assert_eq!(told.logs.as_deref().map(<[String]>::len), Some(2));
    let accounts = told.accounts.unwrap();
    let lamports = |place: usize| accounts[place].as_ref().map(|account| account.lamports);
    assert_eq!((lamports(0), lamports(1), lamports(2)), (Some(3 * SOL), Some(7 * SOL - 5_000), None));
    assert_eq!(told.pre_balances, Some(vec![10 * SOL, 0, 1]));
    assert_eq!(told.post_balances, Some(vec![7 * SOL - 5_000, 3 * SOL, 1]));
    assert_eq!(world.client.get_balance(&to).unwrap(), 0);
    assert_eq!(world.client.get_balance(&payer.pubkey()).unwrap(), 10 * SOL);

    // A failure is told with its log, and without accounts.
    let failing = signed(&world, &payer, &[too_much(&payer)]);
    let told = world.client.simulate_transaction(&failing).unwrap().value;
    let error: TransactionError = told.err.unwrap().into();
    assert_eq!(error, TransactionError::InstructionError(0, InstructionError::Custom(1)));
    assert!(told.logs.unwrap().iter().any(|line| line.contains("insufficient lamports")));
}

#[test]
fn a_simulation_needs_neither_signature_nor_blockhash_where_it_is_told_so() {
    let world = World::start();
    let payer = world.funded();
    let message = Message::new(&[transfer(&payer.pubkey(), &Pubkey::new_unique(), SOL)], Some(&payer.pubkey()));
    let unsigned = Transaction::new_unsigned(message);
    let simulate = |config| world.client.simulate_transaction_with_config(&unsigned, config);
    let old = simulate(RpcSimulateTransactionConfig::default()).unwrap().value;
    assert_eq!(old.err.map(TransactionError::from), Some(TransactionError::BlockhashNotFound));
    let replaced = RpcSimulateTransactionConfig { replace_recent_blockhash: true, ..Default::default() };
    let told = simulate(replaced.clone()).unwrap().value;
    let newest = world.client.get_latest_blockhash().unwrap();
    assert_eq!((told.err, told.replacement_blockhash.unwrap().blockhash), (None, newest.to_string()));
    let verified = RpcSimulateTransactionConfig { sig_verify: true, ..Default::default() };
    assert!(simulate(verified).unwrap_err().to_string().contains("-32003"));
    let both = RpcSimulateTransactionConfig { sig_verify: true, ..replaced };
    assert!(simulate(both).unwrap_err().to_string().contains("-32602"));
}

#[test]
fn what_would_fail_is_not_sent_and_says_why() {
    let world = World::start();
    let payer = world.funded();
    let failing = signed(&world, &payer, &[too_much(&payer)]);
    let error = world.client.send_transaction(&failing).unwrap_err();
    let ErrorKind::RpcError(RpcError::RpcResponseError { code: -32002, data, message }) = error.kind() else {
        panic!("{error}");
    };
    assert!(message.starts_with("Transaction simulation failed: Error processing Instruction 0"), "{message}");
    let RpcResponseErrorData::SendTransactionPreflightFailure(told) = data else { panic!("{data}") };
    assert!(told.logs.as_ref().unwrap().iter().any(|line| line.contains("insufficient lamports")));
    assert_eq!(world.client.get_balance(&payer.pubkey()).unwrap(), 10 * SOL);

    let mut forged = signed(&world, &payer, &[transfer(&payer.pubkey(), &Pubkey::new_unique(), SOL)]);
    forged.signatures[0] = Keypair::new().sign_message(b"another");
    assert!(world.client.send_transaction(&forged).unwrap_err().to_string().contains("-32003"));

    let message = Message::new(&[transfer(&payer.pubkey(), &payer.pubkey(), 1)], Some(&payer.pubkey()));
    let old = Transaction::new(&[&payer], message, Hash::new_unique());
    let error = world.client.send_transaction(&old).unwrap_err().to_string();
    assert!(error.contains("-32002") && error.contains("Blockhash not found"), "{error}");
    assert_eq!(world.client.get_transaction_count().unwrap(), 1, "only the airdrop");
}

#[test]
fn what_is_sent_without_a_simulation_fails_for_its_fee() {
    let world = World::start();
    let payer = world.funded();
    let unchecked = RpcSendTransactionConfig { skip_preflight: true, ..Default::default() };
    let failing = signed(&world, &payer, &[too_much(&payer)]);
    let signature = world.client.send_transaction_with_config(&failing, unchecked).unwrap();
    let status = world.client.get_signature_status(&signature).unwrap().unwrap();
    assert_eq!(status, Err(TransactionError::InstructionError(0, InstructionError::Custom(1))));
    assert_eq!(world.client.get_balance(&payer.pubkey()).unwrap(), 10 * SOL - 5_000);
    let found = world.result("getTransaction", json!([signature.to_string(), { "commitment": "confirmed" }]));
    assert_eq!(found["meta"]["err"], json!({ "InstructionError": [0, { "Custom": 1 }] }));
    assert_eq!(found["meta"]["status"]["Err"], found["meta"]["err"]);

    // One that can not land is taken, and never seen again.
    let message = Message::new(&[transfer(&payer.pubkey(), &payer.pubkey(), 1)], Some(&payer.pubkey()));
    let old = Transaction::new(&[&payer], message, Hash::new_unique());
    let signature = world.client.send_transaction_with_config(&old, unchecked).unwrap();
    assert!(world.client.get_signature_status(&signature).unwrap().is_none());
    assert!(world.result("getTransaction", json!([signature.to_string(), { "commitment": "confirmed" }])).is_null());
}

#[test]
fn the_same_transaction_counts_once() {
    let world = World::start();
    let (payer, to) = (world.funded(), Pubkey::new_unique());
    let transaction = signed(&world, &payer, &[transfer(&payer.pubkey(), &to, SOL)]);
    world.client.send_transaction(&transaction).unwrap();
    let again = world.client.send_transaction(&transaction).unwrap_err().to_string();
    assert!(again.contains("-32002") && again.contains("already been processed"), "{again}");
    let unchecked = RpcSendTransactionConfig { skip_preflight: true, ..Default::default() };
    world.client.send_transaction_with_config(&transaction, unchecked).unwrap();
    assert_eq!(world.client.get_balance(&to).unwrap(), SOL);
    // As on a cluster, a blockhash lasts for the slot: equal wishes are one transaction until it ends.
    let same = signed(&world, &payer, &[transfer(&payer.pubkey(), &to, SOL)]);
    assert_eq!(same, transaction);
    world.server.chain().advance(1).unwrap();
    let next = signed(&world, &payer, &[transfer(&payer.pubkey(), &to, SOL)]);
    world.client.send_transaction(&next).unwrap();
    assert_eq!(world.client.get_balance(&to).unwrap(), 2 * SOL);
}

#[test]
fn a_transaction_is_shown_in_every_encoding() {
    let world = World::start();
    let (payer, to) = (world.funded(), Pubkey::new_unique());
    // Version 0, with the receiver in a lookup table.
    let table = {
        let mut node = world.server.chain();
        let table = node.chain_mut().svm_mut().create_lookup_table(&[to]).unwrap();
        node.advance(1).unwrap();
        AddressLookupTableAccount { key: table.key, addresses: table.addresses }
    };
    let blockhash = world.client.get_latest_blockhash().unwrap();
    let instructions = [ComputeBudgetInstruction::set_compute_unit_price(20_000), transfer(&payer.pubkey(), &to, SOL)];
    let message = v0::Message::try_compile(&payer.pubkey(), &instructions, &[table], blockhash).unwrap();
    let transaction = VersionedTransaction::try_new(VersionedMessage::V0(message), &[&payer]).unwrap();
    let signature = world.client.send_transaction(&transaction).unwrap().to_string();
    let get = |config: Value| world.result("getTransaction", json!([signature, config]));

    let with =
        |encoding| json!({ "encoding": encoding, "commitment": "confirmed", "maxSupportedTransactionVersion": 0 });
    let raw = get(with("json"));
    assert_eq!((&raw["version"], &raw["blockTime"]), (&json!(0), &json!(world.server.chain().unix_time())));
    assert_eq!(raw["meta"]["loadedAddresses"], json!({ "writable": [to.to_string()], "readonly": [] }));
    assert_eq!(raw["transaction"]["message"]["addressTableLookups"][0]["writableIndexes"], json!([0]));
    // 5,000 for the signature; 20,000 micro-lamports for 3,000 units of each of the two native instructions.
    assert_eq!(raw["meta"]["fee"], 5_000 + 20_000 * 6_000 / 1_000_000);
    assert_eq!(raw["meta"]["computeUnitsConsumed"], 300);
    let binary = get(with("base64"));
    assert_eq!(binary["transaction"], json!([wire(&transaction), "base64"]));
    let binary = get(with("base58"));
    let bytes = bs58::decode(binary["transaction"][0].as_str().unwrap()).into_vec().unwrap();
    assert_eq!(BASE64.encode(bytes), wire(&transaction));
    let parsed = get(with("jsonParsed"));
    let keys = parsed["transaction"]["message"]["accountKeys"].as_array().unwrap();
    assert_eq!(
        keys[0],
        json!({ "pubkey": payer.pubkey().to_string(), "signer": true, "writable": true, "source": "transaction" })
    );
    assert_eq!(keys.last().unwrap()["source"], "lookupTable");
    let transfer = &parsed["transaction"]["message"]["instructions"][1];
    assert_eq!(transfer["programId"], Pubkey::default().to_string());

    // A client that does not know of versions is told so.
    let (code, _) = world.error("getTransaction", json!([signature, { "commitment": "confirmed" }]));
    assert_eq!(code, -32015);
    assert_eq!(world.error("getTransaction", json!([signature, { "commitment": "processed" }])).0, -32602);
    // What was offered for a compute unit is told of the slot.
    let fees = world.client.get_recent_prioritization_fees(&[to]).unwrap();
    assert_eq!(fees.iter().map(|fee| fee.prioritization_fee).max(), Some(20_000));
    let fees = world.client.get_recent_prioritization_fees(&[Pubkey::new_unique()]).unwrap();
    assert!(!fees.is_empty() && fees.iter().all(|fee| fee.prioritization_fee == 0));
}

#[test]
fn inner_instructions_and_return_data_are_shown() {
    let world = World::start();
    let owner = Pubkey::new_unique();
    let minted = world.result("gimbal_mint", json!({ "mint": "USDC", "to": owner.to_string(), "amount": 5 }));
    // The cluster's own transactions are of the form that every client can read.
    let found = world.result("getTransaction", json!([minted["signature"], { "commitment": "confirmed" }]));
    assert!(found.get("version").is_none());
    let inner = &found["meta"]["innerInstructions"][0];
    assert_eq!(inner["index"], 0);
    let keys = found["transaction"]["message"]["accountKeys"].as_array().unwrap();
    let called: Vec<&str> = inner["instructions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|call| keys[call["programIdIndex"].as_u64().unwrap() as usize].as_str().unwrap())
        .collect();
    // The associated token program asks the token program for the size, has the account made, and initialises it.
    let (token, system) = (anchor_spl::token::ID.to_string(), Pubkey::default().to_string());
    assert_eq!(called, [&token, &system, &token, &token]);
    assert!(inner["instructions"].as_array().unwrap().iter().all(|call| call["stackHeight"] == 2));
}

#[test]
fn a_slot_that_is_not_reached_is_refused() {
    let world = World::start();
    let (key, slot) = (world.funded().pubkey().to_string(), world.server.chain().slot());
    let ahead = json!({ "minContextSlot": slot + 1, "commitment": "confirmed" });
    for (method, params) in [
        ("getBalance", json!([key, ahead])),
        ("getAccountInfo", json!([key, ahead])),
        ("getSlot", json!([ahead])),
        ("getLatestBlockhash", json!([ahead])),
        ("getSignaturesForAddress", json!([key, ahead])),
    ] {
        let answer = world.call(method, params);
        assert_eq!(answer["error"]["code"], -32016, "{method}: {answer}");
        assert_eq!(answer["error"]["data"]["contextSlot"], slot);
    }
    let now = json!({ "minContextSlot": slot, "commitment": "confirmed" });
    assert_eq!(world.result("getBalance", json!([key, now]))["value"], 10 * SOL);
}

#[test]
fn a_message_without_fee_payer_or_blockhash_has_no_fee() {
    let world = World::start();
    let payer = world.funded();
    let message = Message::new(&[transfer(&payer.pubkey(), &payer.pubkey(), 1)], Some(&payer.pubkey()));
    let encoded = BASE64.encode(message.serialize());
    assert!(world.result("getFeeForMessage", json!([encoded]))["value"].is_null(), "the blockhash is unknown");
    for wrong in ["", "AA==", "####", &BASE64.encode([0xff; 40])] {
        assert_eq!(world.error("getFeeForMessage", json!([wrong])).0, -32602, "{wrong}");
    }
}
