//! Somebody with a wallet.

use anchor_lang::prelude::Pubkey;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// A depositor: a key and its associated token accounts.
#[derive(Debug)]
pub struct User {
    /// Signs.
    pub key: Keypair,
    /// Its account of the base asset.
    pub base: Pubkey,
    /// Its account of shares.
    pub shares: Pubkey,
}

impl User {
    /// The user's address.
    pub fn pubkey(&self) -> Pubkey {
        self.key.pubkey()
    }
}

impl Clone for User {
    fn clone(&self) -> Self {
        Self { key: self.key.insecure_clone(), base: self.base, shares: self.shares }
    }
}
