//! The ordinary path of a client: money, blockhash, send, status, transaction.

use crate::support::{options, poll, World};
use anchor_lang::solana_program::system_instruction::transfer;
use gimbal::localnet::{options::SLOT, Options};
use serde_json::json;
use solana_commitment_config::CommitmentConfig;
use solana_keypair::Keypair;
use solana_message::Message;
use solana_signer::Signer;
use solana_transaction::Transaction;

#[test]
fn a_transfer_is_sent_confirmed_and_found_again() {
    let world = World::start();
    let (from, to) = (world.funded(), Keypair::new().pubkey());
    let blockhash = world.client.get_latest_blockhash().unwrap();
    let instruction = transfer(&from.pubkey(), &to, 1_000_000_000);
    let transaction = Transaction::new(&[&from], Message::new(&[instruction], Some(&from.pubkey())), blockhash);
    assert_eq!(world.client.get_fee_for_message(&transaction.message).unwrap(), 5_000);
    let simulated = world.client.simulate_transaction(&transaction).unwrap().value;
    assert_eq!((simulated.err, simulated.units_consumed), (None, Some(150)));
    assert_eq!(world.client.get_balance(&to).unwrap(), 0);

    let signature = world.client.send_and_confirm_transaction(&transaction).unwrap();
    assert_eq!(world.client.get_balance(&to).unwrap(), 1_000_000_000);
    assert_eq!(world.client.get_balance(&from.pubkey()).unwrap(), 10_000_000_000 - 1_000_000_000 - 5_000);

    let status = world.client.get_signature_statuses(&[signature]).unwrap().value.remove(0).unwrap();
    assert!(status.err.is_none() && status.satisfies_commitment(CommitmentConfig::confirmed()));
    let found = world.result("getTransaction", json!([signature.to_string(), { "commitment": "confirmed" }]));
    assert_eq!(found["meta"]["fee"], 5_000);
    assert_eq!(found["meta"]["preBalances"], json!([10_000_000_000_u64, 0, 1]));
    assert_eq!(found["meta"]["postBalances"], json!([8_999_995_000_u64, 1_000_000_000, 1]));
    assert_eq!(found["transaction"]["message"]["accountKeys"][1], to.to_string());
    // Final 32 slots later; asked for at that commitment, it is not there before.
    assert!(world.result("getTransaction", json!([signature.to_string()])).is_null());
    world.server.chain().advance(32).unwrap();
    let status = world.client.get_signature_statuses(&[signature]).unwrap().value.remove(0).unwrap();
    assert!(status.satisfies_commitment(CommitmentConfig::finalized()) && status.confirmations.is_none());
    assert_eq!(world.result("getTransaction", json!([signature.to_string()]))["slot"], found["slot"]);
}

#[test]
fn slots_follow_the_hosts_clock_and_blockhashes_expire() {
    let world = World::with(Options { slot: SLOT, ..options() });
    let (first, last_height) =
        world.client.get_latest_blockhash_with_commitment(CommitmentConfig::confirmed()).unwrap();
    let slot = world.client.get_slot().unwrap();
    poll("a later slot", || (world.client.get_slot().unwrap() > slot).then_some(()));
    assert!(world.client.is_blockhash_valid(&first, CommitmentConfig::confirmed()).unwrap());
    // Past its last block.
    let now = world.client.get_block_height().unwrap();
    world.server.chain().advance(last_height + 1 - now).unwrap();
    assert!(!world.client.is_blockhash_valid(&first, CommitmentConfig::confirmed()).unwrap());
}
