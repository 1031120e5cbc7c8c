//! Many accounts at once.

use std::collections::HashMap;

use anchor_lang::{prelude::Pubkey, Owner, ZeroCopy};
use solana_account::Account;

use crate::chain::{Chain, ChainError};
use crate::readers;

/// Accounts that one call reads: what nodes allow.
pub const BATCH: usize = 100;

/// Accounts as they were read, each once.
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    held: HashMap<Pubkey, Option<Account>>,
    batches: usize,
}

impl Accounts {
    /// Reads those of `keys` that were not read before, in order, [`BATCH`] a call.
    ///
    /// # Errors
    ///
    /// The chain's.
    pub fn fetch(
        &mut self,
        chain: &(impl Chain + ?Sized),
        keys: impl IntoIterator<Item = Pubkey>,
    ) -> Result<(), ChainError> {
        let mut wanted = Vec::new();
        for key in keys {
            if let std::collections::hash_map::Entry::Vacant(place) = self.held.entry(key) {
                place.insert(None);
                wanted.push(key);
            }
        }
        for batch in wanted.chunks(BATCH) {
            self.batches += 1;
            for (key, account) in batch.iter().zip(chain.get_multiple(batch)?) {
                // A closed account may linger without lamports until the end of its slot.
                self.held.insert(*key, account.filter(|account| account.lamports > 0));
            }
        }
        Ok(())
    }

    /// Calls made so far.
    pub fn batches(&self) -> usize {
        self.batches
    }

    /// The account at `key`; none where it does not exist or was not asked for.
    pub fn get(&self, key: &Pubkey) -> Option<&Account> {
        self.held.get(key)?.as_ref()
    }

    /// The account at `key`, which must exist.
    ///
    /// # Errors
    ///
    /// [`ChainError::AccountNotFound`].
    pub fn require(&self, key: &Pubkey) -> Result<&Account, ChainError> {
        self.get(key).ok_or(ChainError::AccountNotFound(*key))
    }

    /// The account at `key` as one of our programs' types.
    ///
    /// # Errors
    ///
    /// As [`readers::read`].
    pub fn read<T: ZeroCopy + Owner>(&self, key: &Pubkey) -> Result<T, ChainError> {
        readers::parse(key, self.require(key)?)
    }

    /// As [`Self::read`], and forgets its bytes.
    ///
    /// # Errors
    ///
    /// As [`readers::read`].
    pub fn take<T: ZeroCopy + Owner>(&mut self, key: &Pubkey) -> Result<T, ChainError> {
        let value = self.read(key);
        self.held.remove(key);
        value
    }

    /// Base units in the token account at `key`; none where there is no token account, or a frozen one.
    pub fn balance(&self, key: &Pubkey) -> Option<u64> {
        let account = readers::parse_token_account(key, self.get(key)?).ok()?;
        (!account.frozen).then_some(account.amount)
    }
}
