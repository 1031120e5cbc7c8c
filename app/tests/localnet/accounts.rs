//! Reading accounts: encodings, slices, filters, batches.

use crate::support::World;
use anchor_lang::prelude::Pubkey;
use anchor_lang::system_program;
use base64::{engine::general_purpose::STANDARD as BASE64, Engine};
use gimbal::chain::Chain;
use gimbal_venue_wire::pyth::PriceUpdate;
use serde_json::json;
use solana_account_decoder::{UiAccountEncoding, UiDataSliceConfig};
use solana_commitment_config::CommitmentConfig;
use solana_rpc_client_api::config::{RpcAccountInfoConfig, RpcProgramAccountsConfig};
use solana_rpc_client_api::filter::{Memcmp, MemcmpEncodedBytes, RpcFilterType};
use solana_signer::Signer;

/// Bytes of a lending reserve with its discriminator, as klend lays it out.
const RESERVE: usize = 8_624;

fn reserves(world: &World) -> Vec<Pubkey> {
    let mut keys: Vec<Pubkey> =
        world.server.chain().genesis().markets.iter().map(|market| market.addresses.reserve).collect();
    keys.sort();
    keys
}

#[test]
fn an_account_is_what_the_chain_holds() {
    let world = World::start();
    let key = reserves(&world)[0];
    let held = world.server.chain().chain().get_account(&key).unwrap().unwrap();
    assert_eq!(held.data.len(), RESERVE);
    assert_eq!(world.client.get_account(&key).unwrap(), held);
    assert_eq!(world.client.get_balance(&key).unwrap(), held.lamports);
    // 128 bytes are counted on top; two years of 3,480 lamports a byte and year.
    assert_eq!(world.client.get_minimum_balance_for_rent_exemption(RESERVE).unwrap(), 6_960 * (128 + RESERVE as u64));

    let absent = Pubkey::new_unique();
    let answer = world.client.get_account_with_commitment(&absent, CommitmentConfig::processed()).unwrap();
    assert!(answer.value.is_none() && answer.context.slot == world.server.chain().slot());
    assert_eq!(world.client.get_balance(&absent).unwrap(), 0);
    let several = world.client.get_multiple_accounts(&[absent, key]).unwrap();
    assert_eq!(several, [None, Some(held)]);
}

#[test]
fn encodings_agree() {
    let world = World::start();
    let key = reserves(&world)[0];
    let held = world.server.chain().chain().get_account(&key).unwrap().unwrap();
    for encoding in [UiAccountEncoding::Base64, UiAccountEncoding::Base64Zstd] {
        let config = RpcAccountInfoConfig { encoding: Some(encoding), ..Default::default() };
        let account = world.client.get_ui_account_with_config(&key, config).unwrap().value.unwrap();
        assert_eq!(account.to_account().as_ref(), Some(&held), "{encoding:?}");
        assert_eq!(account.space, Some(RESERVE as u64));
    }
    let slice = Some(UiDataSliceConfig { offset: 8, length: 16 });
    for encoding in [UiAccountEncoding::Base58, UiAccountEncoding::Base64] {
        let config = RpcAccountInfoConfig { encoding: Some(encoding), data_slice: slice, ..Default::default() };
        let account = world.client.get_ui_account_with_config(&key, config).unwrap().value.unwrap();
        assert_eq!(account.data.decode().as_deref(), Some(&held.data[8..24]));
    }
    // Behind its end there is nothing.
    let none = json!({ "encoding": "base64", "dataSlice": { "offset": 100_000, "length": 5 } });
    let account = world.result("getAccountInfo", json!([key.to_string(), none]));
    assert_eq!(account["value"]["data"], json!(["", "base64"]));
    // Base58 is for short data only, and is what is answered where nothing is asked for.
    let (code, message) = world.error("getAccountInfo", json!([key.to_string()]));
    assert!(code == -32600 && message.contains("Base64"), "{message}");
    let payer = world.server.chain().genesis().actors.payer.pubkey();
    let short = world.result("getAccountInfo", json!([payer.to_string()]));
    assert_eq!(
        (&short["value"]["data"], &short["value"]["owner"]),
        (&json!(""), &json!(system_program::ID.to_string()))
    );
}

