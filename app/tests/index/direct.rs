//! A test cluster from the inside.

use anchor_lang::prelude::Pubkey;
use gimbal::chain::{Chain, ChainError, Receipt, Sandbox};
use gimbal::localnet::Handle;
use solana_account::Account;
use solana_message::Hash;
use solana_transaction::versioned::VersionedTransaction;

/// Sends straight to the node, which remembers it for those who ask over RPC.
pub struct Direct<'a>(pub &'a Handle);

impl Chain for Direct<'_> {
    gimbal::forward! {
        [0.chain().chain()]
        get_account get_multiple program_accounts clock minimum_balance recent_priority_fee
        simulate simulate_reading
    }

    fn latest_blockhash(&self) -> Result<Hash, ChainError> {
        // One for each transaction, so that the same wish twice in a slot is two.
        Ok(self.0.chain().chain_mut().svm_mut().make_blockhash())
    }

    fn send(&mut self, transaction: &VersionedTransaction) -> Result<Receipt, ChainError> {
        let landed = self.0.chain().execute(transaction.clone());
        let landed = landed.map_err(|failure| ChainError::Backend(format!("{:?}", failure.reason)))?;
        match &landed.error {
            None => Ok(Receipt { signature: landed.signature(), slot: landed.slot, ..Receipt::default() }),
            Some(error) => Err(ChainError::Backend(format!("{error}: {:#?}", landed.logs))),
        }
    }
}

impl Sandbox for Direct<'_> {
    fn fund(&mut self, key: &Pubkey, lamports: u64) -> Result<(), ChainError> {
        self.0.chain().chain_mut().fund(key, lamports)
    }

    fn set_account(&mut self, key: &Pubkey, account: Account) -> Result<(), ChainError> {
        self.0.chain().chain_mut().set_account(key, account)
    }

    fn warp(&mut self, seconds: u64) -> Result<(), ChainError> {
        self.0.chain().warp(seconds).map_err(|error| ChainError::Backend(error.to_string()))
    }

    fn advance_slots(&mut self, slots: u64) -> Result<(), ChainError> {
        self.0.chain().advance(slots).map_err(|error| ChainError::Backend(error.to_string()))
    }
}
