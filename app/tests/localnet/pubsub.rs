//! Subscriptions, heard with Solana's own client.

use crate::support::{options, World, LIMIT};
use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::system_instruction::transfer;
use gimbal::localnet::{options::SLOT, Options};
use gimbal::setup::Asset;
use serde_json::json;
use solana_account_decoder::UiAccountEncoding;
use solana_commitment_config::CommitmentConfig;
use solana_keypair::Keypair;
use solana_message::Message;
use solana_pubsub_client::pubsub_client::PubsubClient;
use solana_rpc_client_api::config::{
    RpcAccountInfoConfig, RpcProgramAccountsConfig, RpcSignatureSubscribeConfig, RpcTransactionLogsConfig,
    RpcTransactionLogsFilter,
};
use solana_rpc_client_api::filter::RpcFilterType;
use solana_rpc_client_api::response::RpcSignatureResult;
use solana_signer::Signer;
use solana_transaction::Transaction;
use std::time::Duration;

fn confirmed(encoding: UiAccountEncoding) -> RpcAccountInfoConfig {
    let commitment = Some(CommitmentConfig::confirmed());
    RpcAccountInfoConfig { encoding: Some(encoding), commitment, ..Default::default() }
}

fn payment(world: &World, payer: &Keypair, to: &Pubkey, lamports: u64) -> Transaction {
    let blockhash = world.client.get_latest_blockhash().unwrap();
    let message = Message::new(&[transfer(&payer.pubkey(), to, lamports)], Some(&payer.pubkey()));
    Transaction::new(&[payer], message, blockhash)
}

/// Nothing comes for a while.
const QUIET: Duration = Duration::from_millis(300);

#[test]
fn an_accounts_changes_are_heard() {
    let world = World::start();
    let (payer, to) = (world.funded(), Keypair::new().pubkey());
    let config = confirmed(UiAccountEncoding::Base64);
    let (_account, changes) = PubsubClient::account_subscribe(&world.server.ws_url, &to, Some(config)).unwrap();
    let (_price, prices) = PubsubClient::account_subscribe(
        &world.server.ws_url,
        &Asset::Sol.price_account(),
        Some(confirmed(UiAccountEncoding::Base64)),
    )
    .unwrap();
    world.client.send_transaction(&payment(&world, &payer, &to, 2_000_000)).unwrap();
    let heard = changes.recv_timeout(LIMIT).unwrap();
    assert_eq!((heard.value.lamports, heard.context.slot), (2_000_000, world.server.chain().slot()));
    // What is not done by a transaction is heard as well.
    world.result("gimbal_setPrice", json!({ "asset": "SOL", "price": "77" }));
    let data = prices.recv_timeout(LIMIT).unwrap().value.data.decode().unwrap();
    assert_eq!(data[73..81], 7_700_000_000_u64.to_le_bytes());
    assert!(changes.recv_timeout(QUIET).is_err());
}

#[test]
fn a_token_account_is_heard_in_its_parsed_form() {
    let world = World::start();
    let owner = Pubkey::new_unique();
    let account = world.mint("USDC", &owner, 1_000_000);
    let config = confirmed(UiAccountEncoding::JsonParsed);
    let (_subscription, changes) =
        PubsubClient::account_subscribe(&world.server.ws_url, &account, Some(config)).unwrap();
    world.mint("USDC", &owner, 250_000);
    let heard = serde_json::to_value(changes.recv_timeout(LIMIT).unwrap().value.data).unwrap();
    assert_eq!(heard["parsed"]["info"]["tokenAmount"]["uiAmountString"], "1.25");
}

#[test]
fn accounts_of_a_program_are_heard_through_filters() {
    let world = World::start();
    let config = |size| RpcProgramAccountsConfig {
        filters: Some(vec![RpcFilterType::DataSize(size)]),
        account_config: confirmed(UiAccountEncoding::Base64),
        ..Default::default()
    };
    let url = &world.server.ws_url;
    let (_reserves, reserves) = PubsubClient::program_subscribe(url, &lending_venue::ID, Some(config(8_624))).unwrap();
    let (_none, none) = PubsubClient::program_subscribe(url, &lending_venue::ID, Some(config(1))).unwrap();
    world.result("gimbal_venue", json!({ "market": 2, "action": "borrow", "amount": 1_000_000 }));
    let heard = reserves.recv_timeout(LIMIT).unwrap().value;
    assert_eq!(heard.pubkey, world.server.chain().genesis().markets[1].addresses.reserve.to_string());
    assert!(none.recv_timeout(QUIET).is_err());
}

