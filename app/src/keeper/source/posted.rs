//! Prices that somebody else posts: the push oracle's accounts, one per Pyth id and shard.

use anchor_lang::prelude::Pubkey;
use gimbal_svm::pyth::price_feed_address;
use risk_oracle::RECEIVERS;
use solana_account::Account;

use super::{Delivery, Offer, PriceSource, SourceError};
use crate::chain::Chain;

/// The push oracle's accounts of one shard; 0 is the one that is sponsored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Posted {
    shard: u16,
}

impl Posted {
    /// The accounts of `shard`.
    pub fn new(shard: u16) -> Self {
        Self { shard }
    }
}

impl PriceSource for Posted {
    fn name(&self) -> &'static str {
        "posted"
    }

    fn account(&self, price_id: &[u8; 32]) -> Option<Pubkey> {
        Some(price_feed_address(self.shard, price_id))
    }

    fn offers(
        &mut self,
        price_ids: &[[u8; 32]],
        posted: &[Option<Account>],
    ) -> Result<Vec<Option<Offer>>, SourceError> {
        let offered = |account: &Option<Account>| {
            account.as_ref().filter(|account| RECEIVERS.contains(&account.owner)).map(Offer::of)
        };
        let mut offers: Vec<Option<Offer>> = posted.iter().map(offered).collect();
        offers.resize(price_ids.len(), None);
        Ok(offers)
    }

    fn delivery(&mut self, _chain: &dyn Chain, _payer: &Pubkey, price_id: &[u8; 32]) -> Result<Delivery, SourceError> {
        Ok(Delivery { account: price_feed_address(self.shard, price_id), ..Delivery::default() })
    }
}
