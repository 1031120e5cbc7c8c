//! Slots, jumps of the clock, and prices.

use anchor_lang::prelude::Pubkey;

use super::{events::Event, Node};
use crate::chain::ChainError;
use crate::setup::{feeds, Asset};

impl Node {
    /// Lets slots pass.
    ///
    /// # Errors
    ///
    /// The chain's, at the end of what its clock holds.
    pub fn advance(&mut self, slots: u64) -> anyhow::Result<()> {
        if slots == 0 {
            return Ok(());
        }
        let parent = self.slot();
        self.chain.svm_mut().advance_slots(slots)?;
        self.enter_slot(parent);
        Ok(())
    }

    /// Lets seconds pass at once, and posts the prices anew so that they are fresh afterwards.
    ///
    /// # Errors
    ///
    /// The chain's, at the end of what its clock holds.
    pub fn warp(&mut self, seconds: u64) -> anyhow::Result<()> {
        let parent = self.slot();
        self.chain.svm_mut().warp(seconds)?;
        self.enter_slot(parent);
        Ok(self.post_prices()?)
    }

    fn enter_slot(&mut self, parent: u64) {
        let slot = self.slot();
        if slot == parent {
            return;
        }
        self.history.open_block(slot, self.chain.svm().latest_blockhash(), self.unix_time());
        self.tell(Event::Slot { slot, parent, root: self.root() });
        self.settle();
    }

    /// One step of the market, then its prices.
    ///
    /// # Errors
    ///
    /// The chain's.
    pub fn move_prices(&mut self) -> Result<(), ChainError> {
        self.market.step();
        self.post_prices()
    }

    /// Posts every price as of now, unless that is left to others.
    ///
    /// # Errors
    ///
    /// The chain's.
    pub fn post_prices(&mut self) -> Result<(), ChainError> {
        if !self.posts {
            return Ok(());
        }
        for asset in Asset::ALL {
            let (price, confidence) = self.market.price(asset);
            feeds::post(&mut self.chain, asset, price, confidence)?;
        }
        self.tell_changed(Asset::ALL.map(Asset::price_account));
        Ok(())
    }

    /// Tells subscribers that accounts were changed from outside of any transaction.
    pub fn tell_changed(&mut self, keys: impl IntoIterator<Item = Pubkey>) {
        let changed = keys.into_iter().map(|key| self.changed(key, self.chain.svm().shared_account(&key))).collect();
        self.tell(Event::Accounts { slot: self.slot(), changed });
    }
}
