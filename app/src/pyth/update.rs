//! A signed update as Hermes hands it out: one message of the guardians, and the prices under its root with their proofs.

use gimbal_venue_wire::pyth::posting::ProvedPrice;
use pythnet_sdk::messages::{Message, PriceFeedMessage};
use pythnet_sdk::wire::{
    from_slice,
    v1::{AccumulatorUpdateData, Proof},
};
use thiserror::Error;

/// Most bytes of a guardians' message that are taken: one of nineteen signatures takes 1,348.
const MOST_VAA_BYTES: usize = 4_096;
/// Bytes of a guardians' message up to its guardian set's number.
const SET_END: usize = 5;

/// Why an update cannot be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum UpdateError {
    /// Not an update.
    #[error("the update is not in Pyth's accumulator format: check that the address is that of a Hermes service")]
    Malformed,
    /// The guardians' message is longer than any that there is, or too short.
    #[error("the update's signed message has {0} bytes, which no guardian set makes: use another Hermes service")]
    OddLength(usize),
}

/// Prices that the guardians signed together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedPrices {
    /// The guardians' message.
    pub vaa: Vec<u8>,
    /// Prices under its root.
    pub prices: Vec<SignedPrice>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq)]
pub struct SignedPrice {
    /// What it says. Only the chain checks that it was signed.
    pub price: PriceFeedMessage,
    /// The same as bytes, and its path to the root.
    pub proved: ProvedPrice,
}

impl Eq for SignedPrice {}

impl SignedPrices {
    /// Takes an update apart.
    ///
    /// # Errors
    ///
    /// [`UpdateError`] for anything that is not one; messages that are no prices are left out.
    pub fn parse(bytes: &[u8]) -> Result<Self, UpdateError> {
        let update = AccumulatorUpdateData::try_from_slice(bytes).map_err(|_| UpdateError::Malformed)?;
        let Proof::WormholeMerkle { vaa, updates } = update.proof;
        let vaa: Vec<u8> = vaa.into();
        if vaa.len() <= SET_END || vaa.len() > MOST_VAA_BYTES {
            return Err(UpdateError::OddLength(vaa.len()));
        }
        let mut prices = Vec::with_capacity(updates.len());
        for update in updates {
            let message: Vec<u8> = update.message.into();
            let read = from_slice::<byteorder::BE, Message>(&message).map_err(|_| UpdateError::Malformed)?;
            if let Message::PriceFeedMessage(price) = read {
                let proved = ProvedPrice { feed_id: price.feed_id, message, proof: update.proof.to_vec() };
                prices.push(SignedPrice { price, proved });
            }
        }
        Ok(Self { vaa, prices })
    }

    /// The price of a feed.
    pub fn price(&self, feed_id: &[u8; 32]) -> Option<&SignedPrice> {
        self.prices.iter().find(|price| price.price.feed_id == *feed_id)
    }

    /// The guardian set that signed, by what the message says.
    pub fn guardian_set(&self) -> u32 {
        let mut index = [0; 4];
        index.copy_from_slice(&self.vaa[1..SET_END]);
        u32::from_be_bytes(index)
    }
}
