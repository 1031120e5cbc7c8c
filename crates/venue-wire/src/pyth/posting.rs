//! Posting a price update with all guardian signatures checked, as anybody may.
//!
//! A signed message of Wormhole (VAA) commits to the Merkle root of all of Pyth's prices at one moment. It is longer than
//! what a transaction can carry beside the rest, so it is written into an account in parts, verified there against the
//! guardian set, and then each price is proved against its root:
//!
//! `create account → init → write … → verify → update_price_feed (once a feed) → close`
//!
//! Sources: Wormhole's core bridge for Solana (`EncodedVaa`), Pyth's receiver 0.2 and push oracle. The receiver that Pyth
//! trusts is [`WORMHOLE_ID`], Pyth's own deployment of the core bridge.

use alloc::{vec, vec::Vec};

use solana_program::{
    instruction::{AccountMeta, Instruction},
    pubkey,
    pubkey::Pubkey,
};

use super::{price_feed_address, PUSH_ORACLE_ID, RECEIVER_ID, UPDATE_PRICE_FEED};

/// Pyth's deployment of Wormhole's core bridge.
pub const WORMHOLE_ID: Pubkey = pubkey!("HDwcJBJXjL9FpJ7UBsYBtaDjsBUhuLCUYoz3zr8SWWaQ");

const SYSTEM_PROGRAM: Pubkey = pubkey!("11111111111111111111111111111111");

/// Discriminator of the core bridge's `init_encoded_vaa`.
pub const INIT_ENCODED_VAA: [u8; 8] = [0xd1, 0xc1, 0xad, 0x19, 0x5b, 0xca, 0xb5, 0xda];
/// Discriminator of `write_encoded_vaa`.
pub const WRITE_ENCODED_VAA: [u8; 8] = [0xc7, 0xd0, 0x6e, 0xb1, 0x96, 0x4c, 0x76, 0x2a];
/// Discriminator of `verify_encoded_vaa_v1`.
pub const VERIFY_ENCODED_VAA: [u8; 8] = [0x67, 0x38, 0xb1, 0xe5, 0xf0, 0x67, 0x44, 0x49];
/// Discriminator of `close_encoded_vaa`.
pub const CLOSE_ENCODED_VAA: [u8; 8] = [0x30, 0xdd, 0xae, 0xc6, 0xe7, 0x07, 0x98, 0x26];

/// The account that a VAA is written into.
pub mod encoded_vaa {
    /// Discriminator.
    pub const DISCRIMINATOR: [u8; 8] = [0xe2, 0x65, 0xa3, 0x04, 0x85, 0xa0, 0x54, 0xf5];
    /// Offset of the status, u8.
    pub const STATUS: usize = 8;
    /// Status of an account that is being written.
    pub const WRITING: u8 = 1;
    /// Status once the signatures have been checked.
    pub const VERIFIED: u8 = 2;
    /// Offset of the write authority.
    pub const WRITE_AUTHORITY: usize = 9;
    /// Offset of the VAA's version, u8: 1 once verified.
    pub const VERSION: usize = 41;
    /// Offset of the VAA's length, u32.
    pub const LENGTH: usize = 42;
    /// Offset of the VAA.
    pub const VAA: usize = 46;
}

/// The receiver's configuration account.
pub mod config {
    /// Discriminator.
    pub const DISCRIMINATOR: [u8; 8] = [0x9b, 0x0c, 0xaa, 0xe0, 0x1e, 0xfa, 0xcc, 0x82];
    /// Seed of its address.
    pub const SEED: &[u8] = b"config";
    /// Seed of a treasury's address, before its number (u8).
    pub const TREASURY_SEED: &[u8] = b"treasury";
}

/// Bytes of a VAA that fit into the first transaction, beside the account's creation.
pub const FIRST_PART: usize = 755;

/// The receiver's configuration.
pub fn config_address() -> Pubkey {
    Pubkey::find_program_address(&[config::SEED], &RECEIVER_ID).0
}

/// The account that the fee of an update goes to; anybody may choose any of the 256.
pub fn treasury_address(treasury: u8) -> Pubkey {
    Pubkey::find_program_address(&[config::TREASURY_SEED, &[treasury]], &RECEIVER_ID).0
}

