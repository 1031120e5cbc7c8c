//! Price messages behind a feed's updates, and the hash that chains them.
//!
//! A feed keeps SHA-256 of the previous hash and each message. A message that leads from one stored hash to the next is
//! therefore the one that was taken: where it comes from does not matter. It is looked for among those that were posted on
//! the chain; a price that a test cluster wrote without a transaction is tried in the form in which such clusters write
//! them.

use std::collections::HashMap;

use gimbal_math::units::{conf_from_pyth_up, Price};
use gimbal_venue_wire::pyth::{POST_UPDATE, RECEIVER_ID};
use pythnet_sdk::messages::{Message, PriceFeedMessage};
use pythnet_sdk::wire::from_slice;
use risk_oracle::state::Sample;
use risk_oracle::ModelParams;
use sha2::{Digest, Sha256};

use crate::chain::InnerCall;

/// Powers of ten in which test clusters write prices.
const EXPONENTS: std::ops::RangeInclusive<i32> = -12..=0;
/// Decimals of prices in a feed.
const DECIMALS: i32 = 12;

/// The hash behind a message.
pub fn absorb(previous: &[u8; 32], message: &PriceFeedMessage) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(previous);
    hash.update(message.feed_id);
    hash.update(message.price.to_le_bytes());
    hash.update(message.conf.to_le_bytes());
    hash.update(message.exponent.to_le_bytes());
    hash.update(message.publish_time.to_le_bytes());
    hash.update(message.prev_publish_time.to_le_bytes());
    hash.update(message.ema_price.to_le_bytes());
    hash.update(message.ema_conf.to_le_bytes());
    hash.finalize().into()
}

/// The hash behind coefficients that were set.
pub fn absorb_model(previous: &[u8; 32], params: &ModelParams) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(previous);
    hash.update(b"model");
    // Twenty numbers of two bytes, little-endian: the same in Borsh and in memory.
    hash.update(bytemuck::bytes_of(params));
    hash.finalize().into()
}

/// The message as a feed takes it; none where it could not.
pub fn sample(message: &PriceFeedMessage) -> Option<Sample> {
    let price = Price::from_pyth(message.price, message.exponent).ok()?;
    let confidence = conf_from_pyth_up(message.conf, message.exponent).ok()?;
    Some(Sample { price: price.0, confidence, publish_time: message.publish_time, posted_slot: 0 })
}

/// Messages that were posted, by feed id and publish time.
#[derive(Clone, Debug, Default)]
pub struct Messages(HashMap<([u8; 32], i64), Vec<PriceFeedMessage>>);

impl Messages {
    /// Adds what a transaction posted through Pyth's receiver.
    pub fn add(&mut self, calls: &[InnerCall]) {
        let posts = calls.iter().filter(|call| call.program == RECEIVER_ID);
        for message in posts.filter_map(|call| posted(&call.data)) {
            self.insert(message);
        }
    }

    /// Adds a message.
    pub fn insert(&mut self, message: PriceFeedMessage) {
        self.0.entry((message.feed_id, message.publish_time)).or_default().push(message);
    }

    /// Those that a feed's sample can be of: posted ones, then those that a test cluster would have written.
    pub fn candidates(&self, feed_id: &[u8; 32], sample: &Sample) -> Vec<PriceFeedMessage> {
        let mut all = self.0.get(&(*feed_id, sample.publish_time)).cloned().unwrap_or_default();
        all.extend(EXPONENTS.filter_map(|exponent| written(feed_id, sample, exponent)));
        all
    }
}

/// The price of a call of the receiver's `post_update`.
fn posted(data: &[u8]) -> Option<PriceFeedMessage> {
    let body = data.strip_prefix(&POST_UPDATE[..])?;
    let (length, rest) = body.split_first_chunk::<4>()?;
    let message = rest.get(..usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    match from_slice::<byteorder::BE, Message>(message).ok()? {
        Message::PriceFeedMessage(price) => Some(price),
        _ => None,
    }
}

/// The message of a sample as a test cluster writes it, where the exponent holds it exactly.
fn written(feed_id: &[u8; 32], sample: &Sample, exponent: i32) -> Option<PriceFeedMessage> {
    let unit = 10_u64.checked_pow(u32::try_from(exponent + DECIMALS).ok()?)?;
    if !sample.price.is_multiple_of(unit) || !sample.confidence.is_multiple_of(unit) {
        return None;
    }
    let price = i64::try_from(sample.price / unit).ok()?;
    let conf = sample.confidence / unit;
    Some(PriceFeedMessage {
        feed_id: *feed_id,
        price,
        conf,
        exponent,
        publish_time: sample.publish_time,
        prev_publish_time: sample.publish_time.saturating_sub(1),
        ema_price: price,
        ema_conf: conf,
    })
}
