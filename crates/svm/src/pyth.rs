//! Pyth price updates, written directly in place of the receiver program.
//!
//! The layout is that of `PriceUpdateV2` in `pyth-solana-receiver-sdk` 2.0.0 (Borsh after an
//! 8-byte discriminator), which is also what the receiver writes on mainnet.

use {
    crate::{chain::EmbeddedChain, ChainError},
    anchor_lang::prelude::{pubkey, Pubkey},
};

/// The receiver program, owner of price updates.
pub const PYTH_RECEIVER: Pubkey = pubkey!("rec5EKMGg6MxZYaMdyBfgwp4d5rB9T1VQH5pJv5LtFJ");
/// The receiver program of the pro-compatible deployment, a second owner since August 2026.
pub const PYTH_RECEIVER_PRO: Pubkey = pubkey!("rec2HHDDnjLfj4kE7VyEtFA1HPGQLK33259532cRyHp");
/// The push oracle, which keeps one price account per feed and shard.
pub const PYTH_PUSH_ORACLE: Pubkey = pubkey!("pythWSnswVUd12oZpeFP8e9CVaEqJg25g1Vtc2biRsT");
/// The push oracle of the pro-compatible deployment.
pub const PYTH_PUSH_ORACLE_PRO: Pubkey = pubkey!("pyt2F414BA6dPttK6RddPZUdHfapoBN24GL5wbrPCou");

/// The discriminator of a `PriceUpdateV2` account.
pub const PRICE_UPDATE_DISCRIMINATOR: [u8; 8] = [0x22, 0xf1, 0x23, 0x63, 0x9d, 0x7e, 0xf4, 0xcd];

/// Length of a price update account, in bytes. The account has room for a partial verification
/// level; with a full one, which is a byte shorter, the last byte stays zero.
pub const PRICE_UPDATE_BYTES: usize = 8 + 32 + 2 + 32 + 8 + 8 + 4 + 8 + 8 + 8 + 8 + 8;

/// How many guardian signatures of a price update were verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// Two thirds of the guardians.
    Full,
    /// Only this many.
    Partial(u8),
}

/// A price update, in Pyth's own integers: prices and confidences are multiplied by
/// 10^`exponent`, times are Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceUpdate {
    /// The program that owns the account, one of the two receivers.
    pub receiver: Pubkey,
    /// Who may overwrite it; `None` means the account itself, as in the push oracle's accounts.
    pub write_authority: Option<Pubkey>,
    /// How far the update was verified.
    pub verification: Verification,
    /// The asset's feed.
    pub feed_id: [u8; 32],
    /// The aggregate price.
    pub price: i64,
    /// The price's confidence interval.
    pub conf: u64,
    /// The power of ten.
    pub exponent: i32,
    /// When the price was made.
    pub publish_time: i64,
    /// When the price before it was made.
    pub prev_publish_time: i64,
    /// The moving average of the price.
    pub ema_price: i64,
    /// The moving average of the confidence.
    pub ema_conf: u64,
    /// The slot in which the update was posted.
    pub posted_slot: u64,
}

impl PriceUpdate {
    /// A fully verified update of the classic receiver, whose averages equal the price and which
    /// follows its predecessor by a second. Change the fields to make another.
    pub fn new(feed_id: [u8; 32], price: i64, conf: u64, exponent: i32, publish_time: i64, posted_slot: u64) -> Self {
        Self {
            receiver: PYTH_RECEIVER,
            write_authority: None,
            verification: Verification::Full,
            feed_id,
            price,
            conf,
            exponent,
            publish_time,
            prev_publish_time: publish_time.saturating_sub(1),
            ema_price: price,
            ema_conf: conf,
            posted_slot,
        }
    }

    /// The account's bytes at `address`.
    pub fn pack(&self, address: &Pubkey) -> Vec<u8> {
        let mut data = Vec::with_capacity(PRICE_UPDATE_BYTES);
        data.extend_from_slice(&PRICE_UPDATE_DISCRIMINATOR);
        data.extend_from_slice(self.write_authority.as_ref().unwrap_or(address).as_ref());
        match self.verification {
            Verification::Partial(signatures) => data.extend_from_slice(&[0, signatures]),
            Verification::Full => data.push(1),
        }
        data.extend_from_slice(&self.feed_id);
        data.extend_from_slice(&self.price.to_le_bytes());
        data.extend_from_slice(&self.conf.to_le_bytes());
        data.extend_from_slice(&self.exponent.to_le_bytes());
        data.extend_from_slice(&self.publish_time.to_le_bytes());
        data.extend_from_slice(&self.prev_publish_time.to_le_bytes());
        data.extend_from_slice(&self.ema_price.to_le_bytes());
        data.extend_from_slice(&self.ema_conf.to_le_bytes());
        data.extend_from_slice(&self.posted_slot.to_le_bytes());
        data.resize(PRICE_UPDATE_BYTES, 0);
        data
    }
}

/// The address of the classic push oracle's price account of a feed.
pub fn price_feed_address(shard: u16, feed_id: &[u8; 32]) -> Pubkey {
    Pubkey::find_program_address(&[&shard.to_le_bytes(), feed_id], &PYTH_PUSH_ORACLE).0
}

impl EmbeddedChain {
    /// Writes a price update at `address`, rent-exempt, owned by its receiver.
    ///
    /// # Errors
    /// Those of [`set_account`](Self::set_account).
    pub fn set_price_update(&mut self, address: Pubkey, update: &PriceUpdate) -> Result<(), ChainError> {
        self.set_data(address, update.receiver, update.pack(&address))
    }
}
