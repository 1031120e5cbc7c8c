//! Real mainnet price accounts of one moment, as an RPC node returned them: read right, and with one byte changed refused
//! by the right name. They are not shipped: `GIMBAL_REAL_ACCOUNTS` names the folder that holds them.

use std::path::PathBuf;

use anchor_lang::prelude::Pubkey;
use base64::Engine;
use gimbal::chain::{Chain, Sandbox};
use gimbal::instructions::oracle::{feed_address, register_feed, update_feed};
use risk_oracle::Feed;
use solana_account::Account;

use super::world::*;

/// Offsets in a fully verified `PriceUpdateV2`, by hand from Pyth's declaration.
const LEVEL: usize = 8 + 32;
const FEED_ID: usize = LEVEL + 1;
const PRICE: usize = FEED_ID + 32;
const EXPONENT: usize = PRICE + 8 + 8;
const PUBLISH_TIME: usize = EXPONENT + 4;

fn real(file: &str) -> Option<(Pubkey, Account)> {
    let Some(folder) = std::env::var_os("GIMBAL_REAL_ACCOUNTS") else {
        println!("skipped: {file}: GIMBAL_REAL_ACCOUNTS names no folder of real accounts");
        return None;
    };
    let path = PathBuf::from(folder).join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let word = |value: &serde_json::Value| value.as_str().expect("a string").to_owned();
    let account = Account {
        lamports: json["account"]["lamports"].as_u64().expect("lamports"),
        data: base64::engine::general_purpose::STANDARD.decode(word(&json["account"]["data"][0])).expect("base64"),
        owner: word(&json["account"]["owner"]).parse().expect("a key"),
        executable: false,
        rent_epoch: u64::MAX,
    };
    Some((word(&json["pubkey"]).parse().expect("a key"), account))
}

fn number<const N: usize>(account: &Account, offset: usize) -> [u8; N] {
    *account.data[offset..].first_chunk().expect("within the account")
}

/// Puts the chain's clock to a moment of the past, which no transaction could.
fn set_clock(world: &mut World, unix_timestamp: i64) {
    let clock: Pubkey = "SysvarC1ock11111111111111111111111111111111".parse().expect("a key");
    let mut account = world.chain.get_account(&clock).unwrap().expect("the clock");
    let at = account.data.len() - 8;
    account.data[at..].copy_from_slice(&unix_timestamp.to_le_bytes());
    world.chain.set_account(&clock, account).unwrap();
}

#[test]
fn real_prices_are_read_right_and_one_changed_byte_is_refused_by_name() {
    for file in ["pyth-btc.json", "pyth-eth.json", "pyth-sol.json", "pyth-usdc.json"] {
        let Some((posted, account)) = real(file) else { return };
        let mut world = World::new();
        let id: [u8; 32] = number(&account, FEED_ID);
        let published = i64::from_le_bytes(number(&account, PUBLISH_TIME));
        set_clock(&mut world, published + 5);
        world.chain.set_account(&posted, account.clone()).unwrap();
        let (owner, payer) = (pubkey("owner"), pubkey("payer"));
        let args = registration(id, [0; 32]);
        world.send(&[register_feed(&owner, &payer, args)], &["owner"]).unwrap();
        let feed = feed_address(&owner, &id);
        let update = || update_feed(&feed, &posted, None);

        let mut refuse = |name: &str, change: &dyn Fn(&mut Account)| {
            let mut changed = account.clone();
            change(&mut changed);
            world.chain.set_account(&posted, changed).unwrap();
            world.refuse(name, update(), &[]);
        };
        refuse("WrongPriceOwner", &|account| {
            let mut owner = account.owner.to_bytes();
            owner[31] ^= 1;
            account.owner = owner.into();
        });
        refuse("PriceNotFullyVerified", &|account| account.data[LEVEL] = 0);
        refuse("FeedIdMismatch", &|account| account.data[FEED_ID] ^= 1);
        refuse("PriceNotPositive", &|account| account.data[PRICE + 7] ^= 0x80);
        refuse("PriceFromFuture", &|account| account.data[PUBLISH_TIME + 3] += 1);
        refuse("PriceTooOld", &|account| account.data[PUBLISH_TIME + 3] -= 1);

        world.chain.set_account(&posted, account.clone()).unwrap();
        world.send(&[update()], &[]).unwrap();
        let read: Feed = gimbal::readers::read(&world.chain, &feed).unwrap();
        // Pyth's mantissa × 10^exponent, in units of 10^-12 dollars.
        let mantissa = i64::from_le_bytes(number(&account, PRICE));
        let exponent = i32::from_le_bytes(number(&account, EXPONENT));
        let expected = u64::try_from(mantissa).unwrap() * 10_u64.pow(u32::try_from(12 + exponent).unwrap());
        assert_eq!((read.price, read.publish_time), (expected, published), "{file}");
    }
}