#[test]
fn logs_are_heard_of_whom_they_concern() {
    let world = World::start();
    let (payer, to) = (world.funded(), Keypair::new().pubkey());
    let config = || RpcTransactionLogsConfig { commitment: Some(CommitmentConfig::processed()) };
    let url = &world.server.ws_url;
    let mentions = |key: &Pubkey| RpcTransactionLogsFilter::Mentions(vec![key.to_string()]);
    let (_mine, mine) = PubsubClient::logs_subscribe(url, mentions(&to), config()).unwrap();
    let (_other, other) = PubsubClient::logs_subscribe(url, mentions(&Pubkey::new_unique()), config()).unwrap();
    let (_all, all) = PubsubClient::logs_subscribe(url, RpcTransactionLogsFilter::All, config()).unwrap();
    let signature = world.client.send_transaction(&payment(&world, &payer, &to, 2_000_000)).unwrap();
    for heard in [mine.recv_timeout(LIMIT).unwrap(), all.recv_timeout(LIMIT).unwrap()] {
        assert_eq!((heard.value.signature, heard.value.err), (signature.to_string(), None));
        assert_eq!(heard.value.logs[0], "Program 11111111111111111111111111111111 invoke [1]");
    }
    assert!(other.recv_timeout(QUIET).is_err());
    let two = RpcTransactionLogsFilter::Mentions(vec![to.to_string(), to.to_string()]);
    assert!(PubsubClient::logs_subscribe(url, two, config()).is_err());
}

#[test]
fn a_signature_is_heard_once_whether_it_came_before_or_comes_after() {
    let world = World::start();
    let (payer, to) = (world.funded(), Keypair::new().pubkey());
    let url = &world.server.ws_url;
    let config = |commitment| {
        Some(RpcSignatureSubscribeConfig { commitment: Some(commitment), enable_received_notification: Some(false) })
    };
    let transaction = payment(&world, &payer, &to, 2_000_000);
    let signature = transaction.signatures[0];
    let (_soon, soon) =
        PubsubClient::signature_subscribe(url, &signature, config(CommitmentConfig::confirmed())).unwrap();
    let (_late, late) =
        PubsubClient::signature_subscribe(url, &signature, config(CommitmentConfig::finalized())).unwrap();
    world.client.send_transaction(&transaction).unwrap();
    let fine = |heard| matches!(heard, RpcSignatureResult::ProcessedSignature(result) if result.err.is_none());
    assert!(fine(soon.recv_timeout(LIMIT).unwrap().value));
    assert!(late.recv_timeout(QUIET).is_err(), "it is not final");
    let (_after, after) =
        PubsubClient::signature_subscribe(url, &signature, config(CommitmentConfig::confirmed())).unwrap();
    assert!(fine(after.recv_timeout(LIMIT).unwrap().value), "it was there already");
    world.server.chain().advance(31).unwrap();
    assert!(late.recv_timeout(QUIET).is_err(), "one slot is missing");
    world.server.chain().advance(1).unwrap();
    assert!(fine(late.recv_timeout(LIMIT).unwrap().value));
    assert!(soon.recv_timeout(QUIET).is_err(), "once");
}

#[test]
fn slots_and_roots_are_heard() {
    let world = World::with(Options { slot: SLOT / 20, ..options() });
    let (_slots, slots) = PubsubClient::slot_subscribe(&world.server.ws_url).unwrap();
    let (_roots, roots) = PubsubClient::root_subscribe(&world.server.ws_url).unwrap();
    let first = slots.recv_timeout(LIMIT).unwrap();
    let second = slots.recv_timeout(LIMIT).unwrap();
    assert!(second.parent == first.slot && second.slot > first.slot);
    assert_eq!(second.root, second.slot - 32);
    let root = roots.recv_timeout(LIMIT).unwrap();
    assert!(roots.recv_timeout(LIMIT).unwrap() > root);
}

#[test]
fn what_cannot_be_subscribed_to_is_refused() {
    let world = World::start();
    let url = &world.server.ws_url;
    assert!(
        PubsubClient::block_subscribe(url, solana_rpc_client_api::config::RpcBlockSubscribeFilter::All, None).is_err()
    );
    assert!(PubsubClient::vote_subscribe(url).is_err());
    // A subscription that is given up does no harm to others.
    let key = Pubkey::new_unique();
    let config = || Some(confirmed(UiAccountEncoding::Base64));
    let (mut gone, changes) = PubsubClient::account_subscribe(url, &key, config()).unwrap();
    gone.send_unsubscribe().unwrap();
    let (_stays, stays) = PubsubClient::account_subscribe(url, &key, config()).unwrap();
    world.client.request_airdrop(&key, 1_000_000_000).unwrap();
    assert_eq!(stays.recv_timeout(LIMIT).unwrap().value.lamports, 1_000_000_000);
    assert!(changes.recv_timeout(QUIET).is_err());
    drop(world);
    let _ = gone.shutdown();
}
