//! Prices that the keeper brings itself: signed updates from a Hermes-compatible service, posted into the push oracle's
//! accounts that everybody reads.
//!
//! Where somebody else has posted a price that is hardly older, that one is taken: it costs nothing.

use std::collections::HashMap;

use anchor_lang::prelude::Pubkey;
use gimbal_venue_wire::pyth::{
    posting::{close_encoded_vaa, encoded_vaa, WORMHOLE_ID},
    PriceUpdate, RECEIVER_ID,
};
use risk_oracle::RECEIVERS;
use solana_account::Account;

use super::{Delivery, Offer, PriceSource, SourceError};
use crate::chain::Chain;
use crate::pyth::{post::posted_account, update::SignedPrice, Hermes, HermesError, Posting, SignedPrices};
use crate::transaction::LAMPORTS_PER_SIGNATURE;

/// Seconds by which a posted price may be older than a signed one and still be taken instead.
const FRESH_ENOUGH: i64 = 5;
/// Lamports of the signatures of one delivery: two in the transaction that opens the message's account, one in the next.
const SIGNATURES: u64 = 3 * LAMPORTS_PER_SIGNATURE;
/// Messages' accounts left over by a process that was ended, closed in one go at most.
const MOST_LEFT_OVER: usize = 8;

/// A Hermes service.
pub struct HermesSource {
    service: Hermes,
    /// What was offered last, by Pyth id; none where the posted price was taken.
    offered: HashMap<[u8; 32], SignedPrices>,
    /// Whether accounts that an earlier process left over have been looked for.
    swept: bool,
}

impl HermesSource {
    /// The service at `url`.
    ///
    /// # Errors
    ///
    /// [`SourceError::Service`] for what is no address.
    pub fn new(url: &str) -> Result<Self, SourceError> {
        let service = Hermes::new(url).map_err(|error| failed(url, &error))?;
        Ok(Self { service, offered: HashMap::new(), swept: false })
    }

    /// Accounts of messages that `payer` made and never closed, since the process ended in between.
    fn left_over(&mut self, chain: &dyn Chain, payer: &Pubkey) -> Vec<Pubkey> {
        if std::mem::replace(&mut self.swept, true) {
            return Vec::new();
        }
        let of = |status: u8| {
            let prefix = [&encoded_vaa::DISCRIMINATOR[..], &[status], payer.as_ref()].concat();
            // Only rent is at stake: a node that lists no accounts is no reason to bring no prices.
            chain.program_accounts(&WORMHOLE_ID, &prefix).unwrap_or_default()
        };
        let found = [encoded_vaa::WRITING, encoded_vaa::VERIFIED].into_iter().flat_map(of);
        found.map(|(key, _)| key).take(MOST_LEFT_OVER).collect()
    }
}

impl PriceSource for HermesSource {
    fn name(&self) -> &'static str {
        "hermes"
    }

    fn account(&self, price_id: &[u8; 32]) -> Option<Pubkey> {
        Some(posted_account(price_id))
    }

    fn offers(
        &mut self,
        price_ids: &[[u8; 32]],
        posted: &[Option<Account>],
    ) -> Result<Vec<Option<Offer>>, SourceError> {
        self.offered.clear();
        let url = self.service.url().to_owned();
        let signed = match price_ids.is_empty() {
            true => Vec::new(),
            false => self.service.latest(price_ids).map_err(|error| failed(&url, &error))?,
        };
        let mut offers = Vec::with_capacity(price_ids.len());
        for (place, id) in price_ids.iter().enumerate() {
            let there = posted.get(place).and_then(Option::as_ref).filter(|there| RECEIVERS.contains(&there.owner));
            let there_time = there.and_then(|there| PriceUpdate::parse(&there.data).ok()).map(|is| is.publish_time);
            let fresh = signed.iter().find_map(|together| Some((together, together.price(id)?)));
            offers.push(match (fresh, there_time) {
                (Some((_, price)), Some(time)) if price.price.publish_time <= time.saturating_add(FRESH_ENOUGH) => {
                    there.map(Offer::of)
                }
                (Some((together, price)), _) => {
                    let alone = SignedPrices { vaa: together.vaa.clone(), prices: vec![price.clone()] };
                    self.offered.insert(*id, alone);
                    Some(offer(id, price))
                }
                (None, _) => there.map(Offer::of),
            });
        }
        Ok(offers)
    }

    fn delivery(&mut self, chain: &dyn Chain, payer: &Pubkey, price_id: &[u8; 32]) -> Result<Delivery, SourceError> {
        let account = posted_account(price_id);
        let Some(signed) = self.offered.get(price_id) else {
            return Ok(Delivery { account, ..Delivery::default() });
        };
        let Posting { transactions, closing, account: message, .. } =
            Posting::new(chain, payer, signed, std::slice::from_ref(price_id))?;
        let rent = match chain.get_account(&account)? {
            Some(_) => 0,
            None => chain.minimum_balance(PriceUpdate::default().to_bytes().len())?,
        };
        let mut message = Some(message);
        let before =
            transactions.into_iter().map(|instructions| (instructions, message.take().into_iter().collect())).collect();
        let mut after = vec![closing];
        after.extend(self.left_over(chain, payer).iter().map(|key| close_encoded_vaa(payer, key)));
        Ok(Delivery { before, account, after, cost: SIGNATURES + rent + pyth_venue::guardians::UPDATE_FEE })
    }
}

/// The account that a price would be posted in.
fn offer(id: &[u8; 32], signed: &SignedPrice) -> Offer {
    let price = signed.price;
    let update = PriceUpdate {
        write_authority: posted_account(id),
        feed_id: price.feed_id,
        price: price.price,
        conf: price.conf,
        exponent: price.exponent,
        publish_time: price.publish_time,
        prev_publish_time: price.prev_publish_time,
        ema_price: price.ema_price,
        ema_conf: price.ema_conf,
        posted_slot: 0,
    };
    Offer { receiver: RECEIVER_ID, data: update.to_bytes().to_vec() }
}

fn failed(url: &str, error: &HermesError) -> SourceError {
    let reason = match error {
        HermesError::Address(_) => "is no http(s) address".to_owned(),
        HermesError::Unreachable { reason, .. } => format!("did not answer ({reason})"),
        HermesError::Refused { status, reason, .. } => format!("answered {status} ({reason})"),
        HermesError::Malformed { reason, .. } => format!("answered what is no update ({reason})"),
    };
    SourceError::Service { url: url.to_owned(), reason }
}