/// The guardian set `index`, which a VAA names in its bytes 1 to 4.
pub fn guardian_set_address(index: u32) -> Pubkey {
    Pubkey::find_program_address(&[b"GuardianSet", &index.to_be_bytes()], &WORMHOLE_ID).0
}

/// Marks a new account of the core bridge, made with `encoded_vaa::VAA` + length bytes, as to be written by `authority`.
pub fn init_encoded_vaa(authority: &Pubkey, vaa_account: &Pubkey) -> Instruction {
    Instruction {
        program_id: WORMHOLE_ID,
        accounts: vec![AccountMeta::new_readonly(*authority, true), AccountMeta::new(*vaa_account, false)],
        data: INIT_ENCODED_VAA.to_vec(),
    }
}

/// Writes `part` of the VAA at `index`.
pub fn write_encoded_vaa(authority: &Pubkey, vaa_account: &Pubkey, index: u32, part: &[u8]) -> Instruction {
    let mut data = WRITE_ENCODED_VAA.to_vec();
    data.extend_from_slice(&index.to_le_bytes());
    put_bytes(&mut data, part);
    Instruction {
        program_id: WORMHOLE_ID,
        accounts: vec![AccountMeta::new_readonly(*authority, true), AccountMeta::new(*vaa_account, false)],
        data,
    }
}

/// Checks the signatures of a quorum of the guardian set `set`.
pub fn verify_encoded_vaa(authority: &Pubkey, vaa_account: &Pubkey, set: u32) -> Instruction {
    Instruction {
        program_id: WORMHOLE_ID,
        accounts: vec![
            AccountMeta::new_readonly(*authority, true),
            AccountMeta::new(*vaa_account, false),
            AccountMeta::new_readonly(guardian_set_address(set), false),
        ],
        data: VERIFY_ENCODED_VAA.to_vec(),
    }
}

/// Closes the account; its rent goes to `authority`.
pub fn close_encoded_vaa(authority: &Pubkey, vaa_account: &Pubkey) -> Instruction {
    Instruction {
        program_id: WORMHOLE_ID,
        accounts: vec![AccountMeta::new(*authority, true), AccountMeta::new(*vaa_account, false)],
        data: CLOSE_ENCODED_VAA.to_vec(),
    }
}

/// One price and its path to the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvedPrice {
    /// The asset.
    pub feed_id: [u8; 32],
    /// The message as Pyth serialised it.
    pub message: Vec<u8>,
    /// Hashes from the leaf to the root.
    pub proof: Vec<[u8; 20]>,
}

/// Writes a price into the push oracle's account of its feed and shard, against a verified VAA. `treasury` is any number.
pub fn update_price_feed(
    payer: &Pubkey,
    vaa_account: &Pubkey,
    price: &ProvedPrice,
    shard: u16,
    treasury: u8,
) -> Instruction {
    let mut data = UPDATE_PRICE_FEED.to_vec();
    put_post_update_params(&mut data, price, treasury);
    data.extend_from_slice(&shard.to_le_bytes());
    data.extend_from_slice(&price.feed_id);
    Instruction {
        program_id: PUSH_ORACLE_ID,
        accounts: vec![
            AccountMeta::new(*payer, true),
            AccountMeta::new_readonly(RECEIVER_ID, false),
            AccountMeta::new_readonly(*vaa_account, false),
            AccountMeta::new_readonly(config_address(), false),
            AccountMeta::new(treasury_address(treasury), false),
            AccountMeta::new(price_feed_address(shard, &price.feed_id, &PUSH_ORACLE_ID), false),
            AccountMeta::new_readonly(SYSTEM_PROGRAM, false),
        ],
        data,
    }
}

/// `PostUpdateParams` in Borsh: message, proof, treasury.
pub fn put_post_update_params(data: &mut Vec<u8>, price: &ProvedPrice, treasury: u8) {
    put_bytes(data, &price.message);
    put_length(data, price.proof.len());
    for hash in &price.proof {
        data.extend_from_slice(hash);
    }
    data.push(treasury);
}

fn put_bytes(data: &mut Vec<u8>, bytes: &[u8]) {
    put_length(data, bytes.len());
    data.extend_from_slice(bytes);
}

/// What is written here comes out of a transaction's 1,232 bytes, far below 32 bits.
fn put_length(data: &mut Vec<u8>, length: usize) {
    data.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
}
