//! Blocks, and an address's past.

use crate::support::World;
use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::system_instruction::transfer;
use serde_json::json;
use solana_commitment_config::CommitmentConfig;
use solana_message::Message;
use solana_rpc_client::rpc_client::GetConfirmedSignaturesForAddress2Config;
use solana_signer::Signer;
use solana_transaction::{Signature, Transaction};

/// Sends so many transfers, one a slot, to a new address.
fn transfers(world: &World, count: u64) -> (Pubkey, Vec<Signature>) {
    let (payer, to) = (world.funded(), Pubkey::new_unique());
    let send = |number: u64| {
        world.server.chain().advance(1).unwrap();
        let blockhash = world.client.get_latest_blockhash().unwrap();
        let message = Message::new(&[transfer(&payer.pubkey(), &to, 1_000_000 + number)], Some(&payer.pubkey()));
        world.client.send_transaction(&Transaction::new(&[&payer], message, blockhash)).unwrap()
    };
    (to, (0..count).map(send).collect())
}

#[test]
fn an_addresses_past_is_read_in_pages() {
    let world = World::start();
    let (to, mut sent) = transfers(&world, 5);
    sent.reverse();
    let page = |before, until, limit| -> Vec<Signature> {
        let commitment = Some(CommitmentConfig::confirmed());
        let config = GetConfirmedSignaturesForAddress2Config { before, until, limit, commitment };
        let found = world.client.get_signatures_for_address_with_config(&to, config).unwrap();
        found.iter().map(|found| found.signature.parse().unwrap()).collect()
    };
    assert_eq!(page(None, None, None), sent);
    assert_eq!(page(None, None, Some(2)), sent[..2]);
    assert_eq!(page(Some(sent[1]), None, Some(2)), sent[2..4]);
    assert_eq!(page(None, Some(sent[3]), None), sent[..3]);
    assert_eq!(page(Some(sent[0]), Some(sent[4]), None), sent[1..4]);
    assert_eq!(page(Some(Signature::default()), None, None), []);
    assert_eq!(world.error("getSignaturesForAddress", json!([to.to_string(), { "limit": 1_001 }])).0, -32602);
    assert_eq!(world.error("getSignaturesForAddress", json!([to.to_string(), { "limit": 0 }])).0, -32602);
    // Only what is final, where nothing else is asked for.
    assert_eq!(world.result("getSignaturesForAddress", json!([to.to_string()])), json!([]));
    world.server.chain().advance(30).unwrap();
    let finals = world.result("getSignaturesForAddress", json!([to.to_string()]));
    let finals: Vec<&str> =
        finals.as_array().unwrap().iter().map(|found| found["signature"].as_str().unwrap()).collect();
    // Sent 4, 3, 2, 1 and 0 slots before the one that is 30 slots ago: two of them are 32 slots old or more.
    let expected: Vec<String> = sent[2..].iter().map(ToString::to_string).collect();
    assert_eq!(finals, expected);
}

#[test]
fn a_block_holds_its_transactions() {
    let world = World::start();
    let (_, sent) = transfers(&world, 2);
    let statuses = world.client.get_signature_statuses(&sent).unwrap().value;
    let slot = statuses[1].as_ref().unwrap().slot;
    world.server.chain().advance(40).unwrap();
    let block = world.result("getBlock", json!([slot, { "maxSupportedTransactionVersion": 0 }]));
    assert_eq!(block["parentSlot"], slot - 1);
    assert_eq!(block["transactions"][0]["transaction"]["signatures"][0], sent[1].to_string());
    assert_eq!(block["transactions"].as_array().map(Vec::len), Some(1));
    assert_eq!(block["blockTime"], world.client.get_block_time(slot).unwrap());
    let before = world.result("getBlock", json!([slot - 1, { "transactionDetails": "signatures", "rewards": false }]));
    assert_eq!(before["signatures"], json!([sent[0].to_string()]));
    assert_eq!(block["previousBlockhash"], before["blockhash"]);
    assert!(before.get("rewards").is_none() && before.get("transactions").is_none());
    let accounts = world
        .result("getBlock", json!([slot, { "transactionDetails": "accounts", "maxSupportedTransactionVersion": 0 }]));
    assert_eq!(accounts["transactions"][0]["transaction"]["accountKeys"][0]["signer"], true);

    // Not there yet, jumped over, and before the first.
    let now = world.server.chain().slot();
    assert_eq!(world.error("getBlock", json!([now + 1])).0, -32004);
    assert_eq!(world.error("getBlockTime", json!([now + 1])).0, -32004);
    let first = world.client.get_first_available_block().unwrap();
    assert_eq!(world.error("getBlockTime", json!([first - 1])).0, -32001);
    assert_eq!(world.error("getBlockTime", json!([now - 1])).0, -32007, "the clock jumped by 40 slots at once");
    let listed = world.client.get_blocks_with_commitment(slot - 1, Some(now), CommitmentConfig::confirmed()).unwrap();
    assert_eq!(listed, [slot - 1, slot, now]);
    let limited = world.client.get_blocks_with_limit(slot - 1, 2).unwrap();
    assert_eq!(limited, [slot - 1, slot]);
}

#[test]
fn the_cluster_describes_itself() {
    let world = World::start();
    let client = &world.client;
    let (slot, height) = {
        let node = world.server.chain();
        (node.slot(), node.slot() - 518_400_000)
    };
    assert_eq!((client.get_slot().unwrap(), client.get_block_height().unwrap()), (slot, height));
    let final_slot = client.get_slot_with_commitment(CommitmentConfig::finalized()).unwrap();
    assert_eq!(final_slot, slot - 32);
    let epoch = client.get_epoch_info().unwrap();
    assert_eq!((epoch.absolute_slot, epoch.epoch, epoch.slots_in_epoch), (slot, slot / 432_000, 432_000));
    let schedule = client.get_epoch_schedule().unwrap();
    assert_eq!(schedule.get_epoch(slot), epoch.epoch);
    assert!(client.get_health().is_ok());
    assert_eq!(client.get_version().unwrap().solana_core.split('.').count(), 3);
    assert_eq!(client.get_genesis_hash().unwrap(), world.server.chain().genesis_hash());
    let identity = client.get_identity().unwrap();
    assert_eq!(client.get_slot_leaders(slot, 3).unwrap(), [identity; 3]);
    assert_eq!(client.get_cluster_nodes().unwrap()[0].pubkey, identity.to_string());
    let votes = client.get_vote_accounts().unwrap();
    assert!(votes.current.is_empty() && votes.delinquent.is_empty());
    assert_eq!(client.get_inflation_rate().unwrap().total, 0.0);
    assert_eq!(client.get_inflation_governor().unwrap().initial, 0.0);
    assert_eq!(client.get_inflation_reward(&[identity], None).unwrap(), [None]);
    assert_eq!(client.get_stake_minimum_delegation().unwrap(), 1_000_000_000);
    assert_eq!(client.get_block_production().unwrap().value.range.last_slot, slot);
    assert!(client.get_recent_performance_samples(Some(4)).unwrap().is_empty(), "it is younger than a minute");
    assert_eq!(client.minimum_ledger_slot().unwrap(), client.get_first_available_block().unwrap());
    assert_eq!(world.error("getHighestSnapshotSlot", json!([])).0, -32008);
}