#[test]
fn accounts_of_a_program_are_filtered() {
    let world = World::start();
    let all = world.client.get_program_accounts(&lending_venue::ID).unwrap();
    let expected = reserves(&world);
    let sized = |filters| RpcProgramAccountsConfig {
        filters: Some(filters),
        account_config: RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64),
            data_slice: Some(UiDataSliceConfig { offset: 0, length: 8 }),
            ..Default::default()
        },
        ..Default::default()
    };
    let keys = |config| -> Vec<Pubkey> {
        let found = world.client.get_program_ui_accounts_with_config(&lending_venue::ID, config).unwrap();
        found.into_iter().map(|(key, _)| key).collect()
    };
    let size = RpcFilterType::DataSize(RESERVE as u64);
    assert_eq!(keys(sized(vec![size.clone()])), expected);
    assert!(all.len() > expected.len());
    // The market's address lies behind discriminator, version, and an update of 16 bytes: at 32.
    let market = world.server.chain().genesis().markets[1].addresses;
    let bytes = market.market.to_bytes();
    let at = |offset, bytes| RpcFilterType::Memcmp(Memcmp::new(offset, bytes));
    for encoded in [
        MemcmpEncodedBytes::Base58(market.market.to_string()),
        MemcmpEncodedBytes::Base64(BASE64.encode(bytes)),
        MemcmpEncodedBytes::Bytes(bytes.to_vec()),
    ] {
        assert_eq!(keys(sized(vec![size.clone(), at(32, encoded)])), [market.reserve]);
    }
    let past_the_end = at(RESERVE, MemcmpEncodedBytes::Bytes(vec![0]));
    assert!(keys(sized(vec![size.clone(), past_the_end])).is_empty());
    // Refused: five filters, more than 128 bytes, malformed bytes.
    let refuse =
        |filters| world.error("getProgramAccounts", json!([lending_venue::ID.to_string(), { "filters": filters }]));
    assert_eq!(
        refuse(json!([{ "dataSize": 1 }, { "dataSize": 1 }, { "dataSize": 1 }, { "dataSize": 1 }, { "dataSize": 1 }]))
            .0,
        -32602
    );
    assert_eq!(refuse(json!([{ "memcmp": { "offset": 0, "bytes": vec![0; 129] } }])).0, -32602);
    assert_eq!(refuse(json!([{ "memcmp": { "offset": 0, "bytes": "0OIl" } }])).0, -32602);
    assert_eq!(refuse(json!([{ "shape": "round" }])).0, -32602);
    // With its slot where that is asked for.
    let told = world.result(
        "getProgramAccounts",
        json!([lending_venue::ID.to_string(), { "encoding": "base64", "withContext": true }]),
    );
    assert_eq!(told["context"]["slot"], world.server.chain().slot());
    assert_eq!(told["value"].as_array().map(Vec::len), Some(all.len()));
}

#[test]
fn the_programs_and_the_clock_are_there() {
    let world = World::start();
    for program in [vault::ID, strategy_router::ID, risk_oracle::ID, lending_venue::ID, swap_venue::ID] {
        assert!(world.client.get_account(&program).unwrap().executable);
    }
    let asked = json!(["SysvarC1ock11111111111111111111111111111111", { "encoding": "jsonParsed" }]);
    let told = world.result("getAccountInfo", asked);
    let parsed = &told["value"]["data"]["parsed"];
    assert_eq!(parsed["type"], "clock");
    assert_eq!(parsed["info"]["slot"], world.server.chain().slot());
    assert_eq!(parsed["info"]["unixTimestamp"], world.server.chain().unix_time());
    // Born when it was started, by the host's clock.
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64;
    assert!((now - 120..=now).contains(&world.server.chain().unix_time()));
    let price = gimbal::setup::Asset::Sol.price_account();
    let update = world.client.get_account_data(&price).unwrap();
    let posted = PriceUpdate::parse(&update).unwrap();
    assert_eq!((posted.price, posted.exponent), (15_000_000_000, -8));
    assert_eq!(posted.publish_time, world.server.chain().unix_time());
}

#[test]
fn lamports_are_counted() {
    let world = World::start();
    let key = world.funded().pubkey();
    let supply = world.client.supply().unwrap().value;
    // The faucet's 500 million SOL, the actors' and the accounts' rent.
    assert!(supply.total > 500_000_000_000_000_000 && supply.circulating == supply.total);
    let largest = world.result("getLargestAccounts", json!([]));
    let largest = largest["value"].as_array().unwrap();
    assert_eq!(largest.len(), 20);
    // What was given away lacks at the faucet, with the network's fee.
    assert_eq!(largest[0]["lamports"], 500_000_000_000_000_000_u64 - 10_000_000_000 - 5_000);
    assert!(largest.iter().any(|account| account["address"] == key.to_string()));
}
