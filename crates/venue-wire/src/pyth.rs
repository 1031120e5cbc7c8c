//! Pyth's `PriceUpdateV2` account, as the Solana receiver writes it.
//!
//! Source: the crate `pyth-solana-receiver-sdk` 2.0.0. On-chain code reads prices through that SDK;
//! this module serves account pinning, clients and fixtures.

use crate::{
    field::{Layout, Plain},
    WireError,
};
use solana_program::{pubkey, pubkey::Pubkey};

pub mod posting;

/// The receiver program.
pub const RECEIVER_ID: Pubkey = pubkey!("rec5EKMGg6MxZYaMdyBfgwp4d5rB9T1VQH5pJv5LtFJ");
/// The push oracle that keeps one account per feed, written through [`RECEIVER_ID`].
pub const PUSH_ORACLE_ID: Pubkey = pubkey!("pythWSnswVUd12oZpeFP8e9CVaEqJg25g1Vtc2biRsT");
/// The second receiver program, in use since August 2026.
pub const PRO_RECEIVER_ID: Pubkey = pubkey!("rec2HHDDnjLfj4kE7VyEtFA1HPGQLK33259532cRyHp");
/// The push oracle written through [`PRO_RECEIVER_ID`].
pub const PRO_PUSH_ORACLE_ID: Pubkey = pubkey!("pyt2F414BA6dPttK6RddPZUdHfapoBN24GL5wbrPCou");

/// Discriminator of the receiver's `post_update`.
pub const POST_UPDATE: [u8; 8] = [0x85, 0x5f, 0xcf, 0xaf, 0x0b, 0x4f, 0x76, 0x2c];
/// Discriminator of the receiver's `post_update_atomic`.
pub const POST_UPDATE_ATOMIC: [u8; 8] = [0x31, 0xac, 0x54, 0xc0, 0xaf, 0xb4, 0x34, 0xea];
/// Discriminator of the push oracle's `update_price_feed`.
pub const UPDATE_PRICE_FEED: [u8; 8] = [0x1c, 0x09, 0x5d, 0x96, 0x56, 0x99, 0xbc, 0x73];

/// Marker of the `PriceUpdateV2` account.
pub enum PriceUpdateV2 {}

impl Layout for PriceUpdateV2 {
    /// One byte more than a fully verified update takes: a partial one also counts its signatures.
    const LEN: usize = 134;
    const DISCRIMINATOR: [u8; 8] = [0x22, 0xf1, 0x23, 0x63, 0x9d, 0x7e, 0xf4, 0xcd];
}

/// Offset of the account's write authority.
pub const WRITE_AUTHORITY: usize = 8;
/// Offset of the verification level's tag: 0 partial (a count follows, all later fields lie one byte
/// further), 1 full.
pub const VERIFICATION_LEVEL: usize = 40;
/// Tag of a fully verified update.
pub const VERIFICATION_FULL: u8 = 1;
/// Offset of the feed id in a fully verified update.
pub const FEED_ID: usize = 41;
/// Offset of the price, i64.
pub const PRICE: usize = 73;
/// Offset of the confidence, u64.
pub const CONF: usize = 81;
/// Offset of the exponent, i32.
pub const EXPONENT: usize = 89;
/// Offset of the publish time, i64, Unix seconds.
pub const PUBLISH_TIME: usize = 93;
/// Offset of the time of the update before, i64.
pub const PREV_PUBLISH_TIME: usize = 101;
/// Offset of the moving average of the price, i64.
pub const EMA_PRICE: usize = 109;
/// Offset of the moving average of the confidence, u64.
pub const EMA_CONF: usize = 117;
/// Offset of the slot in which the update was posted, u64.
pub const POSTED_SLOT: usize = 125;

const _: () = assert!(POSTED_SLOT + 8 + 1 == PriceUpdateV2::LEN);

/// A fully verified price update.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PriceUpdate {
    /// Who may write the account.
    pub write_authority: Pubkey,
    /// Which asset.
    pub feed_id: [u8; 32],
    /// Price · 10^exponent, US dollars a unit.
    pub price: i64,
    /// Half width of the confidence interval, in the price's unit.
    pub conf: u64,
    /// Decimal exponent.
    pub exponent: i32,
    /// Unix seconds.
    pub publish_time: i64,
    /// Unix seconds of the update before.
    pub prev_publish_time: i64,
    /// Moving average of the price.
    pub ema_price: i64,
    /// Moving average of the confidence.
    pub ema_conf: u64,
    /// Slot in which the update was posted.
    pub posted_slot: u64,
}

impl PriceUpdate {
    /// Reads a fully verified update; a partial one is refused with [`WireError::UnknownTag`].
    ///
    /// The caller checks that a receiver owns the account.
    pub fn parse(data: &[u8]) -> Result<Self, WireError> {
        if data.len() != PriceUpdateV2::LEN {
            return Err(WireError::WrongLength);
        }
        if <[u8; 8]>::read(data, 0) != PriceUpdateV2::DISCRIMINATOR {
            return Err(WireError::WrongDiscriminator);
        }
        if u8::read(data, VERIFICATION_LEVEL) != VERIFICATION_FULL {
            return Err(WireError::UnknownTag);
        }
        Ok(Self {
            write_authority: Pubkey::read(data, WRITE_AUTHORITY),
            feed_id: <[u8; 32]>::read(data, FEED_ID),
            price: i64::read(data, PRICE),
            conf: u64::read(data, CONF),
            exponent: i32::read(data, EXPONENT),
            publish_time: i64::read(data, PUBLISH_TIME),
            prev_publish_time: i64::read(data, PREV_PUBLISH_TIME),
            ema_price: i64::read(data, EMA_PRICE),
            ema_conf: u64::read(data, EMA_CONF),
            posted_slot: u64::read(data, POSTED_SLOT),
        })
    }

    /// The account's bytes.
    pub fn to_bytes(&self) -> [u8; PriceUpdateV2::LEN] {
        let mut data = [0; PriceUpdateV2::LEN];
        PriceUpdateV2::DISCRIMINATOR.write(&mut data, 0);
        self.write_authority.write(&mut data, WRITE_AUTHORITY);
        VERIFICATION_FULL.write(&mut data, VERIFICATION_LEVEL);
        self.feed_id.write(&mut data, FEED_ID);
        self.price.write(&mut data, PRICE);
        self.conf.write(&mut data, CONF);
        self.exponent.write(&mut data, EXPONENT);
        self.publish_time.write(&mut data, PUBLISH_TIME);
        self.prev_publish_time.write(&mut data, PREV_PUBLISH_TIME);
        self.ema_price.write(&mut data, EMA_PRICE);
        self.ema_conf.write(&mut data, EMA_CONF);
        self.posted_slot.write(&mut data, POSTED_SLOT);
        data
    }
}

/// The push oracle's account of a feed: shard 0 is the sponsored one.
pub fn price_feed_address(shard: u16, feed_id: &[u8; 32], push_oracle: &Pubkey) -> Pubkey {
    Pubkey::find_program_address(&[&shard.to_le_bytes(), feed_id], push_oracle).0
}
