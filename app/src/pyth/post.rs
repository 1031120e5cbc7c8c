//! The transactions that bring signed prices to the chain.
//!
//! The guardians' message does not fit a transaction beside its verification, so the first transaction makes an account and
//! writes most of it, the second writes the rest, verifies it and posts, and what does not fit there follows. The account
//! is closed at the end: its rent comes back.

use anchor_lang::{prelude::Pubkey, system_program};
use gimbal_venue_wire::pyth::{
    posting::{
        close_encoded_vaa, encoded_vaa, init_encoded_vaa, update_price_feed, verify_encoded_vaa, write_encoded_vaa,
        ProvedPrice, FIRST_PART, WORMHOLE_ID,
    },
    price_feed_address, PUSH_ORACLE_ID,
};
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::SignedPrices;
use crate::bundle;
use crate::chain::{Chain, ChainError};

/// The shard whose accounts Gimbal's feeds read: the sponsored one. Anybody may write what the guardians signed.
pub const SHARD: u16 = 0;
/// The system program's instruction that makes an account: its tag.
const CREATE_ACCOUNT: u32 = 0;

/// The way of some prices to the chain.
#[derive(Debug)]
pub struct Posting {
    /// Transactions to land in this order, without compute budgets; the payer signs each.
    pub transactions: Vec<Vec<Instruction>>,
    /// Closes the message's account, after them.
    pub closing: Instruction,
    /// Signs the first transaction beside the payer: the message's account, used once.
    pub account: Keypair,
    /// Lamports that the account holds while it lives; they come back when it is closed.
    pub rent: u64,
}

impl Posting {
    /// Brings `feeds` (those of them that `signed` carries) into the push oracle's accounts.
    ///
    /// # Errors
    ///
    /// The chain's, asked for the rent; [`ChainError::NotBuilt`] for a proof that no transaction can carry.
    pub fn new(
        chain: &(impl Chain + ?Sized),
        payer: &Pubkey,
        signed: &SignedPrices,
        feeds: &[[u8; 32]],
    ) -> Result<Self, ChainError> {
        let account = Keypair::new();
        let key = account.pubkey();
        let space = encoded_vaa::VAA + signed.vaa.len();
        let rent = chain.minimum_balance(space)?;
        let (first, rest) = signed.vaa.split_at(signed.vaa.len().min(FIRST_PART));
        let opening = vec![
            create_account(payer, &key, rent, space),
            init_encoded_vaa(payer, &key),
            write_encoded_vaa(payer, &key, 0, first),
        ];
        let mut groups = Vec::new();
        for (number, part) in rest.chunks(FIRST_PART).enumerate() {
            let index = u32::try_from((number + 1) * FIRST_PART).unwrap_or(u32::MAX);
            groups.push(vec![write_encoded_vaa(payer, &key, index, part)]);
        }
        groups.push(vec![verify_encoded_vaa(payer, &key, signed.guardian_set())]);
        let wanted = feeds.iter().filter_map(|id| signed.price(id));
        groups.extend(wanted.map(|price| vec![post(payer, &key, &price.proved)]));
        let mut transactions = vec![opening];
        transactions.extend(bundle::split(payer, groups, &[])?);
        let closing = close_encoded_vaa(payer, &key);
        Ok(Self { transactions, closing, account, rent })
    }
}

/// The account that a feed's prices are posted in.
pub fn posted_account(feed_id: &[u8; 32]) -> Pubkey {
    price_feed_address(SHARD, feed_id, &PUSH_ORACLE_ID)
}

fn post(payer: &Pubkey, vaa: &Pubkey, price: &ProvedPrice) -> Instruction {
    // Any treasury serves; spreading them keeps posters of different feeds out of each other's way.
    update_price_feed(payer, vaa, price, SHARD, price.feed_id[0])
}

fn create_account(payer: &Pubkey, key: &Pubkey, lamports: u64, space: usize) -> Instruction {
    let mut data = CREATE_ACCOUNT.to_le_bytes().to_vec();
    data.extend_from_slice(&lamports.to_le_bytes());
    data.extend_from_slice(&(space as u64).to_le_bytes());
    data.extend_from_slice(WORMHOLE_ID.as_ref());
    Instruction {
        program_id: system_program::ID,
        accounts: vec![AccountMeta::new(*payer, true), AccountMeta::new(*key, true)],
        data,
    }
}
